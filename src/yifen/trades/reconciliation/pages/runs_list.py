"""The list of runs 对账: by day and partner, what agreed and what did not."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.lists.asking import chosen, days, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.trades.reconciliation.pages import partners, words

BP = 10_000
_SQL = queries(__package__)
NEWEST = _SQL["newest"]
RATE = f"r.matched_count * {BP} / nullif(greatest(r.ours_count, r.theirs_count), 0)"


def told(row: Row, access: Access) -> str | None:
    """The open differences in words."""
    pairs = (pair.split("=") for pair in row.classes.split(",") if pair)
    return " · ".join(f"{said.word(words.CLASSES, name)} {int(n):,}" for name, n in pairs) or None


def state_of(row: Row) -> tuple[Any, str]:
    """How it ended, in a word and a tone."""
    if row.ended_at is None:
        return _("未完成"), "bad"
    if row.void_at is not None:
        return _("已作废"), "neutral"
    if row.open:
        return _("有差异"), "bad"
    if row.parked:
        return _("有挂账"), "waiting"
    if row.told:
        return _("待对方调整"), "waiting"
    return (_("待次日"), "waiting") if row.waiting else (_("已对平"), "ok")


def run_url(row: Row, access: Access) -> str:
    return reverse("reconciliation", args=[row.run_id])


def day_url(row: Row, access: Access) -> str:
    return reverse("reconciliation_day") + f"?day={row.business_day}"


RECONCILIATIONS = Listing(
    name="reconciliations",
    title=_("对账"),
    empty=_("还没有对账"),
    empty_note=_("日终时自动对账；也可以上传对方的文件。"),
    permission="reconciliation.view",
    export="payments.export",
    route="reconciliations/",
    source=_SQL["runs"],
    scope=partners.IN_SCOPE,
    key="r.run_id",
    default="business_day",
    opens=run_url,
    actions=(
        ListAction(_("当日各方"), "reconciliation_day", "reconciliation.view", "columns-3"),
        ListAction(_("上传对账文件"), "reconciliation_upload", "reconciliation.run", "upload", "primary"),
    ),
    filters=(
        *chosen("partner", _("合作方"), "r.partner_id = %(partner)s", partners.of),
        *one_of("which", _("对账次数"), [("newest", _("每日最新一次"))], {"newest": NEWEST}, first="newest"),
    ),
    columns=(
        Column("run_id", "r.run_id", _("编号"), "code", order="down", value=lambda r, a: str(r.run_id)),
        Column("business_day", "r.business_day", _("会计日期"), "day", order="down", url=day_url,
               filters=days(_("会计日期 起"))),
        Column("partner", "p.code || ' ' || p.name", _("合作方")),
        Column("ours_count", "r.ours_count", _("我方笔数"), "num"),
        Column("ours_fen", "r.ours_fen", _("我方金额（元）"), "amount"),
        Column("theirs_count", "r.theirs_count", _("对方笔数"), "num"),
        Column("theirs_fen", "r.theirs_fen", _("对方金额（元）"), "amount"),
        Column("matched_count", "r.matched_count", _("勾对笔数"), "num"),
        Column("ended_at", "r.ended_at", _("完成时间"), "time", shown=False),
        Column("result", "", _("结果"), "badge", value=lambda r, a: state_of(r)[0],
               tone=lambda r: state_of(r)[1]),
        Column("classes", "o.classes", _("差异"), value=told),
        Column("waiting", "o.waiting", _("等待中"), "num"),
        Column("version", "f.version", _("文件版本"), "num"),
        Column("matched_fen", "r.matched_fen", _("勾对金额（元）"), "amount", shown=False),
        Column("fee_fen", "r.fee_fen", _("手续费（元）"), "amount", shown=False),
        Column("file_name", "f.name", _("文件名"), shown=False),
    ),
    reads={
        "partner_id": "r.partner_id", "partner_code": "p.code", "partner_name": "p.name", "open": "o.open",
        "parked": _SQL["parked"], "told": "o.told",
        "file_id": "r.file_id", "format": "f.format", "received_by": "f.received_by", "newest": NEWEST,
        "void_at": "r.void_at", "apart_fen": "r.theirs_fen - r.ours_fen", "rate_bp": RATE,
    },
)  # fmt: skip
