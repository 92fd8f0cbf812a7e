"""The list of bill imports 导入账单: billers' files, and what became of each."""

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import chosen, moments, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope

_SQL = queries(__package__)
STATES: words.Words = {
    "wrong": (_("有错误行"), "bad"),
    "staged": (_("未提交"), "neutral"),
    "open": (_("待复核"), "waiting"),
    "no": (_("未同意"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"),
    "running": (_("导入中"), "waiting"),
    "done": (_("已导入"), "ok"),
}


def billers(access: Access) -> list[tuple[int, str]]:
    """Those whose bills who asks may import."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["billers"], scopes.params(access.scope))
        return list(cursor.fetchall())


def import_url(row: Row, access: Access) -> str:
    return reverse("bill_import", args=[row.file_id])


BILL_IMPORTS = Listing(
    name="bill_imports",
    title=_("导入账单"),
    note=_("没有自己系统的收费单位，账单由文件导入；一人提交，另一人复核。"),
    empty=_("还没有账单文件"),
    empty_note=_("上传收费单位的 CSV 或 Excel 文件，先看试算，再提交复核。"),
    permission="payables.import",
    export="payables.import",
    route="bill-imports/",
    source=_SQL["imports"],
    scope=in_scope("f.biller_id"),
    key="f.file_id",
    opens=import_url,
    actions=(ListAction(_("上传账单文件"), "bill_upload", "payables.import", "upload", "primary"),),
    filters=chosen("biller", _("收费单位"), "f.biller_id = %(biller)s", billers),
    columns=(
        Column("file_id", "f.file_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.file_id)),
        Column("received_at", "f.received_at", _("上传时间"), "time", filters=moments(_("上传日期 起"))),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("name", "f.name", _("文件名")),
        Column("rows", "f.rows", _("行数"), "num"),
        Column("due_fen", "f.due_fen", _("应缴合计（元）"), "amount", sums=False,
               value=lambda r, a: None if r.wrong else r.due_fen),
        Column("state", "f.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [("todo", _("待办理")), *words.choices(STATES)],
                              {"todo": _SQL["todo"]} | {state: f"{{sql}} = '{state}'" for state in STATES})),
        Column("wrong", "f.wrong", _("错误行"), "num"),
        Column("written", "f.written", _("写入"), "num"),
        Column("withdrawn", "f.withdrawn", pgettext_lazy("bill", "撤销"), "num"),
        Column("refused", "f.refused", _("未写入"), "num"),
        Column("received_by", "f.received_by", _("上传人")),
    ),
)  # fmt: skip
