"""Tables on paper: every cell where it belongs, the head on every page, totals at the end."""

import time
from datetime import date
from typing import Any

import pytest

from tests.documents.reading import fonts, joined, lines, outside, page_count, size_mm
from tests.documents.world import AT, HOSTILE, UNBROKEN
from yifen.core.documents.statement import Fact, Statement, StatementColumn, statement

COLUMNS = (
    StatementColumn(zh="时间", en="Paid at", share=3),
    StatementColumn(zh="日期", en="Day", share=2),
    StatementColumn(zh="户名", en="Payer", share=2),
    StatementColumn(zh="笔数", en="Lines", holds="count"),
    StatementColumn(zh="金额", en="Amount", holds="fen", share=2),
)


def statement_of(**changes: Any) -> Statement:
    said: dict[str, Any] = {
        "issuer": "白石市农村信用合作联社", "title": "缴费明细", "title_en": "Payments",
        "columns": COLUMNS,
        "rows": (
            (AT, date(2026, 11, 24), "张*三", 2, 140950),
            (AT, date(2026, 11, 25), None, 1234, -1),
        ),
        "facts": (Fact(zh="收费单位", en="Biller", value="白石市自来水有限公司"),),
        "totals": ("合计 Total", None, None, 1236, 140949),
        "made_at": AT, "made_by": "王芳 0012",
    }  # fmt: skip
    return Statement(**(said | changes))


def test_an_ordinary_statement_says_exactly_this() -> None:
    made = statement(statement_of())
    assert lines(made) == [
        "缴费明细 Payments 白石市农村信用合作联社",
        "收费单位 Biller 白石市自来水有限公司",
        "时间", "Paid at", "日期", "Day", "户名", "Payer", "笔数", "Lines", "金额", "Amount",
        "2026-11-24 10:43:05 2026-11-24 张*三 2 1,409.50",
        "2026-11-24 10:43:05 2026-11-25 1,234 -0.01",
        "合计 Total 1,236 1,409.49",
        "共 2 行 2 rows",
        "制表 Made by 王芳 0012 2026-11-24 10:43:05 第 1 页 / 共 1 页 Page 1 of 1",
    ]  # fmt: skip
    assert size_mm(made) == (210, 297)
    assert size_mm(statement(statement_of(across=True))) == (297, 210)
    assert all(fonts(made).values())


def test_two_thousand_rows_come_soon_with_head_and_number_on_every_page() -> None:
    rows = tuple((AT, date(2026, 11, 24), f"户{n:04}", 1, n) for n in range(2000))
    started = time.process_time()
    made = statement(statement_of(rows=rows, totals=(None, None, None, 2000, 1999000)))
    assert time.process_time() - started < 15
    assert len(made) < 1_000_000
    pages = page_count(made)
    assert pages > 20
    said = [lines(made, page) for page in range(pages)]
    assert all("Paid at" in page for page in said)
    assert [page[-1][-len(f"Page {n} of {pages}") :] for n, page in enumerate(said, 1)] == [
        f"Page {n} of {pages}" for n in range(1, pages + 1)
    ]
    names = [word for page in said for line in page for word in line.split() if word[0] == "户"]
    assert [name for name in names if name != "户名"] == [f"户{n:04}" for n in range(2000)]
    assert "2,000 19,990.00" in said[-1]
    assert b"<pdfaid:part>2</pdfaid:part>" in made


@pytest.mark.parametrize("text", HOSTILE)
def test_cells_are_text_whatever_they_hold(text: str) -> None:
    made = statement(statement_of(rows=((text, text, text, 1, 1),), title=text, made_by=text))
    assert joined(made).count("".join(text.split())) >= 5


def test_a_long_word_is_broken_within_its_column() -> None:
    made = statement(statement_of(rows=((UNBROKEN, "x" * 50, "9" * 50, 1, 10**15 - 1),)))
    assert outside(made) == []
    assert max(len(line) for line in lines(made)) < 100
    assert "9,999,999,999,999.99" in joined(made)


def test_a_statement_of_nothing_has_its_head() -> None:
    made = statement(statement_of(rows=(), totals=(), facts=()))
    assert "共 0 行 0 rows" in lines(made)


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        statement(statement_of(rows=(("a",),)))


def test_the_same_data_gives_the_same_bytes() -> None:
    assert statement(statement_of()) == statement(statement_of())
