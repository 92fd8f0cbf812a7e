"""How long backup and restore take, and how much they write, at so many rows of the money tables.

`PYTHONPATH=src:. .venv/bin/python -m tests.backup.measure_backup 10000000`; its last line is JSON. It needs some
2 KB of disk a row, below TMPDIR, and removes all of it at the end.
"""

import argparse
import json
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.backup.installation import BUCKETS, Installation, installed
from yifen.core.facts.buckets import account_bucket
from yifen.core.wire.content import content_hash
from yifen.core.wire.messages import Charge, Line
from yifen.hub.payments.calls import CHARGE_SQL, ChargeWork, pack_charges
from yifen.hub.payments.payables import PAYABLES_SQL, NewPayable, pack_payables
from yifen.tools.backup import manifest

AT_ONCE, CHUNK, MORE = 1000, 50_000, 0.02
TABLES = ("payment", "payment_serial", "payable", "ledger_transfer", "ledger_batch", "payment_event", "audit_entry")


def fill(url: str, channel: int, biller: int, bucket: int, first: int, count: int) -> int:
    """Bills, and payments of all of them, by the functions of the gateway, many in a transaction; those of this
    bucket out of so many numbers."""
    made = 0
    with psycopg.connect(url, autocommit=True, options="-c synchronous_commit=off") as conn:
        for start in range(first, first + count, AT_ONCE * BUCKETS):
            end = min(start + AT_ONCE * BUCKETS, first + count)
            named = [f"M{number:09d}" for number in range(start, end)]
            ours = [one for one in named if account_bucket(biller, one, BUCKETS) == bucket]
            bills = [NewPayable(biller, one, "B", "水费", "exact", 1000 + int(one[-3:]), None) for one in ours]
            now = datetime.now(UTC)
            works = []
            for bill in bills:
                message = Charge(serial=f"S{bill.account_no}", biller="WATER", account_no=bill.account_no,
                                 amount_fen=bill.due_fen, lines=[Line(payable="B", amount_fen=bill.due_fen)],
                                 paid_at=now)  # fmt: skip
                works.append(ChargeWork(channel, biller, message, content_hash(message)))
            with conn.transaction():
                conn.execute(PAYABLES_SQL, pack_payables(bucket, bills))
            with conn.transaction():
                rows = conn.execute(CHARGE_SQL, pack_charges(bucket, now, works, BUCKETS)).fetchall()
            assert all(row[0] == 0 for row in rows), rows[0]
            made += len(rows)
    return made


def rows_of(place: Installation) -> int:
    with psycopg.connect(place.database.super_url) as conn:
        return sum(conn.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES)


def filled(place: Installation, pool: ProcessPoolExecutor, first: int, numbers: int) -> int:
    with psycopg.connect(place.database.super_url) as conn:
        found = dict(conn.execute("SELECT code, id FROM partner").fetchall())
        channel, biller = found["WX"], found["WATER"]
    parts = [pool.submit(fill, place.database.super_url, channel, biller, bucket, first, numbers)
             for bucket in range(BUCKETS)]  # fmt: skip
    return sum(part.result() for part in parts)


def bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def timed(act: Any) -> tuple[float, Any]:
    began = time.monotonic()
    found = act()
    return round(time.monotonic() - began, 1), found


def measured(place: Installation, rows: int) -> dict[str, Any]:
    told: dict[str, Any] = {}
    with ProcessPoolExecutor(BUCKETS) as pool:
        began, number = time.monotonic(), 0
        base = rows_of(place)
        filled(place, pool, number, CHUNK)
        a_payment = (rows_of(place) - base) / CHUNK
        number, wanted = CHUNK, int((rows - base) / a_payment)
        while number < wanted:
            number += filled(place, pool, number, min(4 * CHUNK, wanted - number))
            print(f"{number:,} payments, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        told["payments"], told["rows"] = number, rows_of(place)
        told["fill_s"] = round(time.monotonic() - began, 1)
        with psycopg.connect(place.database.super_url) as conn:
            told["database_bytes"] = conn.execute("SELECT pg_database_size('yifen')").fetchall()[0][0]
            wal = conn.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").fetchall()[0][0]
            told["wal_bytes_a_payment"] = wal // number
        told["verify_s"], done = timed(lambda: place.yifen("verify", "--json"))
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        with place.followed():
            told["backup_s"], done = timed(lambda: place.yifen("backup", "--to", place.backups))
            assert done.returncode == 0, done.stderr
            more = max(int(told["payments"] * MORE), 1000)
            assert filled(place, pool, number, more) == more
    [made] = manifest.backups(place.backups)
    facts = manifest.read(made)
    told["backup_bytes"], told["wal_bytes"] = facts.bytes, bytes_of(place.backups / "wal")
    shutil.copy(place.folder / "key-ring", place.top / "ring")
    place.lose()
    words = ("restore", made, "--to", place.top / "restored", "--secrets", place.top / "ring")
    told["restore_and_verify_s"], done = timed(lambda: place.yifen(*words, YIFEN_DATA=str(place.top / "other")))
    assert done.returncode == 0, done.stdout + done.stderr
    told["replayed_payments"], told["said"] = more, done.stdout.splitlines()[-1]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    args = parser.parse_args()
    with installed() as place:
        print(json.dumps(measured(place, args.rows), ensure_ascii=False))


if __name__ == "__main__":
    from tests.conftest import pytest_configure

    pytest_configure()
    main()
