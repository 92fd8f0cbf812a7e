"""The dashboard's figures, exact, for who may see which rows; polling is nobody's click."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.console.busy import Busy, amount_of
from tests.console.pages import Page, words
from tests.web import site
from yifen.core.documents.figures import short_yuan
from yifen.core.facts.codes import Code
from yifen.hub.payments import traffic
from yifen.hub.payments.traffic import Traffic

OWN = [12_345, *(amount_of(number) for number in range(1, 130)), amount_of(501)]


@pytest.fixture(scope="module")
def calls(busy: Busy) -> None:
    """What a gateway counted a moment ago: 96 charges answered, 3 refused, 1 failed; 7 foreign."""
    own, foreign, now = busy.place.own, busy.place.foreign, datetime.now(UTC)
    counted = Traffic()
    for count, code, ms in ((90, Code.OK, 8), (6, Code.PROCESSING, 150), (3, Code.ALREADY_PAID, 4),
                            (1, Code.FAULT, 700)):  # fmt: skip
        for _ in range(count):
            counted.note(now, own.channel, own.biller, "charge", code, ms)
    for _ in range(7):
        counted.note(now, foreign.channel, foreign.biller, "charge", Code.OK, 3)
        counted.note(now, own.channel, own.biller, "query", Code.FAULT, 9_000)
    with psycopg.connect(busy.place.database.app_url) as conn:
        conn.execute(traffic.NOTE_SQL, traffic.pack(counted.take()))


def page(busy: Busy, role: str) -> Page:
    return Page(site.client_of(busy.place.users[role]), "/console/")


def stats(found: Page) -> dict[str, list[str]]:
    """Label → value and note of each large figure."""
    return {
        words(stat.xpath("./*[@class='stat-label']")[0]): [words(part) for part in stat[1:]]
        for stat in found.tree.xpath("//*[contains(@class, 'stats')]/*")
    }


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def test_the_large_figures_count_the_payments_of_the_business_day(busy, calls):
    found = stats(page(busy, "finance"))
    assert found["缴费笔数"] == ["132笔"]
    assert found["缴费金额"] == [yuan(sum(OWN) + amount_of(500))]
    assert found["冲正与退款"] == ["1笔", f"¥{yuan(amount_of(5))}"]
    assert found["结果未决"] == ["1笔", "最早 11-23 12:08"]
    assert found["销账成功率"] == ["96.00%", "100 次请求"]
    assert found["应答 p95"] == ["200ms", "p50 10 · p99 200"]


def test_by_channel_biller_institution_and_hour(busy, calls):
    found = page(busy, "finance")
    gas = amount_of(500)
    assert "会计日期 2026-11-23" in found.text
    assert found.table(0) == [["单位WX01", "132", yuan(sum(OWN) + gas), "96.00 %"]]
    assert found.table(1) == [
        ["青溪供电公司", "131", yuan(sum(OWN)), "96.00 %"], ["单位GAS01", "1", yuan(gas), "—"],
    ]  # fmt: skip
    assert found.table(2) == [["青溪县联社", "132", yuan(sum(OWN) + gas)]]
    assert found.table(3)[0] == ["11-23 12:00", "132", yuan(sum(OWN) + gas), *["—"] * 5]
    assert found.table(3)[1][3:] == ["100", "96.00 %", "10", "200", "200"]


def test_who_stands_at_the_root_sees_the_whole_tree(busy, calls):
    found = page(busy, "auditor")
    foreign = 12_345 + amount_of(900)
    own = sum(OWN) + amount_of(500)
    assert found.table(2) == [
        ["云川省联社", "134", yuan(own + foreign)],
        ["青溪县联社", "132", yuan(own)],
        ["白石县联社", "2", yuan(foreign)],
    ]
    assert stats(found)["销账成功率"] == ["96.26%", "107 次请求"]
    [drawn] = found.tree.xpath("//script[@id='chart_tree']/text()")
    [root] = json.loads(drawn)["series"][0]["data"]
    assert (root["name"], root["value"]) == (
        f"云川省联社\n¥{short_yuan(own + foreign, chinese=True)}", (own + foreign) // 100
    )  # fmt: skip
    assert " 万" in root["name"]


def test_a_partners_person_sees_that_partner_alone(busy, calls):
    found = page(busy, "biller_staff")
    assert stats(found)["缴费笔数"] == ["131笔"]
    assert found.table(1) == [["青溪供电公司", "131", yuan(sum(OWN)), "96.00 %"]]


def test_a_poll_keeps_no_session_alive(busy):
    client = site.client_of(busy.place.users["supervisor"])
    session = client.session
    session["seen"] -= 600
    session.save()
    seen = session["seen"]
    answer = client.get("/console/", headers={"X-Yifen-Poll": "1", "HX-Request": "true"})
    assert (answer.status_code, client.session["seen"]) == (200, seen)
    assert 'hx-headers=\'{"X-Yifen-Poll":"1"}\'' in answer.content.decode()


def test_kept_figures_are_read_again_after_a_while(busy, calls):
    from yifen.core.access.scope import scope_of
    from yifen.face.overview.figures import figures

    scope = scope_of(busy.place.users["finance"])
    now = datetime(2031, 11, 24, 12, tzinfo=UTC)  # nobody asks at such a time
    first = figures(scope, lambda: now)
    assert figures(scope, lambda: now + timedelta(seconds=7)) is first
    assert figures(scope, lambda: now + timedelta(seconds=8)) is not first


def test_another_day_can_be_looked_at_and_is_not_refreshed(busy, calls):
    client = site.client_of(busy.place.users["finance"])
    found = Page(client, "/console/", day="2026-11-22")
    assert stats(found)["缴费笔数"] == ["0笔"]
    assert found.tree.xpath("//*[@id='overview']/@hx-trigger") == []
    assert "应答按该日历日统计" in found.text
    assert stats(Page(client, "/console/", day="x"))["缴费笔数"] == ["132笔"]


def test_the_figures_as_a_file(busy, calls):
    client = site.client_of(busy.place.users["biller_staff"])
    answer = client.post("/console/statistics/export/", {"format": "csv", "query": ""})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    total, back = sum(OWN), amount_of(5)
    plain = f"{total // 100}.{total % 100:02d},1,{back // 100}.{back % 100:02d}"
    assert lines[0] == (
        "分类,名称,笔数,金额（元）,退回笔数,退回金额（元）,销账请求,成功率（%）,"
        "p50（毫秒）,p95（毫秒）,p99（毫秒）"
    )
    assert lines[1] == f"渠道,WX01 单位WX01,131,{plain},100,96.00,10,200,200"
    assert lines[2] == f"收费单位,POWER01 青溪供电公司,131,{plain},100,96.00,10,200,200"
    assert lines[3].startswith("机构,其他机构,131,")
    assert lines[4] == f"小时,2026-11-23 12:00,131,{plain},,,,,"
