"""The page of the system's state: what rings, what is well, what could not be read, each by a colour and a word."""

import psycopg
import pytest

from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core import alerts
from yifen.core.facts.processes import EVERYONE, GATEWAY, NIGHT
from yifen.core.metrics.reading import Measure
from yifen.core.metrics.signs import Signing
from yifen.core.plugs import plugs


def rows(place: Province, table: int, by: int) -> dict[str, list[str]]:
    page = Page(site.client_of(place.users["platform_admin"]), "/console/system/")
    return {row[by]: row for row in page.table(table)}


@pytest.fixture(autouse=True)
def silent(place: Province) -> None:
    """No process said anything yet."""
    from yifen.face.system import waiting

    waiting._kept._found.clear()
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("DELETE FROM process_sign")


@pytest.fixture
def living(place: Province) -> None:
    """One process of each role said how it is; the night is not ready."""
    from yifen.core.access.edge import now

    for role in EVERYONE:
        wrong = [("数据库不可用或不可写", "the database is away")] if role == NIGHT else []
        assert Signing(place.database.url(role), f"{role.removeprefix('yifen_')}-1", now()).sign(wrong)


def test_where_nothing_runs_each_role_says_so(place: Province) -> None:
    said = [row[:3] for row in Page(site.client_of(place.users["platform_admin"]), "/console/system/").table(0)]
    assert said == [["网关", "—", "没有在运行"], ["页面", "—", "没有在运行"], ["后台作业", "—", "没有在运行"],
                    ["日终", "—", "没有在运行"]]  # fmt: skip
    found = rows(place, 1, 1)
    assert found["没有就绪的网关进程"][:4:2] == ["告警", "0"]
    assert found["没有就绪的网关进程"][3] == "低于 1，持续 1 分钟"
    assert "期间合作方收不到应答" in found["没有就绪的网关进程"][4]
    assert found["没有就绪的日终进程"][0] == "注意"


def test_processes_say_how_they_are_and_what_stood_still_is_not_well(place: Province, living: None) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE process_sign SET at = at - interval '10 minutes' WHERE role = %s", [GATEWAY])
    said = [[row[0], row[2], row[3]] for row in
            Page(site.client_of(place.users["platform_admin"]), "/console/system/").table(0)]  # fmt: skip
    assert said == [
        ["网关", "没有在运行", "—"], ["网关", "没有迹象", "—"], ["页面", "就绪", "—"], ["后台作业", "就绪", "—"],
        ["日终", "未就绪", "数据库不可用或不可写"], ["POS 前置", "就绪", "—"]]  # fmt: skip
    found = rows(place, 1, 1)
    assert {name: found[name][0] for name in (
        "没有就绪的网关进程", "没有就绪的页面进程", "没有就绪的日终进程", "有进程未就绪", "排队将满，即将答 BUSY")} == {
        "没有就绪的网关进程": "告警", "没有就绪的页面进程": "正常", "没有就绪的日终进程": "注意",
        "有进程未就绪": "注意",
        "排队将满，即将答 BUSY": "只在 Prometheus"}  # fmt: skip
    assert found["有进程未就绪"][2] == "night 1"
    assert len(found) == len(alerts.alerts())


def test_what_cannot_be_read_is_not_well(place: Province, living: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(conn: psycopg.Connection[tuple[object, ...]], now: object) -> list[object]:
        conn.execute("SELECT 1 / 0")
        return []

    real = alerts.plugs()
    assert "yifen.hub.measured.gauges:read" in [name for plug in plugs() for name in plug.gauges]
    monkeypatch.setattr("yifen.hub.measured.gauges.read", broken)
    monkeypatch.setattr("yifen.core.metrics.reading.called", lambda name: __import__(
        "importlib").import_module(name.partition(":")[0]).read)  # fmt: skip
    found = rows(place, 1, 1)
    assert {found[name][0] for name in ("有缴费超过一小时结果未知", "超过 26 小时没有日切保存链头")} == {"读不出来"}
    assert found["有业务的指标读不出来"][:4:2] == ["注意", "yifen.hub.measured.gauges:read 1"]
    assert found["没有就绪的页面进程"][:4:2] == ["正常", "1"]
    assert real is alerts.plugs()


def test_each_rule_says_its_figure_and_its_bound_in_words_and_nothing_is_well_without_one(place: Province) -> None:
    found = rows(place, 1, 1)
    disk = found["数据盘剩余不足 5 GiB"]
    assert (disk[0], disk[2].endswith(" GiB"), disk[3]) == ("正常", True, "低于 5.0 GiB，持续 5 分钟")
    assert found["日终步骤失败"][:4] == ["无数据", "日终步骤失败", "目前没有", "有即告警，持续 5 分钟"]
    assert found["来文失败超过 5%（9xxx）"][3] == "超过 5.0%，持续 2 分钟"
    assert found["有缴费超过一小时结果未知"][3] == "超过 60 分钟，持续 5 分钟"
    books = found["账务验证发现改动"]
    assert (books[0], books[2], books[4]) == (
        "无数据", "尚未验证过",
        "由财务或审计在 账务 › 哈希链 立即验证；./yifen verify 也验证，但不计入这里。")  # fmt: skip
    assert books[3].startswith("未通过，持续 ")
    assert found["日终步骤失败"][4] == "—"
    assert found["排队将满，即将答 BUSY"][3] == "由 Prometheus 判断"
    page = Page(site.client_of(place.users["platform_admin"]), "/console/system/").tree
    green = page.xpath("//table[.//th[contains(., '现值')]]//tr[.//span[contains(@class, 'badge-ok')]]")
    assert [row for row in green if not row.xpath("./td[3]")[0].text_content().strip(" \n—")] == []


def test_what_was_never_done_says_so_and_what_to_do_until_it_is(place: Province) -> None:
    from yifen.face.system import views

    by_name = {alert.name: alert for alert in alerts.alerts()}
    kept = alerts.JudgedAlert(by_name["YifenChainNotKept"], alerts.Verdict.WELL)
    assert (views.value_of(kept), views.cure_of(kept)) == (
        "尚未日切", "第一次日切会保存；开业后仍如此，看日终单元是否在运行。")  # fmt: skip
    done = kept._replace(worst=Measure("yifen_chain_kept_age_seconds", 60))
    assert (views.value_of(done), views.cure_of(done)) == ("60 秒", None)
    assert (views.cure_of(kept._replace(verdict=alerts.Verdict.UNKNOWN)) or "").startswith("看日终：")


def test_english_and_nobody_else(place: Province) -> None:
    admin = site.client_of(place.users["platform_admin"])
    admin.cookies["django_language"] = "en"
    text = Page(admin, "/console/system/").text
    assert "no gateway is ready" in text
    assert "Not running" in text
    assert site.client_of(place.users["finance"]).get("/console/system/").status_code == 403


def test_today_tells_its_operator_what_rings(place: Province) -> None:
    from yifen.core.access.edge import Access, now
    from yifen.face.system import waiting

    access = Access(place.users["platform_admin"], "")
    [line] = waiting.what_waits(access, now())
    assert (line.title.zh, line.url, line.tone) == ("系统告警", "/console/system/", "late")
    assert line.number == sum(row[0] in ("告警", "注意") for row in rows(place, 1, 1).values()) > 4
    assert waiting.what_waits(Access(place.users["finance"], ""), now()) == []
