"""The walls themselves: `verify` names each object that is not as `migrate` installed it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database
from yifen.core import schema
from yifen.core.audit import installed
from yifen.core.audit.told import BASELINE, INSTALLED, Retelling
from yifen.core.audit.verify import verify
from yifen.core.embedded.binaries import wanted_folder

ENTRIES = "SELECT action, subject, after::text FROM audit_entry ORDER BY entry_no"
SPLIT = "CREATE OR REPLACE FUNCTION {} RETURNS {} LANGUAGE sql {} AS $$ SELECT {} $$"
CASES: dict[str, tuple[str, str]] = {
    "body of a function": (
        SPLIT.format("access_session_v1(p_session text)", "text", "IMMUTABLE SET search_path = public, pg_temp",
                     "'a'::text"),
        "function access_session_v1(text) is not as migrate installed it"),
    "path of a function": (
        "ALTER FUNCTION payments_forget_messages_v1(timestamptz) SET search_path = pg_temp, public",
        "function payments_forget_messages_v1(timestamp with time zone) is not as migrate installed it"),
    "a function with its caller's rights": (
        "ALTER FUNCTION audit_seal_v1() SECURITY INVOKER", "function audit_seal_v1() is not as migrate installed it"),
    "a function of another owner": (
        "ALTER FUNCTION audit_seal_v1() OWNER TO CURRENT_USER", "function audit_seal_v1() is not as migrate"),
    "a function more": (
        SPLIT.format("access_session_v1(p_session varchar)", "text", "", "'a'::text"),
        "function access_session_v1(character varying) is there, migrate did not install it"),
    "a function less": (
        "DROP FUNCTION payments_forget_quotes_v1(timestamptz)",
        "function payments_forget_quotes_v1(timestamp with time zone) is missing, migrate installed it"),
    "a trigger less": (
        "DROP TRIGGER two_people ON payee", "trigger two_people on payee is missing, migrate installed it"),
    "a trigger off": (
        "ALTER TABLE payee DISABLE TRIGGER two_people", "trigger two_people on payee is not as migrate"),
    "a trigger more": (
        "CREATE TRIGGER first BEFORE INSERT ON audit_draft FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
        "trigger first on audit_draft is there, migrate did not install it"),
    "what a guard lets through": (
        "CREATE OR REPLACE TRIGGER two_people BEFORE INSERT OR UPDATE OR DELETE ON payee"
        " FOR EACH ROW EXECUTE FUNCTION access_guard_v1('{}', '{account_no}', '', '{}')",
        "trigger two_people on payee is not as migrate installed it"),
    "foreign keys off": (
        "ALTER TABLE payee DISABLE TRIGGER ALL", "table payee is not as migrate installed it"),
    "a rule": (
        "CREATE RULE hush AS ON INSERT TO audit_draft DO INSTEAD NOTHING",
        "rule hush on audit_draft is there, migrate did not install it"),
    "a view": (
        "ALTER VIEW document_transfers RENAME TO aside;"
        "CREATE VIEW document_transfers AS SELECT * FROM aside WHERE posted <> 7",
        "view document_transfers is not as migrate installed it"),
    "a constraint less": (
        "ALTER TABLE checkout_order DROP CONSTRAINT checkout_order_state",
        "constraint checkout_order_state on checkout_order is missing, migrate installed it"),
    "a constraint that says something else": (
        "ALTER TABLE checkout_order DROP CONSTRAINT checkout_order_paid,"
        " ADD CONSTRAINT checkout_order_paid CHECK (paid_at IS NOT NULL OR received_fen >= 0)",
        "constraint checkout_order_paid on checkout_order is not as migrate installed it"),
    "a column that may be empty": (
        "ALTER TABLE payee ALTER account_no DROP NOT NULL", "table payee is not as migrate installed it"),
    "a column more": ("ALTER TABLE payee ADD aside text", "table payee is not as migrate installed it"),
    "a unique index less": (
        "DROP INDEX checkout_order_open_once",
        "unique index checkout_order_open_once is missing, migrate installed it"),
    "a table of another owner": (
        "ALTER TABLE payee OWNER TO CURRENT_USER", "table payee is not as migrate installed it"),
    "a table of the same name": (
        "ALTER TABLE payee RENAME TO aside; CREATE TABLE payee (LIKE aside INCLUDING ALL)",
        "trigger two_people on payee is missing, migrate installed it"),
    "a policy": (
        "CREATE POLICY hush ON audit_entry USING (false); ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY",
        "policy hush on audit_entry is there, migrate did not install it"),
    "a right to a table": (
        "GRANT UPDATE ON payee TO yifen_gateway",
        "right of yifen_gateway to table payee is not as migrate installed it"),
    "a right to a column": (
        "GRANT SELECT (password) ON access_user TO yifen_night",
        "right of yifen_night to table access_user is not as migrate installed it"),
    "a right to a function": (
        "GRANT EXECUTE ON FUNCTION audit_seal_v1() TO PUBLIC",
        "right of PUBLIC to function audit_seal_v1() is there, migrate did not install it"),
    "a right to make functions": (
        "GRANT CREATE ON SCHEMA public TO yifen_web", "right of yifen_web to schema public is not as migrate"),
    "a right to temporary tables": (
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO yifen_web', current_database()); END $$",
        "right of yifen_web to this database is there, migrate did not install it"),
    "a role that is superuser": (
        "ALTER ROLE yifen_web SUPERUSER", "role yifen_web is not as migrate installed it"),
    "a role that makes roles": (
        "ALTER ROLE yifen_worker CREATEROLE", "role yifen_worker is not as migrate installed it"),
    "a role past row security": (
        "ALTER ROLE yifen_night BYPASSRLS", "role yifen_night is not as migrate installed it"),
    "a role of two processes": (
        "GRANT yifen_night TO yifen_gateway",
        "member yifen_gateway of yifen_night is there, migrate did not install it"),
    "a role that is the owner": (
        "GRANT yifen_owner TO yifen_web", "member yifen_web of yifen_owner is there, migrate did not install it"),
    "triggers off for a role": (
        "ALTER ROLE yifen_web SET session_replication_role = replica",
        "setting session_replication_role=replica of yifen_web is there, migrate did not install it"),
    "what a role of people may": (
        "INSERT INTO access_permission VALUES ('teller', 'partners.edit')",
        "permission partners.edit of teller is there, migrate did not install it"),
    "who decides an act": (
        "UPDATE access_act SET decide = propose WHERE act = 'repair'", "act repair is not as migrate installed it"),
    "an act of two people less": (
        "DELETE FROM access_act WHERE act = 'users.new'", "act users.new is missing, migrate installed it"),
    "a migration that was none": (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0099_none', now())",
        "migration audit.0099_none is there, migrate did not install it"),
}  # fmt: skip


@pytest.fixture(scope="module")
def walls(new_database: NewDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(new_database().super_url) as conn:
        yield conn


def named(conn: psycopg.Connection[Any]) -> list[str]:
    """What is not as it was installed, in the open transaction."""
    told = Retelling({})
    for action, subject, after in conn.execute(ENTRIES).fetchall():
        told.take(action, subject, "", after)
    return list(installed.altered(conn, told.installed))


def test_a_database_that_migrate_made_is_as_it_was_installed(walls: psycopg.Connection[Any]) -> None:
    walls.rollback()
    assert verify(walls).problems == []
    entries = walls.execute("SELECT after FROM audit_entry WHERE (action, subject) = (%s, %s)",
                            (BASELINE, INSTALLED)).fetchall()  # fmt: skip
    assert (len(entries), len(entries[0][0]) > 1500) == (1, True)


@pytest.mark.parametrize("case", CASES)
def test_a_wall_that_was_altered_is_named(walls: psycopg.Connection[Any], case: str) -> None:
    walls.rollback()
    statement, name = CASES[case]
    walls.execute(statement)
    found = named(walls)
    walls.rollback()
    assert [line for line in found if line.startswith(name)] != [], found
    assert named(walls) == []


def test_passwords_time_outs_and_readers_are_nobodys_walls(walls: psycopg.Connection[Any]) -> None:
    walls.rollback()
    for statement in ("ALTER ROLE yifen_web PASSWORD 'another'", "ALTER ROLE yifen_web CONNECTION LIMIT 50",
                      "ALTER ROLE yifen_web SET statement_timeout = '9s'", "CREATE ROLE reads_only",
                      "GRANT SELECT ON payment TO reads_only",
                      "CREATE INDEX aside ON payee (account_no)"):  # fmt: skip
        walls.execute(statement)
    assert named(walls) == []
    walls.rollback()


def migrate(database: Database, *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "yifen", "migrate", *words], env=database.environment(),
                          capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr


def problems(database: Database) -> list[str]:
    with psycopg.connect(database.super_url) as conn:
        return verify(conn).problems


def entries(database: Database) -> int:
    with psycopg.connect(database.super_url) as conn:
        return int(conn.execute("SELECT entry_no FROM audit_head").fetchall()[0][0])


def altered(database: Database, *statements: str) -> None:
    with psycopg.connect(database.super_url) as conn:
        for statement in statements:
            conn.execute(statement)


def test_migrate_puts_back_what_it_can_and_makes_nothing_of_others_true(database: Database) -> None:
    before = entries(database)
    migrate(database)
    assert entries(database) == before  # of what did not change nothing is told again
    altered(database, "DROP TRIGGER two_people ON payee", "DROP INDEX checkout_order_open_once",
            "ALTER TABLE access_tries ADD aside text",
            "GRANT UPDATE ON payee TO yifen_gateway")  # fmt: skip
    more, index = "table access_tries is not as migrate installed it", CASES["a unique index less"][1]
    assert problems(database) == [
        CASES["a right to a table"][1], more, CASES["a trigger less"][1], index,
    ]  # fmt: skip
    migrate(database)
    assert (entries(database), problems(database)) == (before, [more, index])
    migrate(database, "--as-it-stands")
    assert (entries(database), problems(database)) == (before + 1, [])
    migrate(database, "--as-it-stands")
    assert entries(database) == before + 1


def test_what_a_migration_changed_is_told(database: Database) -> None:
    """Also of one that was cut short before it told: its rows say so."""
    altered(database, "DROP INDEX checkout_order_open_once", CASES["a migration that was none"][0])
    assert len(problems(database)) == 2
    with psycopg.connect(database.owner_url) as conn:
        before = installed.standing(conn)
    schema.install_functions(database.owner_url, 1, before)
    assert problems(database) == []
    altered(database, "ALTER TABLE payee ADD aside text")
    before.pop(next(what for what in before if what.endswith(" table payee")))
    schema.install_functions(database.owner_url, 1, before)  # it stood otherwise before
    assert problems(database) == []


def test_of_a_version_before_nothing_was_told_until_migrate(database: Database) -> None:
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("TRUNCATE audit_entry")
        conn.execute("UPDATE audit_head SET entry_no = 0, hash = sha256('yifen audit')")
    assert problems(database) == []
    migrate(database)
    assert problems(database) == []
    altered(database, "ALTER TABLE payee DISABLE TRIGGER two_people")
    assert problems(database) == ["trigger two_people on payee is not as migrate installed it"]


def test_another_server_is_told_apart(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(database.super_url) as conn:
        monkeypatch.setattr(installed, "_HERE", "SELECT '99 ', '17 '")
        assert named(conn) == [
            f"of this server ({what}) nothing was told that migrate installed: run it" for what in ("99", "17")
        ]


def test_a_dump_put_back_is_as_it_was_installed(database: Database, cluster: Any, tmp_path: Path) -> None:
    file, restored = tmp_path / "dump", database.owner_url.replace(database.name, "test_put_back")
    with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE test_put_back")
    try:
        for name, *words in (("pg_dump", "-Fc", "-f", str(file), database.owner_url),
                             ("pg_restore", "--exit-on-error", "-d", restored, str(file))):  # fmt: skip
            subprocess.run([wanted_folder() / name, *words], check=True)
        with psycopg.connect(restored) as conn:
            assert verify(conn).problems == []
    finally:
        with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("DROP DATABASE test_put_back WITH (FORCE)")
