"""What a row of a file of customers means, and what is wrong with it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.days import FIRST_DAY, LAST_DAY
from yifen.face.filed.cells import (
    CODE_MAX,
    TEXT_MAX,
    YES_NO,
    Cells,
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
from yifen.trades.billing.codes import BillingCode as B
from yifen.trades.billing.quantities import MILLI_MAX, factor_of, milli_of

CUSTOMERS = Filing(
    columns={
        "account_no": ("户号", "account number"),
        "name": ("户名", "account name"),
        "community": ("小区", "community"),
        "building": ("楼栋", "building"),
        "unit": ("单元", "unit"),
        "door": ("门牌", "door"),
        "fee": ("费种", "fee"),
        "class": ("用户类别", "class"),
        "region": ("地区", "region"),
        "persons": ("人口", "persons"),
        "area": ("面积", "area"),
        "factor": ("系数", "factor"),
        "from_on": ("起始日", "from day"),
        "number": ("表号", "meter number"),
        "register": ("计量", "register"),
        "multiplier": ("倍率", "multiplier"),
        "digits": ("位数", "digits"),
        "first": ("起码", "first reading"),
        "phone": ("手机", "phone"),
        "consent": ("同意短信", "consent"),
        "prepaid": ("预付费", "prepaid"),
        "why": ("错误原因", "what is wrong"),  # of a file that came back: it is read past
    },
    needed=("account_no", "name", "community", "fee", "class", "from_on"),
    encoding=B.CUSTOMERS_ENCODING, too_large=B.CUSTOMERS_TOO_LARGE, wrong_columns=B.CUSTOMERS_COLUMNS,
    broken=B.CUSTOMERS_BROKEN, empty=B.CUSTOMERS_EMPTY, cells=B.ROW_CELLS,
    bytes_max=250 << 20, rows_max=1_000_000,
)  # fmt: skip
REGISTERS = {"": "qty", "总": "qty", "峰": "peak", "谷": "valley", "total": "qty", "peak": "peak",
             "valley": "valley"}  # fmt: skip
DIGITS_MAX = 9
_KEPT = 512
_day, _milli = lru_cache(_KEPT)(day_of), lru_cache(_KEPT)(milli_of)
_factor, _text = lru_cache(_KEPT)(factor_of), lru_cache(_KEPT)(is_text)
"""Most cells say what others of the file say: days, factors, classes, communities are read once."""
_PHONE = re.compile(r"\+?[0-9]{5,19}")
_BETWEEN = re.compile(r"[ -]")  # of a phone's groups
_SQUARE = re.compile(r" *(m2|平方米|平米)$")  # ㎡ is m2 as a plain text
_PARTS = ("community", "building", "unit", "door")


class FiledCustomer(NamedTuple):
    """A customer of the file with one of his fees and, if it is metered, one of its meters. `place`: from the top
    down; `persons` None: the file does not say."""

    line_no: int
    account_no: str
    name: str
    place: tuple[str, ...]
    persons: int | None
    phone: str
    consent: bool
    from_on: date
    fee_id: int
    class_: str
    region: str
    area_milli: int | None
    factor: Decimal
    number: str | None
    register: str
    multiplier: Decimal
    digits: int
    first_milli: int
    prepaid: bool | None  # None: the file does not say

    @property
    def holder(self) -> tuple[object, ...]:
        """What all rows of an account have in common."""
        return self.name, self.place, self.persons, self.phone, self.consent


class CustomerCheck:
    """Checks the rows of one file of one biller, one after another. Of what repeats it keeps hashes only: a file may
    have a million rows."""

    def __init__(self, header: Sequence[str], fees: Mapping[str, int], odd: Mapping[str, str]) -> None:
        """`fees`: the biller's, by code and name; `odd`: his accounts that stand in another writing."""
        self._keys, self._fees, self._odd = read_header(header, CUSTOMERS), fees, odd
        self._lines: dict[int, int] = {}
        self._holders: dict[int, int] = {}
        self._fee_rows: dict[int, int] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[FiledCustomer | None, list[RowFault]]:
        """The customer, or all that is wrong with the row."""
        raw = by_key(self._keys, cells, CUSTOMERS)
        if isinstance(raw, RowFault):
            return None, [raw]
        cell = {key: plain(text) if text else "" for key, text in raw.items()}
        cell["account_no"] = clean_account(raw["account_no"]) if not raw["account_no"].isascii() else "".join(
            raw["account_no"].split())  # fmt: skip
        cell["phone"] = _BETWEEN.sub("", cell["phone"])
        cell["area"] = _SQUARE.sub("", cell["area"])
        faults = [fault for fault in _faults(cell, self._fees) if fault]
        if faults:
            return None, faults
        row = _customer(line_no, cell, self._fees)
        faults = [fault for fault in self._beside(row) if fault]
        return (None, faults) if faults else (row, [])

    def _beside(self, row: FiledCustomer) -> Iterator[RowFault | None]:
        """What does not fit a row before."""
        once = ("meter", row.number, row.register) if row.number else ("fee", row.account_no, row.fee_id)
        first = self._lines.setdefault(hash(once), row.line_no)
        yield unless(first == row.line_no, B.ROW_TWICE, str(first))
        if row.account_no in self._odd:
            yield RowFault(B.ROW_OTHER_WRITING, self._odd[row.account_no][:CODE_MAX])
        holder = hash(row.holder)
        yield unless(self._holders.setdefault(hash(row.account_no), holder) == holder, B.ROW_DIFFERS, row.account_no)
        terms = hash((row.class_, row.region, row.area_milli, row.factor, row.from_on, row.prepaid))
        same = self._fee_rows.setdefault(hash((row.account_no, row.fee_id)), terms) == terms
        yield unless(same, B.ROW_DIFFERS, row.account_no)


def _faults(cell: Cells, fees: Mapping[str, int]) -> Iterator[RowFault | None]:
    """What is wrong with a row by itself."""
    yield unless(is_number(cell["account_no"]), B.ROW_ACCOUNT)
    yield unless(_text(cell["name"], TEXT_MAX), B.ROW_NAME)
    yield unless(_is_place([cell[part] for part in _PARTS]), B.ROW_PLACE)
    yield unless(cell["fee"] in fees, B.ROW_FEE, cell["fee"])
    region = cell["region"]
    yield unless(_text(cell["class"], CODE_MAX) and (not region or _text(region, CODE_MAX)), B.ROW_CLASS)
    persons = cell["persons"]
    yield unless(not persons or 1 <= _whole(persons) <= 99, B.ROW_NUMBER, _told(cell, "persons"))
    yield unless(not cell["area"] or bool(_milli(cell["area"])), B.ROW_NUMBER, _told(cell, "area"))
    for key in ("factor", "multiplier"):
        yield unless(not cell[key] or _factor(cell[key]) is not None, B.ROW_NUMBER, _told(cell, key))
    day = _day(cell["from_on"])
    yield unless(isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY, B.ROW_DAY, cell["from_on"])
    register = cell["register"].lower()
    yield unless((not cell["number"] or is_number(cell["number"])) and register in REGISTERS, B.ROW_METER)
    digits = _whole(cell["digits"] or "6")
    yield unless(3 <= digits <= 12, B.ROW_NUMBER, _told(cell, "digits"))
    first = _milli(cell["first"] or "0")
    fits = first is not None and digits >= 0 and first < 10 ** (min(digits, 12) + 3)
    yield unless(fits, B.ROW_NUMBER, _told(cell, "first"))
    factor = _factor(cell["multiplier"] or "1") or Decimal(1)
    shows = 10 ** (digits + 3) if 3 <= digits <= 12 else 0
    yield unless(factor * shows <= MILLI_MAX, B.ROW_NUMBER, _told(cell, "multiplier"))
    phone = cell["phone"]
    yield unless(not phone or _PHONE.fullmatch(phone) is not None, B.ROW_NUMBER, _told(cell, "phone"))
    for key in ("consent", "prepaid"):
        yield unless(cell[key].lower() in YES_NO, B.ROW_NUMBER, _told(cell, key))


def _told(cell: Cells, key: str) -> str:
    """Which column, and what stands in it."""
    return f"{CUSTOMERS.columns[key][0]} {cell[key]}"


def _whole(text: str) -> int:
    """-1: it is no number of a few digits."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else -1


def _is_place(parts: Sequence[str]) -> bool:
    filled = [bool(part) for part in parts]
    return filled[0] and filled == sorted(filled, reverse=True) and all(
        _text(part, TEXT_MAX) for part in parts if part)  # fmt: skip


def _customer(line_no: int, cell: Cells, fees: Mapping[str, int]) -> FiledCustomer:
    """Of a row with nothing wrong."""
    from_on = _day(cell["from_on"])
    assert isinstance(from_on, date)
    return FiledCustomer(
        line_no, cell["account_no"], cell["name"], tuple(cell[part] for part in _PARTS if cell[part]),
        int(cell["persons"]) if cell["persons"] else None, cell["phone"], YES_NO[cell["consent"].lower()], from_on,
        fees[cell["fee"]], cell["class"], cell["region"], _milli(cell["area"]) if cell["area"] else None,
        _factor(cell["factor"] or "1") or Decimal(1), cell["number"] or None, REGISTERS[cell["register"].lower()],
        _factor(cell["multiplier"] or "1") or Decimal(1), int(cell["digits"] or "6"),
        _milli(cell["first"] or "0") or 0, YES_NO[cell["prepaid"].lower()] if cell["prepaid"] else None,
    )  # fmt: skip
