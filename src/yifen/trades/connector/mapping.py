"""The mapping 映射: how bills are found in a utility's own database and payments written. A TOML file of statements
with bound values, checked whole before two people decide it. Pure."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from yifen.core.facts.refused import Refused
from yifen.core.wire.replies import PAYABLES_MAX
from yifen.trades.connector.codes import ConnectorCode

Unit = Literal["fen", "yuan"]
Sql = Annotated[str, Meta(min_length=8, max_length=4000)]
Column = Annotated[str, Meta(min_length=1, max_length=128)]
NAME = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")  # as SQLAlchemy's text() reads it
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`")
_FIRST = re.compile(r"\s*([A-Za-z]+)")
_CHANGING = re.compile(
    r"\b(insert|update|delete|merge|replace|into|drop|alter|create|grant|truncate|exec|execute|call)\b", re.IGNORECASE)
# What ends a statement, hides a part of it, or quotes in one database's own way.
_BETWEEN = re.compile(r";|--|/\*|#|\\|\$\w*\$|\x00")
# No part of any way to find or write a payment.
_APART = re.compile(
    r"\b(commit|rollback|savepoint|begin|declare|waitfor|shutdown|backup|bulk|outfile|dumpfile|load_file|attach|detach"
    r"|pragma|copy|drop|alter|create|grant|revoke|truncate)\b", re.IGNORECASE)
MOMENT = frozenset({"at", "day", "day8", "time14"})
OF_ACCOUNT = frozenset({"account", *MOMENT})
OF_SERIAL = frozenset({"serial"})
OF_PAYMENT = frozenset({"serial", "account", "fen", "yuan", *MOMENT})
OF_BILL = OF_PAYMENT | {"bill", "bill_fen", "bill_yuan", "line"}
OF_RETURN = frozenset({"serial", "fen", "yuan", *MOMENT})
OF_DAY = frozenset({"day", "day8", "since", "until"})
READS, WRITES = ("select", "with"), ("insert", "update", "delete", "merge", "replace", "call", "exec", "execute")
CALLS = ("call", "exec", "execute")


class MappingLimits(Struct, forbid_unknown_fields=True, frozen=True):
    """`wait_s`: of one statement and of one lock; `threads`: connections of one process."""

    rows: Annotated[int, Meta(ge=1, le=PAYABLES_MAX)] = 200
    wait_s: Annotated[int, Meta(ge=1, le=25)] = 3
    threads: Annotated[int, Meta(ge=1, le=16)] = 4


class CodePage(Struct, forbid_unknown_fields=True, frozen=True):
    """`charset`: of text that comes as bytes; `declared`: what the database believes of it, where that is not true."""

    charset: str = "utf-8"
    declared: str = ""


class CustomerWay(Struct, forbid_unknown_fields=True, frozen=True):
    """How a customer is found by `:account`: one row, or none."""

    sql: Sql
    name: Column


class OwedWay(Struct, forbid_unknown_fields=True, frozen=True):
    """What `:account` owes: a row a bill. `late` is added to `due`, `paid` taken from it."""

    sql: Sql
    bill: Column
    due: Column
    amounts: Unit
    title: str = ""
    title_text: str = "账单"
    late: str = ""
    paid: str = ""
    due_on: str = ""
    mode: Literal["exact", "partial"] = "exact"


class PaidWay(Struct, forbid_unknown_fields=True, frozen=True):
    """How a payment is found by `:serial`: rows whose amounts are its sum; `back`: a column that, by one of `back_is`,
    says of a row that it was taken back."""

    sql: Sql
    amount: Column
    amounts: Unit
    back: str = ""
    back_is: list[str | int | bool] = []


class DayWay(Struct, forbid_unknown_fields=True, frozen=True):
    """What was written or taken back from `:since` to `:until`: a row a payment, for the comparison of the day's books.
    `back_at`: when it was taken back, NULL if it was not."""

    sql: Sql
    serial: Column
    account: Column
    amount: Column
    amounts: Unit
    at: Column
    back_at: str = ""


class WriteStatement(Struct, forbid_unknown_fields=True, frozen=True):
    """`rows`: how many it must touch each time."""

    sql: Sql
    each: Literal["payment", "bill"] = "payment"
    rows: Annotated[int, Meta(ge=0, le=1000)] | Literal["any"] = 1

    @property
    def is_call(self) -> bool:
        return _first(self.sql) in CALLS


class Mapping(Struct, forbid_unknown_fields=True, frozen=True):
    """All of it. Without `pay` it is for query alone."""

    format: Literal[1]
    customer: CustomerWay
    owed: OwedWay
    paid: PaidWay | None = None
    pay: list[WriteStatement] = []
    back: list[WriteStatement] = []
    day: DayWay | None = None
    limits: MappingLimits = MappingLimits()
    text: CodePage = CodePage()


def mapping_of(toml: str) -> Mapping:
    """Refused: MAPPING_INVALID, with the place."""
    try:
        found = msgspec.toml.decode(toml, type=Mapping)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Refused(ConnectorCode.MAPPING_INVALID, "toml", str(error)[:300]) from None
    for place, sql, firsts, names, needs in _statements(found):
        _check(place, sql, firsts, names, needs)
    for name in filter(None, (found.text.charset, found.text.declared)):
        _check_charset(name)
    if found.pay and found.paid is None:
        raise _wrong("paid", "without it a payment would be written twice")
    if found.back and not found.pay:
        raise _wrong("back", "there is nothing to take back without `pay`")
    if any(one.each == "bill" for one in found.back):
        raise _wrong("back", "each = \"payment\"")
    for part, written in (("pay", found.pay), ("back", found.back)):
        if written and not any("serial" in NAME.findall(one.sql) for one in written):
            raise _wrong(part, "no statement has :serial")
    if found.paid and bool(found.paid.back) != bool(found.paid.back_is):
        raise _wrong("paid", "back and back_is go together")
    return found


def _statements(found: Mapping) -> list[tuple[str, str, tuple[str, ...], frozenset[str], str]]:
    """Each with its place, what it may begin with, the values that there are for it, and the one that it needs."""
    reads = [("customer", found.customer.sql, READS, OF_ACCOUNT, "account"),
             ("owed", found.owed.sql, READS, OF_ACCOUNT, "account")]  # fmt: skip
    if found.paid:
        reads.append(("paid", found.paid.sql, READS, OF_SERIAL, "serial"))
    if found.day:
        reads.append(("day", found.day.sql, READS, OF_DAY, ""))
    pays = [(f"pay[{number}]", one.sql, WRITES, OF_BILL if one.each == "bill" else OF_PAYMENT, "")
            for number, one in enumerate(found.pay)]  # fmt: skip
    backs = [(f"back[{number}]", one.sql, WRITES, OF_RETURN, "") for number, one in enumerate(found.back)]
    return [*reads, *pays, *backs]


def _check(place: str, sql: str, firsts: tuple[str, ...], names: frozenset[str], needs: str) -> None:
    bare = _QUOTED.sub("''", sql)
    if found := _BETWEEN.search(sql):
        raise _wrong(place, f"one statement, without comments: {found[0]!r}, in quotes neither")
    if found := _APART.search(bare):
        raise _wrong(place, f"{found[0]}: a transaction is ours, and a table theirs")
    if _first(sql) not in firsts:
        raise _wrong(place, f"it must begin with {', '.join(firsts)}")
    if firsts is READS and (found := _CHANGING.search(bare)):
        raise _wrong(place, f"{found[0]}: what reads changes nothing")
    used = set(NAME.findall(sql))
    if unknown := used - names:
        raise _wrong(place, f":{min(unknown)} is no value here; there are :{', :'.join(sorted(names))}")
    if firsts is WRITES and not used:  # without a value a driver may send several statements at once
        raise _wrong(place, f"it names no value; there are :{', :'.join(sorted(names))}")
    if needs and needs not in used:
        raise _wrong(place, f"it lacks :{needs}")


def _check_charset(name: str) -> None:
    try:
        "".encode(name)
    except LookupError:
        raise _wrong("text", f"{name[:40]} is no code page") from None


def _first(sql: str) -> str:
    found = _FIRST.match(sql)
    return found[1].lower() if found else ""


def _wrong(place: str, why: str) -> Refused:
    return Refused(ConnectorCode.MAPPING_INVALID, "toml", f"{place}: {why}")
