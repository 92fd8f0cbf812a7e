"""What rows of a bureau's lists mean: units, posts, indicators, quota; and what cannot be read of them. Pure: what
speaks against a row as things stand, the database says."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.money import AmountError, parse_yuan
from yifen.face.filed.cells import WRONG, Cells, RowFault, by_key, day_of, plain, read_header
from yifen.face.filed.filing import Filing
from yifen.trades.budget.codes import BudgetCode

ListRow = dict[str, Any]
_WHY = {"why": ("错误原因", "what is wrong")}  # of a file that came back: it is read past
_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {
        "code": ("单位编码", "code"), "name": ("单位名称", "单位", "name"), "parent": ("上级单位编码", "above"),
        "account_no": ("零余额账号", "account"), "bank_name": ("开户行", "bank"), "bank_code": ("行号", "bank code"),
        "until": ("撤销日", "撤销日期", "until"),
    },
    "posts": {
        "staff_no": ("工号", "staff number"), "name": ("姓名", "name"), "unit": ("单位编码", "unit"),
        "duty": ("职务", "duty"), "from": ("任职日", "任职日期", "from"), "until": ("离任日", "离任日期", "until"),
    },
    "indicators": {
        "number": ("指标编号", "number"), "unit": ("单位编码", "unit"), "year": ("年度", "year"),
        "type": ("指标类型", "type"), "func": ("功能分类", "functional class"),
        "gov": ("政府经济分类", "government class"), "dep": ("部门经济分类", "department class"),
        "project": ("项目编码", "project"), "fund": ("资金性质", "fund"), "title": ("摘要", "title"),
        "doc_no": ("文号", "document"), "fen": ("金额", "amount"),
    },
    "quota": {"number": ("指标编号", "number"), "doc_no": ("到账通知书号", "notice"), "fen": ("金额", "amount")},
}  # fmt: skip
_OPTIONAL = {"account_no", "bank_name", "bank_code", "until", "duty", "dep", "project", "title"}
FILINGS = {kind: Filing(
    columns=columns | _WHY, needed=tuple(key for key in columns if key not in _OPTIONAL),
    encoding=BudgetCode.BUDGET_LIST_FORM, too_large=BudgetCode.BUDGET_LIST_LONG,
    wrong_columns=BudgetCode.BUDGET_LIST_COLUMNS, broken=BudgetCode.BUDGET_LIST_FORM,
    empty=BudgetCode.BUDGET_LIST_EMPTY, cells=BudgetCode.BUDGET_LIST_CELLS, bytes_max=2 << 20, rows_max=5_000,
    loose=True,
) for kind, columns in _COLUMNS.items()}  # fmt: skip
EXAMPLES: dict[str, dict[str, str]] = {
    "units": {"code": "101001", "name": "第一中学", "parent": "101", "account_no": "6001960101101001",
              "bank_name": "县联社营业部", "bank_code": "402961010015"},
    "posts": {"staff_no": "G001", "name": "张三", "unit": "101001", "duty": "科员", "from": "2026-01-01"},
    "indicators": {"number": "ZB001", "unit": "101001", "year": "2026", "type": "21", "func": "2010350", "gov": "50201",
                   "fund": "1111", "title": "公用经费", "doc_no": "财预〔2026〕1号", "fen": "100000.00"},
    "quota": {"number": "ZB001", "doc_no": "DZ2026001", "fen": "60000.00"},
}  # fmt: skip
"""What stands in the row of examples of a list's empty file."""
_WRONG = {"units": BudgetCode.BUDGET_LIST_UNIT_WRONG, "posts": BudgetCode.BUDGET_LIST_POST_WRONG,
          "indicators": BudgetCode.BUDGET_LIST_INDICATOR_WRONG,
          "quota": BudgetCode.BUDGET_LIST_QUOTA_WRONG}  # fmt: skip


class ListReader:
    """Reads the rows of one list of a kind."""

    def __init__(self, kind: str, header: Sequence[str]) -> None:
        self._kind, self._filing = kind, FILINGS[kind]
        self._keys = read_header(header, self._filing)

    def read(self, cells: Sequence[str]) -> tuple[ListRow | None, list[RowFault]]:
        """As a proposal has it, or what of it cannot be read."""
        cell = by_key(self._keys, cells, self._filing)
        if isinstance(cell, RowFault):
            return None, [cell]
        row = {key: _value(key, cell) for key in self._filing.columns if key != "why"}
        wrong = next((key for key, value in row.items() if value is WRONG), None)
        if wrong:
            return None, [RowFault(_WRONG[self._kind], cell[wrong][:40])]
        return row, []


def _value(key: str, cell: Cells) -> Any:
    """A cell as its column means it; WRONG: it is none."""
    text = plain(cell[key])
    if key in ("from", "until"):
        day = day_of(text)
        return day.isoformat() if isinstance(day, date) else day
    if key == "year":
        return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else WRONG
    if key == "fen":
        try:
            return parse_yuan(text, signed=True)
        except AmountError:
            return WRONG
    return clean_account(text) if key == "account_no" else text
