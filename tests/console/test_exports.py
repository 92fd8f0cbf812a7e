"""Exports: the bytes of each format, harmless cells, progress, who may fetch, the audit trail."""

import csv
import io
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import psycopg
import pytest

from tests.console.busy import HOSTILE, Busy, amount_of
from tests.console.pages import Page
from tests.jobs.running import hasten, jobs_of, silence, work, worker
from tests.web import site

DAY = "since=2026-11-23&until=2026-11-23"
HEADS = "时间,缴费号,渠道,收费单位,户号,金额（元）,付款方,收费方,渠道流水号,会计日期"


@pytest.fixture
def finance(busy: Busy):
    return site.client_of(busy.place.users["finance"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("YIFEN_DATA", str(tmp_path))
    return tmp_path / "exports"


@pytest.fixture
def jobs(busy: Busy):
    """The module; it can be loaded once Django is set up."""
    from yifen.face.exports import jobs

    return jobs


@pytest.fixture
def views(busy: Busy):
    from yifen.face.exports import views

    return views


def export(client, path: str, form: str = "csv", query: str = DAY):
    return client.post(path, {"format": form, "query": query})


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def trail(busy: Busy, action: str = "export"):
    from django.db import connection

    from yifen.core.audit.queries import TrailSearch, search

    return search(connection, TrailSearch(action=action))


def test_a_file_is_named_in_the_readers_language_by_the_clock_on_the_wall(finance, busy):
    from yifen.face.exports.views import file_name
    from yifen.face.payments.listing import PAYMENTS

    at = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert file_name(PAYMENTS, at, "csv") == "缴费-20261124-013000.csv"
    finance.post("/language/", {"language": "en"})
    said = export(finance, "/console/payments/export/")["Content-Disposition"]
    finance.post("/language/", {"language": "zh-hans"})
    assert re.fullmatch(r'attachment; filename="Payments-\d{8}-\d{6}\.csv"', said), said


def test_a_csv_has_every_row_a_mark_and_amounts_in_yuan(finance, busy):
    answer = export(finance, "/console/payments/export/")
    made = body(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith(f"attachment; filename*=utf-8''{quote('缴费')}-20")
    assert made.startswith(b"\xef\xbb\xbf")
    lines = made.decode("utf-8-sig").split("\r\n")
    assert (lines[0], len(lines), lines[-1]) == (HEADS, 134, "")
    assert lines[-2] == (
        f"2026-11-23 12:00:00,{busy.rows[0][0]},单位WX01,青溪供电公司,3201000001,123.45,已收,已销账,"
        "WX01-0001,2026-11-23"
    )
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    assert sum(int(row["金额（元）"].replace(".", "")) for row in rows) == (
        sum(fen for _, fen in busy.rows) + amount_of(500)
    )


def test_an_export_has_the_filters_and_the_order_of_its_list(finance, busy):
    made = body(export(finance, "/console/payments/export/", query=f"{DAY}&account=3300000007&sort=amount"))
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    found = sorted((busy.rows[at] for at in (7, 47, 87, 127)), key=lambda row: row[1])
    assert [row["缴费号"] for row in rows] == [str(payment_id) for payment_id, _ in found]


def test_an_excel_workbook_holds_numbers_as_numbers_and_text_as_text(finance, busy):
    answer = export(finance, "/console/payments/export/", "xlsx")
    with ZipFile(io.BytesIO(body(answer))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 133
    assert "<f>" not in sheet
    assert "<t>WX01-0001</t>" in sheet
    assert "<v>123.45</v>" in sheet


def test_the_account_number_is_masked_in_files_too(busy):
    staff = site.client_of(busy.place.users["biller_staff"])
    made = body(export(staff, "/console/payments/export/")).decode("utf-8-sig")
    assert "******0001" in made
    assert "3201000001" not in made


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("+86", "'+86"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
     ("\r=1", "'\r=1"), ("  =1", "'  =1"), ("＝1", "'＝1"), ("张三", "张三"), ("a=b", "a=b"), ("", "")],
)  # fmt: skip
def test_no_cell_can_be_taken_for_a_formula(busy, text, written):
    from yifen.face.exports.csv_file import harmless

    assert harmless(text) == written


def test_a_hostile_name_of_a_partner_reaches_the_file_harmless(finance, busy):
    with psycopg.connect(busy.place.database.app_url) as conn:
        conn.execute("UPDATE partner SET name = %s WHERE code = 'WX01'", (HOSTILE,))
    try:
        made = body(export(finance, "/console/payments/export/")).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(made)))
        assert rows[1][2] == "'" + HOSTILE
        page = Page(finance, "/console/payments/", since="2026-11-23", until="2026-11-23")
        assert page.column("渠道")[0] == HOSTILE
        assert "<script>alert" not in page.answer.content.decode()
    finally:
        with psycopg.connect(busy.place.database.app_url) as conn:
            conn.execute("UPDATE partner SET name = '单位WX01' WHERE code = 'WX01'")


@pytest.mark.parametrize(
    ("path", "role"),
    [("payments", "supervisor"), ("payments", "institution_admin"), ("accounts", "supervisor"),
     ("audit", "finance"), ("jobs", "platform_admin")],
)  # fmt: skip
def test_who_may_only_look_exports_nothing(busy, path, role):
    client = site.client_of(busy.place.users[role])
    assert export(client, f"/console/{path}/export/").status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"format": "exe"}, {"format": ""}, {"query": "since=x"}, {"query": "a" * 5000}]
)
def test_what_cannot_be_exported_is_not_found(finance, wrong):
    answer = finance.post("/console/payments/export/", {"format": "csv", "query": DAY} | wrong)
    assert answer.status_code == 404


def test_every_export_is_in_the_audit_trail_with_its_filters_and_rows(finance, busy):
    query = f"{DAY}&account=3300000007"
    body(export(finance, "/console/payments/export/", query=query))
    entry = trail(busy)[0]
    assert (entry.actor, entry.subject) == ("financ01", "payments")
    assert entry.after == {"filters": query, "format": "csv", "rows": 4}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_large_export_is_written_beside_and_fetched_when_it_is_ready(
    finance, busy, folder, jobs, views, monkeypatch, form
):
    small = body(export(finance, "/console/payments/export/", form))
    monkeypatch.setattr(views, "AT_ONCE", 100)
    monkeypatch.setattr(jobs, "TELL_EVERY", 50)
    answer = export(finance, "/console/payments/export/", form)
    assert answer.status_code == 302
    work(busy.place.database)
    page = Page(finance, answer["Location"])
    assert "共 132 行" in page.text
    made = body(finance.get(page.link("//a[@id='download']")))
    assert len(made) > 1000
    assert form == "xlsx" or made == small
    assert [path.suffix for path in folder.iterdir()] == [f".{form}"]
    assert trail(busy)[0].after == {"filters": DAY, "format": form, "rows": 132}
    assert trail(busy, "download")[0].subject == "console_export"


def test_an_export_is_its_makers_alone(busy):
    from yifen.face.models import Export

    export_id = busy.place.own.more["export"]
    mine = site.client_of(busy.place.own.user)
    assert "文件已过期" not in Page(mine, f"/console/exports/{export_id}/").text
    for role in ("finance", "auditor", "platform_admin"):
        other = site.client_of(busy.place.users[role])
        for path in (f"/console/exports/{export_id}/", f"/console/exports/{export_id}/file/"):
            assert other.get(path).status_code == 404
    assert Export.objects.filter(pk=export_id).exists()


def asked(busy: Busy, **fields):
    """An export whose job waits in the queue."""
    from yifen.face.exports import jobs

    export = made(busy, **fields)
    jobs.begin(export)
    return export


def forget(busy: Busy, export) -> None:
    with psycopg.connect(busy.place.database.owner_url) as conn:
        conn.execute("DELETE FROM procrastinate_jobs WHERE (args ->> 'export_id')::bigint = %s", (export.pk,))
        conn.execute("DELETE FROM console_export WHERE id = %s", (export.pk,))


def wait_for(is_so) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def made(busy: Busy, **fields):
    from yifen.face.models import Export

    row = {"listing": "payments", "format": "csv", "language": "zh-hans", "query": DAY,
           "maker": busy.place.users["finance"], "asked_at": datetime.now(UTC)}  # fmt: skip
    return Export.objects.create(**(row | fields))


def test_a_file_is_removed_after_a_day(finance, busy, folder, jobs):
    now = datetime.now(UTC)
    kept, old = (jobs.folder() / name for name in ("kept.csv", "old.csv"))
    for path in (kept, old):
        path.write_bytes(b"x")
    made(busy, state="done", file="kept.csv", finished_at=now - timedelta(hours=23))
    gone = made(busy, state="done", file="old.csv", finished_at=now - timedelta(hours=25))
    jobs.sweep_at(now)
    gone.refresh_from_db()
    assert (kept.exists(), old.exists(), gone.state) == (True, False, "removed")
    assert finance.get(f"/console/exports/{gone.pk}/file/").status_code == 404
    assert "文件已过期清除" in Page(finance, f"/console/exports/{gone.pk}/").text


def test_an_export_that_nobody_works_on_any_more_has_failed(finance, busy):
    dead = made(busy)
    assert "导出中断" in Page(finance, f"/console/exports/{dead.pk}/").text


def test_an_export_under_way_shows_its_rows_and_is_not_begun_twice(finance, busy, views, monkeypatch):
    under_way = asked(busy, rows=4000)
    page = Page(finance, f"/console/exports/{under_way.pk}/")
    assert "已写入 4000 行" in page.text
    assert page.tree.xpath("//*[@id='export']/@hx-trigger") == ["every 2s"]
    monkeypatch.setattr(views, "AT_ONCE", 100)
    answer = export(finance, "/console/payments/export/")
    assert answer["Location"] == f"/console/exports/{under_way.pk}/"
    forget(busy, under_way)


@contextmanager
def large(views):
    """Every export of more than a hundred rows is a large one."""
    before, views.AT_ONCE = views.AT_ONCE, 100
    try:
        yield
    finally:
        views.AT_ONCE = before


def test_an_export_says_that_it_waits_and_when_nobody_will_take_it(finance, busy):
    waits = asked(busy)
    path = f"/console/exports/{waits.pk}/"
    silence(busy.place.database)
    assert "没有作业进程在运行，请管理员启动 worker。" in Page(finance, path).text
    with psycopg.connect(busy.place.database.app_url) as conn:
        conn.execute("SELECT procrastinate_register_worker_v1()")
    page = Page(finance, path)
    assert "前面的作业完成后开始。" in page.text
    assert "没有作业进程在运行" not in page.text
    silence(busy.place.database)
    forget(busy, waits)


def test_statements_of_two_accounts_are_two_exports(finance, busy, views):
    from yifen.face.exports import jobs
    from yifen.face.ledger.statement import STATEMENT

    mine = made(busy, listing="account", query="since=2026-11-23", about={"account_id": -1})
    jobs.begin(mine)
    request = finance.get("/console/").wsgi_request
    request.POST = {"format": "csv"}
    other = views.begin(request, STATEMENT.at(account_id=-2), datetime.now(UTC), mine.query)
    same = views.begin(request, STATEMENT.at(account_id=-1), datetime.now(UTC), mine.query)
    assert (other.pk != mine.pk, same.pk) == (True, mine.pk)
    for one in (mine, other):
        forget(busy, one)


def test_an_export_stops_when_its_worker_is_to_end_and_is_not_over(busy, folder, jobs, monkeypatch):
    monkeypatch.setattr(jobs, "TELL_EVERY", 50)
    stopped = asked(busy)
    with pytest.raises(jobs.ExportInterrupted):
        jobs.run(lambda: True, stopped.pk)
    stopped.refresh_from_db()
    assert (stopped.state, list(folder.iterdir())) == ("running", [])
    forget(busy, stopped)


def test_a_maker_who_lost_the_right_gets_no_file(finance, busy, folder):
    from yifen.core.access.models import UserRole

    lost = asked(busy)
    roles = UserRole.objects.filter(user=lost.maker)
    kept = list(roles)
    roles.delete()
    for _ in range(3):
        work(busy.place.database)
        hasten(busy.place.database)
    UserRole.objects.bulk_create(kept)
    lost.refresh_from_db()
    assert (lost.state, list(folder.iterdir()) if folder.exists() else []) == ("failed", [])


def test_an_export_whose_worker_is_killed_in_the_middle_is_done_by_the_next(finance, busy, folder, views):
    database = busy.place.database
    with large(views):
        path = export(finance, "/console/payments/export/")["Location"]
    with psycopg.connect(database.super_url) as conn, worker(database, YIFEN_DATA=str(folder.parent)) as first:
        conn.execute("LOCK TABLE payment IN ACCESS EXCLUSIVE MODE")  # here it stands still
        wait_for(lambda: jobs_of(database, "face.export")[-1] == ("doing", 0))
        first.kill()
        first.wait()
    silence(database)
    page = Page(finance, path)
    assert "没有作业进程在运行" in page.text
    with worker(database, YIFEN_DATA=str(folder.parent)) as second:
        wait_for(lambda: "共 132 行" in Page(finance, path).text)
        second.terminate()
        assert second.wait(30) == 0
    assert [file.suffix for file in folder.iterdir()] == [".csv"]


# --- whose it is, and how many ---------------------------------------------------------------------


def test_a_person_has_three_exports_under_way_and_no_fourth(finance, busy, views, monkeypatch):
    from yifen.face.models import Export

    monkeypatch.setattr(views, "AT_ONCE", 100)
    waiting = [asked(busy, query=f"{DAY}&n={n}") for n in range(3)]
    count = Export.objects.count()
    answer = export(finance, "/console/payments/export/")
    assert answer["Location"] == f"/console/exports/{waiting[-1].pk}/"
    assert "您的多个导出尚未完成，请待其完成后再导出" in Page(finance, answer["Location"]).text
    assert Export.objects.count() == count
    other = site.client_of(busy.place.users["auditor"])  # another person's are not counted
    answer = export(other, "/console/payments/export/")
    assert Export.objects.count() == count + 1
    for one in (*waiting, Export.objects.latest("pk")):
        forget(busy, one)


def test_an_export_is_in_nobody_elses_name(busy):
    """The worker writes it with its maker's rights: the pages' own connection cannot say who that is."""
    row = ("INSERT INTO console_export (listing, query, format, language, maker_id, asked_at, state, rows,"
           " size, file, about, address, request) VALUES ('payments', '', 'csv', '', %s, now(), 'running',"
           " 0, 0, '', '{}', '', '')")  # fmt: skip
    finance, auditor = (busy.place.users[role] for role in ("finance", "auditor"))
    with psycopg.connect(busy.place.database.url("yifen_web")) as conn:
        for session in ("", site.access(finance).session):
            conn.execute("SELECT set_config('yifen.session', %s, false)", (session,))
            conn.commit()
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(row, (auditor.pk,))
        conn.execute("SELECT set_config('yifen.session', %s, true)", (site.access(finance).session,))
        conn.execute(row, (finance.pk,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("UPDATE console_export SET maker_id = %s", (auditor.pk,))
        conn.rollback()
