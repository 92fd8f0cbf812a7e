"""What collection orders 托收 bring: contracts of large users, demands, the payer's days and answers, payment by the
core."""

from yifen.core.facts.plug import (
    Ends,
    Grant,
    MenuEntry,
    MessageField,
    MessageKind,
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
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.collection.codes import CollectionCode

_HERE, _ABOUT = "yifen.trades.collection", "collection_about_v1"
_SEE = (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.BILLER_STAFF, R.AUDITOR)
_BANK = (R.SUPERVISOR, R.FINANCE)
_CONTRACT = "r.biller_id || ':' || r.number"

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.agency", "yifen.trades.settlement"),
    apps=(_HERE,),
    tables=(
        Table("collection_kind", writes=(), watch=Watch()),
        Table(
            "collection_paper",
            writes=(),
            reads=(WEB,),
            hidden=("body",),
            sealed=(
                SealedColumn(
                    "body", "concat_ws(':', 'collection_paper', r.biller_id, encode(r.sha256, 'hex'))", at_once=5
                ),
            ),
        ),
        Table(
            "collection_contract",
            writes=(),
            watch=Watch(secret=("account_sealed", "account_lookup", "to_sealed")),
            sealed=(
                SealedColumn(
                    "account_sealed",
                    f"'collection_contract:' || {_CONTRACT}",
                    ("account_lookup", "core account lookup"),
                ),
                SealedColumn("to_sealed", f"'collection_to:' || {_CONTRACT}"),
            ),
        ),
        Table("collection_number", writes=()),
        Table("collection_order", writes=()),
        Table("collection_line", writes=()),
        Table("collection_word", writes=()),
    ),
    functions={
        "collection_booked_v1": (WORKER,),
        "collection_by_link_v1": (WEB,),
        "collection_by_paper_v1": (WEB,),
        "collection_contract_v1": (WEB,),
        "collection_due_v1": (WORKER,),
        "collection_end_v1": (WEB,),
        "collection_follow_v1": (WORKER,),
        "collection_in_force_v1": (WEB,),
        "collection_kind_v1": (WEB,),
        "collection_order_v1": (WEB,),
        "collection_paper_v1": (WEB,),
        "collection_pay_v1": (WORKER,),
        "collection_place_v1": (WEB,),
        "collection_rule_v1": (WEB,),
        "collection_telling_v1": (WORKER,),
        "collection_told_by_hand_v1": (WEB,),
        "collection_told_v1": (WORKER,),
        "collection_withdraw_v1": (WEB,),
    },
    moves=("collection_moves_v1",),
    permissions=(
        Grant("collection.view", _SEE, "看托收", "see collection orders"),
        Grant(
            "collection.demand",
            (R.FINANCE, R.BILLER_STAFF),
            "发起、撤回托收",
            "make collection orders, withdraw them",
        ),
        Grant(
            "collection.bank",
            _BANK,
            "受理托收；登记合同、送达和付款人的答复（两人）",
            "take collection orders in; contracts, delivery, the payer's answers, by two people",
        ),
        Grant(
            "collection.kinds",
            (R.PLATFORM_ADMIN,),
            "提出、复核托收种类的规则",
            "propose and decide on rules of kinds of collection",
        ),
    ),
    second=(
        Second(
            "collection.kind",
            Text("托收种类规则", "Rule of a kind of collection"),
            "collection.kinds",
            "collection.kinds",
            f"{_HERE}.contracts:view_kind",
            f"{_HERE}.contracts:run_kind",
            about="access_about_all_v1",
        ),
        Second(
            "collection.contract",
            Text("托收合同", "Collection contract"),
            "collection.bank",
            "collection.bank",
            f"{_HERE}.contracts:view",
            f"{_HERE}.contracts:run",
            about=_ABOUT,
            named=f"{_HERE}.contracts:named",
        ),
        Second(
            "collection.end",
            Text("终止托收合同", "Collection contract ended"),
            "collection.bank",
            "collection.bank",
            f"{_HERE}.contracts:view_end",
            f"{_HERE}.contracts:run_end",
            ends=(
                Ends(
                    "collection_contract",
                    "update",
                    "OLD.ended_on IS NULL AND NEW.ended_on IS NOT NULL",
                    "biller_id || ':' || number",
                    Text("合同已终止", "The contract is over"),
                ),
            ),
            about=_ABOUT,
            named=f"{_HERE}.contracts:named",
        ),
        Second(
            "collection.order",
            Text("托收", "Collection order"),
            "collection.demand",
            "collection.bank",
            f"{_HERE}.orders:view",
            f"{_HERE}.orders:run",
            about=_ABOUT,
            named=f"{_HERE}.orders:named",
        ),
        Second(
            "collection.answer",
            Text("付款人的书面答复", "Payer's answer on paper"),
            "collection.bank",
            "collection.bank",
            f"{_HERE}.orders:view_answer",
            f"{_HERE}.orders:run_answer",
            ends=(
                Ends(
                    "collection_order",
                    "update",
                    "OLD.state = 'told' AND NEW.state <> 'told'",
                    "serial",
                    Text("托收已付款或已退回", "It was paid, or returned"),
                    "changed_at",
                ),
            ),
            about=_ABOUT,
        ),
    ),
    codes=(CollectionCode,),
    terms={
        "collection_kind": Text("托收种类", "Kind of collection"),
        "collection_contract": Text("托收合同", "Collection contract"),
        "days": Text("答复工作日", "Working days to answer"),
        "silence": Text("不答复视同同意", "Silence agrees"),
        "part": Text("可部分", "In part"),
        "contract": Text("托收合同", "Collection contract"),
        "contract_id": Text("合同编号", "Contract's number here"),
        "account_shown": Text("付款账号", "Account to pay from"),
        "medium": Text("通知方式", "Told by"),
        "to_sealed": Text("通知地址", "Address"),
        "paper": Text("签章件", "Signed paper"),
        "ended_on": Text("终止日", "Ended on"),
        "places": Text("拒付的账单", "Bills refused"),
        "bank_account": Text("付款账号", "Account to pay from"),
        "account_sealed": Text("付款账号（加密）", "Account to pay from, sealed"),
        "account_lookup": Text("付款账号（检索值）", "Account to pay from, hashed"),
    },
    messages=(
        MessageKind(
            "collection_notice",
            Text("托收付款通知", "Notice of a collection order"),
            (
                MessageField("biller", Text("收款人", "biller"), Text("云川供电", "Yunchuan Power")),
                MessageField(
                    "number", Text("托收编号", "number of the order"), Text("TS2026-000012", "TS2026-000012")
                ),
                MessageField("amount", Text("金额，元", "amount, in yuan"), Text("128640.00", "128640.00")),
                MessageField("days", Text("答复工作日", "working days to answer"), Text("3", "3")),
                MessageField(
                    "url",
                    Text("查看、答复的链接", "link to see and answer it"),
                    Text("https://pay.example.cn/collect/1a-0f3c/", "https://pay.example.cn/collect/1a-0f3c/"),
                ),
            ),
            {
                "sms": (
                    Text("", ""),
                    Text(
                        "【一分】{biller}托收{number}，{amount}元。次日起{days}个工作日内可拒付，逾期视同同意：{url}",
                        "[Yifen] {biller} collects {amount} yuan, {number}. Refuse within {days} working days: {url}",
                    ),
                ),
                "mail": (
                    Text("托收付款通知 {number}", "Notice of collection order {number}"),
                    Text(
                        "{biller}委托银行向贵单位收取{amount}元，托收编号{number}。\n\n自收到本通知次日起{days}个工作日内可以付款或拒付；"
                        "未答复的，按托收种类视同同意付款或退回收款人。\n\n{url}",
                        "{biller} collects {amount} yuan from your account, order {number}.\n\nYou may agree or refuse "
                        "within {days} working days from the day after this notice; without an answer it is paid or "
                        "returned, as its kind says.\n\n{url}",
                    ),
                ),
            },
            needs=("amount", "url"),
        ),
    ),
    menu=(
        MenuEntry("run", 36, Text("托收", "Collection orders"), "collection_orders", "file-input", "collection.view"),
        MenuEntry(
            "run",
            37,
            Text("托收合同", "Collection contracts"),
            "collection_contracts",
            "file-pen-line",
            "collection.view",
        ),
    ),
    urls=(Urls("console/", f"{_HERE}.pages.urls"), Urls("", f"{_HERE}.pages.payer_urls")),
    uploads={"collection_contract_new": 9 << 20, "collection_answer": 9 << 20},
    lists=(f"{_HERE}.pages.listing:ORDERS", f"{_HERE}.pages.listing:CONTRACTS"),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    tasks=(Task("collection.settle", f"{_HERE}.jobs:run", cron="* * * * * */5", alone=True),),
    sample=(f"{_HERE}.sample:prepare",),
    verify=(f"{_HERE}.proof:altered",),
    proves=(Proves("collection_order", Text("托收凭证", "collection orders"), "taken_fen", "state = 'booked'"),),
)
