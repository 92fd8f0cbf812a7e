/* Inside WeChat: its own call opens the payment. The order's page finds out what became of it. */
const button = document.querySelector("[data-bridge]");

function pay() {
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(button.dataset.bridge), () => {
    location.replace(button.dataset.backUrl);
  });
}

if (button) {
  button.addEventListener("click", () => window.WeixinJSBridge && pay());
  if (window.WeixinJSBridge) pay();
  else document.addEventListener("WeixinJSBridgeReady", pay, { once: true });
}
