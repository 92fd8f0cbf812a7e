/* A paper prints by itself: what has data-prints is fetched once, for each time is counted, put into a frame that nobody sees,
   and that is printed; the keys stay the desk's. Where the browser shows no PDF, or the answer is none, it opens as any
   form or link does. */
let isUnderWay = false;

async function paperOf(control) {
  const sent = control.matches("form") ? { method: "POST", body: new FormData(control) } : {};
  const answer = await fetch(control.action ?? control.href, sent);
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/pdf")) throw new Error("no paper");
  return URL.createObjectURL(await answer.blob());
}

function print(address) {
  const frame = document.createElement("iframe"), here = document.activeElement;
  frame.className = "desk-paper";
  frame.tabIndex = -1;
  frame.title = document.querySelector("#sent-to-print")?.textContent ?? "";
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.print();
      document.querySelector("#sent-to-print")?.removeAttribute("hidden");
    } catch {
      open(address);
    }
    here?.focus();
  });
  frame.src = address;
  document.querySelector(".desk-paper")?.remove();
  document.body.append(frame);
}

async function printed(event, control) {
  if (!navigator.pdfViewerEnabled || event.defaultPrevented) return;
  event.preventDefault();
  if (isUnderWay) return;
  isUnderWay = true;
  try {
    print(await paperOf(control));
  } catch {
    if (control.matches("form")) control.submit();
    else open(control.href);
  }
  isUnderWay = false;
}

document.addEventListener("submit", (event) => {
  if ("prints" in event.target.dataset) printed(event, event.target);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-prints]");
  if (link) printed(event, link);
});
