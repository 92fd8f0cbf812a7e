"""Lines of booked statements that nothing explains yet 待说明: the proof's row opens them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import chosen, moments, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.cases.pages.clock_lists import opened, payer
from yifen.trades.cases.pages.listing import courts
from yifen.trades.cases.pages.words import OPEN

_SQL = queries(__package__)


def memo(row: Row, access: Access) -> str:
    """The words of a statement's line."""
    return opened(row)[2]


def line_url(row: Row, access: Access) -> str:
    return reverse("court_line", args=[row.line_id])


OPEN_LINES = Listing(
    name="court_open_lines", title=_("待说明的对账单明细"), permission="cases.view", export="cases.view",
    route="court/open-lines/",
    note=_("已入账的对账单里，没有单据说明的支出，和与银行推送不符的收入：其合计即核对的“待说明”。"),
    empty=_("没有待说明的明细"), source=_SQL["open_lines"], scope=in_scope("n.court_id"), key="n.line_id", default="at",
    where=("NOT EXISTS (SELECT FROM court_entry e WHERE e.line_id = n.line_id)",
           "NOT EXISTS (SELECT FROM court_application a WHERE n.line_id IN (a.line_id, a.back_line_id))",
           "NOT EXISTS (SELECT FROM court_explained x WHERE n.line_id = x.back_line_id OR n.line_id = x.line_id"
           " AND x.back_line_id IS NOT NULL)"),
    opens=line_url, reads={"line_id": "n.line_id", "file_id": "n.file_id", "line_no": "n.line_no", "who": "r.who"},
    filters=chosen("court", _("法院"), "n.court_id = %(court)s", courts),
    columns=(
        Column("at", "r.at", _("交易时间"), "time", order="down", filters=moments(_("交易日期 起"))),
        Column("serial", "r.serial", _("银行流水号"), "code"),
        Column("court", "p.name", _("法院")),
        Column("fen", "CASE r.kind WHEN 'in' THEN r.amount_fen ELSE -r.amount_fen END", _("金额（元）"), "amount"),
        Column("state", "n.state", _("状态"), "badge", words=OPEN, filters=one_of("state", _("状态"), OPEN)),
        Column("reference", "r.reference", _("客户参考号"), "code"),
        Column("account_no", "r.account_no", _("子账号"), "code"),
        Column("payer", "", _("对方户名"), value=payer),
        Column("words", "", _("附言"), value=memo),
    ),
)  # fmt: skip
