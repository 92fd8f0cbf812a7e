"""Arrears of the demo's world: some residents of a company that bills owe an old bill, each at another step, by the
functions
that people and the worker call."""

from datetime import timedelta
from typing import Any

from django.db import connection

from yifen.core.facts.sqlfiles import queries
from yifen.hub.sample import Sample
from yifen.trades.arrears.rules import LAWS, as_rows

MAKER, CHECKER = "clearing", "clearing2"
_SQL = queries(__package__)
STEPS = (
    (), (("message", 90),), (("message", 90), ("call", 80)), (("message", 90), ("call", 80), ("letter", 65)),
    (("message", 90), ("call", 80), ("letter", 65), ("notice", 40)),
    (("message", 90), ("call", 80), ("letter", 65), ("notice", 40)),
)  # fmt: skip
"""Of account after account, what was done so many days ago; the last one is cut off, and others behind it hold or are
bad."""


def prepare(sample: Sample) -> None:
    """Of the heating company where there is one; a demo that ends by itself has the power company alone."""
    for code, law in (("HEAT01", "heat"), ("POWER01", "power_home")):
        if code in sample.partners:
            biller = int(sample.partners[code].pk)
            with connection.cursor() as cursor:
                if _one(cursor, "sample_is_there", {"biller": biller}):
                    _debts(cursor, sample, biller, law)
                    return


def _debts(cursor: Any, sample: Sample, biller: int, law: str) -> None:
    day, now = sample.day, sample.registry.now
    facts: dict[str, Any] = {"biller": biller, "now": now, "day": day, "institution": sample.seat.pk, "maker": MAKER,
                             "checker": CHECKER, "count": len(STEPS) + 4}  # fmt: skip
    facts["fee"] = _one(cursor, "sample_fee", facts)
    cursor.execute(_SQL["sample_price"], facts)
    cursor.execute(_SQL["sample_services"], facts)
    facts["run"] = _one(
        cursor,
        "sample_run",
        facts
        | {
            "from": day - timedelta(days=200),
            "to": day - timedelta(days=140),
            "due": day - timedelta(days=100),
        },
    )
    cursor.execute(_SQL["sample_make"], facts)
    figures = _one(cursor, "sample_figures", facts)
    _agreed(
        cursor,
        "sample_publish",
        "billing.publish",
        {"run": facts["run"], "figures": figures},
        facts,
    )
    _agreed(cursor, "sample_rule", "arrears.rule", {
        "biller": biller, "fee": facts["fee"], "class": "", "law": law, "restore_hours": 24,
        "steps": as_rows(LAWS["heat"].steps)}, facts)  # fmt: skip
    cursor.execute(_SQL["sample_customers"], facts)
    for customer, steps in zip(
        [row[0] for row in cursor.fetchall()], (*STEPS, (), (), (), ()), strict=False
    ):
        facts |= {"customer": customer}
        for kind, ago in steps:
            cursor.execute(
                _SQL["sample_step"], facts | {"kind": kind, "on": day - timedelta(days=ago)}
            )
    cursor.execute(_SQL["sample_owed"], facts)
    owed = cursor.fetchall()
    for place, (customer, bill, fen) in enumerate(owed):
        _state(
            cursor, place - len(STEPS) + 1, facts | {"customer": customer, "bill": bill, "fen": fen}
        )


def _state(cursor: Any, place: int, facts: dict[str, Any]) -> None:
    """The last of those with steps is cut off; the ones behind: a promise, a plan, a dispute, written off."""
    bill, fen, customer, day = facts["bill"], facts["fen"], facts["customer"], facts["day"]
    match place:
        case 0:
            _agreed(cursor, "sample_cut", "arrears.cut", {"debts": [
                {"customer": customer, "fee": facts["fee"], "bill": bill, "owed_fen": fen}]}, facts)  # fmt: skip
        case 1:
            cursor.execute(
                _SQL["sample_hold"], facts | {"kind": "promise", "until": day + timedelta(days=10)}
            )
        case 2:
            half = fen // 2
            _agreed(cursor, "sample_plan", "arrears.plan", {
                "customer": customer, "fee": facts["fee"], "owed_fen": fen, "bills": [{"bill": bill, "paid_fen": 0}],
                "rows": [{"on": str(day + timedelta(days=30)), "fen": half},
                         {"on": str(day + timedelta(days=60)), "fen": fen - half}]}, facts)  # fmt: skip
        case 3:
            cursor.execute(_SQL["sample_hold"], facts | {"kind": "dispute", "until": None})
        case 4:
            _agreed(cursor, "sample_write_off", "arrears.write_off", {
                "evidence": "法院终结执行裁定", "bills": [{"bill": bill, "fen": fen}]}, facts)  # fmt: skip


def _agreed(
    cursor: Any, statement: str, act: str, content: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Two people's word, and what is done by it. Whoever it refuses, the sample is wrong."""
    from psycopg.types.json import Jsonb

    proposal = _one(
        cursor,
        "sample_agreed",
        facts
        | {"act": act, "content": Jsonb(content), "key": str(content.get("run", content))[:60]},
    )
    cursor.execute(_SQL[statement], facts | {"proposal": proposal})
    code = max(row[0] for row in cursor.fetchall())
    assert code == 0, (act, code)


def _one(cursor: Any, name: str, given: dict[str, Any]) -> Any:
    cursor.execute(_SQL[name], given)
    return cursor.fetchone()[0]
