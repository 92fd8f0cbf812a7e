/* The payer's pages: the running total, the kiosk's keys, printing, WeChat's own call. All of it is comfort: the
   server adds up, checks and decides by itself. */
import "./total.js";
import "./pad.js";
import "./bridge.js";

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}
