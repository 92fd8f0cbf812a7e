"""Statements of the main account 案款专户对账单: kept as they came; two people agree before a line moves money."""

import io
import json
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, NamedTuple

from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import sealed_account, typed_account
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.filed.cells import CheckedRow
from yifen.face.filed.headed import LeftAside, headed
from yifen.face.filed.keeping import digest_of
from yifen.face.filed.reading import Numbered, encoding_of, rows_of
from yifen.face.plain import plain_connection
from yifen.trades.cases import camt_statement, mt940_statement
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.old_rows import FILING as OLD
from yifen.trades.cases.reading import rows
from yifen.trades.cases.statement_rows import FILING, StatementCheck, StatementLine

ACT = "cases.statement"
STANDINGS = {
    "transfer": Text("入子账号", "To sub-accounts"), "arrived": Text("在途案款到账", "Arrived from channels"),
    "unknown": Text("不明款", "Unidentified"), "interest": Text("利息", "Interest"), "fee": Text("手续费", "Fees"),
    "out": Text("支出，待说明", "Out, not explained"), "payout": Text("案款付出", "Payouts"),
    "returned": Text("退汇", "Came back"),
    "error": Text("银行差错，待退回", "The bank's mistake, to come back"),
    "corrected": Text("银行差错退回", "The bank's mistake came back"),
    "levied": Text("银行扣划", "Taken out by the bank"),
    "unknown_out": Text("不明款扣回", "Unidentified money taken out again"),
    "interest_out": Text("利息付出", "Interest paid out"),
    "apart": Text("与银行推送不符，待说明", "Not as the bank told of it"),
}  # fmt: skip
"""What becomes of a line (`court_row_standing`)."""
CheckedLine = CheckedRow[StatementLine]
_SQL = queries(__package__)


class StatementFile(NamedTuple):
    """A statement, and how far it is: wrong, staged, open, booked. `old_on`: it is the list of old balances of that
    day."""

    file_id: int
    court_id: int
    court_code: str
    court_name: str
    name: str
    sha256: bytes
    rows: int
    wrong: int
    opening_fen: int
    closing_fen: int
    received_at: datetime
    received_by: str
    state: str
    proposal_id: int | None
    old_on: date | None


class StatementRow(NamedTuple):
    """A line with its words opened, and what becomes of it."""

    line_no: int
    at: datetime
    serial: str
    kind: str
    amount_fen: int
    balance_fen: int
    account_no: str
    reference: str
    payer: str
    payer_no: str
    words: str
    standing: str


def found(file_id: int) -> StatementFile:
    """Refused OUT_OF_SCOPE: there is none."""
    row = rows("file", (file_id,))
    if not row:
        raise Refused(Code.OUT_OF_SCOPE, "file")
    return StatementFile(*row[0])


def take_in(access: Access, court_id: int, stream: BinaryIO, name: str, login: str, at: datetime) -> int:
    """The file's number; the same bytes are the same file. Nothing moves yet. One transaction. Refused: OUT_OF_SCOPE,
    COURT_UNKNOWN, as reading and header refuse."""
    return keep(access, court_id, stream, name, login, at, check(court_id, stream, at))


def keep(
    access: Access, court_id: int, stream: BinaryIO, name: str, login: str, at: datetime,
    checked: Iterable[CheckedLine], old_on: date | None = None,
) -> int:  # fmt: skip
    """A file with its lines, the header first; none of them where one is wrong. Refused: OUT_OF_SCOPE, and as `checked`
    refuses."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    digest, _size = digest_of(stream, FILING)
    lines = list(checked)[1:]
    with plain_connection() as conn:
        known = conn.execute(_SQL["file_known"], (court_id, digest)).fetchone()
        if known is not None:
            return int(known[0])
        wrong = sum(bool(line.faults) for line in lines)
        kept = [line.row for line in lines if line.row]
        opening = kept[0].balance_fen - kept[0].signed_fen if kept and not wrong else 0
        added = conn.execute(_SQL["file_add"], {
            "court": court_id, "name": name[:200], "sha256": digest, "rows": len(lines), "wrong": wrong,
            "opening": opening, "closing": kept[-1].balance_fen if kept and not wrong else 0, "now": at, "login": login,
            "old_on": old_on,
        }).fetchone()  # fmt: skip
        assert added is not None
        file_id, ring = int(added[0]), key_ring()
        stream.seek(0)
        conn.execute(_SQL["file_add_body"], (file_id, ring.seal(stream.read(), f"court_file_body:{file_id}")))
        with conn.cursor().copy(_SQL["copy_rows"]) as copy:
            for row in kept if not wrong else ():
                who = json.dumps([row.payer, row.payer_no, row.words], ensure_ascii=False).encode()
                account = typed_account(row.payer_no)
                copy.write_row((file_id, *row[:9], ring.seal(who, f"court_row:{file_id}:{row.line_no}"),
                                sealed_account(ring, account) if account else ""))  # fmt: skip
        return file_id


def check(court_id: int, stream: BinaryIO, at: datetime) -> Iterator[CheckedLine]:
    """The header, without line or fault, then every line. Refused: COURT_UNKNOWN, STATEMENT_TOO_LARGE, as reading and
    header refuse."""
    rule = rows("rule_on", (court_id, localdate(at)))
    if not rule or rule[0][0]["court_id"] is None:
        raise Refused(CaseCode.COURT_UNKNOWN, "court")
    source = headed(_source(stream), FILING)
    checks = StatementCheck(source.header, rule[0][0]["main_no"], source.aside.above)
    yield CheckedLine(source.line_no, source.header, None, [])
    for count, (number, cells) in enumerate(source.lines, 1):
        if count > FILING.rows_max:
            raise Refused(CaseCode.STATEMENT_TOO_LARGE, "file")
        yield CheckedLine(number, cells, *checks.read(number, cells))


def left_aside(file: StatementFile) -> tuple[LeftAside, str]:
    """What of a statement as it came is not read; and what above its heading told the account."""
    source = headed(_source(kept_bytes(file.file_id)), OLD if file.old_on else FILING)
    deque(source.lines, 0)
    main_no = rows("rule_on", (file.court_id, localdate(file.received_at)))[0][0]["main_no"]
    account = next((line for line in source.aside.above if main_no and main_no in clean_account(line)), "")
    return source.aside._replace(above=[line for line in source.aside.above if line != account]), account


def _source(stream: BinaryIO) -> Iterator[Numbered]:
    """Header and rows, whatever form it has."""
    if camt_statement.is_camt(stream):
        return camt_statement.rows_of(stream)
    if mt940_statement.is_mt940(stream):
        return mt940_statement.rows_of(stream)
    return rows_of(stream, encoding_of(stream, FILING), FILING)


def kept_bytes(file_id: int) -> BinaryIO:
    """The file as it came, opened."""
    (body,) = rows("file_body", (file_id,))[0]
    return io.BytesIO(key_ring().open(bytes(body), f"court_file_body:{file_id}"))


def standings(file_id: int) -> list[tuple[str, int, int]]:
    """(what becomes of them, lines, fen), as things stand."""
    return rows("standings", (file_id,))


def lines(file_id: int) -> list[StatementRow]:
    """All of them, in the order of the bank."""
    ring = key_ring()
    return [StatementRow._make((
                line_no, *columns, *json.loads(ring.open(bytes(who), f"court_row:{file_id}:{line_no}")), standing))
            for line_no, *columns, who, standing in rows("statement_rows", (file_id,))]  # fmt: skip


def against(file_id: int) -> Refused | None:
    """What speaks against booking it now."""
    (code,) = rows("statement_against", (file_id,))[0]
    return Refused(result_code(code), "file") if code else None


def propose(access: Access, file_id: int, at: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, and as `view` and `second.propose` refuse."""
    file = found(file_id)
    if not access.scope.has_partner(file.court_id):
        raise Refused(Code.OUT_OF_SCOPE, "file")
    content = {"file": file_id, "sha256": file.sha256.hex(), "rows": rows("rows_digest", (file_id,))[0][0]}
    return second.propose(access, ACT, str(file_id), content, at, partner=Partner.objects.get(pk=file.court_id),
                          reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Its balances, and what becomes of its lines. Refused: STATEMENT_ROWS_WRONG, STATEMENT_BOOKED, STATEMENT_GAP,
    STATEMENT_TWICE, OLD_LATE."""
    file = found(content["file"])
    if refused := against(file.file_id):
        raise refused
    return [
        Change("court", Text("法院", "Court"), None, file.court_name),
        *([Change("old_on", Text("期初余额结转", "Old balances of"), None, str(file.old_on))] if file.old_on else []),
        Change("name", Text("文件名", "File"), None, file.name),
        Change("sha256", Text("摘要", "Digest"), None, file.sha256.hex()),
        Change("balance", Text("余额（元）", "Balance (yuan)"), grouped_yuan(file.opening_fen),
               grouped_yuan(file.closing_fen)),
        *(Change(name, STANDINGS[name], None, f"{count:,} · {grouped_yuan(fen)}")
          for name, count, fen in standings(file.file_id)),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """Every line is booked. Refused as cases_statement_v1 answers."""
    done("book_statement", decision.proposal, decision.now, field="file")
