"""What somebody who has taken a process over may say past the pages: whose a thing is, how old a proposal is, in
whose name he acts. And what a page shows of what he left behind."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from tests.access.proposals import MAKERS
from tests.access.test_second import SOON, decide, seen
from tests.audit.trail import last_no, seal
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.facts.refused import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

PROPOSE = ("SELECT code, proposal FROM access_propose_v1(%s, %s, %s, %s, %s, sha256(''), %s, %s, '', %s)")  # fmt: skip


def codes_of(place: Province, biller: int, named: int) -> Any:
    """Codes of one biller, said to be a thing of the partner `named`."""
    from yifen.core.access import second
    from yifen.core.partners.models import Partner

    rows = [{"biller_id": biller, "wire_code": "E1", "meaning": "booked"}]
    content = {"partner": biller, "rows": {"biller_error_code": rows}}
    return second.propose(site.access(place.own.user), "partners.codes", f"X{biller}", content, NOW,
                          partner=Partner.objects.get(pk=named))  # fmt: skip


@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_by_a_proposal_about_one_partner_no_other_s_row_is_changed(place: Province, whose: str) -> None:
    from django.db import transaction
    from django.db.utils import ProgrammingError

    from tests.access.proposals import Made
    from yifen.core.partners.models import BillerErrorCode

    biller = getattr(place, whose).biller
    with transaction.atomic():
        made = Made(codes_of(place, biller, place.own.biller), place.users["platform_admin"], "", "")
        if whose == "own":
            assert decide(made, made.checker).granted
            assert BillerErrorCode.objects.filter(biller=biller, wire_code="E1").exists()
        else:
            with pytest.raises(ProgrammingError, match="changed by two people"), transaction.atomic():
                decide(made, made.checker)
            assert not BillerErrorCode.objects.filter(biller=biller, wire_code="E1").exists()
        transaction.set_rollback(True)


def test_a_partner_s_thing_is_proposed_where_the_partner_belongs(place: Province) -> None:
    key = site.access(place.own.user).session
    with psycopg.connect(place.database.url(WEB)) as conn:
        for partner, institution, code in ((place.foreign.biller, place.own.county, Code.PERMISSION_MISSING),
                                           (place.own.biller, place.own.county, Code.OK)):  # fmt: skip
            given = (key, "partners.codes", f"P{partner}", Jsonb({}), Jsonb([]), institution, partner, NOW)
            assert conn.execute(PROPOSE, given).fetchone()[0] == code
        conn.rollback()


def test_a_proposal_lapses_by_the_database_s_own_clock(place: Province) -> None:
    made = MAKERS["users.roles"](place)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE access_authorisation SET asked_at = now() - interval '31 days' WHERE id = %s",
                     (made.proposal.pk,))  # fmt: skip
    with pytest.raises(Refused) as refused:
        decide(made, made.checker, now=SOON)
    assert refused.value.code is Code.PROPOSAL_LAPSED


# --- in whose name ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [WORKER, NIGHT])
def test_a_process_acts_in_nobody_s_name(place: Province, role: str) -> None:
    boss = place.users["platform_admin"]
    with psycopg.connect(place.database.owner_url) as owner:
        before = last_no(owner)
    with psycopg.connect(place.database.url(role)) as conn:
        for who in ((boss.login, None, None), (None, boss.pk, None), (None, None, place.own.county)):
            with pytest.raises(errors.InsufficientPrivilege, match="acts in nobody's name"), conn.transaction():
                conn.execute("SELECT audit_append_v1('signed', 'eod_run', '1', NULL, NULL, '', %s, %s, %s)", who)
        conn.execute("SELECT set_config('yifen.actor', %s, true), set_config('yifen.actor_id', %s, true)",
                     (boss.login, str(boss.pk)))  # fmt: skip
        conn.execute("SELECT audit_append_v1('signed', 'eod_run', '1', NULL, NULL, 'mine')")
    with psycopg.connect(place.database.owner_url) as owner:
        seal(owner)
        rows = owner.execute("SELECT actor, actor_id, db_role FROM audit_entry WHERE entry_no > %s AND note = 'mine'",
                             (before,)).fetchall()  # fmt: skip
        assert rows == [("", None, role)]


@pytest.mark.parametrize(("role", "statement"), [
    (GATEWAY, "SELECT audit_append_v1('x', 'y', '', NULL, NULL, '')"),
    (NIGHT, "SELECT console_exported_v1(1, 'payments', '{}')"),
    (WORKER, "SELECT eod_told_v1(1, '{}')"),
])  # fmt: skip
def test_who_has_no_such_word_says_none(place: Province, role: str, statement: str) -> None:
    with psycopg.connect(place.database.url(role)) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute(statement.encode())


# --- what is left behind ----------------------------------------------------------------------------

BROKEN = {"nothing": ({}, []), "a text": ("x", []), "no such user": ({"user": 10**9}, [{"field": 1}]),
          "a list": ([1], [{"field": "a", "zh": "b", "en": "c", "before": 7, "after": {}}])}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("act", ["users.roles", "partners.codes", "settlement.payee"])
def test_a_proposal_that_cannot_be_read_is_shown_and_can_be_withdrawn(place: Province, act: str, kind: str) -> None:
    user = place.own.user if act != "settlement.payee" else place.users["finance"]
    content, changes = BROKEN[kind]
    access = site.access(user)
    with psycopg.connect(place.database.url(WEB)) as conn:
        code, proposal = conn.execute(PROPOSE, (
            access.session, act, f"odd/{kind} {act}", Jsonb(content), Jsonb(changes), place.own.county,
            place.own.biller if act != "users.roles" else None, NOW)).fetchone()  # fmt: skip
        assert code == 0
    client = site.client_of(user)
    page = client.get(f"/proposals/{proposal}/")
    if page.status_code == 404:
        page = client.get(f"/console/proposals/{proposal}/")
    assert (page.status_code, "2128 此提议无法显示" in page.content.decode()) == (200, True)
    from yifen.core.access import second
    from yifen.core.access.models import Authorisation

    row = Authorisation.objects.get(pk=proposal)
    with pytest.raises(Refused) as refused:
        second.digest_now(row)
    assert refused.value.code is Code.PROPOSAL_UNREADABLE
    second.withdraw(site.access(user), proposal, NOW)
    row.refresh_from_db()
    assert (row.granted, row.checker_id) == (False, None)


def test_a_yes_to_what_cannot_be_read_changes_nothing(place: Province) -> None:
    from yifen.core.access import second

    made = MAKERS["users.roles"](place)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE access_authorisation SET content = '{}' WHERE id = %s", (made.proposal.pk,))
    with pytest.raises(Refused) as refused:
        second.decide(site.access(made.checker), made.proposal.pk, seen=seen(made), yes=True, now=SOON)
    assert refused.value.code is Code.PROPOSAL_UNREADABLE
    made.proposal.refresh_from_db()
    assert made.proposal.decided_at is None


# --- a second factor that cannot be opened ------------------------------------------------------------


def test_a_second_factor_that_cannot_be_opened_is_a_number_and_no_fault(place: Province) -> None:
    from yifen.core.access.models import Authenticator, Tries

    user = site.user("unreadable", place.own.branch, "finance")
    Authenticator.objects.filter(user=user).update(sealed_key=b"\0\x09" + b"x" * 40)
    client = site.browser()
    form = {"username": user.login, "password": site.PASSWORD, "code": "123456"}
    for _ in range(6):  # no try of his: it locks nobody
        answer = client.post("/sign-in/", form)
        assert (answer.status_code, "2134 第二因素无法打开" in answer.content.decode()) == (200, True)
    assert "yifen_session" not in client.cookies or "_auth_user_id" not in client.session
    assert not Tries.objects.filter(login=user.login, tries__gt=0).exists()
    wrong = client.post("/sign-in/", form | {"password": "wrong-horse-1"})
    assert "2134" not in wrong.content.decode()  # nobody learns it without the password
