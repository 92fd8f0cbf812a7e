"""Rules of monitoring 监控规则: what is looked for from a day on, by two people, tried on stored swipes before."""

from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.cards.watch.kinds import KINDS, WatchRule

ACT, TRY_DAYS = "cards.watch_rule", 92
OFF = Text("不查", "not looked for")
_SQL = queries(__package__)


TITLES = {
    "valid_from": Text("生效日", "From"),
    "swipe_fen": Text("单笔限额（元）", "Most of one swipe (yuan)"),
    "day_fen": Text("每日限额（元）", "Most of a day (yuan)"),
    "month_fen": Text("每月限额（元）", "Most of a month (yuan)"),
    "warn_pct": Text("警戒比例（%）", "Warned from (%)"),
    "card_pct": Text("占卡额度（%）", "Of the card's limit (%)"),
    "bill_day": Text("账单日", "Day of the bill"),
    "free_days": Text("账单日后还款天数", "Days from the bill to the last day"),
    "near_days": Text("到期前提醒天数", "Reminded so many days before"),
    "claim_days": Text("到期前报账天数", "Claimed so many days before"),
    "pay_days": Text("到期前送出凭证天数", "Voucher sent so many days before"),
    "rate_ppm": Text("逾期日息（百万分之）", "Interest a day (of a million)"),
    "split_pct": Text("拆单：接近限额（%）", "Split: just under from (%)"),
    "night_from": Text("夜间 从（时）", "Night from (hour)"),
    "night_until": Text("夜间 至（时）", "Night until (hour)"),
    "off_days": Text("周末和节假日", "Week-ends and holidays"),
    "mccs": Text("商户类别", "Merchant classes"),
    "same_count": Text("同金额次数", "The same amount so often"),
    "same_days": Text("同金额天数", "Within so many days"),
    "left_holder": Text("离任者刷卡", "Holders who left"),
    "seller": Text("发票销售方不是商户", "The invoice's seller is not the merchant"),
    "gap_days": Text("消费与报账、发票相隔（日）", "Days from swipe to claim or invoice"),
    "no_swipe": Text("应刷卡未刷卡", "The card was not used"),
}


def propose(access: Access, bureau_id: int, rule: WatchRule, at: datetime, reason: str = "") -> Authorisation:
    """With what it would have hit of stored swipes. Refused: OUT_OF_SCOPE, WATCH_RULE_WRONG, and as
    `second.propose`."""
    if not access.scope.has_partner(bureau_id):
        raise Refused(Code.OUT_OF_SCOPE, "bureau")
    bureau = Partner.objects.get(pk=bureau_id)
    content = rule._asdict() | {"valid_from": rule.valid_from.isoformat(), "mccs": list(rule.mccs),
                                "bureau_id": bureau_id}  # fmt: skip
    content["tried"] = {
        "before": tried(access, bureau_id, None, at),
        "after": tried(access, bureau_id, content, at),
    }
    return second.propose(access, ACT, f"{bureau.code} {rule.valid_from}", content, at, partner=bureau, reason=reason)


def tried(access: Access, bureau_id: int, content: dict[str, Any] | None, at: datetime) -> dict[str, int]:
    """Hits by kind among stored swipes; "": how many swipes that were. None: by the rules as they are."""
    asked = None if content is None else Jsonb(content)
    with plain_connection() as conn:
        return dict(conn.execute(_SQL["try"], (access.session, bureau_id, asked, TRY_DAYS, at)).fetchall())


def in_force(bureau_id: int, day: date) -> WatchRule | None:
    """On that day; None: nothing is watched yet."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["rule_on"], (bureau_id, day)).fetchone()
    if row is None or not row[0]["bureau_id"]:
        return None
    found = {field: row[0][field] for field in WatchRule._fields}
    return WatchRule(**found | {"valid_from": date.fromisoformat(found["valid_from"]), "mccs": tuple(found["mccs"])})


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be, and what of stored swipes each would hit. Refused: WATCH_RULE_WRONG."""
    with plain_connection() as conn:
        ((code,),) = conn.execute(_SQL["rule_against"], (content["bureau_id"], Jsonb(content), now())).fetchall()
    if code:
        raise Refused(result_code(code), "valid_from")
    is_now = in_force(content["bureau_id"], date.fromisoformat(content["valid_from"]))
    before = is_now._asdict() if is_now else {}
    changes = [Change(field, title, said(before, field), said(content, field)) for field, title in TITLES.items()]
    was, will = content["tried"]["before"], content["tried"]["after"]
    looked = Text(f"近 {TRY_DAYS} 日公务消费，笔", f"Official swipes of the last {TRY_DAYS} days")
    return [*changes, Change("tried", looked, None, str(will.get("", 0))),
            *(Change(f"tried_{kind}", Text(f"试算命中：{KINDS[kind].zh}", f"Would hit: {KINDS[kind].en}"),
                     str(was.get(kind, 0)), str(will.get(kind, 0)))
              for kind in KINDS if was.get(kind) or will.get(kind))]  # fmt: skip


def said(rule: dict[str, Any], field: str) -> second.Said:
    """A field of a rule in words; None: there is none."""
    value = rule.get(field)
    if value is None:
        return None
    if isinstance(value, bool):
        return second.yes_no(value)
    if field == "mccs":
        return " ".join(value) or OFF
    if field in ("night_from", "night_until"):
        return OFF if rule["night_from"] == rule["night_until"] else str(value)
    if value == 0:
        return OFF
    return grouped_yuan(value) if field.endswith("_fen") else str(value)


def run(content: dict[str, Any], decision: Decision) -> None:
    """In force from its day on. Refused as cards_keep_watch_v1."""
    with plain_connection() as conn:
        ((code,),) = conn.execute(_SQL["keep_rule"], (decision.proposal, decision.now)).fetchall()
    if code:
        raise Refused(result_code(code))
