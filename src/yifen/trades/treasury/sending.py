"""Vouchers sent by the agent bank's port, and the bank asked what became of them.

A voucher is `sent` in the books, and its bytes are kept, before the first of them leaves; whatever happens then, the
bank is asked by its number before anything is sent again, and only what it never saw is sent once more, in the same
bytes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.roster import key_context
from yifen.core.plugs import result_code
from yifen.core.wire.keys import Key
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.signed_port import TIMEOUT_S, NoPortAnswer
from yifen.trades.treasury.ordering import OrderRow, VoucherLine, answered_lines, order_bytes
from yifen.trades.treasury.wire.paper_client import PaperPort
from yifen.trades.treasury.wire.paper_port import PaperStatus

log = structlog.get_logger()
LADDER_S = (10, 30, 60, 300, 900, 3600)
_SQL = queries(__package__)
Connection = psycopg.Connection[Any]
PortOf = Callable[[int], PaperPort | None]


def work(
    conn: Connection, ring: KeyRing, ports: PortOf, clock: Callable[[], datetime],
    ending: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """What is agreed to and due is sent, what is not decided is asked about; one fault holds up no other. `conn` in
    autocommit: what is sent is written down before it leaves."""
    for statement, step in (("to_send", send), ("to_ask", ask)):
        for voucher, bank in conn.execute(_SQL[statement], {"now": clock()}).fetchall():
            if ending():
                return
            try:
                port = ports(bank)
                if port is not None:
                    step(conn, ring, port, voucher, clock())
            except Exception:
                if conn.closed:
                    raise
                log.exception("a payment voucher failed", voucher=voucher)


def send(conn: Connection, ring: KeyRing, port: PaperPort, voucher: int, at: datetime) -> None:
    """An agreed one, if it may leave now."""
    row = _row(conn, voucher)
    try:
        body = order_bytes(ring, row, [VoucherLine(*line) for line in conn.execute(_SQL["order_lines"], (voucher,))])
    except Refused as refused:
        log.error("a payment voucher cannot be written", voucher=row.voucher_no, why=str(refused))
        conn.execute(_SQL["unsendable"], (voucher, str(refused), at))
        return
    soon = at + timedelta(seconds=2 * port.timeout_s + LADDER_S[0])
    sealed = ring.seal(body, context(row.bank_id, "out", "8202", row.voucher_no))
    (code,) = conn.execute(_SQL["send"], (voucher, sha256(body).digest(), sealed, soon, at)).fetchall()[0]
    if code:
        log.warning("a payment voucher is not sent", voucher=row.voucher_no, code=result_code(code).name)
        return
    _submit(conn, ring, port, voucher, body, at)


def ask(conn: Connection, ring: KeyRing, port: PaperPort, voucher: int, at: datetime) -> None:
    """What became of it; what the bank never saw is sent once more, never twice."""
    row = _row(conn, voucher)
    try:
        status = port.query(row.reference)
    except NoPortAnswer as reason:
        _unsure(conn, voucher, row, False, str(reason), at)
        return
    if status.state != "not_found":
        _take(conn, ring, voucher, row, status, at)
    elif _unsure(conn, voucher, row, True, "the bank does not know it", at):
        _submit(conn, ring, port, voucher, _sent(conn, ring, voucher, row), at)


def _submit(conn: Connection, ring: KeyRing, port: PaperPort, voucher: int, body: bytes, at: datetime) -> None:
    row = _row(conn, voucher)
    try:
        status = port.submit(row.reference, body)
    except (NoPortAnswer, KeyRingError) as reason:
        _unsure(conn, voucher, row, False, str(reason), at)
        return
    _take(conn, ring, voucher, row, status, at)


def _take(conn: Connection, ring: KeyRing, voucher: int, row: OrderRow, status: PaperStatus, at: datetime) -> None:
    """The bank's word is kept, and booked line by line."""
    next_at = at + timedelta(seconds=LADDER_S[min(row.tries, len(LADDER_S) - 1)])
    match status.state:
        case "refused":
            reason = f"{status.code} {status.reason}".strip()
            (code,) = conn.execute(_SQL["rejected"], (voucher, reason, at)).fetchall()[0]
        case "answered":
            try:
                told = answered_lines(_sent(conn, ring, voucher, row), status.paper, at.astimezone(HUB_ZONE).date())
            except Refused as refused:
                _unsure(conn, voucher, row, False, str(refused), at)
                refuse(conn, ring, row.bureau_id, row.bank_id, "8202", row.voucher_no, refused, status.paper, at)
                log.error("the bank's answer does not fit", voucher=row.voucher_no, why=str(refused))
                return
            sealed = ring.seal(status.paper, context(row.bank_id, "in", "8202", row.voucher_no))
            (code,) = conn.execute(_SQL["told"], (voucher, Jsonb(told), sha256(status.paper).digest(), sealed, next_at,
                                                  at)).fetchall()[0]  # fmt: skip
        case _:
            _unsure(conn, voucher, row, False, "", at)
            return
    if code:
        _unsure(conn, voucher, row, False, result_code(code).name, at)
        if status.state == "answered":
            refuse(conn, ring, row.bureau_id, row.bank_id, "8202", row.voucher_no, Refused(result_code(code)),
                   status.paper, at)
        log.error("the bank's answer is not taken", voucher=row.voucher_no, code=result_code(code).name)


def refuse(
    conn: Connection, ring: KeyRing, bureau: int | None, house: int, kind: str, number: str, why: Refused, body: bytes,
    at: datetime,
) -> None:  # fmt: skip
    """A paper or answer that is not taken is kept as it came, and listed."""
    sealed = ring.seal(body, refused_context(house, kind, sha256(body).digest()))
    conn.execute(_SQL["refuse"], (bureau, house, kind, number, int(why.code), str(why), sha256(body).digest(), sealed,
                                  at))  # fmt: skip


def refused_context(house: int, kind: str, digest: bytes) -> str:
    """What one that was not taken is sealed for; the plug says the same in SQL."""
    return f"treasury_refused:{house}:{kind}:{digest.hex()}"


def _unsure(conn: Connection, voucher: int, row: OrderRow, resend: bool, reason: str, at: datetime) -> bool:
    """Whether it may be sent once more now."""
    ask_at = at + timedelta(seconds=LADDER_S[min(row.tries, len(LADDER_S) - 1)])
    return bool(conn.execute(_SQL["unsure"], (voucher, resend, reason, ask_at, at)).fetchall()[0][0])


def _sent(conn: Connection, ring: KeyRing, voucher: int, row: OrderRow) -> bytes:
    """Its bytes as they left."""
    (body,) = conn.execute(_SQL["sent_body"], (voucher,)).fetchall()[0]
    return ring.open(bytes(body), context(row.bank_id, "out", "8202", row.voucher_no))


def _row(conn: Connection, voucher: int) -> OrderRow:
    return OrderRow(*conn.execute(_SQL["order"], (voucher,)).fetchall()[0])


def context(house: int, way: str, kind: str, number: str) -> str:
    """What a kept paper is sealed for; the plug says the same in SQL."""
    return f"treasury_word:{house}:{way}:{kind}:{number}"


def port_of(
    conn: Connection, ring: KeyRing, house: int, clock: Callable[[], datetime], timeout_s: float = TIMEOUT_S
) -> PaperPort | None:
    """The port of a house with an endpoint and a valid shared key; None: it has none."""
    row = conn.execute(_SQL["port"], (house, clock(), clock())).fetchone()
    if row is None:
        return None
    endpoint, code, version, sealed = row
    key = Key(partner=code, version=version, algorithm="hmac-sha256", secret=ring.open(bytes(sealed),
                                                                                       key_context(code, version)))
    return PaperPort(endpoint, key, clock, timeout_s)
