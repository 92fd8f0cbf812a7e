"""Files out of a partner's folder, where he may make what he likes while we look: no link of his is followed.

What was seen is what is read and what is moved; our folders in his are real ones, held open while they are written.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ELOOP, ESTALE
from pathlib import Path
from typing import BinaryIO, NamedTuple

from yifen.core.facts.refused import Refused

NAME_BYTES = 240
FOLDERS_MAX = 100
FOLDER = os.O_RDONLY | os.O_DIRECTORY
CHANGED = "it changed while it was looked at"


class Seen(NamedTuple):
    """Which file a name was, and how far it had grown."""

    inode: int
    size: int
    changed_ns: int


def seen_of(path: Path) -> Seen:
    """Of what has this name itself."""
    return _seen(path.lstat())


def _seen(found: os.stat_result) -> Seen:
    return Seen(found.st_ino, found.st_size, found.st_mtime_ns)


@contextmanager
def plain_file(path: Path, seen: Seen) -> Iterator[BinaryIO]:
    """Open for reading. OSError: it is a link by now, no file, or another than was seen."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe of his would hold us up
    with open(handle, "rb") as stream:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or _seen(found) != seen:
            raise OSError(ESTALE, CHANGED)
        yield stream


def move_aside(path: Path, where: str, seen: Seen, why: Refused | None = None) -> None:
    """Into this folder beside it, under a name that nothing has yet. One that grew meanwhile stays: the next look
    takes it whole, as a new version."""
    found = path.lstat()
    if _seen(found) != seen:
        return
    parent = os.open(path.parent, FOLDER)
    try:
        folder = _aside(parent, where)
        try:
            target = _free(folder, path.name)
            if why is not None:
                _write(folder, _note(target), why, found.st_mode)
            try:
                os.rename(path.name, target, src_dir_fd=parent, dst_dir_fd=folder)
            except OSError:
                if why is not None:  # it lies there still, and gets another
                    os.unlink(_note(target), dir_fd=folder)
                raise
        finally:
            os.close(folder)
    finally:
        os.close(parent)


def _aside(parent: int, where: str) -> int:
    """The folder of this name, made where it is not there; another one where a file or a link has the name."""
    for number in range(1, FOLDERS_MAX):
        name = where if number == 1 else f"{number}.{where}"
        try:
            os.mkdir(name, dir_fd=parent)
        except FileExistsError:
            if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                continue
        folder = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=parent)
        if os.fstat(folder).st_uid == os.geteuid():  # who put the file here may read what became of it
            os.fchmod(folder, stat.S_IMODE(os.fstat(parent).st_mode))
        return folder
    raise OSError(ELOOP, os.strerror(ELOOP), where)


def _write(folder: int, name: str, why: Refused, mode: int) -> None:
    """Who may read the file may read why."""
    words = f"{why.text('zh')}\n{why.text('en')}\ncolumn 列: {why.field}\n"
    note = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    with open(note, "w", encoding="utf-8", errors="backslashreplace") as text:
        text.write(words)
        os.fchmod(note, mode & 0o666)


def _free(folder: int, name: str) -> str:
    """A name that neither a file has, nor the note beside it."""
    found, number = name, 1
    while _is_there(folder, found) or _is_there(folder, _note(found)):
        number += 1
        found = f"{number}.{_short(name)}"
    return found


def _is_there(folder: int, name: str) -> bool:
    """A link that leads nowhere is."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _note(name: str) -> str:
    return f"{_short(name)}.txt"


def _short(name: str) -> str:
    """With room for what is put before and behind it."""
    return os.fsdecode(os.fsencode(name)[:NAME_BYTES])
