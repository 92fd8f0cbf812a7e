"""What the utility's own database says was written on a day, as a daily file in the hub's form: so its books are
compared like any other biller's."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from yifen.core.facts import daily_file
from yifen.core.facts.codes import Code
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.core.wire.messages import WireFault
from yifen.trades.connector import values
from yifen.trades.connector.database import Call, Row, Talk, UtilityDatabase
from yifen.trades.connector.mapping import Mapping

LINES_MAX = 500_000


def day_file(database: UtilityDatabase, mapping: Mapping, call: Call, biller: str, day: date) -> bytes:
    """WireFault: FILE_NOT_READY, the mapping has no `day`; ValueUnread, DatabaseFault."""
    way = mapping.day
    if way is None:
        raise WireFault(Code.FILE_NOT_READY, "biller", biller)
    sql = way.sql

    def work(talk: Talk) -> list[DailyLine]:
        found = talk.rows(sql, values.whole_day(day), LINES_MAX)
        return [line for row in found for line in _lines(mapping, biller, row, day)]

    lines = sorted(database.read(work, call), key=lambda line: (line.booked_at, line.serial))
    sales = [line.amount_fen for line in lines if line.kind == "charge"]
    backs = [line.amount_fen for line in lines if line.kind != "charge"]
    anchor = sha256(biller.encode()).hexdigest()
    head = DailyHead(biller, day, len(sales), sum(sales), len(backs), sum(backs), anchor)
    content = daily_file.json_head(head) + b"".join(map(daily_file.json_line, lines))
    return content + daily_file.json_tail(DailyTail(len(lines), sha256(content).hexdigest()))


def _lines(mapping: Mapping, biller: str, row: Row, day: date) -> Iterator[DailyLine]:
    """A payment, and what took it back, each on its own day."""
    way, page = mapping.day, mapping.text
    assert way is not None
    serial, at = values.text_of(row, way.serial, page, 32), values.moment_of(row, way.at, page)
    paid = DailyLine("charge", serial, None, serial, biller, values.text_of(row, way.account, page, 40),
                     values.fen_of(row, way.amount, way.amounts), at, at, None)  # fmt: skip
    if at.date() == day:
        yield paid
    if way.back_at and values.column(row, way.back_at) is not None:
        at = values.moment_of(row, way.back_at, page)
        if at.date() == day:
            yield DailyLine("reverse", f"{serial}R", serial, serial, biller, paid.account_no, paid.amount_fen, at, at,
                            None)  # fmt: skip
