"""One file out of a ZIP archive, streaming, and nothing more than that: archives can be hostile."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from struct import Struct
from struct import error as StructError
from typing import IO, BinaryIO

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
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


def is_zip(head: bytes) -> bool:
    """The bytes begin as an archive does."""
    return head.startswith((b"PK\x03\x04", _END_MARK))


@contextmanager
def entry_of(stream: BinaryIO, wanted: Callable[[str], bool]) -> Iterator[BinaryIO]:
    """The one entry whose name is wanted, to be read as a stream; `stream` can seek.

    FILE_ARCHIVE: broken, encrypted, packed in another way, not exactly one such entry, more entries
    than expected; FILE_ARCHIVE_TOO_LARGE: more bytes than is allowed, by size or by ratio.
    """
    archive, entry = _opened(stream, wanted)
    with archive, entry:
        yield io.BufferedReader(_Checked(entry))


def _opened(stream: BinaryIO, wanted: Callable[[str], bool]) -> tuple[zipfile.ZipFile, IO[bytes]]:
    _check_directory(stream)
    try:
        archive = zipfile.ZipFile(stream)
        return archive, archive.open(_chosen(archive.infolist(), wanted))
    except FileError:
        raise
    except (
        zipfile.BadZipFile,
        StructError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _refused(f"broken: {error}") from error


def name_of(info: zipfile.ZipInfo) -> str:
    """The entry's name; without the UTF-8 flag it is in GBK, as Alipay packs."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    return info.filename.encode("cp437", "replace").decode("gb18030", "replace")


class _Checked(io.RawIOBase):
    """The entry, whose breaches (checksum, cut off, garbage) are named."""

    def __init__(self, entry: IO[bytes]) -> None:
        self._entry = entry

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._entry.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise _refused(f"broken: {error}") from error
        buffer[: len(piece)] = piece
        return len(piece)


def _check_directory(stream: BinaryIO) -> None:
    """How many entries there are, before the directory is read into memory."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size - _COMMENT_MAX))
    tail = stream.read(_END.size + _COMMENT_MAX)
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise _refused("cut off: it has no directory", FileCode.FILE_CUT_OFF)
    _, _, _, _, entries, length, _, _ = _END.unpack_from(tail, at)
    if entries > ENTRIES_MAX or length > _DIRECTORY_MAX:
        raise _refused(f"{entries} entries, at most {ENTRIES_MAX} are expected")


def _chosen(entries: list[zipfile.ZipInfo], wanted: Callable[[str], bool]) -> zipfile.ZipInfo:
    if len(entries) > ENTRIES_MAX:
        raise _refused(f"{len(entries)} entries, at most {ENTRIES_MAX} are expected")
    found = [info for info in entries if wanted(name_of(info))]
    if len(found) != 1:
        raise _refused(f"{len(found)} entries with the bill's name, not one")
    info = found[0]
    if info.compress_type not in _METHODS:
        raise _refused(f"packed by method {info.compress_type}")
    if info.file_size > UNPACKED_MAX or info.file_size > RATIO_MAX * (info.compress_size + 1024):
        reason = f"{info.file_size} bytes out of {info.compress_size}"
        raise _refused(reason, FileCode.FILE_ARCHIVE_TOO_LARGE)
    return info


def _refused(reason: str, code: ResultCode = FileCode.FILE_ARCHIVE) -> FileError:
    return FileError(0, "archive", reason, code)
