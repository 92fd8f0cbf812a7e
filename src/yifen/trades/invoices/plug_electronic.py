"""What electronic invoices 数电票 bring to the plug of invoices."""

from yifen.core.facts.plug import Grant, MenuEntry, SealedColumn, Second, Table, Task, Text, Watch
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R

ELECTRONIC_TABLES = (
    Table("invoice_issuer", writes=(), reads=(WEB, WORKER), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'invoice_issuer:' || r.biller_id"),)),
    Table("invoice_rate", writes=(), watch=Watch()),
    Table("invoice_electronic", writes=(), reads=(WEB, WORKER), hidden=("buyer_sealed",), watch=Watch(
        secret=("buyer_sealed",), ignored=("platform_state", "sent_at", "look_at", "tries", "changed_at")), sealed=(
        SealedColumn("buyer_sealed", "'invoice_electronic:' || r.payment_id"),)),
)  # fmt: skip
ELECTRONIC_FUNCTIONS = {
    "invoices_again_v1": (WEB,),
    "invoices_ask_own_v1": (WEB,),
    "invoices_ask_v1": (WEB,),
    "invoices_drop_v1": (WEB,),
    "invoices_due_v1": (WORKER,),
    "invoices_issuer_v1": (WEB,),
    "invoices_may_issue_v1": (WEB,),
    "invoices_said_v1": (WORKER,),
    "invoices_sending_v1": (WORKER,),
    "invoices_unknown_v1": (WORKER,),
}
ELECTRONIC_GRANTS = (
    Grant("invoices.electronic", (R.TELLER, R.SUPERVISOR, R.FINANCE), "更正、重开、放弃失败的数电票，与平台核对号码",
          "mend, send again and give up failed electronic invoices; compare numbers with the platform"),
    Grant("invoices.issuer", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN), "提出、复核数电票平台和税率",
          "propose and decide on tax platforms and rates"),
)  # fmt: skip
ELECTRONIC_ACTS = (
    Second("invoices.issuer", Text("数电票平台", "Tax platform"), "invoices.issuer", "invoices.issuer",
           "yifen.trades.invoices.electronic.issuers:view", "yifen.trades.invoices.electronic.issuers:run",
           about="invoices_about_v1", named="yifen.core.partners.naming:of_id"),
)  # fmt: skip
ELECTRONIC_TASKS = (
    Task("invoices.electronic", "yifen.trades.invoices.electronic.jobs:run", cron="* * * * * */5", alone=True),
)
ELECTRONIC_TERMS = {
    "buyer_name": Text("购方名称", "Buyer"), "buyer_tax_no": Text("购方纳税人识别号", "Buyer's tax number"),
    "invoice_issuer": Text("数电票平台", "Tax platform"), "invoice_rate": Text("编码和税率", "Code and rate"),
    "order_no": Text("申请流水号", "Order"),
    "blue": Text("对应蓝字发票", "Blue invoice"), "follows": Text("所接的申请", "Follows"),
    "issued_at": Text("开具时间", "Issued at"), "return_serial": Text("退款流水号", "Serial of the return"),
    "sheet": Text("红字确认单", "Confirmation sheet"), "sheet_no": Text("确认单编号", "Number of the sheet"),
    "tax_fen": Text("税额", "Tax"), "total_fen": Text("价税合计", "Total with tax"),
    "buyer_sealed": Text("购方（密文）", "Buyer, sealed"), "buyer_shown": Text("购方", "Buyer"),
    "invoice_electronic": Text("数电票", "Electronic invoice"), "seller": Text("销售方名称", "Seller"),
    "tax_no": Text("纳税人识别号", "Tax number"), "platform": Text("平台代码", "Platform's code"),
    "fee": Text("费种", "Fee"), "class": Text("客户类别", "Class"), "goods_code": Text("商品和服务编码", "Goods code"),
    "goods_name": Text("商品和服务名称", "Goods name"), "rate_permille": Text("税率（‰）", "Rate, permille"),
    "exempt": Text("免税", "Exempt"), "from_on": Text("自", "From"), "to_on": Text("至", "To"),
}  # fmt: skip
ELECTRONIC_MENU = (
    MenuEntry("desk", 35, Text("数电票", "Electronic invoices"), "invoice_electronics", "file-check", "invoices.view"),
)
ELECTRONIC_LISTS = ("yifen.trades.invoices.pages.electronic_listing:ELECTRONICS",)
ELECTRONIC_TODAY = ("yifen.trades.invoices.pages.electronic_listing:what_waits",)
ELECTRONIC_SEARCH = ("yifen.trades.invoices.pages.electronic_listing:found",)
ELECTRONIC_FACTS = ("yifen.trades.invoices.pages.electronic_facts:facts",)
ELECTRONIC_PAYER_FACTS = ("yifen.trades.invoices.pages.electronic_facts:payer_facts",)
