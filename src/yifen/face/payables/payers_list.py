"""The search for payers 缴费户: a biller's, by account number or by the beginning of a name."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role
from yifen.core.access.scope import Scope
from yifen.core.access.sealing import ring
from yifen.core.directory.queries import ancestors
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.masking import masked_name
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller
from yifen.face.lists.asking import Filter
from yifen.face.lists.filters import AccountsField, ChosenField, ListFilters, SearchField
from yifen.face.lists.listing import Column, ListAsk, Listing, Row
from yifen.face.payables.queries import accounts_named
from yifen.face.scope import buckets
from yifen.hub.payments.names import MARKED, opened_name


def scope_of(access: Access) -> Scope:
    """A teller also finds the payers for whose billers his branch collects: those of the
    institutions above him."""
    scope = access.scope
    if scope.partners is None or Role.TELLER not in access.roles or access.user is None:
        return scope
    above = Biller.objects.filter(partner__institution__in=ancestors(access.user.institution_id))
    return Scope(scope.institutions, (*scope.partners, *above.values_list("pk", flat=True)))


class PayerFilters(ListFilters):
    """A biller, and an account number or the beginning of a name."""

    declared = {
        "biller": Filter("biller", ChosenField(_("收费单位")), "r.biller_id = %(biller)s"),
        "account": Filter("account", AccountsField(_("户号")), "r.account_no = ANY (%(account)s::text[])"),
        "name": Filter("name", SearchField(_("户名开头"), wide=False), "r.account_no = ANY (%(named)s::text[])"),
    }
    biller = declared["biller"].field
    account = declared["account"].field
    name = declared["name"].field

    def arrange(self) -> None:
        real = Biller.objects.exclude(pk__in=self.access.scope.sandboxes)
        billers = real.select_related("partner").order_by("partner__code")
        found = scope_of(self.access)
        if found.partners is not None:
            billers = billers.filter(pk__in=found.partners)
        names = [(biller.pk, f"{biller.partner.code} {biller.partner.name}") for biller in billers]
        self.fields["biller"].choices = [("", now_("请选择")), *names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        biller, account = data.get("biller"), data.get("account")
        if biller is None and (account or data.get("name")):
            self.add_error("biller", now_("请选择收费单位"))
        homes: Any = range(buckets())
        if biller is not None and account:
            homes = {account_bucket(biller, one, buckets()) for one in account}
        found, named = scope_of(self.access), []
        start = data.get("name") or ""
        if start and len(start) < MARKED:
            self.add_error("name", _("户名至少输入 %(letters)s 个字") % {"letters": MARKED})
        elif start and biller is not None:
            named = accounts_named(biller, start, homes)
        return data | {"buckets": numbers(homes), "any_biller": found.partners is None,
                       "billers": numbers(found.partners or ()), "named": texts(named)}  # fmt: skip

    @property
    def asks(self) -> bool:
        """Nobody leafs through all payers."""
        data = self.cleaned_data
        return data["biller"] is not None and bool(data["account"] or data["name"])


def payer_url(row: Row, access: Access) -> str:
    return reverse("payer", args=[row.payable_id]) if row.payable_id else ""


def name_shown(row: Row, access: Access) -> str:
    """Opened, and masked."""
    return masked_name(opened_name(ring(), row.biller_id, row.account_no, row.name))


def straight(ask: ListAsk, rows: list[Row]) -> str | None:
    """One payer found is shown at once."""
    only = len(rows) == 1 and ask.key is None
    return payer_url(rows[0], ask.access) or None if only else None


PAYERS = Listing(
    name="payables",
    title=_("应缴项"),
    note=_("先选收费单位，再输入户号，或户名的开头（至少两个字）。"),
    empty=_("没有这样的缴费户"),
    empty_note=_("请核对户号；户名须从第一个字开始。"),
    permission="payables.view",
    route="payables/",
    source=queries(__package__)["payers"],
    scope="(%(any_biller)s OR r.biller_id = ANY (%(billers)s::integer[]))",
    where=("r.bucket = ANY (%(buckets)s::smallint[])",),
    reads={"biller_id": "r.biller_id"},
    key="r.account_no",  # of the biller that is asked for
    key_kind="text",
    form=PayerFilters,
    straight=straight,
    columns=(
        Column("account_no", "r.account_no", _("户号"), "account", order="up", url=payer_url),
        Column("name", "r.name", _("户名"), value=name_shown),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("payable_id", "y.payable_id", _("备注"), value=lambda r, a: "" if r.payable_id else _("没有应缴项")),
    ),
)
