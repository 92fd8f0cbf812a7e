"""Claims and quota that do not fit, ended by two people: a gross claim is cleared as it is and a refund brings the
rest, or it is refused; a detail of quota moves none."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.trades.treasury.codes import TreasuryCode
from yifen.trades.treasury.reading import rows, said

ACT = "treasury.end"
HOWS = {
    "carry": Text("按申请清算，多申请部分待退款", "Cleared as claimed; a refund brings the rest"),
    "refuse": Text("不予清算", "Refused"), "end": Text("不增减额度", "No quota moves"),
}  # fmt: skip


class Ending(NamedTuple):
    """What of a claim or of a detail of quota may end, and how: the fen that each way is about."""

    bureau_id: int
    named: str
    fens: dict[str, int]


def of_claim(clearing_id: int) -> Ending | None:
    """A claim that does not fit; None: there is none, or it has ended."""
    for bureau, number, fen, carried in rows("claim_to_end", (clearing_id,)):
        return Ending(bureau, number, {"carry": carried, "refuse": fen} if carried else {"refuse": fen})
    return None


def of_quota(row_id: int) -> Ending | None:
    """A detail that waits; None likewise."""
    for bureau, doc_no, fen in rows("quota_to_end", (row_id,)):
        return Ending(bureau, doc_no, {"end": fen})
    return None


def propose(access: Access, found: Ending, how: str, one: int, at: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, ENDING_STATE, and as `second.propose`."""
    if not access.scope.has_partner(found.bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    content = {"bureau_id": found.bureau_id, "how": how, "id": one, "fen": found.fens.get(how, 0)}
    return second.propose(access, ACT, found.named[:80], content, at,
                          partner=Partner.objects.get(pk=found.bureau_id), reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: ENDING_STATE."""
    ((code,),) = rows("end_against", (content["bureau_id"], Jsonb(content)))
    how = content["how"]
    found = of_quota(content["id"]) if how == "end" else of_claim(content["id"])
    if code or found is None:
        raise Refused(result_code(code) if code else TreasuryCode.ENDING_STATE, "id")
    return [Change("number", Text("单号", "Number"), None, found.named),
            Change("how", Text("了结方式", "How"), None, HOWS[how]),
            Change("fen", Text("金额（元）", "Amount (yuan)"), None, grouped_yuan(found.fens[how]))]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as treasury_end_v1."""
    said("end", decision.proposal, decision.now)
