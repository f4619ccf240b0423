// Runs once, when the source pane is drawn. Sends: open {view, key}.
// On a phone the pane is a sheet over the chat; a chip opens it, Escape, × or a tap beside it closes it.
const root = element.getRootNode();
const sheet = element.closest('#wb-sources') ?? element;
const phone = matchMedia('(max-width: 768px)');
let opener = null; // gets the focus back when the sheet closes
let expected = false; // whether the next change of the pane was asked for here

const chips = () => root.querySelectorAll('#wb-chat a[href^="#cite-"], #wb-chat a[href^="#near-"]');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const raise = () => {
  if (!phone.matches) return;
  sheet.classList.add('wb-open');
};
const lower = () => {
  sheet.classList.remove('wb-open');
  opener?.focus({ preventScroll: true });
  opener = null;
};
// Scrolls the pane alone: scrollIntoView would also move a page that this one is framed in.
const reveal = (target, behavior = 'auto') => {
  const frame = sheet.getBoundingClientRect();
  const box = target.getBoundingClientRect();
  const bar = element.querySelector('.wb-bar')?.offsetHeight ?? 0;
  const room = frame.height - bar;
  if (box.top >= frame.top + bar && box.bottom <= frame.bottom - 8) return; // so that a headline stays where it can
  const above = bar + Math.max(12, target.matches('mark') ? (room - box.height) / 3 : 12);
  sheet.scrollTo({ top: sheet.scrollTop + box.top - frame.top - above, behavior });
};
// Once the headline is out of sight, the bar says what is being read.
const run = () => {
  const headline = element.querySelector('.wb-article h3');
  const bar = element.querySelector('.wb-bar');
  if (!headline || !bar) return;
  bar.classList.toggle('wb-run', headline.getBoundingClientRect().bottom < bar.getBoundingClientRect().bottom);
};
sheet.addEventListener('scroll', run, { passive: true });
const arrive = () => {
  sheet.scrollTop = 0;
  run();
  const target = element.querySelector('mark.wb-here') ?? element.querySelector('.wb-active');
  if (target) reveal(target);
  (target?.matches('.wb-active') ? target : element.querySelector('h2'))?.focus({ preventScroll: true });
};
const show = (card) => {
  element.querySelectorAll('.wb-active').forEach((c) => c.classList.remove('wb-active'));
  card.classList.add('wb-active');
  reveal(card, calm.matches ? 'auto' : 'smooth');
  card.focus({ preventScroll: true });
};
const open = (view, key) => {
  expected = true;
  trigger('open', { view, key });
};
const follow = (chip) => {
  chips().forEach((c) => c.classList.toggle('wb-on', c === chip));
  opener = chip;
  raise();
  const [, kind, turn, number] = /^#(cite|near)-(\d+)-(\d+)$/.exec(chip.getAttribute('href')) ?? [];
  if (!turn) return;
  const key = `${turn}-${kind === 'near' ? 'p' : ''}${number}`;
  const card = element.querySelector('#wb-card-' + key);
  if (card) show(card);
  else open('sources', key);
};

root.addEventListener('click', (event) => {
  const chip = event.target.closest?.('#wb-chat a[href^="#cite-"], #wb-chat a[href^="#near-"]');
  if (chip) {
    event.preventDefault();
    follow(chip);
    return;
  }
  const button = event.target.closest?.('[data-view]');
  if (button?.dataset.view === 'close') lower();
  else if (button) {
    if (!element.contains(button)) opener = button.closest('#wb-menu') ? root.querySelector('.wb-fold') : button;
    raise();
    open(button.dataset.view, button.dataset.key ?? '');
  } else if (sheet.classList.contains('wb-open') && !sheet.contains(event.target)) lower();
});
root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && (sheet.classList.contains('wb-open') || sheet.contains(document.activeElement))) lower();
});
if (new URLSearchParams(location.search).has('source')) { // the masthead asks for what the address names
  expected = true;
  raise();
}
watch('value', () => {
  if (!expected) {
    sheet.scrollTop = 0;
    return;
  }
  expected = false;
  arrive();
});
