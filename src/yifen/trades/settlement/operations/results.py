"""What a bank says of a file of payouts 划付结果: taken in whole or refused whole; it moves nothing until a
second person agreed to what its lines do to which payouts."""

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.trades.settlement import result_files
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.judging import Judged, judge
from yifen.trades.settlement.result_files import DONE, RETURNED, PayoutResults

ACT = "payouts.results"
SECONDS_MAX = 120
RETURNED_TOLD = 50
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


class KeptResults(NamedTuple):
    """A file of results as it was taken in, and the file of payouts that it is about."""

    result_no: int
    file_no: int
    file_name: str
    bank_id: int
    name: str
    sha256: bytes
    received_at: datetime
    received_by: str
    payouts: int
    amount_fen: int


def take_in(conn: Conn, access: Access, name: str, body: bytes, login: str, now: datetime) -> int:
    """The number of the file, which is kept sealed; the same bytes again are the same file. Refused: as
    `result_files.read` and `judge` refuse, RESULT_FOREIGN (of no file of ours, or out of reach)."""
    found = result_files.read(body)
    digest = hashlib.sha256(body).digest()
    with conn.transaction():
        file_no = _file_of(conn, found)
        bank_id = _one(conn, "payout_file_head", file_no)[0]
        if not access.scope.has_partner(bank_id):
            raise Refused(SettlementCode.RESULT_FOREIGN, "file", found.number)
        judge(conn, file_no, found)
        known = conn.execute(_SQL["result_known"], (file_no, digest)).fetchone()
        if known is not None:
            return int(known[0])
        kept = key_ring().seal(body, _context(digest))
        return int(_one(conn, "keep_result", file_no, name[:200], digest, kept, now, login)[0])


def kept(conn: Conn, result_no: int) -> KeptResults:
    """Refused PAYOUT_UNKNOWN: there is none."""
    return KeptResults(*_row(conn, result_no)[:-1])


def judged(conn: Conn, result_no: int) -> list[Judged]:
    """What it says, beside the payouts as they stand now. Refused: as `judge` refuses, RESULT_CHANGED (its
    bytes are not those that came). KeyRingError: no key opens it."""
    *_head, body = _row(conn, result_no)
    about = KeptResults(*_head)
    body = key_ring().open(bytes(body), _context(bytes(about.sha256)))
    if hashlib.sha256(body).digest() != bytes(about.sha256):
        raise Refused(SettlementCode.RESULT_CHANGED, "file")
    return judge(conn, about.file_no, result_files.read(body))


# --- two people ------------------------------------------------------------------------------------
def propose(access: Access, result_no: int, now: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, RESULT_NOTHING, as `judged` and `second.propose` refuse."""
    with plain_connection(SECONDS_MAX) as conn:
        about = kept(conn, result_no)
        if not access.scope.has_partner(about.bank_id):
            raise Refused(Code.OUT_OF_SCOPE, "file")
        content = {"result": result_no, "sha256": bytes(about.sha256).hex(),
                   "payouts": _moved(judged(conn, result_no))}  # fmt: skip
    bank = Partner.objects.get(pk=about.bank_id)
    return second.propose(access, ACT, str(result_no), content, now, partner=bank, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """How many become what, and each that came back. Refused: RESULT_NOTHING, RESULT_CHANGED (other payouts
    than were proposed, or they moved meanwhile), as `judged` refuses."""
    with plain_connection(SECONDS_MAX) as conn:
        about, found = kept(conn, content["result"]), judged(conn, content["result"])
    moved = _moved(found)
    if not moved:
        raise Refused(SettlementCode.RESULT_NOTHING, "file")
    if (moved, bytes(about.sha256).hex()) != (content["payouts"], content["sha256"]):
        raise Refused(SettlementCode.RESULT_CHANGED, "file")
    back = [one for one in found if one.becomes == RETURNED]
    return [
        Change("file", Text("划付文件", "Payout file"), about.file_name, about.file_name),
        Change("name", Text("结果文件", "Results"), None, about.name),
        Change("sha256", Text("摘要", "Digest"), None, bytes(about.sha256).hex()),
        Change("done", Text("到账", "Done"), None, _sum(found, DONE)),
        Change("returned", Text("退汇", "Returned"), None, _sum(found, RETURNED)),
        Change("unchanged", Text("不变", "Unchanged"), None, _sum(found, "")),
        *(Change(one.line.reference, Text(one.line.reference, one.line.reference), grouped_yuan(one.amount_fen),
                 f"{one.biller} · {one.line.reason}".strip(" ·")) for one in back[:RETURNED_TOLD]),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """All of it. Refused: as payout_results_v1 answers."""
    with plain_connection(SECONDS_MAX) as conn:
        code, _changed = _one(conn, "payout_results", content["result"], decision.now)
    if code:
        raise Refused(result_code(code))


def _moved(found: list[Judged]) -> list[list[Any]]:
    """As payout_results_v1 reads it: document, state, bank's serial, reason, whether it had left."""
    return [[one.document_id, one.becomes, one.line.bank_serial, one.line.reason, one.left]
            for one in found if one.becomes]  # fmt: skip


def _sum(found: list[Judged], becomes: str) -> str:
    some = [one.amount_fen for one in found if one.becomes == becomes]
    return f"{len(some):,} · {grouped_yuan(sum(some))}"


def _file_of(conn: Conn, found: PayoutResults) -> int:
    if found.number:
        rows = conn.execute(_SQL["file_by_number"], (found.number,)).fetchall()
    else:
        rows = conn.execute(_SQL["files_by_references"], ([line.reference for line in found.lines],)).fetchall()
    if len(rows) != 1 or rows[0][0] is None:
        raise Refused(SettlementCode.RESULT_FOREIGN, "file", found.number)
    return int(rows[0][0])


def _row(conn: Conn, result_no: int) -> tuple[Any, ...]:
    row = conn.execute(_SQL["payout_result"], (result_no,)).fetchone()
    if row is None:
        raise Refused(SettlementCode.PAYOUT_UNKNOWN, "file", str(result_no))
    return tuple(row)


def _context(digest: bytes) -> str:
    """A file's bytes are sealed; `plug` says the same in SQL."""
    return f"payout_result:{digest.hex()}"


def _one(conn: Conn, name: str, *values: Any) -> tuple[Any, ...]:
    row = conn.execute(_SQL[name], values).fetchone()
    assert row is not None
    return tuple(row)
