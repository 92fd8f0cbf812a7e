/* The desk's own keys and sums: digits typed anywhere go to the code box, arrows move between fields, totals
   and change follow the typing. The server reckons all of it again. */
const whole = /^\d+(\.\d{1,2})?$/;
const fen = (text) => {
  const plain = text.normalize("NFKC").trim().replaceAll(",", "");
  if (!whole.test(plain)) return null;
  const [yuan, cents = ""] = plain.split(".");
  return Number(yuan) * 100 + Number(cents.padEnd(2, "0"));
};
const yuan = (amount) =>
  `${amount < 0 ? "-" : ""}${Math.floor(Math.abs(amount) / 100).toLocaleString("en-US")}.${String(Math.abs(amount) % 100).padStart(2, "0")}`;

const code = document.getElementById("code");
const typing = (element) => element?.matches("input:not([type=checkbox]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (/^\d$/.test(event.key) && !typing(document.activeElement) && code) {
    code.value = "";
    code.focus();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (document.activeElement?.matches("select, textarea")) return;
  const fields = [...document.querySelectorAll("#work input:not([type=hidden]), #work select, #work button")].filter(
    (field) => field.getClientRects().length > 0 && !field.matches(".visually-hidden"),
  );
  const place = fields.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  const next = fields[Math.min(Math.max(place, 0), fields.length - 1)];
  if (next) {
    event.preventDefault();
    next.focus();
    next.select?.();
  }
});

const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) wrong.focus();
else if (!document.querySelector("[autofocus]")) {
  const first = document.querySelector("#work input:not([type=hidden]):not([type=checkbox]), #work select");
  (first ?? code)?.focus();
}

const collect = document.querySelector("[data-collect]");
if (collect) {
  const field = (name) => collect.elements[name];
  const reckon = () => {
    let total = 0;
    for (const box of collect.querySelectorAll("[data-bill]")) {
      if (!box.checked) continue;
      const typed = field(`amount_${box.dataset.bill}`);
      const amount = typed ? fen(typed.value) : Number(box.dataset.due);
      total = amount === null || total === null ? null : total + amount;
    }
    const cash = field("pay_kind").value === "cash";
    field("tendered").closest(".field").hidden = !cash;
    field("from_account").closest(".field").hidden = cash;
    document.getElementById("total").textContent = total === null ? "—" : yuan(total);
    const tendered = field("tendered").value ? fen(field("tendered").value) : total;
    const change = cash && total !== null && tendered !== null ? tendered - total : null;
    document.getElementById("change").textContent = change === null ? "—" : yuan(change);
  };
  collect.addEventListener("input", reckon);
  collect.addEventListener("change", reckon);
  reckon();
}

const count = document.querySelector("[data-count]");
if (count) {
  const reckon = () => {
    let sum = 0;
    for (const box of count.querySelectorAll("[data-value]")) {
      const pieces = /^\d{1,7}$/.test(box.value) ? Number(box.value) : 0;
      const amount = pieces * Number(box.dataset.value);
      box.closest("tr").querySelector("[data-sum]").textContent = pieces ? yuan(amount) : "";
      sum += amount;
    }
    document.getElementById("counted").textContent = yuan(sum);
  };
  count.addEventListener("input", reckon);
  reckon();
}
