"""The database that the demo of the version before left (samples/upgrade), and what stands in it."""

import json
import lzma
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from tests.world import Database
from yifen.core.facts.processes import OWNER

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "upgrade"
KEY_RING = (SAMPLES / "key-ring").read_text()
LOGINS = {row["login"]: row for row in json.loads((SAMPLES / "logins.json").read_text())}
KEYS = {row["partner"]: row for row in json.loads((SAMPLES / "keys.json").read_text())}
# What only psql reads, and what only a server as new as the dump's knows.
FOREIGN = re.compile(rb"^(\\(un)?restrict |SET transaction_timeout ).*$", re.MULTILINE)
COPY = re.compile(rb"^(COPY [^;]+ FROM stdin);\n(.*?)^\\\.$", re.MULTILINE | re.DOTALL)
COLUMNS_SQL = """
SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
GROUP BY relname"""
Conn = psycopg.Connection[Any]


def restore(conn: Conn) -> None:
    """The dump as pg_dump wrote it, in its order: statements, and rows by COPY."""
    dump = FOREIGN.sub(b"", lzma.decompress((SAMPLES / "demo.sql.xz").read_bytes()))
    statements, *blocks = COPY.split(dump)
    conn.execute(statements)
    for copying, rows, statements in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True):
        with conn.cursor().copy(copying) as copy:
            copy.write(rows)
        conn.execute(statements)


def columns_of(conn: Conn) -> dict[str, str]:
    """Every table with the names of its columns."""
    return dict(conn.execute(COLUMNS_SQL).fetchall())


def rows_of(conn: Conn, columns: dict[str, str]) -> dict[str, Counter[str]]:
    """Every row of these tables, in these columns."""
    return {
        table: Counter(row for (row,) in conn.execute(f"SELECT ROW({names})::text FROM {table}"))
        for table, names in columns.items()
    }


def environment(database: Database, role: str = OWNER, **settings: str) -> dict[str, str]:
    """Of a process of Yifen that holds the key ring of that demo."""
    return database.environment(role, YIFEN_KEY_RING=KEY_RING, **settings)


def yifen(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    """A command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "yifen", *words],
        env=environment(database), capture_output=True, text=True,
    )  # fmt: skip


def verified(database: Database) -> dict[str, Any]:
    """The last line of `yifen verify --json`, but for the time it took."""
    done = yifen(database, "verify", "--json")
    assert done.stdout, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    del found["seconds"]
    return found
