"""The views of figures: each column is told, the role yifen_reader reads them and nothing else, and they tell no
person."""

import psycopg
import pytest
from psycopg import errors

from tests.world import Database
from yifen.core.facts.processes import READER
from yifen.core.plugs import plugs
from yifen.trades.figures.columns import VIEWS

COLUMNS = "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
RELATIONS = """SELECT relname::text, {} FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')"""
PERSONAL = {
    "account_no",
    "name",
    "payer_name",
    "contact",
    "phone",
    "login",
    "serial",
    "operator",
    "marks",
}


def test_every_column_of_a_view_is_told_in_its_order(shared_database: Database) -> None:
    with psycopg.connect(shared_database.app_url) as conn:
        there = {
            view.name: tuple(name for (name,) in conn.execute(COLUMNS, (view.name,)))
            for view in VIEWS
        }
    assert there == {view.name: tuple(name for name, _, _ in view.columns) for view in VIEWS}
    assert PERSONAL.isdisjoint(name for columns in there.values() for name in columns)


def test_who_reads_figures_reads_nothing_else(shared_database: Database) -> None:
    readable = {name for plug in plugs() for name in plug.readable}
    assert readable == {view.name for view in VIEWS}
    with psycopg.connect(shared_database.super_url) as conn:
        conn.execute(f"SET ROLE {READER}")
        for view in sorted(readable):
            assert conn.execute(f"SELECT * FROM {view}").fetchall() == []  # type: ignore[call-overload]
        may = dict(
            conn.execute(
                RELATIONS.format("has_any_column_privilege(oid, 'SELECT') AND relkind <> 'S'")
            ).fetchall()
        )  # type: ignore[call-overload]
        assert {name for name, reads in may.items() if reads} == readable
        for table in sorted(may.keys() - readable):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute(f"SELECT FROM {table}")  # type: ignore[call-overload]
        writes = conn.execute(
            RELATIONS.format("1")
            + " AND (has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
            " OR has_any_column_privilege(oid, 'INSERT, UPDATE'))"
        ).fetchall()  # type: ignore[call-overload]
        calls = conn.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND has_function_privilege(oid, 'EXECUTE')"
        ).fetchall()
        assert (writes, calls) == ([], [])


def test_who_reads_figures_signs_in_by_a_password_of_his_own(
    cluster, shared_database: Database
) -> None:  # type: ignore[no-untyped-def]
    with psycopg.connect(cluster.url(READER, shared_database.name)) as conn:
        assert conn.execute("SELECT session_user, count(*) FROM figure_bill").fetchone() == (
            READER,
            0,
        )
