/* The switch of light and dark: auto → light → dark, remembered in the cookie `theme` that the server renders. */
const ORDER = ["auto", "light", "dark"];
const root = document.documentElement;

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  event.preventDefault(); // without scripts the form asks the server to do the same
  const next = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
  root.dataset.theme = next;
  document.dispatchEvent(new CustomEvent("yifen:theme"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  document.dispatchEvent(new CustomEvent("yifen:theme"));
});
