"""A report told 报表: rows in order, the others as one, totals; every sum exact, whatever was cut."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from psycopg.errors import QueryCanceled

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.figures import composing
from yifen.trades.figures.asking import BY_NAME, COLUMNS_MAX, ReportAsk
from yifen.trades.figures.catalogue import MEASURES, PAYMENTS, SOURCES, topics_of
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.composing import CELLS_MAX, Keys, Sums
from yifen.trades.figures.kinds import Unit
from yifen.trades.figures.periods import ReportSpan, compared, heating_years

_SQL = queries(__package__)
_USERS, _SEASONS, _HAS_CHANNELS = _SQL["users"], _SQL["seasons"], _SQL["has_channels"]
Value = int | None  # of a rate basis points; None: of nothing


class ReportLine(NamedTuple):
    """A row: `keys` of its dimensions; none: the others, or the total. `values` as the heads say."""

    keys: Keys
    values: list[Value]


class ReportHead(NamedTuple):
    """A column of figures: of which value of the column's dimension (None: of all, "…": of the others), which measure,
    `then`: of the period that it is held against."""

    column: str | None
    measure: str
    unit: Unit
    then: bool = False


class ToldReport(NamedTuple):
    """`others`: what stands in no line; `cut`: there are more rows than were read; `columns_left`: how many values of
    the column's dimension stand among its others. `users`: by number their names, `places`: of those out of reach
    the institution."""

    ask: ReportAsk
    span: ReportSpan
    then: ReportSpan | None
    heads: list[ReportHead]
    lines: list[ReportLine]
    others: ReportLine | None
    total: ReportLine
    cut: bool
    users: Mapping[str, str]
    places: Mapping[str, str]
    columns_left: int = 0
    is_own: bool = False  # of official cards the reader's own alone: the lists of their rows are not his


OTHERS = "…"


class _Whole(NamedTuple):
    """Sums of all views together, for one period. `cut`: rows from this one on are not there."""

    cells: dict[tuple[Keys, str], Sums]
    columns: dict[str, Sums]
    whole: Sums
    cut: Keys | None


def told(
    conn: Any, ask: ReportAsk, today: date, scope: dict[str, Any], most: int = CELLS_MAX, open_day: date | None = None
) -> ToldReport:
    """Ask the views. `scope`: as reach.reach, or of a company's figures alone as face/scope.params; `open_day`: the
    business day by which periods like "this month" go, without it today. Refused: FIGURES_TOO_MUCH, what takes too
    long; FIGURES_NOT_YOURS, of measures that the reader may not see."""
    if not topics_of(ask.measures) <= scope.get("topics", {SOURCES[PAYMENTS].permission}):
        raise Refused(FigureCode.FIGURES_NOT_YOURS, "measures")
    try:
        return _told(conn, ask, open_day or today, today, scope, most)
    except QueryCanceled:
        raise Refused(FigureCode.FIGURES_TOO_MUCH, "period") from None


def _told(
    conn: Any, ask: ReportAsk, by_day: date, today: date, scope: dict[str, Any], most: int
) -> ToldReport:
    seasons = _seasons(conn, scope) if "season" in ask.period else ()
    span = ask.span(by_day, seasons)
    then = compared(ask.period, span, ask.compare, seasons) if ask.compare else None
    now, before = (
        _asked(conn, ask, one, today, scope, most) if one else None for one in (span, then)
    )
    assert now is not None
    heads = _heads(ask, now)
    keys = {keys for keys, _ in now.cells} | (
        {keys for keys, _ in before.cells} if before else set()
    )
    lines = [
        ReportLine(one, _values(heads, _row(now, one), _row(before, one) if before else {}))
        for one in keys
    ]
    lines = _ordered(ask, heads, lines)
    shown = lines[: ask.top] if ask.top else lines
    total = ReportLine((), _values(heads, _total(now), _total(before) if before else {}))
    others, cut = None, bool(now.cut or (before and before.cut))
    if len(shown) < len(lines) or cut:
        left = [_less(one, (line.keys for line in shown)) if one else None for one in (now, before)]
        assert left[0] is not None
        others = ReportLine((), _values(heads, left[0], left[1] or {}))
    numbers = [int(one) for one in _users(ask, shown, heads)]
    people = conn.execute(_USERS, {**scope, "users": numbers}).fetchall()
    return ToldReport(
        ask, span, then, heads, shown, others, total, cut,
        {number: name for number, name, _ in people if name},
        {number: place for number, name, place in people if not name},
        max(0, len(now.columns) - COLUMNS_MAX) if ask.column else 0, "person" in scope,
    )  # fmt: skip


def _seasons(conn: Any, scope: dict[str, Any]) -> Sequence[ReportSpan]:
    """Heating years of the companies in reach."""
    return heating_years([ReportSpan(*row) for row in conn.execute(_SEASONS, scope).fetchall()])


def _asked(
    conn: Any, ask: ReportAsk, span: ReportSpan, today: date, scope: dict[str, Any], most: int
) -> _Whole:
    """All views, merged by their keys; what one of them was cut at, no other has."""
    views = []
    for view in ask.views:
        is_wide = bool(conn.execute(_HAS_CHANNELS, scope).fetchone()[0]) if view == PAYMENTS else "units" in scope
        rows = conn.execute(
            composing.statement(ask, view, is_wide), composing.values(ask, span, today, scope, most)
        ).fetchall()
        views.append(composing.view_sums(ask, view, rows, most))
    cuts = [one.cut for one in views if one.cut is not None]
    found = _Whole({}, {}, {}, min(cuts, default=None))
    for one in views:
        found.whole.update(one.whole)
        for column, sums in one.columns.items():
            found.columns.setdefault(column, {}).update(sums)
        for place, sums in one.cells.items():
            if not cuts or place[0] < min(cuts):
                found.cells.setdefault(place, {}).update(sums)
    return found


def _heads(ask: ReportAsk, now: _Whole) -> list[ReportHead]:
    """Each column's, those of the others, and of all together."""
    columns: list[str | None] = []
    if ask.column:
        names = sorted(now.columns)
        columns = [*names[:COLUMNS_MAX], *([OTHERS] if len(names) > COLUMNS_MAX else [])]
    return [ReportHead(column, name, MEASURES[name].unit, then) for column in [*columns, None]
            for name in ask.measures for then in ((False, True) if ask.compare else (False,))]  # fmt: skip


def _row(found: _Whole, keys: Keys) -> dict[str, Sums] | None:
    """Sums of a row by column; None: it was not read, what there is of it stands among the others."""
    if found.cut is not None and keys >= found.cut:
        return None
    if not found.columns:
        return {"": found.cells.get((keys, ""), {})}
    return {
        column: found.cells[keys, column]
        for column in found.columns
        if (keys, column) in found.cells
    }


def _total(found: _Whole) -> dict[str, Sums]:
    return found.columns or {"": found.whole}


def _less(found: _Whole, shown: Iterable[Keys]) -> dict[str, Sums]:
    """What of the totals is in none of these rows."""
    left = {column: dict(sums) for column, sums in _total(found).items()}
    for keys in shown:
        for column, sums in (_row(found, keys) or {}).items():
            for name, value in sums.items():
                left[column][name] -= value
    return left


def _values(
    heads: list[ReportHead], now: dict[str, Sums] | None, before: dict[str, Sums] | None
) -> list[Value]:
    """By the heads; None: not read."""
    named = {head.column for head in heads} - {None, OTHERS}
    found: list[Value] = []
    for head in heads:
        of = before if head.then else now
        if of is None:
            found.append(None)
            continue
        taken = [sums for column, sums in of.items() if head.column is None or column == head.column
                 or (head.column == OTHERS and column not in named)]  # fmt: skip
        found.append(_value(head.measure, taken))
    return found


def _value(name: str, taken: list[Sums]) -> Value:
    measure = MEASURES[name]
    if measure.unit != "rate":
        return sum(sums.get(name, 0) for sums in taken)
    whole = sum(sums.get(measure.whole, 0) for sums in taken)
    part = sum(sums.get(measure.part, 0) for sums in taken)
    return (part * 20_000 + whole) // (2 * whole) if whole > 0 else None


def _ordered(ask: ReportAsk, heads: list[ReportHead], lines: list[ReportLine]) -> list[ReportLine]:
    """By name, or by a measure of all columns, the most first."""
    lines = sorted(lines, key=lambda line: line.keys)
    if ask.sort == BY_NAME:
        return lines
    place = next(
        n
        for n, head in enumerate(heads)
        if (head.column, head.measure, head.then) == (None, ask.sort, False)
    )
    return sorted(
        lines, key=lambda line: -(-1 if line.values[place] is None else line.values[place] or 0)
    )


def _users(ask: ReportAsk, lines: list[ReportLine], heads: list[ReportHead]) -> set[str]:
    """Numbers of users that stand in it."""
    found = {line.keys[ask.rows.index("user")] for line in lines} if "user" in ask.rows else set()
    if ask.column == "user":
        found |= {head.column for head in heads if head.column and head.column != OTHERS}
    found |= set(ask.filters.get("user", ()))
    return {one for one in found if one.isascii() and one.isdigit()}
