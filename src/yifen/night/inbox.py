"""The landing place of partners' files: `inbox/<PARTNER>/`, from where SFTP or a person puts them.

A file counts once it no longer grows; `*.part` and names with a dot in front never do. Taken in, it
moves to `taken/`; refused, to `refused/` with a text beside it that says why. Its content is known
again by its digest, so a crash between the two takes nothing in twice.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import structlog

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.files import TakenFile, take_in
from yifen.trades.reconciliation.profile import LegProfile, read_profile

log = structlog.get_logger()
TAKEN, REFUSED = "taken", "refused"
BY = "inbox"
_CODES = queries(__package__)["partner_codes"]
Found = tuple[str, Path]
Seen = dict[Path, tuple[int, int]]


def lying(inbox: Path, codes: set[str], quiet_s: int) -> list[Found]:
    """(partner, file) of what has landed whole, by partner and name."""
    before = dict(_look(inbox, codes))
    if not before:
        return []
    time.sleep(quiet_s)
    after = dict(_look(inbox, codes))
    return sorted((path.parent.name, path) for path in before if after.get(path) == before[path])


def take_all(
    conn: Connection, inbox: Path, book_id: int, day: date, now: datetime, quiet_s: int
) -> Iterator[tuple[str, TakenFile | Refused]]:
    """Take in what lies there for the partners of a book; one answer a file."""
    codes = {code for (code,) in conn.execute(_CODES, (book_id,)).fetchall()}
    for code, path in lying(inbox, codes, quiet_s):
        size = _size(path)
        try:
            taken = _take(conn, read_profile(conn, code), path, day, now)
        except Refused as refused:
            _move(path, REFUSED, size, refused)
            log.warning("a file was refused", partner=code, file=path.name, reason=str(refused))
            yield code, refused
        else:
            _move(path, TAKEN, size)
            yield from ((code, one) for one in (*taken.before, taken))


def _take(conn: Connection, profile: LegProfile, path: Path, day: date, now: datetime) -> TakenFile:
    """A file that does not say its day is of the day whose night it is."""
    with path.open("rb") as stream:
        try:
            return take_in(conn, profile, stream, path.name, BY, now)
        except Refused as refused:
            if refused.code is not FileCode.FILE_DAY_MISSING:
                raise
        return take_in(conn, profile, stream, path.name, BY, now, day)


def _look(inbox: Path, codes: set[str]) -> Iterator[tuple[Path, tuple[int, int]]]:
    for code in codes:
        folder = inbox / code
        if not folder.is_dir():
            continue
        for path in folder.iterdir():
            hidden = path.name.startswith(".") or path.suffix == ".part"
            if not hidden and path.is_file() and not path.is_symlink():
                yield path, _size(path)


def _size(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _move(path: Path, where: str, size: tuple[int, int], why: Refused | None = None) -> None:
    """Aside, under a name that nothing has yet. One that grew meanwhile stays: the next look takes
    it whole, as a new version."""
    if _size(path) != size:
        return
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    shutil.copymode(path.parent, folder)  # who put the file here may read what became of it
    target = _free(folder, path.name)
    if why is not None:
        said = f"{why.text('zh')}\n{why.text('en')}\ncolumn 列: {why.field}\n"
        note = target.with_name(target.name + ".txt")
        note.write_text(said, encoding="utf-8")
        shutil.copymode(path, note)
    path.rename(target)


def _free(folder: Path, name: str) -> Path:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{number}.{name}"
    return target
