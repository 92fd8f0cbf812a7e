"""What deductions 卡扣 bring: a bank asked to debit a payer's account for open bills."""

from yifen.core.facts.plug import (
    BILLS,
    Ends,
    Grant,
    MenuEntry,
    NightStep,
    Plug,
    Proves,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.deductions.codes import DeductionCode

PLUG = Plug(
    name="yifen.trades.deductions",
    apps=("yifen.trades.deductions",),
    tables=(
        Table("deduction_port", writes=(), watch=Watch()),
        Table("deduction", writes=(), sealed=(
            SealedColumn("debtor_sealed", "'deduction:' || r.deduction_no"),)),
        Table("deduction_back", writes=()),
        Table("deduction_answer", writes=(), sealed=(
            SealedColumn("sealed", "'deduction_answer:' || r.deduction_no"),)),
        Table("deduction_answer_proved", writes=(), adds=(NIGHT,)),
        Table("deduction_event", writes=()),
    ),
    gives=("deduction_gives_v1",),
    functions={
        "deduction_all_back_v1": (WEB, WORKER, NIGHT),
        "deduction_answered_v1": (WEB, WORKER),
        "deduction_ask_v1": (WEB,),
        "deduction_booked_v1": (WEB, WORKER),
        "deduction_due_v1": (WORKER,),
        "deduction_giver_v1": (WEB, WORKER, NIGHT),
        "deduction_give_up_v1": (WEB, WORKER),
        "deduction_outside_v1": (WEB,),
        "deduction_port_v1": (WEB,),
        "deduction_said_v1": (WEB, WORKER),
    },
    terms={
        "bills": Text("账单", "Bills"), "consent": Text("授权", "Consent"), "debtor_name": Text("付款人", "Payer"),
        "debtor_no": Text("付款账号", "Account to pay from"),
        "deduction_port": Text("银行扣款接口", "Bank's port for deductions"),
        "endpoint": Text("接口地址", "Endpoint"),
        "enabled": Text("启用", "Enabled"),
    },
    permissions=(
        Grant("deductions.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.BILLER_STAFF, R.AUDITOR),
              "看卡扣", "see deductions"),
        Grant("deductions.ask", (R.FINANCE, R.TELLER, R.BILLER_STAFF),
              "发起卡扣（付款人已同意）", "ask a bank to deduct, as the payer agreed"),
        Grant("deductions.end", (R.FINANCE, R.SUPERVISOR),
              "提出、复核卡扣退款的银行书面答复", "propose and decide on a bank's paper about money to go back"),
    ),
    second=(
        Second("deductions.port", Text("银行扣款接口", "Bank's port for deductions"), "partners.edit",
               "partners.approve", "yifen.trades.deductions.ports:view",
               "yifen.trades.deductions.ports:run", about="deduction_about_v1"),
        Second("deductions.outside", Text("卡扣退款的银行书面答复", "Bank's paper on a deduction"), "deductions.end",
               "deductions.end", "yifen.trades.deductions.outside:view", "yifen.trades.deductions.outside:run", ends=(
                   Ends("deduction_back", "update", "OLD.back_at IS NULL AND NEW.back_at IS NOT NULL", "number",
                        Text("银行已退回", "The bank gave it back"), "back_at"),
               ), about="deduction_about_v1"),
    ),
    codes=(DeductionCode,),
    serves=(BILLS,),
    menu=(
        MenuEntry("run", 32, Text("卡扣", "Deductions"), "deductions", "credit-card", "deductions.view"),
    ),
    urls=(Urls("console/", "yifen.trades.deductions.pages.urls"),),
    lists=("yifen.trades.deductions.pages.listing:DEDUCTIONS",),
    today=("yifen.trades.deductions.pages.waiting:what_waits",),
    payment_facts=("yifen.trades.deductions.pages.payment:facts",),
    proves=(
        Proves("deduction", Text("卡扣", "deductions"), "amount_fen"),
        Proves("deduction_answer", Text("银行应答", "answers read again")),
    ),
    verify=("yifen.trades.deductions.proof:altered",),
    night=(NightStep("bank_answers", "files", "yifen.trades.deductions.night:read_answers",
                     Text("核验扣款应答", "read banks' answers")),),
    tasks=(Task("deductions.settle", "yifen.trades.deductions.jobs:run", cron="* * * * * */2", alone=True),),
)  # fmt: skip
