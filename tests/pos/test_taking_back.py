"""What takes a sale back: reversals, once, again, too early or too late; voids and refunds; and money that stays."""

from datetime import timedelta

import pytest

from tests.pos.bench import PosBench
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.hub.pos.codes import PosCode


@pytest.mark.parametrize("meets", ["lost", "cut"])
def test_a_lost_answer_is_reversed_before_the_next_sale(bench: PosBench, meets):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000, meets)) == ""
    first = terminal.trace
    bench.run(wait_booked(bench, terminal, first))
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (1_000, 1_000)
    assert bench.code(terminal.sale(account, 2_000)) == "00"
    assert (bench.sale(terminal, first), bench.undos(terminal)) == (("reversed", 0), [("reversal", "done", "done")])
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (2_000, 2_000)


async def wait_booked(bench: PosBench, terminal, trace: int) -> None:
    import asyncio

    while True:
        if bench.sale(terminal, trace)[:1] == ("booked",):
            return
        await asyncio.sleep(0.01)


def test_a_reversal_is_answered_the_same_again_and_again(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    for _ in range(3):
        assert bench.code(terminal.reverse(terminal.trace, 1_000)) == "00"
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (0, 0)
    assert bench.undos(terminal) == [("reversal", "done", "done")]
    assert bench.code(terminal.sale(account, 1_000, trace=terminal.trace)) == "05"  # the same sale: it is gone


def test_a_reversal_before_its_sale_stays_and_the_late_sale_is_declined(bench: PosBench):
    account, terminal, heard = bench.account(), bench.terminal(), len(bench.acquirer.heard)
    trace = terminal.trace + 1
    assert bench.code(terminal.reverse(trace, 1_000)) == "25"
    assert bench.code(terminal.reverse(trace, 1_000)) == "25"
    assert bench.code(terminal.sale(account, 1_000)) == "05"
    assert bench.sale(terminal) == ("declined", Code.REVERSED_BEFORE_CHARGE)
    assert (bench.paid_fen(account), bench.card_fen(terminal), len(bench.acquirer.heard)) == (0, 0, heard)


@pytest.mark.parametrize("batch", [0, 2, 999_999])
def test_a_reversal_in_a_batch_that_never_was_leaves_nothing(bench: PosBench, batch):
    """No sale can come there: whoever has a terminal's keys fills no table with tombstones."""
    terminal = bench.terminal()
    entries = "SELECT entries FROM pos_session WHERE terminal_no = %s"
    terminal.batch = batch
    assert [bench.code(terminal.reverse(5, 1_000)) for _ in range(2)] == ["25", "25"]
    assert (bench.undos(terminal), bench.exceptions(terminal)) == ([], [])
    assert bench.world.value(entries, terminal.who.terminal_no) == 0


def test_a_reversal_of_another_amount_reverses_nothing(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    assert bench.code(terminal.reverse(terminal.trace, 999)) == "12"
    assert (bench.paid_fen(account), bench.sale(terminal)) == (1_000, ("booked", 0))


@pytest.mark.parametrize(("meets", "charged"), [
    ("lost", True), ("drop", False), ("forged", True), ("garbage", True), ("unknown", True), ("late", True),
    ("otherwise", True),
])  # fmt: skip
def test_a_silent_acquirer_is_never_guessed_the_terminal_is_told_98_and_all_is_undone(bench: PosBench, meets, charged):
    account, terminal = bench.account(), bench.terminal()
    bench.acquirer.sales.append(meets)
    assert bench.code(terminal.sale(account, 1_000)) == "98"
    assert (bench.sale(terminal)[0], bench.paid_fen(account)) == ("unknown", 0)
    assert bench.card_fen(terminal) == (1_000 if charged else 0)
    bench.until_rest()
    assert (bench.sale(terminal)[0], bench.card_fen(terminal)) == ("reversed", 0)
    assert bench.undos(terminal) == [("reversal", "done", "done")]
    assert bench.run(terminal.make_good()) is True
    assert bench.code(terminal.sale(account, 1_000)) == "00"


@pytest.mark.parametrize("meets", ["lost", "drop", "busy", "late"])
def test_an_undo_is_repeated_to_the_acquirer_until_it_is_answered(bench: PosBench, meets):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    bench.acquirer.undos.extend([meets, meets])
    assert bench.code(terminal.reverse(terminal.trace, 1_000)) == "00"
    assert (bench.paid_fen(account), bench.undos(terminal)) == (0, [("reversal", "done", "due")])
    bench.until_rest()
    assert (bench.card_fen(terminal), bench.undos(terminal)) == (0, [("reversal", "done", "done")])
    bench.acquirer.undos.clear()


def test_an_acquirer_that_refuses_an_undo_is_an_exception(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    bench.acquirer.undos.append("refuse")
    assert bench.code(terminal.reverse(terminal.trace, 1_000)) == "00"
    assert bench.undos(terminal) == [("reversal", "done", "refused")]
    assert bench.exceptions(terminal) == [("acquirer_refused", terminal.trace, 1_000, 1_000, 0)]
    found = bench.named("DELETE FROM pos_exception WHERE kind = 'acquirer_refused'")
    assert [one.partition(" ")[2].partition(" ")[2] for one in found] == ["was refused, by no exception"]


def test_a_sale_whose_door_lost_its_power_is_undone_by_the_worker(bench: PosBench):
    """It was asked and nothing more: nobody knows whether the card paid."""
    account, terminal = bench.account(), bench.terminal()
    bench.ask(terminal, account, 77)
    bench.work(59)
    assert bench.sale(terminal, 77) == ("asked", 0)
    bench.work(2)
    assert bench.sale(terminal, 77) == ("reversed", 0)
    assert bench.undos(terminal) == [("reversal", "done", "done")]


def test_money_that_was_paid_out_stays_and_is_an_exception_never_a_negative_balance(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 5_000)) == "00"
    _, debit, _, credit = bench.world.balances()["2241.COURT"]
    paid = credit - debit
    pay_out(bench, paid)
    assert bench.code(terminal.reverse(terminal.trace, 5_000)) == "12"
    assert (bench.sale(terminal), bench.card_fen(terminal)) == (("booked", 0), 5_000)
    assert bench.undos(terminal) == [("reversal", "refused", "none")]
    assert bench.exceptions(terminal) == [("money_stays", terminal.trace, 5_000, 5_000, Code.BALANCE_SHORT)]
    assert bench.code(terminal.reverse(terminal.trace, 5_000)) == "12"
    assert len(bench.exceptions(terminal)) == 1
    pay_out(bench, -paid)


def pay_out(bench: PosBench, fen: int) -> None:
    """From the court's transit account to the bank, or back."""
    bank = bench.world.account("1002.BANK")
    transit = bench.world.value("SELECT account_id FROM ledger_account WHERE code = '2241.COURT'")
    debit, credit = (transit, bank) if fen > 0 else (bank, transit)
    day = bench.world.value("SELECT current_day FROM ledger_book")
    post = """SELECT code FROM ledger_post_v1(0::smallint, %s, '{1}', '{posted}', ARRAY[%s::integer],
        ARRAY[%s::integer], ARRAY[%s::bigint], '{NULL}', '{NULL}', '{0}', '{0}', ARRAY[%s::date])"""
    assert bench.world.made(post, bench.clock(), debit, credit, abs(fen), day) == 0


def test_a_void_gives_the_whole_sale_back_once_and_only_in_its_batch(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    sold = terminal.trace
    assert bench.code(terminal.void(sold, 999)) == "12"
    assert bench.code(terminal.void(sold)) == "00"
    assert (bench.paid_fen(account), bench.card_fen(terminal), bench.sale(terminal, sold)) == (0, 0, ("reversed", 0))
    assert bench.code(terminal.void(sold, 1_000)) == "25"
    assert bench.code(bench.terminal().void(sold, 1_000)) == "25"  # another terminal's
    assert bench.undos(terminal) == [("void", "done", "done")]


def test_refunds_come_in_parts_up_to_the_sale_on_a_later_day(bench: PosBench):
    account, terminal, other = bench.account(), bench.terminal(), bench.terminal()
    said = bench.run(terminal.sale(account, 1_000))
    sold, ref = terminal.trace, said.fields["37"]
    assert bench.code(terminal.refund(1, sold, 300)) != "00"  # in part, on its own day
    assert bench.code(terminal.settle()) == "00"
    bench.world.set_up("SELECT ledger_cut_day_v1(1, %s)", bench.world.value("SELECT current_day FROM ledger_book"))
    bench.clock.turn(86_400)
    assert bench.code(terminal.refund(1, sold, 300)) == "00"
    assert bench.code(terminal.refund(1, sold, 800)) == "13"
    assert bench.code(other.refund(1, sold, 700)) == "25"  # it does not know field 37
    assert bench.code(other.refund(1, sold, 700, ref)) == "00"
    assert bench.code(terminal.refund(1, sold, 1)) == "13"
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (0, 0)


def test_a_reversal_after_the_days_cut_becomes_a_refund(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    bench.world.set_up("SELECT ledger_cut_day_v1(1, %s)", bench.world.value("SELECT current_day FROM ledger_book"))
    assert bench.code(terminal.reverse(terminal.trace, 1_000)) == "00"
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (0, 0)
    verb = bench.world.value("SELECT verb::text FROM payment_return JOIN payment USING (bucket, payment_id)"
                             " WHERE account_no = %s", account)  # fmt: skip
    assert verb == "refund"
    assert bench.clock().date() >= DAY - timedelta(days=1)


def test_what_another_gave_back_is_not_given_back_at_the_acquirer_too(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    sold = terminal.trace
    bench.world.set_up("SELECT ledger_cut_day_v1(1, %s)", bench.world.value("SELECT current_day FROM ledger_book"))
    assert bench.code(terminal.refund(1, sold, 1_000)) == "00"
    heard = len(bench.acquirer.heard)
    assert bench.code(terminal.reverse(sold, 1_000)) == "05"
    assert (len(bench.acquirer.heard), bench.card_fen(terminal)) == (heard, 0)
    assert bench.undos(terminal) == [("refund", "done", "done"), ("reversal", "refused", "none")]
    assert bench.exceptions(terminal) == [("money_stays", sold, 1_000, 1_000, Code.ALREADY_REVERSED)]


def test_a_reversal_of_a_void_is_for_people(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    assert bench.code(terminal.void(terminal.trace)) == "00"
    assert bench.code(terminal.reverse(terminal.trace, 1_000)) == "12"
    assert bench.exceptions(terminal) == [("money_stays", terminal.trace, 1_000, 1_000, PosCode.POS_ORIGINAL_UNFIT)]


def test_what_stands_afterwards_is_proved(bench: PosBench):
    bench.proved()
