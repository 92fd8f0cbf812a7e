"""What the join left over, matched by more than the serial: across days, by rule, by sums.

Every pass works on open items of one partner, set by set, and closes what it explains: both sides
get one group number. What two items explain ambiguously stays for a person.
"""

from datetime import date, datetime
from typing import Any

import psycopg

from yifen.trades.reconciliation.profile import Profile

_LIVE = """SELECT item_id, business_day, serial, class, payment_id, expected_id, account_no, batch,
        coalesce(ours_fen, theirs_fen) AS fen,
        coalesce(ours_kind, theirs_kind) IN ('sale', 'in') AS plus,
        coalesce(ours_at, theirs_at) AS at, theirs_fee_fen AS fee, theirs_ref AS ref,
        line_no, file_id
    FROM recon_item
    WHERE partner_id = %(partner)s AND state IN ('open', 'waiting')
        AND class IN ('ours_only', 'theirs_only')"""

# The same serial on the other side of the cut (domain.md case 7).
CROSS_DAY = f"""
WITH live AS ({_LIVE})
SELECT jsonb_agg(ARRAY[o.item_id, t.item_id])
FROM live o JOIN live t USING (serial, fen, plus)
WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.business_day <> t.business_day"""

# One of ours and one of theirs with the same account, amount and direction, near in time; of
# several alike only as many as stand on both sides, in the order of time.
BY_RULE = f"""
WITH live AS (SELECT *, row_number() OVER w AS nth,
                     count(*) FILTER (WHERE class = 'ours_only') OVER c AS ours,
                     count(*) FILTER (WHERE class = 'theirs_only') OVER c AS theirs
              FROM ({_LIVE}) l
              WINDOW c AS (PARTITION BY account_no, fen, plus),
                     w AS (PARTITION BY account_no, fen, plus, class ORDER BY at, item_id))
SELECT jsonb_agg(ARRAY[o.item_id, t.item_id])
FROM live o JOIN live t USING (account_no, fen, plus, nth)
WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.ours = o.theirs
    AND abs(extract(epoch FROM o.at - t.at)) <= %(window_s)s"""

# Many of one side whose sum, fees netted, is one row of the other: a batch, or a day.
_SUMS = """
WITH live AS ({live}), sums AS (
    SELECT {key} AS key, business_day, array_agg(item_id) AS items,
           sum(CASE WHEN plus THEN fen ELSE -fen END) AS gross,
           sum(CASE WHEN plus THEN fen ELSE -fen END + coalesce(fee, 0)) AS net
    FROM live WHERE class = '{many}' AND {key} IS NOT NULL
    GROUP BY {key}, business_day HAVING count(*) > 1
), pairs AS (
    SELECT s.key, s.items, o.item_id,
           count(*) OVER (PARTITION BY s.key, s.business_day) AS of_sum,
           count(*) OVER (PARTITION BY o.item_id) AS of_row
    FROM sums s JOIN live o ON o.class = '{one}'
        AND CASE WHEN o.plus THEN o.fen ELSE -o.fen END IN (s.gross, s.net)
        AND (s.key IN (o.serial, o.batch, o.ref)
             OR s.key = s.business_day::text AND o.business_day - s.business_day
                BETWEEN 0 AND %(days)s))
SELECT jsonb_agg(to_jsonb(item_id || items)) FROM pairs WHERE of_sum = 1 AND of_row = 1"""
GROUPS = [
    _SUMS.format(live=_LIVE, key=key, many=many, one=one)
    for many, one in (("ours_only", "theirs_only"), ("theirs_only", "ours_only"))
    for key in ("batch", "business_day::text")
]

_NUMBER = "SELECT nextval('recon_group_no')"
_CLOSE = """
UPDATE recon_item SET state = 'closed', closed_at = %(now)s, closed_by = %(rule)s,
    group_no = %(group)s
WHERE item_id = ANY (%(items)s)"""
_EXPECTED = """
UPDATE recon_expected e SET done = true, run_id = %(run)s, file_id = t.file_id, line_no = t.line_no
FROM recon_item o, LATERAL (SELECT x.file_id, x.line_no FROM recon_item x
    WHERE x.group_no = o.group_no AND x.class = 'theirs_only' ORDER BY x.item_id LIMIT 1) t
WHERE o.group_no = ANY (%(groups)s) AND o.expected_id = e.expected_id"""


def run(
    conn: psycopg.Connection[Any], profile: Profile, run_id: int, now: datetime, day: date
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
