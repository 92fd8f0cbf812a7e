/* The drawer's sum while it is counted. */
import { show } from "./money.js";

const form = document.querySelector("[data-count]");

function piecesOf(text) {
  const plain = text.normalize("NFKC").trim();
  return /^\d{1,7}$/.test(plain) ? Number(plain) : 0;
}

function reckon() {
  let sum = 0;
  for (const field of form.querySelectorAll("[data-value]")) {
    const amount = piecesOf(field.value) * Number(field.dataset.value);
    const cell = field.closest("tr").querySelector("[data-sum]");
    if (field.value.trim()) show(cell, amount);
    else cell.replaceChildren();
    sum += amount;
  }
  const counted = document.getElementById("counted");
  if (counted) show(counted, sum);
}

form.addEventListener("input", reckon);
reckon();
