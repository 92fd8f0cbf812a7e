"""Receipts, vouchers and reports: what stands on them, who may print them, and that it is counted."""

import io
from typing import Any

from pypdf import PdfReader

from tests.desk.standing import Desk
from tests.web import site


def words(answer: Any) -> str:
    """The text of a PDF, without the blanks that its layout puts in."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline; ")
    assert answer["Cache-Control"] == "no-store"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def paper(desk: Desk, entry: Any, kind: str, client: Any = None) -> Any:
    return (client or desk.client).post(f"/desk/entry/{entry.pk}/{kind}/")


def acts(name: str, key: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE action = %s AND subject_key = %s",
                       [name, str(key)])  # fmt: skip
        return int(cursor.fetchone()[0])


def test_the_receipt_says_what_was_paid_where_and_by_whom(open_desk: Desk):
    entry = open_desk.paid()
    said = words(paper(open_desk, entry, "receipt"))
    for part in ("青溪供电公司", open_desk.account_no, "**小明", "人民币壹佰贰拾叁元肆角伍分", "123.45",
                 "青溪营业部", open_desk.teller.login, entry.serial, str(entry.payment_id)):  # fmt: skip
        assert part in said
    assert "重打" not in said


def test_the_second_print_is_marked_and_each_is_traced(open_desk: Desk):
    entry = open_desk.paid()
    paper(open_desk, entry, "receipt")
    assert "重打" in words(paper(open_desk, entry, "receipt"))
    entry.refresh_from_db()
    assert entry.prints == 2
    assert acts("receipt.print", entry.serial) == 2


def test_looking_at_a_print_address_prints_nothing(open_desk: Desk):
    entry = open_desk.paid()
    assert open_desk.client.get(f"/desk/entry/{entry.pk}/receipt/").status_code == 405
    entry.refresh_from_db()
    assert entry.prints == 0


def test_the_receipt_of_what_was_taken_back_says_so(open_desk: Desk):
    entry = open_desk.paid()
    open_desk.take_back(entry)
    assert "已冲正" in words(paper(open_desk, entry, "receipt"))


def test_the_voucher_names_both_accounts_and_the_transaction(open_desk: Desk):
    entry = open_desk.paid()
    said = words(paper(open_desk, entry, "voucher"))
    for part in ("4623电费代收", "现金", "100.00", "23.45", "人民币壹佰贰拾叁元肆角伍分", entry.serial):
        assert part in said
    assert "补打" not in said
    assert "补打1" in words(paper(open_desk, entry, "voucher"))
    assert acts("voucher.print", entry.serial) == 2


def test_the_voucher_of_a_reversal_is_red_and_names_the_supervisor(open_desk: Desk):
    entry = open_desk.paid()
    done = open_desk.entry(open_desk.take_back(entry))
    said = words(paper(open_desk, done, "voucher"))
    for part in ("冲正记账凭证", "4625当日冲正", "红字", "-¥123.45", open_desk.supervisor.login, entry.serial):
        assert part in said


def test_what_is_not_booked_has_no_paper(open_desk: Desk):
    entry = open_desk.draft()
    assert paper(open_desk, entry, "receipt").status_code == 404
    assert paper(open_desk, entry, "voucher").status_code == 404


def test_a_reversal_has_no_receipt(open_desk: Desk):
    done = open_desk.entry(open_desk.take_back(open_desk.paid()))
    assert paper(open_desk, done, "receipt").status_code == 404


def test_the_supervisor_of_the_county_prints_too_and_the_foreign_one_does_not(
    open_desk: Desk, place
):
    entry = open_desk.paid()
    own = site.client_of(place.users["supervisor"])
    foreign = site.client_of(site.user(f"sp{open_desk.number}", place.foreign.county, "supervisor"))
    assert paper(open_desk, entry, "voucher", own).status_code == 200
    assert paper(open_desk, entry, "voucher", foreign).status_code == 404


def test_titles_on_paper_are_chinese_whoever_prints(open_desk: Desk):
    entry = open_desk.paid()
    open_desk.client.cookies["django_language"] = "en"
    assert "4623电费代收" in words(paper(open_desk, entry, "voucher"))


def test_the_shift_report_adds_up(open_desk: Desk, place):
    entry = open_desk.paid()
    open_desk.take_back(entry)
    open_desk.paid(pay_kind="personal", from_account="6222001234567890")
    open_desk.post("4641", pieces_10000="6", **open_desk.signed(reason="找零差错"))
    from yifen.trades.counter.models import Shift

    shift = Shift.objects.filter(teller=open_desk.teller).latest("pk")
    address = f"/desk/shift/{shift.pk}/report/"
    said = words(open_desk.client.get(address))
    for part in ("4623电费代收", "4625当日冲正", "123.45", "600.00", "500.00", "轧账差异", "找零差错", "所附凭证",
                 open_desk.supervisor.login):  # fmt: skip
        assert part in said
    assert acts("shift.print", shift.pk) == 1
    foreign = site.client_of(place.foreign.teller)
    assert foreign.get(address).status_code == 404
    assert foreign.get(f"/desk/shift/{shift.pk}/").status_code == 404


def test_4630_finds_the_last_receipt_or_that_of_a_number(open_desk: Desk):
    first = open_desk.paid(take_1=None)
    last = open_desk.paid(take_0="on", tendered="23.45")
    assert open_desk.get("4630", number="")["Location"] == f"/desk/entry/{last.pk}/"
    for number in (first.serial, first.payment_id):
        assert open_desk.get("4630", number=number)["Location"] == f"/desk/entry/{first.pk}/"
    assert "3109" in open_desk.get("4630", number="nothing").content.decode()
