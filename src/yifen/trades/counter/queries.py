"""Reading the counter: where it collects, what a shift did, the journal."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from yifen.core.access.models import User
from yifen.core.directory.queries import ancestors
from yifen.core.facts.account_numbers import searched
from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller, Channel, Hosted
from yifen.core.plugs import called, plugs, result_code
from yifen.hub.night import DrawerPart
from yifen.trades.counter import rules
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import COUNTED, REFUND, Entry, PayKind, Shift

_SQL = queries(__package__)
_DAY_SQL = _SQL["open_day"]
_POSTINGS_SQL, _RETURNED_SQL = _SQL["postings"], _SQL["returned"]
_GIVEN_SQL, _BARRED_SQL, _LEFT_SQL = _SQL["given_back"], _SQL["barred"], _SQL["left"]
_MAY_RETURN_SQL = _SQL["may_return"]


class ShiftTotals(NamedTuple):
    """All booked entries of one transaction code and pay kind."""

    code: str
    pay_kind: str
    entries: int
    amount_fen: int
    is_reversal: bool


class JournalFilters(NamedTuple):
    """What of the journal is asked for; what is left alone asks for everything."""

    business_day: date | None = None
    teller: str = ""
    code: str = ""
    state: str = ""
    text: str = ""  # a serial, an account number or a payment id, whole


# --- where a counter collects ------------------------------------------------------------------


def counter_of(institution_id: int) -> Channel:
    """The counter channel 柜面渠道 of an institution: its own, or of the nearest one above that has
    one. Refused: COUNTER_MISSING."""
    above = ancestors(institution_id)
    found = Channel.objects.select_related("partner__institution").filter(
        hosted=Hosted.COUNTER, partner__institution__in=above, partner__suspended=False,
        partner__sandbox_of__isnull=True,
    )  # fmt: skip
    nearest = min(found, key=lambda row: above.index(row.partner.institution_id), default=None)
    if nearest is None:
        raise Refused(CounterCode.COUNTER_MISSING)
    return nearest


def business_day_of(book_id: int) -> date:
    """The open business day of a book."""
    with connection.cursor() as cursor:
        cursor.execute(_DAY_SQL, [book_id])
        day: date = cursor.fetchone()[0]
    return day


def billers_of(institution_id: int, channel: Channel, category: str = "") -> QuerySet[Biller]:
    """Billers that an outlet may collect for: admitted to its channel, and entrusted to the outlet's
    own county union or to one above it (P3)."""
    found = Biller.objects.select_related("partner__institution").filter(
        admission__channel=channel, admission__active=True, partner__suspended=False,
        partner__sandbox_of__isnull=True, partner__institution__in=ancestors(institution_id),
    )  # fmt: skip
    return (found.filter(category=category) if category else found).order_by("partner__code")


def biller_for(institution_id: int, channel: Channel, code: str) -> Biller:
    """Refused: BILLER_UNKNOWN, BILLER_ELSEWHERE, NOT_ADMITTED, and what plugs refuse this very outlet (`refuses`)."""
    biller = (
        Biller.objects.select_related("partner__institution").filter(partner__code=code).first()
    )
    if biller is None:
        raise Refused(Code.BILLER_UNKNOWN, "biller")
    if biller.partner.institution_id not in ancestors(institution_id):
        raise Refused(CounterCode.BILLER_ELSEWHERE, "biller")
    if not billers_of(institution_id, channel).filter(pk=biller.pk).exists():
        raise Refused(Code.NOT_ADMITTED, "biller")
    with connection.cursor() as cursor:
        cursor.execute(_SQL["refuses"], [channel.pk, biller.pk, institution_id])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code), "biller")
    return biller


# --- shifts --------------------------------------------------------------------------------------


def open_shift_of(teller: User) -> Shift | None:
    """The teller's shift, if it is open."""
    shifts = Shift.objects.select_related("institution", "channel__partner__institution", "teller")
    return shifts.filter(teller=teller, state=Shift.State.OPEN).first()


def check_day_open(shift: Shift) -> None:
    """Whether the shift's business day is the open one. Refused: SHIFT_DAY_OVER."""
    if business_day_of(shift.channel.partner.book_id) != shift.business_day:
        raise Refused(CounterCode.SHIFT_DAY_OVER)


def closed_shift(shift_id: int) -> Shift | None:
    """A shift that was balanced."""
    shifts = Shift.objects.select_related(
        "institution", "channel__partner__institution", "teller", "authorisation__checker"
    )
    return shifts.filter(pk=shift_id, state=Shift.State.CLOSED).first()


def next_serial(shift: Shift) -> str:
    """The serial that the next form carries; two forms shown meanwhile carry the same one."""
    return rules.serial_of(shift.business_day, shift.pk, shift.entries.count() + 1)


def login_of(teller_id: int) -> str:
    """A teller's login: the worker reads no more of him."""
    return User.objects.values_list("login", flat=True).get(pk=teller_id)


def undecided(shift: Shift) -> QuerySet[Entry]:
    """Entries of which nobody knows yet what became of them, oldest first."""
    return shift.entries.filter(state=Entry.State.UNKNOWN).order_by("pk")


def unfinished(shift: Shift) -> list[Entry]:
    """What the teller has begun and not ended, oldest first: unknown results, and a draft while
    nothing was begun after it. Older drafts were given up: no money moved."""
    last = shift.entries.order_by("-pk").first()
    is_draft = last is not None and last.state == Entry.State.DRAFT
    return [*undecided(shift), *([last] if last and is_draft else [])]


def collection_of(institution_id: int, number: str) -> Entry | None:
    """An outlet's collection by its serial or payment id; the newest, were there several."""
    found = _whole().filter(_numbered(number), institution=institution_id, original__isnull=True)
    return found.order_by("-pk").first()


def numbered_here(institution_id: int, number: str) -> Entry | None:
    """An outlet's entry by its serial or payment id, the collection before what takes it back."""
    return _whole().filter(_numbered(number), institution=institution_id).order_by("pk").first()


def given_back_fen(original: Entry) -> int:
    """What was given back of a collection so far, here or elsewhere."""
    if original.payment_id is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN_SQL, [payment_bucket(original.payment_id), original.payment_id])
        return int(cursor.fetchone()[0])


def left_fen(teller_id: int) -> int:
    """What a teller counted in his drawer when he balanced it last where he works; 0: he never did."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_SQL, [teller_id])
        return int(cursor.fetchone()[0])


def is_barred(original: Entry) -> bool:
    """What was printed of it again bars its reversal."""
    if original.payment_id is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_BARRED_SQL, [payment_bucket(original.payment_id), original.payment_id])
        return cursor.fetchone() is not None


def may_return_fen(original: Entry) -> int:
    """The most of it that may be given back now, as far as balances go that it was paid on."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_RETURN_SQL, [original.payment_id])
        return int(cursor.fetchone()[0] or 0)


def next_refund(original: Entry) -> str:
    """The serial that the next form of a refund of it carries; two shown meanwhile carry the same one."""
    return rules.refund_serial(original.serial, Entry.objects.filter(original=original, code=REFUND).count() + 1)


def known_refund(original: Entry, serial: str) -> Entry | None:
    """The refund of it that has this serial."""
    return Entry.objects.filter(original=original, code=REFUND, serial=serial).first()


def totals(shift: Shift) -> list[ShiftTotals]:
    """What the shift did, by transaction code and pay kind."""
    rows = (
        shift.entries.filter(state__in=COUNTED)
        .values("code", "pay_kind")
        .annotate(entries=Count("pk"), amount=Sum("amount_fen"), reversals=Count("original"))
        .order_by("code", "pay_kind")
    )
    own = [
        ShiftTotals(
            row["code"], row["pay_kind"], row["entries"], row["amount"], bool(row["reversals"])
        )
        for row in rows
    ]
    return own + [ShiftTotals(*row) for part in drawer_parts(shift) for row in part.rows]


def drawer_parts(shift: Shift) -> list[DrawerPart]:
    """What other trades moved through this drawer, as their plugs say."""
    return [called(name)(shift.pk) for plug in plugs() for name in plug.drawer]


def expected_fen(shift: Shift) -> int:
    """The cash that should be in the drawer now."""
    cash = [row for row in totals(shift) if row.pay_kind == PayKind.CASH]
    taken_fen = sum(row.amount_fen for row in cash if not row.is_reversal)
    given_fen = sum(row.amount_fen for row in cash if row.is_reversal)
    return rules.expected_fen(shift.opening_fen, taken_fen, given_fen)


def last_booked(teller: User) -> Entry | None:
    """The teller's last entry that has a receipt."""
    found = _whole().filter(teller=teller, state__in=COUNTED, original__isnull=True)
    return found.order_by("-pk").first()


# --- the journal -----------------------------------------------------------------------------------


def journal(
    institutions: Sequence[int] | None,
    filters: JournalFilters,
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Entries of these institutions (None: of all), newest first; the next page is asked with
    `before`, the id of the last of this one."""
    found = _scoped(institutions)
    for name, value in (
        ("business_day", filters.business_day), ("teller__login__iexact", filters.teller),
        ("code", filters.code), ("state", filters.state), ("pk__lt", before),
    ):  # fmt: skip
        if value:
            found = found.filter(**{name: value})
    if filters.text:
        found = found.filter(_named(filters.text))
    return list(found.order_by("-pk")[:limit])


def _named(text: str) -> Q:
    return _numbered(text) | Q(account_no__in=searched(text))


def _numbered(text: str) -> Q:
    is_id = text.isascii() and text.isdigit() and len(text) <= 18
    return Q(serial=text) | Q(payment_id=int(text)) if is_id else Q(serial=text)


def entry_in(institutions: Sequence[int] | None, entry_id: int) -> Entry | None:
    """One entry, if it is of these institutions (None: of all)."""
    return _scoped(institutions).filter(pk=entry_id).first()


def _scoped(institutions: Iterable[int] | None) -> QuerySet[Entry]:
    found = _whole()
    return found if institutions is None else found.filter(institution__in=institutions)


def _whole() -> QuerySet[Entry]:
    return Entry.objects.select_related(
        "teller", "institution", "shift", "channel__partner__institution", "biller__partner",
        "original", "authorisation__checker",
    )  # fmt: skip


class EntryPosting(NamedTuple):
    """One transfer of a payment: the accounts with their names, and fen."""

    title: str
    debit: str
    credit: str
    amount_fen: int


def postings(entry: Entry) -> list[EntryPosting]:
    """How a booked payment stands in the ledger, without what took it back; of a refund what it took, as the
    payment had it."""
    assert entry.payment_id is not None
    params: dict[str, str | int] = {
        "bucket": payment_bucket(entry.payment_id), "payment": entry.payment_id, "serial": entry.serial}
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED_SQL if entry.is_refund else _POSTINGS_SQL, params)
        return [EntryPosting(*row) for row in cursor.fetchall()]
