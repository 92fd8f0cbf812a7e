"""The journal 柜面流水 of an organisation's counters, in the console's frame."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.desk.transaction import transactions
from yifen.face.lists.asking import Filter, days, one_of, search
from yifen.face.lists.filters import AccountsField
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.face.masking import AT_THE_COUNTER, account_shown
from yifen.trades.counter.models import Entry, PayKind

STATES = words.of(Entry.State.choices, unknown="waiting", booked="ok", refused="bad")
NUMBERED = """(e.serial = ANY (%(text)s::text[]) OR e.payment_id::text = ANY (%(text)s::text[])
    OR e.account_no = ANY (%(text)s::text[]))"""


def entry_url(row: Row, access: Access) -> str:
    """A teller goes on to the entry, others to its payment."""
    return reverse("desk_entry", args=[row.entry_id]) if access.may("desk.work") else ""


def payment_url(row: Row, access: Access) -> str:
    sees = row.payment_id and access.may("payments.view")
    return reverse("payment", args=[row.payment_id]) if sees else ""


def codes(access: Access) -> list[tuple[str, str]]:
    return [(row.code, f"{row.code} {row.title}") for row in transactions()]


JOURNAL = Listing(
    name="journal",
    title=pgettext_lazy("desk", "柜面流水"),
    note=_("本机构及下级网点的柜员流水，新的在前；冲正与退款以负数列出。"),
    empty=_("没有符合条件的流水"),
    empty_note=_("换一个日期，或清除条件再查。"),
    permission="desk.journal",
    export="payments.export",
    handy=True,
    route="journal/",
    source=queries(__package__)["journal"],
    scope=in_institutions("e.institution_id"),
    key="e.id",
    grows=True,
    opens=lambda row, access: entry_url(row, access) or payment_url(row, access),
    filters=(Filter("text", AccountsField(_("流水号、缴费号或户号")), NUMBERED),),
    columns=(
        Column("entered_at", "e.at", _("时间"), "time"),
        Column("serial", "e.serial", _("流水号"), "code", url=entry_url),
        Column("code", "e.code", _("交易"), "code", filters=one_of("code", _("交易"), codes)),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "t.login || ' ' || t.name || coalesce(' / ' || c.login || ' ' || c.name, '')",
               _("柜员 / 授权主管"), filters=search("teller", _("柜员"), "upper(t.login) = upper(%(teller)s)",
                                              wide=False)),
        Column("biller", "p.name", _("收费单位")),
        Column("account_no", "e.account_no", _("户号"), "code",
               value=lambda r, a: account_shown(a, r.account_no, AT_THE_COUNTER)),
        Column("amount_fen", "CASE WHEN e.original_id IS NULL THEN e.amount_fen ELSE -e.amount_fen END",
               _("金额（元）"), "amount"),
        Column("pay_kind", "e.pay_kind", _("缴费方式"), words=words.of(PayKind.choices)),
        Column("state", "e.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
        Column("payment_id", "e.payment_id", _("缴费号"), "code", url=payment_url,
               value=lambda r, a: str(r.payment_id) if r.payment_id else None),
        Column("business_day", "e.business_day", _("会计日期"), "day", shown=False,
               filters=days(_("会计日期 起"))),
    ),
    reads={"entry_id": "e.id"},
)  # fmt: skip
