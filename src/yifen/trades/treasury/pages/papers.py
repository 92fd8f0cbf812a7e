"""A voucher on paper: itself, its repayments one by one, or put together by functional class; each says how often."""

from datetime import datetime

from yifen.core.documents.figures import shown_at
from yifen.core.documents.pay_voucher import PayVoucher, pay_voucher
from yifen.core.documents.statement import Cell, Fact, Statement, StatementColumn, statement
from yifen.core.facts.spending_classes import with_name
from yifen.trades.treasury.pages.telling import VoucherLineRow, VoucherRow

_DETAIL = (
    StatementColumn(zh="行号", en="Line"), StatementColumn(zh="持卡人", en="Holder", share=2),
    StatementColumn(zh="卡尾号", en="Card"), StatementColumn(zh="交易日期", en="Swiped on", share=2),
    StatementColumn(zh="交易金额（元）", en="Swiped", holds="fen", share=2),
    StatementColumn(zh="还款金额（元）", en="Repaid", holds="fen", share=2),
    StatementColumn(zh="商户", en="Merchant", share=3), StatementColumn(zh="支出科目", en="Class", share=2),
    StatementColumn(zh="用途", en="Purpose", share=3), StatementColumn(zh="结果", en="Result", share=2),
)  # fmt: skip
_SUMMARY = (
    StatementColumn(zh="支出功能分类", en="Functional class", share=2),
    StatementColumn(zh="用途（最大金额一笔）", en="Purpose of the largest", share=4),
    StatementColumn(zh="笔数", en="Lines", holds="count"),
    StatementColumn(zh="金额（元）", en="Amount", holds="fen", share=2),
)  # fmt: skip
_TYPES = {"21": "21（当年预算）"}
_SAID = {"open": "待回单", "paid": "已还款", "failed": "未还款", "dropped": "未发出"}


def voucher_paper(one: VoucherRow, lines: list[VoucherLineRow], turn: int, at: datetime, login: str) -> bytes:
    """国库集中支付凭证（财政授权支付）, as the 8202 says it."""
    holders = len({(line.holder, line.tail) for line in lines})
    payer = f"{one.unit.partition(' ')[2]}零余额账户"
    codes = (
        ("预算单位", "Unit", one.unit), ("一级单位", "Above it", one.above or one.unit),
        ("指标", "Indicator", one.indicator),
        ("功能分类", "Function", with_name(one.func_code)),
        ("政府经济分类", "Government class", with_name(one.gov_code)),
        ("部门经济分类", "Department class", with_name(one.dep_code)), ("预算项目", "Project", one.project),
        ("资金性质", "Fund nature", one.fund_code), ("指标类型", "Type", _TYPES.get(one.type_code, one.type_code)),
        ("业务类型", "Business", "2 公务卡"), ("结算方式", "Settled by", "转账"),
        ("附件", "Attached", "还款明细表 1 份"),
    )  # fmt: skip
    return pay_voucher(PayVoucher(
        bureau=one.bureau, number=one.voucher_no, on_day=one.pay_on, way="12 授权支付",
        payee=(("全称", "Name", f"公务卡 {holders} 张，见还款明细表"), ("账号", "Account", "见还款明细表"),
               ("开户银行", "Bank", one.agent)),
        payer=(("全称", "Name", payer), ("账号", "Account", one.account_no),
               ("开户银行", "Bank", f"{one.bank_name} {one.bank_code}")),
        amount_fen=one.amount_fen, codes=codes, purpose=one.purpose, maker=one.made_by, checker=one.agreed_by or "",
        mark=mark(turn), digest=digests(one), made_at=at, made_by=login))  # fmt: skip


def digests(one: VoucherRow) -> str:
    """Of what was agreed to, and of the message that the bank has: a paper with others is none of ours."""
    sent = bytes(one.sent_sha).hex()[:16] if one.sent_sha else "未发送"
    return f"{one.digest[:16]} · 8202 {sent}"


def detail_paper(one: VoucherRow, lines: list[VoucherLineRow], turn: int, at: datetime, login: str) -> bytes:
    """公务卡还款明细表."""
    rows = tuple((str(line.line_no), line.holder, line.tail, line.swiped_on, line.swiped_fen, line.amount_fen,
                  line.merchant or "", " ".join((line.func_code, line.dep_code)), line.purpose,
                  " ".join(filter(None, (_SAID[line.result], line.reason)))) for line in lines)  # fmt: skip
    totals = ("合计", "", "", "", None, one.amount_fen, "", "", "", "")
    return _listed(one, "公务卡还款明细表", "Repayments of official cards", _DETAIL, rows, totals, turn, at, login)


def summary_paper(one: VoucherRow, lines: list[VoucherLineRow], turn: int, at: datetime, login: str) -> bytes:
    """公务卡还款汇总表: by functional class as the rule says, with the purpose of the largest amount."""
    groups: dict[str, list[VoucherLineRow]] = {}
    for line in lines:
        groups.setdefault(line.func_code[: one.class_digits], []).append(line)
    rows = tuple((with_name(code), max(found, key=lambda line: (line.amount_fen, -line.line_no)).purpose, len(found),
                  sum(line.amount_fen for line in found)) for code, found in sorted(groups.items()))  # fmt: skip
    totals = ("合计", "", len(lines), one.amount_fen)
    return _listed(one, "公务卡还款汇总表", "Repayments put together", _SUMMARY, rows, totals, turn, at, login)


def mark(turn: int) -> str:
    """The first one has none."""
    return "首次打印" if turn == 1 else f"第 {turn} 次打印（补打）"


def _listed(
    one: VoucherRow, title: str, title_en: str, columns: tuple[StatementColumn, ...],
    rows: tuple[tuple[Cell, ...], ...], totals: tuple[Cell, ...], turn: int, at: datetime, login: str,
) -> bytes:  # fmt: skip
    facts = (Fact(zh="支付凭证", en="Voucher", value=one.voucher_no), Fact(zh="预算单位", en="Unit", value=one.unit),
             Fact(zh="零余额账户", en="Account", value=one.account_no),
             Fact(zh="内容校验", en="Content", value=digests(one)),
             Fact(zh="打印标记", en="Print", value=mark(turn)),
             Fact(zh="打印时间", en="Printed at", value=shown_at(at)))  # fmt: skip
    return statement(Statement(issuer=one.bureau, title=title, title_en=title_en, columns=columns, rows=rows,
                               totals=totals, facts=facts, made_at=at, made_by=login,
                               across=len(columns) > 6))  # fmt: skip
