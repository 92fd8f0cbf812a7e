"""What each column of the views of official cards' figures means, for docs/reference/figures.md."""

from yifen.core.facts.plug import Text
from yifen.trades.figures.kinds import FigureView

_OF = (
    ("bureau_id", "", Text("财政部门编号", "the bureau's number")),
    ("bureau", "", Text("财政部门代码和名称", "the bureau's code and name")),
    ("unit_id", "", Text("预算单位编号", "the budget unit's number")),
    ("unit", "", Text("预算单位代码和名称", "the budget unit's code and name")),
    ("person_id", "", Text("持卡人编号", "the card holder's number")),
    ("card_id", "", Text("公务卡编号", "the card's number here, not that of its bank")),
)
_CLAIM = (
    ("claim_id", "", Text("报账单号", "the claim's number")),
    ("line_no", "", Text("报账单的行", "its line")),
    (
        "way",
        "",
        Text(
            "claim 报账，cash 现金上卡，advance 借款，settle 冲借款",
            "claim, cash to card, advance, settle",
        ),
    ),
)
_BUDGET = (
    ("indicator_id", "", Text("指标编号", "the indicator's number")),
    ("func_code", "", Text("支出功能分类", "functional class")),
    ("gov_code", "", Text("政府支出经济分类", "the government's economic class")),
    (
        "dep_code",
        "",
        Text("部门支出经济分类；空：不限", "the department's economic class; empty: any"),
    ),
    ("project", "", Text("项目；空：基本支出", "project; empty: basic spending")),
    ("fund_code", "", Text("资金性质", "kind of fund")),
    ("year", "", Text("预算年度", "the budget's year")),
    ("item", "", Text("强制结算目录项目代码", "code of the item in the mandatory catalogue")),
    ("item_name", "", Text("目录项目代码和名称", "the item's code and name")),
    (
        "exemption",
        "",
        Text("未刷卡理由的代码；空：刷卡", "code of why no card was used; empty: one was"),
    ),
    ("exemption_name", "", Text("未刷卡的理由", "why no card was used")),
    (
        "mcc",
        "",
        Text("商户类别码；空：没有公务消费", "the merchant's class; empty: of no official swipe"),
    ),
)
_DAY = Text("会计日期", "business day")

VIEWS = (
    FigureView(
        "figure_swipe",
        Text(
            "每笔公务消费一行，商户每次退货一行", "an official swipe; what its merchant gave back"
        ),
        (
            ("swipe_id", "", Text("消费号", "the swipe's number")),
            ("kind", "", Text("swipe 消费，refund 退货", "swipe or refund")),
            *_OF,
            ("mcc", "", Text("商户类别码", "the merchant's class")),
            ("currency", "", Text("币种", "currency of the swipe")),
            ("day", "day", Text("银行入账日", "the bank's day")),
            ("swiped_fen", "fen", Text("消费", "swiped")),
            ("refunded_fen", "fen", Text("退货", "given back")),
            ("net_fen", "fen", Text("消费减退货", "swiped less given back")),
            ("claimed_fen", "fen", Text("现在已报", "claimed now")),
            (
                "left_fen",
                "fen",
                Text("现在未报；负：已报多于消费", "not claimed now; below zero: claimed too much"),
            ),
            ("row_id", "", Text("行号", "the row's number")),
        ),
    ),
    FigureView(
        "figure_spending",
        Text("报账的每笔记账一行", "a posting of a claim's line"),
        (
            ("document_id", "", Text("记账凭证号", "its document")),
            (
                "kind",
                "",
                Text(
                    "claimed、settled 支出，lent 借款，repaid 还款，returned 退回，_cleared 清算后，_prior 以前年度",
                    "claimed, settled: spent; lent; repaid; returned, _cleared: behind it, _prior: of earlier years",
                ),
            ),
            ("day", "day", _DAY),
            *_CLAIM,
            *_OF,
            *_BUDGET,
            ("amount_fen", "fen", Text("金额", "amount")),
            ("spent_fen", "fen", Text("支出", "spent")),
            ("lent_fen", "fen", Text("借款", "lent")),
            ("repaid_fen", "fen", Text("还款", "repaid to the card")),
            ("returned_fen", "fen", Text("当年退回", "returned in its own year")),
            ("prior_fen", "fen", Text("以前年度退回", "returned, of an earlier year")),
            (
                "used_fen",
                "fen",
                Text("动用额度：还款减当年退回", "quota used: repaid less returned"),
            ),
        ),
    ),
    FigureView(
        "figure_claim",
        Text("报账单的每行一行", "a line of a claim that was asked for"),
        (
            *_CLAIM,
            (
                "state",
                "",
                Text(
                    "asked 审批中，approved，refused，withdrawn",
                    "asked, approved, refused, withdrawn",
                ),
            ),
            ("day", "day", Text("提交日", "day of asking")),
            *_OF,
            *_BUDGET,
            ("amount_fen", "fen", Text("金额", "amount")),
        ),
    ),
    FigureView(
        "figure_due",
        Text("应还到卡的每笔一行", "what is owed to a card"),
        (
            ("repayment_id", "", Text("还款号", "its number")),
            (
                "state",
                "",
                Text(
                    "due 应还，vouched 已开凭证，paid 已还，returned 已退回",
                    "due, vouched, paid, returned",
                ),
            ),
            ("day", "day", Text("还款期限", "until when it is to be repaid")),
            ("paid_on", "day", Text("还款日；空：未还", "when it was; empty: it was not")),
            *_CLAIM,
            *_OF,
            *_BUDGET,
            ("amount_fen", "fen", Text("应还", "to be repaid")),
            ("open_fen", "fen", Text("未还", "not repaid")),
            ("late_fen", "fen", Text("逾期才还", "repaid late")),
        ),
    ),
    FigureView(
        "figure_late",
        Text(
            "逾期的公务消费每部分一行：逾期才还，或至今未还",
            "what of an official swipe was repaid late, or is not repaid yet",
        ),
        (
            ("row_id", "", Text("行号", "the row's number")),
            ("hit_id", "", Text("监控命中号", "the hit's number")),
            ("day", "day", Text("最后还款日", "its last day")),
            *_CLAIM[:2],
            *_OF,
            ("mcc", "", Text("商户类别码", "the merchant's class")),
            (
                "late_by",
                "",
                Text("holder 持卡人，signer 审批人，cashier 单位经办，bank 代理银行", "holder, signer, cashier, bank"),
            ),
            ("paid_on", "day", Text("还款日；空：未还", "when it was repaid; empty: it was not")),
            ("rate_ppm", "", Text("逾期日息，百万分之", "interest a day, of a million")),
            ("amount_fen", "fen", Text("金额", "amount")),
        ),
    ),
    FigureView(
        "figure_clearing",
        Text("代理银行付了的每笔一行", "a line that the agent bank paid"),
        (
            ("voucher_id", "", Text("支付凭证编号", "the voucher's number here")),
            ("voucher_line", "", Text("凭证的行", "its line")),
            ("voucher_no", "", Text("支付凭证号", "the voucher's number")),
            ("day", "day", Text("付款日", "the day of payment")),
            *_CLAIM,
            *_OF,
            *_BUDGET,
            ("paid_fen", "fen", Text("已付", "paid")),
            (
                "cleared_fen",
                "fen",
                Text("已清算，清算前退回的不计", "cleared, less what came back before"),
            ),
            (
                "uncleared_fen",
                "fen",
                Text("未清算，已退回的不计", "not cleared, less what came back"),
            ),
            (
                "refunding_fen",
                "fen",
                Text("清算后退回、银行未退库", "returned behind its clearing, not refunded yet"),
            ),
        ),
    ),
)
