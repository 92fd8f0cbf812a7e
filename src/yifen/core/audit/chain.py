"""The chain of the audit trail: the text that is hashed, and its replay. Pure, no driver.

digest of an entry = SHA-256(digest of the entry before, canonical text); the first follows
GENESIS. The canonical text holds the fields in the order of Entry, each as its length in bytes, a
colon and its text, NULL as a hyphen, joined by |. So no content can pass for another.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

GENESIS = sha256(b"yifen audit").digest()


class TrailEntry(NamedTuple):
    """One entry as texts: `at` in µs since 1970, `before` and `after` as PostgreSQL's jsonb
    writes them, `digest` in hex."""

    entry_no: str
    at: str
    db_role: str
    actor: str
    actor_id: str | None
    institution_id: str | None
    address: str
    request: str
    action: str
    subject: str
    subject_key: str
    before: str | None
    after: str | None
    note: str
    digest: str


class AlteredEntry(Exception):
    """An entry is not what was sealed; the message names it."""


def canonical(entry: TrailEntry) -> bytes:
    """What is hashed of an entry."""
    fields = (None if field is None else field.encode() for field in entry[:-1])
    return b"|".join(b"-" if field is None else b"%d:%b" % (len(field), field) for field in fields)


class TrailReplay:
    """Walks the chain; afterwards `entry_no` and `hash` say where audit_head must stand."""

    def __init__(self) -> None:
        self.entry_no = 0
        self.hash = GENESIS

    def walk(self, entries: Iterable[TrailEntry], last_no: int) -> Iterator[TrailEntry]:
        """Yields each entry once it is proved; `last_no` is where the head says that the chain
        ends. Raises AlteredEntry at the first that does not fit; nothing after it is believed."""
        for entry in entries:
            number = self.entry_no + 1
            if int(entry.entry_no) < number or number > last_no:
                raise AlteredEntry(f"audit_entry {entry.entry_no} was added")
            if int(entry.entry_no) > number:
                raise AlteredEntry(f"audit_entry {number} is missing")
            digest = sha256(self.hash + canonical(entry)).digest()
            if digest.hex() != entry.digest:
                raise AlteredEntry(
                    f"audit_entry {number} was altered, or does not follow from the one before it"
                )
            self.entry_no, self.hash = number, digest
            yield entry
        if self.entry_no < last_no:
            raise AlteredEntry(f"audit_entry {self.entry_no + 1} is missing")
