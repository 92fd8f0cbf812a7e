"""Reading for the verbs: what is owed (query) and what became of a serial (confirm)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yifen.core.documents.figures import plain
from yifen.core.facts.codes import Code, wire_code
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_name
from yifen.core.facts.money import format_yuan
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import RosterBiller
from yifen.core.wire.messages import Query, WireFault
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply
from yifen.core.wire.values import Mode
from yifen.hub.payments.names import opened_name

_SQL = queries(__package__)
FRESH_SQL, QUERY_SQL = _SQL["fresh"], _SQL["query"]
PAYER_SQL = _SQL["payer"]
QUOTE_SQL = _SQL["quote"]
CONFIRM_SQL = _SQL["confirm"]
ROUTE_SQL = _SQL["route"]
OUTAGE_SQL, BOUND_SQL = _SQL["outage"], _SQL["bound"]
REASON_MAX = 200


def query_reply(
    query: Query, rows: list[tuple[Any, ...]], ring: KeyRing, biller: RosterBiller
) -> QueryReply:
    """Out of QUERY_SQL's rows. WireFault with its code when it is refused; only a biller with a system
    of its own may know accounts that are not known here."""
    code = Code(rows[0][0])
    if code is Code.OK and not biller.endpoint and not rows[0][9]:
        code = Code.ACCOUNT_UNKNOWN
    if code is not Code.OK:
        raise WireFault(code)
    payables = [payable_view(row[2], row[4], row[5], row[6], row[7], row[3], row[8])
                for row in rows if row[2] is not None]  # fmt: skip
    return QueryReply(
        biller=query.biller,
        account_no=query.account_no,
        payer_name=masked_name(opened_name(ring, biller.id, query.account_no, rows[0][1])),
        payables=payables,
    )


def payable_view(
    ref: str, mode: Mode, left_fen: int, least_fen: int, most_fen: int, title: str = "", due_on: date | None = None
) -> PayableView:
    """What may be paid of one payable."""
    is_open = mode == "open"
    least = least_fen if is_open else left_fen if mode == "exact" else min(left_fen, least_fen)
    return PayableView(payable=ref, title=title, mode=mode, due_fen=max(left_fen, 0), min_fen=least,
                       max_fen=most_fen if is_open else left_fen, due_on=due_on)  # fmt: skip


def outage_told(reason: str, ends_at: datetime) -> str:
    """An outage 停机 in one line: why, and until when by the business clock."""
    return f"{plain(reason)[:REASON_MAX]} · 至 until {ends_at.astimezone(ZONE).isoformat(timespec='seconds')}"


def bound_told(
    of_kind: bool, kind: str, fen_max: int | None, opens_at: time | None, closes_at: time | None
) -> str:
    """Whose hours or limit 限额 refused, and which they are now: of the channel itself, or of its kind."""
    whose = f"渠道种类 channel kind {kind}" if of_kind else "本渠道 this channel"
    if fen_max is not None:
        return f"{whose} · ≤ {format_yuan(fen_max)} 元 yuan"
    if opens_at is None or closes_at is None:
        return whose
    return f"{whose} · {opens_at:%H:%M}–{closes_at:%H:%M}"


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
