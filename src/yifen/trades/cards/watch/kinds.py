"""A rule of monitoring, kinds of hits 命中, and why each is one, in words. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text


class WatchRule(NamedTuple):
    """As its row has it; zero, empty or no: this is not looked for. Amounts in fen; `mccs`: merchant classes, or how
    they begin; the bank's last day: `free_days` behind the next `bill_day`."""

    valid_from: date
    swipe_fen: int = 5_000_000
    day_fen: int = 5_000_000
    month_fen: int = 10_000_000
    warn_pct: int = 80
    card_pct: int = 90
    bill_day: int = 25
    free_days: int = 25
    near_days: int = 7
    claim_days: int = 5
    pay_days: int = 2
    rate_ppm: int = 500
    split_pct: int = 90
    night_from: int = 23
    night_until: int = 6
    off_days: bool = True
    mccs: tuple[str, ...] = ("5813", "5933", "5944", "6", "7273", "7297", "7993", "7995")
    same_count: int = 3
    same_days: int = 30
    left_holder: bool = True
    seller: bool = True
    gap_days: int = 60
    no_swipe: bool = True


KINDS = {
    "swipe_over": Text("单笔超限额", "One swipe above the limit"),
    "swipe_warn": Text("单笔近限额", "One swipe near the limit"),
    "day_over": Text("当日超限额", "A day above the limit"),
    "day_warn": Text("当日近限额", "A day near the limit"),
    "month_over": Text("当月超限额", "A month above the limit"),
    "month_warn": Text("当月近限额", "A month near the limit"),
    "share": Text("占卡额度过高", "Much of the card's limit"),
    "near_due": Text("临近还款日", "Near its last day"),
    "overdue": Text("逾期", "Overdue"),
    "split": Text("拆单", "Split swipes"),
    "under": Text("同日多笔略低于限额", "Several just under the limit"),
    "off_day": Text("周末、节假日", "Week-end or holiday"),
    "night": Text("夜间", "At night"),
    "mcc": Text("敏感商户", "Merchant of a watched class"),
    "same": Text("同金额重复", "The same amount again"),
    "left": Text("离任者刷卡", "Holder who left"),
    "seller": Text("发票销售方不符", "Another seller"),
    "gap": Text("日期相隔过久", "Far apart in time"),
    "no_swipe": Text("应刷卡未刷卡", "Card not used"),
}
_OVER = Text(
    "合计 {fen} 元，限额 {limit} 元，{count} 笔",
    "{fen} yuan in {count} swipes, the limit is {limit}",
)
_WHY = {
    "swipe_over": Text("{fen} 元，单笔限额 {limit} 元", "{fen} yuan, the limit of one swipe is {limit}"),
    "swipe_warn": Text("{fen} 元，已近单笔限额 {limit} 元", "{fen} yuan, near the limit of one swipe, {limit}"),
    "day_over": _OVER,
    "day_warn": _OVER,
    "month_over": _OVER,
    "month_warn": _OVER,
    "share": Text("当月 {fen} 元，已达卡额度 {limit} 元的 {pct}%",
                  "{fen} yuan this month, {pct}% of the card's {limit}"),
    "near_due": Text("{merchant} {fen} 元未还，银行还款日 {due}",
                     "{fen} yuan at {merchant} are not repaid, the bank's last day is {due}"),
    "overdue": Text("{merchant} {fen} 元，银行还款日 {due} 已过",
                    "{fen} yuan at {merchant}, the bank's last day was {due}"),
    "split": Text("{merchant} 同日 {count} 笔共 {fen} 元，单笔限额 {limit} 元",
                  "{count} swipes at {merchant} on one day, together {fen} yuan; the limit of one is {limit}"),
    "under": Text("同日 {count} 笔，每笔都在限额 {limit} 元的 {pct}% 以上",
                  "{count} swipes on one day, each above {pct}% of the limit {limit}"),
    "off_day": Text("{merchant}，{day}", "{merchant}, {day}"),
    "night": Text("{merchant}，{at}", "{merchant}, at {at}"),
    "mcc": Text("{merchant}，类别 {mcc}", "{merchant}, class {mcc}"),
    "same": Text("{days} 日内 {count} 笔都是 {each} 元", "{count} swipes of {each} yuan each within {days} days"),
    "left": Text("{merchant}，刷卡时持卡人没有在任岗位", "{merchant}, its holder had no post on that day"),
    "seller": Text("消费在{merchant}，发票销售方是{seller}", "swiped at {merchant}, the invoice is of {seller}"),
    "gap": Text("相隔 {days} 日", "{days} days apart"),
    "no_swipe": Text("现金报账，发票销售方是个人：{seller}", "claimed in cash, the invoice is of a person: {seller}"),
}  # fmt: skip
_DAYS = {"week_end": Text("周末", "week-end"), "holiday": Text("节假日", "holiday")}
PARTIES = {
    "holder": Text("持卡人报账迟", "the holder, with his claim"),
    "signer": Text("审批迟", "who signs claims"),
    "cashier": Text("单位送凭证迟", "the unit, with its voucher"),
    "bank": Text("银行还款迟", "the bank"),
}


def why(kind: str, fen: int, facts: Mapping[str, Any]) -> Text:
    """Why this is a hit, with what was found."""
    yuan = {name: grouped_yuan(facts[name]) for name in ("limit",) if name in facts}
    yuan |= {"each": grouped_yuan(facts["fen"])} if "fen" in facts else {}
    told = {"merchant": "—"} | dict(facts) | yuan | {"fen": grouped_yuan(fen)}
    day = _DAYS.get(str(facts.get("day")))
    return Text(_WHY[kind].zh.format_map(told | ({"day": day.zh} if day else {})),
                _WHY[kind].en.format_map(told | ({"day": day.en} if day else {})))  # fmt: skip
