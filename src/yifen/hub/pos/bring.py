"""What the POS door brings to the hub's plug."""

from yifen.core.facts.plug import Ends, Grant, SealedColumn, Second, Table, Text, Watch
from yifen.core.facts.processes import NIGHT, POS, WEB, WORKER
from yifen.core.facts.roles import Role as R

_DOORS = (POS, WORKER)
_BATCH = "r.terminal_no || lpad(r.batch_no::text, 6, '0')"
_SEEN_TO = Ends("pos_exception", "update", "OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL",
                "exception_id::text", Text("差错已处理", "It was seen to"), "closed_at")  # fmt: skip

POS_TABLES = (
    Table("pos_acquirer", writes=(), reads=(WEB, WORKER), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'pos_acquirer:' || r.code"),)),
    Table("pos_terminal", writes=(), reads=(WEB, WORKER), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'pos_terminal:' || r.terminal_no"),)),
    Table("pos_session", writes=(), reads=(WORKER,), hidden=("sealed", "next_sealed"), sealed=(
        SealedColumn("sealed", "'pos_session:' || r.terminal_no", when="r.sealed IS NOT NULL"),
        SealedColumn("next_sealed", "'pos_session:' || r.terminal_no", when="r.next_sealed IS NOT NULL"))),
    Table("pos_acquirer_key", writes=(), reads=(WORKER,), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'pos_acquirer:' || r.code"),)),
    Table("pos_batch", writes=(), sealed=(
        SealedColumn("seal", f"'pos_batch:' || {_BATCH}", when="r.seal <> ''"),
        SealedColumn("items_seal", f"'pos_items:' || {_BATCH}", when="r.items_seal <> ''"))),
    Table("pos_batch_item", writes=(), sealed=(SealedColumn(
        "seal", f"'pos_item:' || {_BATCH} || lpad(r.trace::text, 6, '0')", when="r.seal <> ''"),)),
    Table("pos_file", writes=(), sealed=(SealedColumn("seal", "'pos_file:' || r.acquirer || ':' || r.number"),)),
    Table("pos_file_row", writes=()),
    Table("pos_sale", writes=(), sealed=(SealedColumn("seal", "'pos_sale:' || r.serial", when="r.seal <> ''"),)),
    Table("pos_undo", writes=(), sealed=(SealedColumn(
        "seal", f"'pos_undo:' || r.kind || ':' || {_BATCH} || lpad(r.trace::text, 6, '0')", when="r.seal <> ''"),)),
    Table("pos_exception", writes=(), watch=Watch(only=("closed_at",))),
)  # fmt: skip
POS_FUNCTIONS = {
    "pos_acquirer_v1": (WEB,),
    "pos_ask_v1": (POS,),
    "pos_close_v1": (WEB,),
    "pos_compare_v1": (NIGHT,),
    "pos_due_v1": (WORKER,),
    "pos_end_v1": _DOORS,
    "pos_file_v1": (NIGHT,),
    "pos_give_back_v1": (POS,),
    "pos_half_v1": _DOORS,
    "pos_proved_v1": (POS,),
    "pos_reverse_v1": (POS,),
    "pos_settle_v1": (POS,),
    "pos_signed_on_v1": (POS,),
    "pos_terminal_v1": (WEB,),
    "pos_upload_v1": (POS,),
    "pos_uploaded_v1": (POS,),
}
POS_READS = {POS: (
    "biller", "biller_error_code", "biller_outage", "channel", "ledger_head", "master_version", "partner",
    "partner_key", "payable", "payer", "payment", "payment_serial", "tcp_line",  # what the verbs read
    "pos_acquirer", "pos_batch", "pos_sale", "pos_session", "pos_terminal", "pos_undo",
)}  # fmt: skip
POS_GRANTS = (
    Grant("pos.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
          "看 POS 终端、批次和差错", "see POS terminals, batches and exceptions"),
    Grant("pos.files", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
          "看收单文件", "see acquirers' files"),
    Grant("pos.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
          "提出、复核收单机构和 POS 终端", "propose and decide on acquirers and POS terminals"),
    Grant("pos.close", (R.FINANCE, R.SUPERVISOR),
          "提出、复核 POS 差错的处理结果", "propose and decide what was done about a POS exception"),
)  # fmt: skip
POS_ACTS = (
    Second("pos.acquirer", Text("收单机构", "Acquirer"), "pos.edit", "pos.edit",
           "yifen.hub.pos.registering:view_acquirer", "yifen.hub.pos.registering:run_acquirer", about="pos_about_v1"),
    Second("pos.terminal", Text("POS 终端登记", "POS terminal"), "pos.edit", "pos.edit",
           "yifen.hub.pos.registering:view_terminal", "yifen.hub.pos.registering:run_terminal", about="pos_about_v1"),
    Second("pos.close", Text("POS 差错处理", "POS exception"), "pos.close", "pos.close",
           "yifen.hub.pos.closing:view", "yifen.hub.pos.closing:run", ends=(_SEEN_TO,), about="pos_about_v1",
           named=Text("差错 {0}", "Exception {0}")),
)  # fmt: skip
POS_TERMS = {
    "acquirer": Text("收单机构", "Acquirer"), "exception": Text("差错", "Exception"),
    "pos_acquirer": Text("收单机构", "Acquirer"),
    "pos_terminal": Text("POS 终端登记", "POS terminal"),
    "pos_acquirer_key": Text("收单机构密钥", "Key of an acquirer"),
    "pos_exception": Text("POS 差错处理", "POS exception"),
    "acquirer_id": Text("收单机构", "Acquirer"),
    "terminal_no": Text("终端号", "Terminal number"),
    "merchant_no": Text("商户号", "Merchant number"),
    "merchant_name": Text("商户名称", "Merchant's name"),
    "account_in": Text("户号所在域", "Field of the account number"),
    "exception_id": Text("POS 差错编号", "Exception number"),
    "host": Text("主机", "Host"), "port": Text("端口", "Port"),
}
