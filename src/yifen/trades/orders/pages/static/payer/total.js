/* Adds up what is ticked, in whole fen. <form data-bills> with [name=payable][data-fen] and [data-amount] beside it. */
const form = document.querySelector("form[data-bills]");
const CURRENCY = /^(?:¥|CNY|RMB|人民币)|(?:元整?|圆整?|CNY|RMB)$/gi;

/** As the server reads it (core/facts/money.typed_yuan); null: it is no amount. */
function fenOf(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "").replace(CURRENCY, "");
  const found = /^(\d{1,13}|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.(\d{1,2})0*)?$/.exec(plain);
  if (!found || !plain) return null;
  return BigInt((found[1] || "0").replaceAll(",", "")) * 100n + BigInt((found[2] || "").padEnd(2, "0"));
}

function add() {
  let total = 0n;
  for (const tick of form.querySelectorAll("[name=payable]:checked")) {
    const typed = tick.closest(".bill").querySelector("[data-amount]");
    const fen = typed ? fenOf(typed.value) : BigInt(tick.dataset.fen);
    total = total === null || fen === null ? null : total + fen;
  }
  form.querySelector("[data-total]").textContent = total === null ? "—" : shown(total);
}

function shown(fen) {
  return `¥${(fen / 100n).toLocaleString("en")}.${String(fen % 100n).padStart(2, "0")}`;
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
