"""What utility billing brings: customers, meters, prices, runs of bills, late fees."""

from yifen.core.facts.plug import Grant, Plug, Table
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

PLUG = Plug(
    name="yifen.trades.billing",
    apps=("yifen.trades.billing",),
    tables=(*CUSTOMER_TABLES, *(
        Table(name, writes=())
        for name in (
            "billing_biller", "billing_fee", "billing_late_rule", "billing_price", "billing_limit", "billing_part",
            "billing_used", "billing_run", "billing_piece", "billing_bill",
            "billing_line", "billing_published", "billing_spent", "billing_counter",
        )
    )),
    functions={**CUSTOMER_FUNCTIONS},
    permissions=(
        Grant("billing.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
              "看用户、抄表、价格、出账", "see customers, readings, prices, bill runs"),
        Grant("billing.customers", (R.FINANCE, R.BILLER_STAFF),
              "维护用户、表计、抄表，提出、复核用户导入和过户", "keep customers, meters and readings; propose and decide on "
              "imports and changes of holder"),
        Grant("billing.prices", (R.INSTITUTION_ADMIN, R.BILLER_STAFF),
              "提出、复核费种、价格、违约金规则", "propose and decide on fees, prices and late fees"),
        Grant("billing.run", (R.FINANCE, R.BILLER_STAFF),
              "出账，提出、复核发布、更正、减免", "make bills; propose and decide on publishing, corrections and waivers"),
    ),
    codes=(BillingCode,),
    second=(*CUSTOMER_ACTS,),
    terms={**CUSTOMER_TERMS},
    tasks=(*CUSTOMER_TASKS,),
    menu=(*CUSTOMER_MENU,),
    urls=(*CUSTOMER_URLS,),
    lists=(*CUSTOMER_LISTS,),
    today=(*CUSTOMER_TODAY,),
)  # fmt: skip
