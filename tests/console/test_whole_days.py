"""Whether a day is whole is decided in one place: every page and the command say the same of the same day."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import NewDatabase
from tests.console.pages import Page
from tests.endofday.network import DAY, Network
from tests.endofday.test_schedule import command
from tests.reconciliation.day import Day
from tests.web import site
from yifen.hub.gaps import gaps


class Case(NamedTuple):
    """What befell the day; `said`: its badge; `lacks`: of whom the pages say what."""

    name: str
    act: Callable[[Network], None]
    said: str
    lacks: dict[str, str]


def sql(statement: str, code: str) -> Callable[[Network], None]:
    return lambda network: network.world.set_up(statement, network.world.ids[code])


def missing(network: Network) -> None:
    (network.inbox / "WX" / "WX.txt").unlink()


def parked(network: Network) -> None:
    network.send_lines(network.faulty())


def differs(network: Network) -> None:
    network.world.set_up("INSERT INTO recon_policy (profile_id, difference_class, action, automatic)"
                         " SELECT partner_id, 'amount', 'ask', false FROM recon_profile")  # fmt: skip
    network.world.set_up("UPDATE recon_profile SET whole = true")
    network.send_lines([network.lines[0]._replace(fen=10_123), *network.lines[1:]])


def told_all(network: Network) -> None:
    """A biller hosted here has rules, and sends a file without a line: it is told of each of ours."""
    Day.describe(network, "HEAT", party="biller", truth="ours")  # type: ignore[arg-type]
    network.send("HEAT", b"")


SHUT = ("UPDATE ledger_account SET closed = true WHERE account_id ="
        " (SELECT transit_id FROM biller WHERE partner_id = %s)")  # fmt: skip
CASES = [
    Case("whole", lambda network: None, "一分不差", {}),
    Case("missing", missing, "未证实", {"WX": "缺文件", "HEAT": "未结算", "WATER": "未结算"}),
    Case("not awaited", sql("DELETE FROM recon_profile WHERE partner_id = %s", "POS"), "未证实", {"POS": "无对账方式"}),
    Case("parked", parked, "有差额 108.36", {"WX": "有挂账"}),
    Case("told", told_all, "有差额 300.06", {"HEAT": "待对方调整"}),
    Case("open", differs, "有差额 1.23", {"WX": "有差异", "HEAT": "未结算"}),
    Case("settlement refused", sql(SHUT, "HEAT"), "未证实", {"HEAT": "未结算"}),
]


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def told(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[tuple[Network, Case]]:
    network, case = Network(new_database(buckets=2), tmp_path / "inbox"), request.param
    network.cut()
    network.send_lines(network.lines)
    network.send_ours("POS")
    case.act(network)
    with site.on(network.database):
        yield network, case
    network.close()


def test_every_page_and_the_command_say_the_same_of_a_day(told):
    network, case = told
    auditor = site.client_of(site.user("auditor", network.world.institution, "auditor"))
    day_page = f"/console/reconciliations/day/?day={DAY}"
    assert "一分不差" not in Page(auditor, day_page).text  # it is cut, and no more
    open_day = Page(auditor, f"/console/reconciliations/day/?day={DAY + timedelta(days=1)}").text
    assert "未证实 1 项原因2026-11-24 日终尚未关闭" in open_day
    done = command(network, "--json")
    whole = case.said == "一分不差"
    assert case.said in done.stdout
    lacks = json.loads(done.stdout.splitlines()[-1])["gaps"]
    assert {gap["partner"] for gap in lacks} == set(case.lacks)
    assert lacks == json.loads(json.dumps([
        {"partner_id": gap.partner_id, "partner": gap.partner, "reason": gap.reason, "count": gap.count,
         "fen": gap.fen, "days": [str(day) for day in gap.days], "zh": gap.zh, "en": gap.en}
        for gap in gaps(network.conn, 1, DAY)
    ]))  # fmt: skip
    assert Page(auditor, "/console/day-ends/").column("差额") == [case.said]
    lines = {gap.text("zh") for gap in gaps(network.conn, 1, DAY)}
    for address in (f"/console/day-ends/1/{DAY}/", day_page):
        page = Page(auditor, address)
        spans = page.tree.xpath("//main//span[contains(@class, 'badge')]")
        badges = {badge.text: badge.get("class") for badge in spans}
        assert badges[case.said] == f"badge badge-{'ok' if whole else 'waiting'}"
        assert ("一分不差" in badges) == whole
        assert {line.text for line in page.tree.xpath("//main//li[contains(@class, 'text-waiting')]")} == lines
    legs = [(row[0].split()[0], row[1]) for place in range(3) for row in Page(auditor, day_page).table(place)
            if len(row) > 2]  # fmt: skip
    if case.name == "missing":  # its file, but not what we have of it
        (row,) = [row for row in Page(auditor, day_page).table(0) if row[0].startswith("WX")]
        assert row[2:6] == ["6", "600.15", "—", "—"]
    assert {code: said for code, said in legs if said not in ("已对平", "不对账", "未对账")} == case.lacks
    runs = Page(auditor, "/console/reconciliations/")
    titles, rows = runs.column("合作方"), runs.column("结果")
    said = {code.split()[0]: result for code, result in zip(titles, rows, strict=True)}
    assert {code: result for code, result in said.items() if result != "已对平"} == {
        code: result for code, result in case.lacks.items()
        if result in ("有差异", "有挂账", "待对方调整")}  # fmt: skip
    home = Page(auditor, "/console/today/").text
    assert ("最近日终：" in home) != whole
