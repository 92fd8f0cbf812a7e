"""What customers, meters and readings bring to billing's plug."""

from yifen.core.facts.plug import (
    ASKED,
    MenuEntry,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB, WORKER

_NAME = "concat_ws(':', 'payer', (SELECT f.biller_id FROM billing_file f WHERE f.file_id = r.file_id), r.account_no)"
_PHONE = "concat_ws(':', 'billing contact', {}, r.account_no)"
_AGAIN = "yifen.trades.billing.customers.marks:contact_again"
CUSTOMER_TABLES = (
    Table("billing_place", writes=()),
    Table("billing_customer", writes=(), sealed=(
        SealedColumn("contact", _PHONE.format("r.biller_id"), again=_AGAIN, when="r.contact IS NOT NULL"),)),
    Table("billing_household", writes=()),
    Table("billing_service", writes=()),
    Table("billing_meter", writes=()),
    Table("billing_reading", writes=()),
    Table("billing_usage", writes=()),
    Table("billing_doubt", writes=()),
    Table("billing_file", writes=(), adds=(WEB,), watch=Watch()),
    Table("billing_file_part", writes=(), adds=(WEB,), sealed=(
        SealedColumn("body", "concat_ws(':', 'billing_file_part', r.file_id, r.part_no)", at_once=20),)),
    Table("billing_row", writes=(), adds=(WEB,), sealed=(
        SealedColumn("name", _NAME, again="yifen.hub.payments.names:again"),
        SealedColumn("contact", _PHONE.format(
            "(SELECT f.biller_id FROM billing_file f WHERE f.file_id = r.file_id)"), again=_AGAIN,
            when="r.contact IS NOT NULL"))),
    Table("billing_imported", writes=(), watch=Watch()),
    Table("billing_refused", writes=()),
    Table("billing_file_taken", writes=()),
    Table("billing_estimating", writes=(), watch=Watch()),
    Table("billing_estimated", writes=()),
    Table("billing_estimate_left", writes=()),
)  # fmt: skip
CUSTOMER_FUNCTIONS = {
    "billing_accept_v1": (WEB,),
    "billing_contract_v1": (WEB,),
    "billing_arrears_v1": (WEB,),
    "billing_take_over_v1": (WEB,),
    "billing_contact_v1": (WEB,),
    "billing_digest_v1": (),
    "billing_estimable_v1": (WEB,),
    "billing_estimate_all_v1": (WEB,),
    "billing_estimate_piece_v1": (WORKER,),
    "billing_estimate_v1": (WEB,),
    "billing_make_usage_v1": (WEB,),
    "billing_import_v1": (WORKER,),
    "billing_pieces_v1": (WEB,),
    "billing_read_file_v1": (WEB,),
    "billing_read_v1": (WEB,),
    "billing_reading_rows_v1": (WEB,),
    "billing_swap_v1": (WEB,),
    "billing_usage_v1": (WORKER,),
}
CUSTOMER_ACTS = (
    Second("billing.import", Text("导入用户", "Import of customers"), "billing.customers", "billing.customers",
           "yifen.trades.billing.customers.importing:view", "yifen.trades.billing.customers.importing:run",
           page="billing_file", named=Text("文件 {0}", "File {0}")),
    *(Second(name, title, "billing.customers", "billing.customers", "yifen.trades.billing.customers.contracts:view",
             "yifen.trades.billing.customers.contracts:run", page="billing_customer",
             named="yifen.trades.billing.customers.contracts:named")
      for name, title in (("billing.holder", Text("过户", "Change of holder")),
                          ("billing.move", Text("转到另一户号", "Moved to another account")),
                          ("billing.close", Text("销户", "Account closed")),
                          ("billing.merge", Text("并户", "Accounts merged")),
                          ("billing.split", Text("分户", "Account split")))),
    Second("billing.take_over", Text("接收欠费", "Arrears taken over"), "billing.run", "billing.run",
           "yifen.trades.billing.customers.taking:view", "yifen.trades.billing.customers.taking:run",
           page="billing_customer", named="yifen.trades.billing.customers.contracts:named"),
)  # fmt: skip
CUSTOMER_TASKS = (
    Task("billing.import", "yifen.trades.billing.customers.importing:work", queue=ASKED, retries=8),
    Task("billing.estimate", "yifen.trades.billing.customers.estimating:work", queue=ASKED, retries=8),
)
CUSTOMER_TERMS = {
    "billing_file": Text("用户、抄表文件", "File of customers or readings"),
    "billing_imported": Text("用户导入的一段", "Piece of an import of customers"),
    "customers": Text("用户", "Customers"),
    "billing_estimating": Text("批量估抄", "Estimates in bulk"), "since_on": Text("起", "From"),
    "until_on": Text("止", "To"), "upto_id": Text("至异常编号", "Up to the doubt"),
    "services": Text("计费项", "Services"), "asked_at": Text("提出时间", "Asked at"),
    "asked_by": Text("提出人", "Asked by"),
    "billing_customer": Text("用户", "Customer"), "contact": Text("手机", "Phone"),
    "consent_at": Text("同意接收短信", "Consent to messages"), "withdrawn_at": Text("撤回同意", "Consent taken back"),
}
CUSTOMER_MENU = (
    MenuEntry("run", 32, Text("用户", "Customers"), "billing_customers", "contact", "billing.view"),
    MenuEntry("run", 33, Text("抄表异常", "Readings in doubt"), "billing_doubts", "gauge", "billing.view"),
    MenuEntry("run", 34, Text("用户、抄表文件", "Customer files"), "billing_files", "file-up", "billing.customers"),
)
CUSTOMER_URLS = (Urls("console/", "yifen.trades.billing.pages.customer_urls"),)
CUSTOMER_LISTS = tuple(f"yifen.trades.billing.pages.customer_lists:{name}" for name in ("CUSTOMERS", "DOUBTS", "FILES"))
CUSTOMER_TODAY = ("yifen.trades.billing.pages.customer_waiting:what_waits",)
