"""What the treasury 国库集中支付 brings: vouchers to the agent bank, results, clearing, checks, returns."""

from yifen.core.facts.plug import (
    ChartAccount,
    Grant,
    Plug,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Watch,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.treasury.codes import TreasuryCode

_HERE = "yifen.trades.treasury"
CASHIER, HEAD, BUREAU = "unit_cashier", "unit_head", "budget_bureau"  # roles of budget

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.settlement", "yifen.trades.budget", "yifen.trades.cards"),
    apps=(_HERE,),
    accounts=(
        ChartAccount("treasury_grant", "4001.{key}", Text("财政拨款收入", "Grants of the treasury"), "income",
                     theirs=True),
    ),
    tables=(
        Table("treasury_bureau", writes=(), watch=Watch()),
        Table("treasury_rule", writes=(), watch=Watch()),
        Table("treasury_voucher", writes=(), watch=Watch(ignored=("content", "ask_at", "tries", "changed_at"))),
        Table("treasury_line", writes=(), watch=Watch(only=("result", "serial", "clearing_id"))),
        Table("treasury_print", writes=()),
        Table("treasury_word", writes=(), reads=(WEB, WORKER), hidden=("body",), sealed=(
            SealedColumn("body", "concat_ws(':', 'treasury_word', r.house_id, r.way, r.kind, r.number)", at_once=5),)),
        Table("treasury_clearing", writes=(), watch=Watch()),
        Table("treasury_clearing_row", writes=()),
        Table("treasury_check", writes=()),
        Table("treasury_check_row", writes=()),
        Table("treasury_return", writes=(), watch=Watch()),
        Table("treasury_entry", writes=()),
    ),
    functions={
        "treasury_agree_v1": (WEB,),
        "treasury_ask_return_v1": (WEB,),
        "treasury_back_v1": (WORKER,),
        "treasury_check_v1": (WORKER,),
        "treasury_clear_v1": (WORKER,),
        "treasury_decide_return_v1": (WEB,),
        "treasury_fit_v1": (WORKER,),
        "treasury_keep_rule_v1": (WEB,),
        "treasury_make_v1": (WEB,),
        "treasury_print_v1": (WEB,),
        "treasury_rejected_v1": (WORKER,),
        "treasury_returnable_v1": (WEB,),
        "treasury_rule_against_v1": (WEB,),
        "treasury_rule_v1": (WEB, WORKER),
        "treasury_send_v1": (WORKER,),
        "treasury_told_v1": (WORKER,),
        "treasury_unsure_v1": (WORKER,),
        "treasury_workday_v1": (WEB, WORKER),
    },
    documents=("treasury_entry",),
    permissions=(
        Grant("treasury.view", (CASHIER, HEAD, BUREAU, R.AUDITOR), "看支付凭证和退票", "see vouchers and returns"),
        Grant("treasury.make", (CASHIER,), "制作支付凭证，提出退票", "make vouchers, propose returns"),
        Grant("treasury.agree", (HEAD, BUREAU), "复核支付凭证和退票", "agree to vouchers and returns"),
        Grant("treasury.clear", (BUREAU, R.AUDITOR), "看国库清算和差异", "see clearing and its differences"),
        Grant("treasury.rules", (BUREAU,), "提出、复核国库支付规则", "propose and decide on rules for payments"),
    ),
    second=(
        Second("treasury.rule", Text("国库支付规则", "Rule for payments by voucher"), "treasury.rules", "treasury.rules",
               f"{_HERE}.rules:view", f"{_HERE}.rules:run", about="budget_about_v1"),
    ),
    codes=(TreasuryCode,),
    terms={
        "treasury_bureau": Text("国库支付机构", "Bureau that pays by vouchers"),
        "treasury_rule": Text("国库支付规则", "Rule for payments by voucher"),
        "treasury_voucher": Text("支付凭证", "Voucher"), "treasury_line": Text("支付明细", "Line of a voucher"),
        "treasury_clearing": Text("清算单", "Claim or refund"), "treasury_return": Text("退票", "Return"),
        "grant_id": Text("财政拨款收入科目", "Account of grants"),
        "treasury_id": Text("国库", "Treasury"),
        "treasury_no": Text("国库代码", "Code of the treasury"), "class_digits": Text("汇总级次", "Class level"),
        "voucher_id": Text("凭证序号", "Voucher"), "voucher_no": Text("凭证号", "Voucher number"),
        "indicator_id": Text("指标", "Indicator"), "unit_id": Text("预算单位", "Unit"), "year": Text("年度", "Year"),
        "made_by": Text("经办人", "Made by"), "made_person": Text("经办人（自然人）", "Person who made it"),
        "agreed_by": Text("复核人", "Agreed by"), "agreed_person": Text("复核人（自然人）", "Person who agreed"),
        "agreed_at": Text("复核时间", "Agreed at"), "pay_on": Text("支付日", "To be paid on"),
        "result": Text("结果", "Result"), "serial": Text("银行流水号", "Bank's serial"),
        "clearing_id": Text("清算单序号", "Clearing"), "on_day": Text("日期", "Day"), "word_id": Text("报文", "Message"),
        "cleared_at": Text("清算时间", "Cleared at"), "cleared": Text("已清算", "Cleared"),
        "return_id": Text("退票序号", "Return"), "paper_no": Text("退款通知书号", "Bank's notice"),
        "decided_by": Text("复核人", "Decided by"), "decided_person": Text("复核人（自然人）", "Person who decided"),
        "decided_at": Text("复核时间", "Decided at"), "asked_by": Text("申请人", "Applicant"),
        "asked_person": Text("申请人（自然人）", "Person who applied"), "line_no": Text("行号", "Line"),
        "resent": Text("重发过", "Sent again"), "sent_on": Text("发出日", "Sent on"),
    },
    urls=(Urls("console/", f"{_HERE}.pages.urls"),),
    menu=(
        MenuEntry("budget", 50, Text("待还款", "Repayments due"), "treasury_due", "credit-card", "treasury.make"),
        MenuEntry("budget", 51, Text("支付凭证", "Vouchers"), "treasury_vouchers", "receipt-text", "treasury.view"),
        MenuEntry("budget", 52, Text("退票", "Returns"), "treasury_returns", "undo-2", "treasury.view"),
        MenuEntry("budget", 60, Text("国库清算", "Clearing"), "treasury_clearings", "landmark", "treasury.clear"),
        MenuEntry("budget", 61, Text("清算差异", "Differences"), "treasury_differences", "scale", "treasury.clear"),
    ),
    lists=tuple(f"{_HERE}.pages.listing:{name}" for name in ("VOUCHERS", "RETURNS", "CLEARINGS", "DIFFERENCES_LIST")),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    tasks=(
        Task("treasury.pay", f"{_HERE}.jobs:pay", cron="* * * * * */5", alone=True),
        Task("treasury.clear", f"{_HERE}.jobs:clear", cron="*/10 * * * *", alone=True),
    ),
    verify=(f"{_HERE}.proof:altered",),
)  # fmt: skip
