"""Reading for pages and reports: the work list, what was done about an item, who has the payment."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.repair.items import Connection, RepairItem

_SQL = queries(__package__)
WORK_SQL = _SQL["work_list"]
_ACTS = _SQL["acts"]
_POSTINGS = _SQL["postings"]
_RELATED = _SQL["related"]
_LEGS = _SQL["legs"]
_OURS = _SQL["payment_states"]
_BANK = _SQL["bank_has"]
_STANDING = _SQL["standing"]
_UNPROVED = _SQL["unproved"]
EXPLAINED = frozenset({"cross_day", "rule", "group", "arrived"})


class Work(NamedTuple):
    """A line of the work list; `age_days` since it was found."""

    item_id: int
    partner_id: int
    partner: str
    partner_name: str
    business_day: date
    kind: str
    serial: str
    state: str
    action: str | None
    owner: str | None
    deadline: date | None
    opened_at: datetime
    age_days: int
    is_late: bool
    ours_fen: int | None
    theirs_fen: int | None
    payment_id: int | None

    @property
    def amount_fen(self) -> int:
        """What is in question: the difference where both have an amount, else the amount."""
        if self.ours_fen is not None and self.theirs_fen is not None and self.kind == "amount":
            return abs(self.theirs_fen - self.ours_fen)
        return max(self.ours_fen or 0, self.theirs_fen or 0)


class Act(NamedTuple):
    """What was done to an item: the row before and after."""

    act_id: int
    at: datetime
    who: str
    act: str
    note: str
    before: dict[str, Any]
    after: dict[str, Any]


class ItemPosting(NamedTuple):
    """Money that an item moved."""

    document_id: int
    purpose: str
    debit: str
    credit: str
    amount_fen: int
    business_day: date
    booked_at: datetime
    maker: str
    checker: str | None


class OutsideRefund(NamedTuple):
    """Money that a channel has to give its payer, for a payment that a repair took back on its biller's leg;
    `closed_at` None: nobody has seen to it. `since` None: the biller has not agreed yet."""

    channel: str
    amount_fen: int
    since: datetime | None
    reference: str | None
    closed_at: datetime | None
    closed_by: str | None


class Related(NamedTuple):
    """A difference that another partner has with what may be the same payment."""

    item_id: int
    partner: str
    kind: str
    state: str
    serial: str
    ours_fen: int | None
    theirs_fen: int | None


class Holding(NamedTuple):
    """Whether one party has a payment: yes, no, differs, or unknown (no file yet). `word`: the
    state in our books, the class of the difference, or the state of the money at the bank."""

    party: str
    partner_id: int | None
    partner: str
    has: str
    word: str
    item_id: int | None = None


class StandingSuspense(NamedTuple):
    """Money on suspense or short 挂账, and the item that put it there."""

    item_id: int
    partner: str
    account: str
    amount_fen: int
    since: date


def work_list(
    conn: Connection,
    today: date,
    partners: tuple[int, ...] | None,
    after: int = 0,
    limit: int = 50,
    **wanted: Any,
) -> list[Work]:
    """Items that are not closed, of these partners (None: of all), by item id after `after`.
    `wanted`: partner (id), day, kind, state, owner ("": nobody's)."""
    params = {"partner": None, "day": None, "kind": None, "state": None, "owner": None, **wanted}
    scope = None if partners is None else list(partners)
    params |= {"today": today, "partners": scope, "after": after, "limit": limit}
    return [Work(*row) for row in conn.execute(WORK_SQL, params).fetchall()]


def outside_of_item(conn: Connection, item_id: int) -> OutsideRefund | None:
    """What of it has to be given outside; None: nothing."""
    row = conn.execute(_SQL["outside_of_item"], (item_id,)).fetchone()
    return None if row is None else OutsideRefund(*row)


def outside_of_payment(conn: Connection, payment_id: int) -> OutsideRefund | None:
    """The same of a payment."""
    row = conn.execute(_SQL["outside_of_payment"], (payment_id,)).fetchone()
    return None if row is None else OutsideRefund(*row)


def acts(conn: Connection, item_id: int) -> list[Act]:
    """What was done to it, from the first."""
    return [Act(*row) for row in conn.execute(_ACTS, (item_id,)).fetchall()]


def postings(conn: Connection, item_id: int) -> list[ItemPosting]:
    """What it moved through the ledger."""
    return [ItemPosting(*row) for row in conn.execute(_POSTINGS, (item_id,)).fetchall()]


def related(conn: Connection, item: RepairItem) -> list[Related]:
    """Other partners' differences of the same payment, or of what looks like it."""
    params = {
        "item_id": item.item_id, "partner_id": item.partner_id, "payment_id": item.payment_id,
        "serial": item.serial, "account_no": item.account_no, "day": item.business_day,
        "fen": item.theirs_fen if item.ours_fen is None else item.ours_fen,
    }  # fmt: skip
    return [Related(*row) for row in conn.execute(_RELATED, params).fetchall()]


def who_has_it(conn: Connection, payment_id: int) -> list[Holding]:
    """The parties of a payment side by side: hub, channel, biller, bank; [] for no payment."""
    ours = conn.execute(_OURS, {"payment": payment_id}).fetchone()
    if ours is None:
        return []
    channel_id, day, payer_state, biller_state = ours
    stands = "yes" if (payer_state, biller_state) == ("taken", "booked") else "no"
    undecided = "unknown" if payer_state == "held" else stands
    found = [Holding("hub", None, "", undecided, f"{payer_state}/{biller_state}")]
    found += [_holding(*row) for row in conn.execute(_LEGS, {"payment": payment_id}).fetchall()]
    bank = conn.execute(_BANK, (channel_id, day)).fetchone()
    if bank is None:
        return [*found, Holding("bank", None, "", "unknown", "")]
    has = {"arrived": "yes", "expected": "no"}[bank[2]]
    return [*found, Holding("bank", bank[0], bank[1], has, bank[2])]


def _holding(
    party: str, partner_id: int, partner: str, run_id: int | None, item_id: int | None,
    kind: str | None, state: str | None, closed_by: str | None, is_in_file: bool, is_void: bool, is_gone: bool,
) -> Holding:  # fmt: skip
    if is_gone or item_id is None or (state == "closed" and closed_by in EXPLAINED):
        has = "withdrawn" if is_void or (is_gone and run_id is None) else \
            "unknown" if run_id is None and item_id is None else "yes"
        return Holding(party, partner_id, partner, has, "", item_id)
    has = "yes" if kind == "theirs_only" else "differs" if is_in_file else "no"
    return Holding(party, partner_id, partner, has, kind or "", item_id)


def standing(conn: Connection, book_id: int) -> list[StandingSuspense]:
    """What stands on suspense and short in a book, item by item: their sum is the accounts' own."""
    return [StandingSuspense(*row) for row in conn.execute(_STANDING, (book_id,)).fetchall()]


def unproved(conn: Connection) -> list[int]:
    """Documents of repairs that the ledger does not have as they say; empty when all is well."""
    return [row[0] for row in conn.execute(_UNPROVED).fetchall()]
