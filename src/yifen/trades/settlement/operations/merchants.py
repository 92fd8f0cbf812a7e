"""A biller's place in its group, and with whom it shares 分账 (H7)."""

from collections.abc import Mapping

from django.db import transaction

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Merchant, Split
from yifen.trades.settlement.rules import PPM

RANK = {Merchant.Level.GROUP: 0, Merchant.Level.REGION: 1, Merchant.Level.STORE: 2}


@transaction.atomic
def place(
    access: Access, biller_id: int, level: str, parent_id: int | None, pooled: bool
) -> Merchant:
    """Put a biller into a group, or somewhere else in it. A parent stands above its children, so
    no circle can come about. Refused: OUT_OF_SCOPE; MERCHANT_INVALID on level, on parent (not
    above it, another book) or on pooled (nobody above to pool to)."""
    biller = _biller(access, biller_id, "biller")
    if level not in RANK:
        raise Refused(SettlementCode.MERCHANT_INVALID, "level")
    rank = RANK[Merchant.Level(level)]
    parent = None if parent_id is None else _merchant(access, parent_id, "parent")
    if parent is not None and (
        RANK[Merchant.Level(parent.level)] >= rank
        or parent.biller.partner.book_id != biller.partner.book_id
    ):
        raise Refused(SettlementCode.MERCHANT_INVALID, "parent")
    children = Merchant.objects.filter(parent=biller_id)
    if any(RANK[Merchant.Level(child.level)] <= rank for child in children):
        raise Refused(SettlementCode.MERCHANT_INVALID, "level", "children")
    if pooled and parent is None:
        raise Refused(SettlementCode.MERCHANT_INVALID, "pooled")
    row, _ = Merchant.objects.update_or_create(
        biller=biller, defaults={"parent": parent, "level": level, "pooled": pooled}
    )
    return row


@transaction.atomic
def remove(access: Access, merchant: Merchant) -> None:
    """Take it out of its group; its own shares go too. Refused: OUT_OF_SCOPE, MERCHANT_INVALID
    (others stand below it, or share with it)."""
    row = _merchant(access, merchant.pk, "merchant")
    if Merchant.objects.filter(parent=row).exists():
        raise Refused(SettlementCode.MERCHANT_INVALID, "merchant", "children")
    if Split.objects.filter(beneficiary=row).exists():
        raise Refused(SettlementCode.MERCHANT_INVALID, "merchant", "shares")
    row.delete()


@transaction.atomic
def share(access: Access, merchant: Merchant, shares_ppm: Mapping[int, int]) -> None:
    """All shares of a merchant at once: beneficiary → parts per million of what it is settled. None
    ends the sharing. Refused: OUT_OF_SCOPE; SPLIT_INVALID on shares (over the whole, not positive)
    or on beneficiary (itself, no merchant, another book)."""
    row = _merchant(access, merchant.pk, "merchant")
    if any(share_ppm < 1 for share_ppm in shares_ppm.values()) or sum(shares_ppm.values()) > PPM:
        raise Refused(SettlementCode.SPLIT_INVALID, "shares", f"1–{PPM}")
    for beneficiary_id in shares_ppm:
        other = Merchant.objects.filter(pk=beneficiary_id).first()
        if other is None or not access.scope.has_partner(beneficiary_id):
            raise Refused(SettlementCode.SPLIT_INVALID, "beneficiary", str(beneficiary_id))
        same_book = other.biller.partner.book_id == row.biller.partner.book_id
        if other.pk == row.pk or not same_book:
            raise Refused(SettlementCode.SPLIT_INVALID, "beneficiary", other.biller.partner.code)
    Split.objects.filter(merchant=row).exclude(beneficiary__in=list(shares_ppm)).delete()
    for beneficiary_id, share_ppm in shares_ppm.items():
        Split.objects.update_or_create(
            merchant=row, beneficiary_id=beneficiary_id, defaults={"share_ppm": share_ppm}
        )


def _biller(access: Access, biller_id: int, field: str) -> Biller:
    found = Biller.objects.select_for_update().filter(pk=biller_id).first()
    if found is None or not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, field)
    return found


def _merchant(access: Access, biller_id: int, field: str) -> Merchant:
    found = Merchant.objects.select_for_update().filter(pk=biller_id).first()
    if found is None or not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, field)
    return found
