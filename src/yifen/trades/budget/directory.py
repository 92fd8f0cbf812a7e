"""The directory 人员岗位库: units of a bureau, and who works where; by lists that two people agree to."""

from typing import Any

from psycopg.types.json import Jsonb

from yifen.core.access.edge import now
from yifen.core.access.second import Change, Decision
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.budget.bureaus import done
from yifen.trades.budget.lists import KINDS, rows

CHANGES_MOST = 200
_CHANGES = {"units": "units_changes", "posts": "posts_changes"}
_UNNAMED = {"units": "units_unnamed", "posts": "posts_unnamed"}


def view(content: dict[str, Any]) -> list[Change]:
    """Each row that changes something, as it is and as it will be; how many change nothing, and how many units or
    running posts the list does not name. Refused as budget_list_against_v1."""
    bureau, kind = content["bureau_id"], content["kind"]
    asked = {"bureau": bureau, "rows": Jsonb(content["rows"]), "kind": kind, "now": now()}
    (code,) = rows("list_against", asked)[0]
    if code:
        raise Refused(result_code(code), "list")
    moved = rows(_CHANGES[kind], asked)
    same, unnamed = len(content["rows"]) - len(moved), rows(_UNNAMED[kind], asked)[0][0]
    return [
        Change("kind", Text("清单", "List"), None, KINDS[kind]),
        Change("count", Text("变动的行", "Rows that change something"), None, str(len(moved))),
        Change("same", Text("没有变动的行", "Rows that change nothing"), None, str(same)),
        Change("unnamed", Text("清单未列的，保持不变", "Not in the list, stay as they are"), None, str(unnamed)),
        *(Change(f"row {key}", Text(f"{KINDS[kind].zh} {key}", f"{KINDS[kind].en} {key}"), before, after)
          for key, before, after in moved[:CHANGES_MOST]),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as budget_take_list_v1."""
    done("take_list", decision.proposal, decision.now, field="list")


def stands(user: Any) -> str:
    """The units of his running posts; empty: he has none below the bureau itself."""
    ((names,),) = rows("stands", (user.pk,))
    return names or ""
