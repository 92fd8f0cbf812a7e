"""Events of payments and daily files: decided, taken back, file ready, found behind the commits (decision 0026).

A bucket's sealed batches are numbered in the order of their commits (none comes later behind a number that was seen),
so a number a bucket is all that has to be kept: whatever process booked, also one that died right after, is seen once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
from msgspec import to_builtins

from yifen.core.audit.following import follow
from yifen.core.facts.codes import Code, wire_code
from yifen.core.facts.events import FoundEvents, Happened
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import EventKind, EventSource, Text
from yifen.core.facts.sqlfiles import queries

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
_HEADS, _SPAN, _DECIDED, _RETURNED = _SQL["heads"], _SQL["span"], _SQL["decided"], _SQL["returned"]
_TOLD_FILE, _PARTS, _PART = _SQL["told_file"], _SQL["parts_of_day"], _SQL["part"]
BATCHES_AT_ONCE = 100  # of one bucket; each holds as many payments as a transaction of a lane
DECIDED, RETURNED, FILE_READY = "payment.decided", "payment.returned", "file.ready"
_PAYMENT = {"payment_id": "8001", "serial": "WX20261129000001", "biller": "HEAT01", "account_no": "******0001",
            "amount_fen": 12800, "business_day": "2026-11-29"}  # fmt: skip
_BOOKED = {"booked_at": "2026-11-29T01:30:15.450646Z"}

PAYMENTS = EventSource(
    "payments", "yifen.hub.payments.events:find_payments",
    (
        EventKind(DECIDED, Text("缴费已有结果", "A payment is decided"), _PAYMENT | _BOOKED | {
            "code": "0000", "payer_state": "taken", "biller_state": "booked", "biller_serial": None}),
        EventKind(RETURNED, Text("缴费已退回（冲正、退款，可部分）", "A payment was taken back, whole or in part"), {
            "verb": "refund", "payment_id": "8001", "serial": "WX20261130000009",
            "original_serial": "WX20261129000001", "biller": "HEAT01", "account_no": "******0001",
            "amount_fen": 2800, "left_fen": 10000, "business_day": "2026-11-30",
            "booked_at": "2026-11-30T02:02:00Z"}),
    ),
)  # fmt: skip
FILES = EventSource(
    "daily_files", "yifen.hub.payments.events:find_files",
    (EventKind(FILE_READY, Text("文件已生成（对账文件、对账单）", "A file is ready: daily file, statement"), {
        "file": "daily_file", "name": "HEAT01-20261129-v1.jsonl", "business_day": "2026-11-29", "version": 1,
        "size": 48213, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "lines": 312, "amount_fen": 4510000}),),
    file="yifen.hub.payments.events:file_of",
)  # fmt: skip


class _Paid(NamedTuple):
    """A row of `decided` or `returned`: what both begin with."""

    booked_at: datetime
    business_day: Any
    payment_id: int
    channel_id: int
    biller_id: int
    serial: str
    biller: str
    account_no: str
    amount_fen: int

    def said(self) -> dict[str, Any]:
        return {"payment_id": str(self.payment_id), "serial": self.serial, "biller": self.biller,
                "account_no": masked_number(self.account_no), "amount_fen": self.amount_fen,
                "business_day": self.business_day.isoformat(), "booked_at": said_at(self.booked_at)}  # fmt: skip


def said_at(moment: datetime) -> str:
    """The very text of the JSON dialect's answers: `2026-11-29T01:30:15.450646Z`."""
    return str(to_builtins(moment.astimezone(UTC)))


def find_payments(conn: Conn, position: dict[str, Any], wanted: frozenset[int], most: int) -> FoundEvents:
    """Of the batches behind `position`, a bucket at a time, the one with most to read first."""
    heads = {str(bucket): head for bucket, head in conn.execute(_HEADS).fetchall()}
    if not position or not wanted:
        return FoundEvents((), heads)
    reached, events = heads | position, list[Happened]()
    for bucket in sorted(heads, key=lambda one: reached[one] - heads[one]):
        if reached[bucket] < heads[bucket] and len(events) < most:
            row = conn.execute(_SPAN, (int(bucket), reached[bucket], BATCHES_AT_ONCE)).fetchone()
            assert row is not None
            reached[bucket], first, last = row
            asked = {"bucket": int(bucket), "first": first, "last": last, "wanted": sorted(wanted)}
            events += _of(conn, asked, wanted)
    return FoundEvents(events, reached, any(reached[bucket] < heads[bucket] for bucket in heads))


def _of(conn: Conn, asked: dict[str, Any], wanted: frozenset[int]) -> Iterator[Happened]:
    for kind, payer_state, biller_state, biller_serial, *rest in conn.execute(_DECIDED, asked).fetchall():
        paid = _Paid(*rest)
        data = paid.said() | {
            "code": wire_code(_code(kind, biller_state)), "payer_state": payer_state, "biller_state": biller_state,
            "biller_serial": biller_serial,
        }  # fmt: skip
        yield from _told(DECIDED, paid, str(paid.payment_id), data, wanted)
    for verb, original, left_fen, *rest in conn.execute(_RETURNED, asked).fetchall():
        paid = _Paid(*rest)
        data = {"verb": verb} | paid.said() | {"original_serial": original, "left_fen": left_fen}
        yield from _told(RETURNED, paid, f"{paid.payment_id} {paid.serial}", data, wanted)


def _told(kind: str, paid: _Paid, subject: str, data: dict[str, Any], wanted: frozenset[int]) -> Iterator[Happened]:
    """One for the channel, one for the biller."""
    for partner_id in sorted({paid.channel_id, paid.biller_id} & wanted):
        yield Happened(kind, partner_id, subject, paid.booked_at, data)


def _code(kind: str, biller_state: str) -> Code:
    if kind != "void":
        return Code.OK
    return Code.BILLER_REJECTED if biller_state == "rejected" else Code.REVERSED_BEFORE_CHARGE


def find_files(conn: Conn, position: dict[str, Any], wanted: frozenset[int], most: int) -> FoundEvents:
    """Daily files, as the trail tells of their rows."""
    followed = follow(conn, position, ("daily_file",), most)
    made = [int(entry.subject_key) for entry in followed.entries if entry.action == "insert"]
    events = [
        Happened(FILE_READY, partner_id, f"daily_file {day:%Y%m%d} {version}", made_at, {
            "file": "daily_file", "name": file_name(code, day, version, is_text), "business_day": day.isoformat(),
            "version": version, "size": size, "sha256": sha256.hex(), "lines": lines, "amount_fen": amount_fen,
        })
        for partner_id, code, is_text, day, version, made_at, size, sha256, lines, amount_fen
        in conn.execute(_TOLD_FILE, {"files": made, "wanted": list(wanted)}).fetchall()
    ]  # fmt: skip
    return FoundEvents(events, followed.position, followed.more)


def file_name(code: str, day: Any, version: int, is_text: bool) -> str:
    """Of a daily file where it is laid down: one name for one content."""
    return f"{code}-{day:%Y%m%d}-v{version}.{'txt' if is_text else 'jsonl'}"


def file_of(conn: Conn, partner: str, data: dict[str, Any]) -> Iterator[bytes]:
    """The bytes of the daily file that such an event is about, in parts."""
    asked = (partner, data["business_day"], data["version"])
    for row in conn.execute(_PARTS, asked).fetchall():
        part = conn.execute(_PART, row).fetchone()
        assert part is not None
        yield bytes(part[0])
