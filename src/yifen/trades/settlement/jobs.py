"""What pages ask of the night's process: a question to a bank, whose answer moves money; a file of payouts."""

from collections.abc import Callable

import psycopg
import structlog

from yifen.core.access.edge import now
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.ring import key_ring
from yifen.trades.settlement.operations import payout_files, sending
from yifen.trades.settlement.port import port_of

log = structlog.get_logger()
ASK, FILE = "settlement.ask", "settlement.file"


def ask(ending: Callable[[], bool], *, document_id: int, bank_id: int) -> None:
    """What became of a payout; what the bank never saw is sent once more, never twice."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        port = port_of(conn, key_ring(), bank_id, now)
        if port is None:
            return
        try:
            state = sending.ask(conn, port, document_id)
            log.info("asked the bank", payout=document_id, state=state)
        except Refused as refused:
            log.warning("the bank was not asked", payout=document_id, reason=str(refused))


def write_file(ending: Callable[[], bool], *, bank_id: int, form: str) -> None:
    """Every payout that is due today at a bank without a port, in one file."""
    with psycopg.connect(read_settings().database_url, autocommit=True) as conn:
        if port_of(conn, key_ring(), bank_id, now) is not None:
            log.warning("no file of payouts: the bank has a port", bank=bank_id)
            return
        at = now()
        found = payout_files.write(conn, bank_id, at.astimezone(ZONE).date(), form, at)
        log.info("a file of payouts", bank=bank_id, file=found and found.name, payouts=found and found.payouts)
