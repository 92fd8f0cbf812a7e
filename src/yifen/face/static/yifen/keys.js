/* The keyboard of the desk: data-key="F5" presses that control, data-focus-key="F2" goes to that field,
   data-enter="next" on a form makes Enter go to the next field until the last one, which submits. */
const FIELDS = "input:not([type=hidden], [disabled], [readonly]), select:not([disabled]), textarea:not([disabled]), button[type=submit]:not([disabled]), button:not([type], [disabled])";
const visible = (element) => element.getClientRects().length > 0;

function reachable(attribute, key) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const name = CSS.escape(key);
  return [...scope.querySelectorAll(`[${attribute}="${name}"]`)].find(
    (element) => visible(element) && !element.disabled,
  );
}

function named(event) {
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"];
  return [...held.filter(Boolean), event.key === "Escape" ? "Esc" : event.key].join("+");
}

/* A letter is a key of the page only while nobody types. */
const isTyped = (event) => event.key.length === 1 && !event.ctrlKey && !event.altKey
  && event.target.closest("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), select, textarea");

function press(event) {
  if (event.isComposing || event.metaKey || isTyped(event)) return false;
  const key = named(event);
  const field = reachable("data-focus-key", key);
  const control = reachable("data-key", key);
  if (!field && !control) return false;
  if (!event.repeat) {
    if (field) {
      field.focus();
      field.select?.();
    } else control.click();
  }
  return true;
}

function nextField(event) {
  const form = event.target.form;
  if (event.key !== "Enter" || event.isComposing || form?.dataset.enter !== "next") return false;
  if (event.target.matches("button, textarea, [type=submit]")) return false;
  const fields = [...form.elements].filter((field) => field.matches(FIELDS) && visible(field));
  const next = fields[fields.indexOf(event.target) + 1];
  if (!next || next.matches("button")) return false;
  next.focus();
  next.select?.();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (press(event) || nextField(event)) event.preventDefault();
});
