/* Fen, yuan and 人民币大写 for what the screen shows while the teller types. The server reckons all of it again
   (kernel/money.py, kernel/capitals.py); a test compares the two. */
const FEN_MAX = 10 ** 15 - 1;
const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const UNITS = [[10 ** 8, "亿"], [10 ** 4, "万"], [1000, "仟"], [100, "佰"], [10, "拾"]];

/** Fen of what was typed in yuan; null when it is no amount. */
export function fenOf(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "").replace(/^(?:¥|CNY|RMB|人民币)|(?:元整?|圆整?|CNY|RMB)$/gi, "");
  if (!/^(\d+|\d{1,3}(,\d{3})+)(\.\d{1,2}0*)?$/.test(plain)) return null;
  const [whole, cents = ""] = plain.replaceAll(",", "").split(".");
  const fen = Number(whole) * 100 + Number(cents.slice(0, 2).padEnd(2, "0"));
  return fen <= FEN_MAX ? fen : null;
}

/** 123456 → 1,234.56 */
export function yuanOf(fen) {
  const whole = Math.floor(Math.abs(fen) / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}${whole}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

function spelt(number) {
  for (const [size, unit] of UNITS) {
    if (number >= size) {
      const rest = number % size;
      const gap = rest > 0 && rest < Math.floor(size / 10) ? "零" : "";
      return spelt(Math.floor(number / size)) + unit + gap + (rest ? spelt(rest) : "");
    }
  }
  return DIGITS[number];
}

/** 140950 → 人民币壹仟肆佰零玖元伍角整 */
export function capitalsOf(fen) {
  const yuan = Math.floor(fen / 100), rest = fen % 100;
  const jiao = Math.floor(rest / 10), cents = rest % 10;
  let words = yuan || !rest ? `${spelt(yuan)}元` : "";
  if (yuan && rest && (yuan % 10 === 0 || !jiao)) words += "零";
  if (jiao) words += `${DIGITS[jiao]}角`;
  return `人民币${words}${cents ? `${DIGITS[cents]}分` : "整"}`;
}

/** Into an element, as parts/amount.html draws it; "—" for what is no amount. */
export function show(element, fen) {
  const cents = document.createElement("span");
  cents.className = "amount-fen";
  const text = fen === null ? "—" : yuanOf(fen);
  cents.textContent = fen === null ? "" : text.slice(-3);
  element.replaceChildren(fen === null ? text : text.slice(0, -3), cents);
}
