// In a frame: Escape with nothing of ours open tells the page around it, which may then close the frame.
if (window.parent !== window) {
  addEventListener('keydown', (event) => {
    const busy = document.querySelector('.wb-open, dialog[open]') ||
      document.querySelector('#wb-sources')?.contains(document.activeElement);
    if (event.key === 'Escape' && !event.defaultPrevented && !busy) parent.postMessage({ type: 'wenbao:close' }, '*');
  }, true);
}
