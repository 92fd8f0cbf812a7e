"""What the core port brings to the hub's plug."""

from yifen.core.facts.plug import Ends, Grant, SealedColumn, Second, Table, Task, Text, Watch
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R

_MOVE = "'core_move:' || coalesce(r.undoes, r.serial)"  # an undo keeps the accounts of what it undoes
_LOOKUP = "core account lookup"
_ANSWERED = Ends("core_move", "update", "OLD.state <> NEW.state AND NEW.state IN ('done', 'refused', 'undone')",
                 "serial", Text("核心已答复", "The core answered"), "changed_at")  # fmt: skip

CORE_TABLES = (
    Table("core_bank", writes=(), reads=(WEB, WORKER, NIGHT), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'core_bank:' || r.code"),)),
    Table("core_pair", writes=(), watch=Watch(secret=("settlement_sealed",)), sealed=(
        SealedColumn("settlement_sealed", "'core_pair:' || r.biller_id", lookup=("settlement_lookup", _LOOKUP)),)),
    Table("core_move", writes=(), sealed=(
        SealedColumn("debit_sealed", _MOVE, lookup=("debit_lookup", _LOOKUP)),
        SealedColumn("credit_sealed", _MOVE, lookup=("credit_lookup", _LOOKUP)),
        SealedColumn("told", _MOVE, when="r.told <> ''"))),
    Table("core_pack", writes=()),
    Table("core_pack_answer", writes=()),
    Table("core_answer", writes=()),
    Table("core_key", writes=(), reads=(WEB, WORKER, NIGHT), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'core_bank:' || r.code"),)),
)  # fmt: skip
_MOVERS = (WEB, WORKER, NIGHT)
CORE_FUNCTIONS = {
    "corebank_ask_undo_v1": _MOVERS,
    "corebank_ask_v1": _MOVERS,
    "corebank_bank_v1": (WEB,),
    "corebank_close_v1": (WEB,),
    "corebank_due_v1": (WORKER,),
    "corebank_of_v1": _MOVERS,
    "corebank_owes_v1": _MOVERS,
    "corebank_pair_v1": (WEB,),
    "corebank_said_v1": _MOVERS,
    "corebank_sending_v1": _MOVERS,
    "corebank_unknown_v1": _MOVERS,
    "corebank_unread_v1": _MOVERS,
}
CORE_GRANTS = (
    Grant("corebank.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.AUDITOR),
          "看核心记账流水", "see moves at the core"),
    Grant("corebank.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
          "提出、复核核心系统和收费单位的核心账户", "propose and decide on cores, and billers' accounts there"),
    Grant("corebank.close", (R.FINANCE, R.SUPERVISOR),
          "凭依据提出、复核核心流水的结果", "propose and decide, by evidence, what became of a move"),
)  # fmt: skip
CORE_ACTS = (
    Second("corebank.bank", Text("核心系统", "Core"), "corebank.edit", "corebank.edit",
           "yifen.hub.corebank.banks:view", "yifen.hub.corebank.banks:run", about="corebank_about_v1"),
    Second("corebank.pair", Text("商户账户（4692）", "Merchant accounts (4692)"), "corebank.edit", "corebank.edit",
           "yifen.hub.corebank.pairs:view", "yifen.hub.corebank.pairs:run", about="corebank_about_v1",
           named="yifen.core.partners.naming:of_id"),
    Second("corebank.close", Text("核心流水的结果", "Result of a move at the core"), "corebank.close", "corebank.close",
           "yifen.hub.corebank.closing:view", "yifen.hub.corebank.closing:run", ends=(_ANSWERED,),
           about="corebank_about_v1"),
)  # fmt: skip
CORE_TASKS = (Task("corebank.settle", "yifen.hub.corebank.jobs:run", cron="* * * * * */3", alone=True),)
CORE_TERMS = {
    "cheque_on": Text("出票日期", "Date of the cheque"), "contracting": Text("签约机构", "Contracting institution"),
    "core_bank": Text("核心系统", "Core"),
    "core_pair": Text("商户账户", "Merchant accounts"),
    "core_key": Text("核心系统密钥", "Key of a core"),
    "core_id": Text("核心", "Core"),
    "contracting_id": Text("签约机构", "Contracting institution"),
    "settlement_sealed": Text("商户结算账号（密文）", "Settlement account, sealed"),
    "settlement_lookup": Text("商户结算账号（索引）", "Settlement account, looked up"),
    "transit": Text("过渡户账号", "Transit account"),
    "settlement_shown": Text("商户结算账号", "Settlement account"),
    "settlement_name": Text("结算账号名称", "Holder of the settlement account"),
    "merchant": Text("商户编码", "Merchant"),
    "unit": Text("核算单位", "Accounting unit"),
    "customer_no": Text("客户编号", "Customer number"),
    "contract_no": Text("签约合同号", "Contract"),
    "signed_on": Text("签约日期", "Signed on"),
    "batch_mode": Text("批量方式", "Batch mode"),
    "cash_account": Text("现金账户", "Cash account"),
    "clearing_account": Text("清算账户", "Clearing account"),
    "sundry_account": Text("其他应解汇款账户", "Account of sundry remittances"),
    "income_account": Text("代收收入账户", "Account of income of collections"),
}
