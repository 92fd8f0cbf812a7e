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
              "维护手续费协议、分账、收款账户", "keep agreements, splits and payees"),
        Grant("calendar.edit", (R.INSTITUTION_ADMIN,),
              "维护工作日历", "keep the calendar"),
        Grant("payouts.approve", (R.SUPERVISOR,),
              "复核划付", "decide on payouts"),
    ),
    second=(
        Second("settlement.payee", Text("收款账户", "Payee"), "agreements.edit", "payouts.approve",
               "yifen.trades.settlement.operations.payees:view",
               "yifen.trades.settlement.operations.payees:put", tables=("payee",)),
    ),
    documents=("settlement", "commission", "payout", "receipt"),
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
