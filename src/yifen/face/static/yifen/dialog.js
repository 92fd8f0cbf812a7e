/* Native dialogs: data-opens="id" opens one, data-closes closes it; data-open opens it with the page. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens)?.showModal();
  }
  event.target.closest("[data-closes]")?.closest("dialog")?.close();
});

function openWaiting(within) {
  within.querySelector("dialog[data-open]:not([open])")?.showModal();
}
openWaiting(document);
document.addEventListener("htmx:load", (event) => {
  const element = event.target;
  if (element.matches("dialog[data-open]:not([open])")) element.showModal();
  else openWaiting(element);
});
