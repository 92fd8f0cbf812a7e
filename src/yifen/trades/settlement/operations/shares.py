"""With whom a merchant shares 分账 what it is settled (H7). Whoever changes that sends money elsewhere, so
a second person decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Merchant, Split
from yifen.trades.settlement.rules import PPM

ACT = "settlement.shares"


def propose(
    access: Access, merchant_id: int, shares_ppm: Mapping[int, int], now: datetime
) -> Authorisation:
    """All shares of a merchant at once: beneficiary → parts per million of what it is settled. None
    ends the sharing. Refused: OUT_OF_SCOPE; SPLIT_INVALID on shares (over the whole, not positive)
    or on beneficiary (itself, no merchant, another book); and as `second.propose` refuses."""
    for beneficiary_id in shares_ppm:
        if not access.scope.has_partner(beneficiary_id):
            raise Refused(SettlementCode.SPLIT_INVALID, "beneficiary", str(beneficiary_id))
    rows = [{"merchant_id": merchant_id, "beneficiary_id": beneficiary, "share_ppm": share}
            for beneficiary, share in sorted(shares_ppm.items())]  # fmt: skip
    content = {"biller_id": merchant_id, "rows": {"merchant_split": rows}}
    if not access.scope.has_partner(merchant_id):
        raise Refused(Code.OUT_OF_SCOPE, "merchant")
    partner = merchant_of(merchant_id).biller.partner
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Each beneficiary with what it gets now and what it will get. Refused: as `propose` says;
    INPUT_INVALID (nothing changes)."""
    shares = {row["beneficiary_id"]: row["share_ppm"] for row in content["rows"]["merchant_split"]}
    row = merchant_of(content["biller_id"])
    _check_shares(row, shares)
    had = shares_now(row.pk)
    if shares == had:
        raise Refused(Code.INPUT_INVALID, "shares")
    after = {field: said for field, _, said in shares_told(shares)}
    told = shares_told(had | shares)
    before = {field: said for field, _, said in shares_told(had)}
    return [Change(field, title, before.get(field), after.get(field)) for field, title, _ in told]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The shares from now on."""
    rows = content["rows"]["merchant_split"]
    Split.objects.filter(merchant=content["biller_id"]).delete()
    Split.objects.bulk_create(Split(**row) for row in rows)


def shares_now(merchant_id: int) -> dict[int, int]:
    return dict(Split.objects.filter(merchant=merchant_id).values_list("beneficiary", "share_ppm"))


def shares_told(shares: Mapping[int, int]) -> list[tuple[str, Text, str]]:
    """(field, title, share) by the beneficiary's code."""
    billers = Biller.objects.select_related("partner").filter(pk__in=list(shares))
    return [(biller.partner.code, Text(f"分给 {biller.partner}", f"Share of {biller.partner}"),
             f"{shares[biller.pk] / 10_000:g} %")
            for biller in billers.order_by("partner__code")]  # fmt: skip


def _check_shares(row: Merchant, shares_ppm: Mapping[int, int]) -> None:
    if any(share_ppm < 1 for share_ppm in shares_ppm.values()) or sum(shares_ppm.values()) > PPM:
        raise Refused(SettlementCode.SPLIT_INVALID, "shares", f"1–{PPM}")
    for beneficiary_id in shares_ppm:
        other = Merchant.objects.filter(pk=beneficiary_id).first()
        if other is None:
            raise Refused(SettlementCode.SPLIT_INVALID, "beneficiary", str(beneficiary_id))
        same_book = other.biller.partner.book_id == row.biller.partner.book_id
        if other.pk == row.pk or not same_book:
            raise Refused(SettlementCode.SPLIT_INVALID, "beneficiary", other.biller.partner.code)


def merchant_of(biller_id: int, field: str = "merchant") -> Merchant:
    """Refused: OUT_OF_SCOPE."""
    found = Merchant.objects.filter(pk=biller_id).first()
    if found is None:
        raise Refused(Code.OUT_OF_SCOPE, field)
    return found
