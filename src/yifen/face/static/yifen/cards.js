/* Tables written by hand: each cell gets its column's title, which a phone shows before it as parts/table.html does. */
function label(inside) {
  for (const table of inside.querySelectorAll("table.data-table")) {
    const titles = [...(table.tHead?.rows[0]?.cells ?? [])].map(cell => cell.textContent.trim());
    for (const row of table.querySelectorAll(":scope > :not(thead) > tr")) {
      let place = 0;
      for (const cell of row.cells) {
        if (cell.tagName === "TD" && cell.colSpan === 1 && titles[place]) cell.dataset.label ??= titles[place];
        place += cell.colSpan;
      }
    }
  }
}
label(document);
document.addEventListener("htmx:load", event => label(event.detail.elt));
