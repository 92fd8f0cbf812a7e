"""The lists of rules 对账规则, a partner a row, and of layouts 版式."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.trades.reconciliation.models import Layout, TruthChoice
from yifen.trades.reconciliation.pages import partners, words

_SQL = queries(__package__)
RULES: said.Words = {
    "own": (_("专用"), "accent"),
    "default": (_("默认"), "neutral"),
    "none": (_("不对账"), "neutral"),
}
SHAPES = said.of(Layout.Shape.choices)


def tabs(current: str) -> list[dict[str, Any]]:
    names = (("recon_rules", now_("规则")), ("recon_layouts", now_("版式")))
    return [{"title": title, "url": reverse(name), "current": name == current}
            for name, title in names]  # fmt: skip


def rule_url(row: Row, access: Access) -> str:
    return reverse("recon_rule", args=[row.code]) if access.may("reconciliation.rules") else ""


def layout_url(row: Row, access: Access) -> str:
    may = row.editable and access.may("reconciliation.rules")
    return reverse("recon_layout", args=[row.layout_id]) if may else ""


def format_said(row: Row, access: Access) -> str:
    return words.format_name(row.format, get_language() or "zh")


PARTNER_RULES = Listing(
    name="recon_rules",
    title=_("对账规则"),
    empty=_("没有合作方"),
    empty_note=_("先在“合作方”登记渠道和收费单位。"),
    permission="reconciliation.view",
    export="payments.export",
    route="reconciliation-rules/",
    tabs=tabs,
    source=_SQL["sides"],
    scope=partners.IN_SCOPE,
    where=("p.sandbox_of_id IS NULL", "coalesce(q.partner_id, b.partner_id, c.partner_id) IS NOT NULL"),
    key="p.id",
    opens=rule_url,
    filters=named(_("合作方"), "p.code", "p.name"),
    columns=(
        Column("partner", "p.code || ' ' || p.name", _("合作方"), order="up", by="p.code"),
        Column("party", _SQL["party"], _("对方身份"), words=words.PARTIES),
        Column("format", "coalesce(q.format, 'hub')", _("文件格式"), value=format_said),
        Column("layout", "l.code", pgettext_lazy("one", "版式"), "code"),
        Column("truth", _SQL["truth"], _("以谁为准"), words=said.of(TruthChoice.choices)),
        Column("deadline_days", "coalesce(q.deadline_days, 3)", _("处理期限（天）"), "num"),
        Column("rules", _SQL["rules"], _("规则"), "badge", words=RULES,
               filters=one_of("rules", _("规则"), RULES)),
    ),
    reads={"code": "p.code"},
)  # fmt: skip

LAYOUTS = Listing(
    name="recon_layouts",
    title=_("版式"),
    heading=_("对账规则"),
    empty=_("还没有版式"),
    empty_note=_("对方文件不是现成格式时，用一张表描述它。"),
    permission="reconciliation.view",
    export="payments.export",
    route="reconciliation-rules/layouts/",
    tabs=tabs,
    actions=(ListAction(_("新版式"), "recon_layout_new", "reconciliation.rules", "plus", "primary"),),
    source="FROM recon_layout l",
    scope=_SQL["layout_in_scope"],
    key="l.id",
    opens=layout_url,
    filters=named(_("代码或名称"), "l.code", "l.name"),
    columns=(
        Column("code", "l.code", _("代码"), "code", order="up"),
        Column("name", "l.name", _("名称"), order="up"),
        Column("shape", "l.shape", _("形状"), words=SHAPES, filters=one_of("shape", _("形状"), SHAPES)),
        Column("encoding", "l.encoding", _("编码")),
        Column("width", "(SELECT count(*) FROM recon_layout_column x WHERE x.layout_id = l.id)", _("列数"), "num"),
        Column("used_by", _SQL["layout_users"], _("合作方"), "code"),
    ),
    reads={"layout_id": "l.id", "editable": _SQL["layout_editable"]},
)  # fmt: skip
