"""What partners pack their files in, ZIP and gzip, as one plain stream: archives can be hostile."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from struct import Struct
from struct import error as StructError
from typing import BinaryIO

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

ENTRIES_MAX = 8
UNPACKED_MAX = 1 << 30  # bytes; a day's bill of five million rows
RATIO_MAX = 200
_END = Struct("<4s4H2LH")  # end of the central directory, as in the ZIP specification 4.3.16
_END_MARK = b"PK\x05\x06"
_COMMENT_MAX = 0xFFFF
_DIRECTORY_MAX = 1 << 16
_UTF8_FLAG = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BREACHES = (
    zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, StructError, OSError, ValueError,
    NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
Read = Callable[[int], bytes]


def is_zip(head: bytes) -> bool:
    """The bytes begin as an archive does."""
    return head.startswith((b"PK\x03\x04", _END_MARK))


def is_gzip(head: bytes) -> bool:
    """The bytes begin as a gzip file does (RFC 1952)."""
    return head.startswith(b"\x1f\x8b")


def first_name(head: bytes) -> str:
    """The name of an archive's first entry, by its first bytes."""
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return ""
    length = int.from_bytes(head[26:28], "little")
    raw = head[30 : 30 + length]
    utf8 = int.from_bytes(head[6:8], "little") & _UTF8_FLAG
    return _base(raw.decode("utf-8" if utf8 else "gb18030", "replace"))


def plain(stream: BinaryIO, wanted: re.Pattern[str], *, many: bool = False) -> tuple[str, BinaryIO]:
    """The stream itself, or what is packed in it, with the entry's name (empty where it has none).

    `wanted`: the entry's name without folders; `many`: several such entries, one after the other by
    name. A stream that cannot seek is taken as it is. FILE_ARCHIVE: broken, encrypted, packed in
    another way, not exactly one such entry, more entries than expected; FILE_CUT_OFF;
    FILE_ARCHIVE_TOO_LARGE: more bytes than is allowed, by size or by ratio.
    """
    if not stream.seekable():
        return "", stream
    stream.seek(0)
    head = stream.read(4)
    stream.seek(0)
    if is_gzip(head):
        packed = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        unpacked = gzip.GzipFile(fileobj=stream, mode="rb")
        return "", io.BufferedReader(_Checked([unpacked.read], _bound(packed)))
    if not is_zip(head):
        return "", stream
    archive, chosen = opened(stream, wanted, many=many)
    try:
        reads: list[Read] = [archive.open(info).read for info in chosen]
    except _BREACHES as error:
        raise _refused(told("broken: {}", error)) from error
    bound = _bound(sum(info.compress_size for info in chosen))
    return name_of(chosen[0]), io.BufferedReader(_Checked(reads, bound))


def opened(
    stream: BinaryIO, wanted: re.Pattern[str], *, many: bool = False, entries_max: int = ENTRIES_MAX
) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """An archive and its wanted entries, by name; refused as `plain`."""
    _check_directory(stream, entries_max)
    try:
        archive = zipfile.ZipFile(stream)
    except _BREACHES as error:
        raise _refused(told("broken: {}", error)) from error
    found = sorted(
        (info for info in archive.infolist() if wanted.fullmatch(name_of(info))), key=_order
    )
    if len(archive.infolist()) > entries_max:
        raise _refused(told("{} entries, at most {} are expected", len(archive.infolist()), entries_max))
    if not found or (len(found) > 1 and not (many and _are_parts(found, wanted))):
        raise _refused(told("{} entries with the bill's name, not one", len(found)))
    for info in found:
        _check(info)
    if sum(info.file_size for info in found) > UNPACKED_MAX:
        raise _refused("its parts together", FileCode.FILE_ARCHIVE_TOO_LARGE)
    return archive, found


def _are_parts(found: list[zipfile.ZipInfo], wanted: re.Pattern[str]) -> bool:
    """Their names differ in the number of the part alone; a pattern without one takes all."""
    if wanted.groups < 2:
        return True
    names = [match for info in found if (match := wanted.fullmatch(name_of(info)))]
    return len({name[1] for name in names}) == 1 and all(name[2] for name in names)


def name_of(info: zipfile.ZipInfo) -> str:
    """The entry's name without folders; without the UTF-8 flag it is in GBK, as Alipay packs."""
    if info.flag_bits & _UTF8_FLAG:
        return _base(info.filename)
    return _base(info.filename.encode("cp437", "replace").decode("gb18030", "replace"))


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _order(info: zipfile.ZipInfo) -> tuple[int, str]:
    """Part 10 comes after part 9."""
    name = name_of(info)
    return len(name), name


def _bound(packed: int) -> int:
    return min(UNPACKED_MAX, RATIO_MAX * (packed + 1024))


class _Checked(io.RawIOBase):
    """The entries one after the other, whose breaches (checksum, cut off, garbage, size) are named."""

    def __init__(self, reads: list[Read], bound: int) -> None:
        self._reads, self._left = reads, bound

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = b""
        try:
            while self._reads and not (piece := self._reads[0](len(buffer))):
                self._reads.pop(0)
        except EOFError as error:
            raise _refused("cut off", FileCode.FILE_CUT_OFF) from error
        except _BREACHES as error:
            raise _refused(told("broken: {}", error)) from error
        self._left -= len(piece)
        if self._left < 0:
            raise _refused("more bytes than allowed", FileCode.FILE_ARCHIVE_TOO_LARGE)
        buffer[: len(piece)] = piece
        return len(piece)


def _check_directory(stream: BinaryIO, entries_max: int) -> None:
    """How many entries there are, before the directory is read into memory."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size - _COMMENT_MAX))
    tail = stream.read(_END.size + _COMMENT_MAX)
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise _refused("cut off: it has no directory", FileCode.FILE_CUT_OFF)
    _, _, _, _, entries, length, _, _ = _END.unpack_from(tail, at)
    if entries > entries_max or length > _DIRECTORY_MAX:
        raise _refused(told("{} entries, at most {} are expected", entries, entries_max))


def _check(info: zipfile.ZipInfo) -> None:
    if info.compress_type not in _METHODS:
        raise _refused(told("packed by method {}", info.compress_type))
    if info.file_size > UNPACKED_MAX or info.file_size > RATIO_MAX * (info.compress_size + 1024):
        reason = told("{} bytes out of {}", info.file_size, info.compress_size)
        raise _refused(reason, FileCode.FILE_ARCHIVE_TOO_LARGE)


def _refused(reason: str, code: ResultCode = FileCode.FILE_ARCHIVE) -> FileError:
    return FileError(0, "archive", reason, code)
