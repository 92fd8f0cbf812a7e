"""Whose unidentified money may be, and why: looked at by a person, it moves nothing."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.hub.payments.names import marks, opened_name
from yifen.trades.cases import caseno
from yifen.trades.cases.claiming import PARTS_MOST, Unknown

_SQL = queries(__package__)
SHOWN_MOST = 10
_NUMBERS = re.compile(r"[0-9]{6,30}")
WHYS = {
    "number": (100, Text("附言中有案号", "its number is in the memo")),
    "account": (90, Text("附言或对方所填中有子账号", "its sub-account number is in the memo")),
    "digit": (70, Text("附言中的数与此案子账号只差一位（校验位不符）",
                       "a number in the memo differs from its sub-account by one digit, and has a wrong check digit")),
    "short": (65, Text("附言中有此案的序号，没有年份和法院", "its serial is in the memo, without year and court")),
    "closed": (85, Text("汇入的子账号属此案，案件已关闭：先重新开立",
                        "the number that was paid to is of this case, which is closed: open it again first")),
    "told": (80, Text("汇入的子账号属此案", "the number that was paid to is this case's")),
    "name": (60, Text("付款人与被执行人同名", "the payer has the debtor's name")),
    "left": (30, Text("金额等于未缴余额", "the amount is what is left to pay")),
    "due": (20, Text("金额等于执行标的", "the amount is what is to be enforced")),
}  # fmt: skip
"""Why a case is suggested, and what that is worth."""


class Suggestion(NamedTuple):
    """A case that it may be of, with why."""

    case_id: int
    number: str
    account_no: str
    points: int
    whys: tuple[Text, ...]
    is_open: bool = True


def suggested(money: Unknown) -> list[Suggestion]:
    """Cases, the likeliest first; a closed one where its own sub-account was paid to. They are looked at by a person;
    none moves anything."""
    points: dict[tuple[int, str, str], dict[str, None]] = {}
    for why, case in _found(money):
        points.setdefault(case, {})[why] = None
    found = [Suggestion(*case, sum(WHYS[why][0] for why in whys), tuple(WHYS[why][1] for why in whys),
                        "closed" not in whys)
             for case, whys in points.items()]  # fmt: skip
    return sorted(found, key=lambda one: (-one.points, one.number))[:SHOWN_MOST]


def _found(money: Unknown) -> Iterator[tuple[str, tuple[int, str, str]]]:
    """(why, case) as often as something speaks for it."""
    court, said = money.court_id, f"{money.words} {money.payer}"
    for case in _rows("by_numbers", {"court": court, "numbers": caseno.within(said)}):
        yield "number", case
    numbers = _NUMBERS.findall(f"{said} {money.account_no}")
    for case in _rows("by_accounts", {"court": court, "accounts": _NUMBERS.findall(said)}):
        yield "account", case
    likes = [like for one in numbers for like in off_by_one(one)]
    for case in _rows("by_digit", {"court": court, "likes": likes, "accounts": numbers}):
        yield "digit", case
    if short := caseno.short_within(said):
        for case in _rows("by_short", {"court": court, "shorts": short}):
            yield "short", case
    for case in _rows("by_closed", {"court": court, "accounts": numbers}):
        yield "closed", case
    if money.account_no:
        for case in _rows("by_told", {"court": court, "account": money.account_no}):
            yield "told", case
    for case in _rows("by_amount", {"court": court, "fen": money.left_fen}):
        yield case[3], case[:3]
    if len(money.payer) > 1:
        ends = [f"~{mark}" for mark in marks(key_ring(), court, money.payer)]
        for case_id, number, account_no, sealed in _rows("by_name", {"court": court, "marks": ends}):
            if opened_name(key_ring(), court, account_no, sealed) == money.payer:
                yield "name", (case_id, number, account_no)


def off_by_one(number: str) -> Iterator[str]:
    """Patterns of the numbers that differ from it by one digit."""
    for place in range(len(number)):
        yield f"{number[:place]}_{number[place + 1 :]}"


def split_of(money: Unknown, found: Sequence[Suggestion]) -> list[tuple[str, int]]:
    """(number, fen) of each case that the memo names, where it names several: what each is still owed if that is just
    what came, else nothing is said of how much."""
    named = caseno.within(f"{money.words} {money.payer}")
    cases = [one for one in found if one.number in named and one.is_open]
    if not 2 <= len(cases) <= PARTS_MOST:
        return []
    owed = dict(_rows("owed", ([one.case_id for one in cases],)))
    fits = sum(owed.values()) == money.left_fen and all(owed.values())
    return [(one.number, owed[one.case_id] if fits else 0) for one in cases]


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()
