"""What the database must know of the plugs to ask for two people: permissions, acts, guarded tables; and
which jobs a process may ask for.

Called by `yifen migrate` after the functions.
"""

from collections import defaultdict
from typing import Any

import psycopg
from psycopg import sql

from yifen.core.facts.plug import Ends, Second
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import permissions, plugs

_SQL = queries(__package__)


def install(conn: psycopg.Connection[Any]) -> None:
    """In the caller's transaction; safe to repeat."""
    conn.execute(_SQL["forget_permissions"])
    conn.execute(_SQL["forget_acts"])
    for grant in permissions().values():
        for role in grant.to:
            conn.execute(_SQL["permission"], (role, grant.name))
    for act in (act for plug in plugs() for act in plug.second):
        conn.execute(_SQL["act"], (act.name, act.propose, act.decide, act.about, act.level))
    for act, number, end in ending():
        _lapses(conn, f"lapses_{act.name.replace('.', '_')}_{number}", act.name, end)
    for table, acts in guarded().items():
        _guard(conn, table, acts)
    tasks = [task for plug in plugs() for task in plug.tasks]
    conn.execute(sql.SQL(_SQL["guard_jobs"]).format(
        names=_array([task.name for task in tasks]), queues=_array([task.queue for task in tasks]),
        by_clock=_array([str(bool(task.cron)) for task in tasks]),
        alone=_array([str(task.alone) for task in tasks]),
    ))  # fmt: skip


def guarded() -> dict[str, list[Second]]:
    """Tables that only two people change, and by which acts."""
    found = defaultdict(list)
    for act in (act for plug in plugs() for act in plug.second):
        for table in act.tables:
            found[table].append(act)
    return dict(found)


def ending() -> list[tuple[Second, int, Ends]]:
    """Every way in which what an act is about ends without it."""
    acts = [act for plug in plugs() for act in plug.second]
    return [(act, number, end) for act in acts for number, end in enumerate(act.ends)]


def alone(table: str) -> list[str]:
    """Columns of a guarded table that one person may change."""
    return [column for plug in plugs() for row in plug.tables if row.name == table
            for column in row.alone]  # fmt: skip


def _guard(conn: psycopg.Connection[Any], table: str, acts: list[Second]) -> None:
    when = "".join(row.alone_when for plug in plugs() for row in plug.tables if row.name == table)
    statement = sql.SQL(_SQL["guard"])
    conn.execute(statement.format(
        table=sql.Identifier(table), acts=_array([act.name for act in acts]),
        free=_array(alone(table)), when=sql.Literal(when), bound=_array([act.bound for act in acts]),
    ))  # fmt: skip


def _lapses(conn: psycopg.Connection[Any], name: str, act: str, end: Ends) -> None:
    statement = sql.SQL(_SQL["lapses"])
    conn.execute(statement.format(
        name=sql.Identifier(name), event=sql.SQL(end.event), table=sql.Identifier(end.table),
        when=sql.SQL(end.when), act=sql.Literal(act), subject=sql.Literal(end.subject), at=sql.Literal(end.at),
        why=sql.Literal(f"{end.why.zh} {end.why.en}"),
    ))  # fmt: skip


def _array(names: list[str]) -> sql.Literal:
    """As a trigger's argument, which is a text."""
    return sql.Literal(f"{{{','.join(names)}}}")
