"""Visits are asked for by hand, given to people, given up: by who may, for customers and people of the company."""

from datetime import date
from typing import Any

import pytest

from tests.visits.people import asked, goer, rows
from tests.web import site
from tests.web.province import Province


@pytest.fixture(scope="module")
def office(place: Province) -> Any:
    return site.client_of(place.users["finance"])


@pytest.fixture(scope="module")
def walker(place: Province) -> Any:
    return goer(place, "giver1")


def account(place: Province) -> str:
    ((found,),) = rows(place, "SELECT account_no FROM billing_customer WHERE customer_id = %s",
                       place.own.more["customer"])  # fmt: skip
    return str(found)


def whose(place: Province, visit: int) -> Any:
    return rows(place, "SELECT assignee_id FROM visit WHERE visit_id = %s", visit)[0][0]


def test_a_clerk_asks_by_hand_and_says_who_goes(place: Province, office: Any, walker: Any) -> None:
    form = {"biller": place.own.biller, "account_no": account(place), "kind": "inspect", "why": "核对散热器",
            "due_on": "2099-01-31", "goer": walker.pk}  # fmt: skip
    answer = office.post("/console/visits/new/", form)
    assert answer.status_code == 302
    newest = "SELECT kind, asked_trade, why, due_on, assignee_id FROM visit ORDER BY visit_id DESC LIMIT 1"
    assert rows(place, newest) == [("inspect", "visits", "核对散热器", date(2099, 1, 31), walker.pk)]
    assert "8742" in office.post("/console/visits/new/", form).content.decode()


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("due_on", "2020-01-01", "8745"),
    ("account_no", "999", "8751"),
    ("why", "", "必填"),
    ("kind", "cut", "cut"),
    ("goer", "1", "1"),
])  # fmt: skip
def test_what_is_wrong_with_it_is_told(place: Province, office: Any, field: str, typed: str, said: str) -> None:
    before = rows(place, "SELECT count(*) FROM visit")
    form = {"biller": place.own.biller, "account_no": account(place), "kind": "collect", "why": "收费",
            "due_on": "2099-01-31"} | {field: typed}  # fmt: skip
    answer = office.post("/console/visits/new/", form)
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert rows(place, "SELECT count(*) FROM visit") == before


def test_one_is_given_taken_and_given_anew(place: Province, office: Any, walker: Any) -> None:
    visit = asked(place)
    address = f"/console/visits/{visit}/assign/"
    for who, kept in ((walker.pk, walker.pk), ("", None), (walker.pk, walker.pk)):
        assert office.post(address, {"goer": who}).status_code == 302
        assert whose(place, visit) == kept
    far = goer(place, "giver2", place.foreign)
    office.post(address, {"goer": far.pk})
    assert whose(place, visit) == walker.pk
    entries = rows(place, "SELECT count(*) FROM audit_draft WHERE subject = 'visit' AND subject_key = %s", str(visit))
    found = rows(place, "SELECT count(*) FROM audit_entry WHERE subject = 'visit' AND subject_key = %s", str(visit))
    assert entries[0][0] + found[0][0] >= 3


def test_a_house_or_a_community_is_given_at_once(place: Province, office: Any, walker: Any) -> None:
    other = goer(place, "giver3")
    first, second = asked(place, "collect"), asked(place, "restore", other)
    door = place.own.more["door"]
    ((house, top),) = rows(place, "SELECT h.place_id, h.parent_id FROM billing_place d JOIN billing_place u ON"
                                  " u.place_id = d.parent_id JOIN billing_place h ON h.place_id = u.parent_id"
                                  " WHERE d.place_id = %s", door)  # fmt: skip
    page = office.get("/console/visits/assign/").content.decode()
    assert f'value="{house}"' in page
    assert f'value="{top}"' in page


    def give(where: int, which: str) -> Any:
        return office.post("/console/visits/assign/", {"place": where, "goer": walker.pk, "which": which})

    assert give(house, "untaken").status_code == 302
    assert (whose(place, first), whose(place, second)) == (walker.pk, other.pk)
    assert "8752" in give(house, "untaken").content.decode()
    assert give(top, "all").status_code == 302
    assert whose(place, second) == walker.pk
    assert give(place.foreign.more["door"], "all").status_code == 200
    assert whose(place, place.foreign.more["visit"]) is None


def test_only_what_a_clerk_asked_for_is_given_up(place: Province, office: Any) -> None:
    theirs, own = asked(place, "check"), place.own.more["visit"]
    office.post(f"/console/visits/{theirs}/give-up/")
    assert rows(place, "SELECT dropped_at FROM visit WHERE visit_id = %s", theirs) == [(None,)]
    office.post(f"/console/visits/{own}/give-up/")
    assert rows(place, "SELECT dropped_at IS NOT NULL FROM visit WHERE visit_id = %s", own) == [(True,)]
    answer = office.post(f"/console/visits/{own}/assign/", {"goer": ""}, follow=True)
    assert "8740" in answer.content.decode()


def test_the_list_shows_states_and_only_ones_own(place: Province, office: Any) -> None:
    page = office.get("/console/visits/?state=untaken").content.decode()
    assert f"/console/visits/{place.foreign.more['visit']}/" not in page
    far = site.client_of(site.user("far9", place.foreign.county, "finance"))
    page = far.get("/console/visits/").content.decode()
    assert f"/console/visits/{place.foreign.more['visit']}/" in page
    assert page.count('data-label="事项"') == 1


def test_what_waits_is_told_to_who_can_do_something(place: Province, walker: Any) -> None:
    asked(place, "restore", walker, due=date(2026, 1, 1))
    asked(place, "cut")
    client = site.client_of(walker)
    assert client.get("/home/")["Location"] == "/console/visits/mine/"
    today = client.get("/console/today/").content.decode()
    assert 'class="wait-title" href="/console/visits/mine/"' in today
    assert "外勤待派" not in today
    today = site.client_of(place.users["finance"]).get("/console/today/").content.decode()
    assert "外勤待派" in today
    assert "外勤已过期限" in today
