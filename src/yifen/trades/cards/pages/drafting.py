"""A claim that is being asked for, as its page tells it: what it would take, who signs."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.trades.cards.claiming import TriedLine
from yifen.trades.cards.pages.telling import LEVEL_NAMES, Shown, table


def tried_table(found: Iterable[TriedLine]) -> Shown:
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
