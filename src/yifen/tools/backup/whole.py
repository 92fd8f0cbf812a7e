"""Whether a base backup is whole: every file as PostgreSQL's own `backup_manifest` says, and its WAL readable.

As `pg_verifybackup` does, which the packaged programs bring in a form that does not run everywhere; and more strictly:
what could tell a restored server to run something is compared too.
"""

import hashlib
import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from yifen.core.runtime import EdgeError
from yifen.tools.backup.programs import Programs

MANIFEST = "backup_manifest"
_WAL_NAME = r"(?:[0-9A-F]{24}(?:\.[0-9A-F]{8}\.backup|\.partial)?|[0-9A-F]{8}\.history)"
_WAL_FILE = re.compile(rf"pg_wal/(?:{_WAL_NAME}|archive_status/{_WAL_NAME}\.(?:ready|done))")


class Extent(NamedTuple):
    """Of a base backup: its files, and the WAL without which it is not consistent."""

    files: int
    bytes: int
    timeline: int
    start_lsn: str
    end_lsn: str


def extent(base: Path) -> Extent:
    """As the manifest says. EdgeError."""
    told = _told(base)
    wal = told["WAL-Ranges"]
    return Extent(len(told["Files"]), sum(file.stat().st_size for file in base.rglob("*") if file.is_file()),
                  wal[-1]["Timeline"], wal[0]["Start-LSN"], wal[-1]["End-LSN"])  # fmt: skip


def faults(base: Path, programs: Programs) -> Iterator[str]:
    """What is missing, altered, or more than there should be; a sentence each. EdgeError: no manifest."""
    there = set()
    for file in sorted(base.rglob("*")):
        name, mode = file.relative_to(base).as_posix(), file.lstat().st_mode
        if stat.S_ISREG(mode):
            there.add(name)
        elif not stat.S_ISDIR(mode):
            yield f"{name} is neither a file nor a folder"
            return  # nothing is read through it
    told = _told(base)
    for row in told["Files"]:
        name = row["Path"] if "Path" in row else bytes.fromhex(row["Encoded-Path"]).decode(errors="surrogateescape")
        there.discard(name)
        if (why := _fault(base / name, row)):
            yield f"{name} {why}"
    yield from (f"{name} does not belong there" for name in sorted(there - {MANIFEST})
                if not _WAL_FILE.fullmatch(name))  # fmt: skip
    yield from _wal(base, told, programs)


def digest(base: Path) -> str:
    """SHA-256 of what decides all the rest: the manifest, and the WAL that came with the base, which no manifest lists.
    Of plain files alone (`faults`). EdgeError."""
    found = hashlib.sha256()
    for file in (base / MANIFEST, *sorted(one for one in (base / "pg_wal").rglob("*") if one.is_file())):
        try:
            with file.open("rb") as opened:
                told = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise EdgeError(f"{file} cannot be read: {error.strerror}") from None
        found.update(f"{told} {file.relative_to(base).as_posix()}\n".encode())
    return found.hexdigest()


def _told(base: Path) -> dict[str, Any]:
    try:
        text = (base / MANIFEST).read_bytes()
        told: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        raise EdgeError(f"{base / MANIFEST} cannot be read: {error}") from None
    body, _, _ = text.rpartition(b'"Manifest-Checksum"')
    if hashlib.sha256(body).hexdigest() != told.get("Manifest-Checksum"):
        raise EdgeError(f"{base / MANIFEST} was altered")
    return told


def _fault(file: Path, row: dict[str, Any]) -> str:
    try:
        if file.stat().st_size != row["Size"]:
            return f"has {file.stat().st_size} bytes instead of {row['Size']}"
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, row["Checksum-Algorithm"].lower())
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if digest.hexdigest() == row["Checksum"] else "was altered"


def _wal(base: Path, told: dict[str, Any], programs: Programs) -> Iterator[str]:
    """A waldump reads its own major version only."""
    if (base / "PG_VERSION").read_text().strip() != str(programs.major):
        return
    for part in told["WAL-Ranges"]:
        done = subprocess.run([
            programs.path("pg_waldump"), "--quiet", f"--path={base / 'pg_wal'}", f"--timeline={part['Timeline']}",
            f"--start={part['Start-LSN']}", f"--end={part['End-LSN']}",
        ], capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            yield f"its WAL cannot be read: {done.stderr.strip()[-300:]}"
