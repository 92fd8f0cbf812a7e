"""Bring a database up to this version: Django's migrations, the views and functions, the grants.

Tables change by migrations; views and functions are code and are installed whole every time, in the
same transaction as their grants. A migration that changes a column under a view drops the view. The
app role reads money and calls functions; it writes none of it.
"""

import re
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yifen.core import starting
from yifen.core.access import walls
from yifen.core.audit import watch
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.plug import Table
from yifen.core.facts.sqlfiles import queries, read_sql
from yifen.core.plugs import plugs, result_codes

_SQL = queries(__package__)
_VIEW = re.compile(r"CREATE OR REPLACE VIEW\s+(\w+)")


class BucketsChanged(RuntimeError):
    """The number of buckets is fixed when a database is made."""


def function_files() -> list[tuple[str, str]]:
    """(name, text) of every versioned file of views and functions, the lowest app first."""
    found = []
    for app in (app for plug in plugs() for app in plug.apps):
        with resources.as_file(resources.files(app)) as path:
            for file in sorted(path.glob("sql/*_v[0-9]*.sql"), key=_views_first):
                found.append((f"{app}/{file.name}", read_sql(file, result_codes())))
    return found


def _views_first(file: Path) -> tuple[bool, str]:
    """Functions read views; views stand on tables alone."""
    return not file.name.startswith("views_"), file.name


def install_functions(owner_url: str, app_role: str, buckets: int) -> None:
    """Functions, buckets and grants, all or none; safe to repeat."""
    with psycopg.connect(owner_url) as conn:
        for _, text in function_files():
            _install(conn, text)
        starting.check_tables(conn)
        for (path_named,) in conn.execute(_SQL["open_paths"]).fetchall():
            conn.execute(path_named)
        have = conn.execute("SELECT count(*) FROM ledger_head").fetchone()
        if have and have[0] not in (0, buckets):
            raise BucketsChanged(BUCKETS_CHANGED.format(have=have[0], want=buckets))
        conn.execute(
            "SELECT ledger_open_buckets_v1(%s), payments_open_buckets_v1(%s)", (buckets, buckets)
        )
        role = sql.Identifier(app_role)
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC",
            "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM {role}, PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            conn.execute(sql.SQL(statement).format(role=role))
        for name in (name for plug in plugs() for name in plug.internal_functions):
            revoke = sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}")
            conn.execute(revoke.format(sql.Identifier(name), role))
        for table in (table for plug in plugs() for table in plug.tables):
            if table.write:
                _grant_writes(conn, table, role)
        watch.install(conn, app_role)
        walls.install(conn)


def _install(conn: psycopg.Connection[Any], text: str) -> None:
    """A view whose columns are no longer what they were cannot be replaced: it goes first."""
    try:
        with conn.transaction():
            conn.execute(text.encode())
    except psycopg.errors.InvalidTableDefinition:
        for view in _VIEW.findall(text):
            conn.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(view)))
        conn.execute(text.encode())


def _grant_writes(conn: psycopg.Connection[Any], table: Table, role: sql.Identifier) -> None:
    """What the app role may write of a table."""
    rights = [sql.SQL("INSERT")]
    if not table.keep_rows:
        rights.append(sql.SQL("DELETE"))
    columns = conn.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attname <> ALL (%s)",
        (table.name, list(table.keep)),
    ).fetchall()
    changed = sql.SQL(", ").join(sql.Identifier(column) for (column,) in columns)
    update = sql.SQL("UPDATE ({})").format(changed) if table.keep else sql.SQL("UPDATE")
    grant = sql.SQL("GRANT {} ON {} TO {}")
    conn.execute(grant.format(sql.SQL(", ").join([*rights, update]), sql.Identifier(table.name), role))


def migrate(owner_url: str, app_role: str, buckets: int) -> None:
    """Everything: tables, functions, grants. The Django settings must point at `owner_url`."""
    from django.core.management import call_command

    starting.set_up()
    call_command("migrate", verbosity=0, interactive=False)
    install_functions(owner_url, app_role, buckets)
