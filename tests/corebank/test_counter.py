"""Collecting through the bank's core: the payer's account first, then the hub; one posting whatever happens between."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from tests.corebank.bench import BOOK, BOOK_PIN, CARD, COMPANY, PIN, TRANSIT
from tests.corebank.core_desk import CoreCounter, CoreSide
from tests.counter.standing import NOW, person
from tests.counter.test_collect import Deaf
from tests.settlement.bank_side import Serving
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode

DAY = date(2026, 11, 23)
LATER = NOW + timedelta(minutes=2)


@pytest.fixture(scope="module")
def side(place: Province) -> Iterator[CoreSide]:
    serving = Serving()
    made = CoreSide(place, serving)
    yield made
    made.close()
    serving.stop()


@pytest.fixture
def desk(place: Province, side: CoreSide) -> CoreCounter:
    made = CoreCounter(place)
    made.core = side
    made.open()
    return made


def refusal(call) -> tuple[int, str]:
    with pytest.raises(Refused) as found:
        call()
    return int(found.value.code), found.value.field


@pytest.mark.parametrize(("kind", "account", "pin"), [
    ("cash", "", ""), ("personal", CARD, PIN), ("cheque", COMPANY, ""), ("corporate", BOOK, BOOK_PIN),
])  # fmt: skip
def test_each_way_of_paying_is_one_posting_to_the_transit_account(desk: CoreCounter, kind, account, pin):
    cheque = (desk.core.cheque(COMPANY), DAY - timedelta(days=10)) if kind == "cheque" else None
    entry = desk.pay(desk.draft(kind, account, cheque=cheque), pin)
    assert (entry.state, entry.result) == ("booked", 0)
    payer = account or f"1001-{desk.teller.login}"
    assert desk.core.posted(entry.serial) == [(payer, -12_345), (TRANSIT, 12_345)]
    assert desk.core.moves(entry.serial) == [(entry.serial, "done", 12_345)]
    assert desk.payments() == [(12_345, "taken", "booked")]
    assert desk.core.altered() == []


@pytest.mark.parametrize(("kind", "account", "code", "field"), [
    ("personal", "6222020000000000002", CoreCode.CORE_FROZEN, "from_account"),
    ("personal", "6222020000000000003", CoreCode.CORE_CLOSED, "from_account"),
    ("personal", "6222020000000000004", CoreCode.CORE_LOST, "from_account"),
    ("personal", "6222029999999999999", CoreCode.CORE_NO_ACCOUNT, "from_account"),
    ("corporate", CARD, CoreCode.CORE_WRONG_KIND, "from_account"),
])  # fmt: skip
def test_an_account_that_cannot_pay_is_refused_on_its_field_before_anything_is_drafted(
    desk: CoreCounter, kind, account, code, field
):
    assert refusal(lambda: desk.draft(kind, account)) == (code, field)
    assert desk.core.rows("SELECT count(*) FROM counter_entry WHERE teller_id = %s", desk.teller.pk) == [(0,)]


@pytest.mark.parametrize(("number", "days", "code", "field"), [
    ("00012346", 0, CoreCode.CHEQUE_STOPPED, "cheque_no"), ("00012349", 0, CoreCode.CHEQUE_USED, "cheque_no"),
    ("77777777", 0, CoreCode.CHEQUE_UNKNOWN, "cheque_no"), ("00012345", 11, CoreCode.CHEQUE_LATE, "cheque_on"),
    ("00012345", -1, CoreCode.CHEQUE_LATE, "cheque_on"),
])  # fmt: skip
def test_a_cheque_that_cannot_pay_is_refused_on_its_field(desk: CoreCounter, number, days, code, field):
    cheque = (number, DAY - timedelta(days=days))
    assert refusal(lambda: desk.draft("cheque", COMPANY, cheque=cheque)) == (code, field)


def test_a_wrong_pin_or_too_little_money_books_nothing_anywhere(desk: CoreCounter):
    draft = desk.draft("personal", CARD)
    for pin in ("", "13579", "1357901"):  # no PIN: the core is not asked, which would count it as a wrong one
        assert refusal(lambda pin=pin: desk.pay(draft, pin)) == (Code.INPUT_INVALID, "pin")
    draft.refresh_from_db()
    assert draft.state == "draft"
    wrong = desk.pay(draft, "999999")
    short = desk.pay(desk.draft("personal", "6222020000000000001"), PIN)
    assert (wrong.state, wrong.result) == ("refused", CoreCode.CORE_PIN_WRONG)
    assert (short.state, short.result) == ("refused", CoreCode.CORE_SHORT)
    assert desk.payments() == []
    assert [desk.core.posted(one.serial) for one in (wrong, short)] == [[], []]
    assert desk.core.altered() == []


@pytest.mark.parametrize("meets", ["late", "lost", "garbage", "forged"])
def test_a_core_that_does_not_answer_leaves_it_unknown_until_the_query_says(desk: CoreCounter, meets, monkeypatch):
    monkeypatch.setattr("yifen.hub.corebank.port.TIMEOUT_S", 0.2)
    entry = desk.pay(desk.draft("personal", CARD), PIN, meets)
    if meets == "late":  # the answer came before the page gave up, or after: never another posting
        assert entry.state in ("unknown", "booked")
    else:
        assert (entry.state, entry.result) == ("unknown", CoreCode.CORE_AWAY)
        assert desk.payments() == []
    assert desk.look(entry).state == "booked"
    assert desk.core.posted(entry.serial) == [(CARD, -12_345), (TRANSIT, 12_345)]
    assert desk.payments() == [(12_345, "taken", "booked")]


def test_what_never_reached_the_core_is_decided_by_query_and_can_be_done_anew(desk: CoreCounter):
    from yifen.trades.counter.pages.core_side import core_facts

    entry = desk.pay(desk.draft("personal", CARD), PIN, "drop")
    assert (entry.state, entry.result) == ("unknown", CoreCode.CORE_AWAY)
    found = desk.look(entry, LATER)
    assert (found.state, found.result) == ("refused", CoreCode.CORE_NOT_POSTED)
    (back,) = [one for one in core_facts(found) if f"{one.title}" == "核心退款"]
    assert (f"{back.state}", back.why, back.is_waiting) == ("核心无此笔，无须退款", "", False)
    assert desk.pay(desk.draft("personal", CARD), PIN).state == "booked"
    assert desk.payments() == [(12_345, "taken", "booked")]
    assert desk.core.altered() == []


def test_nothing_is_drafted_where_the_web_process_may_not_call_the_core(desk: CoreCounter, monkeypatch):
    monkeypatch.delenv("YIFEN_OUTBOUND_ALLOW")
    for way in (("cash",), ("personal", CARD)):
        with pytest.raises(Refused) as found:
            desk.draft(*way)
        assert found.value.code == Code.NOT_CALLED
    assert desk.core.rows("SELECT count(*) FROM counter_entry WHERE teller_id = %s", desk.teller.pk) == [(0,)]


def test_a_repeated_confirm_is_one_posting(desk: CoreCounter):
    entry = desk.draft("personal", CARD)
    first, second = desk.pay(entry, PIN), desk.pay(entry, PIN)
    assert [first.state, second.state] == ["booked", "booked"]
    assert len(desk.core.posted(entry.serial)) == 2


def test_what_the_hub_refuses_for_good_goes_back_to_the_account(desk: CoreCounter):
    entry = desk.draft("personal", CARD)
    desk.pay(desk.draft("cash"))  # the same bills are paid meanwhile
    before = desk.core.books.balances()[CARD]
    entry = desk.pay(entry, PIN)
    assert entry.state == "refused"
    assert desk.core.moves(entry.serial) == [(entry.serial, "undone", 12_345), (f"{entry.serial}U", "done", 12_345)]
    assert desk.core.books.balances()[CARD] == before
    assert desk.core.altered() == []


@pytest.mark.parametrize("meets", ["drop", "lost", "slow"])
def test_an_undo_that_gets_no_answer_is_asked_again_until_it_is_done(desk: CoreCounter, meets):
    entry = desk.draft("personal", CARD)
    desk.pay(desk.draft("cash"))
    desk.core.core.orders.extend(["ok", meets])
    entry = desk.pay(entry, PIN, "ok")
    assert (entry.state, desk.core.moves(entry.serial)[0][1]) == ("refused", "done")
    desk.core.core._pace = desk.core.core._pace._replace(post_s=0)
    desk.core.core._carry_out(f"{entry.serial}U")
    for minutes in (2, 4, 8, 16):
        desk.core.settle_due(NOW + timedelta(minutes=minutes))
    assert desk.core.moves(entry.serial)[0][1] == "undone"
    assert desk.core.posted(f"{entry.serial}U") == [(TRANSIT, -12_345), (CARD, 12_345)]
    assert desk.core.altered() == []


def test_a_hub_that_does_not_answer_leaves_one_posting_and_one_payment(desk: CoreCounter):
    entry = desk.pay(desk.draft("personal", CARD), PIN, hub=Deaf(desk.hub, hears=False))
    assert (entry.state, desk.core.moves(entry.serial)) == ("unknown", [(entry.serial, "done", 12_345)])
    assert desk.look(entry).state == "booked"
    assert len(desk.core.posted(entry.serial)) == 2
    assert desk.payments() == [(12_345, "taken", "booked")]


def test_a_reversal_gives_back_through_the_core(desk: CoreCounter):
    before = desk.core.books.balances()
    entry = desk.pay(desk.draft("personal", CARD), PIN)
    reversal = desk.reverse(entry)
    entry.refresh_from_db()
    assert (entry.state, reversal.state) == ("reversed", "booked")
    assert desk.core.moves(entry.serial) == [(entry.serial, "undone", 12_345), (f"{entry.serial}U", "done", 12_345)]
    assert (desk.core.books.balances()[CARD], desk.core.transit_fen()) == (before[CARD], before[TRANSIT])
    assert desk.core.altered() == []


def test_an_unknown_entry_that_is_reversed_leaves_nothing_at_the_core(desk: CoreCounter):
    before = desk.core.transit_fen()
    lost, dropped = desk.pay(desk.draft("personal", CARD), PIN, "lost"), None
    desk.reverse(lost)
    dropped = desk.pay(desk.draft("personal", CARD), PIN, "drop")
    desk.reverse(dropped)
    for entry in (lost, dropped):
        entry.refresh_from_db()
    assert [lost.state, dropped.state] == ["refused", "refused"]
    assert [desk.core.moves(entry.serial)[0][1] for entry in (lost, dropped)] == ["undone", "refused"]
    assert (desk.core.transit_fen(), desk.payments()) == (before, [])
    assert desk.core.altered() == []


def test_cash_that_another_teller_gives_back_leaves_his_own_box(desk: CoreCounter):
    entry = desk.pay(desk.draft("cash"))
    other = CoreCounter(desk.place)
    other.core = desk.core
    other.open()
    other.reverse(entry)
    balances = desk.core.books.balances()
    assert (balances[f"1001-{desk.teller.login}"], balances[f"1001-{other.teller.login}"]) == (12_345, -12_345)
    assert desk.core.altered() == []


def test_a_refund_of_an_earlier_day_goes_back_in_parts(desk: CoreCounter):
    entry = desk.pay(desk.draft("personal", CARD), PIN)
    before = desk.core.books.balances()[CARD]
    desk.yesterday(entry)
    refunds = [desk.refund(entry, fen) for fen in (2_000, 10_345)]
    assert [one.state for one in refunds] == ["booked", "booked"]
    assert [desk.core.moves(one.serial) for one in refunds] == [
        [(refunds[0].serial, "done", 2_000)], [(refunds[1].serial, "done", 10_345)]]  # fmt: skip
    assert desk.core.books.balances()[CARD] == before + 12_345


def test_an_institution_without_a_core_books_in_the_hub_alone(place: Province, side: CoreSide):
    from yifen.trades.counter.operations.core import core_for

    assert core_for(place.foreign.county) is None
    assert core_for(place.own.branch) is not None
    assert person("nobody", place.foreign.branch, "teller").institution_id == place.foreign.branch


def test_a_biller_without_a_pair_is_not_collected_for_through_the_core(desk: CoreCounter):
    code = desk.remote_biller()
    order = desk.order(biller=code, G1=3_000)
    from yifen.trades.counter.operations.core import payer_of

    assert refusal(lambda: payer_of(desk.teller, order)) == (CoreCode.CORE_PAIR_MISSING, "biller")


def test_a_draft_that_does_not_say_who_pays_is_not_sent_where_there_is_a_core(desk: CoreCounter):
    entry = desk.prepare()
    assert refusal(lambda: desk.pay(entry))[0] == Code.FORM_STALE
    assert desk.payments() == []


class Dies:
    """A hub whose caller's process is killed as it is about to ask."""

    def charge(self, _channel: str, _message: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


def send_and_die(desk: CoreCounter, draft: Any, pin: str) -> None:
    """In a process of its own: the core's word is there, the hub never hears of it."""
    from django.db import connection

    if (child := os.fork()) == 0:
        connection.connection = None  # the parent's is not ended by this end
        with suppress(BaseException):
            desk.pay(draft, pin, "ok", Dies())
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def finished(desk: CoreCounter, at: Any) -> int:
    """What the worker's job ends at that moment, with the worker's rights."""
    from tests.web import site
    from yifen.trades.counter.jobs import finish

    with site.as_process("yifen_worker"):
        return finish(desk.hub, at)


def test_what_a_killed_page_left_is_booked_by_the_worker_for_the_payer_has_paid(desk: CoreCounter):
    entry = desk.draft("personal", CARD)
    send_and_die(desk, entry, PIN)
    entry.refresh_from_db()
    assert (entry.state, desk.core.moves(entry.serial), desk.payments()) == (
        "unknown", [(entry.serial, "done", 12_345)], [])  # fmt: skip
    assert finished(desk, NOW + timedelta(seconds=100)) == 0  # its page may still be at it
    assert (finished(desk, LATER + timedelta(seconds=1)), finished(desk, LATER + timedelta(seconds=2))) == (1, 0)
    entry.refresh_from_db()
    assert (entry.state, desk.payments()) == ("booked", [(12_345, "taken", "booked")])
    assert desk.core.posted(entry.serial) == [(CARD, -12_345), (TRANSIT, 12_345)]
    assert desk.core.altered() == []


def test_what_a_killed_page_left_and_the_hub_refuses_goes_back_to_the_account(desk: CoreCounter):
    entry = desk.draft("personal", CARD)
    before = desk.core.books.balances()[CARD]
    send_and_die(desk, entry, PIN)
    desk.pay(desk.draft("cash"))  # the same bills are paid meanwhile
    assert finished(desk, LATER + timedelta(seconds=1)) == 1
    entry.refresh_from_db()
    assert (entry.state, desk.core.books.balances()[CARD]) == ("refused", before)
    assert desk.core.moves(entry.serial) == [(entry.serial, "undone", 12_345), (f"{entry.serial}U", "done", 12_345)]
    assert desk.core.altered() == []
