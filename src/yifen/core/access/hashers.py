"""Argon2, kept so that the database can check it: the stored text ends with the SHA-256 of the hash.

Whoever reads the table cannot give the hash itself, the proof 凭证, which the database asks for
before it believes that somebody is there (`access_proved_v1`).
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from argon2 import DEFAULT_HASH_LENGTH
from argon2.low_level import Type, hash_secret
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.crypto import constant_time_compare

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

AT_ONCE = 2  # a process: each takes 100 MB
WAIT_S = 2.0  # some twenty more get their turn; who waits holds a thread of the pages
_places = BoundedSemaphore(AT_ONCE)


class Argon2Proof(Argon2PasswordHasher):
    """`argon2proof$argon2id$v=19$m=…,t=…,p=…$salt$sha256 of the hash`. Refused, wherever it hashes:
    SIGN_IN_BUSY, when all places were taken for too long; nothing was compared then."""

    algorithm = "argon2proof"

    def encode(self, password: str, salt: str) -> str:
        with _place():
            return _sealed(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(_sealed(self.hashed(password, encoded)), encoded)

    def proof(self, password: str, encoded: str) -> str:
        """What proves this password to the database, if it is the one of `encoded`."""
        return self.hashed(password, encoded).rpartition("$")[2]

    def hashed(self, password: str, encoded: str) -> str:
        """The password by the salt and the costs of `encoded`: argon2's own text."""
        told: dict[str, Any] = self.decode(encoded)
        with _place():
            return self.algorithm + hash_secret(
                password.encode(), told["salt"].encode(), time_cost=told["time_cost"],
                memory_cost=told["memory_cost"], parallelism=told["parallelism"],
                hash_len=DEFAULT_HASH_LENGTH, type=Type.ID, version=told["version"],
            ).decode()  # fmt: skip

    def must_update(self, encoded: str) -> bool:
        """Never by the way: a password is written by its own functions alone."""
        return False


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_S):
        raise Refused(Code.SIGN_IN_BUSY)
    try:
        yield
    finally:
        _places.release()


def _sealed(text: str) -> str:
    head, _, proof = text.rpartition("$")
    digest = b64encode(hashlib.sha256(proof.encode()).digest())
    return f"{head}${digest.decode().rstrip('=')}"
