"""A proposal's page as its readers see it: whom it waits for, and every word in their language."""

import re

import pytest

from tests.access.proposals import MAKERS
from tests.console.pages import Page
from tests.web import site

BOTH = re.compile(r"[一-鿿] ?\([a-z ]+\)")


def waits_for(client, proposal) -> str:
    return "".join(Page(client, f"/console/proposals/{proposal.pk}/").facts()["等谁复核"].split())


def test_it_says_which_roles_and_whom_in_reach_it_waits_for(place):
    """The maker under another login is nobody else, and people out of reach are not named."""
    proposal = MAKERS["users.roles"](place).proposal
    maker = site.client_of(place.own.user)
    roles, elsewhere = "平台管理员/机构管理员", "您管辖范围以外也有人可以复核"
    assert waits_for(maker, proposal) == f"{roles}{elsewhere}"
    site.user("ia01-other", place.own.county, "institution_admin", person=place.own.user.person)
    site.user("ia01-second", place.own.county, "institution_admin")
    site.user("ia02-second", place.foreign.county, "institution_admin")
    assert waits_for(maker, proposal) == f"{roles}用户ia01-secondia01-second{elsewhere}"
    above = place.users["platform_admin"]
    assert waits_for(site.client_of(above), proposal) == (
        f"{roles}用户checker96checker96用户ia01-secondia01-second{above.name}{above.login}"
    )


def test_many_are_counted_and_a_decided_one_waits_for_nobody(place):
    from yifen.core.access import second

    made = MAKERS["users.roles"](place)
    for number in range(10):
        site.user(f"ia01-{number}", place.own.county, "institution_admin")
    shown = waits_for(site.client_of(place.own.user), made.proposal)
    assert [f"ia01-{number}" in shown for number in range(10)] == [True] * 8 + [False] * 2
    assert "另有" in shown
    second.withdraw(site.access(place.own.user), made.proposal.pk, made.proposal.requested_at)
    assert "等谁复核" not in Page(site.client_of(place.own.user), f"/console/proposals/{made.proposal.pk}/").facts()


@pytest.mark.parametrize("act", sorted(MAKERS))
def test_no_value_is_told_in_two_languages_at_once(place, act):
    from django.db import transaction

    from yifen.core.access.second import was_shown

    with transaction.atomic():
        shown = was_shown(MAKERS[act](place).proposal)
        transaction.set_rollback(True)
    assert [c for c in shown for said in (c.before, c.after) if isinstance(said, str) and BOTH.search(said)] == []
