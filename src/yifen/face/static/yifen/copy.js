/* data-copy="text" on a button copies the text and shows a tick for a moment. */
function show(within) {
  if (!navigator.clipboard) return; // not on an insecure address: the text can still be selected
  for (const button of within.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const done = (yes) => {
    for (const icon of button.querySelectorAll("[data-copy-icon]")) {
      icon.hidden = (icon.dataset.copyIcon === "done") !== yes;
    }
  };
  done(true);
  setTimeout(done, 1500, false);
});
show(document);
document.addEventListener("htmx:load", (event) => show(event.target));
