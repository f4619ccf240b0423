// Runs once, when the masthead is drawn. Sends: language {lang}, clear {}, ask {question}.
const root = element.getRootNode();
const LANGUAGE = 'wenbao-language';

const stored = () => {
  try { return localStorage.getItem(LANGUAGE); } catch { return null; } // storage may be blocked in a frame
};
const store = (lang) => {
  try { localStorage.setItem(LANGUAGE, lang); } catch { /* the choice then lasts as long as the page */ }
};
const speak = (lang) => {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  trigger('language', { lang });
};

root.addEventListener('click', (event) => {
  const act = event.target.closest?.('#wb-header [data-act]');
  if (act?.dataset.act === 'language') {
    store(act.dataset.lang);
    speak(act.dataset.lang);
  }
  if (act?.dataset.act === 'clear') {
    trigger('clear', {});
    root.querySelector('#wb-question textarea')?.focus();
  }
  const example = event.target.closest?.('#wb-chat .wb-example');
  if (example) trigger('ask', { question: example.textContent });
});

const drawn = element.querySelector('.wb-masthead')?.lang.startsWith('zh') ? 'zh' : 'en';
const wanted = new URLSearchParams(location.search).get('lang') || stored();
speak(['zh', 'en'].includes(wanted) ? wanted : drawn);

// The chat labels each message with its Markdown source, which would be read aloud instead of the message.
new MutationObserver(() => {
  root.querySelectorAll('#wb-chat [data-testid="bot"][aria-label]').forEach((m) => m.removeAttribute('aria-label'));
}).observe(root.querySelector('#wb-chat') ?? document.body, { childList: true, subtree: true });
