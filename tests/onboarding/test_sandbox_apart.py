"""The sandbox stands in no real list; who works for the partner sees his own."""

import psycopg
import pytest

from tests.web import site
from tests.web.province import Province
from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code

LISTS = ("/console/payments/?since=2026-11-23&until=2026-11-23", "/console/agreements/", "/console/payees/",
         "/console/merchants/", "/console/settlements/", "/console/jobs/", "/console/jobs/files/")  # fmt: skip


@pytest.fixture(scope="module")
def trial(place: Province) -> str:
    """The own channel's twin, which paid a trial bill in the sandbox."""
    from django.db import transaction

    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.sandbox import TRIAL_ACCOUNTS, TRIAL_BILLER, make_twin

    with transaction.atomic():
        twin = make_twin(Partner.objects.get(pk=place.own.channel), DAY)
    Partner.objects.filter(book_id=twin.book_id).update(suspended=False)
    with psycopg.connect(place.database.app_url) as conn:
        world = World.__new__(World)  # without a book of its own
        world.conn, world.buckets, world.now = conn, place.database.buckets, NOON
        world.ids = {"T": twin.pk, "B": Partner.objects.get(code=TRIAL_BILLER).pk}
        paid = world.charge("TRIAL-1", {"TOPUP": 100}, channel="T", biller="B",
                            account_no=TRIAL_ACCOUNTS[0])  # fmt: skip
        assert paid.code is Code.OK
    return twin.code


def test_nothing_of_the_sandbox_stands_in_a_real_list(place: Province, trial: str):
    for role in ("finance", "institution_admin", "auditor"):
        client = site.client_of(place.users[role])
        for path in LISTS:
            answer = client.get(path)
            if answer.status_code == 200:
                text = answer.content.decode()
                assert (role, path, trial in text, "沙箱" in text) == (role, path, False, False)


def test_who_lets_partners_in_sees_the_sandbox_beside_the_real_one(place: Province, trial: str):
    text = site.client_of(place.users["platform_admin"]).get("/console/partners/").content.decode()
    assert trial in text
