"""What `yifen verify` asks of the archive: that what stayed of each month is what was kept when it went."""

from collections.abc import Sequence
from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.partitions import SPAN
from yifen.hub.payments.archive.files import Archive, ArchiveLost

_SQL = queries(__package__)
KEPT = {
    "payables": _SQL["kept_payables"], "transfers": _SQL["kept_transfers"], "serials": _SQL["kept_serials"],
    "returns": _SQL["kept_returns"], "events": _SQL["kept_events"],
}  # fmt: skip
"""What stays of a month, by name."""


def digests(conn: psycopg.Connection[Any], partition_no: int) -> dict[str, list[Any]]:
    """Of each that stays: [rows, SHA-256]."""
    numbers = {"no": partition_no, "first": partition_no * SPAN, "end": (partition_no + 1) * SPAN}
    conn.execute(_SQL["plain_text"])
    return {
        name: list(conn.execute(_SQL["digests"].format(rows=rows).encode(), numbers).fetchall()[0])
        for name, rows in KEPT.items()
    }


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """What stayed of archived months, and is not as it was then."""
    found = []
    with conn.transaction():
        for partition_no, kept in conn.execute(_SQL["archives"]).fetchall():
            for name, now in digests(conn, partition_no).items():
                rows, digest = kept.get(name, (0, ""))
                if now != [rows, digest]:
                    found.append(f"ledger_archive {partition_no} kept {rows} {name}, the {now[0]} that stand there are"
                                 " not they")  # fmt: skip
    return found


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
