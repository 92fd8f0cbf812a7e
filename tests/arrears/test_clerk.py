"""What a clerk of dunning meets: whom he calls, what he promises for, disputes that were right, papers, names."""

from datetime import timedelta
from typing import Any

from tests.arrears.quarter import HOME, PHONE, Quarter, reachable, today
from tests.billing.late_proposals import ACCOUNT
from tests.billing.price_proposals import as_owner
from tests.console.pages import Page
from yifen.core.facts.masking import masked_number


def test_who_calls_reads_whom_and_where_and_nobody_else_does(quarter: Quarter) -> None:
    quarter.done(1)
    reachable(quarter)
    staff, auditor = quarter.client("biller_staff"), quarter.client("auditor")
    page = Page(staff, f"{HOME}calls/")
    assert (page.column("户名"), page.column("手机")) == (["欧阳小明"], [PHONE])
    page = Page(auditor, f"{HOME}calls/")
    assert (page.column("户名"), page.column("手机")) == (["**小明"], ["****8000"])
    assert Page(staff, quarter.page()).facts()["户名"] == "欧阳小明"
    assert f"欧阳小明 {PHONE}" in Page(staff, quarter.page("call")).text


def test_a_promise_on_the_phone_is_not_lost(quarter: Quarter) -> None:
    quarter.done(1)
    staff, day = quarter.client("biller_staff"), today() + timedelta(days=9)
    lost = staff.post(quarter.page("call"), {"outcome": "reached", "until": day, "fen": "100"})
    assert "填了承诺日或金额，结果须为承诺缴费" in lost.content.decode()
    half = staff.post(quarter.page("call"), {"outcome": "promised", "until": day})
    assert "承诺缴费须填日期和金额" in half.content.decode()
    much = staff.post(quarter.page("promise"), {"until": f"{day:%Y/%m/%d}", "fen": "１，０００，０００"})
    assert "8678" in much.content.decode()
    assert as_owner("SELECT count(*) FROM arrears_hold", []) == 0
    assert staff.post(quarter.page("call"), {"outcome": "no_phone"}).status_code == 302
    assert Page(staff, quarter.page()).column("下一步")[0] == "催缴函"


def test_a_dispute_that_was_right_waits_for_its_correction(quarter: Quarter) -> None:
    staff, finance = quarter.client("biller_staff"), quarter.client("finance")
    staff.post(quarter.page("dispute"), {"bills": quarter.bill, "reason": "面积不对"})
    hold = as_owner("SELECT hold_id FROM arrears_hold", [])
    said = finance.post(f"{HOME}holds/{hold}/", {"upheld": "yes", "note": "确实"}, follow=True).content.decode()
    assert "账单更正或撤销之前不催缴，请到账单页办理" in said
    page = Page(staff, quarter.page())
    assert page.column("为何未办")[0] == "异议中，或成立待更正"
    assert Page(staff, f"{HOME}holds/").column("状态") == ["成立，待更正"]
    assert "异议成立，账单待更正" in Page(staff, "/console/today/").text
    assert Page(staff, f"{HOME}holds/?state=unmended").table() == []
    as_owner("UPDATE arrears_hold SET upheld_at = now() - interval '16 days'", [])
    assert Page(staff, f"{HOME}holds/?state=unmended").column("状态") == ["成立，待更正"]
    assert "异议成立满 15 天，账单仍未更正" in Page(staff, "/console/today/").text


def test_a_paper_names_the_holder_the_office_the_bills_and_the_law(quarter: Quarter, monkeypatch: Any) -> None:
    from yifen.trades.arrears.pages import batch_views

    quarter.done(2)
    reachable(quarter)
    admin, staff = quarter.client("institution_admin"), quarter.client("biller_staff")
    office = f"{HOME}rules/office/{quarter.place.own.biller}/"
    assert admin.post(office, {"phone": "0871-6512", "address": "文昌路 8 号"}).status_code == 302
    assert "0871-6512 · 文昌路 8 号" in Page(admin, f"{HOME}rules/").text
    assert admin.get(f"{HOME}rules/office/{quarter.place.foreign.biller}/").status_code == 404
    sheets: list[Any] = []
    monkeypatch.setattr(batch_views, "dunning_sheets", lambda found, at: sheets.extend(found) or b"%PDF-")
    asked = f"{HOME}letters/print/?biller={quarter.place.own.biller}"
    staff.post(asked, {"debt": f"{quarter.customer}-{quarter.fee}"}, follow=True)
    (one,) = sheets
    assert (one.payer_name, one.phone, one.office, one.cut_on) == ("欧阳小明", "0871-6512", "文昌路 8 号", None)
    assert one.acts == "《中华人民共和国民法典》第六百五十四条、《供电营业规则》"
    (bill,) = one.bills
    assert (bill.number, bill.due_on, bill.principal_fen) == (f"B{quarter.bill}", "2026-03-01", 100_000)
    assert bill.principal_fen + bill.late_fen == one.owed_fen


def test_a_proposal_is_called_by_its_account_not_by_our_number(quarter: Quarter) -> None:
    from yifen.trades.arrears import naming

    biller, said = quarter.place.own.biller, masked_number(ACCOUNT)
    assert naming.of_customer(str(quarter.customer)).zh.startswith(f"{said} ")
    assert naming.of_bills(f"B{quarter.bill}").zh == f"{said} B{quarter.bill}"
    assert naming.of_bills(f"B{quarter.bill} B2").en == f"{said} B{quarter.bill} and others"
    name = as_owner("SELECT name FROM partner WHERE id = %s", [biller])
    assert naming.of_list(f"{biller} 20261130024811").zh == f"{name} 2026-11-30 10:48"
    assert naming.of_rule(f"{biller} {quarter.fee} 居民").zh == f"{name} 电费 居民"
    assert naming.of_rule(f"{biller}").zh == name


def test_what_was_done_is_told_by_its_day(quarter: Quarter) -> None:
    quarter.done(1)
    page = Page(quarter.client("biller_staff"), quarter.page())
    days = as_owner("SELECT (current_date - 9)::text", [])
    assert page.column("办理日")[0] == days
    assert [row[0] for row in page.table(2)] == [days]
