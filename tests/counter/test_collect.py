"""Collecting: one serial, one payment, whatever happens between form and answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.counter.standing import Counter
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import WireFault
from yifen.trades.counter.codes import CounterCode

TAKEN = ("taken", "booked")


class Deaf:
    """A hub that hears, and loses its voice before it answers; `hears=False`: it does not even
    hear."""

    def __init__(self, hub: Any, hears: bool, code: Code = Code.UNAVAILABLE) -> None:
        self.hub, self.hears, self.code = hub, hears, code

    def charge(self, channel: str, message: Any) -> Any:
        if self.hears:
            self.hub.charge(channel, message)
        raise WireFault(self.code)

    def give_back(self, channel: str, message: Any) -> Any:
        if self.hears:
            self.hub.give_back(channel, message)
        raise WireFault(self.code)


def send_to(hub: Any, counter: Counter, entry: Any) -> Any:
    from tests.counter.standing import NOW
    from yifen.trades.counter.operations.collect import send

    return send(hub, counter.teller, entry.pk, NOW)


def refusal(call: Any) -> tuple[Code, str]:
    with pytest.raises(Refused) as found:
        call()
    return found.value.code, found.value.field


def test_cash_is_booked_and_the_change_is_exact(counter: Counter):
    shift = counter.open()
    entry = counter.collect(tendered_fen=20_000)
    assert (entry.state, entry.result, entry.amount_fen) == ("booked", 0, 12_345)
    assert (entry.tendered_fen, entry.change_fen) == (20_000, 7_655)
    assert entry.serial == f"20261123-{shift.pk}-0001"
    assert entry.business_day == shift.business_day
    assert counter.payments() == [(12_345, *TAKEN)]


def test_the_payment_names_the_teller_and_the_counter_channel(counter: Counter):
    import psycopg

    counter.open()
    entry = counter.collect()
    with psycopg.connect(counter.place.database.app_url) as conn:
        row = conn.execute(
            "SELECT y.operator, p.code, y.serial FROM payment y JOIN partner p"
            " ON p.id = y.channel_id WHERE payment_id = %s", (entry.payment_id,),
        ).fetchone()  # fmt: skip
    assert row == (counter.teller.login, "DESK", entry.serial)


def test_cash_without_a_figure_was_given_exactly(counter: Counter):
    counter.open()
    entry = counter.prepare()
    assert (entry.tendered_fen, entry.change_fen) == (12_345, 0)


@pytest.mark.parametrize(
    ("kind", "account", "shown"),
    [
        ("personal", "6222001234567890123", "6222***********0123"),
        ("cheque", "90104170001", "9010***0001"),
        ("corporate", "12345678", "****5678"),
    ],
)
def test_what_is_not_cash_names_its_account_masked(counter: Counter, kind, account, shown):
    counter.open()
    entry = counter.prepare(kind=kind, from_account=account)
    assert (entry.pay_kind, entry.from_account, entry.tendered_fen) == (kind, shown, None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"tendered_fen": 12_344}, (CounterCode.CASH_SHORT, "tendered")),
        ({"kind": "personal"}, (Code.INPUT_INVALID, "from_account")),
        ({"kind": "cheque", "from_account": "<script>"}, (Code.INPUT_INVALID, "from_account")),
        ({"B1": 0}, (Code.AMOUNT_WRONG, "bills")),
        ({"B1": -5}, (Code.AMOUNT_WRONG, "bills")),
        ({"B1": 10**15}, (Code.AMOUNT_WRONG, "bills")),
        ({f"B{n}": 1 for n in range(21)}, (Code.TOO_MANY_CHOSEN, "bills")),
        ({"biller": "NOBODY"}, (Code.BILLER_UNKNOWN, "biller")),
        ({"biller": "POWER02"}, (CounterCode.BILLER_ELSEWHERE, "biller")),
    ],
)
def test_what_cannot_be_collected_is_refused_and_leaves_nothing(counter: Counter, order, expected):
    shift = counter.open()
    assert refusal(lambda: counter.prepare(**order)) == expected
    assert shift.entries.count() == 0


def test_a_biller_that_is_not_admitted_is_refused(counter: Counter):
    import psycopg

    counter.open()
    with psycopg.connect(counter.place.database.owner_url) as conn:
        conn.execute("INSERT INTO partner (code, name, institution_id, book_id, suspended, xml,"
                     " json, encoding, unit) SELECT 'WATER09', '自来水', %s, 1, false, false, false,"
                     " 'UTF-8', 'fen' ON CONFLICT DO NOTHING", (counter.place.own.county,))  # fmt: skip
        conn.execute("INSERT INTO biller (partner_id, category, transit_id, endpoint, dialect,"
                     " timeout_s, calls_max) SELECT id, 'water', 1, '', 'xml', 1, 1 FROM partner"
                     " WHERE code = 'WATER09'")  # fmt: skip
    assert refusal(lambda: counter.prepare(biller="WATER09")) == (Code.NOT_ADMITTED, "biller")


def test_without_a_shift_nothing_is_collected(counter: Counter):
    assert refusal(lambda: counter.prepare(serial="x")) == (CounterCode.SHIFT_NOT_OPEN, "")


def test_the_hubs_refusal_is_kept_with_the_entry_and_takes_no_cash(counter: Counter):
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = counter.collect(B1=9_999)
    assert (entry.state, Code(entry.result)) == ("refused", Code.AMOUNT_WRONG)
    assert (counter.payments(), queries.expected_fen(shift)) == ([], 50_000)


# --- the same serial ---------------------------------------------------------------------------


def test_the_same_form_again_is_the_same_payment(counter: Counter):
    counter.open()
    serial = counter.serial()
    first = counter.collect(serial)
    again = counter.collect(serial)
    assert (again.pk, again.state, again.payment_id) == (first.pk, "booked", first.payment_id)
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_draft_takes_over_how_it_is_paid_when_the_form_comes_again(counter: Counter):
    counter.open()
    serial = counter.serial()
    counter.prepare(serial, tendered_fen=13_000)
    entry = counter.prepare(serial, tendered_fen=20_000)
    entry.refresh_from_db()
    assert (entry.serial, entry.tendered_fen, entry.change_fen) == (serial, 20_000, 7_655)


def test_other_money_on_an_old_form_gets_a_serial_of_its_own(counter: Counter):
    counter.open()
    serial = counter.serial()
    first = counter.collect(serial, B1=10_000)
    second = counter.collect(serial, B2=2_345)
    assert (first.serial, second.serial) == (serial, counter_serial(first, 2))
    assert counter.payments() == [(10_000, *TAKEN), (2_345, *TAKEN)]


def counter_serial(entry: Any, number: int) -> str:
    from yifen.trades.counter.rules import serial_of

    return serial_of(entry.business_day, entry.shift_id, number)


def test_another_tellers_serial_leads_to_no_entry_of_his(counter: Counter, place):
    counter.open()
    serial = counter.serial()
    mine = counter.collect(serial)
    other = Counter(place)
    other.open()
    other.account_no = counter.account_no
    theirs = other.prepare(serial)
    assert theirs.pk != mine.pk
    assert theirs.serial != serial


def test_an_open_payable_is_paid_once_by_two_tabs_and_twice_by_two_forms(counter: Counter):
    counter.owe(mode="open", min_fen=100, TOPUP=0)
    counter.open()
    serial = counter.serial()
    with ThreadPoolExecutor(2) as tabs:
        entries = list(tabs.map(lambda _: in_thread(counter, serial, TOPUP=5_000), range(2)))
    assert {entry.pk for entry in entries} == {entries[0].pk}
    assert counter.payments() == [(5_000, *TAKEN)]
    counter.collect(TOPUP=5_000)
    assert counter.payments() == [(5_000, *TAKEN), (5_000, *TAKEN)]


def in_thread(counter: Counter, serial: str, **order: int) -> Any:
    from django.db import connection

    try:
        return counter.collect(serial, **order)
    finally:
        connection.close()


def test_eight_clicks_at_once_are_one_payment(counter: Counter):
    counter.open()
    entry = counter.prepare()

    def click(_: int) -> Any:
        from django.db import connection

        try:
            return counter.send(entry)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as clicks:
        found = list(clicks.map(click, range(8)))
    assert [(row.pk, row.state) for row in found] == [(entry.pk, "booked")] * 8
    assert counter.payments() == [(12_345, *TAKEN)]


# --- what is lost on the way -------------------------------------------------------------------


def test_a_crash_before_the_charge_leaves_a_draft_that_can_still_be_sent(counter: Counter):
    counter.open()
    entry = counter.prepare()
    assert (entry.state, counter.payments()) == ("draft", [])
    assert counter.find(entry).state == "draft"
    assert counter.send(entry).state == "booked"
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_lost_answer_is_unknown_until_it_is_found(counter: Counter):
    from yifen.trades.counter import queries

    shift = counter.open()
    entry = send_to(Deaf(counter.hub, hears=True), counter, counter.prepare())
    assert (entry.state, Code(entry.result)) == ("unknown", Code.UNAVAILABLE)
    assert queries.expected_fen(shift) == 50_000
    found = counter.find(entry)
    assert (found.state, found.result) == ("booked", 0)
    assert queries.expected_fen(shift) == 62_345
    assert counter.payments() == [(12_345, *TAKEN)]


def test_what_never_arrived_is_sent_again_with_its_serial(counter: Counter):
    counter.open()
    entry = send_to(Deaf(counter.hub, hears=False), counter, counter.prepare())
    found = counter.find(entry)
    assert (found.state, Code(found.result)) == ("unknown", Code.SERIAL_UNKNOWN)
    again = counter.send(entry)
    assert (again.serial, again.state) == (entry.serial, "booked")
    assert counter.payments() == [(12_345, *TAKEN)]


def test_what_arrived_after_all_is_not_paid_twice_when_it_is_sent_again(counter: Counter):
    counter.open()
    entry = send_to(Deaf(counter.hub, hears=True), counter, counter.prepare())
    assert counter.send(entry).state == "booked"
    assert counter.payments() == [(12_345, *TAKEN)]


def test_a_refusal_before_the_serial_is_looked_at_leaves_an_old_try_unknown(counter: Counter):
    counter.open()
    entry = send_to(Deaf(counter.hub, hears=True), counter, counter.prepare())
    busy = Deaf(counter.hub, hears=False, code=Code.BUSY)
    assert send_to(busy, counter, entry).state == "unknown"
    assert counter.find(entry).state == "booked"


def test_busy_at_the_first_try_means_that_nothing_was_taken(counter: Counter):
    counter.open()
    busy = Deaf(counter.hub, hears=False, code=Code.BUSY)
    entry = send_to(busy, counter, counter.prepare())
    assert (entry.state, Code(entry.result)) == ("refused", Code.BUSY)


def test_the_database_lost_in_mid_charge_loses_no_payment(counter: Counter):
    """The lanes' and Django's connections are cut while the charge is under way."""
    import psycopg
    from django.db import OperationalError, connection

    counter.open()
    entry = counter.prepare()

    class Cut(Deaf):
        def charge(self, channel: str, message: Any) -> Any:
            answer = self.hub.charge(channel, message)
            with psycopg.connect(counter.place.database.super_url, autocommit=True) as conn:
                conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                             " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
            return answer

    with pytest.raises(OperationalError):
        send_to(Cut(counter.hub, hears=True), counter, entry)
    connection.close()
    entry.refresh_from_db()
    assert entry.state == "unknown"
    looks = [counter.find(entry).state for _ in range(5)]  # the hub's own connections come back
    assert looks[-1] == "booked"
    assert counter.payments() == [(12_345, *TAKEN)]


# --- billers with a system of their own ---------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "code"),
    [("booked", "booked", Code.OK), ("rejected", "refused", Code.BILLER_REJECTED)],
)
def test_what_a_biller_decides_later_is_found(counter: Counter, outcome, state, code):
    biller = counter.remote_biller()
    counter.open()
    entry = counter.collect(biller=biller, G1=3_000)
    assert (entry.state, Code(entry.result)) == ("unknown", Code.PROCESSING)
    assert entry.payment_id is not None
    assert counter.find(entry).state == "unknown"
    counter.decide(entry.payment_id, outcome)
    found = counter.find(entry)
    assert (found.state, Code(found.result)) == (state, code)
