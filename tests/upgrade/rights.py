"""Who may do what in a database, and what its tables set off: one sorted line each, from pg_catalog.

`python -m tests.upgrade.rights` renews the two lists in `samples/upgrade`: what the version before
had and this one still has, and what is new since.
"""

import os
from pathlib import Path

import psycopg

from tests.world import Database

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "upgrade"
BEFORE, SINCE = SAMPLES / "acl-and-triggers.txt", SAMPLES / "acl-and-triggers-since.txt"
RENEW = """if it is meant: run `PYTHONPATH=src .venv/bin/python -m tests.upgrade.rights`, read the diff
of tests/samples/upgrade/acl-and-triggers*.txt, and commit it with the change"""
# Without a list of its own an object has that of acldefault; the owner's rights are not told.
RIGHTS_SQL = """
WITH relation AS (
    SELECT *, CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END AS kind
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
), object (kind, name, owner, acl) AS (
    SELECT kind, relname::text, relowner,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    FROM relation
    UNION ALL
    SELECT 'column', relname || '.' || attname, relowner, attacl
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT 'function', format('%s(%s)', proname, pg_get_function_identity_arguments(oid)),
        proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'schema', nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE nspname = 'public'
)
SELECT format('%s %s: %s %s', kind, name, coalesce(rolname, 'PUBLIC'),
    string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ' '
        ORDER BY privilege_type))
FROM object CROSS JOIN LATERAL aclexplode(acl) LEFT JOIN pg_roles r ON r.oid = grantee
WHERE grantee <> owner GROUP BY kind, name, rolname
UNION ALL
SELECT 'trigger ' || tgrelid::regclass || ': ' || pg_get_triggerdef(t.oid, true)
    || CASE tgenabled WHEN 'O' THEN '' ELSE ' -- not enabled: ' || tgenabled::text END
FROM pg_trigger t JOIN relation ON relation.oid = tgrelid WHERE NOT tgisinternal"""


def rights_of(database: Database) -> list[str]:
    with psycopg.connect(database.super_url) as conn:
        return sorted(line for (line,) in conn.execute(RIGHTS_SQL))


def listed(file: Path) -> list[str]:
    """The lines of one of the lists."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line for line in lines if line and not line.startswith("#")]


def renew(now: list[str]) -> None:
    """A line that is gone or changed leaves the list of the version before; a new one joins the other."""
    before = listed(BEFORE) or now
    write(BEFORE, "of the version before, and of this one", [x for x in before if x in now])
    write(SINCE, "new since the version before", [x for x in now if x not in before])


def write(file: Path, whose: str, lines: list[str]) -> None:
    head = f"# Rights and triggers {whose}; renewed by tests/upgrade/rights.py.\n"
    file.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    from tests.cluster import fast, migrated
    from tests.conftest import RING

    os.environ["YIFEN_KEY_RING"] = RING
    with fast() as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE rights")
        renew(rights_of(migrated(server, "rights", buckets=1)))
