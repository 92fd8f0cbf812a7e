"""What arrears 欠费催缴 bring: ageing, steps of dunning, what holds them back, cuts and restorations, write-offs."""

from yifen.core.facts.plug import (
    BILLS,
    Grant,
    Heading,
    MenuEntry,
    MessageField,
    MessageKind,
    Plug,
    Proves,
    Second,
    Table,
    Task,
    Text,
    Urls,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.arrears.codes import ArrearsCode

_HERE = "yifen.trades.arrears"
_MENU = (
    (10, Text("欠费账龄", "Ageing"), "arrears_ageing", "hourglass", "arrears.view"),
    (20, Text("欠费户", "Accounts in arrears"), "arrears_debts", "users", "arrears.view"),
    (30, Text("电话催缴", "Calls"), "arrears_calls", "phone", "arrears.view"),
    (40, Text("催缴函、停供通知", "Letters and notices"), "arrears_letters", "mail", "arrears.view"),
    (50, Text("停供与复供", "Cuts and restorations"), "arrears_cuts", "plug-zap", "arrears.view"),
    (60, Text("承诺、分期、异议", "Promises, plans, disputes"), "arrears_holds", "handshake", "arrears.view"),
    (70, Text("坏账核销", "Write-offs"), "arrears_written", "file-x", "arrears.view"),
    (80, Text("催缴规则", "Rules of dunning"), "arrears_rules", "list-ordered", "arrears.view"),
    (90, Text("催收员", "Collectors"), "arrears_collectors", "user-check", "arrears.view"),
)  # fmt: skip

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.billing", "yifen.trades.visits"),
    apps=(_HERE,),
    tables=tuple(
        Table(name, writes=())
        for name in (
            "arrears_rule",
            "arrears_step",
            "arrears_done",
            "arrears_message",
            "arrears_call",
            "arrears_letter",
            "arrears_letter_bill",
            "arrears_print",
            "arrears_office",
            "arrears_hold",
            "arrears_hold_bill",
            "arrears_plan_row",
            "arrears_cut",
            "arrears_collector",
            "arrears_debt",
            "arrears_kept",
        )
    ),
    functions={
        "arrears_clock_v1": (WEB,),
        "arrears_again_v1": (WORKER,),
        "arrears_against_rule_v1": (WEB,),
        "arrears_call_v1": (WEB,),
        "arrears_claim_v1": (WORKER,),
        "arrears_collector_v1": (WEB,),
        "arrears_cut_again_v1": (WEB,),
        "arrears_cut_v1": (WEB,),
        "arrears_dispute_v1": (WEB,),
        "arrears_disputed_v1": (WEB,),
        "arrears_hold_state_v1": (WEB,),
        "arrears_letters_v1": (WEB,),
        "arrears_look_v1": (WEB,),
        "arrears_may_collect_v1": (WEB,),
        "arrears_next_v1": (WEB,),
        "arrears_office_v1": (WEB,),
        "arrears_plan_v1": (WEB,),
        "arrears_promise_v1": (WEB,),
        "arrears_refresh_v1": (WORKER,),
        "arrears_reprint_v1": (WEB,),
        "arrears_rule_of_v1": (WEB,),
        "arrears_rule_v1": (WEB,),
        "arrears_sent_v1": (WORKER,),
        "arrears_serve_v1": (WEB,),
        "arrears_settle_v1": (WEB,),
        "arrears_skip_calls_v1": (WORKER,),
        "arrears_today_v1": (WEB,),
    },
    permissions=(
        Grant(
            "arrears.view",
            (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
            "看欠费、催缴、停供、核销",
            "see arrears, dunning, cuts and write-offs",
        ),
        Grant(
            "arrears.do",
            (R.FINANCE, R.BILLER_STAFF),
            "催缴：电话、函件、送达、承诺、异议、催收员，提出、复核分期和停供",
            "dun: calls, letters, notices, promises, disputes, collectors; propose and decide on plans and cuts",
        ),
        Grant(
            "arrears.rules",
            (R.INSTITUTION_ADMIN, R.BILLER_STAFF),
            "提出、复核催缴规则",
            "propose and decide on rules of dunning",
        ),
        Grant(
            "arrears.write_off",
            (R.FINANCE, R.BILLER_STAFF),
            "提出、复核坏账核销和恢复催收",
            "propose and decide on write-offs and what is taken up again",
        ),
    ),
    second=(
        Second(
            "arrears.rule",
            Text("催缴规则", "Rule of dunning"),
            "arrears.rules",
            "arrears.rules",
            f"{_HERE}.ruling:view",
            f"{_HERE}.ruling:run",
            named=f"{_HERE}.naming:of_rule",
        ),
        Second(
            "arrears.plan",
            Text("分期还款", "Instalment plan"),
            "arrears.do",
            "arrears.do",
            f"{_HERE}.planning:view",
            f"{_HERE}.planning:run",
            page="arrears_account",
            named=f"{_HERE}.naming:of_customer",
        ),
        Second(
            "arrears.cut",
            Text("停供", "Cut off"),
            "arrears.do",
            "arrears.do",
            f"{_HERE}.cutting:view",
            f"{_HERE}.cutting:run",
            named=f"{_HERE}.naming:of_list",
        ),
        Second(
            "arrears.write_off",
            Text("坏账核销", "Bad debt written off"),
            "arrears.write_off",
            "arrears.write_off",
            f"{_HERE}.writing_off:view",
            f"{_HERE}.writing_off:run",
            named=f"{_HERE}.naming:of_bills",
        ),
        Second(
            "arrears.take_up",
            Text("恢复催收", "Taken up again"),
            "arrears.write_off",
            "arrears.write_off",
            f"{_HERE}.writing_off:view_again",
            f"{_HERE}.writing_off:run",
            named=f"{_HERE}.naming:of_bills",
        ),
    ),
    codes=(ArrearsCode,),
    messages=(
        MessageKind(
            "arrears_demand",
            Text("欠费催缴短信", "Demand for arrears"),
            (
                MessageField(
                    "biller", Text("收费单位", "biller"), Text("云川供热", "Yunchuan Heating")
                ),
                MessageField(
                    "account",
                    Text("户号，只留后四位", "account number, its last four"),
                    Text("******0007", "******0007"),
                ),
                MessageField("fee", Text("费种", "fee"), Text("采暖费", "Heating")),
                MessageField(
                    "amount",
                    Text("逾期欠费，元", "what is overdue, in yuan"),
                    Text("1286.40", "1286.40"),
                ),
                MessageField(
                    "due_on",
                    Text("最早的到期日", "the oldest due date"),
                    Text("2026-12-15", "2026-12-15"),
                ),
            ),
            {
                "sms": (
                    Text("", ""),
                    Text(
                        "【一分】{biller}提醒：户号{account}的{fee}自{due_on}起逾期，共欠{amount}元，请尽快缴清；已缴请忽略。",
                        "[Yifen] {biller}: account {account} owes {amount} yuan of {fee}, overdue since {due_on}. "
                        "Please pay soon; if you have, ignore this.",
                    ),
                )
            },
            needs=("amount", "account"),
        ),
    ),
    headings=(Heading("arrears", "billing", Text("催缴", "Arrears")),),
    serves=(BILLS,),
    menu=tuple(MenuEntry("arrears", *entry) for entry in _MENU),
    urls=(Urls("console/", f"{_HERE}.pages.urls"),),
    lists=(
        *(
            f"{_HERE}.pages.ages:{name}"
            for name in ("AGE_AREA", "AGE_CLASS", "AGE_FEE", "AGE_COLLECTOR")
        ),
        *(
            f"{_HERE}.pages.lists:{name}"
            for name in ("DEBTS", "CALLS", "LETTERS", "CUTS", "HOLDS", "WRITTEN")
        ),
    ),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    proves=(
        Proves("arrears_rule", Text("催缴规则", "rules")),
    ),
    verify=(f"{_HERE}.proof:altered",),
    sample=(f"{_HERE}.sample:prepare",),
    tasks=(Task("arrears.run", f"{_HERE}.jobs:run", cron="* * * * *", alone=True),),
)
