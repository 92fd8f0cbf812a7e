"""A file's page: how it stands, what rests on it, and its withdrawal by two people."""

from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from tests.world import DAY


@pytest.fixture
def finance(place: Province) -> Any:
    return site.client_of(place.users["finance"])


@pytest.fixture
def supervisor(place: Province) -> Any:
    return site.client_of(place.users["supervisor"])


def test_two_people_withdraw_a_file_and_its_page_tells_what_became_of_it(place, finance, supervisor):
    run, item, file_id = (place.own.more[name] for name in ("recon_run", "item", "recon_file"))
    address = f"/console/reconciliations/files/{file_id}/"
    shown = Page(finance, f"/console/reconciliations/{run}/")
    assert shown.link("//p[contains(@class, 'page-lead')]/a") == address
    page = Page(finance, address)
    assert "计入对账" in page.text
    assert page.table(0) == [[str(run), page.table(0)[0][1], "0", "0.00", "有效"]]
    assert page.table(1) == [["作废的对账", "1", "—"], ["关闭的未平差异", "1", "123.45"]]

    refused = finance.post(f"{address}withdraw/", {"reason": " "}, follow=True)
    assert "2113" in refused.content.decode()
    proposal = finance.post(f"{address}withdraw/", {"reason": "他行的文件"}, follow=True).request["PATH_INFO"]
    told = {row[0]: row[1:] for row in Page(supervisor, proposal).table(0)}
    assert told["作废的对账"] == ["1", "—"]
    assert told["关闭的未平差异"] == ["1 · ¥123.45", "—"]
    assert told["计入对账"] == ["是", "否"]
    seen = Page(supervisor, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    assert Page(finance, address).tree.xpath("//form[contains(@action, 'withdraw')]") == []
    assert Page(finance, proposal).tree.xpath("//button[@value='yes']") == []
    finance.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    assert "计入对账" in Page(finance, address).text  # not by who proposed it

    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:  # a night goes on meanwhile
        conn.execute("INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, theirs_kind, theirs_fen,"
                     " opened_at) VALUES (%s, %s, %s, 'theirs_only', 'NEW', 'sale', 5, now())",
                     (run, place.own.biller, DAY))  # fmt: skip
        assert "提出之后情况已变" in Page(supervisor, proposal).text
        answer = supervisor.post(f"{proposal}decide/", {"word": "yes", "seen": seen}, follow=True)
        assert "2121" in answer.content.decode()
        assert "计入对账" in Page(finance, address).text
        supervisor.post(f"{proposal}decide/", {"word": "no", "seen": seen})
        conn.execute("UPDATE recon_item SET state = 'closed', closed_at = now(), closed_by = 'checker',"
                     " action = 'suspend' WHERE serial = 'NEW'")  # fmt: skip

    proposal = finance.post(f"{address}withdraw/", {"reason": "他行的文件"}, follow=True).request["PATH_INFO"]
    told = {row[0]: row[1:] for row in Page(supervisor, proposal).table(0)}
    number = Page(finance, address).table(1)[0][0]
    assert told["已动账、不自动撤销：差异"] == [f"1 · ¥0.05 ({number})"] * 2
    seen = Page(supervisor, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    supervisor.post(f"{proposal}decide/", {"word": "yes", "seen": seen})

    page = Page(finance, address)
    assert "已撤回" in page.text
    assert "他行的文件" in page.text
    assert page.table(0)[0][-1] == "已作废"
    assert [row[1:7] for row in page.table(1)] == [["对方有我方无", "NEW", "挂账", "已动账", "0.05", "—"]]
    assert page.link("//table//a[contains(@href, '/differences/')]") == f"/console/differences/{number}/"
    assert page.tree.xpath("//form[contains(@action, 'withdraw')]") == []
    assert "文件已更正或撤回" in Page(finance, f"/console/differences/{item}/").text
    assert "用到的文件已撤回" in Page(finance, f"/console/reconciliations/{run}/").text
    day = Page(finance, "/console/reconciliations/day/", day=DAY.isoformat())
    assert [row[:2] for row in day.table(1)] == [["POWER01 青溪供电公司", "文件已撤回，缺文件"]]
    again = finance.post(f"{address}withdraw/", {"reason": "再撤一次"}, follow=True)
    assert "8305" in again.content.decode()


def test_a_file_of_elsewhere_is_not_there(place, finance):
    for number in (place.foreign.more["recon_file"], 10**12, 2**63):
        address = f"/console/reconciliations/files/{number}/"
        assert finance.get(address).status_code == 404
        assert finance.post(f"{address}withdraw/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(("brought", "told"), [
    ("inbox", "文件目录"), ("fetched", "系统取得"), ("cli", "命令行"), ("liming", "liming"),
])  # fmt: skip
def test_who_brought_a_file_is_told_in_words(place, finance, brought, told):
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE recon_file SET received_by = %s WHERE file_id = %s",
                     (brought, place.own.more["recon_file"]))  # fmt: skip
    page = Page(finance, f"/console/reconciliations/files/{place.own.more['recon_file']}/")
    assert page.facts()["收到"].split()[-1] == told
    run = Page(finance, f"/console/reconciliations/{place.own.more['recon_run']}/")
    lead = run.tree.xpath("//p[contains(@class, 'page-lead')]")[0].text_content()
    assert lead.split("·")[-1].strip() == told
