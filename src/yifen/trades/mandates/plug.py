"""What mandates 代扣签约 bring: agreements by which an account pays a biller's bills, and single debits by them."""

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
from yifen.trades.mandates.codes import MandateCode

_HERE = "yifen.trades.mandates"
_MANDATE = "'mandate:' || r.number"
_SEE = (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.TELLER, R.BILLER_STAFF, R.AUDITOR)
_ASKERS = (WEB, WORKER)

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.counter", "yifen.trades.settlement"),
    apps=(_HERE,),
    tables=(
        Table("mandate_rule", writes=(), watch=Watch()),
        Table("mandate", writes=(), watch=Watch(secret=(
            "account_sealed", "holder_sealed", "phone_sealed", "account_lookup", "phone_lookup", "stop_hash")), sealed=(
            SealedColumn("account_sealed", _MANDATE, lookup=("account_lookup", "core account lookup")),
            SealedColumn("holder_sealed", _MANDATE),
            SealedColumn("phone_sealed", _MANDATE, lookup=("phone_lookup", "mandate phone lookup"),
                         when="r.phone_sealed <> ''"))),
        Table("mandate_check", writes=(), sealed=(SealedColumn("sealed", "'mandate_check:' || r.number"),)),
        Table("mandate_event", writes=()),
        Table("mandate_paper", writes=(), reads=(WEB,), hidden=("body",), watch=Watch(ignored=("body",)), sealed=(
            SealedColumn("body", "'mandate_paper:' || encode(r.sha256, 'hex')", at_once=5),)),
        Table("mandate_use", writes=()),
        Table("mandate_word", writes=(), sealed=(
            SealedColumn("body", "concat_ws(':', 'mandate_word', r.partner_id, r.serial)"),)),
        Table("mandate_word_end", writes=()),
        Table("mandate_single", writes=()),
        Table("mandate_back", writes=()),
    ),
    functions={
        "mandates_agreed_v1": (WEB,),
        "mandates_ask_of_v1": (WORKER,),
        "mandates_ask_v1": (WEB,),
        "mandates_back_follow_v1": _ASKERS,
        "mandates_cancel_of_v1": (WORKER,),
        "mandates_channel_v1": _ASKERS,
        "mandates_confirm_v1": (WORKER,),
        "mandates_day_v1": _ASKERS,
        "mandates_ends_v1": (WEB,),
        "mandates_for_v1": _ASKERS,
        "mandates_left_v1": _ASKERS,
        "mandates_noticed_v1": (WORKER,),
        "mandates_paper_v1": (WEB,),
        "mandates_rule_v1": (WEB,),
        "mandates_sign_v1": (WEB,),
        "mandates_single_asked_v1": (WORKER,),
        "mandates_single_due_v1": (WORKER,),
        "mandates_single_follow_v1": _ASKERS,
        "mandates_single_said_v1": (WEB, WORKER),
        "mandates_single_tapped_v1": (WEB,),
        "mandates_speaks_v1": (WEB, WORKER),
        "mandates_stop_v1": (WEB,),
        "mandates_word_end_v1": (WORKER,),
        "mandates_word_untaken_v1": (WORKER,),
        "mandates_word_v1": (WEB,),
    },
    moves=("mandates_moves_v1",),
    gives=("mandates_gives_v1",),
    permissions=(
        Grant("mandates.view", _SEE, "看代扣签约和单笔扣款", "see mandates and single debits"),
        Grant("mandates.papers", (R.TELLER, R.SUPERVISOR), "看、补签约扫描件",
              "see scanned papers of mandates, and add them"),
        Grant("mandates.rules", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.BILLER_STAFF),
              "提出、复核收费单位的代扣规定", "propose and decide on billers' rules of mandates"),
    ),
    second=(
        Second("mandates.sign", Text("代扣签约（4621）", "Mandate (4621)"), "desk.work", "desk.authorise",
               f"{_HERE}.signing:view", f"{_HERE}.signing:run", page="mandate", about="mandates_about_v1", ends=(
                   Ends("mandate", "update", "OLD.ended_on IS NULL AND NEW.ended_on IS NOT NULL", "number",
                        Text("此签约已终止", "The mandate has ended"), "changed_at"),)),
        Second("mandates.rule", Text("代扣规定", "Rule of mandates"), "mandates.rules", "mandates.rules",
               f"{_HERE}.rule:view", f"{_HERE}.rule:run", about="mandates_about_v1",
               named="yifen.core.partners.naming:of_id"),
    ),
    codes=(MandateCode,),
    terms={
        "mandate": Text("代扣签约", "Mandate"), "mandate_rule": Text("代扣规定", "Rule of mandates"),
        "mandate_paper": Text("签约扫描件", "Scanned paper"), "customer": Text("户号", "Account number"),
        "mandate_id": Text("签约号", "Mandate"),
        "account_sealed": Text("扣款账号（密文）", "Account debited, sealed"),
        "account_lookup": Text("扣款账号（索引）", "Account debited, looked up"),
        "account_shown": Text("扣款账号", "Account debited"), "holder_sealed": Text("户主（密文）", "Holder, sealed"),
        "holder_shown": Text("户名", "Holder"), "phone_sealed": Text("手机（密文）", "Phone, sealed"),
        "phone_lookup": Text("手机（索引）", "Phone, looked up"),
        "once_fen": Text("单笔限额（分）", "Limit of a debit (fen)"),
        "month_fen": Text("当月限额（分）", "Limit of a month (fen)"), "batch": Text("批量代扣", "Batch debit"),
        "no_feel": Text("免密支付", "No-feel payment"), "one_tap": Text("一键支付", "One-tap payment"),
        "rank": Text("扣款顺序", "Order"), "from_on": Text("生效日", "From"), "until_on": Text("截止日", "Until"),
        "end_why": Text("终止原因", "Why it ended"), "replaces_id": Text("替代的签约", "It replaces"),
        "source": Text("签约途径", "Signed by way of"), "asked_by": Text("申请方", "Asked for by"),
        "confirmed_at": Text("确认时间", "Confirmed at"),
        "stop_hash": Text("付款人密钥（摘要）", "Payer's key, its digest"),
        "paper_id": Text("扫描件号", "Paper"), "what": Text("内容", "What it is"),
        "start_days": Text("生效工作日", "Working days to the first day"),
        "end_days": Text("终止工作日", "Working days to the last day"),
        "once_most_fen": Text("免密单笔最高（分）", "Most of a no-feel debit (fen)"),
        "month_most_fen": Text("当月最高（分）", "Most of a month (fen)"),
    },
    messages=(
        MessageKind("mandate_debited", Text("代扣通知", "Notice of a debit"), (
            MessageField("biller", Text("收费单位", "biller"), Text("云川供热", "Yunchuan Heating")),
            MessageField("account", Text("户号，只留后四位", "account number, its last four"),
                         Text("******0007", "******0007")),
            MessageField("bank", Text("扣款账号后四位", "last four of the account debited"), Text("0123", "0123")),
            MessageField("amount", Text("金额，元", "amount in yuan"), Text("86.40", "86.40")),
            MessageField("stop_url", Text("停用链接", "link to stop"), Text("https://pay.example.cn/mandates/stop/",
                                                                        "https://pay.example.cn/mandates/stop/")),
        ), {"sms": (Text("", ""), Text(
            "【一分】您尾号{bank}的账户已为{biller}户号{account}扣款{amount}元。停用代扣：{stop_url}",
            "[Yifen] {amount} yuan debited from your account {bank} for {biller}, {account}. Stop it: {stop_url}"))},
            needs=("amount", "stop_url")),
    ),
    menu=(
        MenuEntry("run", 33, Text("代扣签约", "Mandates"), "mandates", "file-pen-line", "mandates.view"),
        MenuEntry("run", 34, Text("单笔扣款", "Single debits"), "mandate_singles", "mouse-pointer-click",
                  "mandates.view"),
    ),
    urls=(Urls("console/", f"{_HERE}.pages.urls"), Urls("", f"{_HERE}.pages.open_urls")),
    uploads={"mandate_paper_add": 5 << 20},
    lists=(f"{_HERE}.pages.listing:MANDATES", f"{_HERE}.pages.listing:SINGLES"),
    transactions=(f"{_HERE}.pages.transactions:TRANSACTIONS",),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    payment_facts=(f"{_HERE}.pages.payment:facts",),
    tasks=(Task("mandates.run", f"{_HERE}.jobs:run", cron="* * * * * */2", alone=True),),
    verify=(f"{_HERE}.proof:altered",),
    proves=(Proves("mandate", Text("代扣签约", "mandates")),
            Proves("mandate_single", Text("单笔代扣", "single debits"), "amount_fen", "state = 'booked'")),
)  # fmt: skip
