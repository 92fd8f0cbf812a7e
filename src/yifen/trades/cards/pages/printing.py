"""A claim on paper 公务卡报销单, that a unit files with its voucher."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation

from yifen.core.documents.figures import red_capitals, shown_at
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement
from yifen.trades.cards.pages import telling
from yifen.trades.cards.pages.telling import LEVEL_NAMES, ShownClaim
from yifen.trades.cards.pages.words import KINDS

_COLUMNS = (
    StatementColumn(zh="行", en="Line"),
    StatementColumn(zh="目录项目", en="Item", share=2),
    StatementColumn(zh="消费", en="Swipe", share=4),
    StatementColumn(zh="发票", en="Invoice", share=4),
    StatementColumn(zh="指标", en="Indicator", share=3),
    StatementColumn(zh="金额（元）", en="Amount", holds="fen", share=2),
)


def claim_paper(
    one: ShownClaim,
    lines: Sequence[Sequence[Any]],
    signed: Sequence[Sequence[Any]],
    papers: int,
    at: datetime,
    login: str,
) -> bytes:
    """In Chinese, as it is filed: its lines, who agreed to it and when, with a place for each one's stamp."""
    with translation.override("zh-hans"):
        shown = telling.line_table(lines)["rows"]
        kind = str(KINDS[one.kind][0])
    rows = tuple(
        tuple(cell["fen"] if cell.get("kind") == "amount" else cell["text"] for cell in row["cells"][: len(_COLUMNS)])
        for row in shown
    )
    facts = [
        Fact(zh="单位", en="Unit", value=one.unit),
        Fact(zh="报账人", en="Claimant", value=f"{one.holder} {one.staff_no}"),
        Fact(zh="种类、事由", en="Kind, purpose", value=f"{kind} · {one.purpose}"),
        Fact(zh="金额大写", en="In words", value=red_capitals(one.amount_fen)),
        Fact(zh="附件（个）", en="Papers", value=str(papers)),
        Fact(zh="提交时间", en="Sent", value=f"{shown_at(one.asked_at)} {one.asked_by}"),
    ]
    with translation.override("zh-hans"):
        said = {
            level: (telling.signed_by(who, absent), yes, note, when) for level, who, yes, note, when, absent in signed
        }
    for level in one.levels:
        who, yes, note, when = said.get(level, ("", None, "", None))
        word = "" if yes is None else "同意" if yes else "不同意"
        value = " ".join(filter(None, (who, word, note, shown_at(when) if when else ""))) + "　签章："
        facts.append(Fact(zh=LEVEL_NAMES[level].zh, en=LEVEL_NAMES[level].en, value=value))
    return statement(
        Statement(
            issuer=one.unit,
            title=f"公务卡报销单 {one.claim_id}",
            title_en="Claim of an official card",
            columns=_COLUMNS,
            rows=rows,
            totals=("合计", "", "", "", "", one.amount_fen),
            facts=tuple(facts),
            across=True,
            made_at=at,
            made_by=login,
        )
    )
