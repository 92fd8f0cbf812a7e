"""The console's end of day: a night's steps, why it waits, who may sign, what partners were told."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.jobs.running import work
from tests.web import site, worked
from tests.web.province import Province
from tests.web.worked import NIGHT
from tests.world import DAY

ADDRESS = f"/console/day-ends/1/{DAY}/"


@pytest.fixture(scope="module")
def night(place: Province) -> Province:
    worked.night(place)
    return place


def client_of(night: Province, role: str) -> Any:
    return site.client_of(night.users[role])


def test_the_list_says_where_the_night_stands(night):
    page = Page(client_of(night, "auditor"), "/console/day-ends/")
    assert page.column("会计日期") == [DAY.isoformat()]
    assert page.column("状态") == ["等待"]
    assert page.column("停在") == ["关闭"]


def test_every_step_has_its_state_and_the_reasons_are_in_words(night):
    page = Page(client_of(night, "auditor"), ADDRESS)
    assert page.column("步骤") == ["日切", "当日统计", "收取对账文件", "核心记账流水", "核验支付应答", "核验扣款应答",
                                  "对账", "平账", "结算", "手续费清算", "划付", "过渡户划转", "公务消费监控",
                                  "收单对账文件", "对账单", "每日试算", "关闭"]  # fmt: skip
    assert page.column("状态") == ["完成"] * 16 + ["等待"]
    assert "POWER01 有 1 笔未处理差异，123.45 元" in page.text
    assert "POWER02 有 1 笔未处理差异，123.45 元" in page.text
    assert "有差额 246.90" in page.text  # both counties' items
    assert "123.45 元 POWER01 2026-11-23 我方有对方无 1 笔，待处理" in page.text
    assert "123.45 元 POWER02 2026-11-23 我方有对方无 1 笔，待处理" in page.text
    assert "一分不差" not in page.text


def test_the_badge_of_a_day_goes_by_the_scope_and_is_amber_on_every_page(night):
    """The list, the night, the day of reconciliation and the first page say the same."""
    for role, sum_said in (("auditor", "有差额 246.90"), ("supervisor", "辖内有差额 123.45")):
        client = client_of(night, role)
        assert Page(client, "/console/day-ends/").column("差额") == [sum_said]
        for address in (ADDRESS, f"/console/reconciliations/day/?day={DAY}"):
            shown = Page(client, address)
            assert sum_said in shown.text
            assert ("POWER02 2026-11-23 我方有对方无" in shown.text) == (role == "auditor")
            assert shown.tree.xpath(f"//span[contains(@class, 'badge-waiting')][text()='{sum_said}']")
        summed = sum_said.partition(" ")[2]
        told = f"有差额 {summed} 元，未对账 {summed} 元，未结算 {summed} 元，{6 if role == 'auditor' else 3} 项原因"
        assert f"最近日终：{told}" in client.get("/console/today/").content.decode()
        assert told in Page(client, ADDRESS).text


def test_a_county_sees_its_own_reasons_and_neither_proves_nor_signs_the_book(night):
    page = Page(client_of(night, "supervisor"), ADDRESS)
    assert "POWER01 有 1 笔" in page.text
    assert "POWER02" not in page.text
    assert "每日试算是整本账簿的" in page.text
    sent = client_of(night, "finance").post(ADDRESS + "sign/", {"reason": "查明"})
    assert sent.status_code == 404


def test_a_biller_that_is_not_settled_says_why_and_waits_on_the_first_page(night):
    page = Page(client_of(night, "auditor"), ADDRESS)
    assert f"POWER01 {DAY} 未结算 8401 该会计日期尚未对平 (POWER01 (1))" in page.text
    assert f"POWER02 {DAY} 未结算 8401 该会计日期尚未对平 (POWER02 (1))" in page.text
    county = client_of(night, "supervisor")
    assert "日终未办妥的合作方" in county.get("/console/today/").content.decode()
    assert "POWER02" not in Page(county, ADDRESS).text


def test_how_many_partners_wait_goes_by_the_scope(night):
    from yifen.core.access.edge import Access
    from yifen.night.pages.waiting import what_waits

    def waits(role: str) -> list[tuple[int, str]]:
        return [(line.number, line.url) for line in what_waits(Access(night.users[role]), NIGHT)]

    left, sign, other = "/console/day-ends/left/", "/console/day-ends/?waits=sign", "/console/day-ends/?waits=other"
    assert waits("auditor") == [(2, left), (6, ADDRESS)]  # two failed; each lacks, differs, is unsettled
    assert waits("supervisor") == [(1, left), (1, other), (3, ADDRESS)]  # signing is for who has the whole book
    assert waits("teller") == []
    finance = site.user("finance-t", night.union, "finance")
    assert (1, sign) in [(line.number, line.url) for line in what_waits(Access(finance), NIGHT)]
    assert "目前没有别人能签字" in Page(site.client_of(finance), ADDRESS).text
    site.user("super-t", night.union, "supervisor")
    assert "提出，交主管签字" in Page(site.client_of(finance), ADDRESS).text
    page = Page(client_of(night, "supervisor"), left)
    assert page.column("原因") == [f"POWER01 {DAY} 未结算 8401 该会计日期尚未对平 (POWER01 (1))"]


def test_statements_are_fetched_by_whose_partner_it_is(night):
    finance = client_of(night, "finance")
    own = finance.get(f"/console/day-statements/{night.own.biller}/{DAY}/csv/")
    assert own.status_code == 200
    assert "123.45" in own.content.decode("utf-8-sig")
    assert own["Content-Disposition"].startswith("attachment")
    foreign = f"/console/day-statements/{night.foreign.biller}/{DAY}/csv/"
    assert finance.get(foreign).status_code == 404


def test_a_signature_is_bound_to_the_yuan_that_were_shown(night):
    """Who signs sees each gap in yuan, in his language; a fen more, and nothing is signed by his word or by a job."""
    signer = site.client_of(site.user("super-w", night.union, "supervisor"))
    maker = site.client_of(site.user("finance-w", night.union, "finance"))
    proposal = maker.post(ADDRESS + "sign/", {"reason": "差异已查明"}).url
    page = Page(signer, proposal)
    told = {row[0]: row[1:] for row in page.table()}
    assert told["与各方相差（元）"] == ["246.90", "—"]
    gaps = [row[0] for name, row in told.items() if name.startswith("差额 ")]
    assert gaps == [
        *(f"123.45 元 {code} 2026-11-23 没有对账方式，不等它的文件" for code in ("WX01", "WX02")),
        *(f"123.45 元 {code} 2026-11-23 我方有对方无 1 笔，待处理" for code in ("POWER01", "POWER02")),
        *(f"123.45 元 {code} 2026-11-23 未结算 8401 该会计日期尚未对平 ({code} (1))"
          for code in ("POWER01", "POWER02")),
    ]
    signer.post("/language/", {"language": "en"})
    english = {row[0]: row[1:] for row in Page(signer, proposal).table()}
    assert english["Gap 3"] == ["123.45 ours only of 23 November 2026 on POWER01, open", "—"]
    assert english["State"] == ["Waits to be signed", "Closed"]
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(cell for row in english.values() for cell in row))
    seen = page.tree.xpath("//input[@name='seen']/@value")[0]
    one_more = "UPDATE recon_item SET ours_fen = ours_fen {} 1 WHERE class = 'ours_only'"
    with psycopg.connect(night.database.owner_url, autocommit=True) as conn:
        conn.execute(one_more.format("+"))
        assert "2121" in signer.post(f"{proposal}decide/", {"word": "yes", "seen": seen}, follow=True).content.decode()
        conn.execute(one_more.format("-"))
        signer.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
        conn.execute(one_more.format("+"))
        work(night.database)
        assert conn.execute("SELECT signed_by FROM eod_run").fetchall() == [(None,)]
        conn.execute(one_more.format("-"))
    assert Page(signer, "/console/day-ends/").column("State") == ["Wait"]


def test_a_signature_needs_a_reason_and_closes_the_day_in_a_name(night):
    signer = site.client_of(site.user("super-u", night.union, "supervisor"))
    maker = site.client_of(site.user("finance-u", night.union, "finance"))
    refused = maker.post(ADDRESS + "sign/", {"reason": " "}, follow=True)
    assert "签字关闭" in refused.content.decode()
    proposal = maker.post(ADDRESS + "sign/", {"reason": "差异已查明，明日更正"}).url
    page = Page(maker, proposal)
    assert "POWER01 有 1 笔未处理差异，123.45 元" in page.text
    seen = page.tree.xpath("//input[@name='seen']/@value")[0]
    maker.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    work(night.database)
    assert Page(signer, "/console/day-ends/").column("状态") == ["等待"]
    assert proposal in Page(signer, ADDRESS).tree.xpath("//a/@href")
    signer.post(f"{proposal}decide/", {"word": "yes", "seen": seen})
    work(night.database)
    page = Page(signer, "/console/day-ends/")
    assert page.column("状态") == ["签字关闭"]
    assert page.column("签字") == ["super-u"]


def test_a_job_that_names_no_decided_proposal_closes_nothing(night):
    """Whoever may ask for jobs does not sign by that."""
    from yifen.core.facts.refused import Refused
    from yifen.night.codes import NightCode
    from yifen.night.signing import signed

    for number in (0, night.own.more["proposal"]):
        with pytest.raises(Refused) as caught:
            signed(number)
        assert caught.value.code is NightCode.DAY_END_NOT_SIGNABLE


def test_the_steps_as_bars_from_when_they_began():
    from yifen.night.pages.timeline import timeline
    from yifen.night.queries import StepRow

    at = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    rows = [
        StepRow("cut", "done", 1, at, at + timedelta(seconds=1.25), {}, ""),
        StepRow("files", "waiting", 3, at + timedelta(minutes=2), at + timedelta(minutes=2, seconds=4), {}, ""),
        StepRow("reconcile", "failed", 1, at + timedelta(minutes=3), None, {}, "x"),
    ]
    option = timeline(rows, "zh")
    assert option["yAxis"]["data"] == ["日切", "收取对账文件", "对账"]
    before, *states = option["series"]
    assert before["data"] == ["0.0", "120.0", "180.0"]
    assert [(one["name"], one["tone"], [bar["value"] for bar in one["data"]]) for one in states] == [
        ("完成", "ok", ["1.3", None, None]), ("等待", "waiting", [None, "4.0", None]),
        ("失败", "bad", [None, None, "0.0"]),
    ]  # fmt: skip
    assert states[0]["data"][0]["url"] == "#step_cut"
    assert timeline([], "zh") is None
