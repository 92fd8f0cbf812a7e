"""Connections of one caller: the server accepts them all, so the oldest of too many are closed here.

The server (granian) has time-outs, but no limit for an address. It keeps its sockets to itself; as
files of this process they can be asked whose they are, and be shut. A shut connection ends for the
server as if the caller had hung up.
"""

import os
import resource
import socket
import stat
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from time import sleep

import structlog

from yifen.core import loops
from yifen.core.facts.addresses import caller_of

EVERY_S = 1.0
FILES_SPARE = 512  # of a process: what is no connection of a caller
log = structlog.get_logger()


def room() -> int:
    """How many connections a process may hold: as many files as the system lets it open."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(128, min(most - FILES_SPARE, 16_384))


class Connections:
    """Those of this process that came in at `port`, each with the look at which it was first seen."""

    def __init__(self, port: int, most: int) -> None:
        self._port, self._most = port, most
        self._since: dict[int, int] = {}
        self._looks = 0

    def look(self) -> int:
        """Shut the oldest of every caller with more than `most`; answers how many."""
        self._looks += 1
        found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        since: dict[int, int] = {}
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                inode, caller = self._of(int(name))
                if caller:
                    since[inode] = self._since.get(inode, self._looks)
                    found[caller].append((since[inode], int(name), inode))
        self._since = since
        return sum(self._shut(held) for held in found.values() if len(held) > self._most)

    def _of(self, number: int) -> tuple[int, str]:
        """(its inode, the caller at its other end); "" for what is no connection of a caller."""
        state = os.fstat(number)
        if not stat.S_ISSOCK(state.st_mode):
            return 0, ""
        with socket.socket(fileno=os.dup(number)) as held:
            if held.family not in (socket.AF_INET, socket.AF_INET6):
                return 0, ""
            if held.getsockname()[1] != self._port:
                return 0, ""
            return state.st_ino, caller_of(str(held.getpeername()[0]))

    def _shut(self, held: list[tuple[int, int, int]]) -> int:
        # of one look, the lower file came first; inodes are handed out by each CPU on its own
        oldest = sorted(held)[: len(held) - self._most]
        for _, number, inode in oldest:
            with suppress(OSError), socket.socket(fileno=os.dup(number)) as one:
                if os.fstat(one.fileno()).st_ino == inode:  # not another one of this number
                    one.shutdown(socket.SHUT_RDWR)
        return len(oldest)


def keep_watch(port: int, most: int, wait: Callable[[float], None] = sleep) -> None:
    """From now on, in a thread of its own. `most` 0: no limit."""
    if not most or not os.path.isdir("/proc/self/fd"):
        return
    connections = Connections(port, most)

    def look() -> None:
        if shut := connections.look():
            log.warning("an address had too many connections", closed=shut, most=most)

    loops.in_thread("connections", look, EVERY_S, wait)
