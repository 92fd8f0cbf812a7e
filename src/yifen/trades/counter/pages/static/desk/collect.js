/* Sums of a collection while it is put together: what is chosen, what the payer gave, what he gets back. */
import { capitalsOf, fenOf, show } from "./money.js";

const form = document.querySelector("[data-collect]");
const part = (id) => document.getElementById(id);
const boxes = [...form.querySelectorAll("[data-bill]")];
const typedOf = (box) => form.elements[`amount_${box.dataset.bill}`];

function total() {
  if (form.elements.spread.value.trim()) return fenOf(form.elements.spread.value); // over all bills, whatever is ticked
  let sum = 0;
  for (const box of boxes.filter((one) => one.checked)) {
    const fen = typedOf(box) ? fenOf(typedOf(box).value) : Number(box.dataset.due);
    if (fen === null) return null;
    sum += fen;
  }
  return sum;
}

function reckon() {
  const sum = total(), isCash = form.elements.pay_kind.value === "cash";
  form.elements.tendered.closest(".field").hidden = !isCash;
  form.elements.from_account.closest(".field").hidden = isCash;
  part("change_box").hidden = !isCash;
  const cheque = form.querySelector("[data-cheque]"); // there where the bank's core pays
  if (cheque) cheque.hidden = form.elements.pay_kind.value !== "cheque";
  show(part("total"), sum);
  part("capital").textContent = sum ? capitalsOf(sum) : "";
  const given = fenOf(form.elements.tendered.value);
  const change = sum === null || given === null ? null : given - sum;
  const isShort = change !== null && change < 0;
  const word = part("change_word");
  word.textContent = isShort ? word.dataset.short : word.dataset.change;
  part("change_box").classList.toggle("is-short", isShort);
  show(part("change"), isShort ? -change : change);
}

form.addEventListener("input", (event) => {
  const box = boxes.find((one) => typedOf(one) === event.target);
  if (box) box.checked = event.target.value.trim() !== ""; // who types an amount wants it paid
  reckon();
});
form.addEventListener("change", reckon);
reckon();
