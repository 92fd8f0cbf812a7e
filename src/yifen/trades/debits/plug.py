"""What batch debit brings: billers' files debited by mandates, their results, the order and the lock."""

from yifen.core.facts.plug import (
    Ends,
    Grant,
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
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.events import DEBITS

_HERE = "yifen.trades.debits"
_BOTH = (WEB, WORKER)

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.mandates",),
    apps=(_HERE,),
    tables=(
        Table("debit_rule", writes=(), watch=Watch()),
        Table("debit_batch", writes=(), watch=Watch(ignored=("settle_at", "packs"))),
        Table("debit_refusal", writes=(), watch=Watch()),
        Table("debit_item", writes=(), sealed=(
            SealedColumn("row_sealed", "'debit_item:' || r.first", when="r.row_sealed <> ''"),)),
    ),
    functions={
        "debits_add_v1": _BOTH,
        "debits_again_v1": (WEB,),
        "debits_booked_v1": (WORKER,),
        "debits_build_v1": (WEB,),
        "debits_check_v1": (WORKER,),
        "debits_checked_v1": (WORKER,),
        "debits_day_v1": _BOTH,
        "debits_done_v1": (WORKER,),
        "debits_drop_v1": (WEB,),
        "debits_due_v1": (WORKER,),
        "debits_fetched_v1": _BOTH,
        "debits_figures_v1": _BOTH,
        "debits_filed_v1": _BOTH,
        "debits_follow_v1": (WORKER,),
        "debits_fresh_v1": (WORKER,),
        "debits_later_v1": (WORKER,),
        "debits_let_go_v1": (WEB,),
        "debits_open_v1": (WORKER,),
        "debits_pack_v1": (WORKER,),
        "debits_receive_v1": (WORKER,),
        "debits_refuse_v1": _BOTH,
        "debits_rule_of_v1": _BOTH,
        "debits_rule_v1": (WEB,),
        "debits_take_v1": (WEB,),
        "debits_unchecked_v1": (WORKER,),
        "debits_unread_v1": (WORKER,),
    },
    moves=("debits_moves_v1",),
    gives=("debits_gives_v1",),
    permissions=(
        Grant("debits.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.BILLER_STAFF, R.AUDITOR),
              "看批量代扣", "see batch debits"),
        Grant("debits.run", (R.FINANCE, R.BILLER_STAFF),
              "交批扣文件，按账单生成批次，对失败的再扣，撤下未开始的批次，取结果文件",
              "send debit files, build batches of bills, try again what failed, drop a batch that did not begin, "
              "fetch results"),
        Grant("debits.go", (R.FINANCE, R.SUPERVISOR),
              "提出、复核检查不符的批次照扣", "propose and decide that a batch goes though its checks warn"),
        Grant("debits.rule", (R.INSTITUTION_ADMIN, R.SUPERVISOR), "提出、复核批扣约定",
              "propose and decide on billers' rules for batch debit"),
    ),
    second=(
        Second("debits.rule", Text("批扣约定", "Rule for batch debit"), "debits.rule", "debits.rule",
               f"{_HERE}.deciding:view_rule", f"{_HERE}.deciding:run_rule", about="debits_about_v1",
               named=f"{_HERE}.deciding:named_rule"),
        Second("debits.let_go", Text("检查不符的批次照扣", "A batch goes though its checks warn"), "debits.go",
               "debits.go",
               f"{_HERE}.deciding:view_let_go", f"{_HERE}.deciding:run_let_go", ends=(
                   Ends("debit_batch", "update", "OLD.state <> NEW.state AND NEW.state = 'dropped'", "serial",
                        Text("批次已撤下", "The batch was dropped"), "done_at"),), about="debits_about_v1"),
    ),
    codes=(DebitCode,),
    terms={
        "debit_rule": Text("批扣约定", "Rule for batch debit"), "debit_batch": Text("批扣批次", "Batch debit"),
        "debit_refusal": Text("整份拒收的批扣文件", "Debit file refused"), "layout": Text("文件格式", "DebitLayout"),
        "opens_at": Text("窗口起", "Window opens"), "closes_at": Text("窗口止", "Window closes"),
        "late": Text("违约金", "Late fees"), "again_most": Text("可再扣次数", "Tries again"),
        "batch_id": Text("批次号", "Batch"), "rule_id": Text("约定号", "Rule"), "head": Text("文件头",
                                                                                             "Head of the file"),
        "again_of": Text("再扣的批次", "Tries again"), "let_go_at": Text("放行时间", "Let go at"),
        "by": Text("经手人", "By"), "detail": Text("详情", "Detail"),
        "fetched_at": Text("结果取走时间", "Result fetched at"), "refusal_id": Text("拒收号", "Refusal"),
    },
    menu=(MenuEntry("run", 33, Text("批量代扣", "Batch debits"), "debit_batches", "layers", "debits.view"),),
    urls=(Urls("console/", f"{_HERE}.pages.urls"),),
    uploads={"debit_upload": 64 << 20},
    lists=tuple(f"{_HERE}.pages.listing:{name}" for name in ("BATCHES", "ITEMS", "REFUSALS", "RULES")),
    events=(DEBITS,),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    proves=(
        Proves("debit_item", Text("批扣明细", "debits"), "amount_fen", when="state = 'booked'"),
    ),
    verify=(f"{_HERE}.proof:altered",),
    tasks=(Task("debits.run", f"{_HERE}.jobs:run", cron="* * * * * */5", alone=True),),
)  # fmt: skip
