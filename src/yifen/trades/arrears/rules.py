"""Words and templates of dunning: the laws of a cut with their sources, the steps that each suggests. Pure."""

import re
from typing import Any, NamedTuple

from yifen.core.facts.plug import Text

STEPS = {
    "message": Text("短信", "Message"),
    "call": Text("电话", "Call"),
    "letter": Text("催缴函", "Letter"),
    "notice": Text("停供通知", "Cut-off notice"),
    "cut": Text("停供", "Cut off"),
}
WHY = {
    "": Text("到期待办", "Due"),
    "current": Text("未逾期", "Nothing overdue"),
    "disputed": Text("异议中，或成立待更正", "Disputed, or upheld and to be corrected"),
    "plan": Text("分期中", "Plan"),
    "promised": Text("已承诺", "Promised"),
    "held": Text("正在缴费或余额足够", "Being paid, or the balance is enough"),
    "no_rule": Text("没有规则", "No rule"),
    "finished": Text("步骤已完", "All steps done"),
    "cut": Text("停供中", "Cut off"),
    "small": Text("金额不足", "Too small"),
    "unserved": Text("通知未送达", "Notice not served"),
    "waiting": Text("未到日期", "Waiting"),
    "gone": Text("用户已停用", "Service ended"),
}
SERVED = {
    "handed": Text("本人签收", "Handed over"),
    "posted": Text("邮寄", "Posted"),
    "left": Text("留置、见证", "Left, witnessed"),
}
HOLDS = {
    "promise": Text("承诺", "Promise"),
    "plan": Text("分期", "Plan"),
    "dispute": Text("异议", "Dispute"),
}
_DIGITS = re.compile(r"([0-9]+)")
ROWS_MAX = 12
"""Steps of a rule."""


class DunningStep(NamedTuple):
    """One step: days since the oldest due date, days since the step before, and the least sum in fen."""

    kind: str
    overdue_days: int
    after_days: int
    least_fen: int = 0


class Law(NamedTuple):
    """What a rule's cut has to obey: its words, whence they are, within how many hours it is restored, steps that
    obey, and the acts that its letters and notices name."""

    name: Text
    source: Text
    restore_hours: int
    steps: tuple[DunningStep, ...]
    acts: str


def _steps(*steps: tuple[str, int, int]) -> tuple[DunningStep, ...]:
    return tuple(DunningStep(*step) for step in steps)


_DEBT = "《中华人民共和国民法典》第五百七十九条"
_POWER = "《中华人民共和国民法典》第六百五十四条、《供电营业规则》"
_SUPPLY = "《中华人民共和国民法典》第六百五十四条、第六百五十六条"
LAWS = {
    "none": Law(
        Text("不停供（物业等）", "Never cut (property and others)"),
        Text("物业费不得以停水停电催缴", "No power or water is cut for a property fee"),
        24,
        _steps(("message", 1, 0), ("call", 15, 10), ("letter", 30, 10)),
        _DEBT,
    ),
    "power_home": Law(
        Text("居民供电", "Power, homes"),
        Text(
            "供电营业规则：停电前 7 天送达通知",
            "Electricity Supply Rules: notice served 7 days before",
        ),
        24,
        _steps(("message", 1, 0), ("call", 10, 5), ("notice", 30, 5), ("cut", 37, 7)),
        _POWER,
    ),
    "power_other": Law(
        Text("非居民供电", "Power, others"),
        Text("供电营业规则；书面通知 3 天", "Electricity Supply Rules; 3 days in writing"),
        24,
        _steps(("message", 1, 0), ("call", 5, 3), ("notice", 15, 5), ("cut", 18, 3)),
        _POWER,
    ),
    "water": Law(
        Text("供水", "Water"),
        Text(
            "两次催缴后书面通知 5 天；恢复不超过 12 小时",
            "Two demands, then 5 days in writing; restored within 12 hours",
        ),
        12,
        _steps(("message", 1, 0), ("letter", 30, 15), ("notice", 45, 10), ("cut", 50, 5)),
        _SUPPLY,
    ),
    "gas": Law(
        Text("燃气", "Gas"),
        Text(
            "逾期两个月，书面通知 3 天；恢复不超过 24 小时",
            "Two months overdue, 3 days in writing; restored within 24 hours",
        ),
        24,
        _steps(("message", 1, 0), ("call", 30, 10), ("notice", 60, 10), ("cut", 63, 3)),
        _SUPPLY,
    ),
    "heat": Law(
        Text("供热", "Heating"),
        Text(
            "通知后 15 天，报主管部门，不得影响相邻用户",
            "15 days behind the notice, reported, never a neighbour",
        ),
        24,
        _steps(
            ("message", 1, 0),
            ("call", 15, 10),
            ("letter", 30, 10),
            ("notice", 45, 10),
            ("cut", 60, 15),
        ),
        _SUPPLY,
    ),
}


def as_rows(steps: tuple[DunningStep, ...]) -> list[dict[str, Any]]:
    """As a proposal keeps them."""
    return [step._asdict() for step in steps]


def natural(path: str) -> list[tuple[bool, int, str]]:
    """A key by which addresses stand as people read them: house 3 before house 10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _DIGITS.split(path) if part]
