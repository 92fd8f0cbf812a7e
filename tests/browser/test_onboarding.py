"""A biller with a system of its own is let in: from registering to going live, in a browser (H6)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser import looking, people
from tests.browser.conftest import Place
from tests.jobs.running import worker
from tests.web import site
from yifen.core.embedded.ports import remembered_or_free

RUN_MS = 90_000


@contextmanager
def own_system(port: int, secret: str, place: Place) -> Iterator[None]:
    """The biller's own system: the honest simulator, at this port, knowing this secret."""
    words = ["sim", "biller", "--port", str(port), "--code", "NEWGAS-T", "--key", secret,
             "--payers", "40"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "yifen", *words], env=place.web.env, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "listens on" in process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def register(page: Page, institution: int) -> None:
    page.goto("/console/partners/new/")
    page.get_by_role("link", name="收费单位，自有系统").click()
    page.fill("[name=code]", "NEWGAS")
    page.fill("[name=name]", "新城燃气公司")
    page.select_option("[name=institution]", str(institution))
    page.select_option("[name=dialect]", "xml")
    page.select_option("[name=category]", "gas")
    page.fill("[name=city]", "新城")
    page.fill("[name=endpoint]", "http://127.0.0.1:9/live")
    page.click("main button.button-primary")
    expect(page).to_have_url(re.compile("/partners/NEWGAS/$"))


def refused_request(place: Place) -> int:
    """The number of one that came into the sandbox, of which all is told that can be."""
    fault = {"field": "Signature", "base": f'"@method": POST\n"content-digest": {"A" * 200}', "sent": "A" * 90,
             "expected": "B" * 90, "content": "C" * 40, "bytes": "9", "guess": "crlf"}  # fmt: skip
    return int(place.rows(
        "INSERT INTO wire_message (at, partner_id, direction, verb, dialect, encoding, proved, code, ms, request_bytes,"
        " request, reply, fault) SELECT now(), id, 'in', 'query', 'json', 'utf-8', false, 2005, 3, 2, '{}', '{}', %s"
        " FROM partner WHERE code = 'NEWGAS-T' RETURNING message_no", json.dumps(fault),
    )[0][0])  # fmt: skip


def issue_key(page: Page, code: str) -> str:
    page.goto(f"/console/partners/{code}/keys/")
    page.click("main button.button-primary")
    return re.findall(r"\b[0-9a-f]{32}\b", page.locator("main").inner_text())[0]


def test_from_registering_to_going_live(place: Place, new_page, tmp_path: Path):
    page = new_page()
    page.context.add_init_script(looking.AXE)
    people.sign_in(place, page, place.province.users["platform_admin"].login)
    register(page, place.province.union)
    expect(page.locator("main")).to_contain_text("NEWGAS-T")
    asked = f"/console/partners/requests/{refused_request(place)}/"
    for address in ("/console/partners/new/?kind=biller", "/console/partners/NEWGAS/", asked):
        assert looking.faults(page, address, True) == []

    secret = issue_key(page, "NEWGAS-T")
    port = remembered_or_free(tmp_path / "port")
    page.goto("/console/partners/NEWGAS-T/edit/")
    page.fill("[name=endpoint]", f"http://127.0.0.1:{port}")
    page.fill("[name=timeout_s]", "2")
    page.click("main button.button-primary")
    with own_system(port, secret, place), worker(place.province.database):
        page.goto("/console/partners/NEWGAS-T/certify/")
        page.fill("[name=account_no]", "3400000210")
        page.click("main button.button-primary")
        verdict = page.locator("#certify tbody .badge").first
        expect(verdict).not_to_have_text("进行中", timeout=RUN_MS)
        failed = "SELECT report FROM conformance_run WHERE NOT ok"
        assert [c for (report,) in place.rows(failed) for c in report["clauses"]
                if c["verdict"] == "fail"] == []  # fmt: skip
    page.locator("#certify tbody a").first.click()
    expect(page.locator("main")).to_contain_text("B-01")
    assert page.locator("tbody .badge-bad").count() == 0

    issue_key(page, "NEWGAS")
    page.goto("/console/partners/NEWGAS/")
    page.get_by_role("button", name="申请上线").click()
    expect(page.locator("main")).to_contain_text("待复核")
    expect(page.locator("main")).to_contain_text("NEWGAS:1")
    expect(page.get_by_role("button", name="同意，立即生效")).to_have_count(0)
    assert place.rows("SELECT suspended FROM partner WHERE code = 'NEWGAS'") == [(True,)]

    other = new_page()
    people.sign_in(place, other, "checker96")
    other.goto("/console/partners/NEWGAS/")
    other.get_by_role("link", name="有待复核的提议").click()
    other.get_by_role("button", name="同意，立即生效").click()
    expect(other.locator("main")).to_contain_text("已同意")
    other.goto("/console/partners/NEWGAS/")
    expect(other.locator("main")).to_contain_text("已上线")
    assert place.rows("SELECT suspended, live_at IS NOT NULL FROM partner"
                      " WHERE code = 'NEWGAS'") == [(False, True)]  # fmt: skip

    other.get_by_role("link", name="立即停用").click()
    other.fill("[name=reason]", "密钥外泄")
    other.locator("main button.button-danger").click()
    expect(other.locator("body")).to_contain_text("起停用；未决缴费 0 笔。")
    assert place.rows("SELECT suspended FROM partner WHERE code = 'NEWGAS'") == [(True,)]


def test_an_outage_is_announced_and_ended_early(place: Place, new_page):
    page = new_page()
    people.sign_in(place, page, place.province.users["supervisor"].login, site.PASSWORD)
    page.goto("/console/outages/")
    page.select_option("[name=biller]", str(place.province.own.biller))
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    page.fill("[name=starts_at]", f"{today - timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.fill("[name=ends_at]", f"{today + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.fill("[name=reason]", "泵房检修")
    page.click("main button.button-primary")
    row = page.locator("tbody tr", has_text="泵房检修")
    expect(row).to_contain_text("停机中")
    row.get_by_role("button", name="结束").click()
    expect(page.locator("tbody tr", has_text="泵房检修")).to_contain_text("已结束")
