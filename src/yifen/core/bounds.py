"""Moments and days that a process writes itself stay where a reader can show them: no infinity, no year that no clock
has. Whoever has a process's password could else stop, by one row, whatever reads its table.

Called by `yifen migrate` behind the grants, which say what a process writes; what functions write they look at."""

from typing import Any

import psycopg
from psycopg import sql

from yifen.core.facts.processes import EVERYONE
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
WITHIN = {
    "timestamp with time zone": ("1970-01-01 00:00+00", "2200-01-01 00:00+00"),
    "date": ("1900-01-01", "9999-12-31"),
}


def install(conn: psycopg.Connection[Any]) -> None:
    """In the caller's transaction; safe to repeat. What stands already is not looked at."""
    for table, columns, kinds in conn.execute(_SQL["unbounded"], (list(EVERYONE), list(WITHIN))).fetchall():
        checks = [
            sql.SQL(_SQL["within"]).format(
                name=sql.Identifier(f"within_{column}"), column=sql.Identifier(column),
                least=sql.Literal(WITHIN[kind][0]), most=sql.Literal(WITHIN[kind][1]))
            for column, kind in zip(columns, kinds, strict=True)
        ]  # fmt: skip
        conn.execute(sql.SQL(_SQL["bound"]).format(table=sql.Identifier(table), checks=sql.SQL(", ").join(checks)))
