"""Today: what waits for whom, as many as the list behind has; beside the menu, at the desk, and nothing at all."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import NewProvince
from tests.console import waiting
from tests.console.pages import Page, words
from tests.web import site
from tests.web.province import Province

ROLES = ("platform_admin", "institution_admin", "teller", "supervisor", "finance", "biller_staff", "developer",
         "auditor")  # fmt: skip


KINDS = """
待我复核|失败的任务|我的导出失败|当日缴费重试已尽|停机中|密钥将到期，没有后继|一致性测试未通过
停机将开始|渠道当日限额将用尽|渠道不在服务时间|旧密钥将停用|接入中的合作方|账单文件待办理|超期差异|未决缴费待定论|退款待外部办理
今日到期的差异|未到期的差异|划付逾期或结果未知|退汇未再付|今日应划付|未到划付日|柜面流水结果未知
我的班次逾日未轧账|我的班次营业中|班次逾日未轧账|当日班次营业中|日终待签字|日终步骤失败
文件过时未到|日终未办妥的合作方|日终等文件或其他|文件未到，时点未过|最近日终
系统告警|抄表异常待处理|用户、抄表文件待办理|外勤待派|我交出的凭证未接收""".strip().replace("\n", "|").split("|")


@pytest.fixture(scope="module")
def place(new_province: NewProvince) -> Iterator[Province]:
    """Something of every kind waits."""
    made = new_province()
    with site.on(made.database):
        waiting.fill(made)
        yield made


def lines_of(page: Page) -> list[tuple[str, str, str]]:
    """Title, number and address of each line."""
    return [(words(line.xpath(".//*[contains(@class, 'wait-title')]")[0]), words(line.xpath(".//strong")[0]),
             line.xpath(".//a/@href")[0]) for line in page.tree.xpath("//li[@class='wait']")]  # fmt: skip


def people(place: Province) -> dict[str, Any]:
    signer = site.user("signs96", place.union, "finance")  # a book's nights are its top institution's to sign
    return {role: place.users[role] for role in ROLES} | {"another teller": place.own.more["second"], "signer": signer}


def rows_behind(access: Any, address: str) -> int:
    """How many rows the list at this address shows on its page."""
    from django.http import QueryDict
    from django.urls import resolve

    from yifen.face.lists import showing
    from yifen.face.lists.paging import page
    from yifen.face.lists.registry import list_of

    path, _, query = address.partition("?")
    listing = list_of(resolve(path).url_name or "", access)
    form = showing.form_of(listing, QueryDict(query), access)
    assert form.is_valid()
    return len(page(listing, showing.ask_of(listing, QueryDict(query), access, form)).rows)


def test_every_line_of_every_role_counts_what_its_list_has(place):
    """And each kind that any plug tells is told to somebody."""
    from yifen.core.access.edge import Access
    from yifen.face.today.waiting import what_waits

    seen: set[str] = set()
    for role, user in people(place).items():
        access = Access(user)
        for line in what_waits(access, datetime.now(UTC)):
            title = line.title.zh.partition("：")[0]
            seen.add(title)
            if title == "最近日终":  # of a night's reasons there is no list: its page has them
                assert f"{line.number} 项原因" in line.title.zh
            elif title == "系统告警":  # nor of alerts
                page = Page(site.client_of(user), line.url)
                assert sum(row[0] in ("告警", "注意") for row in page.table(1)) == line.number
            else:
                assert rows_behind(access, line.url) == line.number, (role, line)
    assert seen == set(KINDS)


def test_lines_say_the_sum_the_age_and_what_is_most_urgent_first(place):
    page = Page(site.client_of(place.users["finance"]), "/console/today/")
    rows = {words(line.xpath(".//*[contains(@class, 'wait-title')]")[0]): line
            for line in page.tree.xpath("//li[@class='wait']")}  # fmt: skip
    assert words(rows["划付逾期或结果未知"]).startswith("已逾期 划付逾期或结果未知2¥20.01 ")
    badges = [words(row.xpath(".//*[contains(@class, 'badge')]")[0]) for row in rows.values()]
    assert badges == sorted(badges, key=["已逾期", "今日", "将到"].index)
    assert words(rows["密钥将到期，没有后继"].xpath(".//*[@class='wait-age']")[0]) == "还有 8 天"
    item = rows["超期差异"].xpath(".//*[@class='wait-age']/a/@href")
    assert item == [f"/console/differences/{place.own.more['item']}/"]  # the one that waits longest


def test_the_menu_has_the_numbers_of_its_lists(place):
    client = site.client_of(place.users["supervisor"])
    lines = lines_of(Page(client, "/console/today/"))
    polled = {"X-Yifen-Poll": "1", "HX-Request": "true"}
    fragment = client.get("/console/today/badges/", headers=polled).content.decode()
    assert client.get("/console/today/badges/").url == "/console/today/"
    told = dict(re.findall(r'id="waits_(\w+)" hx-swap-oob="true">([\d,]*)<', fragment))

    def sum_of(start: str) -> str:
        return str(sum(int(number) for _title, number, address in lines if address.startswith(start)))

    assert told["today"] == sum_of("/")
    for route, start in (("differences", "/console/differences/"), ("payouts", "/console/payouts/"),
                         ("journal", "/desk/journal/"), ("day_ends_run", "/console/day-ends/")):  # fmt: skip
        assert told[route] == sum_of(start) != "0"
    assert told["payables"] == ""
    assert "partners" not in told  # no entry of a supervisor's menu
    ids = Page(client, "/console/today/").tree.xpath("//nav//span[@class='nav-count']/@id")
    assert ids == [f"waits_{route}" for route in told]


def test_a_teller_is_told_at_his_desk(place):
    from yifen.core.directory.models import Institution

    desk = Page(site.client_of(place.own.more["second"]), "/desk/")
    assert [title for title, _number, _address in lines_of(desk)] == ["柜面流水结果未知", "我的班次营业中"]
    branch = Institution.objects.create(parent_id=place.own.county, level="branch", code="960109", name="静安")
    assert "没有待办" in Page(site.client_of(site.user("te-q", branch.pk, "teller")), "/desk/").text


def test_nothing_waiting_looks_like_it_and_says_what_comes_next(place):
    from yifen.core.partners.models import Partner

    bank = Partner.objects.get(code="BK01")
    client = site.client_of(site.user("quiet01", place.own.county, "biller_staff", partner=bank.pk))
    page = Page(client, "/console/today/")
    assert lines_of(page) == []
    assert "没有待办" in page.text
    assert page.facts() == {"11-23 23:00": "hub 账簿 2026-11-23 日切"} | dict.fromkeys(
        ("缴费", "冲正与退款", "统计", "结算", "划付"), "昨天 本月 上月")  # fmt: skip
    assert client.get("/home/").url == "/console/today/"


def test_a_month_is_two_clicks_away_as_a_file(place):
    """The period, the file; who exports nothing has no such line."""
    client = site.client_of(place.users["finance"])
    page = Page(client, "/console/today/")
    hrefs = page.tree.xpath("//a[starts-with(@aria-label, '缴费 ')]/@href")
    assert hrefs == [f"/console/payments/?since={since}&until={until}" for since, until in (
        ("2026-11-22", "2026-11-22"), ("2026-11-01", "2026-11-23"), ("2026-10-01", "2026-10-31"))]  # fmt: skip
    (form,) = page.go(hrefs[1]).tree.xpath("//form[contains(@action, '/payments/export/')]")
    asked = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    answer = client.post(form.get("action"), asked | {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]
    assert str(place.own.payment_id) in {line.split(",")[1] for line in lines}
    teller = Page(site.client_of(place.users["teller"]), "/console/today/")
    assert teller.tree.xpath("//*[@id='handy_title']") == []


def test_what_is_too_much_is_said_and_never_counted_on(place, monkeypatch):
    """More than a list counts, and a list that is not counted in time."""
    from yifen.core.access.edge import Access
    from yifen.face.lists.paging import TooMuch
    from yifen.face.today import waiting as today
    from yifen.trades.reconciliation.pages.waiting import WAITS

    access, now = Access(place.users["auditor"]), datetime.now(UTC)
    line = today.counted(WAITS[0], access, now)
    assert (line.number, line.fen, line.is_cut) == (2, 24_690, False)
    monkeypatch.setattr(today, "COUNT_MAX", 1)
    cut = today.counted(WAITS[0], access, now)
    assert (cut.number, cut.fen, cut.is_cut, cut.since, cut.url) == (1, None, True, None, line.url)

    def given_up(seconds: int) -> Any:
        raise TooMuch

    monkeypatch.setattr(today, "bounded", given_up)
    assert today.counted(WAITS[0], access, now) == line._replace(number=None, since=None, fen=None, first="")


def test_what_was_read_slowly_is_kept_longer():
    from yifen.face.kept import KeptReadings

    kept, now = KeptReadings[int](timedelta(seconds=8)), datetime(2026, 11, 24, 12, tzinfo=UTC)
    times = iter([now, now, now + timedelta(seconds=1)])
    assert kept.get("a", lambda: next(times, now), lambda began: 1) == 1  # it took a second
    assert kept.get("a", lambda: now + timedelta(seconds=19), lambda began: 2) == 1
    assert kept.get("a", lambda: now + timedelta(seconds=20), lambda began: 2) == 2
    assert kept.get("b", lambda: now, lambda began: 3) == 3
