"""Payments are found by any number, listed page by page, and shown whole; others' never."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import DAY, NOON, World, the_ring
from yifen.hub.payments.lookup import PaymentFound, find
from yifen.hub.payments.lookup_detail import CallRow, Detail, EventRow, LineRow, ReturnRow, detail
from yifen.hub.payments.lookup_listing import (
    START,
    PaymentPage,
    PaymentSearch,
    Position,
    listing,
    position_text,
    read_position,
)
from yifen.hub.payments.traffic_queries import figures, undecided
from yifen.hub.payments.wirelog_queue import KEEP_SQL, KeptMessage, pack

BUCKETS = 2
COUNT = 40


class Place(NamedTuple):
    """What was paid; `ids`: serial → payment id."""

    world: World
    cursor: Any
    ids: dict[str, int]

    def find(self, text: str, scope: list[str] | None = None, **more: Any) -> list[tuple[str, int]]:
        found = find(self.cursor, BUCKETS, text, self.scope(scope), **more)
        return [(it.by, it.payment.payment_id) for it in found]

    def listed(self, scope: list[str] | None = None, **filters: Any) -> set[str]:
        page = listing(
            self.cursor, BUCKETS, PaymentSearch(**filters), self.scope(scope), limit=1000
        )
        assert page.next is None
        return {row.serial for row in page.rows}

    def scope(self, codes: list[str] | None) -> list[int] | None:
        return None if codes is None else [self.world.ids[code] for code in codes]


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[Place]:
    """40 hosted payments of 20 accounts, one a minute, in turn by WX and BANK; then S-REMOTE, which
    the gas company has not answered, S-GAS, which it booked, S-NO, which it refused, and S-BACK,
    which was taken back."""
    database = new_database(buckets=BUCKETS)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, BUCKETS).network()
        ids: dict[str, int] = {}

        def pay(serial: str, ref: str, fen: int, **fields: Any) -> None:
            booked = world.charge(serial, {ref: fen}, **fields)
            assert booked.payment_id is not None, booked
            ids[serial] = booked.payment_id

        for number in range(COUNT):
            account_no = f"A-{number % 20:04d}"
            world.owe("WATER", account_no, f"B{number}", 1000 + number)
            world.now = NOON + timedelta(minutes=number)
            channel = "WX" if number % 2 else "BANK"
            pay(f"S-{number}", f"B{number}", 1000 + number, channel=channel, account_no=account_no)
        world.now = NOON + timedelta(hours=2)
        gas = {"biller": "GAS", "account_no": "G1"}
        pay("S-REMOTE", "R1", 3000, **gas)
        pay("S-GAS", "R2", 500, **gas)
        world.result(ids["S-GAS"], "booked", "GAS-77", "0000")
        pay("S-NO", "RO", 700, **gas)
        world.result(ids["S-NO"], "rejected", None, "E9")
        pay("S-BACK", "B1", 1000)
        assert world.reverse("S-TAKES-BACK", "S-BACK", 1000, reason="录错").code == 0
        pay("S-1x", "P1", 100, channel="BANK")
        with conn.cursor() as cursor:
            yield Place(world, cursor, ids)


# --- by any number -----------------------------------------------------------------------------


def test_a_payment_is_found_by_each_of_its_numbers(place: Place) -> None:
    ids = place.ids
    number = ids["S-GAS"]
    for text in (f"{number}", f" {number} ", f"{number}R", f"{number}-7K3M-9XQ2-TB"):
        assert place.find(text) == [("payment", number)]
    assert place.find("S-GAS") == [("serial", number)]
    assert place.find("S-TAKES-BACK") == [("serial", ids["S-BACK"])]
    assert place.find("GAS-77") == [("biller_serial", number)]
    assert place.find("A-0003") == [("account", ids["S-23"]), ("account", ids["S-3"])]
    assert {payment for _, payment in place.find("G1")} == {
        ids[serial] for serial in ("S-REMOTE", "S-GAS", "S-NO")
    }
    water = place.world.ids["WATER"]
    assert place.find("G1", biller_id=water) == place.find("GAS-77", biller_id=water) == []
    assert place.find("A-0003", biller_id=water) == place.find("A-0003")


@pytest.mark.parametrize("text", [
    "", "  ", "NOTHING", "1", "0", "-1", "999000", "9" * 19, "9" * 40, "x" * 41, "\x00", "S-GAS\x00",
    "张三", "' OR true --", "S-%", "1e3000",
])  # fmt: skip
def test_what_is_no_number_of_anything_finds_nothing(place: Place, text: str) -> None:
    assert place.find(text) == []


def test_a_serial_that_two_channels_used_is_found_for_both(place: Place) -> None:
    first = place.world.charge("TWICE", {"P1": 100})
    other = place.world.charge("TWICE", {"O1": 100}, channel="BANK")
    assert set(place.find("TWICE")) == {("serial", first.payment_id), ("serial", other.payment_id)}
    assert place.find("TWICE", ["BANK"]) == [("serial", other.payment_id)]
    for serial in ("TWICE-1", "TWICE-2"):
        channel = "WX" if serial == "TWICE-1" else "BANK"
        place.world.call([place.world.return_work("reverse", serial, "TWICE", 100, channel)])


@pytest.mark.parametrize("text", ["id", "S-GAS", "GAS-77", "G1"])
def test_payments_of_others_are_not_found(place: Place, text: str) -> None:
    text = str(place.ids["S-GAS"]) if text == "id" else text
    assert place.find(text, ["BANK", "WATER", "HEAT"]) == []
    assert place.find(text, []) == []
    wanted = place.find(text)
    assert wanted != []
    assert place.find(text, ["WX"]) == place.find(text, ["GAS"]) == wanted


# --- lists -------------------------------------------------------------------------------------


def pages(place: Place, limit: int, **filters: Any) -> list[str]:
    """The serials of all pages, one page after the other."""
    found: list[str] = []
    before = None
    while True:
        page = listing(place.cursor, BUCKETS, PaymentSearch(**filters), None, before, limit)
        found += [row.serial for row in page.rows]
        if page.next is None:
            return found
        assert len(page.rows) == limit
        before = read_position(position_text(page.next), BUCKETS)


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 39, 40, 41])
def test_pages_show_everything_once_and_the_newest_first(place: Place, limit: int) -> None:
    found = pages(place, limit, biller_id=place.world.ids["WATER"], accounts=(),
                  amount_fen_min=1001, amount_fen_max=1999)  # fmt: skip
    assert found == [f"S-{number}" for number in range(COUNT - 1, 0, -1)]
    assert {place.ids[f"S-{number}"] % 1000 for number in range(COUNT)} == {0, 1}


def newest(place: Place, limit: int, before: Position | None = None) -> PaymentPage:
    return listing(place.cursor, BUCKETS, PaymentSearch(), None, before, limit)


def test_a_payment_that_comes_between_two_pages_moves_nothing(place: Place) -> None:
    everything = [row.payment_id for row in newest(place, 1000).rows]
    first = newest(place, 9)
    for number, account_no in enumerate(("A-0001", "A-0002", "A-0005", "A-0006")):
        place.world.owe("WATER", account_no, f"LATE{number}", 50)
        place.world.charge(f"LATE-{number}", {f"LATE{number}": 50}, account_no=account_no)
    second = newest(place, 1000, first.next)
    rows = first.rows + second.rows
    shown = [row.payment_id for row in rows]
    assert [row.payment_id for row in rows if not row.serial.startswith("LATE")] == everything
    assert len(shown) == len(set(shown))


def test_filters_narrow_and_go_together(place: Place) -> None:
    ids, hosted = place.world.ids, {f"S-{number}" for number in range(COUNT)}
    water = {"biller_id": ids["WATER"]}
    assert place.listed(channel_id=ids["BANK"], **water, amount_fen_min=1000) == {
        f"S-{number}" for number in range(0, COUNT, 2)
    }
    assert place.listed(biller_id=ids["GAS"]) == {"S-REMOTE", "S-GAS", "S-NO"}
    assert place.listed(payer_states=("held",)) == {"S-REMOTE"}
    assert place.listed(biller_states=("registered", "unknown")) == {"S-REMOTE"}
    assert place.listed(biller_states=("rejected",)) == {"S-NO"}
    assert place.listed(payer_states=("returned",)) >= {"S-NO", "S-BACK"}
    assert "S-NO" not in place.listed(payer_states=("returned",), **water)
    assert place.listed(biller_states=("reversed",)) - {"TWICE"} == {"S-BACK"}
    assert place.listed(payer_states=("refunded",)) == set()
    assert place.listed(amount_fen_min=1010, amount_fen_max=1012) == {"S-10", "S-11", "S-12"}
    assert place.listed(amount_fen_max=0) == set()
    assert place.listed(accounts=("A-0003",)) == {"S-3", "S-23"}
    assert place.listed(accounts=("A-0003",), channel_id=ids["BANK"]) == set()
    assert place.listed(day_from=DAY, day_until=DAY) >= hosted
    assert place.listed(day_from=DAY + timedelta(days=1)) == set()
    assert place.listed(day_until=date(2026, 11, 22)) == set()


def test_a_list_shows_no_payments_of_others(place: Place) -> None:
    assert place.listed(["GAS"]) == {"S-REMOTE", "S-GAS", "S-NO"}
    assert place.listed(["HEAT", "STRANGER"]) == place.listed([]) == set()
    assert place.listed(["BANK"], accounts=("A-0003",)) == set()
    assert {"S-0", "S-38", "S-1x"} <= place.listed(["BANK"])
    assert place.listed(["WX", "BANK"]) == place.listed()


def test_a_position_is_read_as_it_was_written_and_nothing_else_is() -> None:
    for position in ((START, (DAY, 12_001)), ((DAY, 123_000), START), ((DAY, 5000), (DAY, 1))):
        assert read_position(position_text(position), 2) == position
    assert read_position("", 2) is None
    assert read_position("zzzzz.1-0.zzzzzzzzzz", 2) is not None
    for text in ("1", "1.1", "-1", "1.1-2.1-3.1", "1.1-ä", "1.1-'", "zzzzzz.1-", "+1.1-1.1"):
        with pytest.raises(ValueError, match="position"):
            read_position(text, 2)


# --- one payment -------------------------------------------------------------------------------


def test_the_detail_has_lines_transfers_events_and_what_is_undone(place: Place) -> None:
    it = detail(place.cursor, place.ids["S-GAS"], None, the_ring())
    assert isinstance(it, Detail)
    assert (it.payment.channel_code, it.payment.biller_code) == ("WX", "GAS")
    assert (it.payer_name, it.biller_code, it.operator) == ("**小明", "0000", None)
    assert [(line.ref, line.title, line.amount_fen, line.state) for line in it.lines] == [
        ("R2", "应缴R2", 500, "settled")
    ]
    assert [(t.kind, t.debit_code, t.credit_code, t.credit_name, t.amount_fen, t.payable_ref)
            for t in it.transfers] == [
        ("pending", "1121.WX", "2241.GAS", "账户2241.GAS", 500, "R2"),
        ("post", "1121.WX", "2241.GAS", "账户2241.GAS", 500, "R2"),
    ]  # fmt: skip
    assert it.transfers[1].of_no == it.transfers[0].transfer_no
    assert it.events == [EventRow(place.world.now, "taken", "booked", "booked 0000")]
    assert (it.returns, it.call, it.messages) == ([], None, [])


def test_the_detail_of_a_payment_taken_back_and_of_one_undecided(place: Place) -> None:
    back = detail(place.cursor, place.ids["S-BACK"], None, the_ring())
    assert back is not None
    assert back.returns == [
        ReturnRow("reverse", "S-TAKES-BACK", 1000, 0, "录错", DAY, NOON + timedelta(hours=2))
    ]
    assert [(t.kind, t.of_no is None) for t in back.transfers] == [("posted", True),
                                                                   ("posted", False)]  # fmt: skip
    assert [line.ref for line in back.lines] == ["B1"]
    held = detail(place.cursor, place.ids["S-REMOTE"], None, the_ring())
    assert held is not None
    due_at = NOON + timedelta(hours=2, seconds=30)
    assert held.call == CallRow("charge", 0, False, due_at)
    assert isinstance(held.lines[0], LineRow)


def test_no_detail_of_others_or_of_nothing(place: Place) -> None:
    number = place.ids["S-GAS"]
    assert detail(place.cursor, number, place.scope(["GAS"]), the_ring()) is not None
    assert detail(place.cursor, number, place.scope(["BANK", "WATER"]), the_ring()) is None
    for nothing in (0, -1, 999, 999_999_000, 2**63, 2**80):
        assert detail(place.cursor, nothing, None, the_ring()) is None


def test_messages_belong_to_the_detail_of_those_who_exchanged_them(place: Place) -> None:
    ids, number = place.world.ids, place.ids["S-GAS"]
    kept = [("WX", "in", "charge", "S-GAS"), ("GAS", "out", "charge", f"{number}"),
            ("BANK", "in", "charge", "S-GAS"), ("GAS", "in", "query", f"{number}"),
            ("WX", "in", "confirm", "S-GAS")]  # fmt: skip
    rows = [
        KeptMessage(at=NOON, partner_id=ids[code], direction=direction, verb=verb, serial=serial,
                original_serial=None, account_tail=None, account_hash=None, amount_fen=None,
                dialect="xml", encoding="utf-8", proved=True, code=0, result=None, ms=1,
                content_hash=None, request_bytes=1, request="<a/>", reply="“\\\"")
        for code, direction, verb, serial in kept
    ]  # fmt: skip
    place.cursor.execute(KEEP_SQL, pack(rows))

    def seen(*scope: str) -> list[tuple[str, str, str]]:
        it = detail(place.cursor, number, place.scope(list(scope)) if scope else None, the_ring())
        assert it is not None
        assert {message.reply for message in it.messages} <= {'“\\"'}
        return [(m.partner_code, m.direction, m.verb) for m in it.messages]

    ours, theirs = ("GAS", "out", "charge"), [("WX", "in", "charge"), ("WX", "in", "confirm")]
    assert seen() == [theirs[0], ours, theirs[1]]
    assert seen("WX") == theirs
    assert seen("GAS") == [ours]


# --- figures -----------------------------------------------------------------------------------


def test_figures_by_every_group_and_of_no_others(place: Place) -> None:
    ids, minute = place.world.ids, int(NOON.timestamp()) // 60
    calls = [("WX", "WATER", 0, 6, 3), ("WX", "WATER", 8001, 2, 8), ("WX", "", 5005, 1, 40),
             ("BANK", "GAS", 8003, 1, 6000), ("", "", 2001, 99, 1)]  # fmt: skip
    place.cursor.execute("BEGIN")
    for partner, biller, code, count, ms in calls:
        slow = [0] * 11
        slow[{3: 0, 8: 1, 40: 3, 6000: 10, 1: 0}[ms]] = count
        place.cursor.execute(
            "SELECT payments_note_traffic_v1(ARRAY[%s::bigint], ARRAY[%s::integer],"
            " ARRAY[%s::integer], ARRAY['charge'], ARRAY[%s::integer], ARRAY[%s::bigint],"
            " ARRAY[%s::bigint], ARRAY[%s::integer], %s::integer[])",
            (minute, ids.get(partner, 0), ids.get(biller, 0), code, count, count * ms, ms, slow),
        )
    span = (NOON, NOON + timedelta(minutes=1))
    by_channel = figures(place.cursor, "channel", *span, None)
    assert [(f.key, f.calls, f.taken, f.failed, f.success_bp, f.able_bp, f.ms_mean, f.ms_max,
             f.p50, f.p95, f.p99) for f in by_channel] == [
        (ids["WX"], 9, 8, 0, 10000, 10000, 8, 40, 5, 40, 40),
        (ids["BANK"], 1, 0, 1, 0, 0, 6000, 6000, 6000, 6000, 6000),
    ]  # fmt: skip

    def keys(
        by: Any, scope: list[str] | None = None, verbs: tuple[str, ...] = ()
    ) -> dict[Any, int]:
        found = figures(place.cursor, by, *span, place.scope(scope), verbs)
        return {figure.key: figure.calls for figure in found}

    assert keys("biller") == {ids["WATER"]: 8, ids["GAS"]: 1, None: 1}
    assert keys("institution") == {place.world.institution: 9, None: 1}
    assert keys("hour") == {NOON: 10}
    assert keys("code") == {0: 6, 8001: 2, 5005: 1, 8003: 1}
    assert keys("verb") == {"charge": 10}
    assert keys("code", ["GAS"]) == {8003: 1}
    assert keys("code", ["WATER"]) == {0: 6, 8001: 2}
    assert keys("code", []) == keys("code", None, ("query",)) == {}
    assert figures(place.cursor, "code", span[1], NOON + timedelta(hours=1), None) == []
    place.cursor.execute("ROLLBACK")


def test_what_is_undecided(place: Place) -> None:
    it = undecided(place.cursor, None)
    assert (it.payments, it.amount_fen, it.oldest_paid_at, it.stranded) == (1, 3000, NOON, 0)
    assert undecided(place.cursor, place.scope(["WATER"])).payments == 0
    assert isinstance(find(place.cursor, BUCKETS, "S-GAS", None)[0], PaymentFound)


# --- several days ------------------------------------------------------------------------------


def test_the_newest_business_day_comes_first_and_days_narrow(new_database: NewDatabase) -> None:
    """A payment that its biller booked after the cut is one of the day on which it was booked."""
    with psycopg.connect(new_database(buckets=BUCKETS).app_url, autocommit=True) as conn:
        world = World(conn, BUCKETS).network()
        gas = world.charge("GAS-LATE", {"R1": 3000}, biller="GAS", account_no="G1")
        for day in range(3):
            world.now = NOON + timedelta(days=day)
            for number in range(4):
                account_no, ref = f"D-{number}", f"{day}{number}"
                world.owe("WATER", account_no, ref, 100)
                world.charge(f"S-{ref}", {ref: 100}, account_no=account_no)
            if day == 2:
                assert gas.payment_id is not None
                assert world.result(gas.payment_id, "booked").code == 0
            world.cut()
        with conn.cursor() as cursor:
            it = Place(world, cursor, {})
            days = [{f"S-{day}{number}" for number in range(4)} for day in range(3)]
            days[2].add("GAS-LATE")
            for limit in (1, 3, 100):
                shown = pages(it, limit)
                assert [set(shown[:5]), set(shown[5:9]), set(shown[9:])] == days[::-1]
                assert len(shown) == 13
            for first, last in ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2)):
                span = {"day_from": DAY + timedelta(days=first)}
                span["day_until"] = DAY + timedelta(days=last)
                assert it.listed(**span) == set().union(*days[first : last + 1])
