"""Commission agreements 手续费协议: make one, or change one that has not begun (P11)."""

from datetime import date

from django.db import connection, transaction
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code
from yifen.core.facts.money import MAX_FEN
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Agreement, AgreementTier
from yifen.trades.settlement.rules import PPM, FeeTerms, Tier, tier_fault

LAG_DAYS_MAX = 30
_SQL = queries(__package__)
SETTLED_SQL = _SQL["last_settled"]
LOCK_SQL = _SQL["lock_biller"]


class AskedAgreement(Struct, frozen=True):
    """What is asked for; `id`: the agreement that is changed, None for a new one."""

    biller_id: int
    valid_from: date
    terms: FeeTerms
    lag_days: int = 1
    make_up_days: bool = True
    payout: bool = False
    id: int | None = None


@transaction.atomic
def save(access: Access, asked: AskedAgreement) -> Agreement:
    """Refused: OUT_OF_SCOPE; AGREEMENT_INVALID on tiers (they begin at 0 and rise, at most 20),
    min_fen, cap_fen, lag_days, mode, period, measure, or valid_from (a day of it is settled, or
    another agreement begins on it)."""
    if not access.scope.has_partner(asked.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if not Biller.objects.filter(pk=asked.biller_id).exists():
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    check_terms(asked.terms)
    if not 0 <= asked.lag_days <= LAG_DAYS_MAX:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "lag_days", f"0–{LAG_DAYS_MAX}")
    there = _row(asked)
    _check_beginning(asked, there)
    row, terms = there or Agreement(), asked.terms
    row.biller_id, row.valid_from = asked.biller_id, asked.valid_from
    row.mode, row.period, row.measure = terms.mode, terms.period, terms.measure
    row.min_fen, row.cap_fen = terms.min_fen, terms.cap_fen
    row.lag_days, row.make_up_days, row.payout = asked.lag_days, asked.make_up_days, asked.payout
    row.save()
    row.tiers.all().delete()
    AgreementTier.objects.bulk_create(
        AgreementTier(agreement=row, from_measure=tier.from_measure, rate_ppm=tier.rate_ppm,
                      each_fen=tier.each_fen)
        for tier in terms.tiers
    )  # fmt: skip
    return row


def check_terms(terms: FeeTerms) -> None:
    """Also for the calculator. Refused: AGREEMENT_INVALID."""
    for field, model in (("mode", Agreement.Mode), ("period", Agreement.Period),
                         ("measure", Agreement.Measure)):  # fmt: skip
        if getattr(terms, field) not in model.values:
            raise Refused(SettlementCode.AGREEMENT_INVALID, field)
    fault = tier_fault(terms.tiers)
    if fault:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "tiers", fault)
    for tier in terms.tiers:
        if not (0 <= tier.rate_ppm <= PPM and 0 <= tier.each_fen <= 10**9
                and tier.from_measure <= MAX_FEN):  # fmt: skip
            raise Refused(SettlementCode.AGREEMENT_INVALID, "tiers", f"{tier.from_measure}")
    if not 0 <= terms.min_fen <= MAX_FEN:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "min_fen")
    if terms.cap_fen is not None and not terms.min_fen <= terms.cap_fen <= MAX_FEN:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "cap_fen", f"≥ {terms.min_fen}")


def terms_of(row: Agreement) -> FeeTerms:
    """The row as the rules read it."""
    tiers = tuple(Tier(tier.from_measure, tier.rate_ppm, tier.each_fen)
                  for tier in row.tiers.order_by("from_measure"))  # fmt: skip
    return FeeTerms(row.measure, row.period, tiers, row.min_fen, row.cap_fen, row.mode,
                 row.valid_from)  # fmt: skip


def has_begun(row: Agreement) -> bool:
    """Has a day been settled by it? Then it stays as it is; a new one takes its place."""
    settled = _last_settled(row.biller_id)
    return settled is not None and row.valid_from <= settled


def _row(asked: AskedAgreement) -> Agreement | None:
    if asked.id is None:
        return None
    row = Agreement.objects.filter(pk=asked.id, biller=asked.biller_id).first()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "id")
    return row


def _check_beginning(asked: AskedAgreement, row: Agreement | None) -> None:
    with connection.cursor() as cursor:  # no day is settled meanwhile
        cursor.execute(LOCK_SQL, [asked.biller_id])
    settled = _last_settled(asked.biller_id)
    if row is not None and has_begun(row):
        raise Refused(SettlementCode.AGREEMENT_INVALID, "id", f"{settled}")
    if settled is not None and asked.valid_from <= settled:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "valid_from", f"> {settled}")
    same = Agreement.objects.filter(biller=asked.biller_id, valid_from=asked.valid_from)
    if any(other.pk != asked.id for other in same):
        raise Refused(SettlementCode.AGREEMENT_INVALID, "valid_from", f"{asked.valid_from}")


def _last_settled(biller_id: int) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(SETTLED_SQL, [biller_id])
        found: date | None = cursor.fetchone()[0]
    return found
