"""The end of a batch: totals that agree close it; those that differ are uploaded and compared trace by trace."""

import pytest

from tests.pos.bench import PosBench
from yifen.hub.pos.gaps import gaps


def batch(bench: PosBench, terminal, number: int = 1) -> tuple:
    return bench.world.rows(
        "SELECT state, debit_count, debit_fen, credit_count, credit_fen FROM pos_batch"
        " WHERE terminal_no = %s AND batch_no = %s",
        terminal.who.terminal_no, number)[0]  # fmt: skip


def test_equal_totals_close_the_batch_and_the_next_one_is_open(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    for fen in (1_000, 2_000, 3_000):
        assert bench.code(terminal.sale(account, fen)) == "00"
    assert bench.code(terminal.void(terminal.trace)) == "00"
    assert bench.code(terminal.sale(account, 4_000)) == "00"
    last = terminal.trace
    assert bench.code(terminal.reverse(last, 4_000)) == "00"
    del terminal.sold[last]
    said = bench.run(terminal.settle())
    assert (said.fields["39"], said.fields["48"][30], said.fields["48"][61]) == ("00", "1", "1")
    assert batch(bench, terminal) == ("closed", 3, 6_000, 1, 3_000)
    assert (terminal.batch, batch(bench, terminal, 2)[0], bench.exceptions(terminal)) == (2, "open", [])
    assert bench.code(terminal.sale(account, 500)) == "00"


def test_a_settlement_that_is_repeated_is_answered_the_same(bench: PosBench):
    terminal = bench.terminal()
    assert bench.code(terminal.settle()) == "00"
    terminal.batch = 1
    assert bench.code(terminal.settle()) == "00"
    assert terminal.batch == 2


def test_totals_that_differ_are_uploaded_and_each_difference_is_named(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    for fen in range(1_000, 1_009):
        assert bench.code(terminal.sale(account, fen)) == "00"
    first, *_, last = sorted(terminal.sold)
    ours = terminal.sold.pop(first)
    terminal.sold[last] = terminal.sold[last]._replace(fen=9_999)
    terminal.sold[900_000] = ours._replace(trace=900_000, fen=77)
    said = bench.run(terminal.settle())
    assert (said.fields["39"], said.fields["48"][30]) == ("00", "2")
    assert (batch(bench, terminal)[0], terminal.batch) == ("closed", 2)
    assert sorted(bench.exceptions(terminal), key=str) == sorted([
        ("totals_differ", None, 9_036, 17_104, 0), ("item_differs", first, 1_000, 0, 0),
        ("item_differs", last, 1_008, 9_999, 0), ("item_differs", 900_000, 0, 77, 0),
    ], key=str)  # fmt: skip
    assert bench.paid_fen(account) == 9_036  # a difference moves no money
    of = f"pos_exception WHERE kind = 'item_differs' AND trace = {last}"
    missing = [f"pos_batch {terminal.who.terminal_no} 1 differs at {last} from what was uploaded, by no exception"]
    assert bench.named(f"DELETE FROM {of}") == missing
    assert bench.named("UPDATE " + of.replace(" WHERE", " SET their_fen = 1008 WHERE")) == missing
    assert bench.named("SELECT 1") == []


def test_offsetting_errors_are_seen_in_the_counts(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    one = terminal.sold.pop(terminal.trace)
    terminal.sold |= {800_000: one._replace(fen=400), 800_001: one._replace(fen=600)}
    assert bench.run(terminal.settle()).fields["48"][30] == "2"
    assert len(bench.exceptions(terminal)) == 4


def test_while_it_uploads_nothing_is_sold(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    bench.world.set_up("UPDATE pos_batch SET state = 'uploading' WHERE terminal_no = %s", terminal.who.terminal_no)
    assert bench.code(terminal.sale(account, 1_000)) == "77"


def test_a_batch_with_an_undecided_sale_is_not_settled_yet(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    bench.ask(terminal, account, 77)
    assert bench.code(terminal.settle()) == "98"
    bench.until_rest()
    assert bench.code(terminal.settle()) == "00"


@pytest.mark.parametrize("spoilt", [{"48": "0" * 61}, {"48": "A" * 62}, {"48": "0" * 62, "60": "00"}])
def test_totals_that_cannot_be_read_are_refused(bench: PosBench, spoilt):
    terminal = bench.terminal()
    fields = {"t": "0500", "11": "000009", "60": "00000001201", **spoilt}
    assert bench.code(terminal._told(fields)) == "30"
    assert batch(bench, terminal)[0] == "open"


def test_the_days_gaps_name_what_is_not_settled_not_known_or_to_be_seen_to(bench: PosBench):
    account, terminal, day = bench.account(), bench.terminal(), bench.clock().date()

    def told() -> dict[str, int]:
        return {one.reason: one.fen for one in gaps(bench.conn, 1, day)}

    before = told()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    bench.ask(terminal, account, 77)
    now = told()
    assert now.get("not_reconciled", 0) - before.get("not_reconciled", 0) == 1_000
    assert now.get("unexplained", 0) - before.get("unexplained", 0) == 1_000
    bench.until_rest()
    terminal.sold[terminal.trace] = terminal.sold[terminal.trace]._replace(fen=1_300)
    assert bench.code(terminal.settle()) == "00"
    after = told()
    assert after.get("not_reconciled", 0) == before.get("not_reconciled", 0)
    assert after.get("unexplained", 0) == before.get("unexplained", 0)
    assert bench.exceptions(terminal)[0][:4] == ("totals_differ", None, 1_000, 1_300)
