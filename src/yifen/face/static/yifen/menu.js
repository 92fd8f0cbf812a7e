/* On a narrow screen the console's menu starts folded; without scripts it stays open. */
const wide = matchMedia("(min-width: 64rem)");

function fold() {
  for (const menu of document.querySelectorAll("[data-menu]")) menu.open = wide.matches;
}
wide.addEventListener("change", fold);
fold();
