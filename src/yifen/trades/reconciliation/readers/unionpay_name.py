"""Names of UnionPay's merchant files: INN<yyMMdd>88<kind>_<merchant>, as in the daily archive."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import BinaryIO, NamedTuple

from yifen.core.facts.days import DayError, parse_day
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

_NAME = re.compile(r"INN([0-9]{6})88(ZME?)_([0-9A-Za-z]{15})")


class UnionPayName(NamedTuple):
    """What a file's name tells."""

    day: date
    merchant_id: str


def parse_name(name: str, kind: str = "ZM") -> UnionPayName:
    """Day and merchant of "INN17071888ZM_898319849000018"; FILE_NAME (line 0) otherwise."""
    found = _NAME.fullmatch(name)
    if found is None or found[2] != kind:
        reason = told("not INN<yyMMdd>88{}_<merchant>: {!r}", kind, name[:80])
        raise FileError(0, "name", reason, FileCode.FILE_NAME)
    try:
        return UnionPayName(parse_day(f"20{found[1]}"), found[3])
    except DayError as error:
        raise FileError(0, "name", error.args[0], FileCode.FILE_NAME) from error


def day_of_name(name: str) -> date:
    """The settlement day (清算日) in a ZM file's name; FILE_NAME when the name is another."""
    return parse_name(name).day


def open_named(
    stream: BinaryIO,
    hints: Hints,
    kind: str,
    rows: Callable[[BinaryIO, date, Reading], Iterator[Sequence[Row]]],
) -> Reading:
    """A reading with the day and the merchant of the name.

    Without a day in the hints the name must say it (FILE_NAME). Where both speak they must agree;
    a name of another form says nothing.
    """

    def opened(day: date) -> Reading:
        return Reading(hints, lambda reading: chain.from_iterable(rows(stream, day, reading)))

    found = _NAME.fullmatch(hints.name)
    if hints.day is not None and (found is None or found[2] != kind):
        return opened(hints.day)
    day, owner = parse_name(hints.name, kind)
    reading = opened(day)
    reading.of_day(0, "name", day)
    reading.of_owner(0, "name", owner)
    return reading


def moments_near(texts: Sequence[str], day_of: Callable[[str], date]) -> list[datetime]:
    """Times "0718215916", each on the day that `day_of` gives its "0718"; ValueError where one is no time."""
    days = {text: f"{day_of(text).isoformat()}T" for text in {text[:4] for text in texts}}
    return [datetime.fromisoformat(days[text[:4]] + text[4:]) for text in texts]
