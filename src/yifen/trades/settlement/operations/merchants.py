"""A biller's place in its group (H7). Whoever moves one sends money elsewhere, so a second person
decides."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, chosen, yes_no
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Merchant, Split
from yifen.trades.settlement.operations.shares import merchant_of, shares_now, shares_told

ACT = "settlement.place"
MEMBERS = Bilingual("有下级商户", "it has members below it")
SHARES = Bilingual("分账仍指向它", "shares still go to it")
RANK = {Merchant.Level.GROUP: 0, Merchant.Level.REGION: 1, Merchant.Level.STORE: 2}
TITLES = (("level", Text("层级", "Level")), ("parent", Text("上级", "Above it")),
          ("pooled", Text("资金归集到上级", "Its money goes up")))  # fmt: skip
Told = tuple[Said, Said, Said]
NOWHERE: Told = (None, None, None)


def propose(
    access: Access, biller_id: int, level: str, parent_id: int | None, pooled: bool, now: datetime
) -> Authorisation:
    """Put a biller into a group, or somewhere else in it. A parent stands above its children, so
    no circle can come about. Refused: OUT_OF_SCOPE; MERCHANT_INVALID on level, on parent (not
    above it, another book) or on pooled (nobody above to pool to); and as `second.propose` refuses."""
    row = {"biller_id": biller_id, "level": level, "parent_id": parent_id, "pooled": pooled}
    if parent_id is not None and not access.scope.has_partner(parent_id):
        raise Refused(Code.OUT_OF_SCOPE, "parent")
    content = {"biller_id": biller_id, "rows": {"merchant": [row], "merchant_split": []}}
    return _propose(access, biller_id, content, now)


def propose_removal(access: Access, biller_id: int, now: datetime) -> Authorisation:
    """Take it out of its group; its own shares go too. Refused: OUT_OF_SCOPE, MERCHANT_INVALID
    (others stand below it, or share with it)."""
    content = {"biller_id": biller_id, "rows": {"merchant": [], "merchant_split": []}}
    return _propose(access, biller_id, content, now)


def view(content: dict[str, Any]) -> list[Change]:
    """Where it stands now, and where it will. Refused: as the proposals say."""
    biller_id, rows = content["biller_id"], content["rows"]["merchant"]
    before = _told(Merchant.objects.filter(pk=biller_id).first())
    if rows:
        _check_place(**rows[0])
        return _changes(before, _told(Merchant(**rows[0])))
    _check_removal(merchant_of(biller_id))
    lost = shares_told(shares_now(biller_id))
    return _changes(before, NOWHERE) + [Change(*share, None) for share in lost]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The place from now on, or none."""
    for row in content["rows"]["merchant"]:
        fields = {name: value for name, value in row.items() if name != "biller_id"}
        Merchant.objects.update_or_create(biller_id=row["biller_id"], defaults=fields)
    if not content["rows"]["merchant"]:
        merchant_of(content["biller_id"]).delete()


def _changes(before: Told, after: Told) -> list[Change]:
    return [Change(field, title, was, becomes)
            for (field, title), was, becomes in zip(TITLES, before, after, strict=True)]  # fmt: skip


def _told(row: Merchant | None) -> Told:
    if row is None:
        return NOWHERE
    parent = str(row.parent.biller.partner) if row.parent else None
    return chosen(Merchant.Level, row.level), parent, yes_no(row.pooled)


def _check_place(biller_id: int, level: str, parent_id: int | None, pooled: bool) -> None:
    biller = _biller(biller_id)
    if level not in RANK:
        raise Refused(SettlementCode.MERCHANT_INVALID, "level")
    rank = RANK[Merchant.Level(level)]
    parent = None if parent_id is None else merchant_of(parent_id, "parent")
    if parent is not None and (
        RANK[Merchant.Level(parent.level)] >= rank
        or parent.biller.partner.book_id != biller.partner.book_id
    ):
        raise Refused(SettlementCode.MERCHANT_INVALID, "parent")
    children = Merchant.objects.filter(parent=biller_id)
    if any(RANK[Merchant.Level(child.level)] <= rank for child in children):
        raise Refused(SettlementCode.MERCHANT_INVALID, "level", MEMBERS)
    if pooled and parent is None:
        raise Refused(SettlementCode.MERCHANT_INVALID, "pooled")


def _check_removal(row: Merchant) -> None:
    if Merchant.objects.filter(parent=row).exists():
        raise Refused(SettlementCode.MERCHANT_INVALID, "merchant", MEMBERS)
    if Split.objects.filter(beneficiary=row).exists():
        raise Refused(SettlementCode.MERCHANT_INVALID, "merchant", SHARES)


def _propose(
    access: Access, biller_id: int, content: dict[str, Any], now: datetime
) -> Authorisation:
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    partner = _biller(biller_id).partner
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def _biller(biller_id: int) -> Biller:
    found = Biller.objects.filter(pk=biller_id).select_related("partner").first()
    if found is None:
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    return found
