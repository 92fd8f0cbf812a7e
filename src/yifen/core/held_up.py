"""A migration that waits for somebody's transaction says for whose, and does not make payments wait.

Who waits for a table stands in front of all who come later: after LOCK_S_MAX he is told to step back,
and tries again. An index made beside payments waits for old readers in nobody's way, as long as it takes.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import psycopg

from yifen.core.facts.sqlfiles import queries

NAME = "yifen-migrate"
LOOK_EVERY_S, LOCK_S_MAX, PAUSE_S = 0.5, 4.0, 5.0
SAID = "migrate waits for process {pid} of the database (role {role}, application {app}{since}): end it, or wait\n"
_SQL = queries(__package__)
_BLOCKERS, _CANCEL = _SQL["blockers"], _SQL["cancel"]


def in_nobodys_way(url: str, work: Callable[[], None]) -> None:
    """`work`, on sessions called NAME, again and again until it was not held up; it must be safe to
    repeat. Names on stderr, once each, whom it waits for."""
    said: set[int] = set()
    while True:
        with _watched(url, said) as stepped_back:
            try:
                return work()
            except Exception:
                if not stepped_back.is_set():
                    raise
        time.sleep(PAUSE_S)


@contextmanager
def _watched(url: str, said: set[int]) -> Iterator[Event]:
    """The event says that something was cancelled."""
    ended, stepped_back = Event(), Event()
    thread = Thread(target=_watch, args=(url, said, ended, stepped_back), daemon=True)
    thread.start()
    try:
        yield stepped_back
    finally:
        ended.set()
        thread.join()


def _watch(url: str, said: set[int], ended: Event, stepped_back: Event) -> None:
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as conn:  # work will tell
        while not ended.wait(LOOK_EVERY_S):
            for pid, queues, waited_s, blocker, role, app, since in conn.execute(_BLOCKERS, [NAME]):
                if blocker not in said:
                    said.add(blocker)
                    since = f", in a transaction since {since:%Y-%m-%d %H:%M:%S%z}" if since else ""
                    sys.stderr.write(SAID.format(pid=blocker, role=role, app=app or "-", since=since))
                if queues and waited_s and waited_s > LOCK_S_MAX and not stepped_back.is_set():
                    stepped_back.set()
                    conn.execute(_CANCEL, [pid])
