"""Papers that a teller prints for payments 重要空白凭证: what the desk asks of the trades that keep them.

A plug names an object that answers `TradePapers` (`papers`). The counter shows what may be printed, wants back what is
out when a payment is reversed, and says at the end of a shift what became of the numbers.
"""

from datetime import datetime
from functools import cache
from typing import NamedTuple, Protocol

from django.http import HttpResponse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.plugs import called, plugs


class OfferedPaper(NamedTuple):
    """A paper that may be printed for a payment now: what it is, and the address where it is done; `note`: the number
    that comes next."""

    title: Text
    url: str
    note: str = ""


class ShiftPapers(NamedTuple):
    """What became of a teller's papers of a kind while his shift was open; `differs`: what his count found, as a
    sentence, empty where it agrees."""

    title: str
    used: int
    voided: int
    left: int
    differs: str = ""


class TradePapers(Protocol):
    """What a trade answers."""

    def offered(self, access: Access, payment_id: int, now: datetime) -> list[OfferedPaper]:
        """What may be printed for this payment by who asks."""

    def out(self, payment_id: int) -> list[str]:
        """The numbers of papers that whoever paid has."""

    def paid_with(self, number: str) -> list[int]:
        """Payments for which a paper with this number was printed."""

    def check_opening(self, teller_id: int) -> None:
        """Refused: why this teller's shift may not open now."""

    def check_closing(self, teller_id: int, opened_at: datetime) -> None:
        """Refused: why it may not close now."""

    def of_shift(self, teller_id: int, since: datetime, until: datetime) -> list[ShiftPapers]:
        """A line a kind of paper."""


@cache
def keepers() -> tuple[TradePapers, ...]:
    """Those of all plugs."""
    return tuple(called(name) for plug in plugs() for name in plug.papers)


def out(payment_id: int | None) -> list[str]:
    """The numbers of all papers of a payment that are out."""
    return [number for one in keepers() for number in one.out(payment_id)] if payment_id else []


def paid_with(number: str) -> list[int]:
    """Payments that a paper with this number is of, of whichever trade."""
    return [payment for one in keepers() for payment in one.paid_with(number)]


def differing(teller_id: int, since: datetime, until: datetime) -> list[str]:
    """Of a teller's papers those that his count found otherwise than the register: the kind, and which numbers."""
    return [f"{line.title} {line.differs}" for one in keepers() for line in one.of_shift(teller_id, since, until)
            if line.differs]  # fmt: skip


def pdf(content: bytes, name: str) -> HttpResponse:
    """Shown, not kept by anybody on the way."""
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store",
    })  # fmt: skip
