"""The console's reconciliation: runs, differences repaired by two people, files taken in, layouts, rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.console.pages import Page, words
from tests.jobs.running import work
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, NOON
from yifen.core.facts.processes import WEB

NEXT = DAY + timedelta(days=1)
MORE = """INSERT INTO recon_item OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(i, jsonb_build_object('item_id', n, 'serial', 'MORE-' || n, 'state', 'open'))).*
FROM recon_item i, generate_series(9001, 9002) n WHERE item_id = %s"""


@pytest.fixture
def finance(place: Province) -> Any:
    return site.client_of(place.users["finance"])


@pytest.fixture
def supervisor(place: Province) -> Any:
    return site.client_of(place.users["supervisor"])


def path_of(place: Province, act: str = "") -> str:
    return f"/console/differences/{place.own.more['item']}/{act}"


def one_row(serial: str, fen: int, place: Province) -> SimpleUploadedFile:
    return SimpleUploadedFile("day.txt", f"{serial}|{fen}\n".encode())


def describe(place: Province) -> None:
    """The biller's file: payment id and amount."""
    from yifen.trades.reconciliation.models import LayoutColumn

    if LayoutColumn.objects.filter(layout_id=place.own.more["layout"]).exists():
        return
    with psycopg.connect(place.database.owner_url) as conn:
        for position, (target, kind) in enumerate((("serial", "text"), ("amount", "fen")), 1):
            conn.execute("INSERT INTO recon_layout_column (layout_id, position, name, target, type, words)"
                         " VALUES (%s, %s, %s, %s, %s, '')",
                         (place.own.more["layout"], position, target, target, kind))  # fmt: skip


def test_the_list_shows_the_runs_of_the_own_county_with_their_counts(place, finance):
    page = Page(finance, "/console/reconciliations/")
    assert page.column("合作方") == ["POWER01 青溪供电公司"]
    assert page.column("我方笔数") == ["1"]
    assert page.column("我方金额（元）") == ["123.45"]
    assert page.column("差异") == ["我方有对方无 1"]


def test_the_grid_has_a_square_for_every_partner_and_closed_day(place, finance):
    """Missing files are of those that are expected to send one; a square leads to its run."""
    from yifen.core.access.scope import scope_of
    from yifen.trades.reconciliation.pages import charts, figures

    mine = scope_of(place.users["finance"])
    assert figures.grid(mine, NOON) == []  # no day is closed
    cells = [
        figures.GridCell(1, "WX 微信", DAY, 7, True, 10_000, True),
        figures.GridCell(1, "WX 微信", NEXT, 8, True, 9_950, True),
        figures.GridCell(2, "GAS 燃气", DAY, None, False, None, False),
        figures.GridCell(2, "GAS 燃气", NEXT, 9, False, None, True),
    ]  # fmt: skip
    option, rows = charts.grid(cells)
    data = option["series"][0]["data"]
    assert [(one["value"], one["label"]["formatter"], one["url"]) for one in data] == [
        ([0, 0, 0], "", "/console/reconciliations/7/"), ([1, 0, 1], "99", "/console/reconciliations/8/"),
        ([0, 1, 2], "缺", f"/console/reconciliations/day/?day={DAY}"), ([1, 1, 2], "…", "/console/reconciliations/9/"),
    ]  # fmt: skip
    assert [row[2]["text"] for row in rows[1:]] == ["100.00 %", "99.50 %", "缺文件", "对账未完成"]


def test_open_differences_by_age_and_amount_lead_to_just_those(place, finance):
    from yifen.core.access.scope import scope_of
    from yifen.trades.reconciliation.pages import charts, figures

    mine = scope_of(place.users["finance"])
    (cell,) = figures.open_cells(mine, datetime.now(UTC) + timedelta(days=5))  # it was found a moment ago
    assert (figures.AGES[cell.age], figures.SIZES[cell.size], cell.items, cell.fen) == (
        (4, 7), (10_000, 100_000), 1, 12_345)  # fmt: skip
    option, rows = charts.by_age([cell])
    (shown,) = option["series"][0]["data"]
    assert (shown["value"], shown["label"]["formatter"]) == ([2, 1, 1], "1 项\n¥123")
    assert rows[1] == ["4–7", "100–1,000", {"text": "1", "url": shown["url"]}, "123"]
    assert Page(finance, "/console/differences/?state=todo&age=0&size=1").column("天数") == ["0"]
    for other in ("&age=3", "&age=0&size=0", "&size=2"):
        assert "没有符合条件的记录" in Page(finance, f"/console/differences/?state=todo{other}").text


def test_of_an_open_day_no_file_is_missing_yet(place, finance):
    page = Page(finance, "/console/reconciliations/day/", day=DAY.isoformat())
    assert [row[:2] for row in page.table(0)] == [["WX01 单位WX01", "未对账"]]
    assert [row[:2] for row in page.table(1)] == [["POWER01 青溪供电公司", "有差异"]]


def test_a_run_shows_its_classes_in_a_table_beside_the_chart(place, finance):
    page = Page(finance, f"/console/reconciliations/{place.own.more['recon_run']}/")
    assert page.table(1) == [["我方有对方无", "1", "0", "0", "123.45"]]


def test_an_amount_that_differs_counts_for_what_it_differs_by_and_no_fee_is_no_line(place, finance):
    item, run = place.own.more["item"], place.own.more["recon_run"]
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("UPDATE recon_item SET class = 'amount', theirs_kind = 'sale', theirs_fen = 12445"
                     " WHERE item_id = %s", (item,))  # fmt: skip
        try:
            table = Page(finance, f"/console/reconciliations/{run}/").table(1)
            rows = {row[0]: row[1:] for row in Page(finance, path_of(place)).table(0)}
        finally:
            conn.execute("UPDATE recon_item SET class = 'ours_only', theirs_kind = NULL, theirs_fen = NULL"
                         " WHERE item_id = %s", (item,))  # fmt: skip
    assert table == [["金额不符", "1", "0", "0", "1.00"]]
    assert rows["金额（元） ≠"] == ["123.45", "124.45"]
    assert not any("手续费" in title for title in rows)


def test_the_work_list_marks_what_is_overdue_and_filters(place, finance):
    late = Page(finance, "/console/differences/", late="late")
    assert late.column("期限") == [f"{DAY} 超期"]
    assert Page(finance, "/console/differences/", kind="amount").table() == []


def test_a_difference_shows_both_records_and_the_original_line_to_who_checks_money(place, finance):
    page = Page(finance, path_of(place))
    rows = {row[0]: row[1:] for row in page.table(0)}
    assert rows["金额（元）"] == ["123.45", "—"]
    assert rows["户号"] == [place.own.account_no, "—"]
    assert f"|{place.own.account_no}|12345|" in page.text
    masked = Page(site.client_of(place.users["institution_admin"]), path_of(place))
    assert place.own.account_no not in masked.text


def test_the_one_who_proposed_does_not_decide_and_another_does(place, finance, supervisor):
    assert finance.post(path_of(place, "own/"), {"own": "1"}).status_code == 302
    finance.post(path_of(place, "propose/"), {"action": "tell", "note": "对方漏记"})
    shown = Page(finance, path_of(place))
    (proposal,) = [url for url in shown.tree.xpath("//main//a/@href") if "/proposals/" in url]
    seen = Page(finance, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    assert "待复核" in Page(finance, path_of(place)).text
    supervisor.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    page = Page(supervisor, path_of(place))
    assert "处理中" in page.text
    work(place.database)  # the pages move nothing of it: the night's process does
    assert "等待中" in Page(supervisor, path_of(place)).text


def test_an_action_that_does_not_fit_is_refused_by_its_number(place, finance):
    answer = finance.post(path_of(place, "propose/"), {"action": "suspend"}, follow=True)
    assert "8304" in answer.content.decode()


def test_many_are_proposed_at_once_and_decided_by_another(place, finance, supervisor):
    item = str(place.own.more["item"])
    finance.post("/console/differences/batch/propose/", {"item": item, "action": "tell"})
    assert Page(finance, path_of(place)).text.count("待复核") >= 1
    address = "/console/differences/batch/"
    page = Page(supervisor, address, kind="ours_only", state="proposed")
    (seen,) = page.tree.xpath(f"//input[@name='seen_{item}']/@value")
    said = {"item": item, "granted": "0", f"seen_{item}": seen}
    assert "2104" in finance.post(f"{address}decide/", said, follow=True).content.decode()
    unseen = supervisor.post(f"{address}decide/", said | {f"seen_{item}": "0" * 64}, follow=True)
    assert "2121" in unseen.content.decode()
    supervisor.post(f"{address}decide/", said)
    assert "复核退回" in Page(finance, path_of(place)).text


def test_a_batch_with_a_foreign_item_or_too_many_is_not_there(place, finance):
    foreign = str(place.foreign.more["item"])
    asked = {"item": [str(place.own.more["item"]), foreign], "action": "tell"}
    assert finance.post("/console/differences/batch/propose/", asked).status_code == 404
    many = {"item": [str(number) for number in range(201)], "action": "tell"}
    assert finance.post("/console/differences/batch/propose/", many).status_code == 404


def test_a_batch_that_is_cut_says_so(place, finance, monkeypatch: pytest.MonkeyPatch):
    from yifen.trades.reconciliation.pages import batch_views

    address, kind = "/console/differences/batch/", "ours_only"
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute(MORE, [place.own.more["item"]])
        try:
            whole = Page(finance, address, kind=kind)
            monkeypatch.setattr(batch_views, "MOST", len(whole.column("编号")) - 1)
            cut = Page(finance, address, kind=kind)
        finally:
            conn.execute("DELETE FROM recon_item WHERE item_id > 9000")
    assert whole.column("编号")[-2:] == ["9001", "9002"]
    assert "还有更多" not in whole.text
    assert cut.column("编号") == whole.column("编号")[:-1]
    assert f"还有更多：先列期限最近的 {batch_views.MOST} 笔" in cut.text


def test_a_broken_file_is_refused_with_code_line_and_column_and_leaves_nothing(place, finance):
    describe(place)
    before = len(Page(finance, "/console/reconciliations/", which="").table())
    sent = {"partner": place.own.biller, "day": DAY.isoformat(), "format": "",
            "file": SimpleUploadedFile("day.txt", b"1|100\n2|x\n")}  # fmt: skip
    answer = finance.post("/console/reconciliations/upload/", sent)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "8214" in text
    assert "day.txt：第 2 行 金额：不是以分为单位的金额：“x”" in text
    assert len(Page(finance, "/console/reconciliations/", which="").table()) == before


UPLOAD = "/console/reconciliations/upload/"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def upload(place: Province, browser: Any, fen: int, **more: str) -> Any:
    sent = {"partner": place.own.biller, "day": DAY.isoformat(), "format": ""} | more
    return browser.post(UPLOAD, sent | {"file": one_row(str(place.own.payment_id), fen, place)})


def versions(browser: Any) -> list[list[str]]:
    page = Page(browser, "/console/reconciliations/")
    return [page.column("文件版本"), page.column("对方笔数")]


def test_an_uploaded_file_counts_once_another_agreed_to_its_figures(place, finance):
    describe(place)
    before = versions(finance)
    assert "必填" in Page(finance, UPLOAD).text
    no_reason = upload(place, finance, 12_345)  # the day has a file that a run used
    assert no_reason.status_code == 200
    assert "2113" in no_reason.content.decode()
    with psycopg.connect(place.database.owner_url) as conn:
        assert conn.execute("SELECT count(*) FROM recon_file WHERE partner_id = %s",
                            (place.own.biller,)).fetchone() == (1,)  # fmt: skip
    proposal = upload(place, finance, 12_345, reason="对方更正", replaces_all="on").url
    rows = Page(finance, proposal).tree.xpath("//tbody/tr")
    told = {words(row.xpath("./th")[0]): [words(cell) for cell in row.xpath("./td")] for row in rows}
    assert told["取代的文件"][0] == "a.txt #1"
    assert (told["净额（元）"], told["笔数"], told["版本"]) == (["0.00", "123.45"], ["0", "1"], ["1", "2"])
    assert upload(place, finance, 12_345, reason="对方更正").url == proposal  # the same file again
    finance.post("/console/reconciliations/" + str(place.own.more["recon_run"]) + "/again/")
    work(place.database)  # whatever the night is asked, it does not use the file
    assert versions(finance)[0] == ["1"]
    agree(place, proposal)
    work(place.database)
    assert versions(finance) == [["2"], ["1"]] != before
    again = upload(place, finance, 12_345)
    assert "day=" in again.url  # it counts: reconciled again, nobody is asked
    assert "未重复载入" in finance.get(again.url).content.decode()
    body = one_row(str(place.own.payment_id), 55, place).read()
    sent = {"partner": place.own.biller, "day": DAY.isoformat(), "format": "", "reason": "补充"}
    beside, late = (
        finance.post(UPLOAD, sent | more | {"file": SimpleUploadedFile("b.txt", body)})
        for more in ({}, {"replaces_all": "on"})
    )
    assert beside.status_code == 302
    assert (late.status_code, "8250" in late.content.decode()) == (200, True)  # not silently left beside


def test_an_empty_file_is_a_day_without_business(place, finance):
    describe(place)
    sent = {"partner": place.own.biller, "day": DAY.isoformat(), "format": "", "reason": "对方当日无交易",
            "file": SimpleUploadedFile("none.txt", b"")}  # fmt: skip
    proposal = finance.post(UPLOAD, sent)
    assert proposal.status_code == 302
    assert "none.txt" in Page(finance, proposal.url).text


def test_a_line_that_came_by_another_way_makes_the_file_useless(place, finance):
    """To what two people saw nobody adds a row but the owner; then it moves nothing."""
    describe(place)
    proposal = upload(place, finance, 777, reason="对方更正").url
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("INSERT INTO recon_row (file_id, line_no, kind, serial, amount_fen, fee_fen)"
                     " SELECT max(file_id), 2, 'sale', 'FORGED', 1, 0 FROM recon_file")  # fmt: skip
    before = versions(finance)
    agree(place, proposal)
    work(place.database)
    assert versions(finance) == before
    assert "8240" in Page(finance, proposal).text


def test_what_the_pages_process_adds_is_an_uploaded_file_whatever_it_says(place):
    with psycopg.connect(place.database.url(WEB)) as conn:
        row = conn.execute(
            "INSERT INTO recon_file (file_id, partner_id, business_day, version, format, name, sha256, bytes,"
            " rows, amount_fen, fee_fen, received_at, received_by, uploaded) VALUES (nextval('recon_file_no'),"
            " %s, %s, 99, 'hub', 'f', sha256('x'), 1, 0, 0, 0, now(), 'inbox', false) RETURNING file_id,"
            " uploaded", (place.own.channel, DAY)).fetchone()  # fmt: skip
        assert row is not None
        assert row[1] is True
        counts = conn.execute("SELECT count(*) FROM recon_file_agreed WHERE file_id = %s", (row[0],))
        assert counts.fetchone() == (0,)
        conn.rollback()


def test_a_file_of_a_foreign_partner_is_no_choice(place, finance):
    sent = {"partner": place.foreign.biller, "day": DAY.isoformat(), "file": one_row("1", 1, place)}
    assert finance.post("/console/reconciliations/upload/", sent).status_code == 200
    assert Page(finance, "/console/reconciliations/").column("合作方") == ["POWER01 青溪供电公司"]


def layout_post(**more: Any) -> dict[str, Any]:
    columns = {"columns-TOTAL_FORMS": "2", "columns-INITIAL_FORMS": "0",
               "columns-0-position": "1", "columns-0-name": "no", "columns-0-target": "serial",
               "columns-0-type": "text", "columns-1-position": "2", "columns-1-name": "sum",
               "columns-1-target": "amount", "columns-1-type": "yuan"}  # fmt: skip
    head = {"code": "NEW", "name": "新版式", "shape": "delimited", "encoding": "UTF-8",
            "delimiter": ",", "header_lines": "0", "totals": ""}  # fmt: skip
    return head | columns | more


def test_a_layout_is_tried_on_a_file_before_it_is_saved(place, finance):
    url = "/console/reconciliation-rules/layouts/new/"
    good = SimpleUploadedFile("a.csv", b"A1,12.34\nA2,0.66\n")
    text = finance.post(url, layout_post(file=good, **{"try": "1"})).content.decode()
    assert "读通：2 行，净额 13.00 元" in text
    bad = SimpleUploadedFile("a.csv", b"A1,12.34\nA2,abc\n")
    text = finance.post(url, layout_post(file=bad, **{"try": "1"})).content.decode()
    assert "第 2 行 sum：不是有效金额：“abc”" in text
    proposal = finance.post(url, layout_post()).url
    assert "NEW" not in Page(finance, "/console/reconciliation-rules/layouts/").text
    agree(place, proposal)
    assert "NEW" in Page(finance, "/console/reconciliation-rules/layouts/").text


def test_a_layout_without_an_amount_is_not_saved(place, finance):
    url = "/console/reconciliation-rules/layouts/new/"
    answer = finance.post(url, layout_post(code="BAD", **{"columns-1-target": ""}))
    assert "8236" in answer.content.decode()


def agree(place: Province, proposal: str) -> None:
    """Another finance officer's yes to what he sees."""
    from yifen.core.access.models import User

    other = (User.objects.filter(login="finance02").first()
             or site.user("finance02", place.own.county, "finance"))  # fmt: skip
    browser = site.client_of(other)
    seen = Page(browser, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    browser.post(f"{proposal}decide/", {"word": "yes", "seen": seen})


def test_rules_are_in_force_only_when_another_finance_officer_agreed(place, finance):
    from yifen.trades.reconciliation.models import Profile

    url = f"/console/reconciliation-rules/{place.own.biller_code}/"
    asked = {"party": "biller", "format": "layout", "layout": place.own.more["layout"], "owner": "",
             "truth": "ours", "slack_min": "30", "rule_window_min": "60", "deadline_days": "5", "fee_ppm": "0.38",
             "policy_ours_only-action": "ask"}  # fmt: skip
    proposal = finance.post(url, asked).url
    page = Page(finance, proposal)
    assert "人工处理 · 两人" in page.text
    assert next(row[2] for row in page.table() if row[0] == "约定费率") == "0.38 %"
    seen = page.tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    assert Profile.objects.get(pk=place.own.biller).deadline_days == 3
    assert proposal in Page(finance, url).tree.xpath("//a/@href")
    agree(place, proposal)
    row = Profile.objects.get(pk=place.own.biller)
    assert (row.deadline_days, row.fee_ppm) == (5, 3_800)
    assert Page(finance, url).tree.xpath("//input[@name='fee_ppm']/@value") == ["0.38"]
    refused = finance.post(url, asked | {"fee_ppm": "100.0001"})
    assert "请输入 0 至 100 之间的百分数" in refused.content.decode()
    assert [(p.difference_class, p.action) for p in row.policies.all()] == [("ours_only", "ask")]


@pytest.mark.parametrize("statement", [
    "UPDATE recon_profile SET truth = 'theirs'", "DELETE FROM recon_profile",
    "INSERT INTO recon_policy (profile_id, difference_class, action, automatic)"
    " SELECT partner_id, 'amount', 'suspend', true FROM recon_profile",
    "UPDATE recon_layout SET delimiter = 'x'", "UPDATE recon_layout SET code = 'x'",
    "INSERT INTO recon_layout_column (layout_id, position, name, target, type, words)"
    " SELECT id, 9, 'x', 'amount', 'fen', '' FROM recon_layout",
])  # fmt: skip
def test_the_process_of_the_pages_alone_changes_no_rule(place, statement):
    wall = pytest.raises(psycopg.errors.InsufficientPrivilege, match="is changed by two people")
    with psycopg.connect(place.database.url(WEB)) as conn, wall:
        conn.execute(statement)


def test_a_large_body_is_read_only_on_the_upload_page_and_of_who_signed_in(place, finance):
    sent = {"partner": place.own.biller, "day": DAY.isoformat()}
    body = b"1|100\n" * 500_000  # 3 MB

    def post(client: Any, path: str) -> int:
        file = SimpleUploadedFile("day.txt", body)
        return int(client.post(path, sent | {"file": file}).status_code)

    assert post(site.browser(), "/console/reconciliations/upload/") == 413
    assert post(finance, "/console/reconciliation-rules/layouts/new/") == 413
    assert post(finance, "/console/reconciliations/upload/") in (200, 302)


def test_what_no_person_did_is_told_so(place):
    from yifen.trades.reconciliation.pages.item_telling import by

    assert [by(who) for who in ("end of day", "repair", "liming")] == ["系统", "系统", "liming"]


def test_a_closed_day_is_not_compared_anew_by_the_same_file_from_the_page(place, finance):
    """Nor by its button: two people withdraw the file first."""
    from yifen.trades.reconciliation import files, runs
    from yifen.trades.reconciliation.profile import read_profile

    describe(place)
    run = f"/console/reconciliations/{place.own.more['recon_run']}/again/"
    with psycopg.connect(place.database.url("yifen_night"), autocommit=True) as conn:
        profile = read_profile(conn, place.own.biller)
        taken = files.take_in(conn, profile, one_row(str(place.own.payment_id), 77, place).file, "night.txt", "fetched",
                              AT, DAY, replaces_all=True)  # fmt: skip
        runs.reconcile(conn, profile, taken.business_day, AT)
    count = "SELECT (SELECT count(*) FROM recon_run), (SELECT count(*) FROM procrastinate_jobs)"
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute("INSERT INTO eod_run (book_id, business_day, started_at, ended_at) VALUES (1, %s, now(), now())"
                     " ON CONFLICT (book_id, business_day) DO UPDATE SET ended_at = now()", (DAY,))  # fmt: skip
        before = conn.execute(count).fetchone()
        answer = upload(place, finance, 77)
        assert (answer.status_code, "8310 " in answer.content.decode()) == (200, True)
        assert "8310 " in finance.post(run, follow=True).content.decode()
        work(place.database)
        assert conn.execute(count).fetchone() == before
        with conn.transaction():
            conn.execute("SET LOCAL session_replication_role = replica")  # which no hand of ours has
            conn.execute("UPDATE eod_run SET ended_at = NULL WHERE business_day = %s", (DAY,))
        assert upload(place, finance, 77).status_code == 302
