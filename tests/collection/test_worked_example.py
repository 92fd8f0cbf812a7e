"""托收 from the contract to the payment, one order of each kind of end: what each person does, every posting at the
core and in the hub. Read it from the top."""

import pytest

from tests.agency.test_night import gross
from tests.collection.bench import FRIDAY, MONDAY, THURSDAY, Collect, at
from tests.corebank.bench import COMPANY, TRANSIT
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.collection.codes import CollectionCode


def test_silence_is_consent_and_is_paid_at_the_opening_of_day_four(collect: Collect):
    mill = collect.owe(M1=4_000_000, M2=1_234_500)
    contract = collect.contract(mill)
    before, transit = collect.balance(COMPANY), collect.ledger("2241.POWER01")

    # Monday: the power company demands two bills, the bank takes the demand in. Both are out of everybody else's hands.
    order = collect.demand(contract)
    assert (collect.states(order), collect.one(order, "amount_fen")) == (("out", None), 5_234_500)
    assert collect.kept(mill) == ["M1", "M2"]

    # The worker tells the paper mill. The three days begin on Tuesday; Thursday is the last.
    collect.settle()
    assert collect.states(order) == ("told", None)
    told = collect.rows("SELECT told_on, last_on, pay_at FROM collection_order WHERE order_id = %s", order)
    assert told == [(MONDAY, THURSDAY, at(FRIDAY, 9))]

    # Thursday night, Friday before nine: nothing moves.
    for moment in (at(THURSDAY, 23, 59), at(FRIDAY, 8, 59)):
        collect.to(moment)
        collect.settle()
        assert (collect.states(order), collect.balance(COMPANY)) == (("told", None), before)

    # Friday at nine, the core moves it, then the hub books it: an ordinary payment on the counter's channel.
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert collect.states(order) == ("booked", None)
    assert collect.moved(order) == [(COMPANY, -5_234_500), (TRANSIT, 5_234_500)]
    assert collect.balance(COMPANY) == before - 5_234_500
    assert collect.ledger("2241.POWER01") - transit == 5_234_500
    assert (collect.paid(mill), collect.kept(mill)) == ({"M1": 4_000_000, "M2": 1_234_500}, [])
    payment = collect.rows(
        "SELECT c.code, y.serial, y.amount_fen, y.payer_state::text FROM payment y JOIN partner c ON c.id ="
        " y.channel_id JOIN collection_order o USING (payment_id) WHERE o.order_id = %s",
        order,
    )
    assert payment == [("DESK", collect.one(order, "serial"), 5_234_500, "taken")]
    assert collect.words(order) == [
        ("made", "two", 5_234_500),
        ("told", "message", 5_234_500),
        ("silent", "clock", 5_234_500),
        ("paid", "core", 5_234_500),
        ("booked", "hub", 5_234_500),
    ]
    assert collect.altered() == []


def test_a_refusal_with_its_reason_goes_back_and_the_bill_may_be_paid_elsewhere(collect: Collect):
    from yifen.core.wire.messages import Charge, Line
    from yifen.face.shell.hub import local_hub

    mill = collect.owe(R1=70_000)
    order = collect.demand(collect.contract(mill))
    collect.settle()

    def counter(serial: str) -> Code:
        return local_hub().charge(
            "DESK",
            Charge(
                serial=serial,
                biller="POWER01",
                account_no=mill,
                amount_fen=70_000,
                lines=[Line(payable="R1", amount_fen=70_000)],
                paid_at=collect.clock(),
            ),
        )[0]

    assert counter("C-R1-1") is Code.PAYABLE_HELD
    with pytest.raises(Refused) as found:
        collect.link(order, False)
    assert found.value.code is Code.REASON_MISSING
    collect.to(at(THURSDAY, 23))
    collect.link(order, False, "表计有误")
    assert collect.states(order) == ("returned", CollectionCode.COLLECTION_REFUSED)
    assert collect.one(order, "reason") == "表计有误"
    assert (collect.kept(mill), collect.moved(order)) == ([], [])
    assert counter("C-R1-2") is Code.OK
    assert collect.altered() == []


def test_a_bill_paid_elsewhere_first_makes_the_demand_refuse(collect: Collect):
    from tests.web import site
    from yifen.core.access import second
    from yifen.core.wire.messages import Charge, Line
    from yifen.face.shell.hub import local_hub

    mill = collect.owe(E1=5_000, E2=6_000)
    contract = collect.contract(mill)
    proposal = collect.propose(contract)
    code, _reply = local_hub().charge(
        "DESK",
        Charge(
            serial="C-E1",
            biller="POWER01",
            account_no=mill,
            amount_fen=5_000,
            lines=[Line(payable="E1", amount_fen=5_000)],
            paid_at=collect.clock(),
        ),
    )
    assert code is Code.OK
    with pytest.raises(Refused) as found:
        site.agree(collect.finance, proposal, collect.clock())
    assert found.value.code is CollectionCode.COLLECTION_CHANGED
    assert collect.kept(mill) == []
    second.withdraw(site.access(collect.staff), proposal.pk, collect.clock())
    last = collect.rows("SELECT coalesce(max(last), 0) FROM collection_number")[0][0]
    order = collect.demand(contract, "E2")
    assert collect.one(order, "number") == f"TS2026-{last + 1:06d}"  # what was refused took no number


def test_short_money_is_an_unpaid_notice_and_return_and_nothing_is_paid_in_part(collect: Collect):
    mill = collect.owe(S1=10**9, S2=100)
    order = collect.demand(collect.contract(mill))
    collect.settle()
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert collect.states(order) == ("returned", CoreCode.CORE_SHORT)
    assert (collect.moved(order), collect.kept(mill), collect.paid(mill)) == ([], [], {"S1": 0, "S2": 0})
    assert collect.altered() == []


def test_where_its_kind_says_so_bills_are_refused_one_by_one_and_short_money_pays_what_it_reaches(collect: Collect):
    mill = collect.owe(P1=1_000, P2=2_000, P3=10**10)
    order = collect.demand(collect.contract(mill, "check"))
    collect.settle()
    collect.link(order, False, "P2 已另付", [2])
    assert (collect.states(order), collect.kept(mill)) == (("told", None), ["P1", "P3"])
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert (collect.states(order), collect.one(order, "taken_fen")) == (("booked", None), 1_000)
    assert (collect.paid(mill), collect.kept(mill)) == ({"P1": 1_000, "P2": 0, "P3": 0}, [])
    lines = collect.rows("SELECT ref, state FROM collection_line WHERE order_id = %s ORDER BY place", order)
    assert lines == [("P1", "out"), ("P2", "refused"), ("P3", "short")]
    assert collect.altered() == []


def test_by_prior_authority_it_is_debited_unasked_on_its_day(collect: Collect):
    mill = collect.owe(A1=3_300)
    order = collect.demand(collect.contract(mill, "agreed"))
    with pytest.raises(Refused) as found:
        collect.link(order, False, "不同意")
    assert found.value.code is CollectionCode.COLLECTION_NO_REFUSAL
    collect.settle()
    assert collect.states(order) == ("booked", None)
    assert collect.moved(order) == [(COMPANY, -3_300), (TRANSIT, 3_300)]
    assert collect.words(order)[1][:2] == ("told", "message")
    assert collect.altered() == []


def test_who_agrees_is_paid_at_once_and_the_night_sweeps_it_to_the_company(collect: Collect):
    gross(collect)
    mill = collect.owe(N1=8_800)
    order = collect.demand(collect.contract(mill, "goods", medium=""))
    collect.settle()
    assert collect.states(order) == ("out", None)  # nobody told him yet: a paper
    from tests.web import site
    from yifen.trades.collection.orders import told_by_hand

    told_by_hand(site.access(collect.finance), collect.web, order, MONDAY, "王会计", collect.clock())
    assert collect.one(order, "last_on").isoformat() == "2026-12-07"  # ten working days
    collect.paper(order, True)
    collect.settle()
    assert collect.states(order) == ("booked", None)
    assert [word[:2] for word in collect.words(order)] == [
        ("made", "two"),
        ("told", "paper"),
        ("agreed", "paper"),
        ("paid", "core"),
        ("booked", "hub"),
    ]
    assert collect.altered() == []
