"""What official cards 公务卡 bring: cards as their bank tells of them, swipes, claims, what is owed to cards."""

from yifen.core.facts.plug import (
    ChartAccount,
    Grant,
    MenuEntry,
    Plug,
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
from yifen.trades.cards.codes import CardCode

_HERE = "yifen.trades.cards"
HOLDER, CASHIER, HEAD, BUREAU = "card_holder", "unit_cashier", "unit_head", "budget_bureau"  # roles of budget
_SEE = (CASHIER, HEAD, BUREAU, R.AUDITOR)
_NOBODYS = (WORKER, NIGHT)  # what tells of private swipes: no page reads it but by a holder's session

PLUG = Plug(
    name=_HERE,
    builds_on=("yifen.trades.settlement", "yifen.trades.budget"),
    apps=(_HERE,),
    accounts=(
        ChartAccount("card_spending", "5001.{key}", Text("支出", "Spending"), "expense", theirs=True),
        ChartAccount("card_owed", "2307.{key}", Text("应付公务卡", "Owed to cards"), "liability", "credit_covers_debit",
                     theirs=True),
        ChartAccount("card_advanced", "2202.{key}", Text("代理银行垫付", "Advanced by the agent bank"), "liability",
                     "credit_covers_debit", theirs=True),
        ChartAccount("card_lent", "1218.{key}", Text("公务卡借款", "Lent on cards"), "asset", theirs=True),
        ChartAccount("card_back", "1012.{key}", Text("退回待清算", "Returned, not cleared"), "asset", theirs=True),
        ChartAccount("card_prior", "3501.{key}", Text("以前年度盈余调整", "Adjustment of earlier years"), "liability",
                     theirs=True),
    ),
    tables=(
        Table("card_bureau", writes=(), watch=Watch()),
        Table("card_issuer", writes=(), watch=Watch()),
        Table("card_word", adds=(WEB, WORKER), writes=(), reads=(WEB, WORKER), hidden=("body",), sealed=(
            SealedColumn("body", "concat_ws(':', 'card_word', r.bank_id, r.serial)", at_once=5),)),
        Table("card_word_end", writes=()),
        Table("card_word_row", writes=(), watch=Watch(only=("settled_at", "settled_by", "note"))),
        Table("card", writes=(), reads=(WEB, WORKER), hidden=("number", "lookup"), watch=Watch(
            secret=("number", "lookup"), ignored=("told_at",)), sealed=(
            SealedColumn("number", "'card number'", lookup=("lookup", "card lookup")),)),
        Table("card_place", writes=(), watch=Watch()),
        Table("card_event", writes=()),
        Table("card_swipe", writes=(), reads=_NOBODYS),
        Table("card_mark", writes=(), reads=_NOBODYS),
        Table("card_item", writes=()),
        Table("card_exemption", writes=()),
        Table("card_invoice", writes=()),
        Table("card_claim", writes=(), watch=Watch(ignored=("content", "changed_at"))),
        Table("card_claim_line", writes=(), watch=Watch()),
        Table("card_signature", writes=(), watch=Watch(ignored=("content",))),
        Table("card_paper", writes=(), reads=(WEB,), hidden=("body",), sealed=(
            SealedColumn("body", "concat_ws(':', 'card_paper', r.claim_id, encode(r.sha256, 'hex'))", at_once=5),)),
        Table("card_repayment", writes=(), watch=Watch(ignored=("changed_at",))),
        Table("card_entry", writes=()),
    ),
    functions={
        "cards_ask_v1": (WEB,),
        "cards_confirm_v1": (WEB,),
        "cards_day_v1": (WEB, WORKER),
        "cards_issuer_against_v1": (WEB,),
        "cards_issuer_v1": (WEB,),
        "cards_leavers_v1": (WORKER,),
        "cards_level_v1": (WEB,),
        "cards_mark_v1": (WEB,),
        "cards_mine_v1": (WEB,),
        "cards_paper_v1": (WEB,),
        "cards_settle_row_v1": (WEB,),
        "cards_shown_v1": (WEB,),
        "cards_sign_v1": (WEB,),
        "cards_take_v1": (WORKER,),
        "cards_withdraw_v1": (WEB,),
    },
    documents=("card_entry",),
    permissions=(
        Grant("cards.mine", (HOLDER,), "看、标记、报销本人的公务卡消费", "see, mark and claim one's own swipes"),
        Grant("cards.see", (HOLDER, *_SEE), "看本人或所管单位的报账单", "see one's own claims, or those of one's units"),
        Grant("cards.view", _SEE, "看公务卡、公务消费、报账单、还款", "see cards, official swipes, claims and repayments"),
        Grant("cards.check", (CASHIER,), "确认本单位公务卡，审核报账", "confirm a unit's cards, check its claims"),
        Grant("cards.approve", (HEAD,), "审批本单位报账", "approve a unit's claims"),
        Grant("cards.bureau", (BUREAU,), "审批大额报账，处理发卡行报文差异",
              "approve large claims, deal with what a bank said wrongly"),
        Grant("cards.issuers", (BUREAU,), "提出、复核发卡行", "propose and decide on issuing banks"),
    ),
    second=(
        Second("cards.issuer", Text("公务卡发卡行", "Issuing bank"), "cards.issuers", "cards.issuers",
               f"{_HERE}.issuers:view", f"{_HERE}.issuers:run", about="budget_about_v1"),
    ),
    codes=(CardCode,),
    terms={
        "card": Text("公务卡", "Card"), "card_bureau": Text("公务卡科目", "Accounts of cards"),
        "card_issuer": Text("发卡行", "Issuing bank"), "card_place": Text("公务卡登记", "Card in a unit"),
        "card_word_row": Text("发卡行报文的行", "Row of a bank's word"), "card_claim": Text("公务卡报账", "Card claim"),
        "card_claim_line": Text("报账行", "Line of a claim"), "card_signature": Text("报账审批", "Signature of a claim"),
        "card_repayment": Text("公务卡还款", "Repayment of a card"),
        "spending_id": Text("支出科目", "Account of spending"), "owed_id": Text("应付公务卡科目", "Account of what is owed"),
        "advanced_id": Text("垫付科目", "Account of advances"), "lent_id": Text("借款科目", "Account of what is lent"),
        "back_id": Text("退回科目", "Account of what came back"), "prior_id": Text("以前年度科目", "Account of earlier years"),
        "lookup": Text("卡号摘要", "Card number's hash"), "tail": Text("后四位", "Last four digits"),
        "limit_fen": Text("额度", "Limit"), "expires": Text("有效期", "Expires"),
        "continues_id": Text("接续的旧卡", "Continues"), "left_at": Text("离任未结清时间", "Left with open swipes"),
        "place_id": Text("登记号", "Registration"), "card_id": Text("公务卡号", "Card"),
        "unit_id": Text("预算单位", "Unit"), "person_id": Text("人员", "Person"), "claim_id": Text("报账单号", "Claim"),
        "line_no": Text("行", "Line"), "swipe_id": Text("消费号", "Swipe"), "item": Text("目录项目", "Item"),
        "exemption": Text("未刷卡的理由", "Why no card was used"), "indicator_id": Text("指标", "Indicator"),
        "invoice_id": Text("发票", "Invoice"), "of_line": Text("冲借款单的行", "Line of the advance"),
        "hold_id": Text("预留号", "Hold"), "of_id": Text("冲借款单", "Settles"), "due_on": Text("还款期限", "Due on"),
        "voucher_no": Text("支付凭证号", "Voucher"), "returned_fen": Text("已退回", "Returned"),
        "repayment_id": Text("还款号", "Repayment"), "settled_at": Text("处理时间", "Dealt with at"),
        "settled_by": Text("处理人", "Dealt with by"), "year": Text("年度", "Year"),
    },
    urls=(Urls("console/", f"{_HERE}.pages.urls"), Urls("", f"{_HERE}.pages.push_urls")),
    menu=(
        MenuEntry("run", 70, Text("我的公务卡", "My card"), "card_mine", "credit-card", "cards.mine"),
        MenuEntry("run", 71, Text("公务卡报账", "Card claims"), "card_claims", "receipt", "cards.view"),
        MenuEntry("run", 72, Text("公务消费", "Official swipes"), "card_officials", "shopping-bag", "cards.view"),
        MenuEntry("run", 73, Text("公务卡", "Cards"), "card_places", "wallet-cards", "cards.view"),
        MenuEntry("run", 74, Text("发卡行报文差异", "Refused words of banks"), "card_wrongs", "triangle-alert", "cards.bureau"),
    ),
    uploads={"card_claim_new": 6 << 20, "card_cash_new": 6 << 20},
    lists=tuple(f"{_HERE}.pages.listing:{name}" for name in ("OFFICIALS", "CLAIMS", "PLACES_LIST", "WRONGS_LIST")),
    today=(f"{_HERE}.pages.waiting:what_waits",),
    tasks=(
        Task("cards.words", f"{_HERE}.jobs:run", cron="* * * * * */5", alone=True),
        Task("cards.leavers", f"{_HERE}.jobs:leavers", cron="7 * * * *", alone=True),
    ),
    verify=(f"{_HERE}.proof:altered",),
)  # fmt: skip
