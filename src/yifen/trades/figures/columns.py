"""What each column of the views figure_* means, for docs/reference/figures.md; a test holds it to the views."""

from yifen.core.facts.plug import Text
from yifen.trades.figures import spending_columns
from yifen.trades.figures.kinds import FigureView

_WHOSE = (
    ("biller_id", "", Text("收费单位编号", "the company's number")),
    ("biller", "", Text("收费单位代码和名称", "the company's code and name")),
)
_FEE = (
    ("fee_id", "", Text("费种编号", "the fee's number")),
    ("fee", "", Text("费种名称", "the fee's name")),
    ("class", "", Text("用户类别", "class of customers")),
    ("region", "", Text("价格地区", "region of the price")),
    (
        "community",
        "",
        Text(
            "小区；空：未登记，或用户就在这一级",
            "community; empty: none is kept, or the customer is the place",
        ),
    ),
    ("building", "", Text("小区和楼栋；空：同上", "community and building; empty: as above")),
)
_CHANNEL = (
    ("channel_id", "", Text("渠道编号", "the channel's number")),
    ("channel", "", Text("渠道代码和名称", "the channel's code and name")),
)
_BANK = (
    ("institution_id", "", Text("机构（银行）编号", "the institution's (bank's) number")),
    ("institution", "", Text("机构（银行）代码和名称", "the institution's code and name")),
)
_USER = (
    "user_id",
    "",
    Text(
        "柜员或收费员的用户编号；空：不是柜面",
        "user number of the teller or collector; empty: no desk",
    ),
)
_SPAN = (
    ("from_on", "day", Text("账期第一天", "first day of the bill's period")),
    ("to_on", "day", Text("账期最后一天", "its last day")),
)

VIEWS = (
    FigureView(
        "figure_bill",
        Text(
            "每张已发布的账单、更正、撤销一行，每笔售电一行",
            "a published bill, correction or cancellation; a sale of a prepaid service",
        ),
        (
            ("bill_id", "", Text("账单号；售电为售电号", "the bill's number; of a sale its own")),
            (
                "kind",
                "",
                Text(
                    "period、single 账单，correction 更正，cancel 撤销，sale 售电",
                    "period or single: a bill; correction, cancel, sale",
                ),
            ),
            *_WHOSE,
            *_FEE,
            (
                "price_id",
                "",
                Text(
                    "价格版本编号，跨价时为后者", "number of the price version, of several the last"
                ),
            ),
            ("price", "", Text("价格版本名称和起日", "its name and first day")),
            *_SPAN,
            ("billed_on", "day", Text("发布的会计日期", "business day of publishing")),
            ("due_on", "day", Text("到期日", "when it is due")),
            (
                "due_month",
                "day",
                Text("到期月的第一天", "first day of the month in which it is due"),
            ),
            ("corrects_id", "", Text("更正、撤销的账单号", "which bill it corrects or cancels")),
            ("cancelled", "", Text("是否已被撤销", "whether it was cancelled")),
            (
                "billed_fen",
                "fen",
                Text(
                    "应收本金；更正退减、撤销为负",
                    "what it asks for; below zero: what it gives back",
                ),
            ),
            (
                "corrected_fen",
                "fen",
                Text("其中更正和撤销", "of that, corrections and cancellations"),
            ),
            (
                "late_fen",
                "fen",
                Text("已告知的违约金，减免后", "late fee told so far, waivers taken off"),
            ),
            (
                "paid_fen",
                "fen",
                Text("经渠道已缴，退款后", "paid by channels, less what was given back"),
            ),
            (
                "spent_fen",
                "fen",
                Text("预存款抵扣；退入预存为负", "paid by a balance; below zero: given to it"),
            ),
            ("written_off_fen", "fen", Text("核销", "written off")),
            ("owing_fen", "fen", Text("尚欠", "still owing")),
        ),
    ),
    FigureView(
        "figure_payment",
        Text(
            "缴费在每张账单、预存款或非本系统出账的款项上一行，退回另一行",
            "what a payment paid on a bill, a balance or what was billed elsewhere; what was given back is a row apart",
        ),
        (
            ("movement_id", "", Text("入账流水号", "number of the movement")),
            ("payment_id", "", Text("缴费编号", "the payment's number")),
            ("bill_id", "", Text("账单号；空：不是本系统账单", "the bill's number; empty: no bill of ours")),
            ("day", "day", Text("会计日期", "business day")),
            (
                "hour",
                "",
                Text(
                    "缴费入账的小时，当地时间", "hour in which the payment was booked, local time"
                ),
            ),
            *_WHOSE,
            *_FEE,
            *_SPAN,
            *_CHANNEL,
            (
                "channel_kind",
                "",
                Text(
                    "partner 接入渠道，counter 柜面，payer 缴费页面",
                    "partner, counter or payer pages",
                ),
            ),
            *_BANK,
            _USER,
            (
                "method",
                "",
                Text(
                    "支付方式，若已知：cash、personal、wechat…",
                    "pay method, if known: cash, personal, wechat…",
                ),
            ),
            ("on_balance", "", Text("是否缴在预存款上", "whether it was paid on a balance")),
            ("amount_fen", "fen", Text("收", "taken")),
            ("returned_fen", "fen", Text("退", "given back")),
            ("net_fen", "fen", Text("收减退", "taken less given back")),
            (
                "billed_here",
                "",
                Text(
                    "是否在本系统出账；预存款算是",
                    "whether it was billed here, as a balance is; not: imported, or billed elsewhere",
                ),
            ),
        ),
    ),
    FigureView(
        "figure_shift",
        Text("每个班次一行", "a shift of a desk"),
        (
            ("shift_id", "", Text("班次编号", "the shift's number")),
            *_BANK,
            *_CHANNEL,
            _USER,
            ("day", "day", Text("会计日期", "business day")),
            ("opened_at", "time", Text("开班时间", "when it was opened")),
            (
                "closed_at",
                "time",
                Text("轧账时间；空：未轧账", "when it was balanced; empty: it is open"),
            ),
            ("is_open", "", Text("是否未轧账", "whether it is open")),
            ("is_late", "", Text("是否逾日未轧账", "whether it is open though its day is over")),
            ("opening_fen", "fen", Text("开班备用金", "cash at the opening")),
            ("cash_fen", "fen", Text("现金收减退", "cash taken less given back")),
            ("other_fen", "fen", Text("非现金收减退", "the same of what is no cash")),
            ("expected_fen", "fen", Text("应有现金", "cash that should be there")),
            (
                "counted_fen",
                "fen",
                Text("实点现金；空：未轧账", "cash that was counted; empty: it is open"),
            ),
            ("difference_fen", "fen", Text("长短款", "counted less expected")),
            (
                "handed_in_fen",
                "fen",
                Text(
                    "上缴：实点减下一班开班现金，下一班开班后才有；负数为领用",
                    "handed in: counted less what the next shift began with, empty until then; below zero: fetched",
                ),
            ),
        ),
    ),
    FigureView(
        "figure_arrears",
        Text("每张欠费账单一行", "a bill of which something is owing"),
        (
            ("bill_id", "", Text("账单号", "the bill's number")),
            *_WHOSE,
            *_FEE,
            *_SPAN,
            ("due_on", "day", Text("到期日", "when it is due")),
            (
                "days_late",
                "days",
                Text(
                    "逾期天数；不大于零：未到期",
                    "days since then; not above zero: it is not due yet",
                ),
            ),
            (
                "age",
                "",
                Text(
                    "账龄：not_due、d1_30、d31_90、d91_180、d181_365、d366_730、over_730",
                    "its age, by these days",
                ),
            ),
            ("owing_fen", "fen", Text("尚欠", "still owing")),
        ),
    ),
    FigureView(
        "figure_payable",
        Text("每张导入的账单一行，非本系统出账", "a bill that was imported, not billed here"),
        (
            ("payable_id", "", Text("应缴款项编号", "number of what is to be paid")),
            *_WHOSE,
            ("due_on", "day", Text("到期日；空：未告知", "when it is due; empty: not told")),
            ("asked_fen", "fen", Text("应缴；已撤回的只计已缴", "what it asks for; withdrawn: what was paid")),
            ("paid_fen", "fen", Text("已缴，退款后", "paid, less what was given back")),
            ("owing_fen", "fen", Text("尚欠", "still owing")),
        ),
    ),
    *spending_columns.VIEWS,
)
