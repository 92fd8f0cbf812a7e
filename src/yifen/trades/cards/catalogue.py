"""The mandatory catalogue 强制结算目录 and the reasons for not using a card: a bureau's own from a day on, by two
people."""

from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.trades.cards.reading import rows, said

ACT = "cards.catalogue"
KINDS = {
    "item": Text("目录项目", "Item"),
    "exemption": Text("免刷卡理由", "Reason for not using a card"),
}
_TITLES = {
    "kind": Text("种类", "Kind"),
    "code": Text("编码", "Code"),
    "valid_from": Text("起", "From"),
    "name": Text("名称", "Name"),
    "dep": Text("部门经济分类", "Department classes"),
    "gov": Text("政府经济分类（空：不限）", "Government classes (empty: any)"),
    "func": Text("功能分类（空：不限）", "Functional classes (empty: any)"),
    "ended": Text("取消该项", "Ends it"),
}


class CatalogueRow(NamedTuple):
    """A row from a day on. `ended`: the code counts no more."""

    kind: str
    code: str
    valid_from: date
    name: str
    dep: tuple[str, ...] = ()
    gov: tuple[str, ...] = ()
    func: tuple[str, ...] = ()
    ended: bool = False


def propose(access: Access, bureau_id: int, row: CatalogueRow, at: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, CARD_CATALOGUE_WRONG, and as `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = row._asdict() | {"bureau_id": bureau_id, "valid_from": row.valid_from.isoformat()}
    content |= {name: list(content[name]) for name in ("dep", "gov", "func")}
    subject = f"{bureau.code} {row.kind} {row.code} {row.valid_from}"
    return second.propose(access, ACT, subject, content, at, partner=bureau, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is on that day, as it will be. Refused CARD_CATALOGUE_WRONG."""
    ((code,),) = rows("catalogue_against", (content["bureau_id"], Jsonb(content), now()))
    if code:
        raise Refused(result_code(code), "code")
    found = rows("catalogue_on", content)
    before = (
        dict(zip(("name", "dep", "gov", "func"), found[0], strict=True)) | {"ended": False, "code": content["code"]}
        if found
        else {}
    )
    return [Change(field, title, _told(before, field), _told(content, field)) for field, title in _TITLES.items()]


def _told(row: dict[str, Any], field: str) -> second.Said:
    value = row.get(field)
    match field:
        case _ if value is None:
            return None
        case "kind":
            return KINDS[value]
        case "ended":
            return Text("是", "yes") if value else Text("否", "no")
        case "dep" | "gov" | "func":
            return "、".join(value)
    return str(value)


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cards_catalogue_v1."""
    said("catalogue", decision.proposal, decision.now, field="code")
