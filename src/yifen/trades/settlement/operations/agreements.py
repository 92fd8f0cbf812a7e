"""Commission agreements 手续费协议: two people make one, or change one that has not begun (P11)."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from msgspec import Struct, convert, to_builtins

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, chosen, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.money import MAX_FEN
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller, Partner
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Agreement, AgreementTier
from yifen.trades.settlement.rules import PPM, FeeTerms, Tier, tier_fault

ACT = "settlement.agreement"
LAG_DAYS_MAX = 30
BEGUN = "已按它结算到 {}，请另立新协议", "settled by it up to {}: make a new one"
TOO_EARLY = "{} 已结算，生效日期须在其后", "{} is settled: it must begin later"
_SQL = queries(__package__)
SETTLED_SQL = _SQL["last_settled"]
LOCK_SQL = _SQL["lock_biller"]
TITLES = {
    "valid_from": Text("生效日", "Valid from"), "mode": Text("收取方式", "How it is taken"),
    "period": Text("计费期", "Period"), "measure": Text("计费依据", "By"), "tiers": Text("阶梯", "Tiers"),
    "min_fen": Text("每期保底（元）", "Least a period (yuan)"),
    "cap_fen": Text("每期封顶（元）", "Most a period (yuan)"),
    "lag_days": Text("T+N 工作日划付", "Payout after N working days"),
    "make_up_days": Text("调休上班日也划付", "Also on make-up days"),
    "payout": Text("划付到收款账户", "Paid out to the payee"),
    "refunds": Text("结算后的退款", "Refunds of settled days"),
}  # fmt: skip


class AskedAgreement(Struct, frozen=True):
    """What is asked for; `id`: the agreement that is changed, None for a new one."""

    biller_id: int
    valid_from: date
    terms: FeeTerms
    lag_days: int = 1
    make_up_days: bool = True
    payout: bool = False
    id: int | None = None
    refunds: str = Agreement.Refunds.ACCOUNT.value


def propose(access: Access, asked: AskedAgreement, now: datetime) -> Authorisation:
    """Put an agreement before a second person. Refused: OUT_OF_SCOPE; AGREEMENT_INVALID on tiers (they
    begin at 0 and rise, at most 20), min_fen, cap_fen, lag_days, refunds, mode, period, measure, or valid_from
    (a day of it is settled, or another agreement begins on it); AGREEMENT_AT_CORE on mode, payout; and as
    `second.propose` refuses."""
    if not access.scope.has_partner(asked.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    biller = Partner.objects.get(pk=asked.biller_id)
    return second.propose(access, ACT, biller.code, _content(asked), now, partner=biller)


def view(content: dict[str, Any]) -> list[Change]:
    """The terms of the agreement that is changed, or that a new one takes over from, and what they
    will be. Refused: as `propose` says."""
    asked = _asked(content)
    there = check(asked)
    earlier = Agreement.objects.filter(biller=asked.biller_id, valid_from__lt=asked.valid_from)
    old = there or earlier.order_by("-valid_from").first()
    before = _told(terms_of(old), old) if old else {}
    after = _told(asked.terms, asked)
    return [Change(field, title, before.get(field), after[field]) for field, title in TITLES.items()]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The agreement as it was agreed. Refused: AGREEMENT_INVALID (a day was settled meanwhile), AGREEMENT_AT_CORE."""
    asked = _asked(content)
    with connection.cursor() as cursor:  # no day is settled meanwhile
        cursor.execute(LOCK_SQL, [asked.biller_id])
    row = check(asked) or Agreement()
    for field, value in content["rows"]["agreement"].items():
        setattr(row, field, value)
    row.save()
    row.tiers.all().delete()
    AgreementTier.objects.bulk_create(
        AgreementTier(agreement=row, **tier) for tier in content["rows"]["agreement_tier"]
    )


def check(asked: AskedAgreement) -> Agreement | None:
    """The row that is changed, if any. Refused: OUT_OF_SCOPE, AGREEMENT_INVALID, AGREEMENT_AT_CORE."""
    if not Biller.objects.filter(pk=asked.biller_id).exists():
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    check_terms(asked.terms)
    if not 0 <= asked.lag_days <= LAG_DAYS_MAX:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "lag_days", f"0–{LAG_DAYS_MAX}")
    if asked.refunds not in Agreement.Refunds.values:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "refunds")
    _check_at_core(asked)
    there = _row(asked)
    _check_beginning(asked, there)
    return there


def _check_at_core(asked: AskedAgreement) -> None:
    if asked.terms.mode == Agreement.Mode.GROSS and not asked.payout:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SQL["swept_at_core"], [asked.biller_id])
        if cursor.fetchone()[0]:
            raise Refused(SettlementCode.AGREEMENT_AT_CORE, "payout" if asked.payout else "mode")


def _content(asked: AskedAgreement) -> dict[str, Any]:
    """As the tables have it: the database lets just these rows pass."""
    terms = asked.terms
    row = {"biller_id": asked.biller_id, "valid_from": asked.valid_from.isoformat(), "mode": terms.mode,
           "period": terms.period, "measure": terms.measure, "min_fen": terms.min_fen,
           "cap_fen": terms.cap_fen, "lag_days": asked.lag_days, "make_up_days": asked.make_up_days,
           "payout": asked.payout, "refunds": asked.refunds}  # fmt: skip
    if asked.id is not None:
        row["id"] = asked.id
    return {"rows": {"agreement": row, "agreement_tier": [to_builtins(tier) for tier in terms.tiers]}}


def _asked(content: dict[str, Any]) -> AskedAgreement:
    row, tiers = content["rows"]["agreement"], content["rows"]["agreement_tier"]
    return convert(row | {"terms": row | {"tiers": tiers}}, AskedAgreement)


def _told(terms: FeeTerms, more: Agreement | AskedAgreement) -> dict[str, Said]:
    """In words and yuan, by field."""
    of_amount = terms.measure == Agreement.Measure.AMOUNT
    tiers = [f"≥ {grouped_yuan(tier.from_measure)}: {tier.rate_ppm / 10_000:g} %" if of_amount
             else f"≥ {tier.from_measure}: {grouped_yuan(tier.each_fen)}" for tier in terms.tiers]  # fmt: skip
    return {
        "valid_from": terms.valid_from.isoformat(),
        "mode": chosen(Agreement.Mode, terms.mode), "period": chosen(Agreement.Period, terms.period),
        "measure": chosen(Agreement.Measure, terms.measure), "tiers": " · ".join(tiers),
        "min_fen": grouped_yuan(terms.min_fen),
        "cap_fen": None if terms.cap_fen is None else grouped_yuan(terms.cap_fen),
        "lag_days": f"T+{more.lag_days}", "make_up_days": yes_no(more.make_up_days),
        "payout": yes_no(more.payout), "refunds": chosen(Agreement.Refunds, more.refunds),
    }  # fmt: skip


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
    settled = _last_settled(asked.biller_id)
    if row is not None and has_begun(row):
        raise Refused(SettlementCode.AGREEMENT_INVALID, "id", Bilingual(*BEGUN, settled))
    if settled is not None and asked.valid_from <= settled:
        raise Refused(SettlementCode.AGREEMENT_INVALID, "valid_from", Bilingual(*TOO_EARLY, settled))
    same = Agreement.objects.filter(biller=asked.biller_id, valid_from=asked.valid_from)
    if any(other.pk != asked.id for other in same):
        raise Refused(SettlementCode.AGREEMENT_INVALID, "valid_from",
                      Bilingual("{} 起已有一份协议", "another one begins on {}", asked.valid_from))  # fmt: skip


def _last_settled(biller_id: int) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(SETTLED_SQL, [biller_id])
        found: date | None = cursor.fetchone()[0]
    return found
