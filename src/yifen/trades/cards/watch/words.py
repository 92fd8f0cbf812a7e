"""The words of hits and decisions."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.telling import told
from yifen.face import words
from yifen.trades.cards.watch.kinds import KINDS

_TOLD = lazy(told, str)
_BAD = ("swipe_over", "day_over", "month_over", "overdue", "split", "left", "no_swipe")
HIT_KINDS: words.Words = {
    kind: (_TOLD(text), "bad" if kind in _BAD else "waiting") for kind, text in KINDS.items()
}  # fmt: skip
HIT_STATES: words.Words = {
    "open": (pgettext_lazy("hit", "待处理"), "bad"),
    "follow": (_("待跟进"), "waiting"),
    "explained": (_("已说明"), "ok"),
    "taken_back": (_("误报，已撤回"), "neutral"),
    "past": (pgettext_lazy("hit", "已过"), "neutral"),
}
DECISIONS: words.Words = {name: HIT_STATES[name] for name in ("explained", "follow", "taken_back")}
HOWS: words.Words = {"mark": (_("标记时"), "neutral"), "night": (_("日终"), "neutral")}
