"""What a report may tell and by what: measures 指标 and dimensions 维度, each with its SQL over a view of figures. A
report names them; nothing that a user types becomes SQL."""

from collections.abc import Mapping

from yifen.core.facts.plug import Text
from yifen.trades.figures import spending
from yifen.trades.figures.kinds import NO_WORDS, Dimension, FigureMeasure, FigureSource

BILLS, PAYMENTS = "bills", "payments"
SOURCES = {
    BILLS: FigureSource("figure_bill", "x.billed_on",
        "x.kind IN ('period', 'single') AS is_bill, x.billed_fen, x.late_fen, x.corrected_fen, x.paid_fen,"
        " x.spent_fen, x.written_off_fen, x.owing_fen", "figures.view", "figure_bills"),
    PAYMENTS: FigureSource("figure_payment", "x.day", "x.payment_id, x.amount_fen, x.returned_fen, x.net_fen",
                           "figures.view", "figure_payments"),
    **spending.SOURCES,
}  # fmt: skip
OUTSIDE, NOT_BILLED_HERE = "*", Text("非本系统出账", "Not billed here")
OF_A_BILL = ("fee", "community", "building", "class", "region", "period")  # a payment may pay several


def _both(name: str, text: Text, column: str, words: Mapping[str, Text] = NO_WORDS, bill: str = "") -> Dimension:
    """Of both views: of a balance, that has no bill, it is empty, of what was not billed here it is OUTSIDE. `bill`:
    the SQL of a bill's, if it is no text column."""
    sql = bill or f"x.{column}"
    paid = f"CASE WHEN x.billed_here THEN coalesce({sql}, '') ELSE '{OUTSIDE}' END"
    return Dimension(name, text, {BILLS: sql, PAYMENTS: paid}, {OUTSIDE: NOT_BILLED_HERE, **words})


def _time(name: str, text: Text, form: str) -> Dimension:
    """Of every source, by its day."""
    return Dimension(name, text, {view: f"to_char({one.day}, '{form}')" for view, one in SOURCES.items()})


def _paid(name: str, text: Text, sql: str, words: Mapping[str, Text] = NO_WORDS) -> Dimension:
    return Dimension(name, text, {PAYMENTS: sql}, words)


KINDS = {
    "period": Text("账期账单", "Bill of a period"),
    "single": Text("单户账单", "Bill of one service"),
    "correction": Text("更正", "Correction"),
    "cancel": Text("撤销", "Cancellation"),
    "sale": Text("售电", "Sale"),
}
AGES = {
    "": Text("不欠", "Nothing owing"),
    "0": Text("未到期", "Not due"),
    "1": Text("逾期 1–30 天", "1–30 days"),
    "2": Text("逾期 31–90 天", "31–90 days"),
    "3": Text("逾期 91–180 天", "91–180 days"),
    "4": Text("逾期 181–365 天", "181–365 days"),
    "5": Text("逾期 1–2 年", "1–2 years"),
    "6": Text("逾期两年以上", "Over two years"),
}  # with the ends of arrears and of the view figure_arrears
CHANNEL_KINDS = {
    "partner": Text("接入渠道", "Channels that call"),
    "counter": Text("柜面、收费员", "Desks and collectors"),
    "payer": Text("缴费页面", "Payer pages"),
    "debit": Text("代扣", "Debits by mandate"),
}
METHODS = {
    "": Text("未知", "Not known"),
    "cash": Text("现金", "Cash"),
    "personal": Text("个人卡/存折", "Personal card or passbook"),
    "cheque": Text("支票户", "Cheque account"),
    "corporate": Text("对公存折", "Corporate passbook"),
    "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"),
    "bank": Text("银行卡", "Bank card"),
}
_AGE = (
    "CASE WHEN x.owing_fen = 0 THEN '' ELSE width_bucket(%(today)s::date - x.due_on,"
    " ARRAY[1, 31, 91, 181, 366, 731])::text END"
)

DIMENSIONS = {one.name: one for one in (
    Dimension("biller", Text("收费单位", "Company"), {BILLS: "x.biller", PAYMENTS: "x.biller"}),
    _both("fee", Text("费种", "Fee"), "fee", {"": Text("预存款", "Prepaid balance")}),
    _both("community", Text("小区", "Community"), "community"),
    _both("building", Text("楼栋", "Building"), "building"),
    _both("class", Text("用户类别", "Class"), "class"),
    _both("region", Text("价格地区", "Region"), "region"),
    Dimension("price", Text("价格版本", "Price version"), {BILLS: "x.price"}),
    Dimension("kind", Text("账单性质", "Kind of bill"), {BILLS: "x.kind"}, KINDS),
    _both("period", Text("账期月份", "Period of the bill"), "to_on", bill="to_char(x.to_on, 'YYYY-MM')"),
    Dimension("due_month", Text("到期月份", "Month due"), {BILLS: "to_char(x.due_month, 'YYYY-MM')"}),
    Dimension("age", Text("账龄", "Age"), {BILLS: _AGE}, AGES),
    _paid("institution", Text("银行、机构", "Bank or institution"), "coalesce(x.institution, '')"),
    _paid("channel", Text("渠道", "Channel"), "coalesce(x.channel, '')"),
    _paid("channel_kind", Text("渠道种类", "Kind of channel"), "coalesce(x.channel_kind, '')", CHANNEL_KINDS),
    _paid("user", Text("柜员、收费员", "Teller or collector"), "coalesce(x.user_id::text, '')",
          {"": Text("不是柜面", "Not at a desk")}),
    _paid("method", Text("支付方式", "Pay method"), "x.method", METHODS),
    _paid("hour", Text("小时", "Hour"), "coalesce(to_char(x.hour, 'FM00'), '')"),
    *spending.DIMENSIONS.values(),
    _time("day", Text("会计日期", "Business day"), "YYYY-MM-DD"),
    _time("week", Text("周", "Week"), 'IYYY-"W"IW'),
    _time("month", Text("月", "Month"), "YYYY-MM"),
    _time("year", Text("年", "Year"), "YYYY"),
)}  # fmt: skip

MEASURES = {one.name: one for one in (
    FigureMeasure("bills", Text("账单数", "Bills"), "num", BILLS, "count(*) FILTER (WHERE z.is_bill)"),
    FigureMeasure("billed", Text("应收本金", "Billed"), "fen", BILLS, "sum(z.billed_fen)"),
    FigureMeasure("late", Text("违约金", "Late fees"), "fen", BILLS, "sum(z.late_fen)"),
    FigureMeasure("asked", Text("应收合计", "Billed with late fees"), "fen", BILLS, "sum(z.billed_fen + z.late_fen)"),
    FigureMeasure("corrected", Text("其中更正撤销", "Of it corrections"), "fen", BILLS, "sum(z.corrected_fen)"),
    FigureMeasure("settled", Text("账单已缴", "Settled of the bills"), "fen", BILLS, "sum(z.paid_fen + z.spent_fen)"),
    FigureMeasure("spent", Text("其中预存抵扣", "Of it by balances"), "fen", BILLS, "sum(z.spent_fen)"),
    FigureMeasure("written_off", Text("核销", "Written off"), "fen", BILLS, "sum(z.written_off_fen)"),
    FigureMeasure("owing", Text("尚欠", "Owing"), "fen", BILLS, "sum(z.owing_fen)"),
    FigureMeasure("rate", Text("收费率", "Collection rate"), "rate", BILLS, part="settled", whole="asked"),
    FigureMeasure("payments", Text("收款笔数", "Payments"), "num", PAYMENTS,
                  "count(DISTINCT z.payment_id) FILTER (WHERE z.amount_fen > 0)", not_by=OF_A_BILL),
    FigureMeasure("lines", Text("收款明细数", "Lines paid"), "num", PAYMENTS,
                  "count(*) FILTER (WHERE z.amount_fen > 0)"),
    FigureMeasure("taken", Text("收", "Taken"), "fen", PAYMENTS, "sum(z.amount_fen)"),
    FigureMeasure("returned", Text("退", "Given back"), "fen", PAYMENTS, "sum(z.returned_fen)"),
    FigureMeasure("collected", Text("实收", "Collected"), "fen", PAYMENTS, "sum(z.net_fen)"),
    *spending.MEASURES.values(),
)}  # fmt: skip


def sums_of(measures: tuple[str, ...], view: str) -> list[str]:
    """The measures of a view that are sums, those too of which a rate is made."""
    found: dict[str, None] = {}
    for one in (MEASURES[name] for name in measures):
        if one.view == view:
            found |= dict.fromkeys((one.part, one.whole) if one.unit == "rate" else (one.name,))
    return list(found)


def topics_of(measures: tuple[str, ...]) -> set[str]:
    """The permissions that it takes to be told these."""
    return {SOURCES[MEASURES[name].view].permission for name in measures}
