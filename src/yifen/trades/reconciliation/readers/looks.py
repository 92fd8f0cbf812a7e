"""What a file looks like: its format by its name and its first bytes, and of a file that looks like none
the format that it comes nearest to."""

import re
import zlib
from typing import BinaryIO

from yifen.core.facts.bilingual import Bilingual
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.archive import first_name, is_gzip, is_zip
from yifen.trades.reconciliation.readers.excel import is_excel
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.readers.registry import FORMATS, open_file
from yifen.trades.reconciliation.readers.ums import CAPTION
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

HEAD = 4096  # bytes in which a file shows its format
_NAMES = (
    ("unionpay_zme", re.compile(r"INN[0-9]{6}88ZME_.+")),
    ("unionpay_zm", re.compile(r"INN[0-9]{6}88ZM_.+")),
)
_IN_ARCHIVES = (
    ("unionpay_zm", re.compile(r"(INN[0-9]{6}88ZM(E|SUM)?|RD[0-9]{12,14})_.+")),
    ("alipay", re.compile(r".*_业务明细.*\.csv")),
    ("alipay_fund", re.compile(r".*_账务(明细|汇总).*\.csv")),
)
_BEGINNINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hub", ("H|1|", '{"type":"head"')),
    ("wechat_trade", ("交易时间,",)),
    ("wechat_fund", ("记账时间,",)),
)
_TITLES = (
    ("alipay", "#支付宝业务明细查询".encode("gb18030")),
    ("alipay_fund", "#支付宝账务明细查询".encode("gb18030")),
)
_CAMT = re.compile(r"camt\.05[234]\.001\.")
_MT94 = re.compile(r"^(?:\{.*\{4:)?:20:", re.MULTILINE)
_INTERIM = re.compile(r"^:(?:34F|13D|90[CD]):", re.MULTILINE)
_OFX = re.compile(r"OFXHEADER|<OFX>", re.IGNORECASE)
_UMS = re.compile(r"^[0-9]{8}\t[0-9-]{10}\t[0-9:]{8}\t", re.MULTILINE)


def sniff(name: str, head: bytes) -> str | None:
    """The format that a file looks like, by its name and its first bytes (a few hundred will do),
    packed or not; None when by none. Never "layout", which nothing but a profile can name."""
    for code, pattern in _NAMES:
        if pattern.fullmatch(name):
            return code
    if is_gzip(head):
        return sniff("", _inflated(head, 31))
    if is_zip(head):
        return _in_archive(head)
    for code, title in _TITLES:
        if head.startswith(title):
            return code
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    for code, beginnings in _BEGINNINGS:
        if text.startswith(beginnings):
            return code
    if _CAMT.search(text):
        return "camt"
    if _MT94.search(text):
        return "mt942" if _INTERIM.search(text) else "mt940"
    if _OFX.search(text):
        return "ofx"
    return "ums" if CAPTION in text or _UMS.search(text) else None


def nearest(name: str, stream: BinaryIO) -> FileError:
    """FILE_FORMAT_UNKNOWN for a file that `sniff` knows nothing of: the reader that came furthest, and
    where it stopped; nothing where none got beyond the first line."""
    if is_excel(stream):
        reason = "an Excel file: it needs a layout that describes its columns"
        return FileError(0, "format", reason, FileCode.FILE_FORMAT_UNKNOWN)
    tried = [_tried(code, name, stream) for code in FORMATS if code != "layout"]
    rows, line_no, code, error = max(tried, key=lambda one: one[:2])
    stream.seek(0)
    if rows or line_no > 1:
        found = FORMATS[code]
        reason = told("unknown; most like {}, but {}", Bilingual("{0}", "{0} {1}", found.zh, found.en), error)
    else:
        reason = "unknown; like none that is read here"
    return FileError(0, "format", reason, FileCode.FILE_FORMAT_UNKNOWN)


def _tried(code: str, name: str, stream: BinaryIO) -> tuple[int, int, str, Bilingual]:
    """How many rows a reader gave, the line in which it stopped, and why."""
    rows = 0
    try:
        stream.seek(0)
        for _ in open_file(code, stream, Hints(name=name)):
            rows += 1
    except FileError as error:
        return rows, error.line_no, code, error.told
    return rows, 1, code, told("its name or place says nothing of it")


def _in_archive(head: bytes) -> str | None:
    name = first_name(head)
    for code, pattern in _IN_ARCHIVES:
        if pattern.fullmatch(name):
            return code
    begin = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    stored = int.from_bytes(head[8:10], "little") == 0
    inside = head[begin:] if stored else _inflated(head[begin:], -15)
    return None if is_zip(inside) or is_gzip(inside) else sniff(name, inside)


def _inflated(packed: bytes, wbits: int) -> bytes:
    """The beginning of what is packed; nothing where it is not."""
    try:
        found = zlib.decompressobj(wbits).decompress(packed, HEAD)
    except zlib.error:
        return b""
    return b"" if is_gzip(found) or is_zip(found) else found
