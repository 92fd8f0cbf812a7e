"""The port of an agent bank or a treasury: vouchers by number, papers of a day, as signed JSON that carries them.

POST /vouchers takes an 8202 (its reference is division-number), or at a treasury a 2301 or 2302 (its number), once
each; POST /vouchers/query says what
became of one; POST /quotas takes a 5102 or 5103 once for each message number; POST /papers/day gives the papers of one
kind of a day: a bank's claims 2301, refunds 2302 and returns 2203, a treasury's checks 3504 and 3507. A paper travels
as its own bytes in base64, as they were signed. Requests and replies are signed as in the JSON dialect (RFC 9421,
hmac-sha256).
"""

from typing import Literal

from msgspec import Struct

from yifen.core.wire.decoding import decoded

TAKE, QUERY, QUOTA, DAY = "/vouchers", "/vouchers/query", "/quotas", "/papers/day"
PaperState = Literal["taken", "answered", "refused", "not_found", "clash"]
PAPERS_MOST = 200


def reference_of(division: str, number: str) -> str:
    """What a voucher is known by at a bank: its number is of its division alone."""
    return f"{division}-{number}"


class PaperOrder(Struct, forbid_unknown_fields=True, frozen=True):
    """A voucher; its number is its key at the other house for ever."""

    reference: str
    paper: bytes


class PaperQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """What became of the voucher of this number?"""

    reference: str


class PaperStatus(Struct, frozen=True):
    """taken: nothing is decided; answered: `paper` says what became of it, or of some of its lines; refused: never
    taken, `code` and `reason` say why; clash: the number was used for another paper."""

    reference: str
    state: PaperState
    paper: bytes = b""
    code: int = 0
    reason: str = ""

    @property
    def http_status(self) -> int:
        return {"not_found": 404, "clash": 409, "refused": 422}.get(self.state, 200)


class PapersQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """The papers of one kind, 2301 …, of a day yyyy-MM-dd."""

    reference: str
    kind: str
    day: str


class DayPapers(Struct, frozen=True):
    """`more`: not all of them fitted in; then they prove no absence."""

    reference: str
    papers: tuple[bytes, ...] = ()
    more: bool = False

    @property
    def http_status(self) -> int:
        return 200


def read_paper_order(body: bytes) -> PaperOrder:
    """ValueError: it is none."""
    return decoded(body, PaperOrder)


def read_paper_query(body: bytes) -> PaperQuery:
    """ValueError: it is none."""
    return decoded(body, PaperQuery)


def read_paper_status(body: bytes) -> PaperStatus:
    """ValueError: it is none."""
    return decoded(body, PaperStatus)


def read_day_query(body: bytes) -> PapersQuery:
    """ValueError: it is none."""
    return decoded(body, PapersQuery)


def read_day_papers(body: bytes) -> DayPapers:
    """ValueError: it is none."""
    return decoded(body, DayPapers)
