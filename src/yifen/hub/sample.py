"""A sample network while it is made: partners registered with new keys, what their own side knows of
them, and what a trade needs to add its part (`sample` of its plug)."""

import secrets
from datetime import date, datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from yifen.core.facts.secrets import KeyRing
from yifen.core.wire.keys import Algorithm, Key
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.orders import PayVisit

OWN_KEY = "ed25519"  # the algorithm of a partner that shares no secret with the hub


class Member(NamedTuple):
    """A partner of the network as its own side sees it."""

    id: int
    name: str
    identity: Identity

    @property
    def code(self) -> str:
        return self.identity.partner

    def knowing(self, hub_key: Key) -> "Member":
        """With the hub's public key, where that is what proves the hub's answers."""
        if self.identity.key.algorithm != OWN_KEY:
            return self
        return self._replace(identity=replace(self.identity, reply_key=hub_key))


def new_key(code: str, algorithm: Algorithm, typed: bool = False) -> tuple[Key, bytes]:
    """A partner's key as the partner holds it, and the part of it that the hub keeps; `typed`: it is
    text, for people type it in."""
    if algorithm == OWN_KEY:
        private = Ed25519PrivateKey.generate()
        key = Key(partner=code, version=1, algorithm=algorithm, secret=private.private_bytes_raw())
        return key, private.public_key().public_bytes_raw()
    # The seed's dialect puts the key behind the XML; that one is typed in too.
    text = typed or algorithm == "sha1"
    secret = secrets.token_hex(16).encode() if text else secrets.token_bytes(32)
    return Key(partner=code, version=1, algorithm=algorithm, secret=secret), secret


class Registry:
    """Registers partners of one book; Django must be set up and point at the owner's database."""

    def __init__(self, ring: KeyRing, book_id: int, now: datetime) -> None:
        self._ring, self._book_id, self.now = ring, book_id, now

    def enrol(
        self,
        seat: Any,
        code: str,
        name: str,
        algorithm: Algorithm,
        typed: bool = False,
        **fields: Any,
    ) -> tuple[Any, Member]:
        """One partner at an institution, with its key: the row, and its own side."""
        from yifen.core.partners import operations

        row = operations.register_partner(seat, self._book_id, code, name, **fields)
        key, kept = new_key(code, algorithm, typed)
        operations.issue_key(self._ring, row, key.version, algorithm, kept, self.now)
        identity = Identity(
            partner=code,
            dialect="xml" if fields.get("xml") else "json",
            key=key,
            reply_key=key,
            encoding=fields.get("encoding", "utf-8").lower(),
            unit=fields.get("unit", "fen"),
        )
        return row, Member(row.pk, name, identity)


class Sample(NamedTuple):
    """The world to which each trade adds its part. `partners`: rows by code; `members`: the same as
    their own sides see them, to which a trade adds its own; `urls`: where simulators listen, by what
    they are, `keys`: what those share with the hub that are no partners."""

    registry: Registry
    seat: Any  # the union
    partners: dict[str, Any]
    members: dict[str, Member]
    book_id: int
    day: date
    first_day: date  # with which the book begins
    urls: dict[str, str]
    visits: list[PayVisit]  # whom a trade adds to those who come to pay
    keys: dict[str, str]
