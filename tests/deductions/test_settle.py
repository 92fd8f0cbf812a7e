"""A deduction ends as one booking, or as money given back, or as nothing taken."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.deductions.counter_of_bank import CARD, NAME, BankCounter
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.refused import Refused
from yifen.core.wire.replies import PayableView
from yifen.hub.night import NOBODY, Night
from yifen.hub.payments.verify import verify
from yifen.trades.deductions import operations, rules
from yifen.trades.deductions.codes import DeductionCode
from yifen.trades.deductions.night import read_answers
from yifen.trades.deductions.proof import altered
from yifen.trades.deductions.settle import settle

CLEARING, TRANSIT = "1121.BANK", "2241.WATER"


def refused(bank: BankCounter, form, **more) -> Code:
    """Why it is refused; nothing is written and the bank hears nothing."""
    before = bank.world.rows("SELECT count(*) FROM deduction"), bank.books.held_fen()
    with pytest.raises(Refused) as found:
        bank.ask(form, **more)
    assert (bank.world.rows("SELECT count(*) FROM deduction"), bank.books.held_fen()) == before
    return found.value.code


def test_what_is_taken_is_booked_on_the_banks_channel_under_our_number(bank: BankCounter):
    account_no, ref = bank.owe(700)
    before = bank.world.balances()
    number = bank.ask(bank.form(account_no, ref, 700))
    assert (bank.state(number), bank.held(number), bank.payments(number)) == ("booked", 700, [(700, "taken")])
    assert bank.world.payable(ref, account_no=account_no) == ("settled", 700, False)
    after = bank.world.balances()
    assert after[CLEARING][1] - before.get(CLEARING, (0, 0))[1] == 700
    words = bank.world.rows("SELECT state, note FROM deduction_event WHERE deduction_no = %s ORDER BY event_id", number)
    assert words == [("asked", "maker01"), ("taken", ""), ("booked", "")]
    kept = bank.world.rows("SELECT debtor_shown, debtor_sealed FROM deduction WHERE deduction_no = %s", number)[0]
    assert kept[0] == "6222********7890 **小明"
    assert CARD.encode() not in bytes(kept[1])
    assert settle(bank.worker, bank.outside, bank.clock()) == 0


@pytest.mark.parametrize(("debtor", "why"), [
    ((CARD, "欧阳明"), "户名不符"), (("6222000000000001", "张三"), "账户余额不足"),
    (("6222000000000002", "李四"), "账户已销户"), (("6222999999999999", NAME), "无此账户"),
])  # fmt: skip
def test_what_the_bank_refuses_says_why_and_the_bill_can_be_asked_for_again(bank: BankCounter, debtor, why):
    account_no, ref = bank.owe()
    number = bank.ask(bank.form(account_no, ref, debtor=rules.debtor(*debtor), consent="third"))
    assert (bank.state(number), bank.code(number)) == ("refused", DeductionCode.BANK_REFUSED)
    assert bank.world.value("SELECT reason FROM deduction WHERE deduction_no = %s", number) == why
    assert bank.payments(number) == []
    assert bank.state(bank.ask(bank.form(account_no, ref))) == "booked"


@pytest.mark.parametrize("fault", ["ok", "late", "lost", "twice", "garbage", "forged", "slow", "drop"])
def test_every_fault_of_the_bank_ends_booked_once(bank: BankCounter, fault):
    bank.bank.orders.append(fault)
    number = bank.asked()
    assert bank.until_rest(number) == "booked"
    assert (bank.held(number), bank.payments(number)) == (12_345, [(12_345, "taken")])


@pytest.mark.parametrize("fault", ["late", "lost", "garbage", "forged", "twice"])
def test_every_fault_of_a_question_and_of_giving_back_ends_where_the_bank_stands(bank: BankCounter, fault):
    account_no, ref = bank.owe()
    bank.bank.orders.append("lost")
    bank.bank.questions.extend([fault, fault])
    number = bank.ask(bank.form(account_no, ref))
    assert bank.state(number) == "asked"
    bank.world.charge(f"X{account_no}", {ref: 12_345}, channel="OTHER", account_no=account_no)  # somebody was faster
    bank.bank.questions.extend(["ok", fault])
    assert bank.until_rest(number) == "back"
    assert (bank.held(number), bank.payments(number)) == (0, [])
    bank.bank.questions.clear()


def test_what_is_no_longer_due_when_it_is_booked_goes_back_whole(bank: BankCounter):
    account_no, ref = bank.owe()
    bank.bank.orders.append("slow")
    number = bank.ask(bank.form(account_no, ref))
    bank.world.charge(f"X{account_no}", {ref: 12_345}, channel="OTHER", account_no=account_no)
    assert bank.until_rest(number) == "back"
    assert (bank.held(number), bank.payments(number)) == (0, [])
    assert bank.code(number) == Code.ALREADY_PAID


def test_what_the_bank_never_saw_in_ten_minutes_is_blocked_there(bank: BankCounter):
    bank.bank.orders.extend(["drop"] * 40)
    number = bank.asked()
    assert bank.until_rest(number) == "refused"
    bank.bank.orders.clear()
    assert bank.code(number) == DeductionCode.BANK_SILENT
    late = bank.books.take(rules_deduction(number), bank.clock())  # on the wire all the time
    assert (late.state, bank.held(number)) == ("refused", 0)


def rules_deduction(number: str):
    from yifen.core.wire.bank_port import Deduction

    return Deduction(number, 12_345, CARD, NAME)


def test_of_two_clerks_who_ask_for_one_account_at_once_one_wins(bank: BankCounter):
    account_no, ref = bank.owe()
    forms = [bank.form(account_no, ref) for _ in range(4)]

    def one(form) -> str:
        with psycopg.connect(bank.database.url("yifen_web"), autocommit=True) as conn:
            from yifen.trades.deductions.operations import ask

            try:
                return ask(conn, bank.hub, bank.ring, form, "maker01", bank.clock())
            except Refused as error:
                return error.code.name

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(one, forms))
    assert found[:3] == ["DEDUCTION_OPEN"] * 3
    assert bank.until_rest(found[3]) == "booked"
    assert sum(bank.held(form.deduction_no) for form in forms) == 12_345


def test_a_form_sent_twice_is_one_deduction(bank: BankCounter):
    form = bank.form(*bank.owe())
    assert bank.ask(form) == bank.ask(form)
    assert bank.payments(form.deduction_no) == [(12_345, "taken")]


def test_what_cannot_be_is_refused_before_the_bank_is_asked(bank: BankCounter):
    account_no, ref = bank.owe()
    form = bank.form(account_no, ref)
    assert refused(bank, form._replace(shown_fen={ref: 1})) is DeductionCode.DUES_CHANGED
    assert refused(bank, form._replace(shown_fen={})) is Code.NOTHING_CHOSEN
    assert refused(bank, form._replace(consent="")) is DeductionCode.CONSENT_MISSING
    assert refused(bank, form._replace(consent_note=" ")) is DeductionCode.CONSENT_MISSING
    assert refused(bank, form, session="checker01") is Code.PERMISSION_MISSING  # a supervisor
    assert refused(bank, form, session="nobody") is Code.PERMISSION_MISSING
    assert refused(bank, form._replace(channel_id=bank.world.ids["OTHER"])) is DeductionCode.PORT_MISSING
    assert refused(bank, form._replace(deduction_no="KK1")) is Code.INPUT_INVALID
    ids = (bank.world.ids["BANK"], bank.world.ids["WATER"])
    for change, undo, code in (
        (f"UPDATE channel SET payment_fen_max = 100 WHERE partner_id = {ids[0]}",
         f"UPDATE channel SET payment_fen_max = NULL WHERE partner_id = {ids[0]}", Code.OVER_PAYMENT_LIMIT),
        (f"UPDATE channel SET day_fen_max = 100 WHERE partner_id = {ids[0]}",
         f"UPDATE channel SET day_fen_max = NULL WHERE partner_id = {ids[0]}", Code.OVER_DAY_LIMIT),
        (f"UPDATE partner SET suspended = true, live_at = now() WHERE id = {ids[1]}",
         f"UPDATE partner SET suspended = false WHERE id = {ids[1]}", Code.BILLER_SUSPENDED),
        (f"UPDATE deduction_port SET enabled = false WHERE channel_id = {ids[0]}",
         f"UPDATE deduction_port SET enabled = true WHERE channel_id = {ids[0]}", DeductionCode.PORT_MISSING),
        (f"UPDATE admission SET active = false WHERE channel_id = {ids[0]}",
         f"UPDATE admission SET active = true WHERE channel_id = {ids[0]}", Code.NOT_ADMITTED),
    ):  # fmt: skip
        with psycopg.connect(bank.database.super_url, autocommit=True) as conn:
            conn.execute(change)
            try:
                assert refused(bank, form) is code
            finally:
                conn.execute(undo)
    assert bank.state(bank.ask(form)) == "booked"


def test_a_payment_that_is_taken_back_goes_back_to_the_account_in_parts_and_whole(bank: BankCounter):
    number = bank.asked(1_000)
    bank.world.cut()
    bank.taken_back(number, 300)
    assert bank.until_rest(number) == "booked"
    assert bank.held(number) == 700
    bank.bank.questions.append("lost")
    bank.taken_back(number, 700)
    assert bank.state(number) == "back_due"
    assert bank.until_rest(number) == "back"
    assert bank.held(number) == 0
    assert [row[0] for row in bank.world.rows("SELECT number FROM deduction_back WHERE deduction_no = %s ORDER BY 1",
                                              number)] == [f"R{number}-0", f"R{number}-700"]  # fmt: skip


def test_what_the_bank_took_back_by_its_own_message_is_not_asked_of_its_port(bank: BankCounter):
    number = bank.asked(1_000)
    bank.world.cut()
    bank.world.refund(f"Q1{number}", number, 300, channel="BANK")
    bank.taken_back(number, 200)
    assert bank.until_rest(number) == "booked"
    assert bank.held(number) == 800
    bank.world.refund(f"Q2{number}", number, 500, channel="BANK")
    assert bank.state(number) == "back"
    assert (bank.until_rest(number), bank.held(number)) == ("back", 800)
    assert altered(bank.conn) == []


def test_what_was_not_sent_when_its_biller_was_suspended_is_given_up(bank: BankCounter):
    form = bank.form(*bank.owe())
    operations.ask(bank.web, bank.hub, bank.ring, form, "maker01", bank.clock())
    water = bank.world.ids["WATER"]
    with psycopg.connect(bank.database.super_url, autocommit=True) as conn:
        conn.execute("UPDATE partner SET suspended = true, live_at = now() WHERE id = %s", (water,))
        try:
            assert bank.until_rest(form.deduction_no) == "refused"
        finally:
            conn.execute("UPDATE partner SET suspended = false WHERE id = %s", (water,))
    assert bank.held(form.deduction_no) == 0


def test_no_process_writes_the_tables_and_no_step_is_believed_without_its_rows(bank: BankCounter):
    bank.bank.orders.append("slow")
    number = bank.asked()
    for role in ("yifen_web", "yifen_worker", "yifen_night", "yifen_gateway"):
        with psycopg.connect(bank.database.url(role), autocommit=True) as conn:
            for statement in ("UPDATE deduction SET state = 'booked'", "DELETE FROM deduction_back",
                              "UPDATE deduction_port SET endpoint = 'http://thief'", "DELETE FROM deduction_answer"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement.encode())
    asks = bank.worker.execute
    assert asks("SELECT deduction_booked_v1(%s, now())", (number,)).fetchone() == ("asked",)
    wrong = (number, "taken", "", 1, "S", "", b"x", bank.clock())
    assert asks("SELECT deduction_answered_v1(%s, %s, %s, %s, %s, %s, %s, %s)", wrong).fetchone() == ("asked",)
    assert bank.web.execute("SELECT deduction_port_v1('BANK')").fetchone() == (Code.AUTHORISATION_INVALID,)
    assert bank.until_rest(number) == "booked"


def test_that_the_bank_took_what_is_refused_is_kept_once_and_found(bank: BankCounter):
    """Such as after two people wrote down its paper, by which it holds nothing."""
    account_no, ref = bank.owe()
    number = bank.ask(bank.form(account_no, ref, debtor=rules.debtor("6222000000000002", "李四"), consent="third"))
    assert bank.state(number) == "refused"
    sealed = bank.ring.seal(b'[1, 200, {}, "{}"]', f"deduction_answer:{number}")
    said = (number, "taken", "", 12_345, "S", "", sealed, bank.clock())
    with bank.conn.transaction(force_rollback=True):
        for _ in range(2):
            answered = bank.conn.execute("SELECT deduction_answered_v1(%s, %s, %s, %s, %s, %s, %s, %s)", said)
            assert answered.fetchone() == ("refused",)
        kept = "SELECT state FROM deduction_answer WHERE deduction_no = %s ORDER BY answer_id"
        assert bank.world.rows(kept, number) == [("refused",), ("taken",)]
        assert f"deduction {number} is refused, the bank says that it took 12345" in altered(bank.conn)


def test_verify_names_a_word_that_the_bank_never_said(bank: BankCounter):
    assert [told for told in altered(bank.conn) if "deduction" in told] == []
    bank.bank.orders.append("slow")
    number = bank.asked()
    forged = bank.ring.seal(b'[1, 200, {}, "{}"]', f"deduction_answer:{number}")
    said = (number, "taken", "", 12_345, "S", "", forged, bank.clock())
    asks = bank.worker.execute
    assert asks("SELECT deduction_answered_v1(%s, %s, %s, %s, %s, %s, %s, %s)", said).fetchone() == ("taken",)
    [told] = altered(bank.conn)
    assert f"of {number} was not signed by the bank" in told
    bank.until_rest(number)
    with psycopg.connect(bank.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM deduction_answer WHERE deduction_no = %s", (number,))
    [told] = altered(bank.conn)
    assert "of which no answer is kept" in told
    assert any(number in problem for problem in verify(bank.conn).problems)


def test_the_night_reads_each_word_once_and_names_what_no_bank_signed(bank: BankCounter):
    def read_again() -> dict[str, Any]:
        with psycopg.connect(bank.database.url(NIGHT), autocommit=True) as conn:
            return read_answers(conn, Night(1, 1, DAY, bank.clock(), bank.clock(), NOBODY))

    def change(statement: str) -> None:
        with psycopg.connect(bank.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute(statement.encode(), (number,))

    read_again()
    number = bank.asked()
    assert read_again() == {"sums": {"answers": 1}, "failed": []}
    assert read_again() == {"sums": {"answers": 0}, "failed": []}
    change("DELETE FROM deduction_answer_proved WHERE answer_id IN (SELECT answer_id FROM deduction_answer"
           " WHERE deduction_no = %s)")  # fmt: skip
    change("UPDATE deduction_answer SET amount_fen = amount_fen + 1 WHERE deduction_no = %s")
    found = read_again()
    [told] = found["failed"]
    assert (found["sums"], told["kind"], told["partner"], told["code"]) == ({"answers": 0}, "failed", "BANK", 8730)
    assert told["detail"].startswith(f"(1) {number} says ('{number}', 'taken', '', 12346), not ")
    change("UPDATE deduction_answer SET amount_fen = amount_fen - 1 WHERE deduction_no = %s")
    assert read_again() == {"sums": {"answers": 1}, "failed": []}
    change("UPDATE deduction_answer SET number = 'X' WHERE deduction_no = %s")
    assert [one for one in altered(bank.conn) if f"of {number} says" in one] != []
    change("UPDATE deduction_answer SET number = '' WHERE deduction_no = %s")


def test_the_number_of_a_chargeback_or_a_repair_on_the_banks_own_message_asks_nothing_of_the_port(bank: BankCounter):
    other, number = bank.asked(1_000), bank.asked(1_000)
    bank.world.cut()
    bank.taken_back(other, 300)
    chargeback = bank.world.value("SELECT max(chargeback_id) FROM recon_chargeback")
    item = bank.item(other)
    for serial, fen in ((f"CB{chargeback}-7", 300), (f"CB{chargeback}-9", 200), (f"RC{item}", 100)):
        assert bank.world.refund(serial, number, fen, channel="BANK").code == 0
    assert bank.world.refund(f"RC{item}-7", other, 100, channel="BANK").code == 0  # of a try that was not made
    assert (bank.until_rest(number), bank.held(number)) == ("booked", 1_000)  # what it gives it knows itself
    by = "SELECT given_by, sum(amount_fen)::bigint FROM deduction_back WHERE deduction_no = %s GROUP BY 1 ORDER BY 1"
    assert bank.world.rows(by, number) == [("bank", 600)]
    assert (bank.until_rest(other), bank.held(other)) == ("booked", 700)
    assert bank.world.refund(f"RC{item}", other, 200, channel="BANK").code == Code.SERIAL_REUSED  # it is used up
    assert bank.world.rows(by, other) == [("bank", 100), ("port", 300)]
    assert [told for told in altered(bank.conn) if number in told or other in told] == []


def test_what_a_repair_takes_back_the_port_is_asked_for(bank: BankCounter):
    number = bank.asked(1_000)
    bank.world.cut()
    item = bank.item(number)
    assert bank.world.refund(f"RC{item}", number, 400, channel="BANK").code == 0
    assert (bank.until_rest(number), bank.held(number)) == ("booked", 600)


def test_the_banks_own_return_under_the_number_is_no_booking(bank: BankCounter):
    account_no, old = bank.owe()
    assert bank.world.charge(f"X{account_no}", {old: 12_345}, channel="BANK", account_no=account_no).code == 0
    bank.world.cut()
    bank.world.owe("WATER", account_no, f"N{old}", 12_345)
    bank.bank.orders.append("slow")
    number = bank.ask(bank.form(account_no, f"N{old}"))
    assert bank.world.refund(number, f"X{account_no}", 1, channel="BANK").code == 0
    assert bank.until_rest(number) == "back"
    assert (bank.held(number), bank.payments(number)) == (0, [])


def test_an_older_bill_that_is_left_open_is_refused_before_the_bank_is_asked(bank: BankCounter):
    account_no, old = bank.owe(100)
    for ref, fen, mode in (("N1", 200, "exact"), ("N2", 0, "open")):
        bank.world.owe("WATER", account_no, ref, fen, mode)
    set_to = f"UPDATE biller SET oldest_first = %s WHERE partner_id = {bank.world.ids['WATER']}"
    with psycopg.connect(bank.database.super_url, autocommit=True) as conn:
        conn.execute(set_to, (True,))
        try:
            assert refused(bank, bank.form(account_no, "N1", 200)) is Code.OLDER_UNPAID
            number = bank.ask(bank.form(account_no, old, shown_fen={old: 100, "N1": 200}))
        finally:
            conn.execute(set_to, (False,))
    assert (bank.state(number), bank.held(number)) == ("booked", 300)


@pytest.mark.parametrize(("picked", "is_right"), [
    ("A", True), ("AB", True), ("ABC", True), ("B", False), ("AC", False), ("C", False),
    ("ABCO", True), ("AO", False), ("O", False), ("ABCZ", True),
])  # fmt: skip
def test_bills_are_picked_from_the_oldest_on_and_what_takes_any_amount_comes_last(picked, is_right):
    payables = [PayableView(payable=name, title=name, mode=mode, due_fen=fen, min_fen=1, max_fen=9)
                for name, mode, fen in (("A", "exact", 5), ("Z", "exact", 0), ("O", "open", 5), ("B", "partial", 5),
                                        ("C", "exact", 5))]  # fmt: skip
    shown = {name: 5 for name in picked if name != "Z"}
    if is_right:
        assert {line.payable for line in rules.choose(payables, shown, True)} == set(shown)
    else:
        with pytest.raises(Refused) as found:
            rules.choose(payables, shown, True)
        assert found.value.code is Code.OLDER_UNPAID
    assert {line.payable for line in rules.choose(payables, shown)} == set(shown)


def test_of_an_account_that_is_not_the_payers_its_holders_own_paper_is_asked(bank: BankCounter):
    account_no, ref = bank.owe()
    form = bank.form(account_no, ref, debtor=rules.debtor(CARD, "欧阳大明"))  # masked they are alike
    assert refused(bank, form) is DeductionCode.HOLDER_NOT_PAYER
    assert refused(bank, form._replace(consent="third", consent_note="")) is DeductionCode.CONSENT_MISSING
    number = bank.ask(form._replace(consent="third", consent_note="代缴授权书 9 号"))
    kept = "SELECT payer_name, debtor_shown, consent, consent_note FROM deduction WHERE deduction_no = %s"
    assert bank.world.rows(kept, number) == [("**小明", "6222********7890 **大明", "third", "代缴授权书 9 号")]


@pytest.mark.parametrize(("holder", "payer", "is_same"), [
    ("张三", "张三", True), ("张 三", "张三", True), ("永丰（苏州）公司", "永丰(苏州)公司", True),
    ("李三", "张三", False), ("张三", "*三", True), ("李四", "*三", False), ("张三", "", False),
])  # fmt: skip
def test_a_name_is_the_same_however_it_is_typed(holder, payer, is_same):
    assert rules.is_same_name(holder, payer) is is_same
