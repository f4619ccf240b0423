// Runs once, when the search tab is drawn. Sends: search {query}.
element.addEventListener('submit', (event) => {
  event.preventDefault();
  trigger('search', { query: event.target.elements.query.value });
});
let searched = false;
element.addEventListener('submit', () => { searched = true; });
watch('value', () => {
  if (searched) element.querySelector('input')?.focus({ preventScroll: true });
  searched = false;
});
