"""What settlement brings: billers squared, money paid out."""

from yifen.core.facts.plug import (
    Grant,
    MenuEntry,
    NightStep,
    Plug,
    Second,
    Table,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.roles import Role as R
from yifen.trades.settlement.codes import SettlementCode


def _of_two(name: str, title: Text, module: str, tables: tuple[str, ...]) -> Second:
    """What is agreed with billers: who keeps it proposes, who decides on payouts decides."""
    dotted = f"yifen.trades.settlement.operations.{module}"
    return Second(f"settlement.{name}", title, "agreements.edit", "payouts.approve", f"{dotted}:view",
                  f"{dotted}:put", tables)  # fmt: skip


PLUG = Plug(
    name="yifen.trades.settlement",
    apps=("yifen.trades.settlement",),
    tables=(
        Table("calendar_day", watch=Watch()),
        Table("agreement", keep_rows=True, watch=Watch()),
        Table("agreement_tier", watch=Watch()),
        Table("merchant", watch=Watch()),
        Table("merchant_split", watch=Watch()),
        Table("payee", watch=Watch()),
        Table("bank", keep_rows=True, keep=("account_id",), watch=Watch()),
    ),
    internal_functions=(
        "payout_resolve_v1",
        "settlement_move_v1",
        "settlement_post_v1",
    ),
    permissions=(
        Grant("settlement.view",
              (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
              "看结算、划付、日历", "see settlements, payouts, the calendar"),
        Grant("agreements.edit", (R.FINANCE,),
              "提出手续费协议、分账、收款账户、银行账户", "propose agreements, splits, payees, banks"),
        Grant("calendar.edit", (R.INSTITUTION_ADMIN,),
              "维护工作日历", "keep the calendar"),
        Grant("payouts.approve", (R.SUPERVISOR,),
              "复核划付、协议、收款账户", "decide on payouts and on what is agreed"),
    ),
    second=(
        _of_two("agreement", Text("手续费协议", "Agreement"), "agreements",
                ("agreement", "agreement_tier")),
        _of_two("place", Text("商户层级", "Place in a group"), "merchants",
                ("merchant", "merchant_split")),
        _of_two("shares", Text("分账", "Shares"), "shares", ("merchant_split",)),
        _of_two("bank", Text("本方银行账户", "Bank of ours"), "banks", ("bank",)),
        _of_two("payee", Text("收款账户", "Payee"), "payees", ("payee",)),
    ),
    documents=("settlement", "commission", "payout", "receipt"),
    terms={
        "calendar_day": Text("工作日历", "Calendar"),
        "agreement": Text("手续费协议", "Agreement"),
        "agreement_tier": Text("协议阶梯", "Tier"),
        "merchant": Text("商户层级", "Merchant"),
        "merchant_split": Text("分账", "Split"),
        "payee": Text("收款账户", "Payee"),
        "bank": Text("开户银行", "Bank"),
        "day": Text("日期", "Day"),
        "kind": Text("性质", "Kind"),
        "mode": Text("收取方式", "Mode"),
        "period": Text("周期", "Period"),
        "measure": Text("计费", "Measure"),
        "min_fen": Text("保底", "Minimum"),
        "cap_fen": Text("封顶", "Cap"),
        "lag_days": Text("到账天数", "Lag"),
        "make_up_days": Text("调休算工作日", "Make-up days"),
        "payout": Text("划付", "Paid out"),
        "agreement_id": Text("协议", "Agreement"),
        "from_measure": Text("起点", "From"),
        "rate_ppm": Text("费率", "Rate"),
        "each_fen": Text("每笔", "Each"),
        "pooled": Text("归集", "Pooled"),
        "merchant_id": Text("商户", "Merchant"),
        "beneficiary_id": Text("受益方", "Beneficiary"),
        "share_ppm": Text("份额", "Share"),
        "bank_id": Text("经由银行", "Through bank"),
        "account_no": Text("账号", "Account number"),
        "account_name": Text("户名", "Account name"),
        "bank_code": Text("联行号", "CNAPS code"),
        "bank_name": Text("开户行", "Bank"),
    },
    codes=(SettlementCode,),
    menu=(
        MenuEntry("close", 40, Text("结算", "Settlement"), "settlements", "coins",
                  "settlement.view"),
        MenuEntry("close", 50, Text("划付", "Payouts"), "payouts", "send", "settlement.view"),
        MenuEntry("close", 60, Text("协议", "Agreements"), "agreements", "percent",
                  "settlement.view"),
        MenuEntry("close", 70, Text("日历", "Calendar"), "calendar", "calendar-days",
                  "settlement.view"),
    ),
    urls=(Urls("console/", "yifen.trades.settlement.pages.urls"),),
    lists=(
        "yifen.trades.settlement.pages.settled_list:SETTLEMENTS",
        "yifen.trades.settlement.pages.payouts_list:PAYOUTS",
        "yifen.trades.settlement.pages.agreed_lists:AGREEMENTS",
        "yifen.trades.settlement.pages.agreed_lists:MERCHANTS",
        "yifen.trades.settlement.pages.agreed_lists:PAYEES",
        "yifen.trades.settlement.pages.agreed_lists:BANKS",
    ),
    night=(
        NightStep("settle", "repair", "yifen.trades.settlement.night:settle_days",
                  Text("结算", "settle"), signed=True),
        NightStep("commission", "settle", "yifen.trades.settlement.night:true_up",
                  Text("手续费清算", "commission"), signed=True),
        NightStep("payout", "commission", "yifen.trades.settlement.night:pay_out",
                  Text("划付", "pay out")),
    ),
    verify=("yifen.trades.settlement.proof:altered",),
    sample=("yifen.trades.settlement.sample:prepare",),
)  # fmt: skip
