"""What nights lack: files that did not come 未到的文件, and partners that could not be finished 未办妥的合作方."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.night.pages.nights_list import night_url
from yifen.night.words import reason_text, step_text

_SQL = queries(__package__)
NIGHT = {"book_id": "r.book_id"}
DAY = Column("business_day", "r.business_day", _("会计日期"), "day", order="up")
PARTNER = Column("partner", "p.code || ' ' || p.name", _("合作方"))


def parts_said(row: Row, access: Access) -> Any:
    """Which parts of the day, where it has some."""
    parts = " ".join(part for part in row.parts.split() if part != "*")
    return parts or _("当日文件")


MISSING_FILES = Listing(
    name="missing_files",
    title=_("未到的文件"),
    note=_("未关闭的日终所等的对账文件；过了时点，日终不再等它。"),
    empty=_("没有缺少的文件"),
    permission="reconciliation.view",
    export="payments.export",
    route="reconciliations/missing/",
    source=_SQL["missing_files"],
    scope=in_scope("p.id"),
    where=(_SQL["missing_counts"],),
    key="r.business_day || ' ' || p.code",
    key_kind="text",
    opens=lambda row, access: reverse("reconciliation_day") + f"?day={row.business_day}",
    filters=named(_("合作方"), "p.code", "p.name", name="text"),
    columns=(
        DAY,
        PARTNER,
        Column("parts", "d.parts", _("缺"), value=parts_said),
        Column("due_at", "d.at", _("应到时点"), "time", order="up",
               filters=one_of("late", _("时点"), [("late", _("已过")), ("ahead", _("未到"))],
                              {"late": "d.at <= %(now)s", "ahead": "d.at > %(now)s"})),
    ),
)  # fmt: skip


def reason_said(row: Row, access: Access) -> str:
    """As the night's page says it."""
    return reason_text(json.loads(row.line), get_language() or "zh")


def step_said(row: Row, access: Access) -> str:
    return step_text(row.step, get_language() or "zh")


LEFT = Listing(
    name="nights_left",
    title=_("日终未办妥的合作方"),
    note=_("未关闭的日终、以及最近一次日终里，失败、拒收或留待人工的合作方。"),
    empty=_("没有未办妥的合作方"),
    permission="day_end.view",
    export="day_end.view",
    route="day-ends/left/",
    source=_SQL["left"],
    scope=in_scope("p.id"),
    where=(_SQL["left_counts"],),
    key="r.eod_id || ' ' || s.step || ' ' || lpad(x.place::text, 9, '0')",
    key_kind="text",
    opens=night_url,
    filters=named(_("合作方"), "p.code", "p.name", name="text"),
    columns=(
        DAY,
        Column("book", "k.code || ' ' || k.name", _("账簿")),
        PARTNER,
        Column("step", "s.step", _("步骤"), value=step_said),
        Column("line", "x.line::text", _("原因"), value=reason_said),
        Column("started_at", "s.started_at", _("开始"), "time"),
    ),
    reads=NIGHT,
)  # fmt: skip
