"""Daily files 对账文件 byte by byte: what partners were given is what stands here, and names the heads
of the chains as they were at the cut."""

import hashlib
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_FILES, _PARTS, _LOST = _SQL["daily_files"], _SQL["daily_parts"], _SQL["parts_of_nothing"]


def files_altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Every file; its row is in the audit trail, so the digest there is the one that was made."""
    found = [f"{file} {problem}" for file, problem in conn.execute(_LOST).fetchall()]
    for file_id, partner, day, version, digest, heads in conn.execute(_FILES).fetchall():
        whole, first = hashlib.sha256(), b""
        with conn.transaction(), conn.cursor(name="parts") as cursor:
            for (body,) in cursor.execute(_PARTS, (file_id,)):
                first = first or bytes(body[:1000])
                whole.update(body)
        name = f"daily_file {file_id} partner {partner} day {day} version {version}"
        if whole.digest() != digest:
            found.append(f"{name} body does not have its sha256")
        elif heads is None or heads.encode() not in first.split(b"\n", 1)[0]:
            found.append(f"{name} names other heads of the chains than the cut kept")
    return found
