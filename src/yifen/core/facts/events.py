"""What happened that a partner is told of: an event is found in the books, not told by who made it
(decision 0026)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple


class Happened(NamedTuple):
    """One event for one partner. `subject`: what it is about, with its version where it may come again; together
    with kind and partner it makes the event what it is, so finding twice writes once. `data`: words of the JSON
    dialect, integer fen, no name and no whole account number."""

    kind: str
    partner_id: int
    subject: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def uid(self) -> str:
        """Its id for ever; the receiver knows by it what came before."""
        text = f"{self.kind}|{self.partner_id}|{self.subject}"
        return f"evt_{sha256(text.encode()).hexdigest()[:32]}"


class FileWithdrawn(Exception):
    """The file that an event told of goes to nobody any longer; its words say why."""


class FoundEvents(NamedTuple):
    """What a source found, and where it goes on the next time. `more`: there is more at once."""

    events: Iterable[Happened]
    position: dict[str, Any]
    more: bool = False
