"""Money leaves the demo's court: a distribution among two creditors by the bank's port, a payout that comes back, and
what waits for each level."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from yifen.core.facts.days import ZONE
from yifen.core.facts.money import format_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.traffic import clock
from yifen.trades.cases import sample_court as cases

CLOSED_NO, CLOSED_NAME = "6228480000000088", "王迁"  # whom the bank's simulator knows as gone
FEE_FEN, HELD_FEN, BACK_FEN = 110_000, 1_000_000, 1_200_000
END_S_MAX = 60
_SQL = queries(__package__)


def applied(shared: str, returned: str) -> None:
    """`shared`: the number of a case with 80,000.00 yuan, `returned`: of one with 25,000.00. The worker sends what is
    approved. Django must be set up, as the owner."""
    from yifen.face.acting import acting

    with acting((cases.CLERK, cases.JUDGE, cases.COLLEAGUE, cases.CHIEF, cases.PRESIDENT)) as (_conn, at):
        court = CourtPeople(at, clock())
        court.fee_payee()
        court.distributed(shared)
        court.waiting(returned)
        court.gone(returned)


class CourtPeople:
    """Who acts, at this moment."""

    def __init__(self, at: dict[str, Any], now: datetime) -> None:
        from yifen.core.partners.models import Partner

        self.at, self.now, self.court = at, now, Partner.objects.get(code=cases.COURT).pk

    def both(self, maker: str, checker: str, propose: Callable[..., Any], *asked: Any) -> None:
        from yifen.trades.cases.sample import agreed

        agreed(self.at[checker], propose(self.at[maker], *asked, self.now), self.now)

    def fee_payee(self) -> None:
        from yifen.trades.cases.payees import PayeeAccount
        from yifen.trades.cases.payout import payout_payees

        account = PayeeAccount("30100100000000017", "青溪县财政局非税专户", "青溪县农信联社营业部", "402451000010")
        self.both(cases.CLERK, cases.PRESIDENT, payout_payees.propose, self.court, "fee", account)

    def payee(self, case: Any, role: str, account_no: str = "", name: str = "") -> int:
        """Of the newest party of that role: where his money goes."""
        from yifen.trades.cases import payees, reading
        from yifen.trades.cases.payout import payouts

        party = [one for one in reading.parties(case) if one.role == role][-1]
        account = payees.PayeeAccount(account_no or f"62284800000000{party.party_id:04d}", name or party.name,
                                      "青溪县农信联社营业部", "402451000010")  # fmt: skip
        self.both(cases.CLERK, cases.PRESIDENT, payees.propose, party.party_id, account)
        return max(one.payee_id for one in payouts.payees_for(case) if one.purpose is None)

    def apply(self, case: Any, kind: str, payee: int, fen: int, words: str, levels: int = 9, **more: Any) -> None:
        """By the judge; agreed to by so many levels."""
        from yifen.trades.cases.payout import payouts

        made = payouts.apply(self.at[cases.JUDGE], case, payouts.NewPayout(kind, payee, fen, words, **more), self.now)
        for level in payouts.found(made).levels[:levels]:
            while not self.agreed(self.at[cases.LEVELS[level]], made):
                pass

    def agreed(self, access: Any, made: int) -> bool:
        """To what is shown. False: it changed while it was looked at, for the worker sends what is approved."""
        from yifen.core.facts.refused import Refused
        from yifen.trades.cases.codes import CaseCode
        from yifen.trades.cases.payout import payouts

        try:
            payouts.sign(access, made, seen=payouts.found(made).digest, yes=True, note="", now=self.now)
        except Refused as refused:
            if refused.code is not CaseCode.CASE_PAYOUT_CHANGED:
                raise
            return False
        return True

    def distributed(self, number: str) -> None:
        """All of a case: the fee first, then two creditors in proportion, who agreed in writing."""
        from yifen.trades.cases import keeping, reading
        from yifen.trades.cases.payout import payouts, plans

        judge, case = self.at[cases.JUDGE], reading.found_number(self.court, number)
        keeping.add_party(judge, case, "creditor", "沈立群")
        paid = [self.payee(case, role) for role in ("applicant", "creditor")]
        who = {one.role: one.party_id for one in plans.creditors(case.case_id)}
        claims = [(who["applicant"], "ordinary", 6_000_000), (who["creditor"], "ordinary", 4_000_000)]
        self.both(cases.JUDGE, cases.CHIEF, plans.propose, case.case_id,
                  plans.NewPlan("ratio", case.balance_fen, FEE_FEN, 0, claims))  # fmt: skip
        plan = plans.in_force(case)
        assert plan is not None, "two people agreed to it"
        for share in plans.shares_of(plan):
            for act in ("served", "agreed"):
                day = self.now.astimezone(ZONE).date()
                plans.tell(judge, plan.plan_id, share.party_id, act, day, "送达回证、同意书", self.now)
        fee = next(one.payee_id for one in payouts.payees_for(case) if one.purpose == "fee")
        self.apply(case, "fee", fee, FEE_FEN, "执行费", plan_id=plan.plan_id)
        for share, payee in zip(plans.shares_of(plan), paid, strict=True):
            self.apply(case, "payout", payee, share.share_fen, "分配款", plan_id=plan.plan_id)

    def waiting(self, number: str) -> None:
        """A part held, and an application at each level."""
        from yifen.trades.cases import reading
        from yifen.trades.cases.payout import holds, payouts

        case = reading.found_number(self.court, number)
        hold = holds.NewHold("order", HELD_FEN, "(2026)桂03执9号", self.now.astimezone(ZONE).date())
        self.both(cases.JUDGE, cases.CHIEF, holds.propose, case.case_id, hold)
        debtor, receipt = self.payee(case, "debtor"), payouts.refundable(case)[0][0]
        for fen, levels in ((20_000, 0), (30_000, 3)):
            self.apply(case, "refund", debtor, fen, "多缴退回", levels, receipt_id=receipt, other="原付款账户已销户")
        applicant = self.payee(case, "applicant", CLOSED_NO, CLOSED_NAME)
        for fen, levels in ((50_000, 0), (60_000, 1)):
            self.apply(case, "payout", applicant, fen, "部分发放", levels)

    def gone(self, number: str) -> None:
        """To an account that is closed: the bank gives it back."""
        from yifen.trades.cases import reading
        from yifen.trades.cases.payout import payouts

        case = reading.found_number(self.court, number)
        payee = max(one.payee_id for one in payouts.payees_for(case) if one.purpose is None)
        self.apply(case, "payout", payee, BACK_FEN, "结案发放")


def ended(conn: Conn) -> Result:
    """What became of them, once the worker has sent what was approved. EdgeError: it does not."""
    until = time.monotonic() + END_S_MAX
    while True:
        left, paid, back = conn.execute(_SQL["court_payouts"]).fetchall()[0]
        if not left:
            return {"paid_out_fen": paid, "came_back_fen": back}
        if time.monotonic() > until:
            raise EdgeError(f"{left} approved payouts of the court are not at the bank")
        time.sleep(0.2)


def told(result: Result) -> str:
    paid, back = format_yuan(result["paid_out_fen"]), format_yuan(result["came_back_fen"])
    return (f"court payouts 结退: paid by the bank's port 发放 {paid}, came back 退汇 {back} on its sub-account again,"
            " its judge is asked to apply anew")  # fmt: skip
