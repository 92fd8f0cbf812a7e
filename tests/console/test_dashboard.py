"""The dashboard's figures, exact, for who may see which rows; polling is nobody's click."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.utils import translation

from tests.console.busy import Busy, amount_of
from tests.console.pages import Page, words
from tests.web import site
from tests.world import DAY, NOON
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.face.overview.amounts import short_yuan
from yifen.hub.payments import traffic
from yifen.hub.payments.figures.reading import Total
from yifen.hub.payments.traffic import Traffic

OWN = [12_345, *(amount_of(number) for number in range(1, 130)), amount_of(501)]


@pytest.fixture(scope="module")
def calls(busy: Busy) -> datetime:
    """What a gateway counted a moment ago: 96 charges answered, 3 refused, 1 failed; 7 foreign. When, by our clock."""
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
    return now.astimezone(ZONE)


def page(busy: Busy, role: str) -> Page:
    return Page(site.client_of(busy.place.users[role]), "/console/")


def stats(found: Page) -> dict[str, list[str]]:
    """Label → value and note of each large figure."""
    return {
        words(stat.xpath("./*[@class='stat-label']")[0]): [words(part) for part in stat[1:]]
        for stat in found.tree.xpath("//*[contains(@class, 'stats')]/*")
    }


def by_label(found: Page) -> dict[str, list[list[str]]]:
    """Tables by their label."""
    return {
        region.get("aria-label"): [[words(cell) for cell in row.xpath("./td")] for row in region.xpath(".//tbody/tr")]
        for region in found.tree.xpath("//*[@role='region']")
    }


def option(found: Page, name: str) -> dict[str, Any]:
    """What a chart is made of."""
    read: dict[str, Any] = json.loads(found.tree.xpath(f"//script[@id='{name}']/text()")[0])
    return read


def door(**asked: Any) -> str:
    return f"/console/payments/?{urlencode(asked)}"


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def test_the_large_figures_count_what_was_booked_on_the_business_day(busy, calls):
    """What is undecided stands apart; what was refused for a reason and what failed are two figures."""
    found = stats(page(busy, "finance"))
    assert found["缴费笔数"] == ["131笔"]
    assert found["缴费金额"] == [yuan(sum(OWN))]
    assert found["冲正与退款"] == ["1笔", f"¥{yuan(amount_of(5))}"]
    assert found["结果未决"] == ["1笔", "最早 11-23 12:08"]
    assert found["销账成功率"] == ["98.96%", "100 次请求"]
    assert found["业务拒绝"] == ["3", "3.00 %"]
    assert found["故障"] == ["1", "1.00 %"]
    assert found["应答 p95"] == ["200ms", "p50 10 · p99 200"]


def test_by_channel_biller_institution_and_hour(busy, calls):
    found = page(busy, "finance")
    own = busy.place.own
    tables = by_label(found)
    assert "会计日期 2026-11-23" in found.text
    assert tables["按渠道"] == [["单位WX01", "131", yuan(sum(OWN)), "98.96 %", "3", "1"]]
    assert tables["按收费单位"] == [["青溪供电公司", "131", yuan(sum(OWN)), "98.96 %", "3", "1"]]
    assert tables["按机构"] == [["青溪县联社", "131", yuan(sum(OWN))]]
    assert option(found, "chart_payments")["series"][0]["data"] == [{"value": 131, "url": door(
        since=DAY, until=DAY, booked="yes", booked_from=f"{DAY}T12:00", booked_until=f"{DAY}T13:00")}]  # fmt: skip
    (cell,) = option(found, "chart_heat")["series"][0]["data"]
    assert cell["value"] == [0, 0, sum(OWN) // 100]
    assert cell["url"] == door(since=DAY, until=DAY, booked="yes", channel=own.channel, biller=own.biller)
    assert cell["label"]["formatter"].endswith("\n131 笔")
    buckets = option(found, "chart_buckets")["series"][0]["data"]
    assert [bar["value"] for bar in buckets] == [130, 1]


def test_what_a_bar_a_cell_and_a_row_open_is_what_they_count(busy, calls):
    client = site.client_of(busy.place.users["finance"])
    found = Page(client, "/console/")
    urls = [option(found, "chart_payments")["series"][0]["data"][0]["url"],
            option(found, "chart_heat")["series"][0]["data"][0]["url"]]  # fmt: skip
    urls += found.tree.xpath("//a[@class='stat' and contains(@href, 'payments/?')]/@href")
    urls += found.tree.xpath("//*[@aria-label='按渠道']//td[1]/a/@href")
    assert len(urls) == 4
    for url in urls:
        assert "131 条" in Page(client, url).text
    first = option(found, "chart_buckets")["series"][0]["data"][0]
    assert (first["value"], "130 条" in Page(client, first["url"]).text) == (130, True)


def test_what_was_given_back_is_a_list_of_as_many(busy, calls):
    """Behind the figure: of its own scope, by the business day of the return; a day without one is empty."""
    client = site.client_of(busy.place.users["finance"])
    url = Page(client, "/console/").tree.xpath("//a[contains(@href, '/returns/')]/@href")[0]
    assert url == f"/console/payments/returns/?since={DAY}&until={DAY}"
    (row,) = Page(client, url).table(0)
    assert row[1:] == [str(busy.reversed), "冲正", "单位WX01", "青溪供电公司", "3300000005", yuan(amount_of(5)),
                       yuan(amount_of(5)), "BACK-1", "—", str(DAY)]  # fmt: skip
    for asked in ("&verb=refund", "&channel=" + str(busy.place.foreign.channel)):
        assert Page(client, url + asked).tree.xpath("//tbody/tr") == []
    assert Page(client, "/console/payments/returns/?since=2026-11-22&until=2026-11-22").tree.xpath("//tbody/tr") == []
    admin = site.client_of(busy.place.users["platform_admin"])
    assert Page(admin, "/console/").tree.xpath("//a[contains(@href, '/returns/')]") == []
    assert admin.get(url).status_code == 403


def test_requests_are_bars_of_three_parts_that_open_their_result_codes(busy, calls):
    client = site.client_of(busy.place.users["finance"])
    found = Page(client, "/console/")
    bars = {one["name"]: one["data"] for one in option(found, "chart_outcomes")["series"]}
    assert {name: sum(bar["value"] for bar in data) for name, data in bars.items()} == {
        "成功": 96, "业务拒绝": 3, "故障": 1}  # fmt: skip
    listed = Page(client, bars["故障"][0]["url"]).table(0)
    assert [(row[0], row[8:12]) for row in sorted(listed)] == [
        (f"{code:04d} {code.meaning.zh}", figures)
        for code, figures in sorted([
            (Code.OK, ["90", "90", "0", "0"]), (Code.PROCESSING, ["6", "6", "0", "0"]),
            (Code.ALREADY_PAID, ["3", "0", "3", "0"]), (Code.FAULT, ["1", "0", "0", "1"]),
        ])
    ]  # fmt: skip
    hour = f"{calls:%-H}"
    assert {bar["url"].partition("&hour=")[2] for data in bars.values() for bar in data} == {hour}
    other = bars["故障"][0]["url"].replace(f"&hour={hour}", f"&hour={(int(hour) + 1) % 24}")
    assert Page(client, other).tree.xpath("//tbody/tr") == []  # the hour's, not the day's
    bands = {one["name"]: [point["value"] for point in one["data"]] for one in option(found, "chart_latency")["series"]}
    assert bands == {"p99": [200], "p95": [200], "p50": [10]}


def test_who_stands_at_the_root_sees_the_whole_tree(busy, calls):
    found = page(busy, "auditor")
    foreign, own = 12_345 + amount_of(900), sum(OWN)
    assert by_label(found)["按机构"] == [
        ["云川省联社", "133", yuan(own + foreign)],
        ["青溪县联社", "131", yuan(own)],
        ["白石县联社", "2", yuan(foreign)],
    ]
    assert stats(found)["销账成功率"] == ["99.03%", "107 次请求"]
    shown = option(found, "chart_tree")["series"][0]["data"]  # the union itself is the whole picture
    assert [node["name"] for node in shown] == ["青溪县联社", "白石县联社"]
    assert shown[0]["url"].endswith(f"by=biller&institution={busy.place.own.county}")


def test_a_partners_person_sees_that_partner_alone(busy, calls):
    found = page(busy, "biller_staff")
    assert stats(found)["缴费笔数"] == ["131笔"]
    assert by_label(found)["按收费单位"][0][:3] == ["青溪供电公司", "131", yuan(sum(OWN))]


def test_who_may_not_open_payments_has_no_doors_to_them(busy, calls):
    found = page(busy, "platform_admin")
    assert "/console/payments/" not in found.tree.xpath("string(//*[@id='overview'])")
    assert found.tree.xpath("//*[@id='overview']//a[contains(@href, '/console/payments/')]") == []
    assert option(found, "chart_payments")["series"][0]["data"][0] == {"value": 133, "url": ""}


def test_a_week_and_a_month_by_day_and_the_period_before(busy, calls):
    client = site.client_of(busy.place.users["finance"])
    for by, days in (("week", "2026-11-23 — 2026-11-29"), ("month", "2026-11-01 — 2026-11-30")):
        found = Page(client, "/console/", by=by)
        assert f"会计日期 {days}" in found.text
        assert stats(found)["缴费笔数"] == ["131笔"]
        bar = option(found, "chart_payments")["series"][0]["data"]
        assert [one["value"] for one in bar] == [131]
        assert found.tree.xpath("//a[@class='tab' and @aria-current]//text()[normalize-space()]")[0].strip() in "周月"
    before = Page(client, found.tree.xpath("//a[@rel='prev']/@href")[0])
    assert "会计日期 2026-10-01 — 2026-10-31" in before.text
    assert stats(before)["缴费笔数"] == ["0笔"]
    assert before.tree.xpath("//a[@rel='next']/@href") == ["/console/?by=month&day=2026-11-01"]
    assert found.tree.xpath("//a[@rel='next']/@href") == []


def test_the_open_day_is_held_against_others_up_to_the_hour_that_runs(busy):
    """An hour that is not over is compared with none."""
    from yifen.face.overview.figures import compare
    from yifen.face.overview.period import period

    at = NOON.replace(minute=0)
    mine = [Total((at + timedelta(hours=hour), 1, 2), 1, 10**hour) for hour in range(3)]
    then = [Total((hour,), 5, 100) for hour in (9, 12, 13)]
    shown = period("day", DAY, DAY)
    other = shown.compared["same_weekday"]
    assert (other.since, shown.compared["day_before"].since) == (DAY - timedelta(days=7), DAY - timedelta(days=1))
    found = compare(shown, mine, other, then, 13)
    assert (found.now.payments, found.now.amount_fen, found.then.payments) == (1, 1, 10)
    whole = compare(shown, mine, other, then, None)
    assert (whole.now.payments, whole.now.amount_fen, whole.then.payments) == (3, 111, 15)


def test_an_open_week_is_held_against_as_many_closed_days():
    from yifen.face.overview.figures import compare
    from yifen.face.overview.period import period

    open_day = DAY + timedelta(days=2)
    shown = period("week", DAY, open_day)
    mine = [Total((DAY + timedelta(days=n), 1, 2), 1, 10**n) for n in range(3)]
    then = [Total((DAY + timedelta(days=n - 7),), 1, 7) for n in range(7)]
    found = compare(shown, mine, shown.compared["week_before"], then, None)
    assert (found.now.amount_fen, found.then.payments) == (11, 2)
    closed = period("week", DAY, DAY + timedelta(days=20))
    assert compare(closed, mine, closed.compared["week_before"], then, None).then.payments == 7


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
    assert "请求按自然日 2026-11-22" in found.text
    assert stats(Page(client, "/console/", day="x"))["缴费笔数"] == ["131笔"]
    assert stats(Page(client, "/console/", by="year"))["缴费笔数"] == ["131笔"]


def test_statistics_of_any_period_beside_the_one_before(busy, calls):
    client = site.client_of(busy.place.users["finance"])
    total, back = yuan(sum(OWN)), yuan(amount_of(5))
    asked = {"since": str(DAY), "until": str(DAY)}
    whole = ["131", total, "—", "—", "—", "1", back]
    assert Page(client, "/console/statistics/", **asked).table(0) == [["POWER01 青溪供电公司", *whole, *["—"] * 6]]
    for by, name in (("channel", "WX01 单位WX01"), ("kind", "其他"), ("day", "2026-11-23"), ("week", "2026-11-23"),
                     ("hour", "12:00")):  # fmt: skip
        assert Page(client, "/console/statistics/", by=by, **asked).table(0)[0][:8] == [name, *whole]
    for by, since, until, name in (  # a part of a month is not called the month
        ("week", "2026-11-01", "2026-11-30", "2026-11-23 — 2026-11-29"),
        ("month", "2026-11-01", "2026-11-30", "2026-11"),
        ("month", "2026-11-20", "2026-12-25", "2026-11-20 — 2026-11-30"),
    ):  # fmt: skip
        assert Page(client, "/console/statistics/", by=by, since=since, until=until).table(0)[0][0] == name
    later = {"since": str(DAY + timedelta(days=1)), "until": str(DAY + timedelta(days=1))}
    (row,) = Page(client, "/console/statistics/", **later).table(0)
    assert row[:8] == ["POWER01 青溪供电公司", "0", "0.00", "131", total, "−100.0 %", "0", "0.00"]
    for narrowed, found in (({"hour": "12"}, 1), ({"hour": "13"}, 0), ({"channel": str(busy.place.own.channel)}, 1),
                            ({"institution": str(busy.place.own.county)}, 1)):  # fmt: skip
        shown = Page(client, "/console/statistics/", **asked, **narrowed)
        assert len(shown.tree.xpath("//tbody/tr")) == found
    foreign = Page(client, "/console/statistics/", **asked, channel=str(busy.place.foreign.channel))
    assert foreign.tree.xpath("//tbody/tr") == []


def test_result_codes_of_one_hour_of_years_are_one_question(busy, calls):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = site.client_of(busy.place.users["finance"])
    asked = {"by": "code", "since": "2020-01-01", "until": str(calls.date())}
    with CaptureQueriesContext(connection) as asking:
        shown = Page(client, "/console/statistics/", **asked, hour=str(calls.hour), sort="-calls")
    assert sum("traffic_minute" in one["sql"] for one in asking.captured_queries) <= 2  # the rows, their count
    assert [row[8] for row in shown.table(0)] == ["90", "6", "3", "1"]
    assert Page(client, "/console/statistics/", **asked).table(0) == Page(
        client, "/console/statistics/", **asked, hour=str(calls.hour)).table(0)  # fmt: skip
    other = Page(client, "/console/statistics/", **asked, hour=str((calls.hour + 1) % 24))
    assert other.tree.xpath("//tbody/tr") == []


def test_the_figures_as_a_file(busy, calls):
    client = site.client_of(busy.place.users["biller_staff"])
    answer = client.post("/console/statistics/export/",
                         {"format": "csv", "query": f"since={DAY}&until={DAY}&by=channel"})  # fmt: skip
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    total, back = sum(OWN), amount_of(5)
    assert lines == [
        "名称,笔数,金额（元）,前期笔数,前期金额（元）,金额增减,退回笔数,退回金额（元）,销账请求,成功,业务拒绝,"
        "故障,成功率（%）,p50（毫秒）,p95（毫秒）,p99（毫秒）",
        f"WX01 单位WX01,131,{total // 100}.{total % 100:02d},,,,1,{back // 100}.{back % 100:02d},,,,,,,,",
    ]


@pytest.mark.parametrize(("fen", "zh", "en"), [
    (149, "1", "1"), (999_949, "9,999", "9.9k"), (14_095_000, "14 万", "140.9k"),
], ids=str)  # fmt: skip
def test_amounts_are_written_as_people_write_them(fen, zh, en):
    for language, text in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert short_yuan(fen) == text
