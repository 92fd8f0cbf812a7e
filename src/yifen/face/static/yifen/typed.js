/* What was typed stays when the language changes: it lies in this tab's session storage while the page is loaded anew,
   and whatever page comes next takes it out. Passwords, codes, secrets (data-unkept) and files are not kept. */
const KEY = "yifen.typed";
const FIELDS = "input:not([type=hidden], [type=password], [type=file], [type=submit], [type=button]), select, textarea";
const SECRET = "[data-unkept], [autocomplete=one-time-code]";
const isTick = (field) => field.matches("[type=checkbox], [type=radio]");

/* Each with a name of its own: the words before, and which of those that have the same. */
function named(things, nameOf) {
  const seen = new Map();
  return things.map((thing) => {
    const name = nameOf(thing);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return [`${name} ${seen.get(name)}`, thing];
  });
}

function forms() {
  const own = [...document.forms].filter((form) => !("again" in form.dataset));
  return named(own, (form) => {
    const address = new URL(form.getAttribute("action") ?? "", location.href);
    return address.pathname + address.search;
  });
}

function fields(form) {
  const own = [...form.elements].filter((field) => field.name && field.matches(FIELDS) && !field.matches(SECRET));
  return named(own, (field) => field.name);
}

function state(field) {
  if (isTick(field)) return field.checked;
  return field.matches("select") ? [...field.options].map((option) => option.selected) : field.value;
}

function first(field) {
  if (isTick(field)) return field.defaultChecked;
  return field.matches("select") ? [...field.options].map((option) => option.defaultSelected) : field.defaultValue;
}

function put(field, kept) {
  if (isTick(field)) field.checked = kept;
  else if (!field.matches("select")) field.value = kept;
  else if (field.options.length === kept.length) kept.forEach((on, place) => { field.options[place].selected = on; });
}

/* Of a page that answers a form (data-posted) all, for the next one comes without that answer; else what is not as it came. */
function keep(all) {
  const typed = forms().map(([name, form]) => [name, fields(form)
    .filter(([, field]) => all || String(state(field)) !== String(first(field)))
    .map(([place, field]) => [place, state(field)])]);
  sessionStorage.setItem(KEY, JSON.stringify(typed.filter(([, kept]) => kept.length)));
}

function putBack() {
  const kept = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  sessionStorage.removeItem(KEY);
  for (const [name, form] of forms()) {
    const values = new Map(kept.get(name) ?? []);
    if (!values.size) continue;
    for (const [place, field] of fields(form)) if (values.has(place)) put(field, values.get(place));
    form.dispatchEvent(new Event("input", { bubbles: true })); // what adds up, adds up anew
  }
}

document.addEventListener("submit", (event) => {
  if ("keepsTyped" in event.target.dataset) keep("posted" in event.target.dataset);
});
putBack();
