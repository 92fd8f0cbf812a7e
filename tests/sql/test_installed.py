"""The walls themselves: `verify` names each object that is not as `migrate` installed it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cluster import database_of
from tests.conftest import NewDatabase
from tests.sampling import sampled
from tests.world import Database
from yifen.core import schema
from yifen.core.audit import installed
from yifen.core.audit.told import BASELINE, INSTALLED, Retelling
from yifen.core.audit.verify import verify
from yifen.core.embedded.binaries import wanted_folder

ENTRIES = "SELECT action, subject, after::text FROM audit_entry ORDER BY entry_no"
VIEWS = """SELECT c.oid::regclass::text, pg_get_viewdef(c.oid) FROM pg_class c
    WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace"""
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
    "a function that an extension hides": (
        SPLIT.format("more_v1()", "text", "", "'a'::text") + "; ALTER EXTENSION plpgsql ADD FUNCTION more_v1()",
        "function more_v1() is there, migrate did not install it"),
    "a function of ours that an extension hides": (
        SPLIT.format("access_session_v1(p_session text)", "text", "", "'a'::text")
        + "; ALTER EXTENSION plpgsql ADD FUNCTION access_session_v1(text)",
        "function access_session_v1(text) is not as migrate installed it"),
    "a table that an extension hides": (
        "CREATE TABLE aside (); ALTER EXTENSION plpgsql ADD TABLE aside",
        "table aside is there, migrate did not install it"),
    "an event trigger that an extension hides": (
        "CREATE FUNCTION hush() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER hush ON ddl_command_end EXECUTE FUNCTION hush();"
        "ALTER EXTENSION plpgsql ADD EVENT TRIGGER hush",
        "event trigger hush is there, migrate did not install it"),
    "an aggregate": (
        "CREATE AGGREGATE sum(text) (SFUNC = textcat, STYPE = text)",
        "function sum(text) is there, migrate did not install it"),
    "a schema more": ("CREATE SCHEMA evil", "schema evil is there, migrate did not install it"),
    "a right to a schema more": (
        "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC",
        "right of PUBLIC to schema evil is there, migrate did not install it"),
    "a schema of another owner": (
        "ALTER SCHEMA public OWNER TO yifen_web", "schema public is not as migrate installed it"),
    "a function in another schema": (
        "CREATE SCHEMA evil; CREATE FUNCTION evil.pay() RETURNS void LANGUAGE sql SECURITY DEFINER AS ''",
        "function evil.pay() is there, migrate did not install it"),
    "a function among the system's": (
        SPLIT.format("pg_catalog.more_v1()", "text", "", "'a'::text"),
        "function more_v1() is there, migrate did not install it"),
    "everybody's right to the database": (
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY, CREATE ON DATABASE %I TO PUBLIC', current_database()); END $$",
        "right of PUBLIC to this database is there, migrate did not install it"),
    "a database of another owner": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO yifen_web', current_database()); END $$",
        "owner of this database is not as migrate installed it"),
    "a cast": (
        "CREATE CAST (bigint AS boolean) WITH INOUT AS IMPLICIT",
        "cast bigint as boolean is there, migrate did not install it"),
    "an operator": (
        "CREATE FUNCTION hush(bigint, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE OPERATOR = (LEFTARG = bigint, RIGHTARG = text, FUNCTION = hush)",
        "operator =(bigint,text) is there, migrate did not install it"),
    "the step of a sequence": (
        "ALTER SEQUENCE document_no INCREMENT 7", "sequence document_no is not as migrate installed it"),
    "a sequence that begins again": (
        "ALTER SEQUENCE document_no MAXVALUE 9 CYCLE RESTART 1", "sequence document_no is not as migrate installed it"),
    "a state more": ("ALTER TYPE payer_state ADD VALUE 'lost'", "type payer_state is not as migrate installed it"),
    "a state of another name": (
        "ALTER TYPE payout_state RENAME VALUE 'done' TO 'gone'", "type payout_state is not as migrate installed it"),
    "a type more": ("CREATE DOMAIN fen AS bigint", "type fen is there, migrate did not install it"),
    "rights by default": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE yifen_owner IN SCHEMA public GRANT ALL ON TABLES TO yifen_web",
        "rights by default of yifen_owner to r in public is there, migrate did not install it"),
    "rights by default everywhere": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE yifen_owner GRANT EXECUTE ON FUNCTIONS TO yifen_web",
        "rights by default of yifen_owner to f is there, migrate did not install it"),
    "a superuser more": ("CREATE ROLE evil SUPERUSER", "strong role evil is there, migrate did not"),
    "one more who makes roles": ("CREATE ROLE evil CREATEROLE", "strong role evil is there, migrate did not"),
    "one more past row security": ("CREATE ROLE evil BYPASSRLS", "strong role evil is there, migrate did not"),
    "one more who copies all": ("CREATE ROLE evil REPLICATION", "strong role evil is there, migrate did not"),
    "a member of the superuser": (
        "CREATE ROLE evil; GRANT postgres TO evil",
        "member evil of postgres is there, migrate did not install it"),
    "a role that writes everywhere": (
        "CREATE ROLE evil; GRANT pg_write_all_data TO evil",
        "member evil of pg_write_all_data is there, migrate did not install it"),
    "an actor by a setting of a role": (
        "ALTER ROLE yifen_web SET yifen.actor = 'somebody'",
        "setting yifen.actor=somebody of yifen_web is there, migrate did not install it"),
    "an actor by a setting of the database": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET yifen.session = ''a''', current_database()); END $$",
        "setting yifen.session=a of everyone is there, migrate did not install it"),
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


@pytest.mark.parametrize("case", sampled(list(CASES), 3))
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
                      "GRANT SELECT ON payment TO reads_only", "GRANT pg_monitor TO reads_only",
                      "CREATE TEMPORARY TABLE aside ()",
                      "CREATE FUNCTION pg_temp.aside() RETURNS void LANGUAGE sql AS ''",
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
    altered(database, "DROP TRIGGER two_people ON payee", "DROP INDEX checkout_order_open_once",
            "ALTER TABLE access_tries ADD aside text",
            "GRANT UPDATE ON payee TO yifen_gateway")  # fmt: skip
    more, index = "table access_tries is not as migrate installed it", CASES["a unique index less"][1]
    assert problems(database) == [
        CASES["a right to a table"][1], more, CASES["a trigger less"][1], index,
    ]  # fmt: skip
    migrate(database)  # of what did not change nothing is told again
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


def test_an_operators_own_extension_is_named_until_it_is_told(database: Database) -> None:
    altered(database, CASES["a function that an extension hides"][0])
    named = [CASES["a function that an extension hides"][1],
             "right of PUBLIC to function more_v1() is there, migrate did not install it"]  # fmt: skip
    assert problems(database) == named
    migrate(database)
    assert problems(database) == named
    migrate(database, "--as-it-stands")
    assert problems(database) == []
    altered(database, SPLIT.format("more_v1()", "text", "", "'b'::text"))
    assert problems(database) == ["function more_v1() is not as migrate installed it"]


def test_kinds_told_later_are_told_by_the_next_migrate(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(database)
    with psycopg.connect(database.owner_url) as conn, monkeypatch.context() as version_before:
        told = {what: digest for what, digest in installed.standing(conn).items()
                if not what.partition(" ")[2].startswith(installed._LATER)}  # fmt: skip
        version_before.setattr(installed, "standing", lambda conn: told)
        installed.tell(conn, {})
    assert "schema public is there, migrate did not install it" in problems(database)
    altered(database, CASES["a cast"][0])
    migrate(database)
    assert problems(database) == [CASES["a cast"][1]]
    altered(database, CASES["the step of a sequence"][0], CASES["a schema more"][0])
    migrate(database)
    assert problems(database) == [CASES[case][1] for case in ("a cast", "a schema more", "the step of a sequence")]


def forget(database: Database) -> None:
    """The trail begins anew."""
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("TRUNCATE audit_entry")
        conn.execute("UPDATE audit_head SET entry_no = 0, hash = sha256('yifen audit')")


def test_of_a_version_before_nothing_was_told_until_migrate(database: Database) -> None:
    forget(database)
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


def test_a_view_made_again_of_its_own_text_reads_the_same(database: Database) -> None:
    """So a dump puts it back, and nothing is named as altered."""
    with psycopg.connect(database.owner_url) as conn:
        before = dict(conn.execute(VIEWS).fetchall())
        assert len(before) > 40
        for name, text in before.items():
            conn.execute(f"CREATE OR REPLACE VIEW {name} AS {text}".encode())
        assert {name for name, text in conn.execute(VIEWS).fetchall() if text != before[name]} == set()
        conn.rollback()


def test_a_dump_put_back_is_as_it_was_installed(database: Database, cluster: Any, tmp_path: Path) -> None:
    file, restored = tmp_path / "dump", database.owner_url.replace(database.name, "test_put_back")
    with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
        conn.execute("CREATE DATABASE test_put_back")
    try:
        for name, *words in (("pg_dump", "-Fc", "-f", str(file), database.owner_url),
                             ("pg_restore", "--exit-on-error", "-d", restored, str(file))):  # fmt: skip
            subprocess.run([wanted_folder() / name, *words], check=True)
        put_back = database_of(cluster, "test_put_back", database.buckets)
        assert problems(put_back) == [CASES["everybody's right to the database"][1]]  # which a dump leaves out
        migrate(put_back)
        assert problems(put_back) == []
    finally:
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as conn:  # autovacuum may be at it
            conn.execute("DROP DATABASE test_put_back WITH (FORCE)")
