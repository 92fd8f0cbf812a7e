"""An electronic invoice 数电票 as XML, OFD or PDF → number, total, seller, day. Read to spare typing: what counts is
what its holder confirms, and one number is one invoice in whichever form it came. Files can be hostile. Pure."""

import io
import re
import unicodedata
import zipfile
import zlib
from datetime import date
from typing import Any

from lxml import etree
from msgspec import Struct
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.xml_tree import PARSER
from yifen.trades.cards.codes import CardCode

PAPER_MAX = 8 << 20  # as phones take photos
_PAGES, _ENTRIES, _UNPACKED = 3, 200, 8 << 20
_NUMBER = re.compile(r"(?<![0-9])([0-9]{20})(?![0-9])")
_YUAN = re.compile(r"[¥￥]\s*([0-9][0-9,]*\.[0-9]{2})(?![0-9])")
_DAY = re.compile(r"([0-9]{4})(?:年|-)([0-9]{1,2})(?:月|-)([0-9]{1,2})")
_SAID_NUMBER = re.compile(r"发票号码\s*[:：]?\s*([0-9]{20})(?![0-9])")
_SAID_DAY = re.compile(r"开票日期\s*[:：]?\s*([0-9]{4}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2})")
_NAME = re.compile(r"名\s*称\s*[:：]\s*([^\s:：]+)")
_SELLER = re.compile(r"销\s*售\s*方|销\s*方")
_HEADS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "ofd"),
)
_TAGS = {
    "number": "InvoiceNumber",
    "gross": "TotalTax-includedAmount",
    "seller": "SellerName",
    "day": "IssueTime",
}
_BREACHES = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    etree.XMLSyntaxError,
    PyPdfError,
    RecursionError,
    KeyError,
    AttributeError,
    TypeError,
)


class ReadInvoice(Struct, frozen=True):
    """What a file says; empty, 0 or None: nothing, which its holder types."""

    number: str = ""
    gross_fen: int = 0
    seller: str = ""
    issued_on: date | None = None


def kind_of(body: bytes) -> str:
    """jpg, png, pdf, ofd, xml, by its own bytes. Refused CARD_PAPER_TOO_LARGE, CARD_PAPER_KIND."""
    if len(body) > PAPER_MAX:
        raise Refused(CardCode.CARD_PAPER_TOO_LARGE, "file", str(len(body)))
    found = next((kind for head, kind in _HEADS if body.startswith(head)), None)
    if found is None and body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        found = "xml"
    if found is None:
        raise Refused(CardCode.CARD_PAPER_KIND, "file")
    return found


def read(body: bytes) -> ReadInvoice:
    """Refused CARD_PAPER_UNREADABLE, and as `kind_of`. A photo says nothing."""
    kind = kind_of(body)
    try:
        return _READERS[kind](body) if kind in _READERS else ReadInvoice()
    except _BREACHES as error:
        raise Refused(CardCode.CARD_PAPER_UNREADABLE, "file", type(error).__name__) from None


def _xml(body: bytes) -> ReadInvoice:
    """By the tags of the standard, wherever they stand below EInvoice."""
    if b"<!DOCTYPE" in body:
        raise ValueError("a DOCTYPE is refused")
    root = etree.fromstring(body, PARSER)
    found = {name: _first(root, tag) for name, tag in _TAGS.items()}
    return ReadInvoice(
        found["number"] if _NUMBER.fullmatch(found["number"]) else "",
        _fen(found["gross"]),
        found["seller"][:100],
        _day(found["day"]),
    )


def _first(root: Any, tag: str) -> str:
    return next((text.strip() for one in root.iter(tag) if (text := one.text)), "")


def _ofd(body: bytes) -> ReadInvoice:
    """The invoice's own XML where it is attached, else what stands on its pages."""
    texts: list[str] = []
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = [info for info in archive.infolist() if info.filename.lower().endswith(".xml")]
        if len(archive.infolist()) > _ENTRIES or sum(info.file_size for info in files) > _UNPACKED:
            raise ValueError("too large")
        for info in sorted(files, key=lambda info: "original_invoice" not in info.filename):
            with archive.open(info) as packed:
                plain = packed.read(_UNPACKED + 1)
            if len(plain) > _UNPACKED:
                raise ValueError("too large")
            if b"InvoiceNumber" in plain and (said := _xml(plain)).number:
                return said
            if b"TextCode" in plain and b"<!DOCTYPE" not in plain:
                texts += [one.text or "" for one in etree.fromstring(plain, PARSER).iter("{*}TextCode")]
    return _of_text("\n".join(texts))


def _pdf(body: bytes) -> ReadInvoice:
    reader = PdfReader(io.BytesIO(body))
    return _of_text("\n".join(page.extract_text() for page in reader.pages[:_PAGES]))


def _of_text(text: str) -> ReadInvoice:
    """Its number where it is called that, else where just one stands there; of several sums the largest, which is the
    total; the buyer's name stands before the seller's."""
    plain = unicodedata.normalize("NFKC", text)
    numbers = set(_SAID_NUMBER.findall(plain)) or set(_NUMBER.findall(plain))
    sums = [_fen(one) for one in _YUAN.findall(plain)]
    said_day = _SAID_DAY.search(plain)
    return ReadInvoice(
        numbers.pop() if len(numbers) == 1 else "",
        max(sums, default=0),
        _seller(plain)[:100],
        _day("".join((said_day[1] if said_day else plain).split())),
    )


def _seller(plain: str) -> str:
    """The second of two names; of a single one, where the seller is said before it."""
    names = _NAME.findall(plain)
    if len(names) == 2:
        return str(names[1])
    said = _SELLER.search(plain)
    return str(names[0]) if len(names) == 1 and said and said.start() < plain.index(names[0]) else ""


def _fen(text: str) -> int:
    try:
        return parse_yuan(text.strip())
    except AmountError:
        return 0


def _day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


_READERS = {"xml": _xml, "ofd": _ofd, "pdf": _pdf}
