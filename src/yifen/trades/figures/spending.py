"""What a report may tell of official cards 公务卡支出, and by what. Its sums are those of the journal: quota used =
repaid less returned."""

from yifen.core.facts.plug import Text
from yifen.trades.figures.kinds import Dimension, FigureMeasure, FigureSource

PERMISSION = "figures.spending"
SPENT, SWIPES, CLAIMED, DUE, LATE, CLEARED = "spending", "swipes", "claims", "dues", "late", "clearings"
LINES = (SPENT, CLAIMED, DUE, CLEARED)  # told by line of a claim
_MONEY = "x.spent_fen, x.lent_fen, x.repaid_fen, x.returned_fen, x.prior_fen, x.used_fen, x.way"
DAYS_LATE = "greatest(coalesce(x.paid_on, %(today)s::date) - x.day, 0)"
INTEREST = f"div(x.amount_fen::numeric * x.rate_ppm * {DAYS_LATE} + 500000, 1000000)::bigint"
_OVERDUE = "x.open_fen > 0 AND x.day < %(today)s"

SOURCES = {
    SPENT: FigureSource("figure_spending", "x.day", _MONEY, PERMISSION, "figure_spending_rows"),
    SWIPES: FigureSource("figure_swipe", "x.day", "x.kind AS row_kind, x.swiped_fen, x.refunded_fen, x.left_fen",
                         PERMISSION, "figure_swipe_rows"),
    CLAIMED: FigureSource("figure_claim", "x.day", "x.claim_id, x.state, x.amount_fen", PERMISSION,
                          "figure_claim_rows"),
    DUE: FigureSource("figure_due", "x.day", f"x.amount_fen, x.open_fen, x.late_fen, {_OVERDUE} AS is_overdue",
                      PERMISSION, "figure_due_rows"),
    LATE: FigureSource("figure_late", "x.day", f"x.hit_id, x.amount_fen, x.paid_on, {INTEREST} AS interest_fen",
                       PERMISSION, "figure_late_rows"),
    CLEARED: FigureSource("figure_clearing", "x.day", "x.paid_fen, x.cleared_fen, x.uncleared_fen, x.refunding_fen",
                          PERMISSION, "figure_clearing_rows"),
}  # fmt: skip

WAYS = {
    "claim": Text("刷卡报账", "Card claim"),
    "cash": Text("现金上卡", "Cash to card"),
    "advance": Text("借款", "Advance"),
    "settle": Text("冲借款", "Advance settled"),
}
STATES = {
    "asked": Text("审批中", "Being decided"),
    "approved": Text("已批准", "Approved"),
    "refused": Text("已退回", "Refused"),
    "withdrawn": Text("已撤回", "Withdrawn"),
}
LATE_BY = {
    "holder": Text("持卡人报账迟", "the holder, with his claim"),
    "signer": Text("审批迟", "who signs claims"),
    "cashier": Text("单位送凭证迟", "the unit, with its voucher"),
    "bank": Text("银行还款迟", "the bank"),
}
BY_CARD = {"": Text("刷卡", "By card")}


def _all(name: str, text: Text, column: str, words: dict[str, Text] | None = None) -> Dimension:
    return Dimension(name, text, dict.fromkeys(SOURCES, column), words or {})


def _line(name: str, text: Text, column: str, words: dict[str, Text] | None = None) -> Dimension:
    return Dimension(name, text, dict.fromkeys(LINES, column), words or {})


DIMENSIONS = {one.name: one for one in (
    _all("bureau", Text("财政部门", "Finance bureau"), "x.bureau"),
    _all("unit", Text("预算单位", "Budget unit"), "x.unit"),
    _line("func_class", Text("功能分类（类）", "Functional class"), "left(x.func_code, 3)"),
    _line("func", Text("功能分类（项）", "Functional item"), "x.func_code"),
    _line("gov", Text("政府经济分类", "Government economic class"), "x.gov_code"),
    _line("dep", Text("部门经济分类", "Department economic class"), "x.dep_code"),
    _line("project", Text("项目", "Project"), "x.project"),
    _line("fund", Text("资金性质", "Kind of fund"), "x.fund_code"),
    _line("budget_year", Text("预算年度", "Budget year"), "x.year::text"),
    _line("item", Text("强制结算目录项目", "Item of the mandatory catalogue"), "x.item_name"),
    _line("way", Text("报账种类", "Kind of claim"), "x.way", WAYS),
    _line("exemption", Text("未刷卡的理由", "Why no card was used"), "coalesce(x.exemption_name, '')", BY_CARD),
    _all("holder", Text("持卡人", "Card holder"),
         "(SELECT h.staff_no || ' ' || h.name FROM budget_person h WHERE h.person_id = x.person_id)"),
    _all("card", Text("公务卡", "Card"),
         "(SELECT h.card_id || ' …' || h.tail FROM card h WHERE h.card_id = x.card_id)"),
    _all("mcc", Text("商户类别", "Merchant class"), "coalesce(x.mcc, '')"),
    Dimension("late_by", Text("逾期责任", "Late by"), {LATE: "x.late_by"}, LATE_BY),
    Dimension("claim_state", Text("报账状态", "State of the claim"), {CLAIMED: "x.state"}, STATES),
)}  # fmt: skip



def _fen(source: str, name: str, zh: str, en: str, what: str, when: str = "") -> FigureMeasure:
    return FigureMeasure(name, Text(zh, en), "fen", source, f"sum(z.{what}){when and f' FILTER (WHERE {when})'}")


def _num(source: str, name: str, zh: str, en: str, when: str, what: str = "*") -> FigureMeasure:
    return FigureMeasure(name, Text(zh, en), "num", source, f"count({what}){when and f' FILTER (WHERE {when})'}")


MEASURES = {one.name: one for one in (
    _fen(SWIPES, "swiped", "公务消费", "Swiped officially", "swiped_fen"),
    _num(SWIPES, "swipes", "消费笔数", "Swipes", "z.row_kind = 'swipe'"),
    _fen(SWIPES, "refunded", "商户退货", "Given back by merchants", "refunded_fen"),
    _fen(SWIPES, "unclaimed", "未报", "Not claimed", "left_fen"),
    _num(CLAIMED, "claims", "报账单数", "Claims", "", "DISTINCT z.claim_id"),
    _fen(CLAIMED, "claimed", "提交报账", "Asked for", "amount_fen"),
    _fen(CLAIMED, "deciding", "其中审批中", "Of it being decided", "amount_fen", "z.state = 'asked'"),
    _fen(CLAIMED, "denied", "其中退回撤回", "Of it refused or withdrawn", "amount_fen",
         "z.state IN ('refused', 'withdrawn')"),
    _fen(SPENT, "spending", "支出", "Spent", "spent_fen"),
    _num(SPENT, "spent_lines", "支出笔数", "Lines spent", "z.spent_fen > 0"),
    _fen(SPENT, "by_card", "其中刷卡", "Of it by card", "spent_fen", "z.way <> 'cash'"),
    _fen(SPENT, "in_cash", "其中现金上卡", "Of it cash to card", "spent_fen", "z.way = 'cash'"),
    FigureMeasure("card_rate", Text("刷卡率", "Card-use rate"), "rate", SPENT, part="by_card", whole="spending"),
    _fen(SPENT, "lent", "借款", "Lent", "lent_fen"),
    _fen(SPENT, "repaid", "还款", "Repaid", "repaid_fen"),
    _fen(SPENT, "came_back", "当年退回", "Returned in its year", "returned_fen"),
    _fen(SPENT, "came_back_late", "以前年度退回", "Returned, of earlier years", "prior_fen"),
    _fen(SPENT, "quota_used", "已用额度", "Quota used", "used_fen"),
    _fen(DUE, "to_repay", "应还", "To be repaid", "amount_fen"),
    _fen(DUE, "not_repaid", "其中未还", "Of it not repaid", "open_fen"),
    _fen(DUE, "overdue", "其中逾期未还", "Of it overdue", "open_fen", "z.is_overdue"),
    _num(DUE, "overdue_lines", "逾期笔数", "Lines overdue", "z.is_overdue"),
    _fen(DUE, "late_paid", "逾期才还", "Repaid late", "late_fen"),
    _num(LATE, "late_times", "逾期明细笔数", "Parts late", ""),
    _fen(LATE, "late_amount", "逾期金额", "Late", "amount_fen"),
    _fen(LATE, "late_open", "其中至今未还", "Of it not repaid yet", "amount_fen", "z.paid_on IS NULL"),
    _fen(LATE, "late_interest", "逾期利息", "Interest for it", "interest_fen"),
    _fen(CLEARED, "bank_paid", "代理银行已付", "Paid by the agent bank", "paid_fen"),
    _fen(CLEARED, "cleared", "已清算", "Cleared", "cleared_fen"),
    _fen(CLEARED, "uncleared", "未清算", "Not cleared", "uncleared_fen"),
    _fen(CLEARED, "refunding", "退回待清算", "Returned, not refunded", "refunding_fen"),
)}  # fmt: skip
