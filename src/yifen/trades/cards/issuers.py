"""Issuing banks 发卡行: whose word about a bureau's cards counts, by two people of the bureau."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.trades.cards.reading import rows, said

ACT = "cards.issuer"


def propose(access: Access, bureau_id: int, bank_id: int, now: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, CARD_ISSUER_WRONG, and as `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = {"bureau_id": bureau_id, "bank_id": bank_id}
    return second.propose(access, ACT, f"{bureau.code} {bank_id}", content, now, partner=bureau, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused CARD_ISSUER_WRONG."""
    ((code,),) = rows("issuer_against", (content["bureau_id"], content["bank_id"]))
    if code:
        raise Refused(result_code(code), "bank")
    bank = Partner.objects.get(pk=content["bank_id"])
    return [Change("bank_id", Text("发卡行", "Issuing bank"), None, f"{bank.code} {bank.name}")]


def run(content: dict[str, Any], decision: Decision) -> None:
    """From now on its word counts. Refused as cards_issuer_v1."""
    said("issuer", decision.proposal, decision.now)
