"""A biller's file: our books count where it is ours to say (P10), its own where it decides what is
undecided (H4)."""

import pytest

from tests.repair.bench import Bench, at
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import operations

CLEARING, TRANSIT = "1121.WX", "2241.GAS"
SALE = {"ours_kind": "sale", "ours_fen": 700}


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("ours_only", SALE),
        ("theirs_only", {"theirs_kind": "sale", "theirs_fen": 700}),
        ("status", SALE | {"theirs_kind": "void", "theirs_fen": 700}),
        ("amount", SALE | {"theirs_kind": "sale", "theirs_fen": 701}),
        ("duplicate", {"theirs_kind": "sale", "theirs_fen": 700, "nth": 2}),
    ],
)
def test_the_biller_is_told_and_no_money_moves(bench: Bench, kind, columns):
    bench.cut()
    item_id, before = bench.item(kind, f"8{kind}", "WATER", **columns), bench.balances()
    assert bench.step(item_id)[:2] == ("tell", True)
    done = bench.carry(item_id)
    assert (done.state, done.action) == ("waiting", "tell")
    assert bench.moved(before) == {}
    assert bench.acts(item_id) == ["begin", "tell"]


def test_what_was_told_is_not_told_every_day(bench: Bench):
    bench.cut()
    item_id = bench.item("ours_only", "8000", "WATER", **SALE)
    bench.carry(item_id)
    bench.world.run("UPDATE recon_item SET state = 'open' WHERE item_id = %s", item_id)  # next file
    assert bench.step(item_id)[:2] == ("tell", False)
    found = operations.work_off(bench.night, bench.hub, bench.now, day=bench.read(item_id).business_day,
                                partner_id=bench.world.ids["WATER"])  # fmt: skip
    assert found.left >= 1
    assert bench.acts(item_id) == ["begin", "tell"]
    assert bench.approved(item_id, "accept").state == "closed"


def test_a_fee_of_theirs_is_for_people(bench: Bench):
    bench.cut()
    item_id = bench.item("fee", "8001", "WATER", **SALE, theirs_kind="sale", theirs_fen=700)
    step = bench.step(item_id)
    assert (step.action, step.automatic) == ("ask", False)
    assert bench.approved(item_id, "accept").state == "closed"


@pytest.fixture
def their_word(bench: Bench):
    """GAS counts, until the test is over."""
    bench.profile("GAS", "biller", "theirs")
    yield
    bench.world.run("DELETE FROM recon_policy")
    bench.world.run("DELETE FROM recon_profile")


@pytest.mark.usefixtures("their_word")
def test_where_their_books_count_what_they_lack_is_refunded_by_two(bench: Bench):
    payment = bench.pay(1_200, "GAS")
    bench.cut()
    item_id, before = bench.lacks(payment, "GAS"), bench.balances()
    assert bench.step(item_id)[:2] == ("refund", False)
    waits = bench.approved(item_id, "refund")
    assert (waits.state, waits.biller_state) == ("doing", "reversing")
    assert bench.last_note(item_id) == "8001 PROCESSING"
    assert bench.carry(item_id).state == "doing"  # asked again, and still no answer
    bench.world.result(payment.id, "reversed")
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (0, 1_200), TRANSIT: (1_200, 0)}
    assert bench.acts(item_id) == ["propose", "approve", "begin", "wait", "close"]
    bench.cut()
    seen = bench.item("ours_only", f"{payment.id}R", "GAS", payment_id=payment.id,
                      ours_kind="refund", ours_fen=1_200)  # fmt: skip
    assert bench.step(seen)[:2] == ("accept", True)


@pytest.mark.usefixtures("their_word")
def test_a_biller_that_refuses_the_refund_leaves_it_to_people_who_may_try_again(bench: Bench):
    payment = bench.pay(1_300, "GAS")
    bench.cut()
    item_id, before = bench.lacks(payment, "GAS"), bench.balances()
    bench.approved(item_id, "refund")
    bench.world.result(payment.id, "reverse_refused", None, "E01")
    failed = bench.carry(item_id)
    assert (failed.state, failed.action, failed.decided_by) == ("open", None, None)
    assert bench.last_note(item_id) == "8002 BILLER_REJECTED"
    assert bench.moved(before) == {}
    assert bench.approved(item_id, "refund").state == "doing"
    bench.world.result(payment.id, "reversed")
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (0, 1_300), TRANSIT: (1_300, 0)}


@pytest.mark.usefixtures("their_word")
@pytest.mark.parametrize(
    ("kind", "columns", "step"),
    [
        ("theirs_only", {"theirs_kind": "sale", "theirs_fen": 700}, ("ask", False)),
        ("amount", SALE | {"theirs_kind": "sale", "theirs_fen": 701}, ("ask", False)),
        ("duplicate", {"theirs_kind": "sale", "theirs_fen": 700, "nth": 2}, ("tell", True)),
        ("fee", SALE | {"theirs_kind": "sale", "theirs_fen": 700}, ("ask", False)),
    ],
)
def test_where_their_books_count_the_rest_is_for_people(bench: Bench, kind, columns, step):
    assert bench.step(bench.item(kind, f"7{kind}", "GAS", **columns))[:2] == step


@pytest.mark.usefixtures("their_word")
def test_their_void_of_our_sale_is_refunded_by_two(bench: Bench):
    payment = bench.pay(900, "GAS")
    bench.cut()
    item_id = bench.differs("status", payment, "GAS", theirs_kind="void", theirs_fen=900)
    assert bench.step(item_id)[:2] == ("refund", False)


# --- what the biller never answered ------------------------------------------------------------


def test_an_undecided_payment_they_have_is_booked(bench: Bench):
    payment = bench.pay(2_000, "GAS", decided=False)
    bench.cut()
    item_id = bench.differs("status", payment, "GAS", theirs_kind="sale", theirs_fen=2_000,
                            theirs_ref="G-77")  # fmt: skip
    before = bench.balances()
    assert (before[CLEARING][0], before[TRANSIT][2]) == (2_000, 2_000)
    assert bench.step(item_id)[:2] == ("resolve", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.world.states(payment.id) == ("taken", "booked")
    after = bench.balances()
    assert delta(before, after, CLEARING) == (-2_000, 2_000, 0, 0)
    assert delta(before, after, TRANSIT) == (0, 0, -2_000, 2_000)
    kept = bench.world.rows("SELECT biller_serial, business_day FROM payment WHERE payment_id = %s",
                            payment.id)  # fmt: skip
    assert kept == [("G-77", bench.day)]


def test_an_undecided_payment_they_lack_is_given_back(bench: Bench):
    payment = bench.pay(2_100, "GAS", decided=False)
    bench.cut()
    item_id, before = bench.differs("status", payment, "GAS", ours_at=at(12)), bench.balances()
    assert bench.step(item_id)[:2] == ("resolve", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.world.states(payment.id) == ("returned", "rejected")
    after = bench.balances()
    assert delta(before, after, CLEARING) == (-2_100, 0, 0, 0)
    assert delta(before, after, TRANSIT) == (0, 0, -2_100, 0)
    assert bench.world.payable(payment.ref, "GAS", payment.account_no) == ("open", 0, False)


def test_it_waits_while_the_biller_is_still_asked(bench: Bench):
    payment = bench.pay(2_200, "GAS", decided=False)
    with_owner(bench, "UPDATE biller_call SET due_at = now() WHERE payment_id = %s", payment.id)
    bench.cut()
    item_id = bench.differs("status", payment, "GAS", ours_at=at(12))
    assert bench.step(item_id)[:2] == ("wait", False)
    bench.ladder_ends(payment)
    assert bench.step(item_id)[:2] == ("resolve", True)


def test_a_row_near_the_cut_may_stand_in_the_next_file(bench: Bench):
    payment = bench.pay(2_300, "GAS", decided=False)
    day = bench.cut()
    late = at(22, 31).replace(year=day.year, month=day.month, day=day.day)
    first = bench.differs("status", payment, "GAS", business_day=day, ours_at=late)
    assert bench.step(first)[:2] == ("wait", False)
    bench.cut()
    second = bench.differs("status", payment, "GAS", ours_at=late, theirs_kind="sale",
                           theirs_fen=2_300)  # fmt: skip
    assert [bench.carry(item_id).state for item_id in (second, first)] == ["closed", "closed"]
    assert bench.world.states(payment.id) == ("taken", "booked")


def test_another_amount_decides_nothing(bench: Bench):
    payment = bench.pay(2_400, "GAS", decided=False)
    bench.cut()
    item_id = bench.differs("status", payment, "GAS", theirs_kind="sale", theirs_fen=2_401)
    step = bench.step(item_id)
    assert (step.action, step.automatic, step.possible) == ("wait", False, frozenset())


def reversing(bench: Bench, fen: int):
    """Booked by the biller, its reversal under way and unanswered."""
    payment = bench.pay(fen, "GAS")
    bench.world.reverse(f"V{payment.serial}", payment.serial, fen)
    bench.ladder_ends(payment)
    bench.cut()
    columns = {"payment_id": payment.id, "ours_kind": "void", "ours_fen": fen, "ours_at": at(12)}
    return payment, f"{payment.id}R", columns


def test_a_reversal_they_have_is_booked(bench: Bench):
    payment, serial, ours = reversing(bench, 2_500)
    item_id = bench.item("status", serial, "GAS", **ours, theirs_kind="void", theirs_fen=2_500)
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("resolve", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.world.states(payment.id) == ("returned", "reversed")
    assert bench.moved(before) == {CLEARING: (0, 2_500), TRANSIT: (2_500, 0)}


def test_a_reversal_they_lack_is_called_off_by_two(bench: Bench):
    payment, serial, ours = reversing(bench, 2_600)
    item_id, before = bench.item("status", serial, "GAS", **ours), bench.balances()
    assert bench.step(item_id)[:2] == ("resolve", False)
    assert bench.approved(item_id, "resolve").state == "closed"
    assert bench.world.states(payment.id) == ("taken", "booked")
    assert bench.moved(before) == {}


def test_an_undecided_charge_that_was_reversed_and_that_they_have_ends_booked(bench: Bench):
    payment = bench.pay(2_700, "GAS", decided=False)
    bench.world.reverse(f"V{payment.serial}", payment.serial, 2_700)
    bench.ladder_ends(payment)
    bench.cut()
    item_id = bench.differs("status", payment, "GAS", theirs_kind="sale", theirs_fen=2_700)
    assert bench.step(item_id)[:2] == ("resolve", False)
    assert bench.approved(item_id, "resolve").state == "closed"
    assert bench.world.states(payment.id) == ("taken", "booked")


def test_a_channel_cannot_decide_for_the_biller(bench: Bench):
    payment = bench.pay(2_800, "GAS", decided=False)
    bench.cut()
    item_id = bench.item("status", payment.serial, payment_id=payment.id, theirs_kind="sale",
                         theirs_fen=2_800)  # fmt: skip
    step = bench.step(item_id)
    assert (step.action, step.automatic, step.possible) == ("wait", False, frozenset())
    with pytest.raises(Refused) as refused:
        bench.proposed(item_id, "resolve")
    assert refused.value.code is RepairCode.ACTION_NOT_POSSIBLE
    bench.world.result(payment.id, "booked", "G1")
    assert bench.step(item_id)[:2] == ("accept", True)
    assert bench.carry(item_id).state == "closed"


def test_a_sale_the_biller_refused_meanwhile_stands_on_suspense(bench: Bench):
    payment = bench.pay(2_900, "GAS", decided=False)
    bench.cut()
    item_id = bench.item("status", payment.serial, payment_id=payment.id, theirs_kind="sale",
                         theirs_fen=2_900)  # fmt: skip
    bench.world.result(payment.id, "rejected", None, "E9")
    before = bench.balances()
    assert bench.step(item_id)[:2] == ("suspend", True)
    assert bench.carry(item_id).state == "closed"
    assert bench.moved(before) == {CLEARING: (2_900, 0), "2241.1.SUSPENSE": (0, 2_900)}


def test_a_policy_of_the_partner_goes_before_the_defaults(bench: Bench):
    bench.profile("GAS", "biller", "ours")
    try:
        bench.policy("GAS", "ours_only", "refund", True, 1_000)
        bench.policy("GAS", "theirs_only", "ask", False)
        small, large = bench.pay(1_000, "GAS"), bench.pay(1_001, "GAS")
        bench.cut()
        steps = [bench.step(bench.lacks(payment, "GAS"))[:2] for payment in (small, large)]
        assert steps == [("refund", True), ("refund", False)]
        theirs = bench.item("theirs_only", "9009", "GAS", theirs_kind="sale", theirs_fen=1)
        assert bench.step(theirs)[:2] == ("ask", False)
    finally:
        bench.world.run("DELETE FROM recon_policy")
        bench.world.run("DELETE FROM recon_profile")


def test_a_bank_is_for_people(bench: Bench):
    bench.world.partner("ICBC")
    bench.profile("ICBC", "bank", "theirs")
    try:
        item_id = bench.item("theirs_only", "N1", "ICBC", theirs_kind="in", theirs_fen=5)
        step = bench.step(item_id)
        assert (step.action, step.automatic) == ("ask", False)
        assert step.possible == {"tell", "accept"}
    finally:
        bench.world.run("DELETE FROM recon_profile")


def delta(before, after, code):
    pairs = zip(before.get(code, (0,) * 4), after.get(code, (0,) * 4), strict=True)
    return tuple(now - was for was, now in pairs)


def with_owner(bench: Bench, statement: str, *params: object) -> None:
    import psycopg

    with psycopg.connect(bench.database.owner_url) as conn:
        conn.execute(statement, params)
