"""The journals: the teller's own at the desk, the organisation's in the console."""

from typing import Any

from tests.desk.standing import Desk, text
from tests.web import site


def rows(answer: Any) -> int:
    assert answer.status_code == 200
    body = answer.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return body.count("<tr")


def test_4650_lists_the_tellers_own_entries_and_no_others(open_desk: Desk, place):
    entry = open_desk.paid()
    page = open_desk.get("4650")
    assert (rows(page), entry.serial in text(page)) == (1, True)
    assert f'href="/desk/entry/{entry.pk}/"' in page.content.decode()
    assert rows(Desk(place).get("4650")) == 0
    assert rows(open_desk.get("4650", text=entry.account_no)) == 1
    assert rows(open_desk.get("4650", text="nothing")) == 0


def test_4650_goes_on_by_key(open_desk: Desk):
    from yifen.trades.counter.pages.transactions import own_journal

    for _ in range(own_journal.PAGE + 2):
        open_desk.draft(tendered="500")
        open_desk.account_no = f"{open_desk.account_no}0"
        open_desk.owe(B1=10_000, B2=2_345)
    first = open_desk.get("4650").content.decode()
    assert first.count("badge-") == own_journal.PAGE
    older = first.partition('href="?text=&amp;before=')[2].partition('"')[0]
    assert rows(open_desk.get("4650", before=older)) == 2
    assert rows(open_desk.get("4650", before="x")) == own_journal.PAGE


def test_the_organisations_journal_has_its_outlets_alone(open_desk: Desk, place):
    entry = open_desk.paid()
    own = site.client_of(place.users["supervisor"])
    foreign = site.client_of(site.user(f"sj{open_desk.number}", place.foreign.county, "supervisor"))
    assert rows(own.get("/desk/journal/", {"text": entry.serial})) == 1
    assert rows(foreign.get("/desk/journal/", {"text": entry.serial})) == 0


def test_the_journal_is_filtered_by_everything_that_it_shows(open_desk: Desk, place):
    entry = open_desk.paid()
    client = site.client_of(place.users["supervisor"])
    day = str(entry.business_day)
    whole = {"text": str(entry.payment_id), "since": day, "until": day,
             "teller": open_desk.teller.login.upper(), "code": "4623", "state": "booked"}  # fmt: skip
    assert rows(client.get("/desk/journal/", whole)) == 1
    for change in ({"text": "1"}, {"since": "2020-01-01", "until": "2020-01-01"}, {"teller": "nobody"},
                   {"code": "4613"}, {"state": "draft"}):  # fmt: skip
        assert rows(client.get("/desk/journal/", whole | change)) == 0


def test_nonsense_in_the_address_is_said_on_the_field(open_desk: Desk, place):
    client = site.client_of(place.users["supervisor"])
    for query in ({"since": "x"}, {"code": "<b>"}, {"state": "x"}, {"since": "2026-11-24", "until": "2026-11-23"}):
        answer = client.get("/desk/journal/", query)
        assert answer.status_code == 200
        assert "field-errors" in answer.content.decode()
    for query in ({"before": "-1"}, {"after": "x"}, {"text": "1\x00"}):
        assert client.get("/desk/journal/", query).status_code == 200


def test_the_account_number_is_whole_for_who_checks_and_masked_for_the_rest(open_desk: Desk, place):
    entry = open_desk.paid()
    for role, is_whole in (("supervisor", True), ("finance", True), ("institution_admin", False)):
        client = site.client_of(place.users[role])
        page = text(client.get("/desk/journal/", {"text": entry.serial}))
        assert (open_desk.account_no in page) is is_whole


def test_each_goes_on_to_what_he_may_see(open_desk: Desk, place):
    entry = open_desk.paid()
    query = {"text": entry.serial}
    teller = open_desk.client.get("/desk/journal/", query).content.decode()
    assert f'href="/desk/entry/{entry.pk}/"' in teller
    assert f"/console/payments/{entry.payment_id}/" not in teller
    finance = site.client_of(place.users["finance"]).get("/desk/journal/", query).content.decode()
    assert f"/console/payments/{entry.payment_id}/" in finance
    assert f'href="/desk/entry/{entry.pk}/"' not in finance
