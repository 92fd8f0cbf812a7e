"""The list of shifts 班次: who opened a drawer, and which are not balanced 轧账 yet."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import days, one_of, search
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.trades.counter.models import Shift

_SQL = queries(__package__)
STATES = words.of(Shift.State.choices, open="waiting", closed="ok")
OPEN = [("late", _("逾日未轧账")), ("open", _("当日营业中")), ("closed", _("已轧账"))]


def shift_url(row: Row, access: Access) -> str:
    """Papers are there once it is balanced, for tellers."""
    return reverse("desk_shift", args=[row.shift_id]) if access.may("desk.work") and row.state == "closed" else ""


SHIFTS = Listing(
    name="shifts",
    title=pgettext_lazy("list", "班次"),
    note=_("本机构及下级网点的班次；日切之后须轧账，才能开新班。"),
    empty=_("还没有班次"),
    permission="desk.journal",
    export="payments.export",
    route="journal/shifts/",
    source=_SQL["shifts"],
    scope=in_institutions("s.institution_id"),
    key="s.id",
    grows=True,
    opens=shift_url,
    filters=(
        *search("teller", _("柜员"), "upper(t.login) = upper(%(teller)s)", wide=False),
        *one_of("whose", _("谁的"), [("mine", _("我的"))], {"mine": "s.teller_id = %(user_id)s"}),
    ),
    columns=(
        Column("shift_id", "s.id", _("编号"), "code", value=lambda r, a: str(r.shift_id)),
        Column("opened_at", "s.opened_at", pgettext_lazy("shift", "开班"), "time"),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "t.login || ' ' || t.name", _("柜员")),
        Column("business_day", "s.business_day", _("会计日期"), "day", filters=days(_("会计日期 起"))),
        Column("state", "s.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), OPEN,
                              {"late": _SQL["shift_late"], "open": _SQL["shift_open"], "closed": "{sql} = 'closed'"})),
        Column("closed_at", "s.closed_at", _("轧账"), "time"),
        Column("counted_fen", "s.counted_fen", _("清点（元）"), "amount"),
        Column("difference_fen", "s.difference_fen", _("长短款（元）"), "amount"),
    ),
)  # fmt: skip
