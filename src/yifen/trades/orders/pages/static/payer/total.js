/* Adds up what is ticked, in whole fen. <form data-bills> with [name=payable][data-fen] and [data-amount] beside it. */
const form = document.querySelector("form[data-bills]");

function fenOf(text) {
  const found = /^(\d{1,13})?(?:\.(\d{1,2}))?$/.exec(text.normalize("NFKC").replace(/[\s,]/g, ""));
  return found ? BigInt(found[1] || 0) * 100n + BigInt((found[2] || "").padEnd(2, "0")) : 0n;
}

function add() {
  let total = 0n;
  for (const tick of form.querySelectorAll("[name=payable]")) {
    const typed = tick.closest(".bill").querySelector("[data-amount]");
    if (tick.checked) total += typed ? fenOf(typed.value) : BigInt(tick.dataset.fen);
  }
  const [yuan, fen] = [(total / 100n).toLocaleString("en"), String(total % 100n).padStart(2, "0")];
  form.querySelector("[data-total]").textContent = `¥${yuan}.${fen}`;
}

if (form && form.querySelector("[data-total]")) {
  form.querySelector("[data-total-box]").hidden = false;
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-amount]")) {
      event.target.closest(".bill").querySelector("[name=payable]").checked = event.target.value.trim() !== "";
    }
    add();
  });
  addEventListener("pageshow", add);
  add();
}
