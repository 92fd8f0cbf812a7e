"""A bank's results beside the payouts that they name; free of Django."""

from typing import Any, NamedTuple

import psycopg

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.result_files import DONE, PENDING, RETURNED, PayoutResults, ResultLine

_SQL = queries(__package__)


class Judged(NamedTuple):
    """A line beside its payout. `becomes`: done, returned, or nothing: it stands so, or is not decided."""

    line: ResultLine
    document_id: int
    biller: str
    amount_fen: int
    state: str
    becomes: str

    @property
    def left(self) -> bool:
        """It came back after it had left."""
        return self.becomes == RETURNED and self.line.state == RETURNED


def judge(conn: psycopg.Connection[Any], file_no: int, found: PayoutResults) -> list[Judged]:
    """Each line with its payout. Refused: RESULT_FOREIGN (a payout of another file, or none of ours),
    RESULT_DIFFERS (its amount, or count and sum of the file), PAYOUT_STATE (done, though it came back before)."""
    payouts = {row[0]: row[1:] for row in conn.execute(_SQL["payouts_of_file"], (file_no,)).fetchall()}
    _bank, count, total_fen = conn.execute(_SQL["payout_file_head"], (file_no,)).fetchone() or (0, 0, 0)
    if found.count not in (None, count) or found.total_fen not in (None, total_fen):
        told = f"{found.count} · {grouped_yuan(found.total_fen or 0)} ≠ {count} · {grouped_yuan(total_fen)}"
        raise Refused(SettlementCode.RESULT_DIFFERS, "file", told)
    lines = {line.reference: line for line in found.lines}
    if strange := next((ref for ref in lines if ref not in payouts), ""):
        raise Refused(SettlementCode.RESULT_FOREIGN, "file", f"{lines[strange].line_no}: {strange}")
    rest = {ref: ResultLine(0, ref, found.all) for ref in payouts if found.all and ref not in lines}
    return [_beside(line, *payouts[line.reference]) for line in (lines | rest).values()]


def _beside(line: ResultLine, document_id: int, amount_fen: int, state: str, biller: str) -> Judged:
    if line.amount_fen not in (None, amount_fen):
        raise Refused(SettlementCode.RESULT_DIFFERS, "file", f"{line.line_no}: {line.reference}")
    says = {DONE: DONE, PENDING: ""}.get(line.state, RETURNED)
    if says == DONE and state == RETURNED:
        raise Refused(SettlementCode.PAYOUT_STATE, "file", f"{line.line_no}: {line.reference}")
    return Judged(line, document_id, biller, amount_fen, state, "" if says == state else says)
