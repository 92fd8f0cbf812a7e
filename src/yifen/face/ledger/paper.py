"""A statement on paper: the account's transfers of a period with their totals, oldest first."""

from contextlib import closing

from yifen.core.documents.figures import grouped_yuan
from yifen.core.documents.statement import Cell, Fact, Statement, StatementColumn, statement
from yifen.face.exports import jobs
from yifen.face.exports.rows import every_row
from yifen.face.ledger.standing import PeriodTotals, totals
from yifen.face.ledger.statement import StatementEntry, params_of, reference
from yifen.face.lists.listing import ListAsk, Listing, Row

PAPER_ROWS = 2000
COLUMNS = (
    StatementColumn(zh="会计日期", en="Business day", share=2),
    StatementColumn(zh="分录", en="Transfer", share=2),
    StatementColumn(zh="对方账户", en="Other account", share=4),
    StatementColumn(zh="缴费号或凭证号", en="Payment or document", share=2),
    StatementColumn(zh="借方", en="Debit", holds="fen", share=2),
    StatementColumn(zh="贷方", en="Credit", holds="fen", share=2),
    StatementColumn(zh="余额", en="Balance", holds="fen", share=2),
)


def paper(account: Row, listing: Listing, ask: ListAsk, query: str) -> bytes | None:
    """The PDF, noted in the audit trail; None when there are more than PAPER_ROWS transfers."""
    with closing(every_row(listing, ask._replace(descending=False), PAPER_ROWS + 1)) as rows:
        found = jobs.small(rows, PAPER_ROWS)
    if len(found) > PAPER_ROWS:
        return None
    sums = totals(account.sign, params_of(ask))
    jobs.note(listing, query, "pdf", len(found), account.account_id)
    user = ask.access.user
    assert user is not None
    return statement(
        Statement(
            issuer=user.institution.name,
            title="明细账",
            title_en="Account statement",
            columns=COLUMNS,
            rows=tuple(line(row) for row in found),
            made_at=ask.now,
            made_by=f"{user.login} {user.name}",
            facts=facts(account, ask, sums),
            totals=("合计", None, None, None, sums.debit_fen, sums.credit_fen, sums.closing_fen),
            across=True,
        )
    )


def line(row: StatementEntry) -> tuple[Cell, ...]:
    debit, credit = (row.amount_fen, None) if row.is_debit else (None, row.amount_fen)
    return (row.business_day, f"{row.bucket}-{row.transfer_no}", f"{row.other_code} {row.other_name}",
            reference(row), debit, credit, row.balance_fen)  # fmt: skip


def facts(account: Row, ask: ListAsk, sums: PeriodTotals) -> tuple[Fact, ...]:
    return (
        Fact(zh="账户", en="Account", value=f"{account.code} {account.name}"),
        Fact(zh="会计日期", en="Business days",
             value=f"{ask.filters['since']} — {ask.filters['until']}"),
        Fact(zh="期初余额", en="Opening balance", value=grouped_yuan(sums.opening_fen)),
    )  # fmt: skip
