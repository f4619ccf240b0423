// Ask the paper, on any page: <script src="https://chat.example/widget.js" async></script>
// The chat is the folder this script comes from; it has to allow this page with --frame-ancestors.
// Attributes, all optional: data-title, data-label, data-lang="zh|en", data-theme="light|dark", data-accent="#rrggbb",
// data-position="left|right", data-open. From a page's own scripts: wenbao.open(), wenbao.close().
(() => {
  const script = document.currentScript;
  if (!script || window.wenbao) return; // one widget a page
  const told = script.dataset;
  const chat = new URL('./', script.src);
  const spoken = told.lang || document.documentElement.lang || navigator.language || 'en';
  const lang = spoken.toLowerCase().startsWith('zh') ? 'zh' : 'en';
  const words = {
    zh: { title: '问报', label: '向报纸提问', close: '关闭' },
    en: { title: 'Wenbao', label: 'Ask the paper', close: 'Close' },
  }[lang];
  const accent = /^#[0-9a-f]{6}$/i.test(told.accent || '') ? told.accent : '#a5332a';
  const side = told.position === 'left' ? 'left' : 'right';

  const luminance = (colour) => {
    const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  // Whichever can be read on the accent.
  const ink = 1.05 / (luminance(accent) + 0.05) >= 4.5 ? '#ffffff' : '#111111';

  const host = document.createElement('div');
  host.id = 'wenbao-widget';
  const root = host.attachShadow({ mode: 'open' }); // neither page's style reaches the other
  root.innerHTML = `<style>
    :host { all: initial; }
    button { font: 500 15px/1.2 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
      border: 0; cursor: pointer; }
    button:focus-visible { outline: 3px solid ${accent}; outline-offset: 2px; box-shadow: 0 0 0 2px #ffffff; }
    #open { position: fixed; ${side}: max(16px, env(safe-area-inset-${side})); bottom: max(16px, env(safe-area-inset-bottom));
      z-index: 2147483000; padding: 14px 20px; border-radius: 999px; background: ${accent}; color: ${ink};
      box-shadow: 0 4px 16px rgb(0 0 0 / .25); }
    #panel { position: fixed; ${side}: 16px; bottom: 16px; z-index: 2147483001; display: flex; flex-direction: column;
      width: min(420px, calc(100vw - 32px)); height: min(680px, calc(100vh - 32px)); height: min(680px, calc(100dvh - 32px));
      border-radius: 12px; overflow: hidden; background: ${accent}; box-shadow: 0 8px 40px rgb(0 0 0 / .35); }
    #panel[hidden], #open[hidden] { display: none; }
    #bar { display: flex; align-items: center; justify-content: space-between; color: ${ink}; padding: 0 4px 0 16px;
      font: 600 15px/44px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    #close { background: none; color: inherit; width: 44px; height: 44px; font-size: 22px; }
    #close:focus-visible { outline-color: currentColor; outline-offset: -4px; box-shadow: none; }
    iframe { flex: 1; width: 100%; border: 0; background: #fbfaf7; }
    @media (max-width: 480px) {
      #panel { inset: 0; width: auto; height: auto; border-radius: 0; }
    }
    @media (prefers-reduced-motion: no-preference) {
      #panel { animation: rise .18s ease-out; }
      @keyframes rise { from { transform: translateY(12px); opacity: 0; } }
    }
  </style>
  <button id="open" type="button" aria-haspopup="dialog" aria-expanded="false"></button>
  <div id="panel" role="dialog" hidden><div id="bar"><span id="title"></span>
    <button id="close" type="button">×</button></div></div>`;
  const [opener, panel, closer] = ['open', 'panel', 'close'].map((id) => root.getElementById(id));
  const label = told.label || words.label;
  const title = told.title || words.title;
  opener.textContent = label;
  root.getElementById('title').textContent = title;
  panel.setAttribute('aria-label', title);
  panel.lang = opener.lang = lang === 'zh' ? 'zh-CN' : 'en';
  closer.setAttribute('aria-label', words.close);

  let frame = null; // made when it is first opened: a page that nobody asks on loads nothing
  const show = () => {
    if (!frame) {
      const address = new URL(chat);
      address.searchParams.set('lang', lang);
      if (told.theme === 'light' || told.theme === 'dark') address.searchParams.set('__theme', told.theme);
      frame = document.createElement('iframe');
      frame.src = address;
      frame.title = title;
      frame.allow = 'clipboard-write';
      panel.append(frame);
    }
    panel.hidden = false;
    opener.hidden = true;
    opener.setAttribute('aria-expanded', 'true');
  };
  const open = () => {
    show();
    frame.focus();
  };
  const hide = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    opener.hidden = false;
    opener.setAttribute('aria-expanded', 'false');
    opener.focus();
  };
  opener.addEventListener('click', open);
  closer.addEventListener('click', hide);
  root.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
  // Escape inside the frame stays there; the chat sends word of it.
  addEventListener('message', (event) => {
    if (frame && event.source === frame.contentWindow && event.data?.type === 'wenbao:close') hide();
  });

  const put = () => {
    document.body.append(host);
    if ('open' in told) show(); // without taking the page's focus
  };
  window.wenbao = { open, close: hide };
  if (document.body) put();
  else addEventListener('DOMContentLoaded', put);
})();
