/* Keys pressed while what is looked up is on its way are typed into the page that comes, as far as they fit there. Only
   after a code or a look-up, for no PIN is asked on the page after one. Read before the page's body, so that none is lost
   between the old page and the new one. */
(() => {
  const AHEAD = "desk.ahead", PATIENCE_MS = 10_000;
  let keys = sessionStorage.getItem(AHEAD) ?? "", isKept = sessionStorage.getItem(AHEAD) !== null, isLeaving = false;
  sessionStorage.removeItem(AHEAD);

  addEventListener("keydown", (event) => {
    if (!isKept || event.ctrlKey || event.altKey || event.metaKey || !(event.key.length === 1 || event.key === "Enter")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keys += event.key === "Enter" ? "\n" : event.key;
    if (isLeaving) sessionStorage.setItem(AHEAD, keys);
  }, true);

  function leave(rest = "") {
    [keys, isKept, isLeaving] = [rest, true, true];
    sessionStorage.setItem(AHEAD, keys);
    setTimeout(() => (isKept = isLeaving = false), PATIENCE_MS);
  }

  function type() {
    if (!keys) return;
    document.querySelector("[autofocus]")?.focus(); // the browser's own focus comes with its first drawing
    if (document.activeElement?.value === document.activeElement?.defaultValue) document.activeElement?.select?.();
    for (const [place, key] of [...keys].entries()) {
      const field = document.activeElement;
      if (!field?.matches("input:not([type=password], [type=checkbox])")) return;
      if (key !== "\n") {
        field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      } else if (field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))) {
        if (!field.form?.matches(".desk-go, [method=get]")) return; // what does something is pressed on its own page
        const rest = keys.slice(place + 1);
        field.form.requestSubmit();
        leave(rest);
        return;
      }
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches(".desk-go, form[method=get]")) leave();
  });
  addEventListener("load", () => {
    isKept = false;
    type();
  });
})();
