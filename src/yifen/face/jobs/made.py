"""The exports of people in scope; each is fetched by the person who made it alone."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.jobs.tabs import tabs
from yifen.face.lists.asking import one_of
from yifen.face.lists.listing import Column, Listing, Row, Text
from yifen.face.lists.registry import lists_by_name

_SQL = queries(__package__)
STATES: words.Words = {
    "running": (_("导出中"), "waiting"),
    "done": (_("已完成"), "ok"),
    "failed": (_("失败"), "bad"),
    "removed": (_("已清除"), "neutral"),
}
MINE = """(%(everywhere)s OR e.maker_id = %(user_id)s
    OR u.institution_id = ANY (%(institutions)s::bigint[]))"""


def title_of(row: Row) -> Text:
    """The title of the list; of one that is no more, its name."""
    listing = lists_by_name().get(row.listing)
    return listing.title if listing else row.listing


def export_url(row: Row, access: Access) -> str:
    own = access.user is not None and row.maker_id == access.user.pk
    return reverse("export", args=[row.export_id]) if own else ""


MADE = Listing(
    name="exports",
    title=_("导出"),
    heading=_("作业"),
    empty=_("还没有导出"),
    empty_note=_("五千行以内的导出当时下载，不列在这里。"),
    permission="jobs.view",
    route="jobs/exports/",
    tabs=tabs,
    source=_SQL["made"],
    scope=MINE,
    key="e.id",
    grows=True,
    columns=(
        Column("export_id", "e.id", _("编号"), "code", value=lambda r, a: str(r.export_id),
               url=export_url),
        Column("listing", "e.listing", _("列表"), value=lambda r, a: title_of(r)),
        Column("format", "upper(e.format)", _("格式")),
        Column("maker", "u.login || ' ' || u.name", _("经办")),
        Column("asked_at", "e.asked_at", _("开始"), "time"),
        Column("finished_at", "e.finished_at", _("结束"), "time"),
        Column("state", "e.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [("again", _("我的，失败待重做")), *words.choices(STATES)],
                              {"again": _SQL["to_be_made_again"]}
                              | {state: f"{{sql}} = '{state}'" for state in STATES})),
        Column("rows", "e.rows", _("行数"), "num"),
        Column("size", "e.size", _("字节"), "num"),
    ),
    reads={"maker_id": "e.maker_id"},
)  # fmt: skip
