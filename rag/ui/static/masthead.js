// Runs once, when the masthead is drawn. Sends: language {lang, view, key}, clear {}, ask {question}, again {turn},
// rate {turn, good}, comment {turn, word}. Listens to the whole page: the parts of it are drawn anew with each answer.
const root = element.getRootNode();
const LANGUAGE = 'wenbao-language';
const $ = (selector) => root.querySelector(selector);

const stored = () => {
  try { return localStorage.getItem(LANGUAGE); } catch { return null; } // storage may be blocked in a frame
};
const store = (lang) => {
  try { localStorage.setItem(LANGUAGE, lang); } catch { /* the choice then lasts as long as the page */ }
};
const speak = (lang, view, key) => {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  trigger('language', { lang, view, key });
};

// A line that says what was done, seen and read aloud.
let fading;
const say = (text) => {
  const toast = element.querySelector('.wb-toast');
  toast.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.textContent = ''; }, 2600);
};
const copyByHand = (text) => { // where the page is not served safely, browsers have no clipboard
  const area = Object.assign(document.createElement('textarea'), { value: text, readOnly: true });
  area.style.cssText = 'position:fixed;opacity:0';
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus({ preventScroll: true });
  return done;
};
const copy = async (text) => {
  let done;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch { done = copyByHand(text); }
  const { copied, notCopied } = element.querySelector('.wb-toast').dataset;
  say(done ? copied : notCopied);
};
const address = (query) => location.origin + location.pathname + query;
const plainText = (hidden) => {
  const text = hidden.cloneNode(true);
  text.querySelectorAll('b').forEach((link) => { link.textContent = address(link.textContent); });
  return text.textContent;
};

const fold = (open) => {
  element.querySelector('#wb-menu')?.classList.toggle('wb-open', open);
  element.querySelector('.wb-fold')?.setAttribute('aria-expanded', String(open));
};
let tab = 'ask';
const turnTo = (name) => {
  tab = name;
  $('#wb-left')?.classList.toggle('wb-searching', tab === 'search');
  element.querySelectorAll('[data-tab]').forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.tab === tab)));
};
// What can only be done with a conversation is offered once there is one.
const offer = () => {
  const talked = $('#wb-chat .bot.message') !== null;
  element.querySelectorAll('[data-act=export], [data-act=clear]').forEach((b) => { b.hidden = !talked; });
};

let pressed = null; // a button of an answer, which is drawn anew when it was rated
const acts = {
  language: ({ dataset }) => {
    const { now, at } = $('#wb-sources .wb-sheet')?.dataset ?? {};
    store(dataset.lang);
    speak(dataset.lang, now, at);
  },
  clear: () => {
    turnTo('ask');
    trigger('clear', {});
    $('#wb-question textarea')?.focus();
  },
  dismiss: (button) => {
    button.closest('form').remove();
    $('#wb-question textarea')?.focus();
  },
};
const answers = {
  copy: (turn, button) => copy(plainText(button.closest('p').querySelector('.wb-plain'))),
  again: (turn) => trigger('again', { turn }),
  good: (turn) => trigger('rate', { turn, good: true }),
  bad: (turn) => trigger('rate', { turn, good: false }),
};

root.addEventListener('click', (event) => {
  const target = event.target;
  if (!target.closest) return;
  const folded = target.closest('[data-act=menu]');
  fold(Boolean(folded) && folded.getAttribute('aria-expanded') !== 'true');
  const act = target.closest('#wb-header [data-act], #wb-notice [data-act]');
  acts[act?.dataset.act]?.(act);
  const chosen = target.closest('#wb-header [data-tab]');
  if (chosen) {
    turnTo(chosen.dataset.tab);
    $(tab === 'search' ? '#wb-search input' : '#wb-question textarea')?.focus();
  }
  const example = target.closest('#wb-chat .wb-example');
  if (example) trigger('ask', { question: example.textContent });
  const [, name, turn] = /^wb-(\w+)-(\d+)$/.exec(target.closest('#wb-chat .wb-act')?.id ?? '') ?? [];
  if (name) {
    pressed = target.closest('.wb-act').id;
    answers[name]?.(Number(turn), target.closest('.wb-act'));
  }
  const link = target.closest('a.wb-link');
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    copy(address(link.getAttribute('href')));
  }
});
root.addEventListener('submit', (event) => {
  const form = event.target.closest?.('#wb-notice form');
  if (!form) return;
  event.preventDefault();
  trigger('comment', { turn: Number(form.dataset.turn), word: form.elements.word.value });
});
root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') fold(false);
  // Enter that ends a word of an input method does not send the question.
  if (event.key === 'Enter' && event.isComposing && event.target.closest?.('#wb-question')) event.stopPropagation();
}, true);
watch('value', () => {
  turnTo(tab);
  offer();
});

const asked = new URLSearchParams(location.search);
const drawn = element.querySelector('.wb-masthead')?.lang.startsWith('zh') ? 'zh' : 'en';
const wanted = asked.get('lang') || stored();
const first = ['zh', 'en'].includes(wanted) ? wanted : drawn;
if (asked.has('source')) speak(first, 'place', location.search);
else speak(first);

// The newest question stays at the top while its answer grows below it.
let asking = 0;
const follow = () => {
  const frame = $('#wb-chat .bubble-wrap');
  const questions = root.querySelectorAll('#wb-chat .user-row');
  const waiting = $('#wb-chat .wb-wait') !== null;
  if (frame && questions.length && (waiting || questions.length !== asking || frame.dataset.waiting === 'true')) {
    const question = questions[questions.length - 1].getBoundingClientRect();
    frame.scrollTop += question.top - frame.getBoundingClientRect().top - 16;
  }
  if (frame) frame.dataset.waiting = String(waiting);
  asking = questions.length;
};
const drawnAnew = () => {
  // The chat labels each message with its Markdown source, which would be read aloud instead of the message.
  root.querySelectorAll('#wb-chat [data-testid="bot"][aria-label]').forEach((m) => m.removeAttribute('aria-label'));
  if (pressed && document.activeElement === document.body) root.getElementById?.(pressed)?.focus({ preventScroll: true });
  offer();
  follow();
};
new MutationObserver(drawnAnew).observe($('#wb-chat') ?? document.body, { childList: true, subtree: true });
