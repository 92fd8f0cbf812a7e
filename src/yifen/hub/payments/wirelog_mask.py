"""Masking of messages before they are kept (X3): what is not known to be harmless is hidden.

Nothing is parsed, so any bytes may come: markup is cut into tokens, and a value stays only if its
field is known, stands where the dialects have it, and looks as that field must. An account number
keeps its tail, a digest its head, texts of our own their plain words; everything else becomes
`***`: names, phones, card and ID numbers, and whatever a partner puts where nothing belongs.
"""

import re
from collections.abc import Callable, Iterator

from yifen.core.facts.codes import MEANINGS

BODY_MAX = 8192  # bytes of a message that are kept
HIDDEN = "***"
DIGEST = re.compile(rb"[0-9A-Fa-f]{40}(?=[\s<H])")
LABEL = re.compile(rb"""<\?xml[^>]{0,80}encoding=["'](GB[A-Za-z0-9]{1,6})["']""", re.IGNORECASE)
XML_TOKENS = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|(?P<aside><[!?].*?(?:>|\Z))"
    r"|</(?P<end>[^<>]*)>|<(?P<start>[^<>/][^<>]*)>|(?P<text>[^<>]+)|.",
    re.DOTALL,
)
JSON_TOKENS = re.compile(
    r'"(?P<string>(?:[^"\\]|\\(?:.|\Z))*+)(?:"|\Z)(?P<colon>\s*:)?|(?P<number>-?[0-9][0-9.eE+-]*)'
    r"|(?P<word>true|false|null)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<gap>[\s,:]+)"
    r'|(?P<junk>[^"\[\]{},:\s]+)',
    re.DOTALL,
)
DECLARATION = re.compile(r'<\?xml version="1.0" encoding="[A-Za-z0-9-]{1,12}"\?>')
NAME = re.compile(r"[A-Za-z_]{1,32}[0-9]{0,3}")
CONTAINERS = frozenset(
    {"", "request", "reply", "head", "body", "lines", "line", "payables", "item", "in", "out", "tin", "tout", "data"}
)

Rule = Callable[[str], str]
Rules = dict[str, Rule]
WORD = re.compile(r"[A-Za-z0-9_.-]{1,40}")
MOMENT = re.compile(
    r"[0-9]{8}(?:[0-9]{6})?|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,15}"
    r"(?:Z|[+-][0-9:]{2,6})?)?"
)
AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?")
LONG_NUMBER = re.compile(r"[0-9][0-9Xx ]{5,}[0-9Xx]")
FOREIGN = re.compile(r"[^\x20-\x7e]+")
OUR_WORDS = frozenset(
    text for code, meaning in MEANINGS.items() for text in (code.name, meaning.zh, meaning.en)
)


def shown_tail(number: str) -> str:
    """`3300000485` → `0485`; of a short number no more than half, of other texts nothing."""
    return number[len(number) - min(4, len(number) // 2) :] if WORD.fullmatch(number) else ""


def tail(text: str) -> str:
    return HIDDEN + shown_tail(text)


def _fits(pattern: re.Pattern[str]) -> Rule:
    return lambda text: text if pattern.fullmatch(text) else HIDDEN


def _digest(text: str) -> str:
    return text[:8] + HIDDEN if len(text) > 16 and WORD.match(text[:8]) else HIDDEN


def _message(text: str) -> str:
    return text if text in OUR_WORDS else HIDDEN


def sentence(text: str) -> str:
    """Words of our own about a fault: whatever they quote loses long numbers and foreign letters."""
    return FOREIGN.sub(HIDDEN, LONG_NUMBER.sub(lambda found: tail(found[0]), text))


def _reference(text: str) -> str:
    """A bill's number; it often holds the account number."""
    return sentence(text) if WORD.fullmatch(text) else HIDDEN


RULES: Rules = {
    **dict.fromkeys(
        ("version", "verb", "partner", "key_version", "serial", "code", "biller", "original_serial",
         "quote", "mode", "payment_id", "payer_state", "biller_state", "biller_serial", "result",
         "inst_id", "ans_tran_code", "trm_seq_num", "company_id", "bill_no", "bank_bill_no", "pay_state", "begin_num",
         "query_num", "total_num", "error_code"),
        _fits(WORD),
    ),
    **dict.fromkeys(
        ("time", "business_day", "paid_at", "booked_at", "due_on", "quote_expires_at", "pay_date",
         "acct_date", "begin_date", "end_date"),
        _fits(MOMENT),
    ),
    **dict.fromkeys(
        ("amount", "amount_fen", "due_amount", "due_fen", "min_amount", "min_fen", "max_amount",
         "max_fen", "pay_amount", "balance"),
        _fits(AMOUNT),
    ),
    **dict.fromkeys(("digest", "sign", "signature"), _digest),
    **dict.fromkeys(("account_no", "bill_key"), tail),
    **dict.fromkeys(("payable", "contract_no"), _reference),
}  # fmt: skip
# In what we write ourselves; from others such a field may hold anything.
OUR_RULES = RULES | {
    **dict.fromkeys(("message", "title", "name"), _message),
    **dict.fromkeys(("field", "detail"), sentence),
    **dict.fromkeys(("type", "status"), _fits(re.compile(r"/codes/[0-9]{4}|[0-9]{3}"))),
}
UPPER = re.compile(r"(?<=[a-z])(?=[A-Z])")


def masked(body: bytes, length: int | None = None, *, ours: bool = False) -> str:
    """A message as it may be kept, at most BODY_MAX bytes of it. `length`: how long it was, if
    `body` is only its beginning. `ours`: we wrote it, so the texts of its codes are known."""
    length = len(body) if length is None else length
    rules = OUR_RULES if ours else RULES
    cut = f"…[{length} bytes]" if length > min(len(body), BODY_MAX) else ""
    body = body[:BODY_MAX]
    head = ""
    if DIGEST.match(body):
        head, body = body[:8].decode() + HIDDEN, body[40:]
    label = LABEL.match(body)
    start = body.lstrip()[:1]
    if start == b"<":
        text = "".join(_xml(_text(body, "gb18030" if label else "utf-8"), rules))
    elif start in (b"{", b"["):
        text = "".join(_json(_text(body, "utf-8"), rules))
    else:
        return head + (f"[{length} bytes]" if length else "")
    return head + text + cut


def _text(body: bytes, codec: str) -> str:
    return body.decode(codec, errors="replace").replace("\x00", "")


def _hide(_: str) -> str:
    return HIDDEN


def _rule(rules: Rules, name: str, parents: list[str]) -> Rule:
    known = rules.get(name, _hide)
    return known if all(parent in CONTAINERS for parent in parents) else _hide


def _xml(text: str, rules: Rules) -> Iterator[str]:
    """Tags without their attributes, texts by their field."""
    stack: list[str] = []
    for token in XML_TOKENS.finditer(text):
        kind, value = token.lastgroup, token[token.lastgroup] if token.lastgroup else ""
        if kind == "start":
            tag, closed = value.rstrip("/ \t\r\n"), value.endswith("/")
            plain = tag if NAME.fullmatch(tag) else _shortened(tag)
            if not closed:
                stack.append(UPPER.sub("_", plain).lower())
            yield f"<{plain}/>" if closed else f"<{plain}>"
        elif kind == "end":
            if stack:
                stack.pop()
            yield f"</{value.strip()}>" if NAME.fullmatch(value.strip()) else f"</{HIDDEN}>"
        elif kind == "aside":
            yield value if DECLARATION.fullmatch(value) else f"<!{HIDDEN}>"
        elif kind in ("text", "cdata"):
            yield (
                value
                if not value.strip()
                else _rule(rules, stack[-1] if stack else "", stack[:-1])(value)
            )
        else:
            yield HIDDEN


def _shortened(tag: str) -> str:
    """The name of a tag that has attributes or is none."""
    found = NAME.match(tag)
    return f"{found[0]} {HIDDEN}" if found and tag[found.end() :][:1].isspace() else HIDDEN


def _json(text: str, rules: Rules) -> Iterator[str]:
    """Names that are plain, values by the name before them."""
    stack: list[str] = []
    name = ""
    for token in JSON_TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "colon":
            name = token["string"] if NAME.fullmatch(token["string"]) else HIDDEN
            yield f'"{name}"{token["colon"]}'
        elif kind == "open":
            stack.append(name)
            name = ""
            yield token[0]
        elif kind == "close":
            if stack:
                stack.pop()
            name = ""
            yield token[0]
        elif kind in ("gap", "word"):
            yield token[0]
        else:
            value = token["string"] if kind == "string" else token[0]
            hidden = HIDDEN if kind == "junk" else _rule(rules, name, stack)(value)
            yield hidden if kind == "number" and hidden == value else f'"{hidden}"'
