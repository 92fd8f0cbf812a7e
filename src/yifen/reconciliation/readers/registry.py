"""The formats that files come in: each by its code, and what a file without a profile looks like."""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from yifen.kernel.codes import Code
from yifen.reconciliation.readers.hub_file import open_hub_file
from yifen.reconciliation.readers.reading import Hints, Reading
from yifen.reconciliation.readers.unionpay_zm import open_zm
from yifen.reconciliation.rows import FileError

__all__ = ["FORMATS", "Format", "Hints", "Reading", "open_file", "sniff"]


class Format(NamedTuple):
    """One format: its code in `recon_profile.format`, both names, its reader."""

    code: str
    zh: str
    en: str
    open: Callable[[BinaryIO, Hints], Reading]


FORMATS: dict[str, Format] = {
    row.code: row
    for row in (
        Format("hub", "本平台对账文件", "the hub's daily file", open_hub_file),
        Format("unionpay_zm", "银联商户对账流水 ZM", "UnionPay merchant file ZM", open_zm),
    )
}


def open_file(format_code: str, stream: BinaryIO, hints: Hints) -> Reading:
    """A file opened by its format; nothing is read before the first row is asked for.

    FileError FILE_FORMAT_UNKNOWN for another code.
    """
    found = FORMATS.get(format_code)
    if found is None:
        reason = f"no such format: {format_code[:40]!r}"
        raise FileError(0, "format", reason, Code.FILE_FORMAT_UNKNOWN)
    return found.open(stream, hints)


def sniff(name: str, head: bytes) -> str | None:
    """The format that a file looks like, by its name and its first bytes; None when by none."""
    if head.startswith((b"H|1|", b'{"type":"head"')):
        return "hub"
    if "ZM_" in name:
        return "unionpay_zm"
    return None
