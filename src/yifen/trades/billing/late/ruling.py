"""Rules of late fees 违约金规则: a version counts for bills that are due from a day on; a second person decides."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.late import asked as late

ACT = "billing.late_rule"
RATE_MAX, DAYS_MAX, FEN_MAX, CAP_MAX = Decimal(100), 366, 10**12, 10**6
_SQL = queries(__package__)


class LateRule(NamedTuple):
    """Rates in permille a day, in the year of the due date and later; the cap in permille of the bill. `class_`: of
    customers, "" all."""

    fee_id: int
    class_: str
    valid_from: date
    rate: Decimal
    later_rate: Decimal
    grace_days: int = 0
    count_first: bool = False
    min_fen: int = 0
    cap_permille: int | None = None
    truncated: bool = False
    fee_first: bool = True

    def content(self) -> dict[str, Any]:
        """As a proposal keeps it: the columns of its row."""
        row = {name.rstrip("_"): value for name, value in self._asdict().items()}
        return row | {name: str(row[name]) for name in ("valid_from", "rate", "later_rate")}


def propose(access: Access, rule: LateRule, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, LATE_RULE_WRONG, LATE_RULE_PAST, LATE_RULE_TAKEN, and as `second.propose` refuses."""
    biller_id = _of_fee(rule.fee_id, rule.class_, rule.valid_from)[0]
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "fee")
    partner = Partner.objects.get(pk=biller_id)
    subject = f"{rule.fee_id} {rule.class_}".rstrip()
    return second.propose(access, ACT, subject, {"rule": rule.content()}, at, partner=partner, reason=reason)


def named(subject: str) -> Text:
    """The biller, the fee, the class."""
    fee, _, class_ = subject.partition(" ")
    _biller, biller, name, *_rule = _of_fee(int(fee), class_, date.max)
    said = f"{biller} {name} {class_}".strip()
    return Text(said, said)


def view(content: dict[str, Any]) -> list[Change]:
    """Beside the rule that counts until then. Refused: OUT_OF_SCOPE, LATE_RULE_WRONG, LATE_RULE_PAST,
    LATE_RULE_TAKEN."""
    row = content["rule"]
    rule = LateRule(row["fee_id"], row["class"], date.fromisoformat(row["valid_from"]), Decimal(row["rate"]),
                    Decimal(row["later_rate"]), *(row[name] for name in LateRule._fields[5:]))  # fmt: skip
    _, biller, fee, *old = _of_fee(rule.fee_id, rule.class_, rule.valid_from)
    if not (0 <= rule.rate <= RATE_MAX and 0 <= rule.later_rate <= RATE_MAX and 0 <= rule.grace_days <= DAYS_MAX
            and 0 <= rule.min_fen <= FEN_MAX and 0 < (rule.cap_permille or 1) <= CAP_MAX):  # fmt: skip
        raise Refused(BillingCode.LATE_RULE_WRONG, "rate")
    if rule.valid_from < localdate(now()):
        raise Refused(BillingCode.LATE_RULE_PAST, "valid_from")
    if old[0] == rule.valid_from:
        raise Refused(BillingCode.LATE_RULE_TAKEN, "valid_from")
    before = _said(LateRule(rule.fee_id, rule.class_, *old)) if old[0] else {}
    return [
        Change("biller", Text("收费单位", "Biller"), None, biller), Change("fee", Text("费种", "Fee"), None, fee),
        Change("class", Text("用户类别", "Class of customers"), None, rule.class_ or Text("全部", "All")),
        *(Change(field, TITLES[field], before.get(field), said) for field, said in _said(rule).items()),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: LATE_NOT_AGREED, LATE_RULE_PAST, LATE_RULE_TAKEN."""
    late.done(_SQL["late_rule"], decision)


TITLES = {
    "valid_from": Text("适用于到期日自", "For bills due from"),
    "rate": Text("到期当年每日（‰）", "A day of the due date's year (‰)"),
    "later_rate": Text("跨年后每日（‰）", "A day of later years (‰)"),
    "grace_days": Text("宽限天数", "Days of grace"),
    "count_first": Text("到期日也计一天", "The due date counts too"),
    "min_fen": Text("每次最低（元）", "Least of a collection (yuan)"),
    "cap_permille": Text("封顶（本金的 ‰）", "Most (‰ of the bill)"),
    "truncated": Text("分以下舍去", "Parts of a fen are dropped"),
    "fee_first": Text("部分缴费先抵违约金", "A part payment pays the fee first"),
}


def _said(rule: LateRule) -> dict[str, Said]:
    return {
        "valid_from": str(rule.valid_from), "rate": f"{rule.rate.normalize():f}",
        "later_rate": f"{rule.later_rate.normalize():f}", "grace_days": str(rule.grace_days),
        "count_first": yes_no(rule.count_first), "min_fen": grouped_yuan(rule.min_fen),
        "cap_permille": None if rule.cap_permille is None else str(rule.cap_permille),
        "truncated": yes_no(rule.truncated), "fee_first": yes_no(rule.fee_first),
    }  # fmt: skip


def _of_fee(fee_id: int, class_: str, on: date) -> tuple[Any, ...]:
    """Biller, its name, the fee's name, and the columns of the rule that counts on that day. Refused: OUT_OF_SCOPE."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["late_fee"], {"fee": fee_id, "class": class_, "on": on}).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "fee", str(fee_id))
    return tuple(row)
