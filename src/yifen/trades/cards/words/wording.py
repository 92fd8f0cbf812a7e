"""What a bank says of cards and swipes, in whichever form it came. Pure."""

import re
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.trades.cards.codes import CardCode

CARD_KINDS = ("new", "place", "unplace", "lost", "found", "stopped", "resumed", "cancelled", "reissued")
SWIPE_KINDS = ("auth", "cleared", "refund")
ROWS_MOST = 5_000
FEN_MOST = 10**13
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
_OFFSET_MOST = timedelta(hours=14)  # there is no zone beyond
_CARD_NO, _NUMBER, _CURRENCY = (re.compile(form) for form in ("[0-9]{16,19}", "[0-9A-Za-z-]{1,40}", "[A-Z]{3}"))
_EXPIRES = re.compile("([0-9]{2}(0[1-9]|1[0-2]))?")


class CardSaid(Struct, rename="pascal", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A change of a card; `at`: when, by the bank. new: `staff_no`, `name` and the `unit` that confirms it; place,
    unplace: `unit`; reissued: `new_card_no`. `expires`: YYMM."""

    kind: str
    at: datetime
    card_no: str
    new_card_no: str = ""
    staff_no: str = ""
    name: str = ""
    unit: str = ""
    limit_fen: int = 0
    expires: str = ""


class SwipeSaid(Struct, rename="pascal", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A swipe. `number`: the bank's, once a card; `reference`: by which authorisation, clearing and refund belong
    together; `foreign`: of the swipe in `currency`, in its smallest unit, 0 in CNY."""

    kind: str
    card_no: str
    number: str
    swiped_at: datetime
    amount_fen: int
    reference: str
    posted_on: date | None = None
    currency: str = "CNY"
    foreign: int = 0
    auth_code: str = ""
    merchant_no: str = ""
    merchant: str = ""
    mcc: str = ""
    terminal: str = ""
    remark: str = ""


class CardWord(Struct, rename="pascal", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A message. `serial`: the bank's number of it, once for ever; `bureau`: code of the finance bureau."""

    serial: str
    bureau: str
    cards: list[CardSaid] = []
    swipes: list[SwipeSaid] = []


def is_sane(at: datetime) -> bool:
    """Of a zone that there is, in this century: any clock and any page can hold it."""
    offset = at.utcoffset()
    if offset is None or abs(offset) > _OFFSET_MOST or not _FIRST.year <= at.year <= _LAST.year:
        return False
    return _FIRST <= at.astimezone(UTC).date() <= _LAST


def against_card(said: CardSaid) -> ResultCode | None:
    """What speaks against it whatever the tables hold; None: nothing."""
    fits = (
        said.kind in CARD_KINDS
        and _CARD_NO.fullmatch(said.card_no)
        and is_sane(said.at)
        and (_CARD_NO.fullmatch(said.new_card_no) if said.kind == "reissued" else not said.new_card_no)
        and 0 <= said.limit_fen < FEN_MOST
        and _EXPIRES.fullmatch(said.expires)
        and all(len(text) <= 40 and text.isprintable() for text in (said.staff_no, said.name, said.unit))
        and (bool(said.unit) or said.kind not in ("new", "place", "unplace"))
    )
    return None if fits else CardCode.CARD_FIELDS


def against_swipe(said: SwipeSaid) -> ResultCode | None:
    """As `against_card`."""
    if said.currency != "CNY" and said.amount_fen == 0:
        return CardCode.SWIPE_CNY_MISSING
    fits = (
        said.kind in SWIPE_KINDS
        and _CARD_NO.fullmatch(said.card_no)
        and _NUMBER.fullmatch(said.number)
        and _NUMBER.fullmatch(said.reference)
        and is_sane(said.swiped_at)
        and (said.posted_on is None or _FIRST <= said.posted_on <= _LAST)
        and 0 < said.amount_fen < FEN_MOST
        and _CURRENCY.fullmatch(said.currency)
        and (0 < said.foreign < FEN_MOST if said.currency != "CNY" else said.foreign == 0)
        and (said.posted_on is None) == (said.kind == "auth")
        and all(
            len(text) <= 100 and text.isprintable()
            for text in (said.auth_code, said.merchant_no, said.merchant, said.mcc, said.terminal, said.remark)
        )
    )
    return None if fits else CardCode.SWIPE_FIELDS


def checked(word: CardWord) -> CardWord:
    """Refused CARD_WORD_UNREADABLE: its own head is wrong, it is empty or too long."""
    for field, fits in (
        ("Serial", _NUMBER.fullmatch(word.serial)),
        ("Bureau", 0 < len(word.bureau) <= 20 and word.bureau.isprintable()),
        ("Cards", 0 < len(word.cards) + len(word.swipes) <= ROWS_MOST),
    ):
        if not fits:
            raise Refused(CardCode.CARD_WORD_UNREADABLE, field)
    return word
