"""Who may do what in a database: each process its role, with what the plugs name and nothing else.

In the owner's transaction, after tables and functions are there; safe to repeat. Whatever another
role could write or call before is taken back, and what nobody named stays with the owner.
"""

from typing import Any

import psycopg
from psycopg import sql

from yifen.core.facts.plug import Table
from yifen.core.facts.processes import EVERYONE, INSIDE, READER
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs

Conn = psycopg.Connection[Any]
_SQL = queries(__package__)
_MISSING, _ACTORS, _COLUMNS = _SQL["roles_missing"], _SQL["actors"], _SQL["columns"]
_READER = _SQL["reader"]
_DATABASE = "SELECT current_database()"
SCHEMAS = ("public", "partitions")
LACKING = """\
the server lacks the roles of the processes {names}. As its administrator, each with a password of \
its own:
{statements}
"""


class RolesMissing(RuntimeError):
    """The roles of the processes are the administrator's to make; the message says how."""


def require_roles(conn: Conn) -> None:
    """RolesMissing with the statements to type."""
    lacking = [name for (name,) in conn.execute(_MISSING, (list(EVERYONE),)).fetchall()]
    if lacking:
        statements = "\n".join(f"CREATE ROLE {name} LOGIN PASSWORD '…';" for name in lacking)
        raise RolesMissing(LACKING.format(names=", ".join(lacking), statements=statements))


def grant_all(conn: Conn) -> None:
    """Everything taken, then given as the plugs say."""
    require_roles(conn)
    for (name,) in conn.execute(_ACTORS, ([*EVERYONE, READER],)).fetchall():
        _strip(conn, sql.Identifier(name))
    _strip(conn, sql.SQL("PUBLIC"))
    row = conn.execute(_DATABASE).fetchone()
    assert row is not None
    ours, everyone = sql.Identifier(row[0]), _named(EVERYONE)
    conn.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC, {}").format(ours, everyone))
    conn.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(everyone))
    for statement in ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}",
                      "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}"):  # fmt: skip
        conn.execute(sql.SQL(statement).format(_named(INSIDE)))
    for plug in plugs():
        for function, roles in ((name, who) for name, who in plug.functions.items() if who):
            execute = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}")
            conn.execute(execute.format(sql.Identifier(function), _named(roles)))
        for table in plug.tables:
            _grant_table(conn, table)
        for role, names in plug.reads.items():
            for name in names:
                _grant(conn, sql.SQL("SELECT"), sql.Identifier(name), (role,))
    _grant_reader(conn)


def _grant_reader(conn: Conn) -> None:
    """The figures, and nothing else; a server whose administrator made no such role has no reader."""
    if conn.execute(_READER, (READER,)).fetchone() is None:
        return
    reader = sql.Identifier(READER)
    conn.execute(sql.SQL(_SQL["reader_enters"]).format(reader=reader))
    for view in (name for plug in plugs() for name in plug.readable):
        conn.execute(sql.SQL(_SQL["reader_reads"]).format(view=sql.Identifier(view), reader=reader))


def _strip(conn: Conn, role: sql.Composable) -> None:
    for schema in SCHEMAS:
        for statement in ("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}",
                          "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {} FROM {}",
                          "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {} FROM {}",
                          "REVOKE ALL ON SCHEMA {} FROM {}"):  # fmt: skip
            conn.execute(sql.SQL(statement).format(sql.Identifier(schema), role))


def _grant_table(conn: Conn, table: Table) -> None:
    name, hidden = sql.Identifier(table.name), [r for r in INSIDE if r not in table.reads]
    if hidden:
        revoke = sql.SQL("REVOKE SELECT ON {} FROM {}")
        conn.execute(revoke.format(name, _named(hidden)))
        if table.hidden:
            _grant(conn, _some("SELECT", conn, table.name, table.hidden), name, hidden)
    if table.adds:
        _grant(conn, sql.SQL("INSERT"), name, table.adds)
    update = _some("UPDATE", conn, table.name, table.keep)
    if table.changes:
        _grant(conn, update, name, table.changes)
    if table.writes:
        rights = [sql.SQL("INSERT"), update]
        if not table.keep_rows:
            rights.append(sql.SQL("DELETE"))
        _grant(conn, sql.SQL(", ").join(rights), name, table.writes)


def _grant(conn: Conn, rights: sql.Composable, table: sql.Identifier, roles: Any) -> None:
    conn.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, table, _named(roles)))


def _some(right: str, conn: Conn, table: str, without: tuple[str, ...]) -> sql.Composable:
    """The right to all columns but these."""
    if not without:
        return sql.SQL(right)
    columns = conn.execute(_COLUMNS, (table, list(without))).fetchall()
    listed = sql.SQL(", ").join(sql.Identifier(column) for (column,) in columns)
    return sql.SQL("{} ({})").format(sql.SQL(right), listed)


def _named(roles: Any) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, roles))
