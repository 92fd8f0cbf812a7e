"""What utility billing brings: customers, meters, prices, runs of bills, late fees."""

from yifen.core.facts.plug import (
    ASKED,
    Grant,
    MenuEntry,
    Plug,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.plug_customers import (
    CUSTOMER_ACTS,
    CUSTOMER_FUNCTIONS,
    CUSTOMER_LISTS,
    CUSTOMER_MENU,
    CUSTOMER_TABLES,
    CUSTOMER_TASKS,
    CUSTOMER_TERMS,
    CUSTOMER_TODAY,
    CUSTOMER_URLS,
)
from yifen.trades.billing.plug_prepaid import (
    PREPAID_ACTS,
    PREPAID_FACTS,
    PREPAID_FUNCTIONS,
    PREPAID_LISTS,
    PREPAID_MENU,
    PREPAID_PAYER_FACTS,
    PREPAID_TABLES,
    PREPAID_TASKS,
    PREPAID_TERMS,
    PREPAID_TODAY,
    PREPAID_URLS,
)

PLUG = Plug(
    name="yifen.trades.billing",
    apps=("yifen.trades.billing",),
    tables=(
        *CUSTOMER_TABLES,
        *PREPAID_TABLES,
        # --- fees and prices, by two people
        Table("billing_fee", keep_rows=True, keep=("fee_id", "biller_id", "code"), watch=Watch()),
        Table("billing_price", writes=(), adds=(WEB,), watch=Watch()),
        Table("billing_limit", writes=(), adds=(WEB,), watch=Watch()),
        Table("billing_part", writes=(), adds=(WEB,), watch=Watch()),
        # --- the others are functions'
        *(Table(name, writes=()) for name in (
            "billing_biller", "billing_late_rule", "billing_used", "billing_run", "billing_piece", "billing_bill",
            "billing_line", "billing_booking", "billing_spent", "billing_counter",
            "billing_waiver", "billing_freeze",
            "billing_failed",
            "billing_write_off",  # by two people, of arrears
        )),
    ),
    functions={
        **CUSTOMER_FUNCTIONS,
        **PREPAID_FUNCTIONS,
        # --- prices
        "billing_bound_v1": (WEB,),
        "billing_cycle_on_v1": (WEB,),
        "billing_months_v1": (WEB,),
        "billing_rate_v1": (WEB,),
        "billing_try_v1": (WEB,),
        # --- runs and bills; what their inside is called by is nobody's
        "billing_begin_v1": (WEB,),
        "billing_book_v1": (WORKER, NIGHT),
        "billing_cancel_v1": (WEB,),
        "billing_correct_v1": (WEB,),
        "billing_counted_v1": (WORKER,),
        "billing_drop_v1": (WEB,),
        "billing_figures_v1": (WEB,),
        "billing_make_v1": (WORKER,),
        "billing_missing_v1": (WEB,),
        "billing_past_v1": (WEB,),
        "billing_open_v1": (WEB,),
        "billing_publish_v1": (WORKER,),
        # --- late fees
        "billing_freeze_v1": (WEB,),
        "billing_late_of_v1": (WEB,),
        "billing_late_rule_v1": (WEB,),
        "billing_waive_v1": (WEB,),
        # --- bad debts
        "billing_write_off_v1": (WEB,),
    },
    documents=("billing_booking",),
    verify=("yifen.trades.billing.runs.proof:altered",),
    sample=("yifen.trades.billing.sample:prepare",),
    second=(
        *CUSTOMER_ACTS,
        *PREPAID_ACTS,
        # --- fees and prices
        Second("billing.fee", Text("费种", "Fee"), "billing.prices", "billing.prices",
               "yifen.trades.billing.prices.fees:view", "yifen.trades.billing.prices.fees:put", ("billing_fee",),
               "billing_bound_v1"),
        Second("billing.price", Text("价格版本", "Price version"), "billing.prices", "billing.prices",
               "yifen.trades.billing.prices.proposing:view", "yifen.trades.billing.prices.proposing:put",
               ("billing_price", "billing_limit", "billing_part"), "billing_bound_v1"),
        # --- runs and bills
        Second("billing.open", Text("开始计费", "Begin to bill"), "billing.prices", "billing.prices",
               "yifen.trades.billing.runs.opening:view", "yifen.trades.billing.runs.opening:run"),
        Second("billing.publish", Text("发布账单", "Bills published"), "billing.run", "billing.run",
               "yifen.trades.billing.runs.running:view", "yifen.trades.billing.runs.running:run", page="billing_run"),
        # --- late fees
        Second("billing.waive", Text("减免违约金", "Late fee waived"), "billing.run", "billing.run",
               "yifen.trades.billing.late.waiving:view", "yifen.trades.billing.late.waiving:run"),
        Second("billing.freeze", Text("停计违约金", "Late fee not counted"), "billing.run", "billing.run",
               "yifen.trades.billing.late.freezing:view", "yifen.trades.billing.late.freezing:run"),
        Second("billing.late_rule", Text("违约金规则", "Rule of late fees"), "billing.prices", "billing.prices",
               "yifen.trades.billing.late.ruling:view", "yifen.trades.billing.late.ruling:run"),
    ),
    tasks=(
        *CUSTOMER_TASKS,
        *PREPAID_TASKS,
        Task("billing.make", "yifen.trades.billing.runs.running:make", queue=ASKED, retries=8),
        Task("billing.publish", "yifen.trades.billing.runs.running:publish", queue=ASKED, retries=8),
        Task("billing.book", "yifen.trades.billing.runs.running:book", cron="*/2 * * * *", alone=True),
    ),
    spent=("billing_spent", "billing_sale"),
    moved=("billing_moved_v1",),
    # --- late fees
    fresh=("billing_balance_v1", "billing_refresh_v1"),
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
    # --- fees and prices
    terms={
        **CUSTOMER_TERMS,
        **PREPAID_TERMS,
        "billing_fee": Text("费种", "Fee"), "billing_price": Text("价格版本", "Price version"),
        "billing_limit": Text("阶梯上限", "Limit of a tier"), "billing_part": Text("计价项", "Part of a price"),
        "fee_id": Text("费种", "Fee"), "price_id": Text("价格版本", "Price version"), "unit": Text("单位", "Unit"),
        "metered": Text("按表计量", "Metered"), "cycle": Text("阶梯周期", "Cycle of tiers"),
        "cycle_from": Text("周期起始月", "First month of the cycle"), "by_months": Text("按实际月数", "By months used"),
        "due_days": Text("到期天数", "Days until due"), "whole_yuan": Text("取整到元", "In whole yuan"),
        "class": Text("用户类别", "Class of customers"), "region": Text("地区", "Region"),
        "minimum_fen": Text("保底", "Minimum"), "cap_price": Text("封顶单价", "Cap, a unit of area"),
        "tax_rate": Text("税率", "Tax rate"), "part_no": Text("项号", "Part"), "basis": Text("计价依据", "Basis"),
        "tier": Text("阶梯", "Tier"), "price": Text("单价", "Price"), "months": Text("月份", "Months"),
        "limit_milli": Text("上限（千分之一）", "Limit (thousandths)"),
        "persons_over": Text("超过人数", "Persons above"),
        "add_milli": Text("增加（千分之一）", "Added (thousandths)"), "add_each": Text("每多一人", "For each person"),
    },
    codes=(BillingCode,),
    menu=(
        *CUSTOMER_MENU,
        *PREPAID_MENU,
        MenuEntry("billing", 30, Text("价格", "Prices"), "billing_prices", "tags", "billing.view"),
        MenuEntry("billing", 40, Text("出账", "Bill runs"), "billing_runs", "calculator", "billing.view"),
        MenuEntry("billing", 50, Text("账单", "Bills"), "billing_bills", "receipt", "billing.view"),
        MenuEntry("billing", 60, Text("违约金规则", "Late fee rules"), "billing_late_rules", "file-clock",
                  "billing.view"),
    ),
    urls=(
        *CUSTOMER_URLS,
        *PREPAID_URLS,
        Urls("console/", "yifen.trades.billing.pages.price_urls"),
        Urls("console/", "yifen.trades.billing.pages.run_urls"),
        Urls("console/", "yifen.trades.billing.pages.late_urls"),
    ),
    lists=(
        *CUSTOMER_LISTS,
        *PREPAID_LISTS,
        "yifen.trades.billing.pages.price_lists:BILLING_PRICES",
           "yifen.trades.billing.pages.price_lists:BILLING_FEES",
           "yifen.trades.billing.pages.run_lists:BILL_RUNS", "yifen.trades.billing.pages.run_lists:BILLS"),
    today=(*CUSTOMER_TODAY, *PREPAID_TODAY, "yifen.trades.billing.pages.run_waiting:what_waits",),
    payment_facts=PREPAID_FACTS,
    payer_facts=PREPAID_PAYER_FACTS,
)  # fmt: skip
