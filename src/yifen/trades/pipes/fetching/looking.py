"""One look at a partner's folder: what lies there whole and is not known yet is fetched, the rest is said."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.landing import DEBITS
from yifen.trades.pipes.fetching.landing import GREW, NotLanded, filled, land_all, part_of, received
from yifen.trades.pipes.port import PipeEnd, plain
from yifen.trades.pipes.sftp import MOVE
from yifen.trades.pipes.sftp_line import NAME_BYTES_MAX, FileThere, SftpLine
from yifen.trades.pipes.sftp_terms import FileFault, LineFault, address_parts

Conn = psycopg.Connection[Any]
log = structlog.get_logger()
_SQL = queries(__package__)
WAIT_S = 300.0
EVERY_S = 300.0
QUIET_S = 60  # a file that changed since may still be growing
BYTES_MAX = 512 << 20
DAY_BYTES_MAX, DAY_FILES_MAX = 5 << 30, 1000  # of one pipe
FILES_AT_ONCE = 200
LEFT_MAX = 50  # named on the page; the others are counted
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
TAKEN = "taken"
EXPECTED = (LineFault, Refused, OSError)
JUST_NOW = Text("刚有改动，可能仍在写入", "it changed just now")
CHANGED = Text("取走之后有改动", "it changed after it was fetched")
UNREAD = Text("{0} 是更新的内容，尚未取", "{0} is newer, and was not fetched")
NO_FILE = Text("不是普通文件（不跟随链接）", "it is no file (links are not followed)")
ODD = Text("文件名含不可用的字符", "its name has signs that no file name has")
LONG = Text("{0} 个文件名超过 {1} 字节", "{0} names are longer than {1} bytes")
LARGE = Text("超过 {0} MB", "it has more than {0} MB")
MANY = Text("目录中超过 {0} 个名字", "more than {0} names lie there")
ENOUGH = Text("此通道一天内已取足 {0} GB，随后再取", "{0} GB were fetched from here within a day: it comes later")
MANY_TODAY = Text("此通道一天内已取 {0} 个文件，随后再取",
                  "{0} files were fetched from here within a day: it comes later")  # fmt: skip
NEXT = Text("另有 {0} 个文件随后取", "{0} more files come next")
MORE = Text("另有 {0} 个", "{0} more names")
OTHERS = "…"
Known = tuple[str, int, datetime]
Left = dict[str, str | Text]


class LookedAt(NamedTuple):
    """What a look came to: how many files landed, by name why others did not, and what ended it early ("" nothing).
    `more`: the next one may come at once."""

    fetched: int
    left: Left
    fault: str
    more: bool


def look(
    conn: Conn, pipe: PipeEnd, inbox: Path, now: datetime, ending: Callable[[], bool] = lambda: False
) -> LookedAt:
    """One look, written down. Nothing is fetched twice, whatever was in between. Told to end, it ends behind a file."""
    began = time.monotonic()
    looked = _Look(conn, pipe, inbox / pipe.partner, now)
    fault = ""
    try:
        looked.run(ending)
    except psycopg.OperationalError:
        raise
    except Exception as error:  # whatever stands on the other side
        fault = _fault(error)
        log.warning("a partner's files cannot be fetched", partner=pipe.partner, pipe=pipe.ref, reason=fault,
                    exc_info=not isinstance(error, EXPECTED))  # fmt: skip
    came = LookedAt(looked.fetched, looked.left, fault, looked.more and not fault)
    write(conn, pipe.pipe_id, came, now, int((time.monotonic() - began) * 1000))
    return came


def write(conn: Conn, pipe_id: int, came: LookedAt, now: datetime, took_ms: int) -> None:
    """What a look came to, and when the next one is due."""
    conn.execute(_SQL["looked"], {
        "pipe": pipe_id, "now": now, "took_ms": took_ms, "fetched": came.fetched, "left": Jsonb(_few(came.left)),
        "fault": plain(came.fault), "failing": now if came.fault else None,
        "due_at": now if came.more else now + timedelta(seconds=EVERY_S),
    })  # fmt: skip


def _fault(error: Exception) -> str:
    if isinstance(error, Refused):
        return f"{error.code:04d} {error.detail}"
    if isinstance(error, OSError):
        return f"inbox: {error.strerror or error}"
    return str(error) if isinstance(error, LineFault) else type(error).__name__


class _Look:
    """The state of one look."""

    def __init__(self, conn: Conn, pipe: PipeEnd, folder: Path, now: datetime) -> None:
        self.conn, self.pipe, self.now = conn, pipe, now
        self.there = str(pipe.settings["fetch"]).rstrip("/").encode()
        apart = DEBITS if self.there.rpartition(b"/")[2] == DEBITS.encode() else ""  # not for the night
        self.folder = folder.parent / apart / folder.name
        self.known = set[Known]()
        self.fetched, self.left, self.more, self.day_bytes, self.day_files = 0, Left(), False, 0, 0

    def run(self, ending: Callable[[], bool]) -> None:
        self.left |= land_all(self.conn, self.folder, self.pipe.pipe_id)
        with SftpLine(address_parts(self.pipe.address), self.pipe.settings["host_key"], self.pipe.secrets[0],
                      WAIT_S) as line:  # fmt: skip
            found = line.listed(self.there or b"/")
            if found.has_more:
                _add(self.left, filled(MANY, len(found.files) + found.long))
            if found.long:
                _add(self.left, filled(LONG, found.long, NAME_BYTES_MAX))
            for name, file in self._in_order(dict(self._wanted(found.files))):
                if ending():
                    self.more = True
                    return
                try:
                    self._take(line, name, file)
                except NotLanded as error:
                    self.left[name] = error.why
                except FileFault as error:
                    self.left[name] = str(error)
                except LineFault as error:
                    self.left[name] = str(error)  # perhaps this file's doing: the next look begins with others
                    raise
            self.more = self.more and self.fetched > 0  # with nothing won, not at once again

    def _wanted(self, found: list[FileThere]) -> Iterator[tuple[str, FileThere]]:
        """Files with a name that can be one of ours; of the others it is said why not."""
        for file in found:
            name = file.name.decode("utf-8", "backslashreplace")
            if file.is_folder or name.startswith(".") or name.lower().endswith(UNFINISHED):
                continue
            if why := _unfit(file, name):
                self.left[name] = why
            elif file.mtime > self.now.timestamp() - QUIET_S:
                self.left[name] = JUST_NOW
            else:
                yield name, file

    def _in_order(self, wanted: dict[str, FileThere]) -> list[tuple[str, FileThere]]:
        """What is new, the oldest first, what the last look left at the end; what is known is moved only."""
        rows = self.conn.execute(_SQL["known"], (self.pipe.pipe_id, list(wanted))).fetchall()
        self.known = {(name, size, changed_at) for name, size, changed_at in rows}
        row = self.conn.execute(_SQL["left_before"], (self.pipe.pipe_id,)).fetchone()
        before = row[0] if row else {}
        of_a_day = self.conn.execute(_SQL["of_a_day"], {"pipe": self.pipe.pipe_id, "now": self.now}).fetchone()
        self.day_bytes, self.day_files = of_a_day or (0, 0)
        new = sorted((file.mtime, name) for name, file in wanted.items()
                     if _known(name, file) not in self.known)  # fmt: skip
        new.sort(key=lambda one: one[1] in before)
        self.more = len(new) > FILES_AT_ONCE
        if self.more:
            _add(self.left, filled(NEXT, len(new) - FILES_AT_ONCE))
        names = [name for _mtime, name in new[:FILES_AT_ONCE]]
        if self.pipe.settings.get("after") == MOVE:
            names += sorted(name for name, file in wanted.items() if _known(name, file) in self.known)[:FILES_AT_ONCE]
        return [(name, wanted[name]) for name in names]

    def _take(self, line: SftpLine, name: str, file: FileThere) -> None:
        path = self.there + b"/" + file.name
        if _known(name, file) not in self.known:
            self._fetch(line, path, name, file)
        if self.pipe.settings.get("after") == MOVE:
            self._move(line, path, file)

    def _fetch(self, line: SftpLine, path: bytes, name: str, file: FileThere) -> None:
        if self.day_bytes + file.size > DAY_BYTES_MAX:
            raise NotLanded(filled(ENOUGH, DAY_BYTES_MAX >> 30))
        if self.day_files >= DAY_FILES_MAX:
            raise NotLanded(filled(MANY_TODAY, DAY_FILES_MAX))
        digest = received(self.folder, self.pipe.pipe_id, line.read(path, file.size), file.size)
        part = part_of(self.folder, self.pipe.pipe_id, digest)
        if line.look_at(path) != file:
            part.unlink()
            raise NotLanded(GREW)
        row = self.conn.execute(_SQL["fetched"], {
            "pipe": self.pipe.pipe_id, "name": name, "size": file.size, "sha256": digest,
            "changed_at": _moment(file), "now": self.now,
        }).fetchone()  # fmt: skip
        assert row is not None
        if row[1]:
            part.unlink()  # the same content under the same name came before
            return
        self.day_bytes, self.day_files = self.day_bytes + file.size, self.day_files + 1
        waits = land_all(self.conn, self.folder, self.pipe.pipe_id)
        if name in waits:
            raise NotLanded(waits[name])
        self.fetched += 1

    def _move(self, line: SftpLine, path: bytes, file: FileThere) -> None:
        """Aside, unless it is another file by now; under a name that nothing has yet."""
        if line.look_at(path) != file:
            raise NotLanded(CHANGED)
        line.make_folder(self.there + b"/" + TAKEN.encode())
        number, aside = 1, self.there + b"/" + TAKEN.encode() + b"/" + file.name
        target = aside
        while line.look_at(target) is not None:
            number += 1
            target = aside + b"~%03d" % number
        line.rename(path, target)
        if line.look_at(target) != file._replace(name=target.rpartition(b"/")[2]):
            try:
                line.rename(target, path)  # another one came in that very moment
            except FileFault:
                newer = target.rpartition(b"/")[2].decode()
                raise NotLanded(filled(UNREAD, f"{TAKEN}/{newer}")) from None
            raise NotLanded(CHANGED)


def _unfit(file: FileThere, name: str) -> Text | None:
    """Why this can be no file of ours; None: it can."""
    if not file.is_file:
        return NO_FILE
    if b"/" in file.name or b"\\" in file.name or not name.isprintable() or name != file.name.decode("utf-8", "ignore"):
        return ODD
    if file.size > BYTES_MAX:
        return filled(LARGE, BYTES_MAX >> 20)
    return None


def _known(name: str, file: FileThere) -> Known:
    return name, file.size, _moment(file)


def _moment(file: FileThere) -> datetime:
    return datetime.fromtimestamp(file.mtime, UTC)


def _few(left: Left) -> dict[str, Any]:
    """As it is kept: a reason of ours in both languages."""
    few = dict(sorted(left.items(), key=lambda one: one[0] != OTHERS)[:LEFT_MAX])
    if len(left) > LEFT_MAX:
        _add(few, filled(MORE, len(left) - LEFT_MAX))
    return {plain(name): why._asdict() if isinstance(why, Text) else plain(why) for name, why in few.items()}


def _add(left: Left, why: Text) -> None:
    """What is said of those that are not named."""
    before = left.get(OTHERS)
    left[OTHERS] = Text(f"{before.zh}；{why.zh}", f"{before.en}; {why.en}") if isinstance(before, Text) else why
