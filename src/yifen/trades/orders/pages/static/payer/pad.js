/* The kiosk's keys on the screen: <div data-pad="id of the input"> with buttons [data-type], [data-back], [data-letters]. */
for (const pad of document.querySelectorAll("[data-pad]")) {
  const input = document.getElementById(pad.dataset.pad);
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key || !input) return;
    if ("letters" in key.dataset) {
      const letters = pad.querySelector(".pad-letters");
      letters.hidden = !letters.hidden;
    } else if ("back" in key.dataset) {
      input.value = input.value.slice(0, -1);
    } else if (input.value.length < (input.maxLength > 0 ? input.maxLength : 60)) {
      input.value += key.dataset.type;
    }
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
