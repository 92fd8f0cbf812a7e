"""What utility billing brings: customers, meters, prices, runs of bills, late fees."""

from yifen.core.facts.plug import ASKED, Grant, MenuEntry, Plug, Second, Table, Task, Text, Urls
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.billing.codes import BillingCode

PLUG = Plug(
    name="yifen.trades.billing",
    apps=("yifen.trades.billing",),
    tables=tuple(
        Table(name, writes=())
        for name in (
            "billing_biller", "billing_fee", "billing_late_rule", "billing_price", "billing_limit", "billing_part",
            "billing_place", "billing_customer", "billing_household", "billing_service", "billing_meter",
            "billing_reading", "billing_usage", "billing_used", "billing_run", "billing_piece", "billing_bill",
            "billing_line", "billing_booking", "billing_spent", "billing_counter",
            "billing_waiver", "billing_freeze",
        )
    ),
    functions={
        # --- prices
        "billing_rate_v1": (WEB,),
        "billing_try_v1": (WEB,),
        # --- runs and bills
        "billing_begin_v1": (WEB,),
        "billing_book_v1": (WORKER, NIGHT),
        "billing_cancel_v1": (WEB,),
        "billing_correct_v1": (WEB,),
        "billing_drop_v1": (WEB,),
        "billing_figures_v1": (WEB,),
        "billing_make_v1": (WORKER,),
        "billing_open_v1": (WEB,),
        "billing_publish_v1": (WORKER,),
        # --- late fees
        "billing_freeze_v1": (WEB,),
        "billing_late_of_v1": (WEB,),
        "billing_late_rule_v1": (WEB,),
        "billing_waive_v1": (WEB,),
    },
    documents=("billing_booking",),
    verify=("yifen.trades.billing.proof:altered",),
    second=(
        Second("billing.open", Text("开始计费", "Begin to bill"), "billing.prices", "billing.prices",
               "yifen.trades.billing.opening:view", "yifen.trades.billing.opening:run"),
        Second("billing.publish", Text("发布账单", "Bills published"), "billing.run", "billing.run",
               "yifen.trades.billing.runs:view", "yifen.trades.billing.runs:run", page="billing_run"),
        # --- late fees
        Second("billing.waive", Text("减免违约金", "Late fee waived"), "billing.run", "billing.run",
               "yifen.trades.billing.waiving:view", "yifen.trades.billing.waiving:run"),
        Second("billing.freeze", Text("停计违约金", "Late fee not counted"), "billing.run", "billing.run",
               "yifen.trades.billing.freezing:view", "yifen.trades.billing.freezing:run"),
        Second("billing.late_rule", Text("违约金规则", "Rule of late fees"), "billing.prices", "billing.prices",
               "yifen.trades.billing.late_rules:view", "yifen.trades.billing.late_rules:run"),
    ),
    tasks=(
        Task("billing.make", "yifen.trades.billing.runs:make", queue=ASKED, retries=8),
        Task("billing.publish", "yifen.trades.billing.runs:publish", queue=ASKED, retries=8),
        Task("billing.book", "yifen.trades.billing.runs:book", cron="*/2 * * * *", alone=True),
    ),
    spent=("billing_spent",),
    # --- late fees
    fresh=("billing_refresh_v1",),
    permissions=(
        Grant("billing.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
              "看用户、抄表、价格、出账", "see customers, readings, prices, bill runs"),
        Grant("billing.customers", (R.FINANCE, R.BILLER_STAFF),
              "维护用户、表计、抄表，提出、复核用户导入和过户",
              "keep customers, meters and readings; propose and decide on imports and changes of holder"),
        Grant("billing.prices", (R.INSTITUTION_ADMIN, R.BILLER_STAFF),
              "提出、复核费种、价格、违约金规则", "propose and decide on fees, prices and late fees"),
        Grant("billing.run", (R.FINANCE, R.BILLER_STAFF),
              "出账，提出、复核发布、更正、减免", "make bills; propose and decide on publishing, "
              "corrections and waivers"),
    ),
    codes=(BillingCode,),
    menu=(
        MenuEntry("billing", 40, Text("出账", "Bill runs"), "billing_runs", "calculator", "billing.view"),
        MenuEntry("billing", 50, Text("账单", "Bills"), "billing_bills", "receipt", "billing.view"),
        MenuEntry("billing", 60, Text("违约金规则", "Late fee rules"), "billing_late_rules", "file-clock",
                  "billing.view"),
    ),
    urls=(Urls("console/", "yifen.trades.billing.pages.run_urls"),
          Urls("console/", "yifen.trades.billing.pages.late_urls")),
    lists=("yifen.trades.billing.pages.run_lists:BILL_RUNS", "yifen.trades.billing.pages.run_lists:BILLS"),
    today=("yifen.trades.billing.pages.run_waiting:what_waits",),
)  # fmt: skip
