"""Papers of a case: payment notice 缴款通知书, receipt 案款收据, notice of money 到账通知书, statement 逐案明细账."""

import json
from collections.abc import Callable
from datetime import datetime

from yifen.core.documents.court_paper import CourtPaper, PaperFact, court_paper
from yifen.core.documents.figures import grouped_yuan, shown_at
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.masking import masked_name
from yifen.core.ring import key_ring
from yifen.trades.cases.clock import checking
from yifen.trades.cases.clock.notices import NoticeTo
from yifen.trades.cases.clock.reading import rows
from yifen.trades.cases.courts import CourtRule
from yifen.trades.cases.reading import CaseRow, parties
from yifen.trades.cases.reading import rows as case_rows

UrlOf = Callable[[str], str]
"""A paper's number → where everybody checks it."""
ENTRY_WORDS = {
    "collected": "渠道缴款", "given_back": "渠道冲正、退款", "transfer": "转账到账", "announced": "银行推送到账",
    "recalled": "推送更正", "claimed": "认领转入", "unclaimed": "撤销认领", "moved_out": "并案转出",
    "levied": "银行扣划", "moved_in": "并案转入", "interest_in": "利息分配", "payout": "发放", "paid_refund": "退款",
    "paid_fee": "扣费", "paid_deposit": "提存", "returned": "退汇",
}  # fmt: skip
OUT = ("given_back", "unclaimed", "recalled", "moved_out", "payout", "levied", "paid_refund", "paid_fee",
       "paid_deposit")
ROWS_MAX = 2_000
PAID_UP = ("执行标的已足额到账，无须再缴。",)
TO_PAY = ("请按上列子账号缴款：银行转账、柜面现金、本院 POS 机，或扫下方二维码，款项直接记入本案。"
          "转账时请完整填写子账号，并在附言写明案号。",
          "该子账号只用于本案，请勿向个人账户付款。缴款后可索取收据；对金额有异议的，请与承办人联系。")  # fmt: skip
_COLUMNS = (
    StatementColumn(zh="入案时间", en="Booked at", share=4), StatementColumn(zh="事项", en="What", share=3),
    StatementColumn(zh="收入（元）", en="In", holds="fen", share=3),
    StatementColumn(zh="支出（元）", en="Out", holds="fen", share=3),
    StatementColumn(zh="余额（元）", en="Balance", holds="fen", share=3),
    StatementColumn(zh="来源、收款人、银行流水号", en="From or to, bank's serial", share=4),
)  # fmt: skip


def payment_notice(case: CaseRow, rule: CourtRule, url: str, at: datetime, login: str) -> bytes:
    """What is owed, to which number, at which bank, by when, whom to ask; the code opens the payer's page of it."""
    left = max(0, case.due_fen - case.came_fen)
    is_full = bool(case.due_fen) and not left  # then it asks for nothing, and has no code to pay by
    due = grouped_yuan(case.due_fen) if case.due_fen else "未定"
    facts = (
        PaperFact(zh="案号", en="Case", value=case.number),
        PaperFact(zh="执行标的（元）", en="To be enforced", value=due),
        PaperFact(zh="已到账（元）", en="Paid so far", value=grouped_yuan(case.came_fen)),
        PaperFact(zh="案款子账号", en="Sub-account", value=case.account_no, code=True),
        PaperFact(zh="户名", en="Account name", value=case.court),
        *([PaperFact(zh="开户行", en="Bank", value=rule.account_bank)] if rule.account_bank else []),
        *([PaperFact(zh="履行期限", en="To be paid within", value=f"自本通知书送达之日起 {rule.comply_days} 日内")]
          if rule.comply_days and not is_full else []),
        PaperFact(zh="承办人", en="Judge", value=_judge(case)),
        *([PaperFact(zh="联系电话", en="Phone", value=rule.phone)] if rule.phone else []),
    )
    return court_paper(CourtPaper(
        title="缴款通知书", title_en="Notice to pay", issuer=case.court, to=_side(case, "debtor"), facts=facts,
        amount_fen=left or None, amount_zh="尚须缴纳", amount_en="Left to pay",
        text=PAID_UP if is_full else TO_PAY,
        qr_url="" if is_full else url, qr_zh="扫码查询、缴款", qr_en="Scan to look up and to pay", signed=True,
        made_at=at, made_by=login,
    ))  # fmt: skip


def receipt(entry: int, case: CaseRow, url_of: UrlOf, at: datetime, login: str) -> bytes:
    """Of money that came, as its case has it now. Refused: RECEIPT_UNKNOWN."""
    paper = checking.of_entry(entry)
    channel, who, file_id, line_no, serial, kind = rows("entry_payer", (-entry,))[0]
    name = json.loads(key_ring().open(bytes(who), f"court_row:{file_id}:{line_no}"))[0] if who else ""
    number = checking.number_of(case.case_id, paper)
    assert paper.last_at is not None, "an entry has its time"
    facts = (
        PaperFact(zh="案号", en="Case", value=case.number),
        PaperFact(zh="案款子账号", en="Sub-account", value=case.account_no),
        PaperFact(zh="被执行人", en="Debtor", value=_side(case, "debtor")),
        PaperFact(zh="付款人、渠道", en="Payer, channel", value=name or channel or "—"),
        PaperFact(zh="收款事由", en="For", value=f"执行案款（{ENTRY_WORDS[kind]}）"),
        PaperFact(zh="入案时间", en="Booked at", value=shown_at(paper.last_at)),
        PaperFact(zh="银行流水号", en="Bank's serial", value=serial or "—"),
    )
    return court_paper(CourtPaper(
        title="案款收据", title_en="Receipt of case money", issuer=case.court, number=number, facts=facts,
        amount_fen=paper.in_fen, qr_url=url_of(number), qr_zh="扫码或按编号验真",
        qr_en="Scan or enter the number to check; what is shown online counts.", made_at=at, made_by=login,
    ))  # fmt: skip


def telling_letter(to: NoticeTo, case: CaseRow, at: datetime, login: str) -> bytes:
    """Tells one person of money that came."""
    facts = (
        PaperFact(zh="案号", en="Case", value=case.number),
        PaperFact(zh="到账时间", en="Came at", value=shown_at(to.since)),
        PaperFact(zh="来源", en="By", value=ENTRY_WORDS.get(to.kind, to.kind)),
        PaperFact(zh="承办人", en="Judge", value=_judge(case)),
    )
    said = "上述款项已记入本案案款账户。"
    if to.role != "debtor":
        said += "请在收到本通知后向承办人提交收款账户，以便依法发放；逾期不领取的，依法提存。"
    return court_paper(CourtPaper(
        title="案款到账通知书", title_en="Notice of money received", issuer=case.court, to=to.name, facts=facts,
        amount_fen=to.fen, amount_zh="到账金额", text=(said,), signed=True, made_at=at,
        made_by=login,
    ))  # fmt: skip


def case_statement(case: CaseRow, url_of: UrlOf, at: datetime, login: str) -> bytes:
    """All that moved on a case, the oldest first. Refused: RECEIPT_UNKNOWN (nothing did)."""
    newest = rows("newest_entry", (case.case_id,))[0][0]
    paper = checking.of_case(case.case_id, newest or 0)
    number = checking.number_of(case.case_id, paper)
    lines = [(moved, ENTRY_WORDS.get(kind, kind), None if kind in OUT else fen, fen if kind in OUT else None, balance,
              " ".join(filter(None, (opened_in(key_ring(), payee, masked_name), source))))
             for _no, moved, _came, kind, fen, balance, _day, source, _payment, _proposal, _taken, payee in reversed(
                  case_rows("statement_lines", (case.court_id, case.account_no)))]  # fmt: skip
    facts = (
        Fact(zh="案号", en="Case", value=case.number), Fact(zh="子账号", en="Sub-account", value=case.account_no),
        Fact(zh="申请执行人", en="Applicant", value=_side(case, "applicant", masked=True)),
        Fact(zh="被执行人", en="Debtor", value=_side(case, "debtor", masked=True)),
        Fact(zh="承办人", en="Judge", value=_judge(case)),
        Fact(zh="余额（元）", en="Balance", value=grouped_yuan(paper.balance_fen)),
    )
    return statement(Statement(
        issuer=case.court, title="逐案明细账", title_en="Statement of a case", columns=_COLUMNS, rows=tuple(lines),
        made_at=at, made_by=login, facts=facts, totals=("合计", "", paper.in_fen, paper.out_fen, paper.balance_fen, ""),
        number=number, check_url=url_of(number),
    ))  # fmt: skip


def _judge(case: CaseRow) -> str:
    """By his name; what is no login is told as it was typed."""
    found = rows("user_name", (case.judge,))
    return str(found[0][0]) if found else case.judge or "—"


def _side(case: CaseRow, role: str, *, masked: bool = False) -> str:
    """The names of one side."""
    names = [one.name for one in parties(case) if one.role == role]
    return "、".join(masked_name(name) if masked else name for name in names) or "—"
