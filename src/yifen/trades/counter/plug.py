"""What the counter brings: the teller's desk."""

from yifen.core.facts.plug import (
    Ends,
    Grant,
    Home,
    MenuEntry,
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
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.counter.codes import CounterCode

_GIVEN_BACK = Ends(
    "counter_entry", "update", "OLD.state <> NEW.state AND (NEW.state = 'reversed' OR NEW.state = 'refunded')",
    "serial",
    Text("此笔已冲正或已全额退款", "It was taken back, or refunded whole"),
)

PLUG = Plug(
    name="yifen.trades.counter",
    apps=("yifen.trades.counter",),
    terms={
        "entry": Text("流水", "Entry"), "from_account": Text("付款账号", "Account to pay from"),
        "papers": Text("收回发票号码", "Invoices taken back"), "tendered": Text("实收现金", "Cash received"),
        "counter_entry": Text("柜面流水", "Counter entry"),
        "counter_shift": Text("班次", "Shift"),
        "opened_at": Text("开始时间", "Opened at"), "opening_fen": Text("开班现金（分）", "Opening cash (fen)"),
        "left_fen": Text("上次实点现金（分）", "Cash counted last (fen)"),
        "opening_authorisation_id": Text("开班授权", "Authorisation of the opening"),
        "counted": Text("各券别张数", "Pieces counted"), "counted_fen": Text("实点现金（分）", "Cash counted (fen)"),
        "difference_fen": Text("长短款（分）", "Over or short (fen)"),
        "authorisation_id": Text("授权", "Authorisation"),
    },
    functions={"counter_counted_v1": (WORKER,), "counter_left_v1": (WEB,)},
    moves=("counter_moves_v1",),
    stays=("counter_stays_v1",),
    cash=("counter_cash_v1",),
    tables=(
        Table("counter_entry", keep_rows=True, changes=(WORKER,)),
        Table("counter_shift", keep_rows=True, watch=Watch()),
        Table("counter_core", keep_rows=True, sealed=(
            SealedColumn("account_sealed", "'counter_core:' || r.entry_id"),)),
        Table("counter_voucher", keep_rows=True),
    ),
    permissions=(
        Grant("desk.work", (R.TELLER,),
              "柜面收费", "work at the desk"),
        Grant("desk.journal", (R.INSTITUTION_ADMIN, R.TELLER, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
              "看柜面流水", "see the desk's journal"),
        Grant("desk.authorise", (R.SUPERVISOR,),
              "在柜员屏前授权", "authorise at a teller's screen"),
    ),
    second=(
        Second("desk.reversal", Text("当日冲正", "Reversal at the counter"), "desk.work",
               "desk.authorise", "yifen.trades.counter.operations.reverse:view",
               "yifen.trades.counter.operations.reverse:enter", ends=(_GIVEN_BACK,), about="counter_about_v1"),
        Second("desk.refund", Text("柜面退款", "Refund at the counter"), "desk.work",
               "desk.authorise", "yifen.trades.counter.operations.refund:view",
               "yifen.trades.counter.operations.refund:enter", ends=(_GIVEN_BACK,), about="counter_about_v1"),
        Second("desk.open", Text("开班现金与上次轧账不符", "Shift opened with other cash than was left"), "desk.work",
               "desk.authorise", "yifen.trades.counter.operations.shifts:view_opening",
               "yifen.trades.counter.operations.shifts:open_signed", ends=(
                   Ends("counter_shift", "insert", "true", "'opening ' || teller_id",
                        Text("已开班", "The shift is open"), "opened_at"),
               ), about="counter_about_v1", named="yifen.trades.counter.operations.shifts:named"),
        Second("desk.close", Text("有长短款的轧账", "Shift closed with a difference"), "desk.work",
               "desk.authorise", "yifen.trades.counter.operations.shifts:view",
               "yifen.trades.counter.operations.shifts:close", ends=(
                   Ends("counter_shift", "update", "OLD.state = 'open' AND NEW.state <> 'open'", "'shift ' || id",
                        Text("已轧账", "The shift is balanced"), "closed_at"),
               ), about="counter_about_v1", named="yifen.trades.counter.operations.shifts:named"),
    ),
    codes=(CounterCode,),
    menu=(
        MenuEntry("desk", 10, Text("柜员交易", "Teller desk"), "desk", "keyboard", "desk.work"),
        MenuEntry("desk", 20, Text("柜面流水", "Counter journal"), "journal", "notebook-text",
                  "desk.journal"),
    ),
    home=(Home(10, "desk", "desk.work"),),
    urls=(Urls("desk/", "yifen.trades.counter.pages.urls"),),
    lists=("yifen.trades.counter.pages.journal:JOURNAL", "yifen.trades.counter.pages.shifts_list:SHIFTS"),
    today=("yifen.trades.counter.pages.waiting:what_waits",),
    search=("yifen.trades.counter.pages.searching:found",),
    tasks=(Task("counter.finish", "yifen.trades.counter.jobs:run", cron="* * * * * */20", alone=True),),
    proves=(
        Proves("counter_entry", Text("柜面流水", "counter entries")),
        Proves("counter_shift", Text("柜员班次", "shifts")),
    ),
    verify=("yifen.trades.counter.proof:altered",),
    transactions=("yifen.trades.counter.pages.transactions:TRANSACTIONS",),
)  # fmt: skip
