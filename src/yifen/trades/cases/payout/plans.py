"""Plans of distribution 分配方案: by two people; then served, objected to, and paid a share at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import opened_account, sealed_account
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.payout import payouts
from yifen.trades.cases.payout.plan_rules import METHODS, RANKS, PlanClaim, planned
from yifen.trades.cases.payout.reading import left, said
from yifen.trades.cases.reading import CaseRow, found_case
from yifen.trades.cases.rules import party_context

ACT = "cases.plan"
WAYS = {"ratio": Text("按比例", "in proportion"), "order": Text("按顺序", "in order")}
RANK_WORDS = {"priority": Text("优先", "priority"), "ordinary": Text("普通", "ordinary")}


class NewPlan(NamedTuple):
    """A plan to propose; `claims`: (party, rank, fen) in their order."""

    method: str
    amount_fen: int
    fee_fen: int
    cost_fen: int
    claims: Sequence[tuple[int, str, int]]


class Creditor(NamedTuple):
    """A party who may share: his name opened, what he has had by plans, his newest payee."""

    party_id: int
    role: str
    name: str
    paid_fen: int
    payee_id: int | None


class PlanShare(NamedTuple):
    """A share of a plan, and the application that pays it."""

    party_id: int
    rank: str
    claim_fen: int
    paid_fen: int
    share_fen: int
    served_on: date | None
    objected_at: datetime | None
    objection: str
    settled_at: datetime | None
    settlement: str
    agreed_at: datetime | None
    application_id: int | None


class CasePlan(NamedTuple):
    """The plan of a case in force; `fee_left_fen`: of its fee and costs, what is not applied for yet."""

    plan_id: int
    method: str
    pot_fen: int
    fee_fen: int
    cost_fen: int
    objection_days: int
    proposal_id: int
    made_at: datetime
    fee_left_fen: int


def creditors(case_id: int) -> list[Creditor]:
    ring = key_ring()
    return [Creditor(party_id, role, ring.open(bytes(name), party_context(court_id, number)).decode(), paid, payee)
            for party_id, role, name, court_id, number, paid, payee in left("creditors", (case_id,))]  # fmt: skip


def in_force(case: CaseRow) -> CasePlan | None:
    found = left("plan_of", (case.court_id, case.account_no))
    return CasePlan(*found[0]) if found else None


def shares_of(plan: CasePlan) -> list[PlanShare]:
    return [PlanShare(*row) for row in left("shares_of", (plan.plan_id,))]


def propose(access: Access, case_id: int, plan: NewPlan, now: datetime, reason: str = "") -> Authorisation:
    """Refused: CASE_UNKNOWN, and as `view` and `second.propose` refuse."""
    case = found_case(case_id)
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_UNKNOWN, "case")
    pot = plan.amount_fen - plan.fee_fen - plan.cost_fen
    had = {one.party_id: one.paid_fen for one in creditors(case_id)}
    claims = [PlanClaim(party, rank, fen, had.get(party, 0)) for party, rank, fen in plan.claims]
    if pot < 1 or not claims:
        raise Refused(CaseCode.CASE_PLAN_POT, "amount")
    content = {"case": case_id, "method": plan.method, "pot_fen": pot, "fee_fen": plan.fee_fen,
               "cost_fen": plan.cost_fen,
               "shares": [claim._asdict() | {"share_fen": share} for claim, share
                          in zip(claims, planned(pot, claims, plan.method), strict=True)],
               "names": {str(one.party_id): sealed_account(key_ring(), one.name) for one in creditors(case_id)
                         if one.party_id in {claim.party_id for claim in claims}}}  # fmt: skip
    return second.propose(access, ACT, str(case_id), content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """The pot, what goes first, each share worked out anew. Refused: CASE_NOT_OPEN, CASE_PLAN_WRONG,
    CASE_PAYOUT_SHORT."""
    case, names = found_case(content["case"]), {one.party_id: one for one in creditors(content["case"])}
    if case.state != "open":
        raise Refused(CaseCode.CASE_NOT_OPEN, "case")
    pot, shares = content["pot_fen"], content["shares"]
    claims = [PlanClaim(s["party_id"], s["rank"], s["claim_fen"], s["paid_fen"]) for s in shares]
    right = (content["method"] in METHODS and min(content["fee_fen"], content["cost_fen"]) >= 0
             and all(c.rank in RANKS and c.claim_fen > 0 and c.party_id in names
                     and names[c.party_id].paid_fen == c.paid_fen <= c.claim_fen for c in claims)
             and len(claims) == len({c.party_id for c in claims})
             and [s["share_fen"] for s in shares] == planned(pot, claims, content["method"]))  # fmt: skip
    if not right:
        raise Refused(CaseCode.CASE_PLAN_WRONG, "claims")
    before = in_force(case)
    unpaid = sum((s.share_fen for s in shares_of(before) if s.application_id is None), before.fee_left_fen) \
        if before else 0  # fmt: skip
    if pot + content["fee_fen"] + content["cost_fen"] > payouts.free(case.court_id, case.account_no).free_fen + unpaid:
        raise Refused(CaseCode.CASE_PAYOUT_SHORT, "amount")
    return [Change("case", Text("案件", "Case"), None, f"{case.number} {case.account_no}"),
            Change("fee", Text("执行费（元）", "Fee (yuan)"), None, grouped_yuan(content["fee_fen"])),
            Change("cost", Text("评估拍卖等费用（元）", "Costs (yuan)"), None, grouped_yuan(content["cost_fen"])),
            Change("pot", Text("可分配（元）", "Pot (yuan)"), None, grouped_yuan(pot)),
            Change("method", Text("分配办法", "Way"), None, WAYS[content["method"]]),
            *(change for c, s in zip(claims, shares, strict=True) for change in (
                *_named(names[c.party_id], content.get("names", {})),
                Change(f"share {c.party_id}", _who(names[c.party_id], c), grouped_yuan(c.paid_fen),
                       grouped_yuan(s["share_fen"]))))]  # fmt: skip


def _named(one: Creditor, sealed: dict[str, str]) -> list[Change]:
    """His name, sealed with the proposal; none of before names were shown. Refused: CASE_PARTY_UNKNOWN, when it is
    another one."""
    name = sealed.get(str(one.party_id))
    if name is None:
        return []
    if opened_account(key_ring(), name) != one.name:
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    title = Text(f"{ROLES[one.role].zh} {one.party_id}", f"{ROLES[one.role].en} {one.party_id}")
    return [Change(f"party {one.party_id}", title, None, name)]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from now on. Refused as cases_plan_v1 answers."""
    said("put_plan", decision.proposal, decision.now)


def tell(access: Access, plan_id: int, party_id: int, act: str, day: date, words: str, now: datetime) -> None:
    """served, agreed, objected, settled. Refused as cases_share_v1."""
    said("share", access.session, plan_id, party_id, act, day, words.strip()[:200], now)


def _who(one: Creditor, claim: PlanClaim) -> Text:
    """His role and place in the case; his name is told beside it, sealed."""
    role, rank, fen = ROLES[one.role], RANK_WORDS[claim.rank], grouped_yuan(claim.claim_fen)
    return Text(f"{role.zh} {one.party_id}（{rank.zh}，债权 {fen}）", f"{role.en} {one.party_id} ({rank.en}, {fen})")
