"""A voucher on paper: itself, its repayments one by one, or put together by functional class; each says how often."""

from datetime import datetime

from yifen.core.documents.court_paper import CourtPaper, PaperFact, court_paper
from yifen.core.documents.figures import shown_at
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement
from yifen.trades.treasury.pages.telling import VoucherLineRow, VoucherRow

_DETAIL = (
    StatementColumn(zh="行号", en="Line"), StatementColumn(zh="持卡人", en="Holder", share=2),
    StatementColumn(zh="卡号后四位", en="Card"),
    StatementColumn(zh="还款金额（元）", en="Repaid", holds="fen", share=2),
    StatementColumn(zh="用途", en="Purpose", share=4), StatementColumn(zh="结果", en="Result", share=3),
)  # fmt: skip
_SUMMARY = (
    StatementColumn(zh="支出功能分类", en="Functional class", share=2),
    StatementColumn(zh="用途（最大金额一笔）", en="Purpose of the largest", share=4),
    StatementColumn(zh="笔数", en="Lines", holds="count"),
    StatementColumn(zh="金额（元）", en="Amount", holds="fen", share=2),
)  # fmt: skip
_SAID = {"open": "待回单", "paid": "已还款", "failed": "未还款", "dropped": "未发出"}


def voucher_paper(one: VoucherRow, turn: int, at: datetime, login: str) -> bytes:
    """财政授权支付凭证."""
    facts = (
        PaperFact(zh="预算单位", en="Unit", value=one.unit),
        PaperFact(zh="付款账户", en="Payer's account", value=f"{one.account_no}（零余额账户）"),
        PaperFact(zh="付款人开户行", en="Payer's bank", value=f"{one.bank_name} {one.bank_code}"),
        PaperFact(zh="收款人", en="Payees", value="见还款明细表（公务卡）"),
        PaperFact(zh="支出功能分类", en="Functional class", value=one.func_code),
        PaperFact(zh="指标、资金性质", en="Indicator, fund", value=f"{one.indicator} · {one.fund_code}"),
        PaperFact(zh="用途", en="Purpose", value=one.purpose),
        PaperFact(zh="支付日", en="To be paid on", value=str(one.pay_on or "")),
        PaperFact(zh="经办、复核", en="Made, agreed", value=f"{one.made_by}、{one.agreed_by or ''}"),
        PaperFact(zh="打印标记", en="Print", value=mark(turn)),
    )
    return court_paper(CourtPaper(
        title="财政授权支付凭证", title_en="Voucher of authorised payment", issuer=one.bureau, number=one.voucher_no,
        facts=facts, amount_fen=one.amount_fen,
        text=("本凭证由系统打印，附公务卡还款明细表；以代理银行回单为准。",),
        made_at=at, made_by=login))  # fmt: skip


def detail_paper(one: VoucherRow, lines: list[VoucherLineRow], turn: int, at: datetime, login: str) -> bytes:
    """公务卡还款明细表."""
    rows = tuple((str(line.line_no), line.holder, line.tail, line.amount_fen, line.purpose,
                  " ".join(filter(None, (_SAID[line.result], line.reason)))) for line in lines)  # fmt: skip
    totals = ("合计", "", "", one.amount_fen, "", "")
    return _listed(one, "公务卡还款明细表", "Repayments of official cards", _DETAIL, rows, totals, turn, at, login)


def summary_paper(one: VoucherRow, lines: list[VoucherLineRow], turn: int, at: datetime, login: str) -> bytes:
    """公务卡还款汇总表: by functional class as the rule says, with the purpose of the largest amount."""
    groups: dict[str, list[VoucherLineRow]] = {}
    for line in lines:
        groups.setdefault(line.func_code[: one.class_digits], []).append(line)
    rows = tuple((code, max(found, key=lambda line: (line.amount_fen, -line.line_no)).purpose, len(found),
                  sum(line.amount_fen for line in found)) for code, found in sorted(groups.items()))  # fmt: skip
    totals = ("合计", "", len(lines), one.amount_fen)
    return _listed(one, "公务卡还款汇总表", "Repayments put together", _SUMMARY, rows, totals, turn, at, login)


def mark(turn: int) -> str:
    """The first one has none."""
    return "首次打印" if turn == 1 else f"第 {turn} 次打印（补打）"


def _listed(
    one: VoucherRow, title: str, title_en: str, columns: tuple[StatementColumn, ...],
    rows: tuple[tuple[str | int, ...], ...], totals: tuple[str | int, ...], turn: int, at: datetime, login: str,
) -> bytes:  # fmt: skip
    facts = (Fact(zh="支付凭证", en="Voucher", value=one.voucher_no), Fact(zh="预算单位", en="Unit", value=one.unit),
             Fact(zh="零余额账户", en="Account", value=one.account_no),
             Fact(zh="打印标记", en="Print", value=mark(turn)),
             Fact(zh="打印时间", en="Printed at", value=shown_at(at)))  # fmt: skip
    return statement(Statement(issuer=one.bureau, title=title, title_en=title_en, columns=columns, rows=rows,
                               totals=totals, facts=facts, made_at=at, made_by=login))  # fmt: skip
