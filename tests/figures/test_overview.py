"""What the overview and reports say beside their sums: what was not billed here, payments and their lines, what was
written off, which day is today, who may be shared with, whose teller a number is."""

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.console.pages import Page
from tests.figures.bills import DAYS, SPAN
from tests.figures.reporting import BUILD, browser, kept, text_of
from tests.web import site
from tests.web.province import Province
from tests.web.samples import NOW
from yifen.core.facts.refused import Refused
from yifen.trades.figures import labels, telling
from yifen.trades.figures.asking import COLUMNS_MAX, ReportAsk, held
from yifen.trades.figures.telling import ReportHead, ReportLine, ToldReport


def rows_of(place: Province, by: str, **asked: Any) -> list[list[str]]:
    return Page(browser(place), f"/console/figures/?{urlencode({'by': by, **DAYS, **asked})}").table()


def test_what_was_not_billed_here_is_a_row_by_whatever_a_bill_tells_and_said_beside(billed: Province) -> None:
    for by in ("community", "class", "fee"):
        outside = next(row for row in rows_of(billed, by) if row[0] == "非本系统出账")
        assert outside[-1] == "123.45", by
    with psycopg.connect(billed.database.super_url) as conn:
        sums = conn.execute(
            "SELECT count(*), sum(CASE state WHEN 'withdrawn' THEN paid_fen ELSE due_fen END), sum(paid_fen)"
            " FROM payable WHERE biller_id = %s AND mode <> 'open' AND ref !~ '^B[0-9]+$'",
            [billed.own.biller],
        ).fetchone()
    assert sums is not None
    page = text_of(billed, "", "biller_staff", by="fee", **DAYS)
    said = re.search(r"截至现在： ([\d,]+) 张 · 应缴 ([\d,.]+) · 已缴 ([\d,.]+)", page)
    assert said is not None, page
    assert said.groups() == (f"{sums[0]:,}", f"{sums[1] / 100:,.2f}", f"{sums[2] / 100:,.2f}")


def test_a_payment_of_two_lines_is_one_payment(billed: Province) -> None:
    assert rows_of(billed, "channel")[-1][1:] == ["3", "263.45", "0.00", "263.45"]
    page = text_of(billed, "reports/new/", **BUILD | {"row1": "channel", "measures": ["payments", "lines"],
                                                      "sort": "name"})  # fmt: skip
    assert "合计 3 5" in page


def test_payments_are_not_told_by_what_a_payment_may_pay_several_of() -> None:
    with pytest.raises(Refused) as refused:
        held(ReportAsk(("fee",), ("payments",)))
    assert (refused.value.code, refused.value.field) == (8691, "rows")
    assert "Payments: Fee" in refused.value.text("en")
    assert "收款笔数：费种" in refused.value.text("zh-hans")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"filters": {"fee": ("x" * 121,)}}, "120"),
        ({"measures": ("bills", "billed", "late", "asked", "corrected", "settled", "spent", "owing", "rate")}, "8"),
        ({"rows": ("fee", "hour")}, "Bills: Hour"),
        ({"sort": "owing"}, "not chosen"),
    ],
)
def test_a_refusal_says_which_and_why(asked: dict[str, Any], said: str) -> None:
    from yifen.trades.figures.asking import read_ask

    with pytest.raises(Refused) as refused:
        read_ask(ReportAsk(("fee",), ("bills",))._replace(**asked).data())
    assert said in refused.value.text("en")


def test_what_was_written_off_is_a_column_where_there_is_something(billed: Province) -> None:
    assert "核销" not in text_of(billed, "", by="fee", **DAYS)
    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE payable SET due_fen = due_fen - 500 WHERE payable_id = 882000")
        conn.execute("INSERT INTO billing_write_off VALUES (0, 2000, 500, '2026-11-20', 1, -778)")
    try:
        assert [row[1:5] for row in rows_of(billed, "fee") if row[0] == "测试费"] == [
            ["600.00", "140.00", "5.00", "455.00"]
        ]
    finally:
        with psycopg.connect(billed.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("UPDATE payable SET due_fen = due_fen + 500 WHERE payable_id = 882000")
            conn.execute("DELETE FROM billing_write_off WHERE bill_id = 2000")


def test_today_is_the_open_business_day(billed: Province) -> None:
    from yifen.face import scope as scopes

    with psycopg.connect(billed.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE ledger_book SET current_day = current_day + 1")
    try:
        day = scopes.business_day(site.access(billed.users["finance"]).scope, NOW)
        page = text_of(billed, "", by="fee", period="today")
        assert f"{day} — {day}" in page
        assert f"{day - timedelta(days=1)} — " not in page
    finally:
        with psycopg.connect(billed.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("UPDATE ledger_book SET current_day = current_day - 1")


def test_one_shares_with_roles_that_his_own_people_may_have(billed: Province) -> None:
    def offered(role: str) -> set[str]:
        page = Page(browser(billed, role), f"/console/figures/reports/new/?{urlencode(BUILD, doseq=True)}")
        return set(page.tree.xpath("//input[@name='roles']/@value"))

    assert offered("biller_staff") == {"biller_staff"}
    assert offered("finance") == {"institution_admin", "supervisor", "finance", "auditor"}


def test_two_reports_of_one_title_are_told_apart_by_their_numbers(billed: Province) -> None:
    numbers = [kept(billed, "同名") for _ in range(2)]
    names = [row[0] for row in Page(browser(billed), "/console/figures/reports/").table() if "同名" in row[0]]
    assert sorted(names) == sorted(f"同名 · {number}" for number in numbers)


def told(heads: list[ReportHead], values: list[Any], **fields: Any) -> ToldReport:
    ask = ReportAsk(("user",), ("taken", "collected"), sort="collected", **SPAN)
    span = ask.span(date(2026, 11, 24))
    line = ReportLine(("9",), values)
    return ToldReport(ask, span, None, heads, [line], None, line, False, {}, {"9": "青溪联社"}, **fields)


HEADS = [ReportHead(None, "taken", "fen"), ReportHead(None, "collected", "fen")]


def test_the_picture_begins_with_what_the_report_is_sorted_by(billed: Province) -> None:
    from yifen.trades.figures.pages import showing

    drawn = showing.chart(told(HEADS, [100, 90]))
    assert drawn is not None
    assert [one["name"] for one in drawn["series"]] == ["实收", "收"]


def test_a_teller_out_of_reach_is_a_number_of_where_he_works(billed: Province) -> None:
    from yifen.trades.figures import files

    report = told(HEADS, [100, 90])
    assert [labels.value(report, "user", "9", said) for said in (files.english, str)] == [
        "no. 9 of 青溪联社", "青溪联社 9 号人员"]  # fmt: skip


def test_columns_that_are_left_out_are_said(billed: Province) -> None:
    from yifen.trades.figures.pages import showing

    report = told(HEADS, [100, 90], columns_left=65)
    (said,) = showing.warnings(report, showing.table(report))
    assert (str(COLUMNS_MAX) in said, "65" in said) == (True, True)


def test_what_of_the_earlier_period_was_not_read_is_not_nothing(billed: Province) -> None:
    """Read one row of each period: the one that only the cut left out of the earlier one says nothing of it."""
    from yifen.face import scope as scopes
    from yifen.face.plain import plain_connection

    ask = ReportAsk(("community",), ("asked",), compare="year", **SPAN)
    reach = scopes.params(site.access(billed.users["finance"]).scope)
    span = ask.span(date(2026, 11, 24))
    with plain_connection() as conn:
        found = telling.told(conn, ask, date(2026, 11, 24), reach)
        now = telling._asked(conn, ask, span, date(2026, 11, 24), reach, 9)
        then = now._replace(cut=("西苑",), cells={k: v for k, v in now.cells.items() if k[0] < ("西苑",)})
    assert telling._values(found.heads, telling._row(now, ("西苑",)), telling._row(then, ("西苑",))) == [30_000, None]


def test_a_pdf_in_english_has_english_values(billed: Province) -> None:
    from yifen.trades.figures import files

    report = told(HEADS, [100, 90])
    report = report._replace(ask=report.ask._replace(filters={"channel_kind": ("counter", "payer")}))
    assert [fact.value for fact in files.facts(report, files.english)][1] == "Desks and collectors, Payer pages"


def test_a_pdf_is_not_offered_of_more_columns_than_paper_has(billed: Province) -> None:
    from yifen.trades.figures import files

    report = told(HEADS * 7, [1] * 14)
    assert files.fits(report) is False
    assert files.fits(told(HEADS, [1, 2])) is True


def test_a_company_without_a_channel_reads_its_own_payments_alone_and_is_told_the_same(
    billed: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import composing

    asked: list[bool] = []
    found: list[Any] = []
    ask = ReportAsk(("community",), ("collected",), **SPAN)
    whole = composing.statement
    monkeypatch.setattr(composing, "statement", lambda *given: (asked.append(given[2]), whole(*given))[1])
    with plain_connection() as conn:
        for partner in (billed.own.biller, billed.own.channel, billed.own.biller):
            scope = {"all": False, "partners": f"{{{partner}}}", "institutions": "{}", "sandboxes": "{}"}
            found.append(telling.told(conn, ask, SPAN["until"], scope).total.values)
            if len(found) == 2:
                monkeypatch.setattr(telling, "_HAS_CHANNELS", "SELECT true")
    assert (asked, found[0], found[0] == found[2]) == ([False, True, True], [26_345], True)
    assert "x.channel_id = ANY" not in whole(ask, "payments", False)
