"""What `yifen verify` asks of reconciliation: every repair's posting against its transfer and its two
people, every file of a partner byte by byte and in its sums, packed lines against the bytes they came from."""

import hashlib
from contextlib import suppress
from typing import Any

import psycopg

from yifen.core.facts.secrets import KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems
from yifen.trades.reconciliation.keeping import opened
from yifen.trades.reconciliation.proof.again import read_again

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("repairs_altered", "postings_decided", "files_altered", "refunds_once",
                                     "acts_altered", "rows_told", "items_lines", "items_acts", "chargebacks_done"))
_FILES, _BYTES = _SQL["files_kept"], _SQL["file_bytes"]
_PACKED, _PACKS = _SQL["packs_kept"], _SQL["packs_altered"]


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Repairs that do not agree with the ledger or the items, and files that are not as received."""
    return [problem for check in _CHECKS for problem in problems(conn, check)] \
        + _packs(conn) + _bytes(conn)


def _packs(conn: psycopg.Connection[Any]) -> list[str]:
    """File by file: its lines may be millions."""
    found = []
    for file_id, *file in conn.execute(_PACKED).fetchall():
        found += problems(conn, _PACKS.format(file=file_id)) + read_again(conn, file_id, *file)
    return found


def _bytes(conn: psycopg.Connection[Any]) -> list[str]:
    found = []
    for file_id, partner, day, version, digest in conn.execute(_FILES).fetchall():
        whole = hashlib.sha256()
        with conn.transaction(), conn.cursor(name="parts") as cursor:
            for part_no, body, sealed in cursor.execute(_BYTES, (file_id,)):
                with suppress(KeyRingError):  # of a sealed part that was altered nothing is left
                    whole.update(opened(file_id, part_no, body, sealed))
        if whole.digest() != digest:
            found.append(f"recon_file {file_id} partner {partner} day {day} version {version}"
                         " body does not have its sha256")  # fmt: skip
    return found
