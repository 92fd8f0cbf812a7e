"""Passwords are hashed by argon2, which takes 100 MB a time: a few at once, the next ones wait a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

AT_ONCE = 2  # a process
WAIT_S = 2.0  # some twenty more get their turn; who waits holds a thread of the pages
_places = BoundedSemaphore(AT_ONCE)


class BoundedArgon2(Argon2PasswordHasher):
    """Refused: SIGN_IN_BUSY, where all places are taken for too long; nothing was compared then."""

    def encode(self, password: str, salt: str) -> str:
        with _place():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with _place():
            return bool(super().verify(password, encoded))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_S):
        raise Refused(Code.SIGN_IN_BUSY)
    try:
        yield
    finally:
        _places.release()
