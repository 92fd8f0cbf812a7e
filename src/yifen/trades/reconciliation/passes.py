"""What the join left over, matched by more than the serial: across days, by rule, by sums.

Every pass works on open items of one partner, set by set, and closes what it explains: both sides
get one group number. What two items explain ambiguously stays for a person.
"""

from datetime import date, datetime
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.profile import LegProfile

_SQL = queries(__package__)
CROSS_DAY = _SQL["cross_day"]
BY_RULE = _SQL["by_rule"]
_SUMS = _SQL["sums"]
GROUPS = [
    _SUMS.format(key=key, many=many, one=one)
    for many, one in (("ours_only", "theirs_only"), ("theirs_only", "ours_only"))
    for key in ("batch", "business_day::text")
]
_NUMBER = _SQL["next_group"]
_CLOSE = _SQL["close_group"]
_EXPECTED = _SQL["close_expected"]


def run(
    conn: psycopg.Connection[Any], profile: LegProfile, run_id: int, now: datetime, day: date
) -> dict[str, int]:
    """All passes that the profile asks for. Answers groups closed by each."""
    passes = [("cross_day", CROSS_DAY)]
    if profile.by_rule:
        passes.append(("rule", BY_RULE))
    if profile.by_group:
        passes += [("group", statement) for statement in GROUPS]
    params = {"partner": profile.partner_id, "window_s": profile.rule_window_min * 60,
              "days": profile.deadline_days}  # fmt: skip
    closed: dict[str, int] = {}
    groups: list[int] = []
    for rule, statement in passes:
        row = conn.execute(statement, params).fetchone()
        for items in (row and row[0]) or []:
            group = _close(conn, [item for item in items if item is not None], rule, now)
            groups.append(group)
            closed[rule] = closed.get(rule, 0) + 1
    if profile.party == "bank" and groups:
        conn.execute(_EXPECTED, {"run": run_id, "groups": groups})
    return closed


def _close(conn: psycopg.Connection[Any], items: list[int], rule: str, now: datetime) -> int:
    row = conn.execute(_NUMBER).fetchone()
    assert row is not None
    conn.execute(_CLOSE, {"items": items, "rule": rule, "group": row[0], "now": now})
    return int(row[0])
