"""One statement out of declared expressions, and what it answers."""

from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.sqlfiles import queries
from yifen.trades.figures.asking import ReportAsk
from yifen.trades.figures.catalogue import (
    BILLS,
    DIMENSIONS,
    MEASURES,
    PAYMENTS,
    SOURCES,
    sums_of,
)
from yifen.trades.figures.periods import ReportSpan

CELLS_MAX = 20_000
_SQL = queries(__package__)
_TOLD, _FILTER = _SQL["told"], _SQL["filtered"]
Keys = tuple[str, ...]
Sums = dict[str, int]
SCOPES = {BILLS: _SQL["scope_bills"], PAYMENTS: _SQL["scope_payments"]}
_UNITS, _SELF = _SQL["scope_units"], _SQL["scope_self"]
OWN = {BILLS: _SQL["scope_bills"], PAYMENTS: _SQL["scope_own"]}


class ViewSums(NamedTuple):
    """Sums of one view: of each cell by its row's and column's keys, of each column, of all. `cut`: rows from this
    one on are not there."""

    cells: dict[tuple[Keys, str], Sums]
    columns: dict[str, Sums]
    whole: Sums
    cut: Keys | None


def scope_of(view: str, is_wide: bool) -> str:
    """Which rows a reader sees. `is_wide`: of payments, a partner in scope may be a channel; of official cards, he sees
    units, not himself alone."""
    if view in SCOPES:
        return (SCOPES if is_wide else OWN)[view]
    return _UNITS if is_wide else _SELF


def statement(ask: ReportAsk, view: str, is_wide: bool = True) -> str:
    """The SQL, of expressions of the catalogue alone. `is_wide`: as `scope_of`."""
    source = SOURCES[view]
    keys = [f"z.k{place}" for place, _ in enumerate(ask.dimensions)]
    column = keys[-1:] if ask.column else []
    sets = [keys, *([column] if column else []), []]
    grouping = f"GROUPING({', '.join(keys)})"
    return _TOLD.format(
        keys=", ".join(keys),
        level=grouping,
        view=source.view,
        scope=scope_of(view, is_wide),
        day=source.day,
        filters="".join(_FILTER.format(sql=DIMENSIONS[name].of[view], value=f"%(f_{name})s") for name in ask.filters),
        reads=source.reads,
        dimensions=", ".join(
            f"{DIMENSIONS[name].of[view]} AS k{place}" for place, name in enumerate(ask.dimensions)
        ),
        sums=", ".join(
            f"coalesce({MEASURES[name].sql}, 0)::bigint AS m_{name}"
            for name in sums_of(ask.measures, view)
        ),
        sets=", ".join(f"({', '.join(one)})" for one in sets),
        order=", ".join(f'{key} COLLATE "C"' for key in keys),
    )


def values(
    ask: ReportAsk, span: ReportSpan, today: date, scope: dict[str, Any], most: int = CELLS_MAX
) -> dict[str, Any]:
    """What the statement asks with."""
    filters = {f"f_{name}": list(values) for name, values in ask.filters.items()}
    return {
        **scope,
        **filters,
        "since": span.since,
        "until": span.until,
        "today": today,
        "most": most + 1,
    }


def view_sums(
    ask: ReportAsk, view: str, rows: list[tuple[Any, ...]], most: int = CELLS_MAX
) -> ViewSums:
    """Out of the statement's rows. Where it was cut the last row may be in part: it is left out."""
    names, width = sums_of(ask.measures, view), len(ask.dimensions)
    found = ViewSums({}, {}, dict.fromkeys(names, 0), None)
    for row in rows:
        keys, mask, sums = (
            row[:width],
            row[width],
            dict(zip(names, row[width + 1 : -1], strict=True)),
        )
        if mask == 0:
            found.cells[keys[: len(ask.rows)], keys[-1] if ask.column else ""] = sums
        elif mask % 2 == 0:  # the last key is there, of the rows' none
            found.columns[keys[-1]] = sums
        else:
            found.whole.update(sums)
    if len(found.cells) <= most:
        return found
    last = max(keys for keys, _ in found.cells)
    left = {place: sums for place, sums in found.cells.items() if place[0] < last}
    return found._replace(cells=left, cut=last)
