"""Deputies 代理审批: who signs claims in an absent signer's place from a day to a day, by two people of the bureau."""

from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.reading import rows, said

ACT = "cards.deputy"
LEVELS = {"cashier": Text("单位经办", "unit cashier"), "head": Text("单位负责人", "head of unit")}
"""Of the bureau's own level any officer signs."""
_TITLES = {
    "unit_id": Text("单位（及下级）", "Unit (and below)"),
    "level": Text("级次", "Level"),
    "for_id": Text("不在岗的审批人", "Absent signer"),
    "person_id": Text("代理人", "Deputy"),
    "from_on": Text("起", "From"),
    "until_on": Text("止", "Until"),
    "reason": Text("事由", "Why"),
}


class NewDeputy(NamedTuple):
    """Who stands in for whom; both by staff number."""

    unit_id: int
    level: str
    absent: str
    deputy: str
    from_on: date
    until_on: date
    reason: str


def propose(access: Access, bureau_id: int, new: NewDeputy, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, CARD_PERSON_UNKNOWN, CARD_DEPUTY_WRONG, and as `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = {"bureau_id": bureau_id, "unit_id": new.unit_id, "level": new.level,
               "for_id": _person(bureau_id, new.absent, "absent"),
               "person_id": _person(bureau_id, new.deputy, "deputy"),
               "from_on": new.from_on.isoformat(), "until_on": new.until_on.isoformat(),
               "reason": new.reason}  # fmt: skip
    subject = f"{bureau.code} {new.level} {new.absent} {new.from_on}"
    return second.propose(access, ACT, subject, content, at, partner=bureau)


def _person(bureau_id: int, staff_no: str, field: str) -> int:
    found = rows("person_of_number", (bureau_id, staff_no))
    if not found:
        raise Refused(CardCode.CARD_PERSON_UNKNOWN, field)
    return int(found[0][0])


def view(content: dict[str, Any]) -> list[Change]:
    """Refused CARD_DEPUTY_WRONG."""
    ((code,),) = rows("deputy_against", (content["bureau_id"], Jsonb(content)))
    if code:
        raise Refused(result_code(code), "deputy")
    ((unit, absent, deputy),) = rows("deputy_names", content)
    told = content | {"unit_id": unit, "for_id": absent, "person_id": deputy, "level": LEVELS[content["level"]]}
    return [Change(field, title, None, told[field]) for field, title in _TITLES.items()]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cards_deputy_v1."""
    said("deputy", decision.proposal, decision.now, field="deputy")


def end(access: Access, deputy_id: int, at: datetime) -> None:
    """Before its last day. Refused as cards_deputy_end_v1."""
    said("deputy_end", access.session, deputy_id, at)
