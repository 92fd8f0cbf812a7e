"""Levels of approval 审批级次 as people write them: a line a level, from which amount in yuan, of which kinds. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.cases.codes import CaseCode

Levels = Sequence[Sequence[Any]]
LEVELS = {"panel": Text("合议庭", "panel"), "check": Text("案款会计", "cashier"),
          "bureau": Text("执行局长", "head of bureau"), "head": Text("院领导", "head of court")}  # fmt: skip
KINDS = {"payout": Text("发放", "payout"), "refund": Text("退款", "refund"), "fee": Text("扣费", "fee"),
         "deposit": Text("提存", "deposit")}  # fmt: skip
ALL_KINDS = KINDS | {"back": Text("退回原付款人", "sent back to who paid")}
"""With unidentified money, which has the levels of a refund."""
_LINE = re.compile(r"(.+?)\s+([0-9,.]+)(?:\s+(.+))?")


def parse(text: str) -> tuple[tuple[Any, ...], ...]:
    """(level, from fen, [kinds]) of each line; no kinds: all. Refused: CASE_LEVELS_WRONG."""
    return tuple(_level(line.strip()) for line in text.splitlines() if line.strip())


def lines(levels: Levels) -> Text:
    """As they are written."""
    return Text(*("\n".join(" ".join([getattr(LEVELS[level], tongue), format_yuan(fen), *(
        [comma.join(getattr(KINDS[kind], tongue) for kind in kinds[0])] if kinds else [])])
        for level, fen, *kinds in levels) for tongue, comma in (("zh", "、"), ("en", ", "))))  # fmt: skip


def told(levels: Levels) -> Text:
    """As a proposal shows them."""
    return Text(*("; ".join(
        f"{getattr(LEVELS[level], tongue)} ≥ {grouped_yuan(fen)}"
        + (f" ({', '.join(getattr(KINDS[kind], tongue) for kind in kinds[0])})" if kinds else "")
        for level, fen, *kinds in levels) for tongue in ("zh", "en")))  # fmt: skip


def _level(line: str) -> tuple[Any, ...]:
    found = _LINE.fullmatch(line)
    level = _named(LEVELS, found[1]) if found else None
    try:
        fen = parse_yuan(found[2].replace(",", "")) if found else 0
    except AmountError:
        raise Refused(CaseCode.CASE_LEVELS_WRONG, "levels", line[:40]) from None
    kinds = [_named(KINDS, one) for one in re.split(r"[、,，;；]\s*", found[3])] if found and found[3] else []
    if level in (None, "panel") or None in kinds:
        raise Refused(CaseCode.CASE_LEVELS_WRONG, "levels", line[:40])
    return (level, fen, kinds) if kinds else (level, fen)


def _named(words: dict[str, Text], typed: str) -> str | None:
    return next((name for name, word in words.items() if typed.strip().lower() in (name, word.zh, word.en)), None)
