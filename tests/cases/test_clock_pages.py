"""Clocks, notices and papers in a browser: who may see and do what, what a paper proves."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import localdate, localtime

from tests.cases import proposals
from tests.cases.proposals import a_case, a_head, a_receipt, an_officer, at, in_force
from tests.console.pages import Page
from tests.documents.reading import joined
from tests.web import site
from tests.web.province import Province
from yifen.face.plain import plain_connection


@pytest.fixture
def clerk(place: Province) -> Any:
    return site.client_of(place.users["finance"])


@pytest.fixture
def money(place: Province) -> tuple[Any, int]:
    """A case with five yuan on it; the entry that brought them, above zero as addresses have it."""
    in_force(place)
    case = a_case(place)
    return case, -a_receipt(place, case.account_no)


def test_a_case_tells_its_clock_and_a_notice_is_written_down(place: Province, clerk: Any, money: tuple[Any, int]):
    case, entry = money
    page = Page(clerk, f"/console/court/cases/{case.case_id}/")
    assert "在案的款和期限" in page.text
    assert "期限内" in page.text
    told = f"/console/court/entries/{entry}/told/"
    assert "逾期未通知" in clerk.get(told).content.decode()
    form = {"who": 0, "channel": "visit", "told_at": f"{localtime(at()):%Y-%m-%d %H:%M}", "said": ""}
    assert clerk.post(told, form).status_code == 200  # it asks what proves it
    early = clerk.post(told, form | {"said": "签收", "told_at": "2026-11-01 09:00"}).content.decode()
    assert "9190" in early
    assert "已登记" in clerk.post(told, form | {"said": "签收"}, follow=True).content.decode()
    assert "当面" in clerk.get("/console/court/notices/?state=told_late").content.decode()


def test_a_judge_pauses_his_case_and_ends_it_alone(place: Province, clerk: Any, money: tuple[Any, int]):
    case, entry = money
    judge, today = site.client_of(an_officer(place, "judge01", "court_judge")), localdate(at())
    address = f"/console/court/cases/{case.case_id}/pause/"
    assert clerk.get(address).status_code == 403
    form = {"entry": entry, "amount": "2.00", "why": "held", "from_on": today, "until_on": today + timedelta(days=9),
            "words": "协助执行通知书"}  # fmt: skip
    assert "9121" in judge.post(address, form | {"amount": "5.01"}).content.decode()
    assert "9120" in judge.post(address, form | {"from_on": today - timedelta(days=1)}).content.decode()
    from yifen.core.access.models import Authorisation

    proposal = judge.post(address, form)["Location"].rstrip("/").rpartition("/")[2]
    site.agree(a_head(place), Authorisation.objects.get(pk=int(proposal)), at())
    clocks = Page(judge, f"/console/court/cases/{case.case_id}/")
    assert "延缓部分" in clocks.text
    pause = proposals.as_owner("SELECT pause_id FROM court_pause WHERE case_id = %s", [case.case_id])
    denied = clerk.post(f"/console/court/pauses/{pause}/end/", follow=True).content.decode()
    assert "已结束" not in denied
    assert "已结束" in judge.post(f"/console/court/pauses/{pause}/end/", follow=True).content.decode()


def test_papers_say_what_they_prove_and_one_that_was_altered_does_not_fit(
    place: Province, clerk: Any, money: tuple[Any, int]
):
    case, entry = money
    notice = clerk.get(f"/console/court/cases/{case.case_id}/notice/")
    assert case.account_no in joined(notice.content)
    assert "开户行" not in joined(notice.content)  # the rule says none
    proposals.as_owner("ALTER TABLE court_rule DISABLE TRIGGER append_only", [])
    proposals.as_owner("UPDATE court_rule SET account_bank = '桂林银行', phone = '0773-123', comply_days = 7", [])
    said = joined(clerk.get(f"/console/court/cases/{case.case_id}/notice/").content)
    assert [one in said for one in ("桂林银行", "0773-123", "送达之日起7日内")] == [True] * 3
    for due, page_warns in ((500, False), (499, True)):  # five yuan came
        proposals.as_owner("UPDATE court_case SET due_fen = %s WHERE case_id = %s RETURNING 1", [due, case.case_id])
        full = joined(clerk.get(f"/console/court/cases/{case.case_id}/notice/").content)
        assert ["已足额到账" in full, "尚须缴纳" in full, "请按上列子账号缴款" in full] == [True, False, False]
        page = Page(clerk, f"/console/court/cases/{case.case_id}/").text
        assert ("累计到账超过执行标的" in page) == page_warns
    with plain_connection() as conn:
        (party,) = conn.execute("SELECT min(party_id) FROM court_party WHERE case_id = %s",
                                [case.case_id]).fetchall()[0]  # fmt: skip
    letter = clerk.get(f"/console/court/entries/{entry}/letter/{party}/")
    assert "案款到账通知书" in joined(letter.content)
    assert clerk.get(f"/console/court/entries/{entry}/letter/{party + 10**6}/").status_code == 404
    for address in (f"entries/{entry}/receipt/", f"cases/{case.case_id}/statement/"):
        text = joined(clerk.get(f"/console/court/{address}").content)
        assert ("赵付款" in text, "李执行" in text, "收款事由" in text) == (address.startswith("entries"),) * 3
        number = text.partition("/court/check/")[2].partition("/")[0]
        page = site.browser().get(f"/court/check/{number}/").content.decode()
        assert ("收据有效" in page, "一致" in page) == (address.startswith("entries"), address.startswith("cases"))
        assert not [name for name in ("王申请", "赵付款", "李执行") if name in page]
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        assert site.browser().get(f"/court/check/{wrong}/").status_code == 404
    assert site.browser().get("/court/check/nothing/").status_code == 404


def test_the_lists_of_clocks_tell_the_ledger_the_clearing_and_a_judges_week(
    place: Province, clerk: Any, money: tuple[Any, int]
):
    a_receipt(place)
    assert "CB0" in Page(clerk, "/console/court/unknown/").text
    assert "不明款待认领" in clerk.get("/console/today/").content.decode()
    clearing = Page(clerk, "/console/court/clearing/")
    assert "*付款" in clearing.text
    assert "赵付款" not in clearing.text
    ledger = Page(clerk, "/console/court/ledger/")
    assert {"王申请", "李执行", *a_head(place).name.split()} <= set(ledger.text.split())
    assert Page(clerk, "/console/court/judges/").column("承办人") == ["未定"]
    paper = joined(clerk.get("/console/court/clearing/pdf/").content)
    assert "不明款清单" in paper
    assert "*付款" in paper
    assert clerk.get("/console/court/leader/").status_code == 403
    from tests.mail.serving import Mails, mail_server
    from tests.mail.test_mailing import box
    from yifen.face.plain import plain_connection
    from yifen.trades.cases.clock import mailing
    from yifen.trades.cases.pages import clock_waiting, filed_reports

    proposals.as_owner("UPDATE court_case SET judge = 'judge01' WHERE case_id = %s RETURNING 1", [money[0].case_id])
    judge = an_officer(place, "judge01", "court_judge")
    waits = clock_waiting.what_waits(site.access(judge), at() + timedelta(days=60))
    assert [(line.number, line.fen) for line in waits if "whose=mine" in line.url] == [(1, 500), (3, None)]
    leads = clock_waiting.what_waits(site.access(a_head(place)), at() + timedelta(days=60))
    assert len(leads) == 1  # what is late; whom to tell is others' work
    head, mails = site.client_of(a_head(place)), Mails()
    mailed_to(place, "fayuan@court.example.cn yz@court.example.cn")
    with connection.cursor() as cursor, mail_server(mails) as port, plain_connection() as conn:
        cursor.execute("SET ROLE yifen_owner")
        filed_reports.make(at(), lambda: False)
        filed_reports.make(at(), lambda: False)  # once is enough
        mailing.work(conn, box(1), "https://pay.example.cn", at, lambda: False)  # nobody listens
        later = at() + timedelta(minutes=30)
        mailing.work(conn, box(port), "https://pay.example.cn", lambda: later, lambda: False)
        mailing.work(conn, box(port), "https://pay.example.cn", lambda: later + timedelta(days=1), lambda: False)
        cursor.execute("RESET ROLE")
    assert sorted((mail["To"], mail["Subject"].split()[-2]) for mail in mails.mails) == [
        (to, title) for to in ("fayuan@court.example.cn", "yz@court.example.cn")
        for title in ("不明款清单", "承办人周报")]  # fmt: skip
    (paper,) = [part for part in mails.mails[0].iter_attachments()]
    assert (paper.get_content_type(), paper.get_content()[:5]) == ("application/pdf", b"%PDF-")
    assert len({mail["Message-ID"] for mail in mails.mails}) == 4
    assert Page(head, "/console/court/reports/").column("邮件") == ["已发出"] * 2
    assert Page(head, "/console/court/reports/").column("种类") == ["承办人周报", "不明款清单"]
    assert "新的案款周报、不明款清单" in head.get("/console/today/").content.decode()
    report = proposals.as_owner("SELECT report_id FROM court_report WHERE kind = 'clearing'", [])
    assert "*付款" in joined(head.get(f"/console/court/reports/{report}/").content)
    assert site.client_of(place.foreign.user).get(f"/console/court/reports/{report}/").status_code in (403, 404)
    page = head.get("/console/court/leader/").content.decode()
    assert "入案无误率" in page
    assert "chart_times" in page


def test_a_foreign_courts_money_is_not_there(place: Province, money: tuple[Any, int]):
    case, entry = money
    other = site.client_of(place.foreign.user)
    for address in (f"entries/{entry}/told/", f"entries/{entry}/receipt/", f"cases/{case.case_id}/statement/"):
        assert other.get(f"/console/court/{address}").status_code in (403, 404)


def test_a_push_that_the_statement_lacks_is_taken_back_from_its_list(place: Province, clerk: Any):
    from yifen.core.access.models import Authorisation

    entry = -proposals.a_push(place)
    assert "银行推送与对账单不符" in clerk.get("/console/today/").content.decode()
    assert Page(clerk, "/console/court/pushes/").column("推送金额（元）") == ["5.00"]
    page = f"/console/court/pushes/{entry}/"
    assert "对账单没有此流水号" in clerk.get(page).content.decode()
    made = clerk.post(page, {"evidence": "银行说明一份"})["Location"].rstrip("/").rpartition("/")[2]
    assert clerk.get("/console/court/pushes/?state=proposed").content.decode().count("待复核") > 0
    site.agree(a_head(place), Authorisation.objects.get(pk=int(made)), at())
    assert clerk.get(page).status_code == 404
    assert "银行推送与对账单不符" not in clerk.get("/console/today/").content.decode()


def test_papers_are_checked_so_often_from_one_address(place: Province):
    proposals.as_owner("DELETE FROM checkout_rate", [])
    browser = site.browser()
    codes = {browser.get(f"/court/check/R{number}-AAAA-AAAA-AA/").status_code for number in range(1, 31)}
    assert (codes, browser.get("/court/check/R1-AAAA-AAAA-AA/").status_code) == ({404}, 429)


def mailed_to(place: Province, addresses: str) -> None:
    """By the rule in force, without two people."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE yifen_owner")
        cursor.execute("ALTER TABLE court_rule DISABLE TRIGGER append_only")
        cursor.execute("UPDATE court_rule SET mail_to = %s WHERE court_id = %s", [addresses, place.own.biller])
        cursor.execute("ALTER TABLE court_rule ENABLE TRIGGER append_only")
        cursor.execute("RESET ROLE")
