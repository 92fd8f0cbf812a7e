"""Electronic invoices 数电票: asked for once, issued once, mended by people; a payment has paper or one of these."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.counter.standing import NOW
from tests.invoices.standing import FIRST
from tests.invoices.tax_bench import FIRM_TAX_NO, PERSON, SELLER_TAX_NO, TaxBench
from tests.invoices.test_races import waits
from tests.invoices.test_stock import code
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.hub.simulators.tax_books import TaxBooks
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.electronic.rules import Buyer, IssuedNumber

DONE, DROPPED = ("blue", "done", 12_345), ("blue", "dropped", 12_345)


def test_it_is_asked_for_issued_and_has_the_number_that_the_bureau_signed(tax: TaxBench):
    entry = tax.paid()
    order = tax.ask(entry)
    assert order == f"E{entry.payment_id}-1"
    assert tax.books.invoices == {}  # the row is there before the platform hears of it
    assert tax.look() == 1
    (kept,) = tax.books.invoices.values()
    number = tax.value(order, "number")
    assert (number, len(number), tax.value(order, "issued_at")) == (kept.number, 20, NOW)
    (line,) = kept.order.lines
    assert (line.fen, line.net, line.tax, line.permille, line.name) == (12_345, 10_925, 1_420, 130, "供电")
    assert (kept.order.buyer_name, kept.order.buyer_tax_no) == ("欧阳小明", "")
    row = tax.papers.read("SELECT e::text FROM invoice_electronic e WHERE order_no = %s", order)[0][0]
    assert ("欧阳" in row, tax.value(order, "buyer_shown")) == (False, "**小明")
    assert tax.look() == 0


@pytest.mark.parametrize("meets", ["late", "lost", "twice", "garbage", "forged", "slow", "drop"])
def test_whatever_the_platform_does_there_is_one_invoice(tax: TaxBench, meets: str):
    entry = tax.paid()
    tax.ask(entry)
    tax.look(meets)
    tax.until_rest()
    assert tax.states(entry) == [DONE]
    assert tax.issued(entry) == [("blue", 12_345)]


def test_what_may_be_in_flight_is_not_sent_again(tax: TaxBench):
    order = tax.ask(tax.paid())
    tax.look("drop")
    for seconds in (5, 10):
        tax.clock.turn(seconds)
        tax.look()
    assert (tax.value(order, "state"), tax.books.invoices) == ("unknown", {})
    tax.clock.turn(20)
    tax.look()
    assert tax.value(order, "state") == "done"


def test_a_slow_one_is_issuing_then_signing_then_done(tax: TaxBench):
    order = tax.ask(tax.paid())
    seen = []
    for seconds in (0, 5, 10, 20):
        tax.clock.turn(seconds)
        tax.look("slow")
        seen.append((tax.value(order, "state"), tax.value(order, "platform_state")))
    assert seen == [("issuing", "20"), ("issuing", "20"), ("signing", "21"), ("done", "2")]


def test_a_number_that_the_platform_gave_before_is_a_failure_and_holds_up_nobody(tax: TaxBench):
    entry, other = tax.paid(), tax.paid()
    order = tax.ask(entry)
    tax.look()
    tax.tax.books = TaxBooks(tax.books._first)  # it begins anew
    again = tax.ask(other)
    tax.look()
    number = tax.value(order, "number")
    assert (tax.value(again, "state"), tax.value(again, "code")) == ("failed", InvoiceCode.INVOICE_ISSUE_FAILED)
    assert (tax.value(again, "number"), tax.value(again, "reason")) == (None, f"of another: {number}")
    assert tax.states(entry) == [DONE]


def test_a_worker_that_died_after_sending_leaves_one_invoice(tax: TaxBench):
    from yifen.trades.invoices.electronic import issuing

    entry = tax.paid()
    order = tax.ask(entry)
    assert tax.worker.execute("SELECT invoices_sending_v1(%s, NULL, %s)", (order, tax.clock())).fetchone() == (True,)
    tax.port().ask(issuing.message_of(tax.ring, issuing.find(tax.worker, order)))
    tax.until_rest()
    assert (tax.states(entry), tax.issued(entry)) == ([DONE], [("blue", 12_345)])


def test_a_platform_that_never_answers_is_asked_so_often_and_then_people_see_it(tax: TaxBench, monkeypatch):
    from yifen.trades.invoices.electronic import rules

    monkeypatch.setattr(rules, "TRIES", 12)  # of a hundred
    order = tax.ask(tax.paid())
    tax.tax.orders.append("drop")
    tax.tax.questions.extend(["lost"] * 200)
    tax.until_rest()
    assert (tax.value(order, "state"), tax.value(order, "tries")) == ("unknown", 12)
    tax.tax.questions.clear()
    assert tax.again(order) == order
    tax.until_rest()
    assert tax.value(order, "state") == "done"


@pytest.mark.parametrize(("meets", "platform"), [
    ("bad_tax_no", "22"), ("quota", "22"), ("login", "22"), ("sign", "24")])  # fmt: skip
def test_a_failure_has_a_number_and_is_sent_again_under_a_new_serial(tax: TaxBench, meets: str, platform: str):
    entry = tax.paid()
    first = tax.ask(entry, Buyer("青溪造纸厂", FIRM_TAX_NO))
    tax.look(meets)
    assert (tax.value(first, "state"), tax.value(first, "platform_state")) == ("failed", platform)
    assert tax.value(first, "code") == InvoiceCode.INVOICE_ISSUE_FAILED
    assert tax.value(first, "reason").startswith(meets)
    assert code(lambda: tax.ask(entry)) is InvoiceCode.INVOICE_ELECTRONIC
    second = tax.again(first, Buyer("青溪造纸厂"))
    assert second == f"E{entry.payment_id}-2"
    tax.look()
    assert [tax.value(order, "state") for order in (first, second)] == ["replaced", "done"]
    assert code(lambda: tax.again(first)) is InvoiceCode.INVOICE_NOT_FAILED
    assert tax.issued(entry) == [("blue", 12_345)]


def test_one_that_failed_is_given_up_and_then_there_may_be_paper(tax: TaxBench):
    entry = tax.paid()
    order = tax.ask(entry)
    tax.look("quota")
    assert code(lambda: tax.papers.print(entry.payment_id, FIRST)) is InvoiceCode.INVOICE_ELECTRONIC
    tax.drop(order)
    assert (tax.value(order, "state"), tax.value(order, "reason")) == ("dropped", "付款人不要了")
    tax.papers.print(entry.payment_id, FIRST)  # the first paper of this module
    assert code(lambda: tax.ask(entry)) is InvoiceCode.INVOICE_PAPER_STANDS


def test_paper_after_it_is_refused_first_again_and_supplementary(tax: TaxBench):
    entry = tax.paid()
    tax.ask(entry)
    tax.look()
    for what in ("first", "supplementary"):
        assert code(lambda what=what: tax.papers.print(entry.payment_id, FIRST, what)) is InvoiceCode.INVOICE_ELECTRONIC


def test_paper_that_is_printed_while_one_is_asked_for_waits_and_is_refused(tax: TaxBench):
    import psycopg
    from django.db import transaction

    entry, session = tax.paid(), site.access(tax.papers.teller).session

    def printed() -> int:
        with psycopg.connect(tax.place.database.url("yifen_web")) as conn:
            row = conn.execute("SELECT code FROM invoices_print_v1(%s, %s, 'first', %s, NULL, %s)",
                               (session, entry.payment_id, FIRST, NOW)).fetchone()  # fmt: skip
            return int(row[0]) if row else 0

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            tax.ask(entry)
            later = pool.submit(printed)
            waits(tax.papers, 1)
        assert later.result(10) == InvoiceCode.INVOICE_ELECTRONIC


def test_who_asks_is_a_teller_of_the_companys_tree_and_the_company_issues(tax: TaxBench):
    entry = tax.paid()
    assert code(lambda: tax.ask(entry, who=tax.place.users["auditor"])) is Code.PERMISSION_MISSING
    foreign = type("Entry", (), {"payment_id": tax.place.foreign.payment_id})
    assert code(lambda: tax.ask(foreign)) is Code.OUT_OF_SCOPE
    with _owner(tax) as conn:
        conn.execute("UPDATE invoice_issuer SET enabled = false WHERE biller_id = %s", (tax.biller,))
    try:
        assert code(lambda: tax.ask(entry)) is InvoiceCode.INVOICE_NO_ISSUER
    finally:
        with _owner(tax) as conn:
            conn.execute("UPDATE invoice_issuer SET enabled = true WHERE biller_id = %s", (tax.biller,))
    assert tax.states(entry) == []


def _owner(tax: TaxBench) -> Any:
    import psycopg

    return psycopg.connect(tax.place.database.owner_url)


@pytest.mark.parametrize("buyer", [Buyer(""), Buyer("某厂", "91350100M000100Y44"), Buyer("某厂", "123"),
                                   Buyer("某厂", "91350100M000100I43")])  # fmt: skip
def test_a_buyer_without_a_name_or_with_a_wrong_tax_number_is_refused(tax: TaxBench, buyer: Buyer):
    entry = tax.paid()
    assert code(lambda: tax.ask(entry, buyer)) is InvoiceCode.INVOICE_BUYER_INVALID
    assert tax.states(entry) == []


# --- given back ---------------------------------------------------------------------------------------


def test_a_reversal_asks_for_a_sheet_and_then_for_the_red_invoice(tax: TaxBench):
    entry = tax.paid()
    blue = tax.ask(entry)
    tax.look()
    tax.reverse(entry)
    assert tax.states(entry) == [DONE, ("sheet", "asked", 12_345)]
    tax.until_rest()
    assert tax.states(entry) == [DONE, ("sheet", "done", 12_345), ("red", "done", 12_345)]
    assert tax.issued(entry) == [("blue", 12_345), ("red", 12_345)]
    red = next(one.order for one in tax.books.invoices.values() if one.order.kind == "red")
    (sheet,) = tax.books.sheets.values()
    assert (red.blue_number, red.sheet_no, sheet.order.why) == (tax.value(blue, "number"), sheet.sheet_no, "01")
    assert [(line.no, line.fen, line.net, line.tax) for line in red.lines] == [(1, 12_345, 10_925, 1_420)]


@pytest.mark.parametrize("meets", ["late", "lost", "garbage", "drop"])
def test_a_red_invoice_is_one_whatever_its_orders_meet(tax: TaxBench, meets: str):
    entry = tax.paid()
    tax.ask(entry)
    tax.look()
    tax.reverse(entry)
    tax.look(meets)
    tax.until_rest()
    assert tax.issued(entry) == [("blue", 12_345), ("red", 12_345)]
    assert len(tax.books.sheets) == 1


@pytest.mark.parametrize(("meets", "state"), [
    ("expire", "07"), ("refuse", "05"), ("abnormal", "10"), ("blocked", "11")])  # fmt: skip
def test_a_sheet_that_came_to_nothing_is_asked_for_anew_under_a_new_serial(tax: TaxBench, meets: str, state: str):
    entry = tax.paid()
    tax.ask(entry)
    tax.look()
    tax.reverse(entry)  # the money is back at once
    assert tax.papers.counter.payments()[-1] == (12_345, "returned", "reversed")
    tax.look(meets)
    first = f"S{entry.payment_id}-1"
    assert (tax.value(first, "state"), tax.value(first, "platform_state")) == ("failed", state)
    assert tax.value(first, "code") == InvoiceCode.INVOICE_SHEET_ENDED
    assert tax.again(first) == f"S{entry.payment_id}-2"
    tax.until_rest()
    assert tax.states(entry)[1:] == [("sheet", "replaced", 12_345), ("sheet", "done", 12_345), ("red", "done", 12_345)]


@pytest.mark.parametrize("yes", [True, False, None])
def test_a_sheet_waits_for_the_buyer_72_hours(tax: TaxBench, yes: bool | None):
    entry = tax.paid()
    tax.ask(entry)
    tax.look()
    tax.reverse(entry)
    tax.look("buyer")
    sheet = f"S{entry.payment_id}-1"
    assert (tax.value(sheet, "state"), tax.value(sheet, "platform_state")) == ("confirming", "02")
    if yes is not None:
        assert tax.books.confirm(sheet, yes)
    else:
        tax.clock.turn(71.9 * 3600)
        tax.look()
        assert tax.value(sheet, "platform_state") == "02"
        tax.clock.turn(0.1 * 3600)
    tax.until_rest()
    if yes:
        assert tax.states(entry)[1:] == [("sheet", "done", 12_345), ("red", "done", 12_345)]
    else:
        assert tax.states(entry)[1:] == [("sheet", "failed", 12_345)]
        assert tax.value(sheet, "platform_state") == ("05" if yes is False else "07")


def test_what_was_never_sent_is_not_issued_once_the_payment_went_back(tax: TaxBench):
    entry = tax.paid()
    tax.ask(entry)
    tax.reverse(entry)
    assert tax.states(entry) == [DROPPED]
    tax.until_rest()
    assert tax.books.invoices == {}


@pytest.mark.parametrize(("meets", "there"), [("lost", True), ("slow", True), ("drop", False)])
def test_an_unknown_invoice_is_resolved_first_and_what_is_there_is_made_red(tax: TaxBench, meets: str, there: bool):
    entry = tax.paid()
    tax.ask(entry)
    tax.look(meets)
    tax.reverse(entry)
    assert tax.states(entry)[1:] == [("sheet", "waiting", 12_345)]
    tax.until_rest()
    if there:
        assert tax.states(entry) == [DONE, ("sheet", "done", 12_345), ("red", "done", 12_345)]
        assert tax.issued(entry) == [("blue", 12_345), ("red", 12_345)]
    else:
        assert tax.states(entry) == [DROPPED, ("sheet", "dropped", 12_345)]
        assert tax.books.invoices == {}


def test_a_failure_after_the_money_went_back_is_over(tax: TaxBench):
    entry = tax.paid()
    tax.ask(entry)
    tax.look("lost")  # and the platform's answer will be a failure
    (kept,) = tax.books.invoices.values()
    tax.books.invoices[kept.order.order_no] = kept._replace(why="quota")
    tax.reverse(entry)
    tax.until_rest()
    assert tax.states(entry) == [DROPPED, ("sheet", "dropped", 12_345)]


def test_refunds_of_parts_are_made_red_by_their_lines_and_add_up(tax: TaxBench):
    tax.papers.counter.owe(P1=1_001, P2=2_002)
    entry = tax.papers.counter.collect(P1=1_001, P2=2_002)
    tax.ask(entry)
    tax.look()
    tax.papers.counter.yesterday(entry)
    for fen in (1, 2_500, 502):
        tax.papers.counter.refund(entry, fen)
    tax.until_rest()
    reds = [one.order for one in tax.books.invoices.values() if one.order.kind == "red"]
    assert [[(line.no, line.fen) for line in red.lines] for red in reds] == [
        [(2, 1)], [(1, 499), (2, 2_001)], [(1, 502)]]
    (blue,) = [one.order for one in tax.books.invoices.values() if one.order.kind == "blue"]
    for line in blue.lines:
        taken = [part for red in reds for part in red.lines if part.no == line.no]
        assert (sum(part.fen for part in taken), sum(part.tax for part in taken)) == (line.fen, line.tax)
    assert {sheet.order.why for sheet in tax.books.sheets.values()} == {"02"}


# --- two books ----------------------------------------------------------------------------------------


def test_a_day_is_compared_number_by_number_in_both_directions(tax: TaxBench):
    from yifen.trades.invoices.electronic import issuing

    orders = [tax.ask(tax.paid(fen)) for fen in (100, 200, 300)]
    tax.look()
    numbers = [tax.value(order, "number") for order in orders]
    lost = tax.books.invoices.pop(orders[0])
    other = tax.books.invoices[orders[1]]
    tax.books.invoices[orders[1]] = other._replace(order=_of(other.order, total_fen=201))
    strange = lost._replace(number="26371000000000099999", order=_of(lost.order, order_no="E1-9"))
    tax.books.invoices["E1-9"] = strange
    found = issuing.compare(tax.worker, tax.port(), tax.biller, SELLER_TAX_NO, NOW.date())
    tax.books.invoices[orders[0]] = lost
    assert IssuedNumber(numbers[0], "blue", 100) in found.ours_only
    assert found.theirs_only == [IssuedNumber("26371000000000099999", "blue", 100)]
    assert found.differ == [numbers[1]]
    assert found.both == 2


def _of(order: Any, **changes: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(order, **changes)


def test_verify_names_a_payment_that_has_both(tax: TaxBench):
    import psycopg

    entry = tax.paid()
    order = tax.ask(entry)
    tax.look()
    values = (entry.payment_id, tax.papers.kind)
    with psycopg.connect(tax.place.database.super_url) as conn:
        conn.execute("INSERT INTO invoice_print (payment_id, kind_id, number, what, copy_no, institution_id, teller_id,"
                     " printed_at) VALUES (%s, %s, 99, 'first', 1, 1, 1, now())", values)  # fmt: skip
    assert any(line.endswith(f"has the electronic invoice {order} and a paper, 99") for line in tax.papers.altered())
    with psycopg.connect(tax.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM invoice_print WHERE payment_id = %s AND kind_id = %s", values)
    assert PERSON.tax_no == ""


def test_what_a_superuser_rewrites_of_an_issued_invoice_is_named(tax: TaxBench):
    import psycopg
    from psycopg.types.json import Jsonb

    from yifen.core.audit.verify import verify

    order = tax.ask(tax.paid())
    tax.look()
    assert tax.value(order, "state") == "done"
    changes = {"number": "'99999999999999999999'", "issued_at": "now()", "lines": "'[]'", "buyer_shown": "'x'",
               "asked_by": "7", "buyer_sealed": "'x'"}  # fmt: skip
    with psycopg.connect(tax.place.database.super_url, autocommit=True) as conn:
        before = len(verify(conn).problems)
        conn.execute("SET session_replication_role = replica")
        kept = conn.execute(f"SELECT {', '.join(changes)} FROM invoice_electronic WHERE order_no = %s".encode(),
                            (order,)).fetchone()  # fmt: skip
        assert kept is not None
        for old, (column, value) in zip(kept, changes.items(), strict=True):
            conn.execute(f"UPDATE invoice_electronic SET {column} = {value} WHERE order_no = %s".encode(), (order,))
            said = [line for line in verify(conn).problems if order in line and "invoice_electronic" in line]
            assert len(said) == 1, (column, said)
            old = Jsonb(old) if column == "lines" else old
            conn.execute(f"UPDATE invoice_electronic SET {column} = %s WHERE order_no = %s".encode(), (old, order))
        assert len(verify(conn).problems) == before
