"""Where the processes of one machine and user leave what they tell: a place each, `gateway-1`, held by a lock
that ends with the process, however it ended.

Beside the lock stand its figures (`.prom`, Prometheus' text format) and how ready it is (`.ready`), each replaced
whole. Whoever serves them reads the places that are held, so that a process that hangs is seen by its old words.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import CLOCK_BOOTTIME, clock_gettime
from typing import NamedTuple

import msgspec

FOLDER = "processes"
Word = tuple[str, str]  # in Chinese, in English
NO_DATABASE: Word = ("数据库不可用或不可写", "the database is away")
STARTING: Word = ("正在启动", "starting")


class ToldState(msgspec.Struct, frozen=True):
    """`at_s`: seconds since the machine was started; `wrong`: why it is not ready."""

    at_s: float
    wrong: list[Word]


class ProcessPlace:
    """Of this process, until `leave` or its end."""

    def __init__(self, folder: Path, role: str) -> None:
        """The first free one of this role. OSError: the folder cannot be written."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in count(1):
            self.name = f"{role}-{number}"
            self._base = folder / self.name
            self._lock = os.open(self._base.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            if _locked(self._lock):
                break
            os.close(self._lock)
        self._forget()

    def say(self, wrong: list[Word], figures: str | None = None) -> None:
        """How this process is, from now on. OSError: the disk is full."""
        if figures is not None:
            self._write(".prom", figures.encode())
        self._write(".ready", msgspec.json.encode(ToldState(now_s(), wrong)))

    def leave(self) -> None:
        """Nothing is told of it any more."""
        self._forget()
        os.close(self._lock)

    def _write(self, suffix: str, text: bytes) -> None:
        new = self._base.with_suffix(f"{suffix}.new")
        new.write_bytes(text)
        new.replace(self._base.with_suffix(suffix))

    def _forget(self) -> None:
        for suffix in (".prom", ".ready"):
            self._base.with_suffix(suffix).unlink(missing_ok=True)


class Neighbour(NamedTuple):
    """A process that lives, as it left its place: `age_s` ago, if it said anything yet."""

    name: str
    age_s: float
    wrong: list[Word]
    figures: str

    @property
    def role(self) -> str:
        return self.name.rpartition("-")[0]


def neighbours(folder: Path) -> Iterator[Neighbour]:
    """Every process that holds a place and said something, by name."""
    for lock in sorted(folder.glob("*.lock")):
        if _held(lock):
            with suppress(OSError, msgspec.DecodeError):  # it left this moment
                told = msgspec.json.decode(lock.with_suffix(".ready").read_bytes(), type=ToldState)
                prom = lock.with_suffix(".prom")
                figures = prom.read_text() if prom.exists() else ""
                yield Neighbour(lock.stem, now_s() - told.at_s, told.wrong, figures)


def now_s() -> float:
    """The same clock in every process of the machine; nobody sets it."""
    return clock_gettime(CLOCK_BOOTTIME)


def _held(lock: Path) -> bool:
    """Tried on a handle of our own, shared, so that two who look do not see each other."""
    handle = os.open(lock, os.O_RDWR)
    try:
        return not _locked(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _locked(handle: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
