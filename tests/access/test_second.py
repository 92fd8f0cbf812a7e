"""Every act of two people, attacked: forged, repeated, late, stale, alone. Nothing happens but by two."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.access.proposals import MAKERS, NOW, Made
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs

SOON = NOW + timedelta(hours=1)
KEY = re.compile(r"([0-9]+|opening|shift|invoice)\b")  # a number of ours, and what is written before one
KNOWN = frozenset({"institutions.change", "tellers.move", "agency.merchant", "pos.terminal"})
"""Acts about what people know by its number."""


@pytest.fixture(params=sorted(MAKERS))
def made(place: Province, request: pytest.FixtureRequest) -> Iterator[Made]:
    """A proposal of each act; whatever a test does to it is undone."""
    from django.db import transaction

    with transaction.atomic():
        yield MAKERS[request.param](place)
        transaction.set_rollback(True)


def effect(made: Made) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(made.effect, [made.key])
        row = cursor.fetchone()
    return row and row[0]


def seen(made: Made) -> str:
    return bytes(made.proposal.shown).hex()


@contextmanager
def without_effect(made: Made, code: Code) -> Iterator[None]:
    """Refused with this code, and nothing is done: not even the word is kept."""
    from yifen.core.access.models import Authorisation

    before = effect(made)
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code is code
    assert effect(made) == before
    row = Authorisation.objects.get(pk=made.proposal.pk)
    assert (row.decided_at, row.granted, row.checker_id, row.settled_in) == (
        made.proposal.decided_at, made.proposal.granted, made.proposal.checker_id,
        made.proposal.settled_in,
    )  # fmt: skip


@contextmanager
def as_the_pages() -> Iterator[None]:
    """With the rights of `yifen_web` and no others: the tests' own role is free of every wall."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {WEB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")


def decide(made: Made, by: Any, what: str = "", now: Any = SOON) -> Any:
    from yifen.core.access import second

    access = site.access(by)
    with as_the_pages():
        return second.decide(access, made.proposal.pk, seen=what or seen(made), yes=True, now=now)


def test_every_act_that_a_plug_names_is_attacked_here():
    assert sorted(MAKERS) == sorted(act.name for plug in plugs() for act in plug.second)


def test_it_is_done_when_another_has_agreed_and_not_before(made: Made):
    before = effect(made)
    row = decide(made, made.checker)
    assert effect(made) != before
    assert (row.granted, row.checker, row.maker_id != row.checker_id) == (True, made.checker, True)


def test_a_no_does_nothing_and_is_the_last_word_and_its_title_is_in_words(made: Made):
    from django.utils import translation

    from yifen.face.second.listing import subject_said
    from yifen.face.trail.naming import thing

    act, subject = made.proposal.action, made.proposal.subject_key
    with translation.override("en"):
        said = subject_said(act, subject)
        assert thing(act, subject) == said  # as the auditor reads it
    assert act in KNOWN or not KEY.match(said), (act, said)
    from yifen.core.access import second

    before = effect(made)
    row = second.decide(site.access(made.checker), made.proposal.pk, seen=seen(made), yes=False, now=SOON,
                        answer="不符")  # fmt: skip
    assert (effect(made), row.granted, row.answer) == (before, False, "不符")
    made.proposal.refresh_from_db()
    with without_effect(made, Code.AUTHORISATION_USED):
        decide(made, made.checker)


@pytest.mark.parametrize("what", ["0" * 64, "", "x", "ABC", None])
def test_what_was_not_seen_is_not_agreed_to(made: Made, what: str | None):
    with without_effect(made, Code.PROPOSAL_CHANGED):
        decide(made, made.checker, what if what else "-")


def test_the_second_time_is_too_late(made: Made):
    decide(made, made.checker)
    made.proposal.refresh_from_db()
    with without_effect(made, Code.AUTHORISATION_USED):
        decide(made, made.checker)


def test_what_was_withdrawn_is_gone(made: Made):
    from yifen.core.access import second

    with without_effect(made, Code.AUTHORISATION_INVALID):  # another's
        second.withdraw(site.access(made.checker), made.proposal.pk, SOON)
    second.withdraw(site.access(made.proposal.maker), made.proposal.pk, SOON)
    made.proposal.refresh_from_db()
    with without_effect(made, Code.PROPOSAL_WITHDRAWN):
        decide(made, made.checker)


def test_after_thirty_days_it_has_lapsed(made: Made):
    with without_effect(made, Code.PROPOSAL_LAPSED):
        decide(made, made.checker, now=made.proposal.requested_at + timedelta(days=30, seconds=1))


def test_it_lapses_with_the_rights_of_its_maker(made: Made):
    made.proposal.maker.roles.all().delete()
    with without_effect(made, Code.PROPOSAL_LAPSED):
        decide(made, made.checker)


def test_the_maker_does_not_agree_with_himself_under_either_login(place: Province, made: Made):
    maker = made.proposal.maker
    checkers_roles = [row.role for row in made.checker.roles.all()]
    maker.roles.all().delete()
    for role in checkers_roles:
        maker.roles.create(role=role)
    with without_effect(made, Code.CHECKER_IS_MAKER):
        decide(made, maker)
    made.checker.person = maker.person
    made.checker.save(update_fields=["person"])
    with without_effect(made, Code.CHECKER_IS_MAKER):
        decide(made, made.checker)


def test_who_may_not_or_is_of_elsewhere_decides_nothing(place: Province, made: Made):
    elsewhere = [row.role for row in made.checker.roles.all()]
    stranger = site.user(f"stranger{made.proposal.pk}", place.foreign.county, *elsewhere)
    auditor = place.users["auditor"]
    for who in (stranger, auditor, place.own.teller):
        with without_effect(made, Code.PERMISSION_MISSING):
            decide(made, who)


def test_an_ended_session_proves_nobody(made: Made):
    from yifen.core.access import second
    from yifen.core.access.edge import Access

    for session in ("", "forged", site.access(made.checker).session + "x"):
        with without_effect(made, Code.PERMISSION_MISSING):
            second.decide(Access(made.checker, session), made.proposal.pk, seen=seen(made), yes=True,
                          now=SOON)  # fmt: skip


def test_two_proposals_about_one_thing_do_not_wait_together(made: Made):
    from yifen.core.access import second

    row = made.proposal
    with without_effect(made, Code.PROPOSAL_OPEN):
        second.propose(site.access(row.maker), row.action, row.subject_key, row.content, SOON,
                       partner=row.partner, institution=row.institution)  # fmt: skip


def test_signing_takes_the_proof_of_the_password(made: Made):
    from yifen.core.access import second
    from yifen.core.access.hashers import Argon2Proof

    sees = seen(made)
    for proof in ("", made.checker.password, made.checker.password[-43:], "x"):
        with without_effect(made, Code.AUTHORISATION_INVALID):
            second.sign(made.checker, proof, made.proposal.pk, seen=sees, now=SOON)
    before = effect(made)
    proof = Argon2Proof().proof(site.PASSWORD, made.checker.password)
    row = second.sign(made.checker, proof, made.proposal.pk, seen=sees, now=SOON)
    assert (row.granted, effect(made) != before) == (True, True)


def test_the_word_is_written_by_no_statement(place: Province, made: Made):
    """Whoever has the pages' database connection cannot say yes for anybody."""
    forged = (
        "UPDATE access_authorisation SET granted = true, checker_id = %(c)s, decided_at = now(),"
        " settled_in = pg_current_xact_id()::text::bigint WHERE id = %(id)s",
        "INSERT INTO access_authorisation (action, subject_key, reason, maker_id, checker_id,"
        " requested_at, decided_at, granted, settled_in) SELECT action, 'forged', '', maker_id, %(c)s,"
        " now(), now(), true, pg_current_xact_id()::text::bigint FROM access_authorisation"
        " WHERE id = %(id)s",
        "DELETE FROM access_authorisation WHERE id = %(id)s",
        "SELECT access_settle_v1(%(c)s, %(id)s, (SELECT shown FROM access_authorisation"
        " WHERE id = %(id)s), true, '', now())",
    )
    with psycopg.connect(place.database.url("yifen_web"), autocommit=True) as conn:
        for statement in forged:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement, {"c": made.checker.pk, "id": made.proposal.pk})
