"""The lists of runs 出账批次 and of bills 账单."""

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import chosen, one_of, search
from yifen.face.lists.counting import added
from yifen.face.lists.listing import Column, ListAction, ListAsk, Listing, ListPage, Row
from yifen.face.lists.paging import TooMuch, by_key, in_order
from yifen.face.lists.selecting import in_scope
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.runs.running import KINDS

_SQL = queries(__package__)
STATES: words.Words = {
    "making": (_("计算中"), "waiting"),
    "made": (_("待提交"), "neutral"),
    "proposed": (_("待复核"), "waiting"),
    "publishing": (_("发布中"), "waiting"),
    "published": (_("已发布"), "ok"),
    "dropped": (_("已放弃"), "neutral"),
}
BILL_STATES: words.Words = words.PAYABLE_STATES | {
    "unpublished": (_("未发布"), "waiting"), "past": (_("已在别处收清"), "neutral"),
    "none": (_("预存款抵扣，或退减"), "ok"), "written": (_("已核销"), "bad"),
}  # fmt: skip


def fees(access: Access) -> list[tuple[int, str]]:
    """Fees 费种 of the billers in scope."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["fees"], scopes.params(access.scope))
        return list(cursor.fetchall())


def run_url(row: Row, access: Access) -> str:
    return reverse("billing_run", args=[row.run_id])


def bill_url(row: Row, access: Access) -> str:
    return reverse("billing_bill", args=[row.bill_id])


BILL_RUNS = Listing(
    name="billing_runs",
    title=_("出账"),
    note=_("一人出账，系统逐段计算；与上期、去年同期比较后提交，另一人复核同意后发布为应缴项。"),
    empty=_("还没有出账批次"),
    empty_note=_("选费种和账期，先看试算，再提交复核。"),
    permission="billing.view",
    export="billing.run",
    route="billing/runs/",
    source=_SQL["runs"],
    scope=in_scope("s.biller_id"),
    key="s.run_id",
    opens=run_url,
    actions=(ListAction(_("出账"), "billing_begin", "billing.run", "calculator", "primary"),),
    filters=chosen("fee", _("费种"), "s.fee_id = %(fee)s", fees),
    columns=(
        Column("run_id", "s.run_id", _("批次"), "code", order="down", by_kind="num", value=lambda r, a: str(r.run_id)),
        Column("begun_at", "s.begun_at", _("出账时间"), "time"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("fee", "f.name", _("费种")),
        Column("kind", "s.kind", pgettext_lazy("billing", "性质"), value=lambda r, a: told(KINDS[r.kind])),
        Column("from_on", "s.from_on", _("账期起"), "day"),
        Column("to_on", "s.to_on", _("账期止"), "day"),
        Column("bills", "s.bills", _("账单数"), "num"),
        Column("asked_fen", "s.asked_fen", _("应收（元）"), "amount", sums=False),
        Column("given_fen", "s.given_fen", _("应退（元）"), "amount", sums=False),
        Column("missing", "s.missing", _("缺用量或价格"), "num"),
        Column("state", "s.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [("todo", _("待办理")), *words.choices(STATES)],
                              {"todo": "s.state = 'made'"} | {state: f"{{sql}} = '{state}'" for state in STATES})),
        Column("begun_by", "s.begun_by", _("经办")),
    ),
)  # fmt: skip

def by_number(ask: ListAsk) -> ListPage:
    """The list's own pages, bill by bill from the newest on."""
    with in_order():
        return by_key(BILLS, ask)


def counted(ask: ListAsk, most: int) -> int:
    """Not of what is open, for every bill's payable would be looked at. TooMuch."""
    if ask.filters.get("state"):
        raise TooMuch
    return added(BILLS, ask._replace(key=None, back=False), [], most, in_order=False)[0]


BILLS = Listing(
    name="billing_bills",
    title=pgettext_lazy("billing", "账单"),
    note=_("已算出的账单；发布后为应缴项，未发布的不收款。"),
    empty=_("没有账单"),
    permission="billing.view",
    export="billing.run",
    route="billing/bills/",
    source=_SQL["bills"],
    pages=by_number,
    count=counted,
    scope=in_scope("r.biller_id"),
    key="b.bill_id",
    opens=bill_url,
    filters=(
        *search("account", _("户号"), "b.account_no = %(account)s"),
        *search("run", _("批次"), "b.run_id::text = %(run)s", wide=False),
        *chosen("fee", _("费种"), "r.fee_id = %(fee)s", fees),
    ),
    columns=(
        Column("bill_id", "b.bill_id", _("账单号"), "code", order="down", by_kind="num",
               value=lambda r, a: f"B{r.bill_id}"),
        Column("account_no", "b.account_no", _("户号"), "code", value=lambda r, a: account_shown(a, r.account_no)),
        Column("fee", "f.name", _("费种")),
        Column("from_on", "b.from_on", _("账期起"), "day"),
        Column("to_on", "b.to_on", _("账期止"), "day"),
        Column("qty", "b.qty_milli", _("用量"), "code", value=lambda r, a: quantity(r.qty)),
        Column("amount_fen", "b.amount_fen", _("金额（元）"), "amount", sums=False),
        Column("kind", "r.kind", pgettext_lazy("billing", "性质"), value=lambda r, a: told(KINDS[r.kind])),
        Column("run_id", "b.run_id", _("批次"), "code", value=lambda r, a: str(r.run_id)),
        Column("due_on", "r.due_on", pgettext_lazy("billing", "到期日"), "day"),
        Column("state", _SQL["bill_state"], _("状态"), "badge", words=BILL_STATES,
               filters=one_of("state", _("状态"), [("open", _("未缴清")), ("overdue", _("已逾期"))], {
                   "open": _SQL["bill_open"], "overdue": _SQL["bill_overdue"]})),
    ),
)  # fmt: skip


def quantity(milli: int) -> str:
    """Thousandths as people read them: 1,050 or 1,050.5."""
    whole, rest = divmod(abs(milli), 1000)
    text = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    return f"-{text}" if milli < 0 else text
