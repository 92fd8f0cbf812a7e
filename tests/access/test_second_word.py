"""The second person's word, attacked: decided once however many decide, and kept as it was."""

from datetime import UTC, datetime
from functools import partial
from threading import Barrier, Thread

import psycopg
import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def access(user):
    from yifen.core.access.edge import Access

    return Access(user)


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


def test_of_two_who_decide_at_once_one_is_heard(place):
    from yifen.core.access.authorise import ask, decide

    maker = place.own.user
    checkers = [access(place.users["supervisor"]), access(place.users["platform_admin"])]
    for number in range(10):
        asked = ask("partners.go_live", f"RACE{number}", maker, NOW)
        found = at_once(*(partial(decide, asked, one, True, NOW) for one in checkers))
        refused = [row for row in found if isinstance(row, Refused)]
        assert [row.code for row in refused] == [Code.AUTHORISATION_USED], found


def test_asked_twice_at_once_is_one_question(place):
    from yifen.core.access.authorise import ask

    maker, other = place.own.user, place.users["supervisor"]
    for number in range(10):
        key = f"TWICE{number}"
        found = at_once(partial(ask, "x", key, maker, NOW), partial(ask, "x", key, other, NOW))
        assert len({row.pk for row in found}) == 1


def test_asking_while_it_is_decided_answers_the_old_question_or_a_new_one(place):
    from yifen.core.access.authorise import ask, decide
    from yifen.core.access.models import Authorisation

    maker, checker = place.own.user, access(place.users["supervisor"])
    for number in range(20):
        key = f"MEANWHILE{number}"
        first = ask("x", key, maker, NOW)
        found = at_once(partial(decide, first, checker, False, NOW),
                        partial(ask, "x", key, maker, NOW))  # fmt: skip
        assert [type(row) for row in found] == [Authorisation, Authorisation], found


def test_of_two_who_use_a_word_at_once_one_may(place):
    from django.db import transaction

    from yifen.core.access.authorise import consume, grant

    @transaction.atomic
    def use(row):
        consume(row, "4625", row.subject_key, NOW)

    for number in range(10):
        row = grant("4625", f"USE{number}", place.own.teller, place.users["supervisor"], NOW)
        found = at_once(partial(use, row), partial(use, row))
        assert sorted(map(str, map(type, found))) == ["<class 'NoneType'>", str(Refused)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_authorisation SET used_at = NULL WHERE id = %s",
        "UPDATE access_authorisation SET subject_key = 'another' WHERE id = %s",
        "UPDATE access_authorisation SET checker_id = maker_id WHERE id = %s",
        "UPDATE access_authorisation SET granted = false WHERE id = %s",
        "DELETE FROM access_authorisation WHERE id = %s",
    ],
)
def test_a_word_that_was_used_is_kept_as_it_is_whatever_the_pages_try(place, change):
    from django.db import transaction

    from yifen.core.access.authorise import consume, grant

    row = grant("4625", f"KEPT{hash(change)}", place.own.teller, place.users["supervisor"], NOW)
    with transaction.atomic():
        consume(row, "4625", row.subject_key, NOW)
    for url in (place.database.app_url, place.database.owner_url):
        with psycopg.connect(url) as conn, pytest.raises(psycopg.Error):
            conn.execute(change, (row.pk,))


def test_a_refusal_cannot_be_turned_into_a_yes(place):
    from yifen.core.access.authorise import ask, decide

    asked = ask("x", "NO", place.own.user, NOW)
    decide(asked, access(place.users["supervisor"]), False, NOW)
    with psycopg.connect(place.database.app_url) as conn, pytest.raises(psycopg.Error):
        conn.execute("UPDATE access_authorisation SET granted = true WHERE id = %s", (asked.pk,))
