"""The list of files of payouts 划付文件: what left for banks without a port, and what came of it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import days
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.settlement.pages.words import payout_tabs


def file_url(row: Row, access: Access) -> str:
    return reverse("payout_file", args=[row.file_no])


PAYOUT_FILES = Listing(
    name="payout_files",
    title=_("划付文件"),
    heading=_("划付"),
    note=_("没有接口的银行，到期的划付出成文件交银行，再上传银行的结果。"),
    empty=_("还没有划付文件"),
    empty_note=_("有到期的划付时，点“出文件”。"),
    permission="settlement.view",
    export="payments.export",
    route="payouts/files/",
    source=queries(__package__)["payout_files"],
    scope=in_scope("f.bank_id"),
    key="-f.file_no",
    find="f.file_no = %(one)s",
    opens=file_url,
    tabs=payout_tabs,
    actions=(
        ListAction(_("上传结果"), "payout_result_new", "payouts.file", "file-up"),
        ListAction(_("出文件"), "payout_file_new", "payouts.file", "file-down", "primary"),
    ),
    columns=(
        Column("name", "f.name", _("文件"), "code"),
        Column("bank", "b.code || ' ' || b.name", _("银行")),
        Column("made_at", "f.made_at", _("生成时间"), "time", order="down"),
        Column("day", "(f.made_at AT TIME ZONE 'Asia/Shanghai')::date", _("日期"), "day", shown=False,
               exported=False, filters=days(_("日期 起"), clock=True)),
        Column("payouts", "f.payouts", _("划付笔数"), "num"),
        Column("amount_fen", "f.amount_fen", _("金额（元）"), "amount"),
        Column("done", "c.done", _("已到账"), "num"),
        Column("returned", "c.returned", _("已退汇"), "num"),
        Column("undecided", "c.undecided", _("未定"), "num"),
    ),
    reads={"file_no": "f.file_no"},
)  # fmt: skip
