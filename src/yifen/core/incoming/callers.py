"""How much one caller may have under way at once, so that he leaves room for others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from yifen.core.facts.addresses import caller_of


class TooMany(Exception):
    """This caller has as much under way as he may."""


class Callers:
    """Counts for each caller (IPv6: for each /64) what is under way; nothing is kept of who is done."""

    def __init__(self, most: int) -> None:
        self._most, self._under_way = most, Counter[str]()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """While one more of this address is under way. Raises TooMany."""
        caller = caller_of(address)
        if self._under_way[caller] >= self._most:
            raise TooMany
        self._under_way[caller] += 1
        try:
            yield
        finally:
            self._under_way[caller] -= 1
            if not self._under_way[caller]:
                del self._under_way[caller]
