"""Is a kept report a whole one: every clause of today's set, each passed? Nothing less lets in (H6)."""

from collections.abc import Mapping
from typing import Any

from yifen.hub.certify import biller, channel


def clause_ids(kind: str, dialect: str) -> frozenset[str]:
    """The clauses of a channel, or of a biller that speaks this dialect."""
    if kind == "channel":
        return frozenset(row.id for row in channel.CLAUSES)
    return frozenset(row.id for row in biller.CLAUSES if dialect in row.dialects)


def is_whole(report: Mapping[str, Any] | None, kind: str, dialect: str) -> bool:
    """A clause that failed, was not run, is missing or stands there twice: no. So is the report of a
    version that asked less."""
    clauses = (report or {}).get("clauses") or []
    passed = [row.get("id") for row in clauses if row.get("verdict") == "pass"]
    return len(passed) == len(clauses) and sorted(passed) == sorted(clause_ids(kind, dialect))
