"""Landing a fetched file in `inbox/<PARTNER>/`, once, wherever a process dies.

Read into a hidden part and synced; then known by its digest in the database, on its way; then renamed; then the row
says where it lies. Whoever comes after finds the row on its way: with its part there it was not renamed yet, without it
was.
"""

import os
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)


GREW = Text("读取时有改动", "it changed while it was read")
FULL = Text("本机数据盘空间不足", "too little room on the disk here")
FREE_BYTES = 2 << 30  # kept free here for all else; of a small disk a twentieth
LIES_THERE = Text("inbox 中已有 {0}", "{0} lies in the inbox already")


class NotLanded(Exception):
    """It stays where it is for now; `why` says so."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def received(folder: Path, pipe_id: int, pieces: Iterable[bytes], size: int) -> bytes:
    """The pieces as a hidden part of this folder, under its digest, which is answered. NotLanded: not `size` bytes,
    or no room for them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_room(folder, size)
    loading, whole, got = folder / f".{pipe_id}.loading.part", sha256(), 0
    loading.unlink(missing_ok=True)  # of a try that died, or a link of the partner's
    try:
        with open(loading, "xb", opener=_for_us) as file:
            for piece in pieces:
                _check_room(folder, len(piece))  # others write here too
                file.write(piece)
                whole.update(piece)
                got += len(piece)
            file.flush()
            os.fsync(file.fileno())
        if got != size:
            raise NotLanded(GREW)
    except BaseException:
        loading.unlink(missing_ok=True)
        raise
    loading.rename(part_of(folder, pipe_id, whole.digest()))
    _sync(folder)  # the row that says it is on its way must never be there without it
    return whole.digest()


def _check_room(folder: Path, size: int) -> None:
    disk = shutil.disk_usage(folder)
    if disk.free - size < min(FREE_BYTES, disk.total // 20):
        raise NotLanded(FULL)


def part_of(folder: Path, pipe_id: int, digest: bytes) -> Path:
    """Where a file that is read whole waits; the night sees no such name."""
    return folder / f".{pipe_id}.{digest.hex()}.part"


def land_all(conn: Conn, folder: Path, pipe_id: int) -> dict[str, Text]:
    """What is on its way lands; parts that nobody knows of go. Answers by name why something could not."""
    waits, kept = dict[str, Text](), set[Path]()
    for row_id, name, digest, version in conn.execute(_SQL["on_their_way"], (pipe_id,)).fetchall():
        target = folder / landing_name(name, version)
        part = part_of(folder, pipe_id, bytes(digest))
        if part.exists():
            if os.path.lexists(target):
                waits[name] = filled(LIES_THERE, target.name)
                kept.add(part)
                continue
            part.rename(target)
            _sync(folder)
        conn.execute(_SQL["landed"], (f"{folder.parent.name}/{folder.name}/{target.name}", row_id))
    for orphan in set(folder.glob(f".{pipe_id}.*.part")) - kept:
        orphan.unlink()
    return waits


def filled(words: Text, *values: object) -> Text:
    """With these values in both languages."""
    return Text(words.zh.format(*values), words.en.format(*values))


def landing_name(name: str, version: int) -> str:
    """Of a version: later ones sort behind, so the night takes them in their order."""
    if version == 1:
        return name
    path = Path(name)
    return f"{path.stem}~{version:03d}{path.suffix}"


def _for_us(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
