"""Arrears on the console: from the ages to an account, calls, letters with their notices, cuts, holds, write-offs,
rules."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.arrears.quarter import HOME, Quarter, agreed, today
from tests.billing.late_proposals import ACCOUNT
from tests.billing.price_proposals import as_owner
from tests.console.pages import Page
from tests.web import site
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_number


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
