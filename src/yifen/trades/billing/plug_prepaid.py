"""What prepaid services, their sales and tokens bring to billing's plug."""

from yifen.core.facts.plug import MenuEntry, SealedColumn, Second, Table, Task, Text, Urls, Watch
from yifen.core.facts.processes import WEB, WORKER

PREPAID_TABLES = (
    Table("billing_sale", writes=()),
    Table("billing_sale_line", writes=()),
    Table("billing_unsold", writes=()),
    Table("billing_sold_to", writes=()),
    Table("billing_vending", writes=(), reads=(WEB, WORKER), hidden=("sealed",), watch=Watch(secret=("sealed",)),
          sealed=(SealedColumn("sealed", "'billing_vending:' || r.biller_id"),)),
)  # fmt: skip
PREPAID_FUNCTIONS = {
    "billing_moved_v1": (WEB,),
    "billing_recharged_v1": (WORKER,),
    "billing_sell_v1": (WORKER,),
    "billing_take_token_v1": (WORKER,),
    "billing_token_v1": (WORKER,),
    "billing_unsell_v1": (WEB,),
    "billing_unsold_v1": (WORKER,),
    "billing_vending_v1": (WEB,),
}
PREPAID_ACTS = (
    Second("billing.vending", Text("售电系统", "Vending system"), "billing.prices", "billing.prices",
           "yifen.trades.billing.prepaid.vending:view", "yifen.trades.billing.prepaid.vending:run",
           named="yifen.core.partners.naming:of_id"),
    Second("billing.unsell", Text("作废售电", "Sale taken back"), "billing.run", "billing.run",
           "yifen.trades.billing.prepaid.unselling:view", "yifen.trades.billing.prepaid.unselling:run",
           page="billing_sale", named=Text("售电 {0}", "Sale {0}")),
)  # fmt: skip
PREPAID_TASKS = (
    Task("billing.sell", "yifen.trades.billing.prepaid.jobs:sell", cron="* * * * * */5", alone=True),
    Task("billing.tokens", "yifen.trades.billing.prepaid.jobs:tokens", cron="* * * * * */5", alone=True),
)
PREPAID_TERMS = {
    "sale": Text("售电", "Sale"),
    "billing_vending": Text("售电系统", "Vending system"),
}
PREPAID_MENU = (
    MenuEntry("billing", 52, Text("售电", "Sales"), "billing_sales", "plug-zap", "billing.view"),
    MenuEntry("billing", 54, Text("售电系统", "Vending systems"), "billing_vendings", "server", "billing.view"),
)
PREPAID_URLS = (Urls("console/", "yifen.trades.billing.pages.sale_urls"),)
PREPAID_LISTS = tuple(f"yifen.trades.billing.pages.sale_lists:{name}" for name in ("SALES", "UNSOLD"))
PREPAID_TODAY = ("yifen.trades.billing.pages.sale_waiting:what_waits",)
PREPAID_FACTS = ("yifen.trades.billing.pages.sale_facts:facts",)
PREPAID_PAYER_FACTS = ("yifen.trades.billing.pages.sale_facts:payer_facts",)
