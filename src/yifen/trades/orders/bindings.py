"""Accounts that a holder keeps at hand 绑定: add, name, remove, and what is due on each."""

from datetime import datetime

from django.db import transaction

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders import bills, catalogue, rates
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.models import Binding, Holder
from yifen.trades.orders.rates import Limit

MOST = 10
ALIAS_MAX = 20


def bind(
    hub: LocalHub, holder: Holder, biller: str, account_no: str, alias: str, address: str,
    now: datetime,
) -> Binding:  # fmt: skip
    """Keep an account that the biller knows; again only changes its alias. Refused: what a query
    refuses, BINDINGS_FULL."""
    reply = bills.bills(hub, biller, account_no, address, now)
    with transaction.atomic():
        Holder.objects.select_for_update().get(pk=holder.pk)  # eleven at once are one after another
        rows = Binding.objects.filter(holder=holder)
        found = rows.filter(biller__partner__code=biller, account_no=reply.account_no).first()
        if found is None:
            if rows.count() >= MOST:
                raise Refused(OrderCode.BINDINGS_FULL)
            biller_id = catalogue.biller(biller).pk
            found = Binding(holder=holder, biller_id=biller_id, account_no=reply.account_no,
                            created_at=now)  # fmt: skip
        found.alias = alias.strip()[:ALIAS_MAX]
        found.save()
    return found


def of(holder: Holder) -> list[Binding]:
    """In the order in which they were bound."""
    rows = Binding.objects.select_related("biller__partner").filter(holder=holder)
    return list(rows.order_by("created_at"))


def one(holder: Holder, binding_id: int) -> Binding:
    """Refused: OUT_OF_SCOPE for anybody else's."""
    rows = Binding.objects.select_related("biller__partner")
    found = rows.filter(holder=holder, pk=binding_id).first()
    if found is None:
        raise Refused(Code.OUT_OF_SCOPE)
    return found


def remove(holder: Holder, binding_id: int) -> None:
    """A second time does nothing."""
    Binding.objects.filter(holder=holder, pk=binding_id).delete()


def has(holder_id: int | None, biller_id: int, account_no: str) -> bool:
    rows = Binding.objects.filter(holder=holder_id, biller=biller_id, account_no=account_no)
    return holder_id is not None and rows.exists()


def due_fen(hub: LocalHub, binding: Binding, address: str, now: datetime) -> int:
    """All that is due on it now. Refused: what a query refuses, TOO_MANY_TRIES."""
    rates.count(Limit.DUE_HOLDER, str(binding.holder_id), now)
    reply = bills.bills(hub, binding.biller.partner.code, binding.account_no, address, now)
    return sum(payable.due_fen for payable in reply.payables)
