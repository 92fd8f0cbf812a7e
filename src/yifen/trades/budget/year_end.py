"""The year's end 年终结转: what is left of a year's indicators lapses or is carried over, by rule, by two people."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.budget.bureaus import done, in_scope
from yifen.trades.budget.codes import BudgetCode
from yifen.trades.budget.lists import rows

ACT = "budget.year_end"


def figures(bureau_id: int, year: int) -> tuple[int, int, int, int]:
    """Indicators with something left, fen that lapse, that are carried, that claims still hold."""
    indicators, lapse, carry, held = rows("year_end_figures", (bureau_id, year))[0]
    return indicators, lapse, carry, held


def propose(access: Access, bureau_id: int, year: int, at: datetime, reason: str = "") -> Authorisation:
    """With the figures as they stand, to which the second person agrees. Refused: OUT_OF_SCOPE, YEAR_NOT_OVER,
    as `second.propose`."""
    bureau = in_scope(access, bureau_id)
    ((today,),) = rows("today", (bureau_id, at))
    if year >= today.year:  # as budget_year_end_v1, but before anybody is asked
        raise Refused(BudgetCode.YEAR_NOT_OVER, "year")
    indicators, lapse, carry, _held = figures(bureau_id, year)
    content = {"bureau_id": bureau_id, "year": year, "indicators": indicators, "lapse_fen": lapse, "carry_fen": carry}
    return second.propose(access, ACT, f"{bureau.code} {year}", content, at, partner=bureau, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """What it moves, as things stand."""
    indicators, lapse, carry, held = figures(content["bureau_id"], content["year"])
    return [
        Change("year", Text("年度", "Year"), None, str(content["year"])),
        Change("indicators", Text("有余额的指标", "Indicators with something left"), None, str(indicators)),
        Change("lapse_fen", Text("注销（元）", "Lapses (yuan)"), None, grouped_yuan(lapse)),
        Change("carry_fen", Text("结转下年（元）", "Carried over (yuan)"), None, grouped_yuan(carry)),
        Change("held_fen", Text("仍预留，不动（元）", "Still held, stays (yuan)"), None, grouped_yuan(held)),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as budget_year_end_v1."""
    done("end_year", decision.proposal, decision.now, field="year")
