"""A visit is done once, by who was sent, with pictures and the place; nobody else sees or touches it."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from tests.console.pages import Page
from tests.visits.people import JPEG, PNG, asked, goer, kept, photo, rows
from tests.web import site
from tests.web.province import Province


@pytest.fixture(scope="module")
def walker(place: Province) -> Any:
    return goer(place, "goer1")


def sent(who: Any, visit: int, **fields: Any) -> Any:
    return site.client_of(who).post(f"/console/visits/{visit}/do/", {"finding": "ok", "sure": "on"} | fields)


def test_what_was_found_is_kept_with_pictures_place_and_time(place: Province, walker: Any) -> None:
    visit = asked(place, "cut", walker)
    answer = sent(walker, visit, note="关阀并铅封", photo1=photo(), photo3=photo(PNG, "x.gif"), latitude="37.4567894",
                  longitude="121.1", accuracy="12.6")  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, "/console/visits/mine/")
    assert kept(place, visit) == ("goer1", "ok", "关阀并铅封", Decimal("37.456789"), Decimal("121.100000"), 13)
    assert rows(place, "SELECT photo_no, kind, sha256, bytes, position(%s IN body) FROM visit_photo"
                       " WHERE visit_id = %s ORDER BY 1", b"picture", visit) == [
        (1, "image/jpeg", sha256(JPEG).digest(), len(JPEG), 0), (2, "image/png", sha256(PNG).digest(), len(PNG), 0),
    ]  # fmt: skip
    office = site.client_of(place.users["finance"])
    page = office.get(f"/console/visits/{visit}/").content.decode()
    assert "已停供" in page
    assert "37.456789, 121.100000 (±13 m)" in page
    assert sha256(PNG).hexdigest() in page
    answer = office.get(f"/console/visits/{visit}/photo/2/")
    assert (answer.content, answer["Content-Type"], answer["Cache-Control"]) == (PNG, "image/png", "no-store")


def test_he_is_asked_whether_he_is_sure_and_told_what_the_office_will_miss(place: Province, walker: Any) -> None:
    visit = asked(place, "cut", walker)
    answer = sent(walker, visit, sure="", photo1=photo())
    assert (answer.status_code, kept(place, visit)) == (200, (None, None, "", None, None, None))
    client, said = site.client_of(walker), []
    for fields in ({}, {"latitude": "37", "longitude": "121"}, {"photo1": photo()}):
        one = asked(place, "cut", walker)
        text = client.post(f"/console/visits/{one}/do/", {"finding": "no_access", "sure": "on"} | fields,
                           follow=True).content.decode()  # fmt: skip
        said.append(next(words for words in ("没有照片，也没有位置", "没有照片", "没有位置") if words in text))
    assert said == ["没有照片，也没有位置", "没有照片", "没有位置"]
    office = site.client_of(place.users["finance"])
    listed = office.get("/console/visits/?state=open&finding=no_access&proof=none").content.decode()
    assert "都没有" in listed  # what is done is asked for: "not done" gives way


def test_without_a_script_there_is_no_place(place: Province, walker: Any) -> None:
    visit = asked(place, who=walker)
    assert sent(walker, visit, finding="warm").status_code == 302
    assert kept(place, visit) == ("goer1", "warm", "", None, None, None)


def test_done_once_and_never_changed(place: Province, walker: Any) -> None:
    visit = asked(place, who=walker)
    assert sent(walker, visit, finding="cold").status_code == 302
    assert sent(walker, visit, finding="cold", photo1=photo()).status_code == 302  # sent twice by a bad line
    answer = site.client_of(walker).post(f"/console/visits/{visit}/do/", {"finding": "warm", "sure": "on"}, follow=True)
    assert "8740" in answer.content.decode()
    assert kept(place, visit) == ("goer1", "cold", "", None, None, None)
    assert rows(place, "SELECT count(*) FROM visit_photo WHERE visit_id = %s", visit) == [(0,)]


def test_one_that_was_dropped_is_not_done(place: Province, walker: Any) -> None:
    visit = asked(place, who=walker, ref="gone")
    rows(place, "SELECT visits_drop_v1('arrears', 'gone', 'check', now())")
    answer = site.client_of(walker).post(f"/console/visits/{visit}/do/", {"finding": "ok", "sure": "on"}, follow=True)
    assert "8740" in answer.content.decode()
    assert "该外勤已撤销：原因已不存在" in answer.content.decode()
    assert kept(place, visit) == (None, None, "", None, None, None)


@pytest.mark.parametrize(("fields", "said"), [
    ({"finding": "warm"}, "8747"),
    ({"finding": ""}, "8747"),
    ({"photo1": photo(b"GIF89a" + b"x" * 9)}, "8748"),
    ({"photo2": photo(JPEG + b"x" * (4 << 20))}, "8749"),
    ({"latitude": "91", "longitude": "1"}, "8750"),
    ({"latitude": "NaN", "longitude": "1"}, "8750"),
    ({"latitude": "37"}, "8750"),
    ({"note": "长" * 201}, "200"),
])  # fmt: skip
def test_what_is_wrong_has_a_number_and_nothing_is_kept(
    place: Province, walker: Any, fields: dict[str, Any], said: str
) -> None:
    visit = asked(place, "cut", walker)
    answer = sent(walker, visit, **fields)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert kept(place, visit) == (None, None, "", None, None, None)


def test_whoever_was_not_sent_sees_and_does_nothing(place: Province, walker: Any) -> None:
    visit = asked(place, who=walker)
    another, far = goer(place, "goer2"), goer(place, "goer3", place.foreign)
    for who in (another, far):
        client = site.client_of(who)
        assert client.get(f"/console/visits/{visit}/do/").status_code == 404
        assert client.post(f"/console/visits/{visit}/do/", {"finding": "ok"}).status_code == 404
        assert "看表" not in client.get("/console/visits/mine/?all=1").content.decode()
    assert kept(place, visit) == (None, None, "", None, None, None)


def test_one_who_left_the_company_has_nothing_of_it(place: Province) -> None:
    """It was given to him while he worked there."""
    far = goer(place, "goer4", place.foreign)
    visit = asked(place, who=far)
    client = site.client_of(far)
    assert client.get(f"/console/visits/{visit}/do/").status_code == 404
    assert "看表" not in client.get("/console/visits/mine/?all=1").content.decode()


def test_a_picture_is_its_takers_and_the_offices(place: Province, walker: Any) -> None:
    visit = asked(place, who=walker)
    sent(walker, visit, photo1=photo())
    address = f"/console/visits/{visit}/photo/1/"
    far = site.user("far1", place.foreign.county, "finance")
    statuses = {who: site.client_of(user).get(address).status_code for who, user in {
        "taker": walker, "office": place.users["finance"], "another": goer(place, "goer5"), "far": far,
        "teller": place.own.teller}.items()}  # fmt: skip
    assert statuses == {"taker": 200, "office": 200, "another": 404, "far": 404, "teller": 404}
    assert site.client_of(walker).get(f"/console/visits/{visit}/photo/2/").status_code == 404
    assert site.browser().get(address).status_code == 302


def test_more_than_fit_is_told(place: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    from yifen.trades.visits.pages import field_views

    busy = goer(place, "goer6")
    first = asked(place, "collect", busy, due=date(2026, 1, 5))
    for _ in range(2):
        asked(place, "inspect", busy, due=date(2026, 1, 6))
    monkeypatch.setattr(field_views, "MOST", 1)
    page = site.client_of(busy).get("/console/visits/mine/").content.decode()
    assert page.count("visit-line") == 1
    assert f"/visits/{first}/do/" in page
    assert "另有 2 件期限更晚的未列出" in page


def test_his_visits_come_as_he_walks(place: Province, walker: Any) -> None:
    late, today = asked(place, "collect", walker, due=date(2026, 1, 5)), asked(place, "inspect", walker)
    client = site.client_of(walker)
    due = client.get("/console/visits/mine/").content.decode()
    assert f"/visits/{late}/do/" in due
    assert f"/visits/{today}/do/" not in due
    assert "01-05" in due
    every = client.get("/console/visits/mine/?all=1").content.decode()
    assert f"/visits/{today}/do/" in every
    assert "云川小区 B5 A1" in every
    page = client.get(f"/console/visits/{today}/do/")
    assert page["Permissions-Policy"] == "camera=(), geolocation=(self), microphone=()"
    text = page.content.decode()
    assert "**小明" in text
    assert ">******0001<" in text
    assert f">D88{place.own.biller_code[-2:]}000001<" in text
    assert "上官" not in text


def test_a_refusal_leads_to_where_he_works_and_today_is_the_calendars(place: Province, walker: Any) -> None:
    from django.utils.timezone import localdate

    from yifen.core.access.edge import now

    client, today = site.client_of(walker), localdate(now())
    refused = client.get("/console/partners/")
    assert (refused.status_code, 'href="/home/"' in refused.content.decode()) == (403, True)
    assert client.get("/home/")["Location"] == "/console/visits/mine/"
    office = Page(site.client_of(place.users["finance"]), "/console/visits/")
    assert office.column("照片、位置") == ["—"] * len(office.column("编号"))  # nobody was there yet
    (link,) = office.tree.xpath("//a[normalize-space()='今天']/@href")
    assert f"since={today}&until={today}" in link
