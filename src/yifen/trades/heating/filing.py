"""Requests that come as a file 报停报开文件: kept as it came, its rows only when every one is right; taken in by two
people, whole or not at all."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code, result_codes
from yifen.core.ring import key_ring
from yifen.face.filed.cells import CheckedRow, RowFault
from yifen.face.filed.keeping import digest_of
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.face.plain import plain_connection
from yifen.face.scope import buckets
from yifen.trades.heating.codes import HeatingCode
from yifen.trades.heating.filed_rows import Line, RequestCheck, filing
from yifen.trades.heating.rules import KINDS
from yifen.trades.heating.seasons import done

ACT = "heating.file"
CheckedLine = CheckedRow[Line]
_SQL = queries(__package__)


class RequestFile(NamedTuple):
    """A file, and how far it is: wrong, staged, open, taken."""

    file_id: int
    season_id: int
    biller_id: int
    biller_code: str
    biller_name: str
    season: str
    name: str
    sha256: bytes
    rows: int
    wrong: int
    lines: list[Line]
    received_at: datetime
    received_by: str
    state: str
    open_proposal: int | None


def found(file_id: int) -> RequestFile:
    """Refused OUT_OF_SCOPE: there is none."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["file"], (file_id,)).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "file")
    return RequestFile(*row)


def take_in(access: Access, season_id: int, stream: BinaryIO, name: str, login: str, at: datetime) -> int:
    """The file's number; the same bytes that were right are the same file. Nothing is asked for yet. One transaction.
    Refused: OUT_OF_SCOPE, as reading and header refuse."""
    digest, _size = digest_of(stream, filing())
    with plain_connection() as conn:
        season = conn.execute(_SQL["file_season"], (season_id,)).fetchone()
        if season is None or not access.scope.has_partner(season[0]):
            raise Refused(Code.OUT_OF_SCOPE, "season")
        known = conn.execute(_SQL["file_known"], (season_id, digest)).fetchone()
        if known is not None:
            return int(known[0])
        checked = list(check(season_id, season[0], stream, at))[1:]
        wrong = sum(bool(line.faults) for line in checked)
        kept = [] if wrong else [line.row for line in checked]
        row = conn.execute(_SQL["file_add"], {
            "season": season_id, "biller": season[0], "name": name[:200], "sha256": digest, "rows": len(checked),
            "wrong": wrong, "lines": Jsonb(kept), "now": at, "login": login}).fetchone()  # fmt: skip
        assert row is not None
        stream.seek(0)
        conn.execute(_SQL["file_add_body"], (row[0], key_ring().seal(stream.read(), _place(row[0]))))
        return int(row[0])


def check(season_id: int, biller_id: int, stream: BinaryIO, at: datetime) -> Iterator[CheckedLine]:
    """The header, then every row; as the books have it now too, when all are right by themselves."""
    source = rows_of(stream, encoding_of(stream, filing()), filing())
    line_no, header = next(source, (0, []))
    rules = RequestCheck(header)
    lines = [CheckedLine(number, cells, *rules.read(number, cells)) for number, cells in source]
    for line in lines:
        if line.row:
            line.row["bucket"] = account_bucket(biller_id, line.row["account_no"], buckets())
    if not any(line.faults for line in lines):
        codes = against(season_id, [line.row for line in lines if line.row], at)
        lines = [line._replace(faults=[RowFault(result_code(code))] if code else [])
                 for line, code in zip(lines, codes, strict=True)]  # fmt: skip
    yield CheckedLine(line_no, header, None, [])
    yield from lines


def check_again(file: RequestFile, at: datetime) -> list[CheckedLine]:
    """The file as it would be checked now."""
    return list(check(file.season_id, file.biller_id, kept_bytes(file.file_id), at))


def kept_bytes(file_id: int) -> BinaryIO:
    """The file as it came, opened."""
    with plain_connection() as conn:
        (body,) = conn.execute(_SQL["file_body"], (file_id,)).fetchall()[0]
    return io.BytesIO(key_ring().open(body, _place(file_id)))


def against(season_id: int, lines: Sequence[Line], at: datetime) -> list[int]:
    """What speaks against each, as of now; 0: nothing."""
    with plain_connection() as conn:
        asked = {"season": season_id, "lines": Jsonb(list(lines)), "now": at}
        return [code for (code,) in conn.execute(_SQL["file_against"], asked).fetchall()]


def propose(access: Access, file_id: int, reason: str, at: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, and as `view` and `second.propose` refuse."""
    file = found(file_id)
    if not access.scope.has_partner(file.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "file")
    content = {"file": file_id, "sha256": file.sha256.hex()}
    return second.propose(access, ACT, str(file_id), content, at, partner=Partner.objects.get(pk=file.biller_id),
                          reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Its figures. Refused: CUSTOMERS_ROWS_WRONG, HEATING_FILE_TAKEN, and by what speaks against its first such row."""
    file = found(content["file"])
    if file.wrong:
        raise Refused(result_codes()["CUSTOMERS_ROWS_WRONG"], "file", str(file.wrong))
    if file.state == "taken":
        raise Refused(HeatingCode.HEATING_FILE_TAKEN, "file")
    for line, code in zip(file.lines, against(file.season_id, file.lines, now()), strict=True):
        if code:
            raise Refused(result_code(code), "file", str(line["line_no"]))
    return [
        Change("biller", Text("收费单位", "Biller"), None, file.biller_name),
        Change("season", Text("采暖季", "Season"), None, file.season),
        Change("name", Text("文件名", "File"), None, file.name),
        Change("sha256", Text("摘要", "Digest"), None, file.sha256.hex()),
        *(Change(kind, KINDS[kind], None, str(count)) for kind, count in counts(file.lines).items()),
    ]  # fmt: skip


def counts(lines: Sequence[Line]) -> dict[str, int]:
    """How many ask for what."""
    return {kind: sum(line["kind"] == kind for line in lines) for kind in KINDS}


def run(content: dict[str, Any], decision: Decision) -> None:
    """Every request is taken in. Refused as heating_file_take_v1 answers."""
    done("file_take", decision.proposal, decision.now)


def _place(file_id: int) -> str:
    """A body that is moved opens no longer; `plug` says the same in SQL."""
    return f"heating_file_body:{file_id}"
