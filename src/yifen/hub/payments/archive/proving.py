"""What `yifen verify` asks of the archive: that what stayed of each month is what was kept when it went."""

from collections.abc import Sequence
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.partitions import SPAN
from yifen.hub.payments.archive.files import Archive, ArchiveLost
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
KEPT = {
    "payables": _SQL["kept_payables"], "transfers": _SQL["kept_transfers"], "serials": _SQL["kept_serials"],
    "returns": _SQL["kept_returns"], "events": _SQL["kept_events"], "figures": _SQL["kept_figures"],
    "balances of days": _SQL["kept_days"],
}  # fmt: skip
"""What stays of a month, by name."""


PAYMENTS = "payments"
"""They are kept in `archived` until they are dropped."""


def digests(conn: psycopg.Connection[Any], partition_no: int) -> dict[str, list[Any]]:
    """Of each that stays, and of the payments that are to go: [rows, SHA-256]."""
    conn.execute(_SQL["plain_text"])
    of_payments = _SQL["kept_payments"].format(table="payment")
    return {name: _digest(conn, rows, partition_no) for name, rows in {**KEPT, PAYMENTS: of_payments}.items()}


def _digest(conn: psycopg.Connection[Any], rows: str, partition_no: int) -> list[Any]:
    numbers = {"no": partition_no, "first": partition_no * SPAN, "end": (partition_no + 1) * SPAN}
    return list(conn.execute(_SQL["digests"].format(rows=rows).encode(), numbers).fetchall()[0])


def aside_altered(conn: psycopg.Connection[Any], partition_no: int) -> str:
    """Why the payments that stand aside are not those that went; empty: they are, or this role may not look."""
    with conn.transaction():
        conn.execute(_SQL["plain_text"])
        there, may = conn.execute(_SQL["aside"], {"no": partition_no}).fetchall()[0]
        if not may:
            return ""
        if not there:
            return f"archived.payment_{partition_no} is missing, and it stands in no file"
        kept = dict(row[:2] for row in conn.execute(_SQL["archives"]).fetchall())[partition_no]
        rows = _SQL["kept_payments"].format(table=f"archived.payment_{partition_no}")
        same = _digest(conn, rows, partition_no) == kept.get(PAYMENTS)
    return "" if same else f"archived.payment_{partition_no} is not as it was when it went"


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What stayed of archived months, and is not as it was then."""
    found = []
    with conn.transaction():
        conn.execute(_SQL["plain_text"])
        for partition_no, kept, is_aside in conn.execute(_SQL["archives"]).fetchall():
            if is_aside and (why := aside_altered(conn, partition_no)):
                found.append(why)
            for name, statement in KEPT.items():
                now = _digest(conn, statement, partition_no)
                rows, digest = kept.get(name, (0, ""))
                if now != [rows, digest]:
                    found.append(f"ledger_archive {partition_no} kept {rows} {name}, the {now[0]} that stand there are"
                                 " not they")  # fmt: skip
    return found + problems(conn, _SQL["kept_of_none"])


def opened(conn: psycopg.Connection[Any], archives: Sequence[Archive]) -> list[str]:
    """What is wrong with these archives, each against what the trail has of it; their chains are the ledger's."""
    found = []
    with conn.transaction():
        written = dict(conn.execute(_SQL["written_words"]).fetchall())
    for archive in archives:
        if written.get(archive.partition_no) != archive.digest:
            found.append(f"{archive.folder} is not what was written of month {archive.partition_no}")
            continue
        try:
            archive.prove_files()
        except ArchiveLost as lost:
            found.append(str(lost))
    return found
