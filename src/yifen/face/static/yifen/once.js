/* A form is sent once: its buttons rest while the answer is under way, and wake when the page comes back.
   The server makes a repeat harmless; this only saves the person from wondering. data-again on a form lets it be. */
const resting = new Set();

function rest(form) {
  for (const button of form.elements) {
    if (!button.matches("button:not([type=button]), input[type=submit]") || button.disabled) continue;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    resting.add(button);
  }
}

function wake() {
  for (const button of resting) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
  resting.clear();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  setTimeout(() => rest(form)); // after the browser took the pressed button's name and value
});
addEventListener("pageshow", wake);
document.addEventListener("htmx:afterRequest", wake);
