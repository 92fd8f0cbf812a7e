"""A move at a core: written down first, posted once, undone once; what is silent is asked about, never guessed."""

from datetime import timedelta

import pytest

from tests.corebank.bench import BOOK, BOOK_PIN, CARD, CHEQUE, COMPANY, PIN, TRANSIT, CoreBench
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.pin_block import pin_block, pin_key, pin_of
from yifen.hub.corebank import operations
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import MoveOrder
from yifen.hub.corebank.proof import altered


def test_a_posting_moves_the_money_once_and_the_row_shows_no_number_and_no_pin(bench: CoreBench):
    order = bench.order()
    before = bench.books.balances()
    moved = bench.post(order)
    assert (moved.state, moved.code) == ("done", 0)
    assert bench.posted(order.serial) == [(CARD, -2_000), (TRANSIT, 2_000)]
    assert bench.books.balances()[CARD] == before[CARD] - 2_000
    assert bench.post(order) == moved
    assert len(bench.posted(order.serial)) == 2
    row = bench.world.rows("SELECT m::text, debit_shown FROM core_move m WHERE serial = %s", order.serial)[0]
    assert row[1] == "6222***********0123"
    assert CARD not in row[0]
    assert PIN not in row[0]


@pytest.mark.parametrize(("fields", "code"), [
    ({"debit": "6222029999999999999"}, CoreCode.CORE_NO_ACCOUNT), ({"needs_pin": False}, CoreCode.CORE_PIN_WRONG),
    ({"debit": "6222020000000000001"}, CoreCode.CORE_SHORT),
    ({"debit": "6222020000000000002"}, CoreCode.CORE_FROZEN), ({"debit": "6222020000000000003"}, CoreCode.CORE_CLOSED),
    ({"debit": "6222020000000000004"}, CoreCode.CORE_LOST), ({"debit": "6222020000000000005"}, CoreCode.CORE_SHORT),
    ({"debit": COMPANY}, CoreCode.CORE_WRONG_KIND),
])  # fmt: skip
def test_what_the_core_refuses_has_a_number_and_moves_nothing(bench: CoreBench, fields, code):
    before = bench.books.balances()
    moved = bench.post(bench.order(**fields))
    assert (moved.state, moved.code) == ("refused", code)
    assert bench.books.balances() == before


def cheque(bench: CoreBench, cheque_no: str, days: int) -> MoveOrder:
    """One that was written so many days ago."""
    written = DAY - timedelta(days=days)
    return bench.order(debit=COMPANY, kind="cheque", needs_pin=False, cheque_no=cheque_no, cheque_on=written)


@pytest.mark.parametrize(("cheque_no", "days", "code"), [
    (CHEQUE, 11, CoreCode.CHEQUE_LATE), (CHEQUE, -1, CoreCode.CHEQUE_LATE), ("00012346", 0, CoreCode.CHEQUE_STOPPED),
    ("00012347", 0, CoreCode.CHEQUE_STOPPED), ("00012348", 0, CoreCode.CHEQUE_STOPPED),
    ("00012349", 0, CoreCode.CHEQUE_USED), ("99999999", 0, CoreCode.CHEQUE_UNKNOWN),
])  # fmt: skip
def test_a_cheque_pays_when_it_is_unused_and_not_older_than_ten_days(bench: CoreBench, cheque_no, days, code):
    moved = bench.post(cheque(bench, cheque_no, days))
    assert (moved.state, moved.code) == ("refused", code)


def test_a_used_cheque_is_unused_again_when_its_posting_is_undone(bench: CoreBench):
    order = cheque(bench, "00012350", 10)
    cheques = bench.books.accounts[COMPANY].cheques
    assert bench.post(order).state == "done"
    assert cheques["00012350"] == 5
    assert bench.undo(order.serial).state == "done"
    assert (cheques["00012350"], bench.state(order.serial)) == (1, "undone")


def test_cash_and_a_corporate_passbook_pay_too(bench: CoreBench):
    cash = bench.order(debit="1001-teller01", kind="internal", needs_pin=False)
    book = bench.order(debit=BOOK, kind="corporate")
    assert [bench.post(cash).state, bench.post(book, pin=BOOK_PIN).state] == ["done", "done"]
    assert bench.post(bench.order(), pin="000000").code == CoreCode.CORE_PIN_WRONG
    assert bench.books.balances()["1001-teller01"] == 2_000


@pytest.mark.parametrize("meets", ["late", "lost", "garbage", "forged", "slow"])
def test_a_lost_answer_is_found_by_its_serial_and_nothing_is_posted_twice(bench: CoreBench, meets):
    order = bench.order()
    assert bench.post(order, meets).state == "unknown"
    assert (bench.state(order.serial), moved_code(bench, order.serial)) == ("unknown", CoreCode.CORE_AWAY)
    bench.until_rest()
    assert bench.state(order.serial) == "done"
    assert bench.posted(order.serial) == [(CARD, -2_000), (TRANSIT, 2_000)]


def moved_code(bench: CoreBench, serial: str) -> int | None:
    return bench.world.value("SELECT code FROM core_move WHERE serial = %s", serial)


def test_what_the_core_never_saw_is_sent_again_when_nothing_is_in_flight(bench: CoreBench):
    order = bench.order(debit="1001-teller02", kind="internal", needs_pin=False)
    assert bench.post(order, "drop").state == "unknown"
    bench.clock.now += timedelta(seconds=29)
    assert operations.settle(bench.cores, order.serial, bench.clock()).state == "unknown"
    assert bench.posted(order.serial) == []
    bench.clock.now += timedelta(seconds=2)
    assert operations.settle(bench.cores, order.serial, bench.clock()).state == "done"
    assert bench.posted(order.serial) == [("1001-teller02", -2_000), (TRANSIT, 2_000)]


def test_what_went_with_a_pin_is_not_sent_again_but_blocked(bench: CoreBench):
    order = bench.order()
    assert bench.post(order, "drop").state == "unknown"
    bench.until_rest()
    assert (bench.state(order.serial), moved_code(bench, order.serial)) == ("refused", CoreCode.CORE_NOT_POSTED)
    late = bench.books.query(order.serial)
    assert (late.state, late.code, bench.posted(order.serial)) == ("refused", "blocked", [])
    assert altered(bench.worker) == []


@pytest.mark.parametrize("meets", ["ok", "lost", "drop", "slow"])
def test_an_undo_gives_back_once_whatever_it_meets(bench: CoreBench, meets):
    order = bench.order()
    bench.post(order)
    bench.undo(order.serial, meets)
    bench.until_rest()
    assert (bench.state(order.serial), bench.state(f"{order.serial}U")) == ("undone", "done")
    assert bench.undo(order.serial).state == "done"
    assert bench.posted(f"{order.serial}U") == [(TRANSIT, -2_000), (CARD, 2_000)]
    assert altered(bench.worker) == []


def test_an_undo_of_what_is_not_known_gives_back_what_was_posted_or_blocks_it(bench: CoreBench):
    posted, lost = bench.order(), bench.order()
    bench.post(posted, "lost")
    bench.post(lost, "drop")
    assert [bench.undo(order.serial).state for order in (posted, lost)] == ["done", "refused"]
    assert [bench.state(order.serial) for order in (posted, lost)] == ["undone", "refused"]
    with pytest.raises(Refused) as found:
        bench.undo(bench.order().serial)
    assert found.value.code == CoreCode.CORE_ORIGINAL_MISSING


def test_a_serial_is_one_move_for_ever(bench: CoreBench):
    order = bench.order()
    bench.post(order)
    with pytest.raises(Refused) as found:
        bench.post(order._replace(amount_fen=2_001))
    assert found.value.code == Code.SERIAL_REUSED
    assert len(bench.posted(order.serial)) == 2


def test_a_core_is_asked_outside_of_any_transaction(bench: CoreBench):
    with bench.web.transaction(), pytest.raises(RuntimeError, match="outside of any transaction"):
        operations.post(bench.cores, bench.order(), bench.clock())


def test_a_pin_block_is_of_its_account_alone_and_never_twice_the_same():
    key = pin_key(b"a secret of 20 bytes")
    blocks = {pin_block(PIN, CARD, key) for _ in range(5)}
    assert len(blocks) == 5
    assert {pin_of(block, CARD, key) for block in blocks} == {PIN}
    with pytest.raises(ValueError, match="not of this account"):
        pin_of(blocks.pop(), BOOK, key)


def test_the_pin_field_is_as_iso_9564_has_it():
    """The three fields of ISO 9564-1:2017, format 4: `4`, length, PIN, fill A, random; account 43219876543210987."""
    from yifen.core.wire import pin_block as module

    assert module._pan_field("432198765432109870") == bytes.fromhex("64321987654321098700000000000000")
    assert module._pan_field("1234567") == bytes.fromhex("00000012345670000000000000000000")
