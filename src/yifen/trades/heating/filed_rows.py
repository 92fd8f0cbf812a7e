"""What a row of a file of requests 报停报开 means, and what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.facts.days import FIRST_DAY, LAST_DAY
from yifen.core.plugs import result_codes
from yifen.face.filed.cells import (
    CODE_MAX,
    RowFault,
    by_key,
    day_of,
    is_number,
    is_text,
    plain,
    read_header,
    unless,
)
from yifen.face.filed.filing import Filing

ROWS_MAX, REASON_MAX = 1_000, 200
KIND_WORDS = {"报停": "stop", "stop": "stop", "报开": "start", "恢复": "start", "start": "start"}
ASKER_WORDS = {"": "holder", "户主": "holder", "户主本人": "holder", "本人": "holder", "holder": "holder",
               "受托人": "agent", "agent": "agent"}  # fmt: skip
Line = dict[str, Any]
"""A row: account_no, kind, from_on (as ISO, None: the file does not say), asked_by, document, reason, line_no."""


@cache
def filing() -> Filing:
    """A file of requests is refused as billing's files are."""
    code = result_codes()
    return Filing(
        columns={
            "account_no": ("户号", "account number"), "kind": ("申请", "request"), "from_on": ("自", "from day"),
            "asked_by": ("申请人", "asked by"), "document": ("申请书编号", "paper"), "reason": ("理由", "reason"),
            "place": ("地址", "address"), "name": ("户名", "account name"),  # for people, they are read past
            "why": ("错误原因", "what is wrong"),
        },
        needed=("account_no", "kind", "document"), encoding=code["CUSTOMERS_ENCODING"],
        too_large=code["CUSTOMERS_TOO_LARGE"], wrong_columns=code["CUSTOMERS_COLUMNS"],
        broken=code["CUSTOMERS_BROKEN"], empty=code["CUSTOMERS_EMPTY"], cells=code["ROW_CELLS"],
        bytes_max=2 << 20, rows_max=ROWS_MAX,
    )  # fmt: skip


class RequestCheck:
    """Checks the rows of one file, one after another."""

    def __init__(self, header: Sequence[str]) -> None:
        self._keys = read_header(header, filing())
        self._lines: dict[str, int] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[Line | None, list[RowFault]]:
        """The row, or all that is wrong with it."""
        raw = by_key(self._keys, cells, filing())
        if isinstance(raw, RowFault):
            return None, [raw]
        cell = {key: plain(text) for key, text in raw.items()}
        cell["account_no"] = clean_account(raw["account_no"])
        first = self._lines.setdefault(cell["account_no"], line_no)
        faults = [fault for fault in _faults(cell, first if first != line_no else None) if fault]
        if faults:
            return None, faults
        day = day_of(cell["from_on"])
        return {
            "line_no": line_no, "account_no": cell["account_no"], "kind": KIND_WORDS[cell["kind"].lower()],
            "from_on": day.isoformat() if isinstance(day, date) else None,
            "asked_by": ASKER_WORDS[cell["asked_by"].lower()], "document": cell["document"], "reason": cell["reason"],
        }, []  # fmt: skip


def _faults(cell: Mapping[str, str], first: int | None) -> Iterator[RowFault | None]:
    """`first`: the line that has this account already."""
    code = result_codes()
    yield unless(is_number(cell["account_no"]), code["ROW_ACCOUNT"])
    yield unless(first is None, code["ROW_TWICE"], str(first))
    yield unless(cell["kind"].lower() in KIND_WORDS, Code.INPUT_INVALID, _told(cell, "kind"))
    yield unless(cell["asked_by"].lower() in ASKER_WORDS, Code.INPUT_INVALID, _told(cell, "asked_by"))
    yield unless(is_number(cell["document"]), Code.INPUT_INVALID, _told(cell, "document"))
    yield unless(not cell["reason"] or is_text(cell["reason"], REASON_MAX), Code.INPUT_INVALID, _told(cell, "reason"))
    day = day_of(cell["from_on"])
    is_day = day is None or (isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY)
    yield unless(is_day, code["ROW_DAY"], cell["from_on"])


def _told(cell: Mapping[str, str], key: str) -> str:
    """Which column, and what stands in it."""
    return f"{filing().columns[key][0]} {cell[key]}"[:CODE_MAX]
