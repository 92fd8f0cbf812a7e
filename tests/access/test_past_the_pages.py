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


def test_nobody_without_the_word_writes_into_the_trail(place: Province) -> None:
    with psycopg.connect(place.database.url(GATEWAY)) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute("SELECT audit_append_v1('x', 'y', '', NULL, NULL, '')")


@pytest.mark.parametrize(("role", "statement"), [
    (WORKER, "SELECT console_exported_v1(1, 'payments', '{}')"),
    (NIGHT, "SELECT eod_told_v1(1, '{}')"),
])  # fmt: skip
def test_no_process_has_a_word_that_writes_in_a_person_s_name(place: Province, role: str, statement: str) -> None:
    with psycopg.connect(place.database.url(role)) as conn, pytest.raises(errors.UndefinedFunction):
        conn.execute(statement.encode())


def named(place: Province, action: str, subject: str, key: int) -> list[tuple[Any, ...]]:
    """What the trail has of it: in whose name, what, the note, by which process."""
    with psycopg.connect(place.database.owner_url) as owner:
        return owner.execute("SELECT actor, after, note, db_role FROM audit_entry WHERE actor <> '' AND"
                             " (action, subject, subject_key) = (%s, %s, %s) ORDER BY entry_no",
                             (action, subject, str(key))).fetchall()  # fmt: skip


def test_an_export_is_told_once_and_as_its_row_says(place: Province) -> None:
    from yifen.face.models import Export

    maker = place.users["finance"]
    key = Export.objects.create(listing="payments", query="serial=S1", format="csv", language="en", maker=maker,
                                asked_at=NOW).pk  # fmt: skip
    done = b"UPDATE console_export SET state = 'done', rows = 7 WHERE id = %s"
    with psycopg.connect(place.database.url(WEB)) as conn, pytest.raises(errors.InsufficientPrivilege,
                                                                         match="written by the worker"):  # fmt: skip
        conn.execute(done, (key,))
    assert named(place, "export", "payments", key) == []
    with psycopg.connect(place.database.url(WORKER)) as conn:
        conn.execute(done, (key,))
    told = [(maker.login, {"filters": "serial=S1", "format": "csv", "rows": 7}, "", WORKER)]
    assert named(place, "export", "payments", key) == told
    with psycopg.connect(place.database.url(WORKER)) as conn:
        for state in ("running", "failed"):
            with pytest.raises(errors.InsufficientPrivilege, match="has ended"), conn.transaction():
                conn.execute("UPDATE console_export SET state = %s WHERE id = %s", (state, key))
        conn.execute(done, (key,))
        conn.execute("UPDATE console_export SET state = 'removed', file = '' WHERE id = %s", (key,))
    with psycopg.connect(place.database.url(WORKER)) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute(done, (key,))
    assert named(place, "export", "payments", key) == told


def test_a_signed_day_is_told_once_and_as_two_people_decided(place: Province) -> None:
    from django.db import transaction

    from tests.access.proposals import Made
    from tests.endofday import proposals

    proposal, checker, *_ = proposals.sign(place)
    with transaction.atomic():
        assert decide(Made(proposal, checker, "", ""), checker).granted
    with psycopg.connect(place.database.super_url) as conn:
        (run,) = conn.execute("SELECT eod_id FROM eod_run WHERE business_day = %s", (proposals.DAY,)).fetchone()
    sign = "UPDATE eod_run SET signed_by = %s, sign_reason = 'my own words' WHERE eod_id = %s"
    for _ in range(2):
        with psycopg.connect(place.database.url(NIGHT)) as conn:
            conn.execute(sign, (checker.login, run))
    after = {"book": 1, "day": str(proposals.DAY), "waits": [proposals.REASON]}
    told = [(checker.login, after, "差异已查明", NIGHT)]
    assert named(place, "signed", "eod_run", run) == told
    with psycopg.connect(place.database.url(NIGHT)) as conn:
        for who in (None, "other"):
            with pytest.raises(errors.InsufficientPrivilege, match="of book 1 is signed"), conn.transaction():
                conn.execute(sign, (who, run))
        conn.execute("UPDATE eod_run SET sign_reason = 'other' WHERE eod_id = %s", (run,))
        assert conn.execute("SELECT sign_reason FROM eod_run WHERE eod_id = %s", (run,)).fetchone() == ("差异已查明",)
    assert named(place, "signed", "eod_run", run) == told


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


# --- by a plain statement -----------------------------------------------------------------------------

FACTORS = (
    "DELETE FROM access_authenticator WHERE user_id = %(user)s",
    "UPDATE access_authenticator SET sealed_key = 'x' WHERE user_id = %(user)s",
    "UPDATE access_authenticator SET user_id = %(other)s WHERE user_id = %(user)s",
    "UPDATE access_authenticator SET confirmed = false WHERE user_id = %(user)s",
    "INSERT INTO access_authenticator (user_id, name, confirmed, sealed_key, drift, last_t)"
    " VALUES (%(user)s, 'x', true, 'x', 0, -1)",
    "INSERT INTO access_passkey (user_id, name, confirmed, credential_id, public_key, sign_count, last_challenge,"
    " created_at) VALUES (%(user)s, 'x', true, 'x', 'x', 0, '', now())",
    "DELETE FROM access_passkey WHERE user_id = %(user)s",
)


@pytest.mark.parametrize("statement", FACTORS, ids=range(len(FACTORS)))
def test_nobody_s_second_factor_is_taken_or_made_but_in_his_own_session(place: Province, statement: str) -> None:
    user, other = place.users["supervisor"], place.own.teller
    values = {"user": user.pk, "other": other.pk}
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("INSERT INTO access_passkey (user_id, name, confirmed, credential_id, public_key, sign_count,"
                     " last_challenge, created_at) VALUES (%(user)s, 'mine', true, decode(md5(random()::text), 'hex'),"
                     " 'x', 0, '', now())", values)  # fmt: skip
    with psycopg.connect(place.database.url(WEB)) as conn:
        for session in ("", "forged", site.access(other).session):
            conn.execute("SELECT set_config('yifen.session', %s, true)", (session,))
            with pytest.raises(errors.InsufficientPrivilege, match="changed by two people"), conn.transaction():
                conn.execute(statement.encode(), values)
        if "other" not in statement:
            conn.execute("SELECT set_config('yifen.session', %s, true)", (site.access(user).session,))
            conn.execute(statement.encode(), values)
        conn.execute("UPDATE access_authenticator SET last_t = last_t + 1, drift = 1 WHERE user_id = %(other)s", values)
        conn.rollback()


def test_what_was_asked_of_the_night_no_other_process_takes_away(place: Province) -> None:
    with psycopg.connect(place.database.super_url) as conn:
        (number,) = conn.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES"
            " ('night', 'night.sign', '{}', 'todo') RETURNING id").fetchone()  # fmt: skip
    with psycopg.connect(place.database.url(WORKER)) as conn:
        for statement in ("DELETE FROM procrastinate_jobs WHERE id = %s",
                          "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = %s"):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege, match="is the night's"), conn.transaction():
                conn.execute(statement.encode(), (number,))
    with psycopg.connect(place.database.url(NIGHT)) as conn:
        assert conn.execute("DELETE FROM procrastinate_jobs WHERE id = %s", (number,)).rowcount == 1


@pytest.mark.parametrize("statement", [
    "INSERT INTO conformance_run SELECT (jsonb_populate_record(r, '{\"id\": 999999, \"ok\": true}')).*"
    " FROM conformance_run r WHERE id = %s",
    "UPDATE conformance_run SET ok = true WHERE id = %s",
])  # fmt: skip
def test_no_page_says_that_a_conformance_run_was_passed(place: Province, statement: str) -> None:
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.models import ConformanceRun

    run = ConformanceRun.objects.create(partner=Partner.objects.get(pk=place.own.channel), began_at=NOW,
                                        asked_by=place.own.user)  # fmt: skip
    with psycopg.connect(place.database.url(WEB)) as conn, pytest.raises(errors.InsufficientPrivilege,
                                                                         match="by who ran it"):  # fmt: skip
        conn.execute(statement.encode(), (run.pk,))


def test_who_enrols_or_loses_his_factor_does_so_as_the_pages_process(place: Province) -> None:
    from django.db import connection

    from yifen.core.access import devices, people, second
    from yifen.core.access.models import Authenticator

    user = site.user("enrols", place.own.branch, "finance", person="ENROLS")
    Authenticator.objects.filter(user=user).delete()
    client = site.browser()
    with site.as_process(WEB):
        assert client.post("/sign-in/", {"username": user.login, "password": site.PASSWORD}).status_code == 302
        assert client.get("/enrol/").status_code == 200
        device = Authenticator.objects.get(user=user, confirmed=False)
        totp = devices.totp_of(device)
        totp.time = datetime.now(UTC).timestamp()
        answer = client.post("/enrol/", {"code": f"{totp.token():06d}"})
        assert (answer.status_code, Authenticator.objects.filter(user=user, confirmed=True).count()) == (200, 1)
        connection.close()
    made = people.propose_reset(site.access(place.own.user), user, "a-new-passphrase", NOW, "lost")
    checker = site.access(place.users["platform_admin"])
    with site.as_process(WEB):
        row = second.decide(checker, made.pk, seen=bytes(made.shown).hex(), yes=True, now=SOON)
        assert row.granted
        assert not Authenticator.objects.filter(user=user).exists()
