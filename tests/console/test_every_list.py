"""Every list of the registry: no row is lost or doubled on the way through its pages, and its export
holds what it shows."""

import csv
import io
from typing import Any

import pytest

from tests.console.busy import Busy
from tests.web import doors_table
from yifen.core.plugs import plugs

NAMES = [dotted for plug in plugs() for dotted in plug.lists]
ASKED = {
    "payments": "since=2026-11-23&until=2026-11-23",
    "account": "since=2026-11-23&until=2026-11-23",
    "differences": "state=",
    "reconciliations": "which=",
}
PAGES_MAX = 400


@pytest.fixture(scope="module")
def filled(busy: Busy) -> Busy:
    """Some of what the busy province lacks: rows that are alike in all that lists are ordered by."""
    from datetime import UTC, datetime

    from yifen.core.access.models import User
    from yifen.trades.reconciliation.models import Layout

    now = datetime(2026, 11, 23, tzinfo=UTC)
    User.objects.bulk_create(
        User(login=f"same{n}", name="同名", institution_id=busy.place.own.county, created_at=now)
        for n in range(7)
    )
    Layout.objects.bulk_create(
        Layout(code=f"same{n}", name="同名", shape="fixed") for n in range(7)
    )
    return busy


def test_the_last_day_of_a_period_counts_to_its_end(filled: Busy) -> None:
    from datetime import date

    from django.db import connection

    from yifen.face.lists.registry import lists_by_name

    day, asked = date(2026, 11, 23), 0
    assert len(lists_by_name()) >= len(NAMES)
    for listing in lists_by_name().values():
        for column in listing.columns:
            ends = [one for one in column.filters if one.name in ("since", "until")]
            if not ends or column.kind != "time":  # of days: they are compared with days
                assert not ends or column.kind == "day", (listing.name, column.name)
                continue
            asked += 1
            for at, is_in in (("2026-11-22 23:59:59.9", False), ("2026-11-23 00:00", True),
                              ("2026-11-23 23:59:59.9", True), ("2026-11-24 00:00", False)):  # fmt: skip
                found = " AND ".join(str(one.of(f"'{at}+08'::timestamptz").where) for one in ends)
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT {found}", {"since": day, "until": day})
                    assert cursor.fetchone() == (is_in,), (listing.name, at)
    assert asked >= 4


@pytest.fixture(params=NAMES, ids=lambda dotted: dotted.rpartition(":")[2])
def listing(request: pytest.FixtureRequest, filled: Busy) -> Any:
    """Each list; of one thing, that thing of the own county."""
    from yifen.core.plugs import called
    from yifen.face.lists.registry import list_of

    name = called(request.param).name
    arguments = doors_table.ARGUMENTS.get(name)
    about = arguments(filled.place, filled.place.own) if arguments else {}
    return list_of(name, reader(filled), **about)


def reader(busy: Busy) -> Any:
    """Who sees the whole county and may see whole account numbers."""
    from yifen.core.access.edge import Access

    return Access(busy.place.users["auditor"])


def asks(listing: Any, busy: Busy) -> list[Any]:
    """Every order of the list, both ways round where it turns."""
    from django.http import QueryDict

    from yifen.face.lists import showing

    text = ASKED.get(listing.name, "")
    if listing.name == "payables":
        text = f"biller={busy.place.own.biller}&name=欧阳"
    access, found = reader(busy), []
    for name, order in listing.orders.items():
        for sign in ("", "-") if order.turns else ("",):
            asked = QueryDict(f"{text}&sort={sign}{name}")
            form = showing.form_of(listing, asked, access)
            assert form.is_valid(), form.errors
            found.append(showing.ask_of(listing, asked, access, form))
    return found


def walked(listing: Any, ask: Any) -> list[list[Any]]:
    """All pages to the last one."""
    from yifen.face.lists.paging import page

    pages: list[list[Any]] = []
    while len(pages) < PAGES_MAX:
        found = page(listing, ask)
        if pages or found.rows:
            pages.append(found.rows)
        if found.older is None:
            return pages
        ask = ask._replace(key=through_an_address(ask, found.older), back=False)
    raise AssertionError("the pages do not end")


def walked_back(listing: Any, ask: Any) -> list[list[Any]]:
    """To the last page, and from there to the first again."""
    from yifen.face.lists.paging import page

    found, key = page(listing, ask), None
    while found.older is not None:
        key = through_an_address(ask, found.older)
        found = page(listing, ask._replace(key=key))
    pages = [found.rows] if found.rows else []
    while found.newer is not None and len(pages) < PAGES_MAX:
        key = through_an_address(ask, found.newer)
        found = page(listing, ask._replace(key=key, back=True))
        pages.insert(0, found.rows)
    return pages


def through_an_address(ask: Any, key: Any) -> Any:
    return ask.order.read(ask.order.write(key))


def flat(pages: list[list[Any]]) -> list[Any]:
    return [row for rows in pages for row in rows]


def whole(listing: Any, ask: Any) -> list[Any]:
    from yifen.face.exports.rows import every_row

    return list(every_row(listing, ask))


def written(listing: Any, ask: Any, rows: list[Any]) -> list[list[str]]:
    from yifen.face.exports.csv_file import csv_chunks

    text = b"".join(csv_chunks(listing, ask, rows)).decode("utf-8-sig")
    csv.field_size_limit(max(len(text), csv.field_size_limit()))  # what `migrate` installed is one long entry
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_order_ends_in_what_is_unique_and_never_null(listing: Any, filled: Busy):
    from django.db import connection

    from yifen.face.lists.selecting import statement

    if listing.select is not None or listing.pages is not None:
        return
    for ask in asks(listing, filled):
        assert ask.order.by[-1] == listing.key
        select = statement(listing, ask)
        keys = f"SELECT {', '.join(ask.order.by)} {listing.source} WHERE {' AND '.join([*select.where, 'true'])}"
        with connection.cursor() as cursor:
            cursor.execute(keys, select.params)
            found = cursor.fetchall()
        assert None not in {value for row in found for value in row}
        assert len({row[-1] for row in found}) == len(found)


@pytest.mark.parametrize("size", [1, 3])
def test_its_pages_lose_and_double_nothing_in_either_direction(listing: Any, filled: Busy, size: int):
    if listing.only_exported:
        return
    for ask in asks(listing, filled)[: 1 if size == 1 else None]:
        rows = whole(listing, ask)
        ask = ask._replace(limit=size if len(rows) < 40 else size * 17)
        shown = flat(walked(listing, ask))
        assert written(listing, ask, shown) == written(listing, ask, rows)
        assert flat(walked_back(listing, ask)) == shown


def test_its_pages_lose_and_double_nothing_where_all_rows_are_alike(listing: Any, filled: Busy):
    """All that it is ordered by but the last is made one and the same value."""
    if listing.only_exported or listing.pages is not None:
        return
    from yifen.face.lists import keys

    for way in (True, False):
        ask = asks(listing, filled)[0]
        order = keys.order({"(7 + 0)": "num", listing.key: listing.key_kind}, way)
        ask = ask._replace(order=order, descending=way, limit=2)
        shown = flat(walked(listing, ask))
        assert len({row.key for row in shown}) == len(shown) == len(whole(listing, ask))
        assert flat(walked_back(listing, ask)) == shown


def test_its_count_is_the_number_of_its_rows_and_its_sums_are_theirs(listing: Any, filled: Busy):
    from yifen.face.lists.counting import counted
    from yifen.trades.billing.pages.arrears.lists import by_account

    ask = asks(listing, filled)[0]
    found = counted(listing, ask)
    if listing.only_exported or listing.pages is by_account:
        assert found is None
        return
    rows = whole(listing, ask)
    assert found is not None
    assert (found.rows, found.is_cut) == (len(rows), False)
    for column, fen in found.sums or ():
        assert fen == sum(column.value_of(row, ask.access) or 0 for row in rows)


def test_a_count_stops_at_its_bound_and_says_so(listing: Any, filled: Busy, monkeypatch: pytest.MonkeyPatch):
    from yifen.face.lists import counting
    from yifen.trades.billing.pages.arrears.lists import by_account

    if listing.only_exported or listing.pages is by_account:
        return
    monkeypatch.setattr(counting, "COUNT_MAX", 1)
    ask = asks(listing, filled)[0]
    found, rows = counting.counted(listing, ask), whole(listing, ask)
    assert found is not None
    assert (found.rows, found.is_cut) == (min(len(rows), 1), len(rows) > 1)
    if found.is_cut and found.sums is not None:
        assert ("+" in found.text, "1" in found.sums_text) == (True, True)
        for column, fen in found.sums:
            assert fen == (column.value_of(rows[0], ask.access) or 0)


def test_every_list_is_found_by_its_name_and_no_name_is_there_twice(filled: Busy):
    from yifen.face.lists.registry import lists_by_name

    assert len(lists_by_name()) == len(NAMES)
    assert all(name == listing.name for name, listing in lists_by_name().items())


def test_two_lists_of_one_name_are_refused(filled: Busy, monkeypatch: pytest.MonkeyPatch):
    from yifen.core.facts.plug import Plug
    from yifen.core.plugs import PlugError
    from yifen.face.lists import registry

    twice = (Plug(name="a", lists=(NAMES[0],)), Plug(name="b", lists=(NAMES[0],)))
    monkeypatch.setattr(registry, "plugs", lambda: twice)
    with pytest.raises(PlugError, match="the list payments is claimed twice"):
        registry.lists_by_name.__wrapped__()
    no_list = (Plug(name="a", lists=("yifen.face.lists.keys:order",)),)
    monkeypatch.setattr(registry, "plugs", lambda: no_list)
    with pytest.raises(PlugError, match="is no list"):
        registry.lists_by_name.__wrapped__()
