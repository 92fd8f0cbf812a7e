"""What was on a court's main account when it began here 期初余额: a list by cases, whose sum is the bank's balance of
that day. It is the first of the court's statements, and booked as one: seen first, agreed to by two people, once."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from yifen.core.access.edge import Access
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.face.filed.headed import headed
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.old_rows import FILING, KnownCase, OldCheck, number_in
from yifen.trades.cases.reading import rows
from yifen.trades.cases.rules import party_context
from yifen.trades.cases.statements import CheckedLine, keep


def take_in(
    access: Access, court_id: int, stream: BinaryIO, name: str, login: str, day: date, bank_fen: int, at: datetime
) -> int:
    """The file's number; the same bytes are the same file. `bank_fen`: the bank's balance at the end of `day`. Nothing
    moves yet. One transaction. Refused: OUT_OF_SCOPE, COURT_UNKNOWN, OLD_NOT_BANK (with what the rows add up to), as
    reading and header refuse."""
    lines = list(check(court_id, stream, day))
    total = sum(line.row.amount_fen for line in lines if line.row)
    if not any(line.faults for line in lines) and total != bank_fen:
        raise Refused(CaseCode.OLD_NOT_BANK, "bank", format_yuan(total))
    return keep(access, court_id, stream, name, login, at, lines, day)


def check(court_id: int, stream: BinaryIO, day: date) -> Iterator[CheckedLine]:
    """The header, without line or fault, then every row, as the court's cases stand. Refused: STATEMENT_TOO_LARGE,
    OLD_DAY (it is not over), as reading and header refuse."""
    if day >= rows("today", (court_id,))[0][0]:
        raise Refused(CaseCode.OLD_DAY, "on_day")
    stream.seek(0)
    source = headed(rows_of(stream, encoding_of(stream, FILING), FILING), FILING)
    found = list(source.lines)
    if len(found) > FILING.rows_max:
        raise Refused(CaseCode.STATEMENT_TOO_LARGE, "file")
    said = {number_in(cell) for _, cells in found for cell in cells if "号" in cell} - {""}
    checks = OldCheck(source.header, day, known(court_id, said))
    yield CheckedLine(source.line_no, source.header, None, [])
    for number, cells in found:
        yield CheckedLine(number, cells, *checks.read(number, cells))


def known(court_id: int, numbers: set[str]) -> dict[str, KnownCase]:
    """The one open case to which each number leads; none where there are several."""
    led: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for asked, number, account_no, sealed in rows("old_cases", {"court": court_id, "numbers": list(numbers)}):
        led[asked][account_no].add(key_ring().open(bytes(sealed), party_context(court_id, number)).decode())
    return {asked: KnownCase(account_no, frozenset(names)) for asked, cases in led.items() if len(cases) == 1
            for account_no, names in cases.items()}  # fmt: skip
