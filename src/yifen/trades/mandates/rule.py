"""A biller's rule of its mandates: how many working days after signing one begins, after ending one is over, what a
mandate may allow at most. Two people decide it."""

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
from yifen.core.partners.models import Biller
from yifen.core.plugs import result_code
from yifen.trades.mandates.rules import FEN_MAX
from yifen.trades.mandates.signing import own_connection

ACT = "mandates.rule"
DAYS_MAX = 60
TITLES = {
    "start_days": Text("签约后第几个工作日生效", "Working days from signing to the first day"),
    "end_days": Text("解约后第几个工作日终止", "Working days from ending to the last day"),
    "once_most_fen": Text("免密支付单笔最高（元）", "Most of a no-feel debit (yuan)"),
    "month_most_fen": Text("签约当月限额最高（元）", "Most of a mandate's month (yuan)"),
}  # fmt: skip
_SQL = queries(__package__)


class MandateRule(NamedTuple):
    """0 of fen: no bound."""

    start_days: int = 0
    end_days: int = 0
    once_most_fen: int = 0
    month_most_fen: int = 0


def rule_of(biller_id: int) -> MandateRule:
    """As it is."""
    row = own_connection().execute(_SQL["rule_now"], (biller_id,)).fetchone()
    return MandateRule(*row) if row else MandateRule()


def propose(access: Access, biller_id: int, rule: MandateRule, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    biller = Biller.objects.select_related("partner").filter(pk=biller_id).first()
    if biller is None or not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    for field, most in (("start_days", DAYS_MAX), ("end_days", DAYS_MAX), ("once_most_fen", FEN_MAX),
                        ("month_most_fen", FEN_MAX)):  # fmt: skip
        if not 0 <= getattr(rule, field) <= most:
            raise Refused(Code.INPUT_INVALID, field)
    content = rule._asdict() | {"biller_id": biller_id}
    return second.propose(access, ACT, str(biller_id), content, now, partner=biller.partner)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be."""
    before = rule_of(content["biller_id"])._asdict()
    return [Change(key, title, _said(key, before[key]), _said(key, content[key])) for key, title in TITLES.items()]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Of agreements that are signed from now on. Refused: AUTHORISATION_INVALID."""
    row = own_connection().execute(_SQL["set_rule"], (content["biller_id"], decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))


def _said(key: str, value: int) -> str | Text:
    if not key.endswith("_fen"):
        return str(value)
    return grouped_yuan(value) if value else Text("不限", "No limit")
