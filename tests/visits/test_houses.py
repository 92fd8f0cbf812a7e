"""A house door by door, one door, the wall: what each shows, and to whom."""

import re
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.billing.town import Town
from tests.visits.house import billed, built
from tests.visits.people import asked, goer, rows
from tests.web import site
from tests.web.province import Province

DRAWN = re.compile(r'"door-name">([^<]+)</span>.*?"visually-hidden">([^<]*)<')


@pytest.fixture(scope="module")
def walker(place: Province) -> Any:
    return goer(place, "looker1")


@pytest.fixture(scope="module")
def doors(place: Province) -> dict[str, int]:
    return built(place)


def house_of(place: Province) -> int:
    ((unit,),) = rows(place, "SELECT parent_id FROM billing_place WHERE place_id = %s", place.own.more["door"])
    return int(unit)


def test_each_door_has_its_signs(place: Province, walker: Any, doors: dict[str, int]) -> None:
    page = site.client_of(walker).get(f"/console/places/{house_of(place)}/").content.decode()
    assert dict(DRAWN.findall(page)) == {
        "401": "逾期", "402": "未用、已停, 已缴清", "501": "有欠费，未逾期", "502": "已缴清, 有外勤待办",
        "601": "无在用的用户"}  # fmt: skip
    floors = [page.index(f"{floor} 层") for floor in (6, 5, 4)]
    assert floors == sorted(floors)


def test_a_community_leads_to_its_houses(place: Province, walker: Any) -> None:
    client = site.client_of(walker)
    page = client.get("/console/places/?q=云川").content.decode()
    tops = dict(rows(place, "SELECT biller_id, place_id FROM billing_place WHERE level = 1"))
    top, far = tops[place.own.biller], tops[place.foreign.biller]
    assert f'href="/console/places/{top}/"' in page
    assert f'href="/console/places/{far}/"' not in page
    ((house,),) = rows(place, "SELECT place_id FROM billing_place WHERE parent_id = %s", top)
    assert f'href="/console/places/{house}/"' in client.get(f"/console/places/{top}/").content.decode()
    assert "没有这样的小区" in client.get("/console/places/?q=没有").content.decode()
    assert client.get(f"/console/places/{far}/").status_code == 404
    assert client.get(f"/console/places/{place.foreign.more['door']}/door/").status_code == 404


def test_who_is_a_customer_of_the_community_itself_is_found_there(place: Province, walker: Any) -> None:
    client = site.client_of(walker)
    top = dict(rows(place, "SELECT biller_id, place_id FROM billing_place WHERE level = 1"))[place.own.biller]
    door = f'href="/console/places/{top}/door/"'
    assert door not in client.get(f"/console/places/{top}/").content.decode()
    rows(place, "INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)"
                " VALUES (0, 9999000, %s, 'PUMP9999', %s, '2026-01-01') RETURNING 1",
         place.own.biller, top)  # fmt: skip
    assert door in client.get(f"/console/places/{top}/").content.decode()
    own_staff = site.client_of(place.users["biller_staff"]).get(f"/console/places/{top}/door/").content.decode()
    assert "PUMP9999" in own_staff  # whole for the company's own


def test_the_wall_is_shown_without_rates_that_take_too_long(place: Province, monkeypatch: Any) -> None:
    from yifen.trades.visits import wall

    slow = wall._SQL | {"wall_rates": "SELECT pg_sleep(9)"}
    monkeypatch.setattr(wall, "_SQL", slow)
    monkeypatch.setattr(wall, "SECONDS_MAX", 1)
    assert wall.rates_of(site.access(place.users["finance"]).scope) is None
    monkeypatch.setattr(wall, "_kept", wall.KeptReadings(wall.KEPT))
    monkeypatch.setattr(wall, "_rates", wall.KeptReadings(wall.RATES_KEPT))
    page = site.client_of(place.users["institution_admin"]).get("/console/wall/").content.decode()
    assert ("账单过多，收缴率暂时读不出来" in page, "今日实收" in page) == (True, True)


def test_behind_a_door_are_sums_visits_and_ways_on(place: Province, walker: Any, doors: dict[str, int]) -> None:
    page = site.client_of(walker).get(f"/console/places/{doors['401']}/door/").content.decode()
    assert "123<" in page
    assert ".45<" in page
    assert "2026-01-01 到期" in page
    assert "收费</a>" not in page
    assert "发起外勤" not in page
    asked_of_him = asked(place, "restore", walker)
    page = site.client_of(walker).get(f"/console/places/{doors['502']}/door/").content.decode()
    assert f'href="/console/visits/{asked_of_him}/do/"' in page
    county_teller = site.client_of(site.user("te09", place.own.county, "teller"))
    teller = county_teller.get(f"/console/places/{doors['401']}/door/").content.decode()
    assert f"/desk/4600/?biller={place.own.biller_code}&amp;account_no=HOUSE401" in teller
    office = site.client_of(place.users["finance"]).get(f"/console/places/{doors['401']}/door/").content.decode()
    assert f"/console/visits/new/?biller={place.own.biller}&amp;account_no=HOUSE401" in office
    assert "没有在用的用户" in site.client_of(walker).get(f"/console/places/{doors['601']}/door/").content.decode()


def test_a_branchs_teller_sees_houses_of_companies_of_the_institutions_above_but_the_root(
    place: Province, doors: dict[str, int]
) -> None:
    address = f"/console/places/{doors['401']}/door/"
    branch = site.client_of(site.user("te10", place.own.branch, "teller"))
    assert f"/desk/4600/?biller={place.own.biller_code}" in branch.get(address).content.decode()
    (community,) = rows(place, "WITH RECURSIVE up AS (SELECT * FROM billing_place WHERE place_id = %s UNION ALL"
                               " SELECT p.* FROM billing_place p JOIN up ON p.place_id = up.parent_id)"
                               " SELECT name FROM up WHERE level = 1", doors["401"])[0]  # fmt: skip
    assert str(community) in branch.get("/console/places/").content.decode()
    assert site.client_of(place.foreign.teller).get(address).status_code == 404  # of another county
    assert site.client_of(site.user("su10", place.own.branch, "supervisor")).get(address).status_code == 404
    union = "UPDATE partner SET institution_id = (SELECT parent_id FROM institution WHERE id = %s) WHERE id = %s"
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(union, (place.own.county, place.own.biller))
    try:
        assert branch.get(address).status_code == 404  # the company is the root's now
    finally:
        with psycopg.connect(place.database.owner_url) as conn:
            conn.execute("UPDATE partner SET institution_id = %s WHERE id = %s",
                         (place.own.county, place.own.biller))  # fmt: skip


def test_the_wall_has_sums_and_nobodys_name(place: Province, walker: Any) -> None:
    asked(place, "cut", due=date(2026, 1, 1))
    screen = site.client_of(site.user("wall1", place.own.county, "wall", partner=place.own.biller))
    answer = screen.get("/console/wall/")
    page = answer.content.decode()
    assert '<meta http-equiv="refresh" content="30">' in page
    assert 'data-theme="dark"' in page
    assert "今日实收" in page
    assert "123.45" in page
    assert "▲ 1" in page
    for word in ("上官", "小明", place.own.account_no, "看表", "用户wall1"):
        assert word not in page
    ((company,),) = rows(place, "SELECT name FROM partner WHERE id = %s", place.own.biller)
    assert re.findall(r'<h1 class="wall-title">\s*(.*?)\s*</h1>', page) == [company]
    assert screen.get("/console/visits/").status_code == 403
    assert site.client_of(walker).get("/console/wall/").status_code == 403


def test_the_rate_is_what_is_paid_of_the_newest_period(place: Province) -> None:
    """10.00 asked for, 4.00 of it from a balance, 1.50 paid: 55 %; the period before counts no more."""
    from yifen.core.access.edge import now
    from yifen.trades.visits import wall

    billed(place, 9, 600, 0, 1)
    billed(place, 10, 600, 150, 400)
    scope = site.access(place.users["finance"]).scope
    assert wall.gather(scope, now()).rates is None  # they are read apart
    ((rate,),) = [wall.wall(scope, now).rates or ()]
    assert (rate.asked_fen, rate.paid_fen, rate.bp, rate.percent) == (1_000, 550, 5_500, "55.0")
    assert (rate.from_on, rate.to_on) == (date(2026, 10, 1), date(2026, 10, 28))


def test_a_service_that_is_stopped_is_not_in_use(town: Town) -> None:
    """By its share of the fee, as heating's stop leaves it in billing; by its days."""
    service = town.service(town.customer("A1"), town.fee(), to_on=date(2026, 12, 31))
    town.world.set_up("INSERT INTO billing_share_row (bucket, service_id, from_on, to_on, share, why, proposal,"
                      " made_at) VALUES (0, %s, '2026-11-15', '2026-11-30', 0.2, '停', 1, now())", service)  # fmt: skip
    asked = "SELECT visits_in_use_v1(s, %s) FROM billing_service s WHERE service_id = %s"
    found = [town.world.made(asked, date(*day), service) for day in (
        (2024, 12, 31), (2025, 1, 1), (2026, 11, 14), (2026, 11, 15), (2026, 11, 30), (2026, 12, 1), (2027, 1, 1))]
    assert found == [False, True, True, False, False, True, False]
