"""The list of nights 日终: a book and a business day a row, and where it stands."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import gaps, scope
from yifen.face.lists.asking import chosen, days, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.night.pages import telling
from yifen.night.words import step_text

_SQL = queries(__package__)
WAITS = [("sign", _("待签字")), ("failed", _("步骤失败")), ("other", _("等文件或其他"))]
OPEN = {"open": "{sql} IS NULL", "closed": "{sql} IS NOT NULL"}


def night_url(row: Row, access: Access) -> str:
    return reverse("day_end", args=[row.book_id, row.business_day.isoformat()])


def gap_said(row: Row, access: Access) -> str:
    """一分不差, or what it lacks."""
    found = gaps.in_scope(access.scope, row.book_id, row.business_day)
    return gaps.badge(found, access.scope, [row.book_id])


def step_said(row: Row, access: Access) -> str | None:
    """The step at which an open night stands."""
    return step_text(row.step, get_language() or "zh") if row.step and not row.is_closed else None


def books(access: Access) -> list[tuple[int, str]]:
    return [(book.id, book.label) for book in scope.books()]


NIGHTS = Listing(
    name="day_ends_run",
    title=_("日终"),
    note=_("每本账簿每个会计日期一行：日切、收文件、对账、平账、结算，直到关闭。"),
    empty=_("还没有日终"),
    empty_note=_("日切之后自动开始。"),
    permission="day_end.view",
    export="day_end.view",
    route="day-ends/",
    source=_SQL["nights"],
    scope=_SQL["night_in_scope"],
    key="r.eod_id",
    opens=night_url,
    filters=(
        *chosen("book", _("账簿"), "r.book_id = %(book)s", books),
        *one_of("waits", _("等什么"), WAITS,
                {"sign": _SQL["waits_sign"], "failed": _SQL["waits_failed"], "other": _SQL["waits_other"]}),
    ),
    columns=(
        Column("business_day", "r.business_day", _("会计日期"), "day", order="down",
               filters=days(_("会计日期 起"))),
        Column("book", "k.code || ' ' || k.name", _("账簿")),
        Column("state", "coalesce(x.state, '')", _("状态"), "badge",
               value=lambda r, a: telling.run_state(r, r.state)[0],
               tone=lambda r: telling.run_state(r, r.state)[1]),
        Column("gap", "''", _("差额"), "badge", value=gap_said),
        Column("step", "x.step", _("停在"), value=step_said),
        Column("started_at", "r.started_at", _("开始"), "time"),
        Column("ended_at", "r.ended_at", _("关闭时间"), "time", filters=one_of("closed", _("状态"),
               [("open", _("未关闭")), ("closed", _("已关闭"))], OPEN)),
        Column("signed_by", "r.signed_by", _("签字")),
    ),
    reads={"book_id": "r.book_id", "is_closed": "r.ended_at IS NOT NULL"},
)  # fmt: skip
