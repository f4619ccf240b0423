// Runs once, when the page is drawn. Sends: export {base}; saves what comes back as a file.
element.getRootNode().addEventListener('click', (event) => {
  if (event.target.closest?.('#wb-header [data-act=export]')) trigger('export', { base: location.origin + location.pathname });
});
watch('value', () => {
  const text = element.querySelector('pre')?.textContent;
  if (!text) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/markdown;charset=utf-8' }));
  link.download = `wenbao-${new Date().toISOString().slice(0, 10)}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});
