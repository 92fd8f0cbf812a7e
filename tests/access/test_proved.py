"""Who acts is proved to the database: by a password's proof, then by the session's key. Tried with the
connection of the pages' process, as somebody would who has taken it over."""

from collections.abc import Iterator
from datetime import UTC, datetime
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
        assert called(web, "access_begin_v1", user.pk, wrong, "mine", NOW) == Code.SIGN_IN_FAILED
    assert called(web, "access_begin_v1", user.pk, proof(user), "", NOW) == Code.SIGN_IN_FAILED
    assert called(web, "access_begin_v1", user.pk, proof(user), "mine", NOW) == 0
    held = web.execute("SELECT id FROM access_user WHERE last_login = %s", (NOW,)).fetchall()
    assert held == [(user.pk,)]


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
