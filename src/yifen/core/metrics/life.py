"""What a process tells of itself, from its beginning to its end: figures and readiness to its neighbours.

A thread of its own, so that a loop that hangs is told of by others' clocks; it ends nothing when it fails.
"""

import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shutil import disk_usage
from threading import Event, Thread

import structlog

from yifen import __version__
from yifen.core.metrics import store
from yifen.core.metrics.gathering import Gathering
from yifen.core.metrics.places import FOLDER, NO_DATABASE, STARTING, ProcessPlace, Word
from yifen.core.metrics.reading import Measure
from yifen.core.metrics.signs import Signing

log = structlog.get_logger()
EVERY_S, SOON_S = 5.0, 0.5
ASK_EVERY = 3  # rounds, of the database
END_S_MAX = 3.0
Clock = Callable[[], datetime]


class Life:
    """`begin` once the process works, `end` when it ends. `url`: of its database; `wrong`: why it is not ready;
    `sources`: its figures, told only where they are asked for (`counts`); `gathers`: it may ask the database
    for all."""

    def __init__(
        self, data: Path, role: str, url: str, clock: Clock, wrong: Callable[[], Iterable[Word]], counts: bool,
        sources: tuple[store.Source, ...] = (), gathers: bool = False,
    ) -> None:  # fmt: skip
        self._data, self._role, self._url, self._clock, self._wrong = data, role, url, clock, wrong
        self._counts, self._sources = counts, sources
        self._gathering = Gathering(url) if counts and gathers else None
        self._stop, self._is_away, self._is_starting = Event(), False, False
        self._thread = Thread(target=self._keep_telling, name="life", daemon=True)
        self._rounds = 0

    def begin(self) -> None:
        """Tell what there is, every few seconds."""
        try:
            self.place = ProcessPlace(self._data / FOLDER, self._role)
        except OSError as error:
            log.error("nothing is told of this process", why=str(error))
            return
        if self._counts:
            self._store = store.begin(self.place.name)
            for source in (self._own, *self._sources):
                self._store.add(source)
        self._began_at = self._clock()
        self._signing = Signing(self._url, self.place.name, self._began_at)
        self._thread.start()

    def end(self) -> None:
        """Nothing more is told; a look that hangs is left."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(END_S_MAX)
        store.end()

    def round(self) -> None:
        """Tell it once."""
        asks = self._rounds % ASK_EVERY == 0
        self._rounds += 1
        if asks and self._gathering is not None:
            self._gathering.round(self._clock())
        wrong = list(self._wrong())
        self._is_starting = STARTING in wrong
        if self._is_starting:
            self._rounds = 0  # its sign is given, and the database asked, once it has started
        elif asks:
            self._is_away = not self._signing.sign(wrong)
        if self._is_away and NO_DATABASE not in wrong:
            wrong.append(NO_DATABASE)
        self.place.say(wrong, self._figures() if self._counts else None)

    def _figures(self) -> str:
        """None at all where they cannot be read: old ones would pass for those of now."""
        try:
            return self._store.text()
        except Exception:  # of any kind: whether it is ready is told all the same
            log.exception("the figures of this process cannot be told")
            return ""

    def _keep_telling(self) -> None:
        failed = ""
        while True:
            try:
                self.round()
                failed = ""
            except Exception as error:  # of any kind: the process itself does its work
                if failed != (failed := repr(error)):
                    log.exception("this process cannot tell how it is")
            if self._stop.wait(SOON_S if self._is_starting else EVERY_S):
                break
        if self._gathering is not None:
            self._gathering.close()
        self._signing.sign(None)
        self.place.leave()

    def _own(self) -> Iterator[Measure]:
        yield Measure("yifen_build_info", 1, (__version__, platform.python_version()))
        yield Measure("yifen_process_start_time_seconds", self._began_at.timestamp())
        yield Measure("yifen_process_cpu_seconds_total", time.process_time())
        with suppress(OSError):  # of a system without /proc nobody says these
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            yield Measure("yifen_process_resident_memory_bytes", pages * os.sysconf("SC_PAGE_SIZE"))
            yield Measure("yifen_process_open_fds", len(os.listdir("/proc/self/fd")))
        yield Measure("yifen_disk_free_bytes", disk_usage(self._data).free)
        if self._gathering is not None:
            yield from self._gathering.readings
