"""What is asked for, as pages tell it: what a claim would take and who signs, an advance, queries, a file by hand."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.face import words
from yifen.trades.cards.claiming import TriedClaimLine
from yifen.trades.cards.pages.listing import refused
from yifen.trades.cards.pages.telling import LEVEL_NAMES, Shown, table
from yifen.trades.cards.pages.words import EVENTS, QUERIES
from yifen.trades.cards.words.wording import CardSaid


def tried_table(found: Iterable[TriedClaimLine]) -> Shown:
    """What each line would hold."""
    return table(
        (
            _("行"),
            _("目录项目"),
            pgettext("card", "指标"),
            _("金额（元）"),
            _("之后可用额度（元）"),
        ),
        (
            (
                one.line_no,
                f"{one.item} {'/'.join(one.classes or [])}",
                f"{one.indicator} {one.title}",
                {"kind": "amount", "fen": one.fen},
                {"kind": "amount", "fen": one.quota_fen} if one.quota_fen is not None else _("不占额度"),
            )
            for one in found
        ),
        amounts=(3, 4),
    )


def levels_told(levels: Sequence[str]) -> str:
    return " → ".join(told(LEVEL_NAMES[level]) for level in levels)


def advance_facts(paid: int, returned: int, lent: int, settling: Sequence[Sequence[Any]]) -> list[Shown]:
    """Of an advance: repaid, came back, still to be settled; what settles it."""
    claims = "、".join(f"{claim} {grouped_yuan(fen)}" for claim, fen, state in settling if state != "refused")
    return [
        {"title": _("已还到卡（元）"), "kind": "amount", "fen": paid},
        {"title": _("已退回（元）"), "kind": "amount", "fen": returned},
        {"title": _("未冲（元）"), "kind": "amount", "fen": lent},
        {"title": _("冲账的报账单"), "text": claims or None},
    ]


def query_table(found: Iterable[Sequence[Any]]) -> Shown:
    """What banks were asked, and what they said; to a cashier not whether a swipe was found."""
    return table(
        (_("时间"), _("卡"), _("查什么"), _("查询人"), _("结果")),
        (
            (
                {"kind": "time", "at": at},
                f"…{tail}",
                number or (f"{from_on}" if from_on == until_on else f"{from_on} – {until_on}"),
                login,
                refused(code) if code else words.word(QUERIES, state),
            )
            for _one, tail, number, from_on, until_on, login, at, state, code, _tries in found
        ),
    )


def refused_table(found: Iterable[Sequence[Any]]) -> Shown:
    """Rows of a file that would be refused."""
    return table(
        (_("行"), _("卡"), _("原因")),
        ((row, f"…{tail}", refused(code)) for row, tail, code in found),
    )


def said_table(found: Iterable[CardSaid]) -> Shown:
    """What a file says of cards."""
    return table(
        (_("变动"), _("工号"), _("持卡人"), _("单位编码"), _("卡")),
        (
            (
                words.word(EVENTS, one.kind),
                one.staff_no,
                one.name,
                one.unit,
                f"…{(one.new_card_no or one.card_no)[-4:]}",
            )
            for one in found
        ),
    )
