"""Courts and their rules 法院案款规则: in force from a day on by the second person's yes."""

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
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.cases.payout import payout_levels

ACT = "cases.rule"
_SQL = queries(__package__)
METHODS = {"none": Text("无", "none"), "luhn": Text("Luhn 一位", "Luhn, one digit"),
           "mod97": Text("模 97 两位", "mod 97, two digits")}  # fmt: skip


DEFAULT_LEVELS = (("check", 0), ("bureau", 0), ("head", 10_000_000))


class CourtRule(NamedTuple):
    """As its row has it. `code`: of the court in case numbers; days by the calendar, or working ones.
    `levels`: who agrees to payouts, (level, from fen, [kinds]); `bank_id`: of the main account: its notices of receipts
    are believed before its statement, and its port pays, if it has one; `account_bank`, `phone`, `comply_days`: what a
    notice to pay tells of the branch, of whom to ask, and within how many days of its service the debtor pays.
    `beyond_percent`: of what is to be enforced, so much more is taken at most; `mail_to`: addresses to which filed
    reports are mailed, with a blank between them; `share_interest`: interest goes to the cases by what each had,
    else it is kept."""

    code: str
    valid_from: date
    main_no: str
    prefix: str
    width: int = 6
    method: str = "luhn"
    beyond: bool = True
    claim_days: int = 3
    claim_working: bool = True
    notice_days: int = 3
    notice_working: bool = False
    payout_days: int = 30
    payout_working: bool = False
    levels: tuple[tuple[Any, ...], ...] = DEFAULT_LEVELS
    bank_id: int | None = None
    objection_days: int = 15
    beyond_percent: int = 100
    account_bank: str = ""
    phone: str = ""
    comply_days: int | None = None
    mail_to: str = ""
    share_interest: bool = False


TITLES = {
    "code": Text("法院代字", "Code in case numbers"), "valid_from": Text("生效日", "From"),
    "main_no": Text("案款专户账号", "Main account"), "prefix": Text("子账号前缀", "Prefix of sub-accounts"),
    "width": Text("序号位数", "Digits of the serial"), "method": Text("校验位", "Check digit"),
    "beyond": Text("可超标的缴款", "More than owed is taken"),
    "beyond_percent": Text("超标的上限（%）", "Most beyond what is owed (%)"),
    "claim_days": Text("认领期限", "Days to claim"),
    "notice_days": Text("通知期限", "Days to tell the judge"), "payout_days": Text("发放期限", "Days to pay out"),
    "objection_days": Text("分配方案异议期", "Days to object to a plan"),
    "levels": Text("审批级次", "Levels of approval"), "bank_id": Text("专户银行", "Bank of the main account"),
    "account_bank": Text("开户行", "Branch of the main account"), "phone": Text("联系电话", "Phone"),
    "comply_days": Text("履行期限", "Days to pay up"), "mail_to": Text("报表邮箱", "Reports are mailed to"),
    "share_interest": Text("利息计入各案", "Interest goes to the cases"),
}  # fmt: skip


_AT_FIELD = {"COURT_REMOTE": "court", "COURT_RULE_DAY": "valid_from", "COURT_RULE_CODE": "code",
             "COURT_RULE_MAIN": "main_no", "COURT_RULE_PREFIX": "start", "CASE_LEVELS_WRONG": "levels",
             "COURT_RULE_MAIL": "mail_to"}  # fmt: skip


def propose(access: Access, court_id: int, rule: CourtRule, at: datetime, reason: str = "") -> Authorisation:
    """The first one makes the biller a court. Refused: OUT_OF_SCOPE, COURT_REMOTE, COURT_RULE_WRONG, and as
    `second.propose` refuses."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    court = Partner.objects.get(pk=court_id)
    content = rule._asdict() | {"valid_from": rule.valid_from.isoformat(), "court_id": court_id}
    return second.propose(access, ACT, f"{court.code} {rule.valid_from}", content, at, partner=court, reason=reason)


def in_force(court_id: int, day: date) -> CourtRule | None:
    """On that day; None: it is no court yet."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["rule_on"], (court_id, day)).fetchone()
    if row is None or not row[0]["court_id"]:
        return None
    return CourtRule(**{field: row[0][field] for field in CourtRule._fields}
                     | {"valid_from": date.fromisoformat(row[0]["valid_from"])})


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be. Refused: as cases_rule_against_v1."""
    with plain_connection() as conn:
        asked = (content["court_id"], Jsonb(content), now())
        (code,) = conn.execute(_SQL["rule_against"], asked).fetchall()[0]
        row = conn.execute(_SQL["rule_on"], (content["court_id"], content["valid_from"])).fetchone()
    if code:
        refused = result_code(code)
        raise Refused(refused, _AT_FIELD.get(refused.name, ""))
    before: dict[str, Any] = row[0] if row and row[0]["court_id"] else {}
    return [Change(field, title, said(before, field), said(content, field)) for field, title in TITLES.items()]


def said(rule: dict[str, Any], field: str) -> second.Said:
    """A field of a rule in words; None: there is none."""
    value = rule.get(field)
    if value in (None, ""):
        return None
    if field == "method":
        return METHODS[value]
    if field == "bank_id":
        return str(Partner.objects.get(pk=value))
    if field in ("beyond", "share_interest"):
        return second.yes_no(value)
    if field == "levels":
        return payout_levels.told(value)
    if field.endswith("_days"):
        return Text(f"{value} 个工作日", f"{value} working days") if rule.get(field.replace("_days", "_working")) else \
            Text(f"{value} 日", f"{value} days")  # fmt: skip
    return str(value)


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from its day on. Refused as cases_keep_rule_v1 answers."""
    done("keep_rule", decision.proposal, decision.now)


def done(statement: str, *values: Any, field: str = "") -> None:
    """A function that answers a code. Refused with it."""
    with plain_connection() as conn:
        row = conn.execute(_SQL[statement], values).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), field)
