"""Whose is what people decide about? What a proposal says of itself is the page's word: two people of another county,
with every right there, decide nothing of this one."""

import base64
from collections.abc import Iterator

import pytest

from tests.access.proposals import MAKERS, Made
from tests.access.test_past_the_pages import PROPOSE
from tests.access.test_second import SOON, decide, effect
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs

ABOUT = {act.name: act.about for plug in plugs() for act in plug.second}
# An opening is made by the owner's own connection, which sees nothing of this one's transaction.
BOUND = sorted(name for name, about in ABOUT.items() if about and name != "desk.open")


@pytest.fixture(params=BOUND)
def made(place: Province, request: pytest.FixtureRequest) -> Iterator[Made]:
    from django.db import transaction

    with transaction.atomic():
        yield MAKERS[request.param](place)
        transaction.set_rollback(True)


def test_nobody_of_another_county_proposes_it(place: Province, made: Made) -> None:
    from django.db import connection
    from psycopg.types.json import Jsonb

    from yifen.core.access import second
    from yifen.core.directory.models import Institution

    row, before = made.proposal, effect(made)
    elsewhere = Institution.objects.get(pk=place.foreign.county)
    maker = site.user(f"am{row.pk}", elsewhere.pk, *(r.role for r in row.maker.roles.all()), person=f"am{row.pk}")
    second.withdraw(site.access(row.maker), row.pk, SOON)
    given = (site.access(maker).session, row.action, row.subject_key, Jsonb(row.content), Jsonb([]), elsewhere.pk, None,
             SOON)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PROPOSE, given)
        assert cursor.fetchone() == (Code.PERMISSION_MISSING, None)
    assert effect(made) == before


def test_what_became_another_county_s_meanwhile_is_not_decided(place: Province) -> None:
    """A core of this code was nobody's when it was proposed; then the other county had it."""
    from django.db import transaction

    from tests.access.core_proposals import CODE, a_core
    from yifen.core.access import second
    from yifen.hub.corebank.port import key_context

    sealed = base64.b64encode(the_ring().seal(b"a secret of 20 bytes", key_context(CODE))).decode()
    content = {
        "code": CODE, "institution": place.foreign.county, "name": "别人的", "endpoint": "https://127.0.0.1:9",
        "sealed": sealed, "cash": "1001", "clearing": "1011000001", "sundry": "2243000001", "income": "60303002",
        "enabled": True}  # fmt: skip
    with transaction.atomic():
        checker = site.user("ia05", place.foreign.county, "institution_admin")
        made = second.propose(site.access(place.foreign.user), "corebank.bank", CODE, content, SOON)
        a_core(place)
        with pytest.raises(Refused) as refused:
            decide(Made(made, checker, "", ""), checker)
        made.refresh_from_db()
        assert (refused.value.code, made.granted) == (Code.PERMISSION_MISSING, None)
        transaction.set_rollback(True)
