"""A biller's file is taken in, whole or not at all; what failed, or its open bills, make batches too; the result goes
out."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.layouts.forms import DebitFileFault, DebitOutcome, DebitTotals, FiledRow

Connection = psycopg.Connection[Any]
_SQL = queries(__package__)
BYTES_MAX = 256 << 20
PIECE = 2_000
ACCOUNT_CODES = frozenset({
    CoreCode.CORE_NO_ACCOUNT, CoreCode.CORE_CLOSED, CoreCode.CORE_FROZEN, CoreCode.CORE_LOST, CoreCode.CORE_WRONG_KIND,
    DebitCode.DEBIT_ACCOUNT_DIFFERS, DebitCode.DEBIT_NAME_DIFFERS,
})  # fmt: skip
"""What a layout without numbers of its own calls a wrong account."""


class Batch(NamedTuple):
    """A batch as it stands."""

    batch_id: int
    serial: str
    biller_id: int
    biller: str
    biller_name: str
    channel: str
    core_id: int
    source: str
    layout: str
    name: str
    sha256: bytes
    head: dict[str, str]
    again_of: int | None
    rows: int
    amount_fen: int
    state: str
    packs: int
    received_at: datetime
    done_at: datetime | None


def find(conn: Connection, batch_id: int) -> Batch:
    """Refused: DEBIT_UNKNOWN."""
    row = conn.execute(_SQL["batch"], (batch_id,)).fetchone()
    if row is None:
        raise Refused(DebitCode.DEBIT_UNKNOWN)
    return Batch(*row)


def take_in(
    conn: Connection, ring: KeyRing, session: str, biller_id: int, name: str, data: bytes, now: datetime
) -> int:
    """The batch of a file, in the layout of the biller's rule; the same bytes are the same batch. `session`: of who
    sends it, "" by a pipe. What is refused as a whole is kept with its number. Refused: DEBIT_FILE_UNREADABLE,
    DEBIT_TOTALS_WRONG, DEBIT_DIGEST_WRONG, DEBIT_NAME_TAKEN, DEBIT_RULE_MISSING, DEBIT_EMPTY, DEBIT_TOO_LARGE,
    PERMISSION_MISSING."""
    digest = sha256(data).digest()
    try:
        with conn.transaction():
            return _take(conn, ring, session, biller_id, name, data, digest, now)
    except DebitFileFault as fault:
        refused = Refused(fault.code, "file", fault.detail)
    except Refused as found:
        refused = found
    except psycopg.DataError as error:  # a character or a number that no column can hold
        refused = Refused(DebitCode.DEBIT_FILE_UNREADABLE, "file", str(error).splitlines()[0][:80])
    if refused.code is not Code.PERMISSION_MISSING:
        conn.execute(_SQL["refuse"], (session, biller_id, name, digest, int(refused.code), str(refused.detail), now))
    raise refused


def _take(
    conn: Connection, ring: KeyRing, session: str, biller_id: int, name: str, data: bytes, digest: bytes, now: datetime
) -> int:
    if len(data) > BYTES_MAX:
        raise DebitFileFault(DebitCode.DEBIT_TOO_LARGE, f"> {BYTES_MAX >> 20} MB")
    rule = conn.execute(_SQL["layout_of"], {"biller": biller_id, "now": now}).fetchone()
    if rule is None:
        raise DebitFileFault(DebitCode.DEBIT_RULE_MISSING, name)
    head, rows = LAYOUTS[rule[0]].read(data)
    values = (biller_id, name, digest, Jsonb(head), now)
    found = conn.execute(_SQL["take"], (session, *values)) if session else conn.execute(_SQL["receive"], values)
    batch, is_new, code = found.fetchone() or (0, False, int(Code.FAULT))
    if code or batch is None:
        raise Refused(result_code(code), "file", name)
    if is_new:
        serial = f"DB{batch:010d}"
        while piece := list(islice(rows, PIECE)):
            _add(conn, ring, batch, serial, piece)
        _ok(conn.execute(_SQL["filed"], (batch,)))
    return int(batch)


def _add(conn: Connection, ring: KeyRing, batch: int, serial: str, piece: list[FiledRow]) -> None:
    sealed = [ring.seal(_packed(row), context(f"{serial}-{row.place:07d}")) for row in piece]
    conn.execute(_SQL["add"], (
        batch, [row.place for row in piece], [row.customer for row in piece], [row.ref for row in piece],
        [row.fen for row in piece], [row.due for row in piece], sealed,
        [int(DebitCode.DEBIT_ROW_WRONG) if row.fault else 0 for row in piece]))  # fmt: skip


def _packed(row: FiledRow) -> bytes:
    return json.dumps([row.account, row.name, row.raw.decode("latin-1"), row.fault], ensure_ascii=False).encode()


def opened(ring: KeyRing, first: str, sealed: bytes) -> tuple[str, str, bytes, str]:
    """What a row said: account, name, its bytes, what is wrong with it. KeyRingError."""
    account, name, raw, fault = json.loads(ring.open(bytes(sealed), context(first)))
    return account, name, raw.encode("latin-1"), fault


def context(first: str) -> str:
    """To what a row is sealed, as the plug has it."""
    return f"debit_item:{first}"


def build(conn: Connection, session: str, biller_id: int, first: date, last: date, now: datetime) -> int:
    """A batch of the open bills that fall due in these days. Refused: PERMISSION_MISSING, DEBIT_RULE_MISSING,
    DEBIT_EMPTY."""
    try:
        return _made(conn.execute(_SQL["build"], (session, biller_id, first, last, now)))
    except psycopg.errors.NoDataFound:
        raise Refused(DebitCode.DEBIT_EMPTY) from None


def again(conn: Connection, session: str, batch_id: int, now: datetime) -> int:
    """A batch of what failed. Refused: PERMISSION_MISSING, DEBIT_STATE, DEBIT_RULE_MISSING, DEBIT_AGAIN_NONE."""
    return _made(conn.execute(_SQL["again"], (session, batch_id, now)))


def drop(conn: Connection, session: str, batch_id: int, now: datetime) -> None:
    """Before it runs. Refused: PERMISSION_MISSING, DEBIT_STATE."""
    _ok(conn.execute(_SQL["drop"], (session, batch_id, now)))


def _made(found: psycopg.Cursor[Any]) -> int:
    batch, code = found.fetchone() or (0, int(Code.FAULT))
    if code or batch is None:
        raise Refused(result_code(code))
    return int(batch)


def _ok(found: psycopg.Cursor[Any]) -> None:
    code = (found.fetchone() or (int(Code.FAULT),))[0]
    if code:
        raise Refused(result_code(code))


def result(conn: Connection, ring: KeyRing, batch_id: int) -> Iterator[bytes]:
    """The result file, in the layout that the file came in; the same bytes each time. Refused: DEBIT_UNKNOWN,
    DEBIT_UNDER_WAY."""
    batch = find(conn, batch_id)
    if batch.state != "done" or batch.done_at is None:
        raise Refused(DebitCode.DEBIT_UNDER_WAY)
    row = conn.execute(_SQL["totals"], (batch_id,)).fetchone()
    assert row is not None
    rows, fen, ok, ok_fen = row
    totals = DebitTotals(rows, fen, ok, ok_fen, batch.done_at.astimezone(ZONE))
    return LAYOUTS[batch.layout].result(batch.head, totals, _added_up(totals, _outcomes(conn, ring, batch)))


def fetched(conn: Connection, batch_id: int, now: datetime) -> None:
    """Its result was handed out."""
    conn.execute(_SQL["fetched"], (batch_id, now))


def result_name(batch: Batch) -> str:
    """What the result is called: after the file that it answers."""
    return f"{batch.name.replace('/', '-')}.{batch.serial}.out"


def _added_up(totals: DebitTotals, outcomes: Iterator[DebitOutcome]) -> Iterator[DebitOutcome]:
    """Each; once all were written, that they are what the head says of them."""
    rows = ok = fen = 0
    for one in outcomes:
        rows, ok, fen = rows + 1, ok + (not one.code), fen + one.paid_fen
        yield one
    if (rows, ok, fen) != (totals.rows, totals.ok, totals.ok_fen):
        raise RuntimeError(f"a result has {rows} rows, {ok} debited of {fen} fen, its head says {totals}")


def _outcomes(conn: Connection, ring: KeyRing, batch: Batch) -> Iterator[DebitOutcome]:
    layout = LAYOUTS[batch.layout]
    with conn.cursor(name="debit_outcomes") if not conn.autocommit else conn.cursor() as cursor:
        cursor.execute(_SQL["outcomes"], (batch.batch_id,))
        for (place, customer, ref, asked, fen, due, first, sealed, state, code, at, core_serial, number, account,
             holder) in cursor:  # fmt: skip
            if sealed:
                said, name, raw, fault = opened(ring, first, sealed)
                row = FiledRow(place, customer, said, name, ref, asked, due, raw, fault)
            else:
                said, name = _payer(ring, number, account, holder)
                row = FiledRow(place, customer, said, name, ref, asked, due, b"")
                row = row._replace(raw=layout.row(row))
            words, paid = result_code(code) if code else None, fen if state == "booked" else 0
            yield DebitOutcome(row, _kind(words), code, words.meaning.zh if words else "", paid,
                               core_serial if paid else "", at.astimezone(ZONE))  # fmt: skip


def _payer(ring: KeyRing, number: str | None, account: bytes | None, holder: bytes | None) -> tuple[str, str]:
    """Account and name of a mandate; of none, nothing."""
    if number is None or account is None or holder is None:
        return "", ""
    return account_of(ring, number, account), holder_of(ring, number, holder)


def account_of(ring: KeyRing, number: str, sealed: bytes) -> str:
    """A mandate's account. KeyRingError."""
    return ring.open(bytes(sealed), f"mandate:{number}").decode()


def holder_of(ring: KeyRing, number: str, sealed: bytes) -> str:
    """Whose it is. KeyRingError."""
    try:
        return str(json.loads(ring.open(bytes(sealed), f"mandate:{number}"))[0])
    except (ValueError, IndexError) as error:
        raise KeyRingError(str(error)) from None


def _kind(code: ResultCode | None) -> str:
    if code is None:
        return "ok"
    return "short" if code is CoreCode.CORE_SHORT else "account" if code in ACCOUNT_CODES else "other"
