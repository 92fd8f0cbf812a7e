/* What data-fold names starts folded on a screen narrower than it says, unless something in it is wrong; without
   scripts it stays open. */
function fold(inside) {
  for (const one of inside.querySelectorAll("[data-fold]")) {
    const wide = matchMedia(`(min-width: ${one.dataset.fold})`);
    const turn = () => { one.open = wide.matches || one.querySelector("[aria-invalid=true]") !== null; };
    wide.addEventListener("change", turn);
    turn();
  }
}
fold(document);
document.addEventListener("htmx:load", event => { if (event.detail.elt !== document.body) fold(event.detail.elt); });
