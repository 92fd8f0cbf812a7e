"""The lists of monitoring: hits, rules. Of the bureau's people each sees what is at his posts and below."""

import json

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import days, named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.cards.watch.kinds import why
from yifen.trades.cards.watch.words import HIT_KINDS, HIT_STATES

_SQL = queries(__package__)
_SEEN = _SQL["seen"]
HITS_SEEN = _SEEN.format(scope=in_scope("h.bureau_id"), unit="h.unit_id")
SWIPES_SEEN = _SEEN.format(scope=in_scope("o.bureau_id"), unit="o.unit_id")


def hit_url(row: Row, access: Access) -> str:
    return reverse("card_hit", args=[row.hit_id])


def last_day_told(row: Row) -> str:
    """When the bank's last day is, in words."""
    return _("每月 %(day)s 日账单后 %(free)s 日") % {"day": row.bill_day, "free": row.free_days}


HITS = Listing(
    name="card_hits",
    title=_("监控命中"),
    permission="cards.view",
    export="cards.view",
    route="cards/watch/hits/",
    note=_("规则在公务消费里查到的：限额、到期、逾期和异常。查到后不再改；由人说明、跟进或撤回。"),
    empty=_("没有命中"),
    source=_SQL["hits"],
    scope=HITS_SEEN,
    key="h.hit_id",
    default="hit_id",
    opens=hit_url,
    reads={"facts": "h.facts"},
    filters=named(_("持卡人、工号"), "s.name", "s.staff_no"),
    columns=(
        Column(
            "hit_id",
            "h.hit_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.hit_id),
        ),
        Column("on_day", "h.on_day", _("消费日"), "day", order="down", filters=days(_("消费日 起"))),
        Column(
            "kind",
            "h.kind",
            pgettext_lazy("hit", "规则"),
            "badge",
            words=HIT_KINDS,
            filters=one_of("kind", pgettext_lazy("hit", "规则"), HIT_KINDS),
        ),
        Column(
            "why",
            "",
            _("为什么"),
            value=lambda r, a: told(why(r.kind, r.amount_fen, json.loads(r.facts))),
        ),
        Column("unit", "u.name", _("单位"), order="up"),
        Column("holder", "s.name", _("持卡人")),
        Column("tail", "'…' || c.tail", _("卡"), "code"),
        Column("amount_fen", "h.amount_fen", _("金额（元）"), "amount", order="down", sums=False),
        Column(
            "state",
            "x.now",
            _("状态"),
            "badge",
            words=HIT_STATES,
            filters=one_of("state", _("状态"), HIT_STATES),
        ),
        Column("found_at", "h.found_at", _("查到时间"), "time"),
    ),
)
WATCH_RULES = Listing(
    name="card_watch_rules",
    title=_("监控规则"),
    permission="cards.view",
    route="cards/watch/rules/",
    note=_("自生效日起适用于其后标为公务的消费；零表示不查。改规则须两人，复核页列出在已有消费上的试算命中。"),
    empty=_("没有监控规则"),
    source=_SQL["rules"],
    scope=_SEEN.format(scope=in_scope("r.bureau_id"), unit="u.unit_id"),
    key="r.proposal_id",
    reads={"bill_day": "r.bill_day", "free_days": "r.free_days"},
    default="valid_from",
    actions=(ListAction(_("提出规则"), "card_watch_rule_new", "cards.watch_rules", "plus", "primary"),),
    columns=(
        Column("bureau", "p.name", _("财政部门")),
        Column("valid_from", "r.valid_from", _("生效日"), "day", order="down"),
        Column("swipe_fen", "r.swipe_fen", _("单笔限额（元）"), "amount", sums=False),
        Column("day_fen", "r.day_fen", _("每日限额（元）"), "amount", sums=False),
        Column("month_fen", "r.month_fen", _("每月限额（元）"), "amount", sums=False),
        Column("warn_pct", "r.warn_pct", _("警戒比例（%）"), "num"),
        Column("due", "", _("银行还款日"), value=lambda r, a: last_day_told(r)),
        Column("near_days", "r.near_days", _("到期前提醒天数"), "num"),
        Column("rate_ppm", "r.rate_ppm", _("逾期日息（百万分之）"), "num"),
        Column("mccs", "array_to_string(r.mccs, ' ')", _("商户类别"), "code"),
    ),
)  # fmt: skip
