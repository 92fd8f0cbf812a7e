"""Reading for the verbs: what is owed (query) and what became of a serial (confirm)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.messages import Query, WireFault
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply

# May this channel speak to this biller now? Then who the payer is and what is open.
QUERY_SQL = """
SELECT CASE
    WHEN a.id IS NULL OR NOT a.active THEN 'NOT_ADMITTED'
    WHEN payments_is_closed_v1(h.opens_at, h.closes_at, w.local) THEN 'CHANNEL_CLOSED'
    WHEN EXISTS (SELECT FROM biller_outage o WHERE o.biller_id = %(biller)s
                 AND o.starts_at <= %(now)s AND %(now)s < o.ends_at) THEN 'BILLER_OUTAGE'
    WHEN r.name IS NULL AND NOT %(remote)s THEN 'ACCOUNT_UNKNOWN' ELSE 'OK' END,
    r.name, y.ref, y.title, y.mode::text, y.due_fen - y.paid_fen, y.min_fen, y.max_fen, y.due_on
FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
CROSS JOIN LATERAL (SELECT (%(now)s AT TIME ZONE k.time_zone)::time AS local) w
LEFT JOIN channel h ON h.partner_id = %(channel)s
LEFT JOIN admission a ON a.channel_id = %(channel)s AND a.biller_id = %(biller)s
LEFT JOIN payer r ON r.bucket = %(bucket)s AND r.biller_id = %(biller)s
    AND r.account_no = %(account_no)s
LEFT JOIN payable y ON y.bucket = %(bucket)s AND y.biller_id = %(biller)s
    AND y.account_no = %(account_no)s AND y.state = 'open' AND NOT %(remote)s
WHERE p.id = %(biller)s
ORDER BY y.due_on, y.ref"""

QUOTE_SQL = (
    """SELECT payments_quote_v1(%s::smallint, %s, %s, %s, %s, %s::text[], %s::bigint[], %s)"""
)

CONFIRM_SQL = """
SELECT s.verb::text, s.code, y.payment_id, y.serial, y.amount_fen, y.business_day, y.booked_at,
       y.payer_state::text, y.biller_state::text, y.biller_serial
FROM payment_serial s
LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
WHERE s.bucket = %s AND s.partner_id = %s AND s.serial = %s"""

# Where a reversal must go: the bucket of the payment that the original serial made.
ROUTE_SQL = """
SELECT target_bucket FROM payment_serial
WHERE bucket = %s AND partner_id = %s AND serial = %s"""


STARS_MAX = 12


def masked_name(name: str) -> str:
    """张三 → *三, 欧阳小明 → **小明, a company keeps its last four characters (X3). However long the
    name, what is left fits the field."""
    shown = min(4, (len(name) + 1) // 2)
    hidden = min(len(name) - shown, STARS_MAX)
    return "*" * hidden + name[len(name) - shown :] if len(name) > 1 else "*"


def query_reply(query: Query, rows: list[tuple[Any, ...]]) -> QueryReply:
    """Out of QUERY_SQL's rows. WireFault with its code when it is refused."""
    code = Code[rows[0][0]] if rows else Code.BILLER_UNKNOWN
    if code is not Code.OK:
        raise WireFault(code)
    payables = [
        PayableView(
            payable=row[2],
            title=row[3],
            mode=row[4],
            due_fen=max(row[5], 0),
            min_fen=row[6] if row[4] == "open" else row[5] if row[4] == "exact" else min(row[5:7]),
            max_fen=row[7] if row[4] == "open" else row[5],
            due_on=row[8],
        )
        for row in rows
        if row[2] is not None
    ]
    return QueryReply(
        biller=query.biller,
        account_no=query.account_no,
        payer_name=masked_name(rows[0][1] or ""),
        payables=payables,
    )


def quote_expiry(now: datetime, ttl_s: int, zone: ZoneInfo) -> datetime:
    """A quote ends after its time to live, and at local midnight at the latest: late fees change
    with the date (H5, domain.md case 13)."""
    local = now.astimezone(zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone) + timedelta(days=1)
    return min(now + timedelta(seconds=ttl_s), midnight)


def confirm_reply(serial: str, rows: list[tuple[Any, ...]]) -> PaymentReply:
    """Out of CONFIRM_SQL's row. WireFault: SERIAL_UNKNOWN, or the refusal the original got."""
    if not rows:
        raise WireFault(Code.SERIAL_UNKNOWN, "original_serial", serial)
    _, code, payment_id, original, amount, day, booked_at, payer, biller, biller_serial = rows[0]
    if payment_id is None:
        raise WireFault(Code(code), "original_serial", serial)
    return payment_reply(
        payment_id, original, amount, day, booked_at, payer, biller, biller_serial, Code(code)
    )


def payment_reply(
    payment_id: int,
    serial: str,
    amount_fen: int,
    business_day: date,
    booked_at: datetime | None,
    payer_state: str,
    biller_state: str,
    biller_serial: str | None,
    result: Code | None = None,
) -> PaymentReply:
    """A payment as both dialects show it."""
    return PaymentReply(
        payment_id=payment_id,
        serial=serial,
        amount_fen=amount_fen,
        business_day=business_day,
        booked_at=booked_at,
        payer_state=payer_state,
        biller_state=biller_state,
        biller_serial=biller_serial,
        result=None if result is None else wire_code(result),
    )
