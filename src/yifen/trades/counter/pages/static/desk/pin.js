/* The PIN pad 密码键盘: the payer presses its keys or types; what stands in the field is never shown, and leaves the page
   with the form alone. */
for (const pad of document.querySelectorAll("[data-pin]")) {
  const field = pad.querySelector("input"), said = pad.querySelector("[data-pin-count]");
  const tell = () => {
    said.textContent = "●".repeat(field.value.length);
    field.setCustomValidity("");
  };
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-pin-key]")?.dataset.pinKey;
    if (!key) return;
    if (key === "clear") field.value = "";
    else if (field.value.length < field.maxLength) field.value += key;
    tell();
    field.focus();
  });
  field.addEventListener("input", () => {
    field.value = field.value.normalize("NFKC").replace(/\D/g, "").slice(0, field.maxLength);
    tell();
  });
  addEventListener("pagehide", () => (field.value = ""));
  tell();
}
