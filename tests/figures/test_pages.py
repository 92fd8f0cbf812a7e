"""Pages of figures: the overview with its sums, a report built, kept, shared and put on files, made by itself and
mailed."""

import re
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pytest
from python_calamine import load_workbook

from tests.console.pages import Page, words
from tests.figures.bills import DAYS, SPAN
from tests.figures.reporting import BUILD, Letterbox, browser, kept, text_of
from tests.web import site
from tests.web.province import Province


def test_the_overview_tells_what_was_billed_collected_and_is_owing(billed: Province) -> None:
    page = text_of(billed, "", by="community", **DAYS)
    for said in ("300.00", "140.00", "460.00", "23.33 %", "东苑", "西苑", "600.00"):
        assert said in page, (said, page)
    assert "263.45" in text_of(billed, "", by="channel", **DAYS)
    assert "600.00" not in text_of(billed, "", by="community", fee="没有", **DAYS)


def test_a_report_is_told_kept_shared_changed_and_dropped(billed: Province) -> None:
    page = text_of(billed, "reports/new/", **BUILD)
    for said in ("东苑", "300.00", "140.00", "46.67 %", "西苑", "600.00", "23.33 %"):
        assert said in page, (said, page)
    assert "8691" in text_of(billed, "reports/new/", **{**BUILD, "row1": "channel"})
    assert "8695" in text_of(billed, "reports/new/", **{**BUILD, "until": "2026-10-01"})
    number = kept(billed, "十一月", ("supervisor",))
    assert "十一月" in text_of(billed, "reports/", "supervisor")
    assert "600.00" in text_of(billed, f"reports/{number}/", "supervisor")
    assert browser(billed, "auditor").get(f"/console/figures/reports/{number}/").status_code == 404
    assert (
        browser(billed, "supervisor").post(f"/console/figures/reports/{number}/drop/").status_code
        == 302
    )
    assert "十一月" in text_of(billed, "reports/")  # it is not his
    assert browser(billed).post(f"/console/figures/reports/{number}/drop/").status_code == 302
    assert "十一月" not in text_of(billed, "reports/")


def test_a_report_is_shared_only_by_who_may(billed: Province) -> None:
    from yifen.core.access.edge import now
    from yifen.core.facts.refused import Refused
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import keeping
    from yifen.trades.figures.asking import ReportAsk

    ask = ReportAsk(("fee",), ("asked",))
    with plain_connection() as conn:
        for role, roles, code in (
            ("supervisor", ["finance"], 8694),
            ("finance", ["teller"], 8694),
            ("teller", [], 8699),
        ):
            with pytest.raises(Refused) as refused:
                keeping.keep(conn, site.access(billed.users[role]), None, "x", ask, roles, now())
            assert refused.value.code == code


def test_a_report_as_a_workbook_and_on_paper_says_what_the_page_says(billed: Province) -> None:
    number = kept(billed, "文件")
    answer = browser(billed).post(f"/console/figures/reports/{number}/file/", {"format": "xlsx"})
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["小区", "应收合计", "账单已缴", "尚欠", "收费率 %", "实收"],
        ["东苑", 300, 140, 160, "46.67", 140],
        ["西苑", 300, 0, 300, "0.00", 0],
        ["非本系统出账", 0, 0, 0, "", 123.45],
        ["合计", 600, 140, 460, "23.33", 263.45],
    ]
    about = load_workbook(BytesIO(answer.content)).get_sheet_by_name("说明").to_python()
    assert about[:3] == [["报表", "文件"], ["单位", str(billed.users["finance"].institution)],
                         ["期间", "2026-11-01 — 2026-11-30"]]  # fmt: skip
    assert about[3:] == [["制作人", str(billed.users["finance"])], ["制作时间", about[4][1]]]
    answer = browser(billed).post(f"/console/figures/reports/{number}/file/", {"format": "pdf"})
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_a_report_is_made_when_it_is_due_once_and_mailed(billed: Province) -> None:
    from datetime import timedelta

    from django.db import connection

    from yifen.trades.figures.making import make

    number, box = kept(billed, "每天的"), Letterbox()
    at = f"/console/figures/reports/{number}/schedule/"
    wrong = browser(billed).post(
        at, {"every": "day", "hour": 7, "format": "xlsx", "mail": "nobody"}
    )
    assert "8696" in wrong.content.decode()
    assert (
        browser(billed)
        .post(at, {"every": "day", "hour": 7, "format": "pdf", "mail": "boss@example.cn"})
        .status_code
        == 302
    )
    assert "boss@example.cn" in text_of(billed, f"reports/{number}/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_at, mail FROM figure_schedule WHERE report_id = %s", [number])
        due, sealed = cursor.fetchone()
    assert (due.astimezone().minute, b"boss" in bytes(sealed)) == (0, False)
    with site.as_process("yifen_worker"):
        make(due - timedelta(minutes=1), box, "https://x", lambda: False)  # type: ignore[arg-type]
        assert box.mails == []
        box.later = True
        make(due + timedelta(minutes=1), box, "https://x", lambda: False)  # type: ignore[arg-type]
        box.later = False
        for minutes in (6, 11):
            make(due + timedelta(minutes=minutes), box, "https://x", lambda: False)  # type: ignore[arg-type]
    ((mail,)) = box.mails
    assert (mail.to, mail.attached[0].content[:5]) == ("boss@example.cn", b"%PDF-")
    page = text_of(billed, "made/")
    assert "每天的" in page
    assert "已发出" in page
    file = re.findall(
        r"/console/figures/made/(\d+)/",
        browser(billed).get("/console/figures/made/").content.decode(),
    )[0]
    assert browser(billed).get(f"/console/figures/made/{file}/").content[:5] == b"%PDF-"
    assert browser(billed, "supervisor").get(f"/console/figures/made/{file}/").status_code == 404


def test_what_collecting_costs_is_reckoned_by_what_was_assumed(billed: Province) -> None:
    asked = urlencode({"biller": billed.own.biller, "since": "2026-11-01", "until": "2026-11-30"})
    page = Page(browser(billed), f"/console/figures/cost/?{asked}")
    channel = next(row for row in page.table() if row[3] == "263.45")[0]
    place = next(
        n
        for n, head in enumerate(page.tree.xpath("//tbody//th[@scope='row']"))
        if words(head) == channel
    )
    name = page.tree.xpath("//input[starts-with(@name, 'bill_')]/@name")[place].removeprefix(
        "bill_"
    )
    post = {"wages": "6000", f"bill_{name}": "0.5", f"permille_{name}": "2.5"}
    assert (
        browser(billed)
        .post(f"/console/figures/cost/?{asked}", {**post, f"bill_{name}": "2000"})
        .status_code
        == 200
    )
    assert browser(billed).post(f"/console/figures/cost/?{asked}", post).status_code == 302
    page = Page(browser(billed), f"/console/figures/cost/?{asked}")
    assert next(row for row in page.table() if row[0] == channel)[2:] == [
        "3",
        "263.45",
        "2.16",
        "0.7200",
    ]
    answer = browser(billed).post(f"/console/figures/cost/?{asked}", {"format": "xlsx"})
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert next(row for row in rows if row[0] == channel) == [
        channel,
        "渠道代收",
        3,
        263.45,
        2.16,
        "0.7200",
    ]


def test_each_sees_his_own(billed: Province) -> None:
    """A company's people see its figures, those of another company's county nothing, a bank's what its channels
    took."""
    from yifen.core.access.edge import Access
    from yifen.core.access.scope import Scope
    from yifen.face import scope as scopes
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import telling
    from yifen.trades.figures.asking import ReportAsk

    asked, paid = (
        ReportAsk(("fee",), measures, **SPAN) for measures in (("asked",), ("collected",))
    )
    own = Access(billed.users["biller_staff"]).scope
    with plain_connection() as conn:
        channel = conn.execute("SELECT min(channel_id) FROM figure_payment").fetchone()[0]
        found = [
            [
                telling.told(conn, one, date(2026, 11, 24), scopes.params(scope)).total.values
                for one in (asked, paid)
            ]
            for scope in (own, Scope((), (channel,)), Scope((), ()))
        ]
    assert found == [[[60_000], [26_345]], [[0], [26_345]], [[0], [0]]]
