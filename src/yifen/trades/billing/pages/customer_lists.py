"""Lists of billing: customers 用户, what of the readings is in doubt 抄表异常, files of both."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.sealing import ring
from yifen.core.facts.masking import masked_name
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import Filter, chosen, moments, one_of
from yifen.face.lists.filters import AccountsField, ChosenField, ListFilters, SearchField, WordField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.customers.finding import named, named_at, numbered, placed
from yifen.trades.billing.customers.marks import LETTERS
from yifen.trades.billing.pages.masking import sees_whole
from yifen.trades.billing.quantities import shown

_SQL = queries(__package__)
CUSTOMER_STATES: words.Words = {"open": (_("在用"), "ok"), "closed": (_("已销户"), "neutral")}
FAULTS: words.Words = {
    "missing": (_("未抄"), "waiting"),
    "negative": (_("读数变小"), "bad"),
    "spike": (_("突增"), "bad"),
    "zero": (_("零用量"), "waiting"),
    "multiplier": (_("换表改倍率、位数"), "waiting"),
    "huge": (_("用量过大"), "bad"),
}
READING_KINDS: words.Words = {
    "read": (_("实抄"), "ok"),
    "estimated": (_("估抄"), "waiting"),
    "corrected": (_("更正"), "neutral"),
}
DOUBT_STATES: words.Words = {"open": (_("待处理"), "waiting"), "accepted": (_("已确认"), "ok")}
FILE_KINDS: words.Words = {"customers": (_("用户"), "neutral"), "readings": (_("抄表"), "neutral")}
FILE_STATES: words.Words = {
    "wrong": (_("有错误行"), "bad"),
    "staged": (_("未提交"), "neutral"),
    "open": (_("待复核"), "waiting"),
    "no": (_("未同意"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"),
    "running": (_("导入中"), "waiting"),
    "done": (_("已导入"), "ok"),
}


def billers(access: Access) -> list[tuple[int, str]]:
    """Those that bill here, of who asks."""
    return read(_SQL["billers"], scopes.params(access.scope))


def fees(access: Access) -> list[tuple[int, str]]:
    """Metered ones of theirs."""
    return read(_SQL["metered_fees"], scopes.params(access.scope))


def read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


class CustomerFilters(ListFilters):
    """A biller; an account number, a part of the holder's name, words of the address."""

    declared = {
        "biller": Filter("biller", ChosenField(_("收费单位")), "c.biller_id = %(biller)s"),
        "account": Filter("account", AccountsField(_("户号")), "c.account_no = ANY (%(account)s::text[])"),
        "name": Filter("name", SearchField(_("户名"), wide=False), "c.customer_id = ANY (%(named)s::bigint[])"),
        "address": Filter("address", SearchField(_("地址")), "c.place_id = ANY (%(placed)s::bigint[])"),
        "state": Filter("state", WordField(_("状态"), words.choices(CUSTOMER_STATES)), {
            "open": "c.closed_on IS NULL", "closed": "c.closed_on IS NOT NULL"}),
    }  # fmt: skip
    biller = declared["biller"].field
    account = declared["account"].field
    name = declared["name"].field
    address = declared["address"].field
    state = declared["state"].field

    def arrange(self) -> None:
        self.known = billers(self.access)
        self.fields["biller"].choices = [("", now_("全部")), *self.known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        biller, name, address = data.get("biller"), data.get("name"), data.get("address")
        if biller is None and len(self.known) == 1:
            biller = self.known[0][0]
        found: dict[str, list[int]] = {"named": [], "placed": []}
        if (name or address) and biller is None:
            self.add_error("biller", now_("请选择收费单位"))
        elif name and len(name) < LETTERS and not address:
            text = now_("户名至少输入 %(letters)s 个字，只输一个字时请同时输入地址")
            self.add_error("name", text % {"letters": LETTERS})
        elif biller is not None:
            found["placed"] = placed(biller, address) if address else []
            found["named"] = _named(biller, name, found["placed"]) if name else []
            if data.get("account") and sees_whole(self.access):  # who sees them masked finds no part of one
                data["account"] = numbered(biller, data["account"]) or data["account"]
        return data | {key: numbers(ids) for key, ids in found.items()}


def _named(biller: int, name: str, places: list[int]) -> list[int]:
    return named(biller, name) if len(name) >= LETTERS else named_at(biller, name, places)


def customer_url(row: Row, access: Access) -> str:
    return reverse("billing_customer", args=[row.customer_id])


def holder(row: Row, access: Access) -> str:
    """Opened, and masked."""
    return masked_name(opened_name(ring(), row.biller_id, row.account_no, row.holder))


CUSTOMERS = Listing(
    name="billing_customers",
    title=_("用户"),
    note=_("用户是一个户主在一处地址的合同；换户主即换户号，见“过户”。户名、地址可查一部分。"),
    empty=_("没有这样的用户"),
    empty_note=_("请核对收费单位、户号；户名至少两个字。"),
    permission="billing.view",
    export="billing.customers",
    route="billing/customers/",
    source=_SQL["customers"],
    scope=in_scope("c.biller_id"),
    key="c.customer_id",
    opens=customer_url,
    form=CustomerFilters,
    reads={"biller_id": "c.biller_id", "customer_id": "c.customer_id"},
    actions=(ListAction(_("导入用户"), "billing_customers_upload", "billing.customers", "upload", "primary"),),
    columns=(
        Column("account_no", "c.account_no", _("户号"), "account", url=customer_url),
        Column("holder", "n.name", _("户名"), value=holder),
        Column("place", "l.path", _("地址")),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("opened_on", "c.opened_on", _("开户日"), "day"),
        Column("closed_on", "c.closed_on", _("销户日"), "day"),
        Column("state", "CASE WHEN c.closed_on IS NULL THEN 'open' ELSE 'closed' END", _("状态"), "badge",
               words=CUSTOMER_STATES),
    ),
)  # fmt: skip

DOUBTS = Listing(
    name="billing_doubts",
    title=_("抄表异常"),
    note=_("未抄、读数变小、突增、零用量：处理以前不成为用量，也不出账。"),
    empty=_("没有抄表异常"),
    empty_note=_("生成用量以后，有疑问的读数列在这里。"),
    permission="billing.view",
    export="billing.customers",
    route="billing/readings/",
    source=_SQL["doubts"],
    scope=in_scope("f.biller_id"),
    key="d.doubt_id",
    opens=lambda row, access: reverse("billing_doubt", args=[row.doubt_id]),
    reads={"found_at": "d.found_at"},
    actions=(
        ListAction(_("上传抄表文件"), "billing_readings_upload", "billing.customers", "upload", "primary"),
        ListAction(_("生成用量"), "billing_usage", "billing.customers", "calculator"),
        ListAction(_("批量估抄"), "billing_estimates", "billing.customers", "chart-spline"),
        ListAction(_("抄表单"), "billing_sheet", "billing.view", "printer"),
    ),
    filters=chosen("fee", _("费种"), "d.fee_id = %(fee)s", fees),
    columns=(
        Column("doubt_id", "d.doubt_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.doubt_id)),
        Column("fault", "d.fault", _("异常"), "badge", words=FAULTS, filters=one_of("fault", _("异常"), FAULTS)),
        Column("fee_name", "f.name", _("费种")),
        Column("account_no", "c.account_no", _("户号"), "account"),
        Column("place", "l.path", _("地址")),
        Column("from_on", "d.from_on", _("起"), "day"),
        Column("to_on", "d.to_on", _("止"), "day"),
        Column("qty", "d.qty_milli", pgettext_lazy("billing", "用量"), "code", value=lambda r, a: shown(r.qty)),
        Column("mean", "d.mean_milli", _("以往平均"), "code", value=lambda r, a: shown(r.mean)),
        Column("state", "CASE WHEN d.accepted_at IS NULL THEN 'open' ELSE 'accepted' END", _("状态"), "badge",
               words=DOUBT_STATES, filters=one_of("state", _("状态"), DOUBT_STATES, {
                   "open": "d.accepted_at IS NULL", "accepted": "d.accepted_at IS NOT NULL"}, first="open")),
    ),
)  # fmt: skip

FILES = Listing(
    name="billing_files",
    title=_("用户、抄表文件"),
    note=_("用户文件一人提交，另一人复核后导入；抄表文件全部行正确即收下。"),
    empty=_("还没有文件"),
    empty_note=_("上传 CSV 或 Excel 文件，先看试算，再提交复核。"),
    permission="billing.customers",
    export="billing.customers",
    route="billing/files/",
    source=_SQL["files"],
    scope=in_scope("f.biller_id"),
    key="f.file_id",
    opens=lambda row, access: reverse("billing_file", args=[row.file_id]),
    actions=(
        ListAction(_("导入用户"), "billing_customers_upload", "billing.customers", "upload", "primary"),
        ListAction(_("上传抄表文件"), "billing_readings_upload", "billing.customers", "upload"),
    ),
    filters=chosen("biller", _("收费单位"), "f.biller_id = %(biller)s", billers),
    columns=(
        Column("file_id", "f.file_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.file_id)),
        Column("received_at", "f.received_at", _("上传时间"), "time", filters=moments(_("上传日期 起"))),
        Column("kind", "f.kind", _("内容"), "badge", words=FILE_KINDS, filters=one_of("kind", _("内容"), FILE_KINDS)),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("name", "f.name", _("文件名")),
        Column("rows", "f.rows", _("行数"), "num"),
        Column("wrong", "f.wrong", _("错误行"), "num"),
        Column("state", "f.state", _("状态"), "badge", words=FILE_STATES,
               filters=one_of("state", _("状态"), [("todo", _("待办理")), *words.choices(FILE_STATES)],
                              {"todo": _SQL["files_to_do"]} | {one: f"{{sql}} = '{one}'" for one in FILE_STATES})),
        Column("customers", "f.customers", _("新用户"), "num"),
        Column("refused", "f.refused", _("未写入"), "num"),
        Column("received_by", "f.received_by", _("上传人")),
    ),
)  # fmt: skip
