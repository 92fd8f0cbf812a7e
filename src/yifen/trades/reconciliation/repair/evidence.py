"""The evidence behind a difference: our line as it stands in our daily file, theirs as they sent it."""

from typing import Any

from yifen.core.facts.daily_file import DailyLine, text_line
from yifen.core.facts.days import ZONE
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.keeping import opened
from yifen.trades.reconciliation.repair.items import Connection, RepairItem

LINE_BYTES_MAX = 16_384
_SQL = queries(__package__)
_PLACE = _SQL["line_place"]
_START = _SQL["part_with_line"]
_PART = _SQL["next_part"]
_OURS = _SQL["our_line"]


def our_line(conn: Connection, item: RepairItem) -> str | None:
    """As our daily file has it; None where we had nothing, or nothing decided."""
    if item.ours_kind not in ("sale", "refund", "void") or item.payment_id is None:
        return None
    params = {"payment": item.payment_id, "sale": item.ours_kind == "sale",
              "serial": item.serial, "fen": item.ours_fen}  # fmt: skip
    row = conn.execute(_OURS, params).fetchone()
    if row is None:
        return None
    paid_at, booked_at = (at.astimezone(ZONE).replace(tzinfo=None) for at in row[7:9])
    cells = [*row[:7], paid_at, booked_at, row[9]]
    return text_line(DailyLine(*cells)).rstrip("\n")


def their_line(conn: Connection, item: RepairItem) -> str | None:
    """Out of the very bytes they sent, at most LINE_BYTES_MAX of them; None where they had none or
    their format has no lines (XML, archives)."""
    place = conn.execute(_PLACE, (item.item_id,)).fetchone()
    if place is None or place[0] is None or place[1] is None:
        return None
    file_id, line_no, encoding = place
    head = _part(conn, file_id, 0)
    if head is None or not _has_lines(head[:64]):
        return None
    raw = _cut_out(conn, file_id, line_no)
    return None if raw is None else _decoded(raw, encoding)


def _has_lines(head: bytes) -> bool:
    return not head.startswith((b"PK", b"\x1f\x8b")) and b"<" not in head[:8]


def _cut_out(conn: Connection, file_id: int, line_no: int) -> bytes | None:
    """The line's bytes without its end; it may go on in the next parts."""
    row = conn.execute(_START, {"file": file_id, "line": line_no}).fetchone()
    if row is None:
        return None
    part_no, first_line = row[0], row[1]
    body = opened(file_id, part_no, bytes(row[2]), row[3])
    start, found = 0, bytearray()
    for _ in range(line_no - first_line):
        start = body.find(b"\n", start) + 1
        if not start:
            return None
    while True:
        end = body.find(b"\n", start)
        found += body[start : end if end >= 0 else len(body)]
        if end >= 0 or len(found) >= LINE_BYTES_MAX:
            break
        more = _part(conn, file_id, part_no := part_no + 1)
        if more is None:
            break
        start, body = 0, more
    return bytes(found[:LINE_BYTES_MAX]).removesuffix(b"\r")


def _part(conn: Connection, file_id: int, part_no: int) -> bytes | None:
    row: tuple[Any, ...] | None = conn.execute(_PART, (file_id, part_no)).fetchone()
    return opened(file_id, part_no, bytes(row[0]), row[1]) if row else None


def _decoded(raw: bytes, encoding: str) -> str:
    """In the partner's encoding; what was sent in another one is most likely GB18030."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
