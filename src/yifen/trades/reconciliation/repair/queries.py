"""Reading for pages and reports: the work list, what was done about an item, who has the payment."""

from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.trades.reconciliation.repair.items import Connection, Item

WORK_SQL = """
SELECT i.item_id, i.partner_id, p.code, p.name, i.business_day, i.class::text, i.serial,
       i.state::text, i.action, i.owner, i.deadline, i.opened_at,
       %(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date,
       coalesce(i.deadline < %(today)s, false), i.ours_fen, i.theirs_fen, i.payment_id
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.state <> 'closed' AND i.item_id > %(after)s
    AND (%(partners)s::integer[] IS NULL OR i.partner_id = ANY (%(partners)s))
    AND (%(partner)s::integer IS NULL OR i.partner_id = %(partner)s)
    AND (%(day)s::date IS NULL OR i.business_day = %(day)s)
    AND (%(kind)s::text IS NULL OR i.class = %(kind)s::text::recon_class)
    AND (%(state)s::text IS NULL OR i.state = %(state)s::text::recon_state)
    AND (%(owner)s::text IS NULL OR coalesce(i.owner, '') = %(owner)s)
ORDER BY i.item_id LIMIT %(limit)s"""
_ACTS = """SELECT act_id, at, who, act, note, before, after FROM recon_act
WHERE item_id = %s ORDER BY act_id"""
_POSTINGS = """
SELECT x.document_id, x.purpose, d.code, c.code, x.amount_fen, x.business_day, x.booked_at,
       x.maker, x.checker
FROM recon_posting x JOIN ledger_account d ON d.account_id = x.debit_id
JOIN ledger_account c ON c.account_id = x.credit_id
WHERE x.item_id = %s ORDER BY x.booked_at, x.document_id DESC"""
# What two partners hold of one payment: by our payment, else by the serial, else by the account,
# the amount and the day.
_RELATED = """
SELECT i.item_id, p.code, i.class::text, i.state::text, i.serial, i.ours_fen, i.theirs_fen
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.item_id <> %(item_id)s AND i.partner_id <> %(partner_id)s AND (
    i.payment_id = %(payment_id)s OR i.serial = %(serial)s
    OR i.account_no = %(account_no)s AND i.business_day = %(day)s
       AND coalesce(i.theirs_fen, i.ours_fen) = %(fen)s)
ORDER BY i.item_id LIMIT 20"""
# The newest run of each partner's leg of the payment's day, and the newest difference of it.
_LEGS = """
SELECT l.party, p.id, p.code, r.run_id, i.item_id, i.class::text, i.state::text, i.closed_by,
       i.theirs_kind IS NOT NULL
FROM payment y
CROSS JOIN LATERAL (VALUES ('channel', y.channel_id, 1), ('biller', y.biller_id, 2))
    l (party, partner_id, place)
JOIN partner p ON p.id = l.partner_id
LEFT JOIN LATERAL (SELECT run_id FROM recon_run WHERE partner_id = l.partner_id
    AND business_day = y.business_day AND ended_at IS NOT NULL
    ORDER BY run_id DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (SELECT * FROM recon_item x WHERE x.payment_id = y.payment_id
    AND x.partner_id = l.partner_id AND x.closed_by IS DISTINCT FROM 'gone'
    AND coalesce(x.ours_kind, x.theirs_kind) = 'sale'
    ORDER BY x.item_id DESC LIMIT 1) i ON true
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s ORDER BY l.place"""
_OURS = """SELECT channel_id, business_day, payer_state::text, biller_state::text FROM payment
WHERE bucket = %(payment)s %% 1000 AND payment_id = %(payment)s"""
_BANK = """SELECT p.id, p.code, r.state FROM receipt r JOIN partner p ON p.id = r.bank_id
WHERE r.channel_id = %s AND r.business_day = %s"""
_STANDING = """
SELECT x.item_id, p.code, a.code, x.amount_fen, x.business_day
FROM recon_posting x JOIN recon_item i USING (item_id) JOIN partner p ON p.id = i.partner_id
JOIN ledger_account a ON a.account_id IN (x.debit_id, x.credit_id)
    AND (a.code LIKE '2241.%%.SUSPENSE' OR a.code LIKE '1221.%%.SHORT')
WHERE x.purpose = 'suspend' AND a.book_id = %s AND NOT EXISTS (
    SELECT FROM recon_posting r WHERE r.item_id = x.item_id AND r.purpose = 'release')
ORDER BY x.item_id"""
_UNPROVED = """
SELECT x.document_id FROM recon_posting x
LEFT JOIN ledger_transfer t ON t.bucket = x.bucket AND t.reference_id = x.document_id
    AND (t.debit_id, t.credit_id, t.amount_fen, t.business_day, t.detail_id)
        = (x.debit_id, x.credit_id, x.amount_fen, x.business_day, x.item_id)
WHERE t.transfer_no IS NULL ORDER BY x.document_id DESC"""
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


class Posting(NamedTuple):
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


class Standing(NamedTuple):
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


def acts(conn: Connection, item_id: int) -> list[Act]:
    """What was done to it, from the first."""
    return [Act(*row) for row in conn.execute(_ACTS, (item_id,)).fetchall()]


def postings(conn: Connection, item_id: int) -> list[Posting]:
    """What it moved through the ledger."""
    return [Posting(*row) for row in conn.execute(_POSTINGS, (item_id,)).fetchall()]


def related(conn: Connection, item: Item) -> list[Related]:
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
    kind: str | None, state: str | None, closed_by: str | None, is_in_file: bool,
) -> Holding:  # fmt: skip
    if item_id is None or (state == "closed" and closed_by in EXPLAINED):
        has = "unknown" if run_id is None and item_id is None else "yes"
        return Holding(party, partner_id, partner, has, "", item_id)
    has = "yes" if kind == "theirs_only" else "differs" if is_in_file else "no"
    return Holding(party, partner_id, partner, has, kind or "", item_id)


def standing(conn: Connection, book_id: int) -> list[Standing]:
    """What stands on suspense and short in a book, item by item: their sum is the accounts' own."""
    return [Standing(*row) for row in conn.execute(_STANDING, (book_id,)).fetchall()]


def unproved(conn: Connection) -> list[int]:
    """Documents of repairs that the ledger does not have as they say; empty when all is well."""
    return [row[0] for row in conn.execute(_UNPROVED).fetchall()]
