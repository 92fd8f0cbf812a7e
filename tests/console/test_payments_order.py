"""What the list of payments and its export show first, where time alone does not say it."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.console.busy import Busy, again
from tests.console.pages import Page
from tests.console.test_payments import DAY, LIST, walk
from tests.web import site
from tests.world import NOON

TWICE = "3499999999"  # pays three times at once
AT_ONCE, LATER = range(1_000, 1_160), range(2_000, 2_200)


@pytest.fixture(scope="module")
def alike(busy: Busy) -> Busy:
    """160 payments of one moment, and 200 after it; the biller agreed to one of the first an hour later."""
    with psycopg.connect(busy.place.database.app_url) as conn:
        world = again(conn, busy.place)
        made = [at(world, number, 3600) for number in AT_ONCE]
        made += [at(world, number, 3600 + number - LATER.start) for number in LATER]
    with psycopg.connect(busy.place.database.super_url) as conn:
        late = conn.execute(
            "UPDATE payment SET booked_at = booked_at + interval '1 hour' WHERE payment_id = %s", [made[9]]
        )
        assert late.rowcount == 1
    return busy


def at(world: Any, number: int, seconds: int) -> int:
    """A payment so many seconds after noon."""
    world.now = NOON + timedelta(seconds=seconds)
    ref, account = f"M-{number}", TWICE if number < AT_ONCE.start + 3 else f"34{number:08d}"
    world.owe("POWER01", account, ref, number, name="欧阳小明")
    booked = world.charge(f"S-{number}", {ref: number}, channel="WX01", biller="POWER01",
                          account_no=account, paid_at=world.now)  # fmt: skip
    assert booked.payment_id is not None
    return booked.payment_id  # type: ignore[no-any-return]


def shown(client: Any, query: dict[str, str]) -> list[str]:
    """The numbers of every page, the first one's first."""
    return [number for page in walk(Page(client, LIST, **query)) for number in page.column("缴费号")]


def exported(client: Any, query: dict[str, str]) -> list[str]:
    answer = client.post(f"{LIST}export/", {"format": "csv", "query": urlencode(query)})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [row["缴费号"] for row in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize("sort", ["", "-time", "amount", "-amount"])
def test_the_export_has_what_happened_at_once_in_the_order_of_the_pages(alike: Busy, sort: str):
    client = site.client_of(alike.place.users["finance"])
    pages = shown(client, DAY | {"sort": sort})
    assert len(pages) == len(set(pages)) == 132 + 160 + 200
    assert exported(client, DAY | {"sort": sort}) == pages


def test_a_search_is_exported_in_its_order_too(alike: Busy):
    client = site.client_of(alike.place.users["finance"])
    asked = DAY | {"q": TWICE}
    assert shown(client, asked) == exported(client, asked) == sorted(shown(client, asked), key=int, reverse=True)
    assert len(shown(client, asked)) == 3


def test_an_export_holds_every_payment_once_while_they_change_and_no_old_snapshot(alike: Busy):
    from yifen.face.exports.rows import every_row

    listing, ask = question(alike)
    rows = every_row(listing, ask)
    first = next(rows)
    returned = "UPDATE payment SET payer_state = '{}' WHERE payment_id <> %s AND account_no LIKE '34%%'"
    with psycopg.connect(alike.place.database.super_url, autocommit=True) as conn:
        assert kept_back(conn) == []
        conn.execute(returned.format("returned"), [first.payment_id])
        try:
            rest = list(rows)
        finally:
            conn.execute(returned.format("taken"), [first.payment_id])
    numbers = {first.payment_id, *(row.payment_id for row in rest)}
    assert len(numbers) == len(rest) + 1 == 132 + 160 + 200


def test_an_export_by_amount_is_of_one_moment_which_no_snapshot_keeps(alike: Busy):
    """A row that leaves the filter while the export is under way stays in it."""
    from yifen.face.exports.rows import every_row

    listing, ask = question(alike, sort="amount")
    rows = every_row(listing, ask)
    first = next(rows).payment_id
    moved = "UPDATE payment SET business_day = business_day {} 1 WHERE account_no LIKE '34%'"
    with psycopg.connect(alike.place.database.super_url, autocommit=True) as conn:
        assert kept_back(conn) == []
        conn.execute(moved.format("-"))
        try:
            assert len({first, *(row.payment_id for row in rows)}) == 132 + 160 + 200
        finally:
            conn.execute(moved.format("+"))


def kept_back(conn: psycopg.Connection[Any]) -> list[Any]:
    """Who of this database keeps old versions of rows, besides who asks."""
    return conn.execute(
        "SELECT pid, query FROM pg_stat_activity WHERE backend_xmin IS NOT NULL"
        " AND pid <> pg_backend_pid() AND datname = current_database()"
    ).fetchall()


def question(busy: Busy, **more: str) -> tuple[Any, Any]:
    """The list of payments, and what a person in the county asks of it."""
    from django.http import QueryDict

    from yifen.core.access.edge import Access
    from yifen.face.lists import showing
    from yifen.face.payments.listing import PAYMENTS

    access, asked = Access(busy.place.users["finance"]), QueryDict(urlencode(DAY | more))
    form = showing.form_of(PAYMENTS, asked, access)
    assert form.is_valid()
    return PAYMENTS, showing.ask_of(PAYMENTS, asked, access, form)
