/* The desk's own keys. Digits typed while no field has the focus go to the code box; arrows move between the
   fields of the work; F2 opens the choices of the field; a form that moves money rests for a moment, so that
   the second half of a double Enter on the page before does not confirm what nobody has read. */
const CALM_MS = 500;
const code = document.getElementById("code");
const work = document.getElementById("work");
const isTyping = (element) => element?.matches("input:not([type=checkbox]), select, textarea");
const isShown = (element) => element.getClientRects().length > 0 && !element.matches(".visually-hidden");

function toCode(event) {
  if (!/^[0-9０-９]$/.test(event.key) || isTyping(document.activeElement) || !code) return false;
  code.value = "";
  code.focus(); // the digit itself follows
  return true;
}

function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !work || document.activeElement?.matches("textarea")) return;
  const fields = [...work.elements].filter(
    (field) => field.matches("input:not([type=hidden]), select, button") && work.contains(field) && isShown(field),
  );
  const here = fields.indexOf(document.activeElement);
  const next = fields[here < 0 ? 0 : Math.min(Math.max(here + step, 0), fields.length - 1)];
  if (!next || document.activeElement === code) return;
  event.preventDefault();
  next.focus();
  next.select?.();
}

let asked = null; // the field that had the focus last, for a press on the key bar
let listing = null; // the field whose suggestions are open: its keys are the browser's (a select keeps its own)
function choose() {
  const field = asked?.isConnected ? asked : document.activeElement;
  const has = "select, input[list]";
  if (isTyping(field) && work?.contains(field) && !field.matches(has)) return; // it has none: the focus stays
  const wanted = field?.matches(has) ? field : work?.querySelector(has);
  wanted?.focus();
  wanted?.showPicker?.();
  listing = wanted?.matches("input") ? wanted : null;
}

document.addEventListener("focusin", (event) => {
  if (isTyping(event.target)) asked = event.target;
  if (event.target !== listing) listing = null;
  if (event.target === code) code.select();
});
addEventListener("keydown", (event) => {
  if (!listing || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(event.key)) return;
  event.stopPropagation();
  if (!event.key.startsWith("Arrow")) listing = null;
}, true);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "F2") {
    event.preventDefault();
    choose();
  } else if (!toCode(event)) move(event);
});
document.querySelector("[data-choices]")?.addEventListener("click", choose);
document.addEventListener("click", (event) => { // a key that can do nothing yet says why
  const said = event.target.closest?.("[data-says]")?.dataset.says;
  if (said) document.getElementById(said)?.removeAttribute("hidden");
});

const calm = [...document.querySelectorAll("[data-calm]")];
const rest = (event) => { // pressed by a key: nothing is done, and that is said
  if (event.detail !== 0) return;
  event.preventDefault();
  document.querySelector("#too-soon")?.removeAttribute("hidden");
};
for (const button of calm) button.addEventListener("click", rest);
setTimeout(() => {
  for (const button of calm) {
    button.removeEventListener("click", rest);
    button.removeAttribute("data-calm");
  }
}, CALM_MS);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && document.activeElement?.matches("button, a")) event.preventDefault();
});

addEventListener("load", () => {
  const field = document.activeElement; // what stands there is typed over, but for what was typed while the page came
  if (isTyping(field) && field.value === field.defaultValue) field.select?.();
});
