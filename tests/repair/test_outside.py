"""A refund by repair reaches the payer: where the hub cannot give the money, a person sees that the channel does."""

import psycopg
import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import operations, queries


@pytest.fixture
def refunded(bench: Bench) -> int:
    """GAS lacks what WX took: two people refund it. GAS counts."""
    bench.world.run("DELETE FROM recon_profile")
    bench.profile("GAS", "biller", "theirs")
    payment = bench.pay(1_200, "GAS")
    bench.cut()
    item = bench.lacks(payment, "GAS")
    bench.approved(item, "refund")
    assert queries.outside_of_item(bench.conn, item) is None  # the biller has not agreed yet
    bench.world.result(payment.id, "reversed")
    return item


def given(bench: Bench, item: int, reference: str = "WX-R-1", session: str = "maker01") -> None:
    operations.given_outside(bench.conn, item, session, reference, bench.now)


def refused(bench: Bench, *params) -> Code:
    before = bench.everything()
    with pytest.raises(Refused) as found:
        given(bench, *params)
    assert bench.everything() == before
    return found.value.code


def test_a_refund_on_the_billers_leg_waits_for_the_channel_until_a_person_names_its_number(bench: Bench, refunded):
    due = queries.outside_of_item(bench.conn, refunded)
    assert due[:2] == ("WX", 1_200)  # before the item is closed, too
    assert due[3:] == (None, None, None)
    assert bench.carry(refunded).state == "closed"
    left = "SELECT partner_id <> %s, since FROM recon_outside_due WHERE closed_at IS NULL"
    water = (bench.world.ids["WATER"],)
    assert bench.conn.execute(left, water).fetchall() == [(True, due.since)]
    given(bench, refunded, " WX-R-1 ")
    assert bench.conn.execute(left, water).fetchall() == []
    assert queries.outside_of_item(bench.conn, refunded)[3:] == ("WX-R-1", bench.now, "maker01")
    assert (bench.acts(refunded)[-1], bench.last_note(refunded)) == ("outside", "WX-R-1")
    assert refused(bench, refunded) is RepairCode.REPAIR_DONE_BEFORE


def test_what_the_channels_own_file_lacks_needs_nobody_outside(bench: Bench):
    """The channel never had the money, or gave it back itself."""
    for lacks in (bench.lacks, lambda p: bench.differs("status", p, theirs_kind="void", theirs_fen=p.fen)):
        payment = bench.pay(1_300)
        bench.cut()
        item = lacks(payment)
        assert bench.approved(item, "refund").state == "closed"
        assert queries.outside_of_item(bench.conn, item) is None
        assert queries.outside_of_payment(bench.conn, payment.id) is None
        assert refused(bench, item) is RepairCode.ACTION_NOT_POSSIBLE


def test_what_the_channel_took_back_itself_needs_nobody_outside(bench: Bench):
    """It gave the money, and the repair that was agreed on finds it done."""
    bench.world.run("DELETE FROM recon_profile")
    bench.profile("WATER", "biller", "theirs")
    payment = bench.pay(1_400)
    bench.cut()
    item = bench.lacks(payment, "WATER")
    bench.agreed(item, "refund")
    bench.world.refund(f"Q{item}", payment.serial, 1_400)
    assert bench.carry(item).state == "closed"
    assert queries.outside_of_item(bench.conn, item) is None


def test_who_may_not_propose_or_names_no_number_closes_nothing(bench: Bench, refunded):
    assert refused(bench, refunded, " ") is Code.INPUT_INVALID
    assert refused(bench, refunded, "x" * 65) is Code.INPUT_INVALID
    for session in ("", "nobody", "checker01"):
        assert refused(bench, refunded, "WX-R-2", session) is Code.PERMISSION_MISSING
    assert refused(bench, 10**9) is RepairCode.ITEM_UNKNOWN
    assert queries.outside_of_item(bench.conn, refunded).closed_at is None


@pytest.mark.parametrize("role", [WEB, NIGHT, GATEWAY, WORKER])
def test_no_process_writes_it(bench: Bench, refunded, role):
    with psycopg.connect(bench.database.url(role), autocommit=True) as conn:
        for statement in (f"INSERT INTO recon_outside VALUES ({refunded}, 'X', now(), 'maker01')",
                          "UPDATE recon_outside SET reference = 'X'", "DELETE FROM recon_outside"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement.encode())
