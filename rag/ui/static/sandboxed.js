// In a sandboxed frame the page has no origin: the server cannot tell that it is its own, and refuses its questions.
if (self.origin === 'null') {
  const asked = new URLSearchParams(location.search).get('lang') || navigator.language || 'en';
  const words = asked.toLowerCase().startsWith('zh')
    ? '这个页面在沙盒框架（iframe sandbox）里，不能提问：请网站管理员给 sandbox 加上 allow-same-origin，或者在新窗口里打开：'
    : "This page is in a sandboxed frame, where it cannot ask: add allow-same-origin to the frame's sandbox, or open " +
      'it in a window of its own: ';
  addEventListener('DOMContentLoaded', () => {
    const line = Object.assign(document.createElement('p'), { id: 'wb-sandboxed', textContent: words + location.href });
    line.setAttribute('role', 'alert');
    line.style.cssText = 'position:fixed;top:0;left:0;right:0;z-index:99;margin:0;padding:.7rem 1rem;' +
      'background:#7a1f18;color:#fff;font:15px/1.6 system-ui,sans-serif';
    document.documentElement.append(line); // Gradio empties the body
  });
}
