/* Passkeys. [data-passkey] is shown where the browser knows them. data-passkey-ask="address" on a button asks there for
   a question and sends the form with the device's answer; data-passkey-make="json" on one makes a new passkey, whose
   answer goes with the form. The answer's field is the form's input whose name ends in "passkey" or "answer". */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function told(credential) {
  const given = credential.response;
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[name]) response[name] = text(given[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function asked(form, address) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Error(String(answer.status));
  const question = await answer.json();
  const publicKey = {
    ...question, challenge: bytes(question.challenge), allowCredentials: known(question.allowCredentials),
  };
  return navigator.credentials.get({ publicKey });
}

function made(json) {
  const wanted = JSON.parse(json);
  const publicKey = {
    ...wanted, challenge: bytes(wanted.challenge), user: { ...wanted.user, id: bytes(wanted.user.id) },
    excludeCredentials: known(wanted.excludeCredentials),
  };
  return navigator.credentials.create({ publicKey });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-passkey-ask], [data-passkey-make]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const field = form.querySelector("input[name$=passkey], input[name=answer]");
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  if (!form.reportValidity()) return;
  button.disabled = true;
  try {
    const { passkeyAsk, passkeyMake } = button.dataset;
    field.value = told(await (passkeyAsk ? asked(form, passkeyAsk) : made(passkeyMake)));
    form.requestSubmit();
  } catch {
    failed.hidden = false; // cancelled, too late, nobody's: the browser does not say which
  }
  button.disabled = false;
});

if (globalThis.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
}
