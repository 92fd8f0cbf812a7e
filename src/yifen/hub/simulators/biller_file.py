"""A biller's own books as a daily file in the hub's form: what it serves by the verb `file`.

Serials are as it received them: the hub's payment id, and that with an R for what was taken back.
"""

from datetime import date, datetime
from hashlib import sha256

from yifen.core.facts import daily_file
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.simulators.books import BillerBooks

RETURNS = ("reverse", "refund")


def daily(
    books: BillerBooks, biller: str, day: date, *, text: bool, encoding: str = "utf-8"
) -> bytes:
    """The file of a calendar day: text lines in `encoding`, else JSON Lines in UTF-8."""
    lines = sorted(_lines(books, biller, day), key=lambda line: (line.booked_at, line.serial))
    sales = [line.amount_fen for line in lines if line.kind not in RETURNS]
    backs = [line.amount_fen for line in lines if line.kind in RETURNS]
    anchor = sha256(biller.encode()).hexdigest()
    head = DailyHead(biller, day, len(sales), sum(sales), len(backs), sum(backs), anchor)
    if text:
        body = daily_file.text_head(head) + "".join(map(daily_file.text_line, lines))
        content = body.encode(encoding)
        tail = DailyTail(len(lines), sha256(content).hexdigest())
        return content + daily_file.text_tail(tail).encode(encoding)
    content = daily_file.json_head(head) + b"".join(map(daily_file.json_line, lines))
    return content + daily_file.json_tail(DailyTail(len(lines), sha256(content).hexdigest()))


def _lines(books: BillerBooks, biller: str, day: date) -> list[DailyLine]:
    found = []
    for kind, serial, charge, number, booked_at in books.bookings():
        at = _local(booked_at)
        if at.date() == day:
            original = charge.serial if kind in RETURNS else None
            found.append(
                DailyLine(kind, serial, original, str(number), biller, charge.account_no,
                          charge.amount_fen, _local(charge.paid_at), at, None)
            )  # fmt: skip
    return found


def _local(moment: datetime) -> datetime:
    return moment.astimezone(HUB_ZONE).replace(tzinfo=None, microsecond=0)
