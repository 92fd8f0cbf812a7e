"""Holders and what they bound, as other trades may know them (face/bound.py)."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.wire.messages import Query
from yifen.face.bound import BoundAccount
from yifen.hub.payments.local import LocalHub
from yifen.trades.orders import catalogue, phones
from yifen.trades.orders.models import Binding, Holder

CONTEXT = "holder_person"


def know_person(ring: KeyRing, holder_id: int, openid: str) -> None:
    """He paid inside WeChat, so messages may reach him there, if he asks for them."""
    holder = Holder.objects.filter(pk=holder_id).first()
    if holder is not None and BOUND.person(ring, holder_id) != openid:
        holder.person_sealed = ring.seal(openid.encode(), CONTEXT)
        holder.save(update_fields=["person_sealed"])


class _Bound:
    def holder_of(self, request: HttpRequest) -> int | None:
        from yifen.trades.orders.pages import browser  # pages stand on this

        number = browser.holder_of(request)
        return number if number and Holder.objects.filter(pk=number).exists() else None

    def home(self) -> str:
        return reverse("bindings")

    def accounts(self, holder_id: int) -> list[BoundAccount]:
        rows = Binding.objects.select_related("biller__partner").filter(holder=holder_id)
        return [_account(row) for row in rows.order_by("created_at", "pk")]

    def found(self, binding_ids: Iterable[int]) -> dict[int, BoundAccount]:
        rows = Binding.objects.select_related("biller__partner").filter(pk__in=list(binding_ids))
        return {row.pk: _account(row) for row in rows}

    def phone(self, ring: KeyRing, holder_id: int) -> str:
        holder = Holder.objects.filter(pk=holder_id).first()
        if holder is None:
            raise LookupError(holder_id)
        return phones.whole_phone(ring, holder)

    def person(self, ring: KeyRing, holder_id: int) -> str:
        sealed = Holder.objects.filter(pk=holder_id).values_list("person_sealed", flat=True).first()
        return ring.open(bytes(sealed), CONTEXT).decode() if sealed else ""

    def by_phone(self, ring: KeyRing, typed: str) -> int | None:
        try:
            lookups = phones.lookups(ring, phones.read_phone(typed))
        except Refused:
            return None
        return Holder.objects.filter(lookup__in=lookups).values_list("pk", flat=True).first()

    def refresh(self, hub: LocalHub, account: BoundAccount) -> None:
        source = catalogue.source(account.biller_code)
        hub.query(source.channel, Query(biller=account.biller_code, account_no=account.account_no))


def _account(row: Binding) -> BoundAccount:
    biller = row.biller
    return BoundAccount(row.pk, row.holder_id, biller.pk, biller.partner.code, biller.partner.name, row.account_no,
                        row.alias, bool(biller.endpoint))  # fmt: skip


BOUND = _Bound()
