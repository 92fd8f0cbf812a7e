"""渠道种类与限额: chosen when a channel is let in, ruled by two people, shown with what it did today (U5)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.onboarding.test_way_in import decided, register, row
from tests.web import site
from tests.web.province import Province
from tests.world import DAY
from yifen.core.facts.processes import WEB

KINDS = "/console/channels/kinds/"
RULE = {"payment_fen_max": "5,000", "day_fen_max": "20,000", "opens_at": "08:00", "closes_at": "20:00"}


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture
def second(place: Province) -> Any:
    from yifen.core.access.models import User

    return site.client_of(User.objects.get(login="checker96"))


@pytest.fixture
def county(place: Province) -> Any:
    return site.client_of(place.own.user)


@pytest.fixture
def wall(place: Province) -> Any:
    with psycopg.connect(place.database.url(WEB)) as conn:
        yield conn
        conn.rollback()


def ruled(place: Province, kind: str, **fields: Any) -> None:
    """By the owner."""
    columns = ", ".join(fields)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(f"INSERT INTO channel_kind_rule (book_id, kind, {columns}) VALUES (1, %s"
                     f"{', %s' * len(fields)})", [kind, *fields.values()])  # fmt: skip


def of_kind(place: Province, kind: str, **fields: Any) -> None:
    """The county's channel, by the owner."""
    sets = "".join(f", {name} = %s" for name in fields)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(f"UPDATE channel SET kind = %s{sets} WHERE partner_id = %s",
                     [kind, *fields.values(), place.own.channel])  # fmt: skip


def line(client: Any, title: str, path: str = KINDS, by: int = 0) -> list[str]:
    return next(cells for cells in Page(client, path).table() if cells[by] == title)


def test_the_kind_is_chosen_at_the_beginning_and_the_sandbox_has_it_too(place, admin):
    register(admin, place, code="PHONE", channel_kind="phonebank")
    assert (row("PHONE").channel.kind, row("PHONE-T").channel.kind) == ("phonebank", "phonebank")
    register(admin, place, code="ANY")
    assert row("ANY").channel.kind == "other"
    register(admin, place, code="OWN", kind="counter", channel_kind="atm")
    assert row("OWN").channel.kind == "counter"
    answer = register(admin, place, code="NONE1", channel_kind="pigeon")
    assert answer.status_code == 200
    page = Page(admin, "/console/partners/", channel_kind="phonebank")
    assert page.column("代码") == ["PHONE", "PHONE-T"]
    assert page.column("渠道种类") == ["电话银行", "电话银行"]


def test_fees_are_told_of_billers_in_scope_to_who_may_read_their_agreements(place, monkeypatch):
    from yifen.trades.onboarding.pages import kind_views

    told = [(place.own.biller, "近"), (place.foreign.biller, "远")]
    monkeypatch.setattr(kind_views.asking, "answers", lambda *_: told)
    finance, platform = (site.access(place.users[role]) for role in ("finance", "platform_admin"))
    assert finance.may("settlement.view")
    assert kind_views.fees(finance, DAY) == {place.own.biller: "近"}
    assert not platform.may("settlement.view")
    assert kind_views.fees(platform, DAY) == {}


def test_a_book_without_a_partner_in_scope_is_not_listed(place):
    from yifen.core.access.scope import NOTHING
    from yifen.trades.onboarding.pages import kind_views

    finance = site.access(place.users["finance"])
    with psycopg.connect(place.database.owner_url) as conn:
        (title,) = conn.execute("SELECT code || ' ' || name FROM ledger_book WHERE book_id = 1").fetchone() or ("",)
    assert [(number, name) for number, name, _day in kind_views.open_days(finance)] == [(1, title)]
    assert kind_views.open_days(SimpleNamespace(scope=NOTHING)) == []


def test_a_kind_whose_channels_are_others_does_not_look_as_if_there_were_none(place, county):
    give = ("INSERT INTO admission (channel_id, biller_id, clearing_id, active)"
            " SELECT %s, %s, clearing_id, true FROM admission LIMIT 1")
    with psycopg.connect(place.database.owner_url) as conn:
        before = line(county, "存折")[1]
        conn.execute("UPDATE channel SET kind = 'passbook' WHERE partner_id = %s", [place.foreign.channel])
        conn.execute(give, [place.foreign.channel, place.own.biller])
        conn.commit()
        seen = line(county, "存折")[1]
        conn.execute("UPDATE channel SET kind = 'other' WHERE partner_id = %s", [place.foreign.channel])
    assert (before, seen) == ("没有", "另有 1 条由别的机构管理、为本机构的单位代收")


def test_another_kind_of_a_live_channel_waits_for_another_person(place, admin, county):
    asked = {"name": row("WX02").name, "channel_kind": "kiosk", "payment_fen_max": "", "day_fen_max": ""}
    shown = admin.post("/console/partners/WX02/edit/", asked).url
    assert Page(admin, shown).table() == [["渠道种类", "其他", "自助终端"]]
    assert row("WX02").channel.kind == "other"
    decided(site.client_of(place.foreign.user), shown, "yes")
    assert row("WX02").channel.kind == "kiosk"


def test_a_rule_takes_two_people_of_the_top(place, admin, second, county, wall):
    from yifen.core.partners.models import ChannelKindRule

    shown = admin.post(f"{KINDS}1/phonebank/", RULE).url
    assert not ChannelKindRule.objects.filter(kind="phonebank").exists()
    assert Page(second, shown).table() == [
        ["单笔限额（元）", "—", "5,000.00"], ["当日限额（元）", "—", "20,000.00"], ["服务开始", "—", "08:00"],
        ["服务结束", "—", "20:00"],
    ]  # fmt: skip
    assert "已有待复核的提议" in Page(admin, f"{KINDS}1/phonebank/").text
    decided(second, shown, "yes")
    assert line(admin, "电话银行")[3:6] == ["5,000.00", "20,000.00", "08:00–20:00"]
    again = admin.post(f"{KINDS}1/phonebank/", RULE)
    assert "2111" in again.content.decode()  # nothing changes
    shown = admin.post(f"{KINDS}1/phonebank/", RULE | {"day_fen_max": ""}).url
    assert Page(second, shown).table() == [["当日限额（元）", "20,000.00", "—"]]
    decided(second, shown, "no")
    for client in (county, site.client_of(place.users["finance"])):
        assert client.get(f"{KINDS}1/phonebank/").status_code in (403, 404)
        assert client.post(f"{KINDS}1/phonebank/", RULE | {"day_fen_max": ""}).status_code in (403, 404)
    for statement in ("UPDATE channel_kind_rule SET day_fen_max = NULL", "DELETE FROM channel_kind_rule",
                      "INSERT INTO channel_kind_rule (book_id, kind) VALUES (1, 'atm')"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
            wall.execute(statement)


@pytest.mark.parametrize("wrong", [
    {"opens_at": "08:00", "closes_at": ""}, {"opens_at": "08:00", "closes_at": "08:00"}, {"payment_fen_max": "0"},
    {"payment_fen_max": "-1"}, {},
])  # fmt: skip
def test_a_rule_that_says_nothing_or_half_is_refused(place, admin, wrong):
    asked = {"payment_fen_max": "", "day_fen_max": "", "opens_at": "", "closes_at": ""} | wrong
    answer = admin.post(f"{KINDS}1/passbook/", asked)
    from yifen.core.access.second import open_proposal

    assert (answer.status_code, open_proposal("partners.kind_rule", "1 passbook")) == (200, None)
    assert admin.get(f"{KINDS}1/pigeon/").status_code == 404
    assert admin.get(f"{KINDS}900/atm/").status_code == 404


def test_a_kind_tells_its_channels_billers_fee_and_day_within_the_scope(place, admin, county):
    from yifen.trades.settlement.models import Agreement, AgreementTier

    of_kind(place, "webbank")
    ruled(place, "webbank", payment_fen_max=300_000)
    made = Agreement.objects.filter(biller=place.own.biller, valid_from__lte=DAY).order_by("-valid_from").first()
    made = made or Agreement.objects.create(biller_id=place.own.biller, valid_from=date(2026, 1, 1))
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("DELETE FROM agreement_tier WHERE agreement_id = %s", [made.pk])
        conn.execute("UPDATE agreement SET measure = 'amount' WHERE id = %s", [made.pk])
        conn.execute("INSERT INTO agreement_tier (agreement_id, from_measure, rate_ppm, each_fen)"
                     " VALUES (%s, 0, 3800, 0)", [made.pk])  # fmt: skip
    assert AgreementTier.objects.get(agreement=made).rate_ppm == 3800
    told = ["网上银行", "WX01 单位WX01", "1", "3,000.00", "—", "全天", "≥ 0.00: 0.38%", "1", "123.45"]
    assert line(admin, "网上银行")[:9] == [*told[:6], "—", *told[7:]]  # fees are not his to read
    assert line(admin, "网上银行")[9] == "修改"
    assert line(county, "网上银行") == [*told, ""]
    others = line(county, "其他")
    assert "WX02" not in others[1]
    assert Page(admin, KINDS).link("//main//a[text()='WX01']") == "/console/partners/WX01/"
    assert Page(admin, "/console/partners/WX01/").facts()["单笔限额（元）"] == "— · 种类规定 3,000.00"


def test_a_channel_outside_its_hours_or_near_its_limit_is_todays_work(place, admin, county):
    of_kind(place, "card", day_fen_max=15_431)  # 123.45 yuan taken: just under four fifths
    wx = "/console/channels/"
    assert Page(county, wx).table() == [
        ["WX01", "单位WX01", "银行卡、POS", "青溪县联社", "1", "—", "154.31", "123.45", "80%", "全天", "当日限额将用尽"]
    ]
    of_kind(place, "card", day_fen_max=15_432)
    assert Page(county, wx).column("状态") == ["服务中"]
    of_kind(place, "card", day_fen_max=15_431)
    assert Page(county, wx).column("状态") == ["当日限额将用尽"]
    assert "渠道当日限额将用尽" in Page(county, "/console/today/").text
    clock = datetime.now(UTC) + timedelta(hours=8)
    closed = {"opens_at": (clock + timedelta(hours=1)).time(), "closes_at": (clock + timedelta(hours=2)).time()}
    ruled(place, "card", **closed)
    assert Page(county, wx, state="closed").column("代码") == ["WX01"]
    assert Page(county, wx).column("服务时间") == [f"{closed['opens_at']:%H:%M}–{closed['closes_at']:%H:%M}"]
    assert "渠道不在服务时间" in Page(county, "/console/today/").text
