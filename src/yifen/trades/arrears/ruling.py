"""Rules of dunning 催缴规则: a version counts from its second person's yes on."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.arrears.rules import LAWS, STEPS, DunningStep, as_rows

ACT = "arrears.rule"
_SQL = queries(__package__)


class DunningRule(NamedTuple):
    """Of a company, a fee (None: every) and a class ("": every)."""

    biller_id: int
    fee_id: int | None
    class_: str
    law: str
    restore_hours: int
    steps: tuple[DunningStep, ...]


def propose(access: Access, rule: DunningRule, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, RULE_WRONG, RULE_UNLAWFUL, and as `second.propose` refuses."""
    if not access.scope.has_partner(rule.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    content = {"biller": rule.biller_id, "fee": rule.fee_id, "class": rule.class_, "law": rule.law,
               "restore_hours": rule.restore_hours, "steps": as_rows(rule.steps)}  # fmt: skip
    subject = f"{rule.biller_id} {rule.fee_id or ''} {rule.class_}".rstrip()
    return second.propose(
        access,
        ACT,
        subject,
        content,
        at,
        partner=Partner.objects.get(pk=rule.biller_id),
        reason=reason,
    )


def view(content: dict[str, Any]) -> list[Change]:
    """Step by step, beside the rule that counts until then. Refused: OUT_OF_SCOPE, RULE_WRONG, RULE_UNLAWFUL."""
    steps = [DunningStep(**step) for step in content["steps"]]
    with plain_connection() as conn:
        row = conn.execute(
            _SQL["rule_named"], {"biller": content["biller"], "fee": content["fee"]}
        ).fetchone()
        code = conn.execute(_SQL["against_rule"], {
            "law": content["law"], "kinds": [step.kind for step in steps], "least": [step.least_fen for step in steps],
            "overdue": [step.overdue_days for step in steps], "after": [step.after_days for step in steps],
        }).fetchone()  # fmt: skip
        there = conn.execute(_SQL["steps_now"], {
            "biller": content["biller"], "fee": content["fee"], "class": content["class"]}).fetchall()  # fmt: skip
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "fee")
    if code and code[0]:
        raise Refused(result_code(code[0]), "law")
    before = {number: said(DunningStep(*rest)) for number, *rest in there}
    after = dict(enumerate(map(said, steps), 1))
    law = LAWS[content["law"]]
    return [
        Change("biller", Text("收费单位", "Biller"), None, row[0]),
        Change("fee", Text("费种", "Fee"), None, row[1] or Text("全部", "All")),
        Change("class", Text("用户类别", "Class of customers"), None, content["class"] or Text("全部", "All")),
        Change("law", Text("停供依据", "Law of the cut"), None, law.name),
        Change("hours", Text("缴清后几小时内恢复", "Restored within hours"), None, str(content["restore_hours"])),
        *(Change(f"step{number}", Text(f"第 {number} 步", f"Step {number}"), before.get(number), after.get(number))
          for number in sorted(before | after)),
    ]  # fmt: skip


def said(step: DunningStep) -> Text:
    """A step in a line."""
    kind, least = STEPS[step.kind], grouped_yuan(step.least_fen)
    return Text(f"{kind.zh}：逾期满 {step.overdue_days} 天，距上一步 {step.after_days} 天，欠费不少于 {least} 元",
                f"{kind.en}: {step.overdue_days} days overdue, {step.after_days} since the step before, "
                f"at least {least} yuan")  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: ARREARS_NOT_AGREED, RULE_WRONG, RULE_UNLAWFUL."""
    done(_SQL["put_rule"], decision)


def done(statement: str, decision: Decision) -> None:
    """What a function makes of it, in the transaction of the decision."""
    with plain_connection() as conn:
        row = conn.execute(statement, (decision.proposal, decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))
