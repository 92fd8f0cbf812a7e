"""The second person's word, attacked: decided once however many decide, and kept as it was."""

from datetime import UTC, datetime
from functools import partial
from threading import Barrier, Thread

import psycopg
import pytest

from tests.access.proposals import MAKERS, Made
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def at_once(*calls):
    """What each call answered or raised, all begun together on connections of their own."""
    from django.db import connection

    found, start = [None] * len(calls), Barrier(len(calls))

    def run(number, call):
        try:
            start.wait()
            found[number] = call()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def proposed(place: Province) -> Made:
    return MAKERS["users.roles"](place)


def codes(found) -> list[Code | None]:
    return sorted((row.code for row in found if isinstance(row, Refused)), key=int)


def test_of_two_who_decide_at_once_one_is_heard(place):
    from yifen.core.access import second

    checkers = [site.access(place.users["platform_admin"]),
                site.access(site.user("ia-more", place.own.county, "institution_admin"))]  # fmt: skip
    for _ in range(5):
        made = proposed(place)
        seen = bytes(made.proposal.shown).hex()
        found = at_once(*(partial(second.decide, one, made.proposal.pk, seen=seen, yes=True, now=NOW)
                          for one in checkers))  # fmt: skip
        assert codes(found) == [Code.AUTHORISATION_USED], found


def test_of_two_who_propose_about_one_thing_at_once_one_is_heard(place):
    from yifen.core.access import people
    from yifen.core.access.models import Authorisation

    makers = [site.access(place.own.user), site.access(place.users["platform_admin"])]
    for number in range(5):
        user = site.user(f"both{number}", place.own.branch, "teller")
        found = at_once(*(partial(people.propose_roles, one, user, frozenset({"finance"}), NOW)
                          for one in makers))  # fmt: skip
        assert codes(found) == [Code.PROPOSAL_OPEN], found
        assert Authorisation.objects.filter(action="users.roles", subject_key=user.login).count() == 1


def test_what_is_withdrawn_while_it_is_decided_is_one_of_both(place):
    from yifen.core.access import second
    from yifen.core.access.models import User

    for _ in range(5):
        made = proposed(place)
        found = at_once(
            partial(second.withdraw, site.access(made.proposal.maker), made.proposal.pk, NOW),
            partial(site.agree, made.checker, made.proposal, NOW),
        )
        roles = User.objects.get(pk=made.key).role_set
        made.proposal.refresh_from_db()
        late = Code.AUTHORISATION_USED if made.proposal.granted else Code.PROPOSAL_WITHDRAWN
        assert codes(found) == [late], found
        assert (roles == {"finance"}) is made.proposal.granted


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_authorisation SET used_at = NULL, granted = NULL, decided_at = NULL WHERE id = %s",
        "UPDATE access_authorisation SET subject_key = 'another' WHERE id = %s",
        "UPDATE access_authorisation SET content = '{}' WHERE id = %s",
        "UPDATE access_authorisation SET checker_id = maker_id WHERE id = %s",
        "UPDATE access_authorisation SET granted = NOT granted WHERE id = %s",
        "DELETE FROM access_authorisation WHERE id = %s",
    ],
)
@pytest.mark.parametrize("yes", [True, False])
def test_a_word_is_kept_as_it_is_whoever_tries(place, change, yes):
    from yifen.core.access import second

    made = proposed(place)
    second.decide(site.access(made.checker), made.proposal.pk, seen=bytes(made.proposal.shown).hex(), yes=yes,
                  now=NOW)  # fmt: skip
    for role in ("yifen_web", "yifen_owner"):
        with psycopg.connect(place.database.url(role)) as conn, pytest.raises(psycopg.Error):
            conn.execute(change, (made.proposal.pk,))
