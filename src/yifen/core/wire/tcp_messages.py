"""Messages of the TCP dialect (decision 0046): six digits of length, XML in GB18030, and a MAC of 16 hex digits over
the XML's bytes as they were sent. Pure.

The names are those of the banks that speak it (domain.md 4A). What a declaration says of the encoding is not believed.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape

from yifen.core.facts.codes import Code
from yifen.core.facts.money import AmountError, format_yuan, parse_fen, parse_yuan
from yifen.core.wire.messages import WireFault
from yifen.core.wire.pos_keys import mac
from yifen.core.wire.xml_tree import Element, invalid, leaf, tree_of

LENGTH_DIGITS, MAC_CHARS, BYTES_MOST = 6, 16, 65_536
HEARTBEAT = b"000000"
ALGORITHMS = ("sm4-cbc", "des-x919")
KEY_ASKED, KEY_TOLD = "BJCEBRWKReq", "BJCEBRWKRes"
WITHOUT_MAC = frozenset({KEY_ASKED, KEY_TOLD})
ERROR = "Error"
ROW = "Data"
VALUE_MOST = 200
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,120}\?>\s*")
_HEAD = ("Version", "InstId", "AnsTranCode", "TrmSeqNum")
_MAC = re.compile(rb"[0-9A-Fa-f]{16}\Z")
_WHOLE_FEN = re.compile(r"([0-9]{1,15})(?:\.0{1,2})?")
Root = Literal["in", "out"]


class TcpMessage(NamedTuple):
    """`inst`: the line's number; `serial`: TrmSeqNum, of this message alone; `rows`: of an answer to a query."""

    inst: str
    code: str
    serial: str
    fields: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()


def written(message: TcpMessage, root: Root) -> bytes:
    """Its XML, without length and MAC."""
    head = _tags(dict(zip(_HEAD, ("1.0.1", message.inst, message.code, message.serial), strict=True)))
    rows = "".join(f"<{ROW}>{_tags(row)}</{ROW}>" for row in message.rows)
    markup = f"<{root}><head>{head}</head><t{root}>{_tags(message.fields)}{rows}</t{root}></{root}>"
    return f'<?xml version="1.0" encoding="GBK"?>{markup}'.encode("gb18030")


def read(xml: bytes, root: Root) -> TcpMessage:
    """WireFault: ENCODING_INVALID, DOCTYPE_REFUSED, MESSAGE_INVALID. A field that we do not know is left aside."""
    try:
        text = xml.decode("gb18030")
    except UnicodeDecodeError as error:
        raise WireFault(Code.ENCODING_INVALID, "", f"byte {error.start} of the XML") from None
    tree = tree_of(_DECLARATION.sub("", text, count=1))
    if [tree.tag, *(part.tag for part in tree)] != [root, "head", f"t{root}"]:
        raise invalid(str(tree.tag)[:40], f"must be {root} with one head, then one t{root}")
    head, body = _values(tree[0], "head"), _values(tree[1], f"t{root}")
    if missing := [name for name in _HEAD if not head.get(name) and name != "Version"]:
        raise invalid(f"head/{missing[0]}", "is missing")
    rows = tuple(_values(row, ROW) for row in tree[1] if row.tag == ROW)
    return TcpMessage(head["InstId"], head["AnsTranCode"], head["TrmSeqNum"], body, rows)


def framed(xml: bytes, mac_text: str = "") -> bytes:
    """As it goes on the line."""
    body = xml + mac_text.encode()
    return b"%06d" % len(body) + body


def size_of(head: bytes) -> int | None:
    """Of what follows six digits; None: they are none, or it would be too long."""
    if not head.isdigit() or int(head) > BYTES_MOST:
        return None
    return int(head)


def split(body: bytes) -> tuple[bytes, str]:
    """XML and MAC; "" where there is none."""
    return (body[:-MAC_CHARS], body[-MAC_CHARS:].decode()) if _MAC.search(body[-MAC_CHARS:]) else (body, "")


def mac_text(algorithm: str, key: bytes, xml: bytes) -> str:
    return mac(algorithm, key, xml).hex().upper()


def is_mac_text(algorithm: str, key: bytes, xml: bytes, told: str) -> bool:
    return hmac.compare_digest(mac_text(algorithm, key, xml), told.upper())


def session_key(master: bytes, inst: str, day: date) -> bytes:
    """A line's key of a day: 16 bytes that follow from the master key, so that nobody need keep or race for it."""
    return hmac.new(master, f"yifen tcp {inst} {day:%Y%m%d}".encode(), sha256).digest()[:16]


def amount_fen(text: str, is_yuan: bool, path: str) -> int:
    """Fen of an amount; the dialect writes fen with two decimals, which must be zeros. WireFault: MESSAGE_INVALID."""
    try:
        if is_yuan:
            return parse_yuan(text)
        if (whole := _WHOLE_FEN.fullmatch(text)) is None:
            raise invalid(path, "must be whole fen, such as 15000.00")
        return parse_fen(whole[1])
    except AmountError as error:
        raise invalid(path, str(error)) from None


def amount_text(fen: int, is_yuan: bool) -> str:
    return format_yuan(fen) if is_yuan else f"{Decimal(fen):.2f}"


def _values(element: Element, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element:
        if child.tag == ROW:
            continue
        where = f"{path}/{child.tag}"[:200]
        if not isinstance(child.tag, str) or child.tag in found:
            raise invalid(where, "is no tag, or stands twice")
        found[child.tag] = leaf(child, where).strip()
        if len(found[child.tag]) > VALUE_MOST:
            raise invalid(where, f"has more than {VALUE_MOST} characters")
    return found


def _tags(values: Mapping[str, str]) -> str:
    return "".join(f"<{tag}>{escape(value)}</{tag}>" if value else f"<{tag}/>" for tag, value in values.items())
