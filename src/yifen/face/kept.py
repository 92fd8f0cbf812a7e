"""What is read for many, or again and again: kept a while, the longer the longer the reading took, so that it
never costs more than a small part of the database."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
FACTOR = 20
FORGOTTEN = timedelta(minutes=10)


class KeptReadings(Generic[T]):
    """The newest reading of each key, kept at least `least`; two who ask at once wait for the same one."""

    def __init__(self, least: timedelta) -> None:
        self._least = least
        self._guard = Lock()
        self._locks: dict[Hashable, Lock] = {}
        self._found: dict[Hashable, tuple[T, datetime]] = {}

    def get(self, key: Hashable, clock: Callable[[], datetime], read: Callable[[datetime], T]) -> T:
        with self._guard:
            self._forget(clock())
            lock = self._locks.setdefault(key, Lock())
        with lock:
            began = clock()
            kept = self._found.get(key)
            if kept is not None and kept[1] > began:
                return kept[0]
            found = read(began)
            self._found[key] = found, began + max(self._least, (clock() - began) * FACTOR)
            return found

    def _forget(self, now: datetime) -> None:
        """What nobody asked for again."""
        for key in [key for key, (_found, until) in self._found.items() if until < now - FORGOTTEN]:
            del self._found[key], self._locks[key]
