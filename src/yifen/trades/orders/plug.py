"""What orders bring: the payer's pages."""

from yifen.core.facts.plug import (
    Grant,
    MenuEntry,
    MessageField,
    MessageKind,
    NightStep,
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
from yifen.core.facts.processes import NIGHT, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.orders.codes import OrderCode

_PHONE = SealedColumn("phone_sealed", "'holder_phone'", lookup=("lookup", "phone lookup"))

PLUG = Plug(
    name="yifen.trades.orders",
    apps=("yifen.trades.orders",),
    terms={
        "spread": Text("分配", "Spread over bills"),
        "pay_method": Text("缴费方式", "Pay method"),
        "sealed": Text("密钥", "Keys"),
        "base_address": Text("地址", "Address"),
        "enabled": Text("启用", "Enabled"),
    },
    tables=(
        Table("checkout_binding"),
        Table("checkout_holder", sealed=(_PHONE, SealedColumn(
            "person_sealed", "'holder_person'", when="r.person_sealed <> ''"))),
        Table(
            "checkout_order", writes=(WEB, WORKER), keep_rows=True,
            keep=("account_no", "amount_fen", "biller_id", "browser", "channel_id", "created_at", "lines", "method",
                  "order_no", "quote"),
        ),
        Table("checkout_phone_check", writes=(WEB, WORKER), sealed=(_PHONE,)),
        Table("checkout_rate", writes=(WEB, WORKER)),
        Table(
            "checkout_part", writes=(), changes=(WEB, WORKER), keep_rows=True,
            keep=("amount_fen", "due_at", "order_no", "payment_id", "refund_no", "serial"),
        ),
        Table("checkout_simulated_refund", writes=(WEB, WORKER)),
        Table("checkout_simulated_trade", writes=(WEB, WORKER)),
        Table("checkout_answer", writes=(), adds=(WEB, WORKER),
              sealed=(SealedColumn("sealed", "'checkout_answer:' || r.order_no", when="r.sealed <> ''"),)),
        Table("checkout_answer_proved", writes=(), adds=(NIGHT,)),
        Table(
            "pay_method", writes=(), reads=(WEB, WORKER, NIGHT), hidden=("sealed",), watch=Watch(secret=("sealed",)),
            sealed=(SealedColumn("sealed", "'pay_method:' || r.code"),),
        ),
    ),
    functions={"checkout_answered_v1": (WEB, WORKER), "checkout_charge_v1": (WEB, WORKER),
               "checkout_method_v1": (WEB,)},
    permissions=(
        Grant("methods.edit", (R.PLATFORM_ADMIN,),
              "看支付方式；提出、复核其密钥和启用", "see pay methods; propose and decide on their keys and use"),
    ),
    second=(
        Second("orders.method", Text("支付方式", "Pay method"), "methods.edit", "methods.edit",
               "yifen.trades.orders.methods.changing:view", "yifen.trades.orders.methods.changing:run",
               page="pay_method", about="access_about_all_v1"),
    ),
    messages=(
        MessageKind(
            "phone_check", Text("手机验证码", "Code that checks a phone"),
            (MessageField("code", Text("六位数字", "six digits"), Text("482913", "482913")),),
            {"sms": (Text("", ""), Text("【一分】验证码 {code}，5 分钟内有效。请勿告诉他人。",
                                        "[Yifen] Your code is {code}, valid for 5 minutes. Tell it to nobody."))},
            needs=("code",),
        ),
    ),
    bound="yifen.trades.orders.bound:BOUND",
    menu=(
        MenuEntry("partners", 30, Text("支付方式", "Pay methods"), "pay_methods", "wallet", "methods.edit"),
    ),
    codes=(OrderCode,),
    payment_facts=("yifen.trades.orders.pages.payment:facts",),
    search=("yifen.trades.orders.pages.searching:found",),
    proves=(
        Proves("checkout_order", Text("订单", "orders"), "received_fen"),
        Proves("checkout_answer", Text("支付应答", "answers read again")),
    ),
    verify=("yifen.trades.orders.proof:altered",),
    urls=(Urls("", "yifen.trades.orders.pages.urls"), Urls("console/", "yifen.trades.orders.pages.console_urls")),
    night=(NightStep("answers", "files", "yifen.trades.orders.night:read_answers",
                     Text("核验支付应答", "read pay methods' answers")),),
    tasks=(Task("orders.settle", "yifen.trades.orders.jobs:run", cron="* * * * * */2", alone=True),),
)
