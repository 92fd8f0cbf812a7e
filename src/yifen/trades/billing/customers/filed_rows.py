"""What a row of a file of customers means, and what is wrong with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.days import FIRST_DAY, LAST_DAY
from yifen.face.filed.cells import (
    CODE_MAX,
    TEXT_MAX,
    YES_NO,
    Cells,
    RowFault,
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
_milli, _text = lru_cache(_KEPT)(milli_of), lru_cache(_KEPT)(is_text)
"""Many cells say what others of the file say: areas, communities, buildings are read once."""
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
        self._keys, self._odd = read_header(header, CUSTOMERS), odd
        self._own_at = [self._keys.index(key) if key in self._keys else -1 for key in _OWN]
        self._terms_at = [self._keys.index(key) if key in self._keys else -1 for key in _TERMS]
        self._terms = lru_cache(_KEPT)(partial(_terms_of, fees))
        self._lines: dict[int, int] = {}
        self._holders: dict[int, int] = {}
        self._fee_rows: dict[int, int] = {}

    def read(self, line_no: int, cells: Sequence[str]) -> tuple[FiledCustomer | None, list[RowFault]]:
        """The customer, or all that is wrong with the row."""
        if len(cells) != len(self._keys):
            return None, [RowFault(CUSTOMERS.cells, f"{len(cells)} ≠ {len(self._keys)}")]
        found = (*cells, "")  # -1: a column that the file has not
        terms, wrong = self._terms(tuple([found[at] for at in self._terms_at]))
        row, faults = _customer(line_no, [found[at] for at in self._own_at], terms)
        if row is None or wrong:
            return None, faults + wrong
        faults = self._beside(row)
        return (None, faults) if faults else (row, [])

    def _beside(self, row: FiledCustomer) -> list[RowFault]:
        """What does not fit a row before."""
        account_no, faults = row.account_no, []
        once = ("meter", row.number, row.register) if row.number else ("fee", account_no, row.fee_id)
        first = self._lines.setdefault(hash(once), row.line_no)
        if first != row.line_no:
            faults.append(RowFault(B.ROW_TWICE, str(first)))
        if account_no in self._odd:
            faults.append(RowFault(B.ROW_OTHER_WRITING, self._odd[account_no][:CODE_MAX]))
        holder = hash(row.holder)
        terms = hash((row.class_, row.region, row.area_milli, row.factor, row.from_on, row.prepaid))
        if self._holders.setdefault(hash(account_no), holder) != holder or self._fee_rows.setdefault(
            hash((account_no, row.fee_id)), terms) != terms:  # fmt: skip
            faults.append(RowFault(B.ROW_DIFFERS, account_no[:CODE_MAX]))
        return faults


class _Terms(NamedTuple):
    """What most rows of a file have in common: as `FiledCustomer` has it."""

    persons: int | None
    consent: bool
    from_on: date
    fee_id: int
    class_: str
    region: str
    factor: Decimal
    register: str
    multiplier: Decimal
    digits: int
    prepaid: bool | None


_OWN = ("account_no", "name", *_PARTS, "area", "number", "first", "phone")
_TERMS = ("fee", "class", "region", "persons", "factor", "from_on", "register", "multiplier", "digits", "consent",
          "prepaid")  # fmt: skip


def _terms_of(fees: Mapping[str, int], cells: tuple[str, ...]) -> tuple[_Terms | None, list[RowFault]]:
    """Of these cells, read once for all rows that have them; None: something is wrong."""
    cell = dict(zip(_TERMS, map(plain, cells), strict=True))
    day, register = day_of(cell["from_on"]), REGISTERS.get(cell["register"].lower())
    factor, multiplier = (factor_of(cell[key] or "1") for key in ("factor", "multiplier"))
    digits, persons = _whole(cell["digits"] or "6"), _whole(cell["persons"]) if cell["persons"] else None
    has_digits = 3 <= digits <= 12
    faults = list(filter(None, (
        unless(cell["fee"] in fees, B.ROW_FEE, cell["fee"]),
        unless(is_text(cell["class"], CODE_MAX) and (not cell["region"] or is_text(cell["region"], CODE_MAX)),
               B.ROW_CLASS),
        unless(persons is None or 1 <= persons <= 99, B.ROW_NUMBER, _told(cell, "persons")),
        unless(factor is not None, B.ROW_NUMBER, _told(cell, "factor")),
        unless(multiplier is not None, B.ROW_NUMBER, _told(cell, "multiplier")),
        unless(isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY, B.ROW_DAY, cell["from_on"]),
        unless(register is not None, B.ROW_METER),
        unless(has_digits, B.ROW_NUMBER, _told(cell, "digits")),
        unless(not has_digits or (multiplier or Decimal(1)) * 10 ** (digits + 3) <= MILLI_MAX, B.ROW_NUMBER,
               _told(cell, "multiplier")),
        *(unless(cell[key].lower() in YES_NO, B.ROW_NUMBER, _told(cell, key)) for key in ("consent", "prepaid")),
    )))  # fmt: skip
    if faults or not isinstance(day, date) or factor is None or multiplier is None or register is None:
        return None, faults
    prepaid = YES_NO[cell["prepaid"].lower()] if cell["prepaid"] else None
    return _Terms(persons, YES_NO[cell["consent"].lower()], day, fees[cell["fee"]], cell["class"], cell["region"],
                  factor, register, multiplier, digits, prepaid), []  # fmt: skip


def _customer(
    line_no: int, cells: Sequence[str], terms: _Terms | None
) -> tuple[FiledCustomer | None, list[RowFault]]:  # fmt: skip
    """Of the cells that are a row's own; without terms what is wrong with them is told all the same."""
    account, name, *parts, area, number, first, phone = map(plain, cells)
    account = clean_account(cells[0]) if not cells[0].isascii() else "".join(account.split())
    area, phone = _SQUARE.sub("", area), _BETWEEN.sub("", phone)
    area_milli, first_milli = _milli(area) if area else None, _milli(first or "0")
    digits = terms.digits if terms else DIGITS_MAX
    faults = []
    if not is_number(account):
        faults.append(RowFault(B.ROW_ACCOUNT, ""))
    if not _text(name, TEXT_MAX):
        faults.append(RowFault(B.ROW_NAME, ""))
    if not _is_place(parts):
        faults.append(RowFault(B.ROW_PLACE, ""))
    if area and not area_milli:
        faults.append(RowFault(B.ROW_NUMBER, f"{CUSTOMERS.columns['area'][0]} {area}"[:CODE_MAX]))
    if number and not is_number(number):
        faults.append(RowFault(B.ROW_METER, ""))
    if first_milli is None or first_milli >= 10 ** (digits + 3):
        faults.append(RowFault(B.ROW_NUMBER, f"{CUSTOMERS.columns['first'][0]} {first}"[:CODE_MAX]))
    if phone and _PHONE.fullmatch(phone) is None:
        faults.append(RowFault(B.ROW_NUMBER, f"{CUSTOMERS.columns['phone'][0]} {phone}"[:CODE_MAX]))
    if faults or terms is None or first_milli is None:
        return None, faults
    place = tuple(filter(None, parts))
    return FiledCustomer(
        line_no, account, name, place, terms.persons, phone, terms.consent, terms.from_on, terms.fee_id, terms.class_,
        terms.region, area_milli, terms.factor, number or None, terms.register, terms.multiplier, terms.digits,
        first_milli, terms.prepaid,
    ), []  # fmt: skip


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
