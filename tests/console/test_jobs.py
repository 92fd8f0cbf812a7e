"""Jobs: what is undecided, the daily files and who may fetch them, whose exports are listed."""

from datetime import UTC, datetime

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.console.busy import Busy, amount_of, fill
from tests.console.pages import Page
from tests.web import province, site
from tests.world import DAY
from yifen.hub.payments.files import close_day


@pytest.fixture(scope="module")
def busy(new_database: NewDatabase):
    """The busy province, its day closed and its files made."""
    database = new_database(buckets=2)
    with site.on(database):
        busy = fill(province.build(database))
        with psycopg.connect(database.app_url) as conn:
            close_day(conn, 1, DAY, datetime(2026, 11, 23, 16, tzinfo=UTC))
        yield busy


@pytest.fixture
def finance(busy: Busy):
    return site.client_of(busy.place.users["finance"])


def test_the_outbox_shows_what_is_asked_next_and_when(finance, busy):
    [row] = Page(finance, "/console/jobs/").table()
    fen = amount_of(500)
    assert row == [
        "2026-11-23 12:08:20", str(busy.undecided), "单位GAS01", "发送销账", "0", "",
        "2026-11-23 12:08:50", "暂收", "已登记", "2026-11-23", f"{fen // 100:,}.{fen % 100:02d}",
    ]  # fmt: skip
    assert Page(finance, "/console/jobs/", waiting="over").table() == []
    assert Page(finance, "/console/jobs/", step="reverse").table() == []


def test_who_may_not_see_payments_has_no_link_to_them(busy):
    page = Page(site.client_of(busy.place.users["platform_admin"]), "/console/jobs/")
    assert page.column("缴费号") == [str(busy.undecided)]
    assert page.tree.xpath("//main//table//a[contains(@href, '/payments/')]") == []


def test_the_daily_files_of_partners_in_scope(finance, busy):
    page = Page(finance, "/console/jobs/files/")
    rows = {row[1].split()[0]: row for row in page.table()}
    assert set(rows) == {"WX01", "POWER01", "GAS01", "BK01"}
    assert rows["WX01"][:4] == ["2026-11-23", "WX01 单位WX01", "1", "132"]
    assert rows["POWER01"][3] == "132"  # 131 charges and the reversal
    assert rows["GAS01"][3:5] == ["0", "0.00"]


def test_a_daily_file_comes_as_its_partner_gets_it_and_is_noted(finance, busy):
    page = Page(finance, "/console/jobs/files/")
    [address] = page.tree.xpath("//tr[contains(., 'WX01 ')]//a[text()='下载']/@href")
    answer = finance.get(address)
    made = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == 'attachment; filename="WX01-20261123-v1.txt"'
    with psycopg.connect(busy.place.database.app_url) as conn:
        [(stored,)] = conn.execute(
            "SELECT string_agg(p.body, ''::bytea ORDER BY p.part_no) FROM daily_file f"
            " JOIN daily_file_part p USING (file_id) WHERE f.partner_id = %s",
            (busy.place.own.channel,),
        ).fetchall()
        [(action, note)] = conn.execute(
            "SELECT action, note FROM audit_entry ORDER BY entry_no DESC LIMIT 1"
        ).fetchall()
    assert made == stored
    assert (action, note) == ("download", "WX01 2026-11-23")


def test_a_foreign_partners_file_is_not_there(finance, busy):
    with psycopg.connect(busy.place.database.app_url) as conn:
        [(file_id,)] = conn.execute(
            "SELECT file_id FROM daily_file WHERE partner_id = %s", (busy.place.foreign.biller,)
        ).fetchall()
    assert finance.get(f"/console/jobs/files/{file_id}/").status_code == 404
    auditor = site.client_of(busy.place.users["auditor"])
    assert auditor.get(f"/console/jobs/files/{file_id}/").status_code == 200
    admin = site.client_of(busy.place.users["platform_admin"])
    assert admin.get(f"/console/jobs/files/{file_id}/").status_code == 403


def test_the_exports_of_ones_own_institution_are_listed(finance, busy):
    page = Page(finance, "/console/jobs/exports/")
    assert page.column("编号") == [str(busy.place.own.more["export"])]
    auditor = Page(site.client_of(busy.place.users["auditor"]), "/console/jobs/exports/")
    both = {str(rows.more["export"]) for rows in (busy.place.own, busy.place.foreign)}
    assert set(auditor.column("编号")) == both
