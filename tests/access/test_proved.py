"""Who acts is proved to the database: by a password's proof, then by the session's key. Tried with the
connection of the pages' process, as somebody would who has taken it over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from tests.audit.trail import entries, last_no, seal
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Conn = psycopg.Connection[Any]


@pytest.fixture
def web(place: Province) -> Iterator[Conn]:
    """The pages' own role; nothing is kept."""
    with psycopg.connect(place.database.url("yifen_web")) as conn:
        yield conn
        conn.rollback()


def called(conn: Conn, function: str, *given: Any) -> Any:
    places = ", ".join(["%s"] * len(given))
    row = conn.execute(f"SELECT {function}({places})", given).fetchone()
    return row and row[0]


def proof(user: Any, password: str = site.PASSWORD) -> str:
    from yifen.core.access.hashers import Argon2Proof

    return Argon2Proof().proof(password, user.password)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_user SET session_key = encode(sha256('mine'), 'hex') WHERE id = %(id)s",
        "UPDATE access_user SET password = 'argon2proof$x' WHERE id = %(id)s",
        "UPDATE access_user SET is_active = false WHERE id = %(id)s",
        "UPDATE access_user SET person = 'another' WHERE id = %(id)s",
        "UPDATE access_user SET must_change_password = false, name = 'x' WHERE id = %(id)s",
        "INSERT INTO access_user (login, name, institution_id, is_active, must_change_password, password,"
        " session_key, created_at) SELECT 'ghost', 'x', institution_id, true, false, password, 'k', now()"
        " FROM access_user WHERE id = %(id)s",
        "INSERT INTO access_user_role (user_id, role) VALUES (%(id)s, 'supervisor')",
        "DELETE FROM access_user_role WHERE user_id = %(id)s",
        "INSERT INTO access_permission VALUES ('teller', 'users.edit')",
        "UPDATE access_act SET decide = 'desk.work'",
    ],
)
def test_nobody_is_made_or_raised_or_entered_by_a_statement(place: Province, web: Conn, statement: str):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(statement, {"id": place.own.teller.pk})


def test_a_session_begins_only_with_the_proof_of_the_password(place: Province, web: Conn):
    user = place.users["supervisor"]
    for wrong in ("", "x", user.password, user.password[-43:], proof(user, "wrong-horse-1"),
                  proof(place.own.teller)):  # fmt: skip
        assert called(web, "access_begin_v1", user.pk, wrong, "mine", 900, NOW) == Code.SIGN_IN_FAILED
    assert called(web, "access_begin_v1", user.pk, proof(user), "", 900, NOW) == Code.SIGN_IN_FAILED
    assert called(web, "access_begin_v1", user.pk, proof(user), "mine", 900, NOW) == 0
    held = web.execute("SELECT id FROM access_user WHERE last_login = %s", (NOW,)).fetchall()
    assert held == [(user.pk,)]


def test_a_session_speaks_for_its_idle_time_and_a_shift_at_most_and_none_that_lapsed_is_woken(place: Province):
    user, new = site.user("lapsing", place.own.branch, "teller"), "argon2proof$argon2id$v=19$new"
    with psycopg.connect(place.database.super_url) as owner:
        owner.execute("SET session_replication_role = replica")  # of the audit's triggers this is no test

        def stands(began: str, until: str) -> None:
            owner.execute(f"UPDATE access_user SET session_began_at = now() - interval '{began}', session_until = now()"
                          f" + interval '{until}' WHERE id = %s", (user.pk,))  # fmt: skip

        def lasts() -> timedelta:
            asked = "SELECT session_until - now() FROM access_user WHERE id = %s"
            return owner.execute(asked, (user.pk,)).fetchone()[0]

        assert called(owner, "access_begin_v1", user.pk, proof(user), "lapsing", 900, NOW) == 0
        assert lasts() == timedelta(seconds=900)
        assert (called(owner, "access_seen_v1", "lapsing", 10**9), lasts()) == (0, timedelta(hours=12))
        assert (called(owner, "access_seen_v1", "lapsing", None), lasts()) == (0, timedelta(0))
        stands("11 hours 50 minutes", "1 second")
        assert (called(owner, "access_seen_v1", "lapsing", 900), lasts()) == (0, timedelta(minutes=10))
        assert called(owner, "access_who_v1", "lapsing") == user.pk
        stands("1 hour", "-1 millisecond")
        assert called(owner, "access_who_v1", "lapsing") is None
        refused = [called(owner, "access_seen_v1", "lapsing", 900), called(owner, "access_keep_v1", "lapsing", "mine"),
                   called(owner, "access_password_v1", "lapsing", proof(user), new, NOW)]  # fmt: skip
        assert refused == [Code.SIGN_IN_FAILED] * 3
        assert called(owner, "billing_who_v1", "lapsing", "desk.work", place.own.biller) is None
        owner.execute("UPDATE access_user SET session_until = NULL WHERE id = %s", (user.pk,))
        assert called(owner, "access_who_v1", "lapsing") is None  # of before there was a time
        owner.rollback()


def test_a_click_has_the_session_speak_on_and_a_lapsed_one_is_ended(place: Province):
    client = site.client_of(user := site.user("clicking", place.own.branch, "teller"))

    def clicked(until: str | None) -> tuple[int, bool]:
        session = client.session
        session["seen"] -= 60  # of a minute ago
        session.save()
        with psycopg.connect(place.database.super_url) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("UPDATE access_user SET session_began_at = now(), session_until = now() + %s::interval"
                          " WHERE id = %s", (until, user.pk))  # fmt: skip
        status = client.get("/console/today/").status_code
        user.refresh_from_db()
        return status, user.session_until is not None and user.session_until > datetime.now(UTC) + timedelta(minutes=5)

    assert clicked("1 minute") == (200, True)
    assert clicked("-1 second") == (302, False)
    client = site.client_of(user)
    assert clicked(None) == (302, False)


def test_a_password_changes_in_ones_own_session_by_the_proof_of_the_old_one(place: Province, web: Conn):
    user, other = site.user("pw-proved", place.own.branch, "teller"), place.own.teller
    key, new = site.access(user).session, "argon2proof$argon2id$v=19$new"
    for session, given, made in ((key, proof(other), new), (site.access(other).session, proof(user), new),
                                 ("", proof(user), new), (key, proof(user), "plain")):  # fmt: skip
        assert called(web, "access_password_v1", session, given, made, NOW) == Code.SIGN_IN_FAILED
    assert called(web, "access_password_v1", key, proof(user), new, NOW) == 0


def test_a_session_goes_on_under_another_key_only_for_who_has_the_old_one(place: Province, web: Conn):
    user = place.users["supervisor"]
    key = site.access(user).session
    for before in ("", "x", sha256(key.encode()).hexdigest()):
        assert called(web, "access_keep_v1", before, "next") == Code.SIGN_IN_FAILED
    assert called(web, "access_keep_v1", key, "") == Code.SIGN_IN_FAILED
    assert called(web, "access_keep_v1", key, "next") == 0
    assert called(web, "access_keep_v1", key, "again") == Code.SIGN_IN_FAILED


def test_the_trail_believes_the_session_and_no_variable(place: Province, web: Conn):
    teller, boss = place.own.teller, place.users["platform_admin"]
    with psycopg.connect(place.database.owner_url) as owner:
        before = last_no(owner)
    for session, name in ((site.access(teller).session, teller.login), ("forged", ""), ("", "")):
        web.execute("SELECT set_config('yifen.actor', %s, true), set_config('yifen.actor_id', %s, true),"
                    " set_config('yifen.session', %s, true)",
                    (boss.login, str(boss.pk), session))  # fmt: skip
        called(web, "audit_append_v1", "export", "payments", "", None, None, f"as {name}", boss.login,
               boss.pk)  # fmt: skip
    web.commit()
    with psycopg.connect(place.database.owner_url) as owner:
        seal(owner)
        rows = owner.execute("SELECT actor, note, db_role FROM audit_entry WHERE entry_no > %s AND"
                             " action = 'export' ORDER BY entry_no", (before,)).fetchall()  # fmt: skip
        assert rows == [(teller.login, f"as {teller.login}", "yifen_web"), ("", "as ", "yifen_web"),
                        ("", "as ", "yifen_web")]  # fmt: skip
        assert len(entries(owner, before)) >= 3


@pytest.mark.parametrize("word", ["approved", "proposed", "refused", "withdrawn", "sign_in", "insert"])
def test_words_that_the_database_gives_are_nobodys_to_say(web: Conn, word: str):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        called(web, "audit_append_v1", word, "x", "", None, None, "")


@pytest.mark.parametrize("change", [
    "session_until = 'infinity'", "session_began_at = now()", "session_key = encode(sha256('mine'), 'hex')"
])  # fmt: skip
def test_two_people_s_word_about_a_user_gives_nobody_a_session_of_his(place: Province, change: str):
    user = place.users["supervisor"]
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "INSERT INTO access_authorisation (action, subject_key, reason, maker_id, checker_id, requested_at,"
            " content, changes, shown, institution_id, granted, decided_at, used_at, settled_in) SELECT 'users.let_in',"
            " login, '', id + 1, id, now(), jsonb_build_object('user', id), '[]', '', institution_id, true, now(),"
            " now(), pg_current_xact_id()::text::bigint FROM access_user WHERE id = %s", (user.pk,))  # fmt: skip
        conn.execute("SET session_replication_role = origin")
        conn.execute("SET LOCAL ROLE yifen_web")
        conn.execute("UPDATE access_user SET session_key = '', name = 'x' WHERE id = %s", (user.pk,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="a session begins by who proves himself"):
            conn.execute(f"UPDATE access_user SET {change} WHERE id = %s", (user.pk,))
        conn.rollback()
