"""The rules from their other side: days and holidays, who may, what the database refuses whoever calls."""

from datetime import time, timedelta
from typing import Any

import psycopg
import pytest

from tests.collection.bench import FRIDAY, MONDAY, PDF, THURSDAY, Collect, at
from tests.corebank.bench import BOOK, COMPANY
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.collection.codes import CollectionCode as C


def refused(act: Any) -> Any:
    with pytest.raises(Refused) as found:
        act()
    return found.value.code


def test_holidays_extend_the_days_and_a_made_up_saturday_counts(collect: Collect):
    wednesday, saturday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=5)
    collect.owner(
        "INSERT INTO calendar_day (day, kind, name) VALUES (%s, 'holiday', '节'), (%s, 'make_up', '补班')",
        wednesday,
        saturday,
    )
    order = collect.demand(collect.contract(collect.owe(H1=100)))
    collect.settle()
    assert collect.rows("SELECT last_on, pay_at FROM collection_order WHERE order_id = %s", order) == [
        (FRIDAY, at(saturday, 9))
    ]
    collect.owner("DELETE FROM calendar_day WHERE day IN (%s, %s)", wednesday, saturday)


def test_an_answer_counts_to_the_end_of_the_last_day_and_once(collect: Collect):
    contract = collect.contract(collect.owe(L1=100, L2=200, L3=300))
    first, second, third = (collect.demand(contract, ref) for ref in ("L1", "L2", "L3"))
    assert refused(lambda: collect.link(first, True)) is C.COLLECTION_NOT_OPEN  # he was not told yet
    collect.settle()
    collect.link(first, True)
    assert refused(lambda: collect.link(first, False, "反悔")) is C.COLLECTION_NOT_OPEN
    assert refused(lambda: collect.link(second, False, "一部分", [7])) is Code.INPUT_INVALID
    collect.to(at(FRIDAY, 0, 1))
    assert refused(lambda: collect.link(second, False, "太晚")) is C.COLLECTION_LATE
    collect.to(at(THURSDAY, 23, 59))
    collect.paper(second, False, "有争议")
    assert collect.states(second) == ("returned", C.COLLECTION_REFUSED)
    assert refused(lambda: collect.paper(second, True)) is C.COLLECTION_NOT_OPEN
    collect.settle()
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert [collect.states(order)[0] for order in (first, second, third)] == ["booked", "returned", "booked"]
    assert collect.altered() == []


def test_a_paper_whose_day_is_entered_late_leaves_him_that_day_to_answer(collect: Collect):
    from yifen.trades.collection.orders import told_by_hand

    order = collect.demand(collect.contract(collect.owe(O1=100), medium=""))
    collect.to(at(FRIDAY, 10))
    told_by_hand(site.access(collect.finance), collect.web, order, MONDAY, "王会计", collect.clock())
    assert collect.rows("SELECT told_on, last_on, pay_at FROM collection_order WHERE order_id = %s", order) == [
        (MONDAY, FRIDAY, at(FRIDAY + timedelta(days=3), 9))
    ]
    collect.settle()
    collect.link(order, False, "未见单据")
    assert collect.states(order) == ("returned", C.COLLECTION_REFUSED)
    assert collect.altered() == []


def test_silence_that_does_not_agree_returns_it(collect: Collect):
    from yifen.trades.collection.contracts import CollectionKindForm, propose_kind

    tuesday = MONDAY + timedelta(days=1)
    form = CollectionKindForm("check", tuesday, 1, False, False, time(8, 30))
    site.agree(
        collect.union_second, propose_kind(site.access(collect.union_admin), form, collect.clock()), collect.clock()
    )
    again = propose_kind(site.access(collect.union_admin), form, collect.clock())
    assert refused(lambda: site.agree(collect.union_second, again, collect.clock())) is C.COLLECTION_KIND
    contract = collect.contract(collect.owe(Q1=100, Q2=200), "check")
    before = collect.demand(contract, "Q1")
    collect.to(at(tuesday, 10))
    after = collect.demand(contract, "Q2")
    assert [collect.one(order, "days") for order in (before, after)] == [3, 1]  # what is out keeps its rule
    collect.settle()
    collect.to(at(THURSDAY, 8, 30))
    collect.settle()
    assert (collect.states(after), collect.moved(after)) == (("returned", C.COLLECTION_UNANSWERED), [])
    assert collect.states(before)[0] == "told"


def test_a_contract_is_signed_by_two_after_the_core_said_whose_the_account_is(collect: Collect):
    account = collect.owe(K1=100)
    for code, fields in (
        (CoreCode.CORE_NAME_DIFFERS, {"payer": "青溪水泥厂"}),
        (CoreCode.CORE_NO_ACCOUNT, {"bank_account": "6222000000000000"}),
        (CoreCode.CORE_WRONG_KIND, {"payer": "欧阳小明", "bank_account": "6222021234567890123"}),
        (Code.INPUT_INVALID, {"number": "合同 1"}),
        (C.COLLECTION_PAPER_KIND, {"paper": b"MZ"}),
        (Code.INPUT_INVALID, {"valid_until": MONDAY - timedelta(days=1)}),
    ):
        assert refused(lambda fields=fields: collect.contract(account, **fields)) is code
    old = collect.contract(account)
    new = collect.contract(account, payer="青溪粮站", bank_account=BOOK)
    assert refused(lambda: collect.demand(old)) is C.COLLECTION_NO_CONTRACT
    order = collect.demand(new)
    shown = collect.rows(
        "SELECT c.account_shown FROM collection_contract c JOIN collection_order USING (contract_id)"
        " WHERE order_id = %s",
        order,
    )
    assert shown == [("9010*************2345",)]
    from yifen.trades.collection.contracts import propose_end

    number = collect.rows("SELECT number FROM collection_contract WHERE contract_id = %s", new)[0][0]
    site.agree(
        collect.second,
        propose_end(site.access(collect.finance), collect.biller, number, collect.clock()),
        collect.clock(),
    )
    collect.settle()
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert collect.states(order) == ("booked", None)  # what was out goes its way


def test_nobody_else_does_it_and_nobody_decides_his_own(collect: Collect):
    from yifen.core.access import second
    from yifen.trades.collection import orders

    contract = collect.contract(collect.owe(W1=100, W2=200))
    row = collect.propose(contract, "W1")
    for user, code in ((collect.staff, Code.PERMISSION_MISSING), (collect.county_admin, Code.PERMISSION_MISSING)):
        assert refused(lambda user=user: site.agree(user, row, collect.clock())) is code
    own = site.access(collect.finance)
    bills = collect.bills(contract)
    from yifen.face.plain import plain_connection

    second.withdraw(site.access(collect.staff), row.pk, collect.clock())
    with plain_connection() as conn:
        mine = orders.demand(own, conn, contract, {bills["W1"].payable_id: 100}, collect.clock())
    assert refused(lambda: site.agree(collect.finance, mine, collect.clock())) is Code.CHECKER_IS_MAKER
    assert refused(lambda: orders.contract(collect.web, 10**9)) is C.COLLECTION_NO_CONTRACT
    site.agree(collect.second, mine, collect.clock())
    order = int(collect.rows("SELECT max(order_id) FROM collection_order")[0][0])
    foreign = site.access(collect.place.foreign.user)
    for act in (
        lambda: orders.withdraw(foreign, collect.web, order, "x", collect.clock()),
        lambda: orders.told_by_hand(foreign, collect.web, order, MONDAY, "", collect.clock()),
    ):
        assert refused(act) is Code.PERMISSION_MISSING
    assert (
        refused(lambda: orders.told_by_hand(own, collect.web, order, FRIDAY, "", collect.clock()))
        is Code.INPUT_INVALID
    )
    orders.withdraw(site.access(collect.staff), collect.web, order, "重开", collect.clock())
    assert collect.states(order) == ("returned", C.COLLECTION_WITHDRAWN)


def test_whoever_has_a_process_password_gains_nothing(collect: Collect):
    """The functions ask sessions, proposals, days and the core's word themselves."""
    mill = collect.owe(X1=100)
    contract = collect.contract(mill)
    order = collect.demand(contract)
    collect.settle()
    link, far = b"x" * 32, collect.clock() + timedelta(days=30)
    web = collect.web
    assert web.execute("SELECT (collection_order_v1(%s, %s, %s)).code", (str(contract), link, far)).fetchone() == (
        Code.AUTHORISATION_INVALID,
    )
    assert web.execute("SELECT collection_by_paper_v1(%s, %s)", (collect.one(order, "serial"), far)).fetchone() == (
        Code.AUTHORISATION_INVALID,
    )
    assert web.execute("SELECT collection_contract_v1('1:HT', %s)", (far,)).fetchone() == (
        Code.AUTHORISATION_INVALID,
    )
    assert web.execute("SELECT collection_by_link_v1('guess', false, NULL, 'x', %s)", (far,)).fetchone() == (
        C.COLLECTION_LINK,
    )
    assert web.execute("SELECT collection_told_by_hand_v1('', %s, %s, '', %s)", (order, MONDAY, far)).fetchone() == (
        Code.PERMISSION_MISSING,
    )
    for name, *more in (("pay", far), ("told", far), ("follow", far), ("booked", far), ("telling", 1, far)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):  # the worker's alone
            web.execute(f"SELECT collection_{name}_v1({', '.join(['%s'] * (len(more) + 1))})", (order, *more))
    # Time that is made up does not bring the opening nearer than the day that is open.
    assert collect.worker.execute("SELECT collection_booked_v1(%s, %s)", (order, far)).fetchone() == ("told",)
    for statement in (
        "UPDATE collection_order SET state = 'paying'",
        "INSERT INTO collection_word (order_id, at, what, how, fen) VALUES (1, now(), 'agreed', 'link', 1)",
        "DELETE FROM collection_line",
        "SELECT collection_answered_v1(o, 'paper', true, NULL, '', NULL, NULL, now()) FROM collection_order o",
        "SELECT payments_let_go_v1(0::smallint, '{}', '{}')",
    ):
        for conn in (collect.web, collect.worker):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
    # A move that no demand asks for is none; not even of a demand that is out.
    from yifen.hub.corebank import operations as core
    from yifen.trades.collection import settle

    found = settle.find(collect.worker, order)
    for fen, state in ((100, "told"), (99, "paying")):
        if state == "paying":
            collect.owner("UPDATE collection_order SET state = 'paying', taken_fen = 100 WHERE order_id = %s", order)
        with pytest.raises(Refused) as refused_:
            core.write(collect.worker, collect.ring, settle.move_of(found, "9010417002000001", fen), collect.clock())
        assert refused_.value.code is CoreCode.CORE_UNFIT
    away = settle.move_of(found, COMPANY, 100)._replace(credit="6217000000000009")
    with pytest.raises(Refused):  # to an account that is not the biller's
        core.write(collect.worker, collect.ring, away, collect.clock())
    collect.owner("UPDATE collection_order SET state = 'told', taken_fen = NULL WHERE order_id = %s", order)


def test_what_is_altered_is_named(collect: Collect):
    mill = collect.owe(V1=100)
    order = collect.demand(collect.contract(mill))
    collect.settle()
    collect.to(at(FRIDAY, 9))
    collect.settle()
    assert collect.altered() == []
    for change, back, says in (
        (
            "UPDATE collection_order SET last_on = '2026-11-27' WHERE order_id = %s",
            "UPDATE collection_order SET last_on = '2026-11-26' WHERE order_id = %s",
            "was paid before its days were over",
        ),
        (
            "UPDATE collection_order SET taken_fen = 99 WHERE order_id = %s",
            "UPDATE collection_order SET taken_fen = 100 WHERE order_id = %s",
            "taken_fen says 99",
        ),
        (
            "UPDATE collection_contract c SET account_shown = 'x' FROM collection_order o"
            " WHERE o.contract_id = c.contract_id AND order_id = %s",
            "UPDATE collection_contract c SET account_shown = '9010********0001' FROM collection_order o"
            " WHERE o.contract_id = c.contract_id AND order_id = %s",
            "not what they agreed to",
        ),
        (
            "UPDATE collection_number SET last = last + 1 WHERE %s::bigint > 0",
            "UPDATE collection_number SET last = last - 1 WHERE %s::bigint > 0",
            "there are",
        ),
    ):
        with psycopg.connect(collect.place.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute(change, (order,))
            conn.commit()
            assert any(says in line for line in collect.altered()), (says, collect.altered())
            conn.execute(back, (order,))
    assert collect.altered() == []
    assert PDF.startswith(b"%PDF")
