"""Arrears on the console: from the ages to an account, calls, letters with their notices, cuts, holds, write-offs,
rules."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.arrears.proposals import debtor
from tests.billing.late_proposals import ACCOUNT
from tests.billing.price_proposals import as_owner
from tests.conftest import NewProvince
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_number
from yifen.hub.payments.names import sealed_name

HOME = "/console/arrears/"
PHONE = "13800138000"


class Quarter(NamedTuple):
    """The county, and its debtor of 1,000.00 with a late fee, to whom nothing was done yet."""

    place: Province
    customer: int
    fee: int
    bill: int

    def client(self, user: str) -> Any:
        return site.client_of(self.place.users[user])

    def page(self, what: str = "") -> str:
        debt = f"{self.fee}/{what}/" if what else ""
        return f"{HOME}accounts/{self.customer}/{debt}"

    def done(self, steps: int) -> None:
        """So many more steps, as time would have it."""
        for _ in range(steps):
            as_owner("SELECT arrears_do_v1(n, current_date - 9, 'staff', 'reached', '', now())"
                     " FROM arrears_now_v1(%s, %s, now()) n", [self.customer, self.fee])  # fmt: skip


@pytest.fixture(scope="module")
def county(new_province: NewProvince) -> Iterator[Province]:
    place = new_province()
    with site.on(place.database):
        yield place


@pytest.fixture
def quarter(county: Province) -> Iterator[Quarter]:
    """One of its own for each test: nothing is left of it."""
    from django.db import transaction

    with transaction.atomic():
        yield Quarter(county, *debtor(county))
        transaction.set_rollback(True)


def agreed(client: Any, proposal: str) -> Any:
    """The second person looks at it and says yes."""
    seen = Page(client, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    return client.post(f"{proposal}decide/", {"word": "yes", "seen": seen}, follow=True)


def today() -> Any:
    return datetime.now(ZONE).date()


def test_the_ages_lead_to_accounts_and_an_account_tells_what_is_owed(quarter: Quarter) -> None:
    staff = quarter.client("biller_staff")
    for tab in ("", "by-class/", "by-fee/", "by-collector/"):
        assert Page(staff, HOME + tab).column("逾期户数") == ["1"]
    page = Page(staff, f"{HOME}?")
    link = page.link("//main//tbody//a")
    found = Page(staff, link)
    assert found.column("户号") == [ACCOUNT]
    account = Page(staff, quarter.page())
    assert account.facts()["户号"] == ACCOUNT
    assert account.column("下一步")[0] == "短信"
    assert account.table(1)[0][0] == f"B{quarter.bill}"


def test_debts_without_a_class_or_a_collector_are_found_behind_their_line(quarter: Quarter) -> None:
    staff = quarter.client("biller_staff")
    for tab, words in (("by-class/", ("", "居民&A+1")), ("by-collector/", ("",))):
        for word in words:
            as_owner("UPDATE arrears_debt SET class = %s RETURNING 1", [word])
            link = Page(staff, HOME + tab).link("//main//tbody//a")
            assert Page(staff, link).column("户号") == [ACCOUNT]
            other = urlencode(dict(parse_qsl(urlsplit(link).query)) | {"class": "别的", "collector": ""})
            assert Page(staff, f"{HOME}accounts/?{other}").table() == []
    nobody = f"{HOME}accounts/?late=&collector=0"
    assert Page(staff, nobody).column("户号") == [ACCOUNT]
    as_owner("INSERT INTO arrears_collector (biller_id, place_id, user_id) SELECT biller_id, area_id, %s"
             " FROM arrears_debt RETURNING 1", [quarter.place.users["biller_staff"].pk])  # fmt: skip
    assert Page(staff, nobody).table() == []


def test_lists_of_kept_debts_say_how_old_they_are(quarter: Quarter) -> None:
    staff, asked = quarter.client("biller_staff"), f"?biller={quarter.place.own.biller}"
    old = datetime.now(ZONE) - timedelta(hours=3)
    pages = [HOME, f"{HOME}accounts/", f"{HOME}calls/", f"{HOME}letters/print/{asked}", f"{HOME}written/new/{asked}"]
    for at, said in ((datetime.now(ZONE), f"截至 {datetime.now(ZONE):%Y-%m-%d}"), (old, "已超过两小时没有重算")):
        as_owner("INSERT INTO arrears_kept VALUES (0, %s, 0) ON CONFLICT (bucket) DO UPDATE SET at = excluded.at"
                 " RETURNING 1", [at])  # fmt: skip
        assert [(page, said in Page(staff, page).text) for page in pages] == [(page, True) for page in pages]
        today_says = "欠费数据超过两小时没有重算" in Page(staff, "/console/today/").text
        assert today_says == (at == old)


def test_a_number_beyond_every_cut_or_letter_is_not_there(quarter: Quarter) -> None:
    staff = quarter.client("biller_staff")
    assert staff.post(f"{HOME}cuts/{2**63}/again/").status_code == 404
    for path in (f"letters/{2**63}/", f"letters/batch/{2**63}/", f"holds/{2**63}/"):
        assert (path, staff.get(HOME + path).status_code) == (path, 404)
    assert "没有可核销的账单。" in Page(staff, f"{HOME}written/new/?biller={quarter.place.own.biller}").text


def test_who_is_of_another_county_finds_nothing(quarter: Quarter) -> None:
    other = site.client_of(quarter.place.foreign.user)
    letter, paper = f"{HOME}letters/1/", f"{HOME}letters/print/?biller={quarter.place.own.biller}"
    for address in (quarter.page(), letter):
        assert other.get(address).status_code == 404
    assert ACCOUNT not in Page(other, f"{HOME}accounts/").text
    assert Page(other, HOME).table() == []
    assert other.get(paper).status_code == 403  # it sees, and does nothing


def test_a_call_ends_in_a_promise_and_wrong_input_names_its_field(quarter: Quarter) -> None:
    quarter.done(1)
    staff = quarter.client("biller_staff")
    assert Page(staff, f"{HOME}calls/").column("户号") == [ACCOUNT]
    wrong = staff.post(
        quarter.page("call"),
        {"outcome": "promised", "until": today() + timedelta(days=60), "fen": "100"},
    )
    assert "8665" in wrong.content.decode()
    right = staff.post(
        quarter.page("call"),
        {"outcome": "promised", "until": today() + timedelta(days=9), "fen": "100"},
        follow=True,
    )
    assert right.redirect_chain == [(quarter.page(), 302)]
    assert Page(staff, quarter.page()).column("为何未办")[0] == "已承诺"
    assert Page(staff, f"{HOME}holds/").column("金额（元）") == ["100.00"]
    again = staff.post(
        quarter.page("promise"), {"until": today() + timedelta(days=9), "fen": "100"}
    )
    assert "8666" in again.content.decode()


def test_a_letter_is_printed_once_and_a_copy_says_so(quarter: Quarter) -> None:
    quarter.done(2)
    staff = quarter.client("biller_staff")
    asked = f"{HOME}letters/print/?biller={quarter.place.own.biller}"
    key = Page(staff, asked).tree.xpath("//input[@name='debt']/@value")
    assert key == [f"{quarter.customer}-{quarter.fee}"]
    printed = staff.post(asked, {"debt": key}, follow=True)
    assert (printed.status_code, printed["Content-Type"], printed.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert Page(staff, asked).tree.xpath("//input[@name='debt']") == []
    number = as_owner("SELECT letter_no FROM arrears_letter", [])
    copy = staff.post(f"{HOME}letters/{number}/reprint/")
    assert copy.content[:5] == b"%PDF-"
    assert Page(staff, f"{HOME}letters/{number}/").facts()["补打次数"] == "1"
    assert staff.get(printed.redirect_chain[0][0]).status_code == 404  # the batch was printed
    auditor = quarter.client("auditor")
    assert auditor.post(f"{HOME}letters/{number}/reprint/").status_code == 403


def test_a_notice_is_served_and_its_account_is_cut_by_two_people(quarter: Quarter) -> None:
    quarter.done(3)
    staff, finance = quarter.client("biller_staff"), quarter.client("finance")
    asked = f"?biller={quarter.place.own.biller}"
    assert Page(staff, f"{HOME}cuts/new/{asked}").tree.xpath("//input[@name='debt']") == []
    key = f"{quarter.customer}-{quarter.fee}"
    assert (
        staff.post(f"{HOME}letters/notices/{asked}", {"debt": key}, follow=True).content[:5]
        == b"%PDF-"
    )
    number = as_owner("SELECT letter_no FROM arrears_letter", [])
    letter = f"{HOME}letters/{number}/"
    late = staff.post(letter, {"how": "handed", "on": today() + timedelta(days=1), "note": "本人"})
    assert "8672" in late.content.decode()
    assert staff.post(letter, {"how": "handed", "on": today(), "note": "本人"}).status_code == 302
    assert Page(staff, letter).facts()["送达情况"].startswith(f"{today()} 本人签收 本人")
    assert (
        Page(staff, f"{HOME}cuts/new/{asked}").tree.xpath("//input[@name='debt']") == []
    )  # seven days
    with_days = "UPDATE arrears_debt SET why = '', next_on = current_date"
    as_owner(with_days, [])
    refused = staff.post(
        f"{HOME}cuts/new/{asked}", {"debt": key, "reason": "通知期满"}, follow=True
    )
    proposal = refused.redirect_chain[0][0]
    answer = agreed(finance, proposal)
    assert "8674" in answer.content.decode()  # the list was wrong: asked again, it is not due
    assert as_owner("SELECT count(*) FROM arrears_cut", []) == 0


def test_a_plan_and_a_dispute(quarter: Quarter) -> None:
    staff, finance = quarter.client("biller_staff"), quarter.client("finance")
    page = Page(staff, quarter.page("plan"))
    owed = page.text.split("逾期欠费 ")[1].split(" 元")[0].replace(",", "")
    first, last = today() + timedelta(days=20), today() + timedelta(days=40)
    short = f"合计 1.00 元，欠费 {float(owed):,.2f} 元，差 {float(owed) - 1:,.2f} 元"
    for rows, said in (
        (f"{first} 1\nmañana 2", "第 2 行的日期看不懂：mañana"),
        (f"{first} 一元", "第 1 行不是日期和金额"),
        (f"{today() - timedelta(days=1)} 1", "第 1 行的日期已过"),
        (f"{first} 1\n{first} 2", "第 2 行的日期重复"),
        (f"{first} 0", "第 1 行的金额须大于零"),
        (f"{first:%Y/%m/%d} １．００", short),
        (f"{first.month}月{first.day}日 1", short),
    ):
        wrong = staff.post(quarter.page("plan"), {"rows": rows, "reason": "困难"}).content.decode()
        assert (rows, said in wrong) == (rows, True)
    rest = f"{float(owed) - 500:.2f}"
    sent = staff.post(
        quarter.page("plan"), {"rows": f"{first} 500\n{last} {rest}", "reason": "困难"}, follow=True
    )
    told = {row[0]: row[1:] for row in Page(finance, sent.redirect_chain[0][0]).table(0)}
    assert told["户号"][-1] == masked_number(ACCOUNT)
    agreed(finance, sent.redirect_chain[0][0])
    assert Page(staff, quarter.page()).column("为何未办")[0] == "分期中"

    disputed = staff.post(
        quarter.page("dispute"), {"bills": quarter.bill, "reason": "面积不对"}, follow=True
    )
    assert disputed.redirect_chain == [(quarter.page(), 302)]
    hold = as_owner("SELECT hold_id FROM arrears_hold WHERE kind = 'dispute'", [])
    own = staff.post(f"{HOME}holds/{hold}/", {"upheld": "no", "note": "核对无误"})
    assert "2104" in own.content.decode()
    assert (
        finance.post(f"{HOME}holds/{hold}/", {"upheld": "no", "note": "核对无误"}).status_code
        == 302
    )
    assert Page(staff, f"{HOME}holds/").column("状态") == ["异议不成立", "执行中"]


def test_a_bad_debt_is_written_off_and_taken_up_again_by_two_people(quarter: Quarter) -> None:
    staff, finance = quarter.client("biller_staff"), quarter.client("finance")
    as_owner(
        "UPDATE billing_customer SET closed_on = '2026-06-01' WHERE customer_id = %s",
        [quarter.customer],
    )
    asked = f"{HOME}written/new/?biller={quarter.place.own.biller}"
    assert Page(finance, asked).tree.xpath("//input[@name='debt']/@value") == [str(quarter.bill)]
    bare = finance.post(asked, {"debt": quarter.bill, "evidence": "", "reason": "终结执行"})
    assert bare.status_code == 200
    sent = finance.post(
        asked, {"debt": quarter.bill, "evidence": "裁定 1 号", "reason": "终结执行"}, follow=True
    )
    agreed(staff, sent.redirect_chain[0][0])
    page = Page(finance, f"{HOME}written/")
    assert page.column("依据文号") == ["裁定 1 号"]
    again = page.link("//main//tbody//a[contains(@href, 'again')]")
    sent = finance.post(again, {"evidence": "还款协议", "reason": "付款人回来了"}, follow=True)
    agreed(staff, sent.redirect_chain[0][0])
    page = Page(finance, f"{HOME}written/")
    assert [text.replace(",", "").lstrip("-") for text in page.column("核销（负为恢复，元）")] == [
        page.column("核销（负为恢复，元）")[1].replace(",", "")] * 2  # fmt: skip
    assert page.link("//main//tbody//a[contains(@href, 'again')]") == ""


def test_a_rule_from_its_template_is_put_in_force_by_two_people(quarter: Quarter) -> None:
    admin, staff = quarter.client("institution_admin"), quarter.client("biller_staff")
    form = Page(admin, f"{HOME}rules/new/?law=heat")
    assert form.tree.xpath("//select[@name='kind4']/option[@selected]/@value") == ["cut"]
    steps = {"biller": quarter.place.own.biller, "fee": quarter.fee, "law": "heat", "restore_hours": 24,
             "kind0": "message", "overdue0": 3, "kind1": "notice", "overdue1": 10, "after1": 2, "least1": "50",
             "kind2": "cut", "overdue2": 20, "after2": 14}  # fmt: skip
    assert "8663" in admin.post(f"{HOME}rules/new/?law=heat", steps).content.decode()
    sent = admin.post(f"{HOME}rules/new/?law=heat", steps | {"after2": 15}, follow=True)
    agreed(staff, sent.redirect_chain[0][0])
    text = Page(staff, f"{HOME}rules/").text
    assert "停供通知：逾期满 10 天，距上一步 2 天，欠费不少于 50.00 元" in text


def test_a_collector_is_named_for_a_community(quarter: Quarter) -> None:
    staff = quarter.client("biller_staff")
    page = f"{HOME}collectors/"
    place = as_owner("SELECT place_id FROM billing_place WHERE name = %s", [ACCOUNT])
    user = quarter.place.users["biller_staff"]
    assert staff.post(page, {"place": place, "user": user.pk}).status_code == 302
    assert [row[1] for row in Page(staff, page).table() if ACCOUNT in row[0] or not row[0]] == [
        f"{user.login} {user.name}"
    ]
    assert [row[1] for row in Page(staff, f"{page}?area={place}").table()] == [f"{user.login} {user.name}"]
    offered = Page(staff, page).tree.xpath("//select[@name='user']")[0].xpath("./option/@value")
    by = quarter.place.users
    assert [str(by[role].pk) in offered for role in ("biller_staff", "finance", "teller", "auditor", "supervisor")] == [
        True, True, True, False, False]  # fmt: skip
    assert Page(staff, f"{HOME}by-collector/").column("催收员") == [user.login]
    assert quarter.client("auditor").post(page, {"place": place, "user": user.pk}).status_code in (
        200,
        403,
    )
    assert as_owner("SELECT count(*) FROM arrears_collector", []) == 1


def test_work_that_is_due_waits_on_the_first_page(quarter: Quarter) -> None:
    quarter.done(1)
    assert "该打的催缴电话" in Page(quarter.client("biller_staff"), "/console/today/").text


def reachable(quarter: Quarter) -> None:
    """A phone and a name."""
    biller, bucket = quarter.place.own.biller, quarter.customer % 1000
    phone = the_ring().seal_text(PHONE, f"billing contact:{biller}:{ACCOUNT}")
    as_owner("UPDATE billing_customer SET contact = %s WHERE customer_id = %s", [phone, quarter.customer])
    as_owner("INSERT INTO payer (bucket, biller_id, account_no, name) VALUES (%s, %s, %s, %s)"
             " ON CONFLICT (bucket, biller_id, account_no) DO UPDATE SET name = excluded.name",
             [bucket, biller, ACCOUNT, sealed_name(the_ring(), biller, ACCOUNT, "欧阳小明")])  # fmt: skip


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
    assert page.column("为何未办")[0] == "异议中"
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
