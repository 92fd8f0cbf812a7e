"""What `migrate` installed 已安装的防护: functions, triggers, constraints, rights, roles, told to the audit trail by
name and digest. What is no longer so was done behind its back.

An entry tells what a migration made or changed, so what somebody altered before it does not become true by
it. Each major version of PostgreSQL writes expressions in its own way, and roles are a server's: told
once for each.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from yifen.core.audit.told import BASELINE, INSTALLED
from yifen.core.facts.processes import EVERYONE, OWNER
from yifen.core.facts.sqlfiles import queries

Conn = psycopg.Connection[Any]
Told = dict[str, str | None]  # by what it is, its digest; None: a migration took it away
_SQL = queries(__package__)
_PLAIN, _STANDING, _HERE = _SQL["plain_names"], _SQL["standing"], _SQL["here"]
_TOLD, _DRAFT = _SQL["told"], _SQL["draft"]
# Kinds that every database has and that were not told from the first: each is told once, by the next `migrate`.
_LATER = ("schema ", "sequence ", "type ", "owner ", "strong role ")


def standing(conn: Conn) -> dict[str, str]:
    """What stands now: digests by what it is. Nothing: of a new database."""
    with conn.transaction():
        if conn.execute(_PLAIN).fetchone() != (True,):
            return {}
        return dict(conn.execute(_STANDING, {"roles": [*EVERYONE, OWNER]}).fetchall())


def tell(conn: Conn, before: Mapping[str, str], as_it_stands: bool = False) -> None:
    """Tells what stands otherwise than the trail has it. What stood so `before` this migration somebody else
    did: it is told only `as_it_stands`. In the caller's transaction; safe to repeat."""
    known: Told = {}
    for (after,) in conn.execute(_TOLD, (BASELINE, INSTALLED)).fetchall():
        known |= json.loads(after)
    here, now = _here(conn), standing(conn)
    odd = set(_differing(known, before, tuple(place for place in here if _is_told(known, place))))
    odd -= {what for place in here for kind in _LATER if not _is_told(known, place + kind)
            for what in odd if what.startswith(place + kind)}  # fmt: skip
    if as_it_stands or any(" migration " in what for what in odd):  # one that was cut short told nothing
        odd = set()
    changed = {what: now.get(what) for what in _differing(known, now, here)
               if what not in odd or now.get(what) != before.get(what)}  # fmt: skip
    if changed:
        conn.execute(_DRAFT, (BASELINE, INSTALLED, json.dumps(changed)))


def altered(conn: Conn, known: Told) -> Iterator[str]:
    """What is not as the trail says that it was installed, in order; nothing where it says nothing yet."""
    here, now = _here(conn), standing(conn)
    for place in here if known else ():
        if not _is_told(known, place):
            yield f"of this server ({place.strip()}) nothing was told that migrate installed: run it"
    for what in _differing(known, now, tuple(place for place in here if _is_told(known, place))):
        name = what.partition(" ")[2]
        if what not in now:
            yield f"{name} is missing, migrate installed it"
        elif known.get(what) is None:
            yield f"{name} is there, migrate did not install it"
        else:
            yield f"{name} is not as migrate installed it"


def _here(conn: Conn) -> tuple[str, ...]:
    """What begins the names of objects here: the version's, the server's."""
    return tuple(conn.execute(_HERE).fetchall()[0])


def _is_told(known: Told, place: str) -> bool:
    return any(what.startswith(place) for what in known)


def _differing(known: Told, found: Mapping[str, str], places: tuple[str, ...]) -> list[str]:
    return sorted(what for what in known.keys() | found.keys()
                  if what.startswith(places) and known.get(what) != found.get(what))  # fmt: skip
