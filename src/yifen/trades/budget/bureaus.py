"""Finance bureaus and their rules 财政支出规则: in force from a day on by the second person's yes."""

from datetime import date, datetime, time
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

ACT = "budget.rule"
_SQL = queries(__package__)
CONTROLS = {"indicator": Text("仅控制指标", "the indicator alone"),
            "quota": Text("控制指标和额度", "indicator and quota")}  # fmt: skip
YEAR_ENDS = {"lapse": Text("全部注销", "all lapses"),
             "projects": Text("项目结转，基本支出注销", "projects are carried over"),
             "all": Text("全部结转", "all is carried over")}  # fmt: skip
LEVELS = {"cashier": Text("单位经办", "unit cashier"), "head": Text("单位负责人", "head of unit"),
          "bureau": Text("国库管理", "treasury officer")}  # fmt: skip
KINDS = {"claim": Text("报账", "claims"), "cash": Text("现金上卡", "cash to card"),
         "advance": Text("借款", "advances")}  # fmt: skip
DEFAULT_LEVELS = (("cashier", 0), ("head", 0), ("bureau", 5_000_000))


class BureauRule(NamedTuple):
    """As its row has it. `code`: of the bureau's division 区划; `levels`: who signs claims, (level, from fen,
    [kinds])."""

    code: str
    valid_from: date
    control: str = "quota"
    due_day: int = 20
    buy_fen: int = 5_000_000
    cut_off: time = time(14)
    return_days: int = 3
    levels: tuple[tuple[Any, ...], ...] = DEFAULT_LEVELS
    year_end: str = "projects"


TITLES = {
    "code": Text("区划代码", "Division code"), "valid_from": Text("生效日", "From"),
    "control": Text("控制方式", "What controls spending"), "due_day": Text("还款日", "Due day"),
    "buy_fen": Text("单笔购买限额", "Most of one purchase"), "cut_off": Text("当日截止时间", "Cut-off of the day"),
    "return_days": Text("退回期限", "Days until a return"), "levels": Text("审批级次", "Levels of approval"),
    "year_end": Text("年终结转", "At the year's end"),
}  # fmt: skip


def propose(access: Access, bureau_id: int, rule: BureauRule, at: datetime, reason: str = "") -> Authorisation:
    """The first one makes the biller a bureau. Refused: OUT_OF_SCOPE, BUREAU_REMOTE, BUDGET_RULE_WRONG,
    BUDGET_LEVELS_WRONG, and as `second.propose` refuses."""
    bureau = in_scope(access, bureau_id)
    content = rule._asdict() | {"valid_from": rule.valid_from.isoformat(), "cut_off": rule.cut_off.isoformat(),
                                "bureau_id": bureau_id}  # fmt: skip
    return second.propose(access, ACT, f"{bureau.code} {rule.valid_from}", content, at, partner=bureau, reason=reason)


def in_scope(access: Access, bureau_id: int) -> Partner:
    """Refused: OUT_OF_SCOPE."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    return Partner.objects.get(pk=bureau_id)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be. Refused: BUREAU_REMOTE, BUDGET_RULE_WRONG, BUDGET_LEVELS_WRONG."""
    with plain_connection() as conn:
        (code,) = conn.execute(_SQL["rule_against"], (content["bureau_id"], Jsonb(content), now())).fetchall()[0]
        row = conn.execute(_SQL["rule_on"], (content["bureau_id"], content["valid_from"])).fetchone()
    if code:
        raise Refused(result_code(code), "valid_from")
    before: dict[str, Any] = row[0] if row and row[0]["bureau_id"] else {}
    return [Change(field, title, said(before, field), said(content, field)) for field, title in TITLES.items()]


def said(rule: dict[str, Any], field: str) -> second.Said:
    """A field of a rule in words; None: there is none."""
    value = rule.get(field)
    if value is None:
        return None
    match field:
        case "control":
            return CONTROLS[value]
        case "year_end":
            return YEAR_ENDS[value]
        case "levels":
            return levels_told(value)
        case "buy_fen":
            return format_yuan(value)
        case "due_day":
            return Text(f"次月 {value} 日", f"the {value}th of the next month")
        case "return_days":
            return Text(f"{value} 个工作日", f"{value} working days")
        case "cut_off":
            return str(value)[:5]
    return str(value)


def levels_told(levels: Any) -> Text:
    """Who signs, from how much on, of which kinds."""
    parts = [(LEVELS[level], format_yuan(fen), [KINDS[kind] for kind in kinds[0]] if kinds else [])
             for level, fen, *kinds in levels]  # fmt: skip
    return Text("；".join(f"{level.zh}（{yuan} 元起{''.join('、' + kind.zh for kind in kinds)}）"
                          for level, yuan, kinds in parts),
                "; ".join(f"{level.en} (from {yuan} yuan{''.join(', ' + kind.en for kind in kinds)})"
                          for level, yuan, kinds in parts))  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from its day on. Refused as budget_keep_rule_v1 answers."""
    done("keep_rule", decision.proposal, decision.now)


def done(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    with plain_connection() as conn:
        row = conn.execute(_SQL[statement], values).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), field)
