"""The pages of the POS door: what one person asks for and another decides, and who sees what."""

from datetime import UTC, datetime

import pytest

from tests.pos.proposals import MASTER, MERCHANT, TERMINAL, a_terminal, an_acquirer
from tests.web import site
from tests.web.conftest import place  # noqa: F401
from tests.web.province import Province

NEW = "20000009"


@pytest.fixture
def form(place: Province) -> dict[str, object]:  # noqa: F811
    from django.db import transaction

    with transaction.atomic():
        an_acquirer(place)
        a_terminal(place)
        yield {
            "terminal_no": NEW, "merchant_no": MERCHANT, "merchant_name": "象山区法院", "biller_id": place.own.biller,
            "channel_id": place.own.channel, "acquirer_code": "UMS", "algorithm": "des-ecb", "account_in": "62",
            "key": MASTER.hex(), "state": "in_use",
        }  # fmt: skip
        transaction.set_rollback(True)


def standing(number: str) -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT state, merchant_name FROM pos_terminal WHERE terminal_no = %s", [number])
        return cursor.fetchall()


def test_a_terminal_is_registered_by_two_people_and_its_key_is_shown_by_its_check_value(place: Province, form):  # noqa: F811
    from yifen.core.access import second
    from yifen.core.access.models import Authorisation

    made = site.client_of(place.own.user).post("/console/pos/terminals/new/", form)
    assert made.status_code == 302
    proposal = Authorisation.objects.get(action="pos.terminal", subject_key=NEW)
    assert MASTER.hex() not in str(proposal.content)
    page = site.client_of(place.users["platform_admin"]).get(made["Location"]).content.decode()
    assert MASTER.hex() not in page
    assert standing(NEW) == []
    second.decide(site.access(place.users["platform_admin"]), proposal.pk, seen=bytes(proposal.shown).hex(), yes=True,
                  now=datetime.now(UTC))  # fmt: skip
    assert standing(NEW) == [("in_use", "象山区法院")]


@pytest.mark.parametrize(("field", "value"), [
    ("terminal_no", "123"), ("merchant_no", "1"), ("key", "zz" * 16), ("key", "ab"), ("key", ""), ("channel_id", "0"),
    ("acquirer_code", "NONE"), ("account_in", "99"),
])  # fmt: skip
def test_what_cannot_be_is_said_on_the_form(place: Province, form, field, value):  # noqa: F811
    said = site.client_of(place.own.user).post("/console/pos/terminals/new/", form | {field: value})
    assert said.status_code == 200
    assert standing(NEW) == []


def test_another_countys_people_do_not_see_it(place: Province, form):  # noqa: F811
    client = site.client_of(place.foreign.user)
    assert client.get(f"/console/pos/terminals/one/{TERMINAL}/").status_code == 404
    assert TERMINAL not in client.get("/console/pos/terminals/").content.decode()
    assert TERMINAL in site.client_of(place.own.user).get("/console/pos/terminals/").content.decode()


@pytest.mark.parametrize("route", ["terminals", "sales", "batches", "exceptions", "acquirers", "terminals/new"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_shown(place: Province, form, route, language):  # noqa: F811
    client = site.client_of(place.own.user)
    client.cookies["django_language"] = language
    assert client.get(f"/console/pos/{route}/").status_code == 200


def test_a_court_reads_its_own_terminals_and_changes_none(place: Province, form):  # noqa: F811
    own = site.client_of(site.user("poscourt", place.own.county, "court_clerk", partner=place.own.biller))
    other = site.client_of(site.user("poscourt2", place.foreign.county, "court_clerk", partner=place.foreign.biller))
    assert [TERMINAL in one.get("/console/pos/terminals/").content.decode() for one in (own, other)] == [True, False]
    page = own.get(f"/console/pos/terminals/one/{TERMINAL}/")
    text = page.content.decode()
    assert ("UMS" in text, "propose" in text, 'name="key"' in text, text.count("WX02")) == (True, False, False, 0)
    assert other.get(f"/console/pos/terminals/one/{TERMINAL}/").status_code == 404
    codes = [own.get(f"/console/pos/{route}/").status_code
             for route in ("sales", "batches", "exceptions", "files", "acquirers")]  # fmt: skip
    assert codes == [200, 200, 200, 403, 403]
