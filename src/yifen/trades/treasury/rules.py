"""Rules for payments by voucher 国库支付规则: agent bank, treasury, purpose; in force from a day on by two people."""

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
from yifen.trades.treasury.reading import rows, said

ACT = "treasury.rule"
TITLES = {
    "valid_from": Text("生效日", "From"), "bank_id": Text("代理银行", "Agent bank"),
    "treasury_id": Text("国库", "Treasury"),
    "treasury_no": Text("国库代码", "Code of the treasury"), "purpose": Text("用途", "Purpose"),
    "class_digits": Text("汇总级次", "Class level"),
    "quota_at_once": Text("额度通知直接生效", "Notices of quota count at once"),
}  # fmt: skip


class TreasuryRule(NamedTuple):
    """As its row has it. `purpose`: of every voucher, empty: of its largest amount; `class_digits`: of the functional
    class, to which a summary puts lines together; `quota_at_once`: the treasury's notices of quota need no people."""

    valid_from: date
    bank_id: int
    treasury_id: int | None
    treasury_no: str
    purpose: str = "公务卡还款"
    class_digits: int = 3
    quota_at_once: bool = False


def propose(access: Access, bureau_id: int, rule: TreasuryRule, at: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, TREASURY_RULE_WRONG, and as `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = rule._asdict() | {"valid_from": rule.valid_from.isoformat(), "bureau_id": bureau_id}
    return second.propose(access, ACT, f"{bureau.code} {rule.valid_from}", content, at, partner=bureau, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """As it will be. Refused: TREASURY_RULE_WRONG."""
    ((code,),) = rows("rule_against", (content["bureau_id"], Jsonb(content), now()))
    if code:
        raise Refused(result_code(code), "valid_from")
    names = {partner.pk: f"{partner.code} {partner.name}" for partner in
             Partner.objects.filter(pk__in=[content["bank_id"], content["treasury_id"] or 0])}  # fmt: skip
    told = content | {"bank_id": names.get(content["bank_id"]), "treasury_id": names.get(content["treasury_id"])}
    return [Change(field, title, None, _shown(told[field]))
            for field, title in TITLES.items()]  # fmt: skip


def _shown(value: Any) -> str | Text | None:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    return None if value is None else str(value)


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from its day on. Refused as treasury_keep_rule_v1."""
    said("keep_rule", decision.proposal, decision.now)
