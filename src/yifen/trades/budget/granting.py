"""Indicators granted and cut 下达、追加、追减, quota that arrives 额度到账: by lists or by a form, two people each."""

from typing import Any

from psycopg.types.json import Jsonb

from yifen.core.access.edge import now
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.budget.bureaus import done
from yifen.trades.budget.directory import CHANGES_MOST
from yifen.trades.budget.lists import rows

_CHANGES = {"indicators": "indicators_changes", "quota": "quota_changes"}


def view(content: dict[str, Any]) -> list[Change]:
    """Each indicator's sum as it is and as it will be. Refused as budget_money_against_v1."""
    return _view(content, "indicators", Text("指标下达合计（元）", "Granted in all (yuan)"))


def view_quota(content: dict[str, Any]) -> list[Change]:
    """Each indicator's quota as it is and as it will be. Refused as budget_money_against_v1."""
    return _view(content, "quota", Text("额度到账合计（元）", "Arrived in all (yuan)"))


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as budget_grant_v1."""
    done("grant", decision.proposal, decision.now, field="list")


def run_quota(content: dict[str, Any], decision: Decision) -> None:
    """Refused as budget_quota_v1."""
    done("arrive", decision.proposal, decision.now, field="list")


def _view(content: dict[str, Any], kind: str, title: Text) -> list[Change]:
    asked = {"bureau": content["bureau_id"], "rows": Jsonb(content["rows"]), "kind": kind, "now": now()}
    (code,) = rows("money_against", asked)[0]
    if code:
        raise Refused(result_code(code), "list")
    return [
        Change("count", Text("指标条数", "Indicators"), None, str(len(content["rows"]))),
        Change("fen", title, None, grouped_yuan(sum(row["fen"] for row in content["rows"]))),
        *(Change(f"row {number}", Text(f"指标 {number}", f"Indicator {number}"),
                 None if fen is None else grouped_yuan(fen), f"{grouped_yuan((fen or 0) + more)} · {told}")
          for number, fen, more, told in rows(_CHANGES[kind], asked)[:CHANGES_MOST]),
    ]  # fmt: skip
