"""What invoices 发票 bring: controlled blanks 重要空白凭证, number by number, and what is printed on them."""

from yifen.core.facts.plug import Grant, MenuEntry, Plug, Second, Table, Text, Urls, Watch
from yifen.core.facts.processes import WEB
from yifen.core.facts.roles import Role as R
from yifen.trades.invoices.codes import InvoiceCode

_ALL = (R.INSTITUTION_ADMIN, R.TELLER, R.SUPERVISOR, R.FINANCE, R.AUDITOR)
_KEEPERS = (R.SUPERVISOR, R.FINANCE)

PLUG = Plug(
    name="yifen.trades.invoices",
    builds_on=("yifen.trades.counter",),
    apps=("yifen.trades.invoices",),
    tables=(
        Table("invoice_kind", writes=(), watch=Watch()),
        Table("invoice_range", writes=()),
        Table("invoice_transfer", writes=()),
        Table("invoice_act", writes=()),
        Table("invoice_print", writes=()),
        Table("invoice_count", writes=()),
    ),
    functions={
        "invoices_count_v1": (WEB,),
        "invoices_destroy_v1": (WEB,),
        "invoices_end_v1": (WEB,),
        "invoices_give_v1": (WEB,),
        "invoices_kind_v1": (WEB,),
        "invoices_mark_v1": (WEB,),
        "invoices_may_print_v1": (WEB,),
        "invoices_next_v1": (WEB,),
        "invoices_print_v1": (WEB,),
        "invoices_receive_v1": (WEB,),
    },
    held=("invoices_held_v1",),
    stays=("invoices_stays_v1",),
    permissions=(
        Grant("invoices.view", _ALL, "看凭证库存、登记簿、发票", "see stock, register and invoices"),
        Grant("invoices.use", (R.TELLER,), "领用、打印、上缴发票", "fetch, print and hand in invoices"),
        Grant("invoices.keep", _KEEPERS, "保管凭证：入库、交接、挂失、每周盘点、销毁",
              "keep the store: stock-in, hand-overs, losses, the weekly count, destroying"),
        Grant("invoices.head", (R.INSTITUTION_ADMIN,), "每月盘点凭证", "count papers each month"),
        Grant("invoices.kinds", (R.INSTITUTION_ADMIN,), "登记票据种类", "register kinds of paper"),
    ),
    second=(
        Second("invoices.receive", Text("凭证入库", "Papers taken into stock"), "invoices.keep", "invoices.keep",
               "yifen.trades.invoices.receiving:view", "yifen.trades.invoices.receiving:run_receive"),
        Second("invoices.destroy", Text("销毁作废凭证", "Void papers destroyed"), "invoices.keep", "invoices.keep",
               "yifen.trades.invoices.receiving:view", "yifen.trades.invoices.receiving:run_destroy"),
        Second("invoices.reprint", Text("重打发票", "Invoice printed again"), "invoices.use", "desk.authorise",
               "yifen.trades.invoices.printing:view", "yifen.trades.invoices.printing:run"),
    ),
    codes=(InvoiceCode,),
    terms={
        "invoice_kind": Text("票据种类", "Kind of paper"), "invoice_range": Text("凭证号段", "Range of papers"),
        "invoice_transfer": Text("凭证交接", "Hand-over of papers"),
        "invoice_act": Text("单证交接登记簿", "Register of papers"),
        "invoice_print": Text("已打印发票", "Printed invoice"), "invoice_count": Text("凭证盘点", "Count of papers"),
        "kind_id": Text("票据种类号", "Kind's number"),
        "digits": Text("号码位数", "Digits of a number"), "prefix": Text("发票代码", "Prefix"),
        "layout": Text("版式", "Layout"), "layout=a5": Text("A5", "A5"), "layout=a4": Text("A4", "A4"),
        "layout=slip": Text("窄幅", "slip"),
    },
    transactions=("yifen.trades.invoices.pages.transactions:TRANSACTIONS",),
    urls=(Urls("desk/", "yifen.trades.invoices.pages.desk_urls"), Urls("console/", "yifen.trades.invoices.pages.urls")),
    menu=(
        MenuEntry("desk", 30, Text("凭证库存", "Papers in stock"), "invoice_stock", "package", "invoices.view"),
        MenuEntry("desk", 31, Text("凭证交接", "Hand-overs of papers"), "invoice_transfers", "arrow-left-right",
                  "invoices.view"),
        MenuEntry("desk", 32, Text("单证交接登记簿", "Register of papers"), "invoice_register", "book-text",
                  "invoices.view"),
        MenuEntry("desk", 33, Text("已打印发票", "Printed invoices"), "invoices", "printer", "invoices.view"),
        MenuEntry("desk", 34, Text("凭证盘点", "Counts of papers"), "invoice_counts", "clipboard-check",
                  "invoices.view"),
    ),
    uploads={"invoice_compare": 5 << 20},
    lists=("yifen.trades.invoices.pages.listing:RANGES", "yifen.trades.invoices.pages.listing:TRANSFERS_LIST",
           "yifen.trades.invoices.pages.listing:REGISTER", "yifen.trades.invoices.pages.listing:INVOICES",
           "yifen.trades.invoices.pages.listing:COUNTS"),
    today=("yifen.trades.invoices.pages.waiting:what_waits",),
    search=("yifen.trades.invoices.pages.searching:found",),
    papers=("yifen.trades.invoices.keeping:PAPERS",),
    sample=("yifen.trades.invoices.sample:prepare",),
    verify=("yifen.trades.invoices.proof:altered",),
)  # fmt: skip
