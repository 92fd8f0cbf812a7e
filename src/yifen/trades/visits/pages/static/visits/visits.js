/* A visit on the phone: large pictures are made smaller before they are sent, and the place is asked for when a finding
   is pressed. Without this all of it works: a picture as it is, no place. */
const SIDE = 1600, SMALL = 700_000, WAIT_MS = 8000;
const form = document.querySelector("form[data-visit]");

/** Redrawn no wider than SIDE; what cannot be drawn stays as it is. */
async function shrink(input) {
  const [file] = input.files;
  if (!file || file.size <= SMALL) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (!smaller || smaller.size >= file.size) return;
    const kept = new DataTransfer();
    kept.items.add(new File([smaller], "photo.jpg", { type: "image/jpeg" }));
    input.files = kept.files;
  } catch { /* the server says what is wrong with it */ }
}

/** The place goes into the form's hidden fields; nothing, where it is not given. */
function locate() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(6);
      form.elements.longitude.value = coords.longitude.toFixed(6);
      form.elements.accuracy.value = Math.round(coords.accuracy);
      resolve();
    }, () => resolve(), { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 60000 });
  });
}

if (form) {
  const pending = new Set();
  form.addEventListener("change", (event) => {
    if (!("shrinks" in event.target.dataset)) return;
    const work = shrink(event.target).finally(() => pending.delete(work));
    pending.add(work);
  });
  const asks = "geolocation" in navigator && window.isSecureContext;
  form.querySelector("[data-here]").hidden = !asks;
  let ready = false;
  form.addEventListener("submit", async (event) => {
    if (ready) return;
    event.preventDefault();
    event.stopPropagation();
    ready = true;
    form.setAttribute("aria-busy", "true");
    await Promise.all([...pending, asks ? locate() : null]);
    form.requestSubmit(event.submitter);
  }, true);
}
