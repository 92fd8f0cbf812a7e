/* A kiosk that nobody touches goes back to its first page: <body data-idle-s="90" data-idle-url="/">. */
const { idleS, idleUrl } = document.body.dataset;

if (Number(idleS) > 0 && idleUrl) {
  let timer;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(idleUrl), Number(idleS) * 1000);
  };
  for (const sign of ["pointerdown", "keydown", "input", "scroll", "pageshow"]) {
    addEventListener(sign, restart, { passive: true, capture: true });
  }
  restart();
}
