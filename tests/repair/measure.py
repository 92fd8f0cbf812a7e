"""What putting differences right takes: `PYTHONPATH=src python -m tests.repair.measure [N] [refund] [book]
[suspend]` (5,000 of each).

Seconds, and CPU seconds of this process and of the database's, which noise disturbs less. Nothing else should run
beside it; before and after are compared in one go, by turns, each from its own checkout.
"""

import os
import sys
from time import perf_counter, process_time

import psycopg

from tests.cluster import fast, migrated
from tests.conftest import RING
from tests.repair.bench import Bench
from yifen.tools.bench.cpu import cpu_s
from yifen.trades.reconciliation.repair import operations

CLASSES = {"refund": "ours_only", "book": "theirs_only", "suspend": "duplicate"}
OF_A_DAY = 1_000  # a policy lets no more of a class go by themselves


def made(bench: Bench, kind: str, count: int) -> None:
    """So many differences of this kind, and what they are about."""
    paid = [] if kind == "book" else [bench.pay(100 + n % 900) for n in range(count)]
    bench.cut()
    for n in range(count):
        if n % OF_A_DAY == 0:
            bench.another_day()
            run = bench.run(day=bench.item_day)
        fen = 100 + n % 900
        match kind:
            case "refund":
                bench.lacks(paid[n], run_id=run)
            case "book":
                account_no, _ = bench.owe(fen)
                bench.theirs(f"S{account_no}", fen, account_no=account_no, run_id=run)
            case "suspend":
                bench.item("duplicate", paid[n].serial, nth=2, theirs_kind="sale", theirs_fen=fen, run_id=run)


def main(count: int, kinds: list[str]) -> None:
    os.environ["YIFEN_KEY_RING"] = RING
    with fast() as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE measured")
        bench = Bench(migrated(server, "measured", 1))
        postmaster = first_process(bench)
        bench.profile("WX", "channel", "theirs")
        for kind in kinds:
            bench.policy("WX", CLASSES[kind], kind, True)
        bench.world.run("UPDATE recon_policy SET automatic_items_max = 1000, automatic_sum_fen_max = 100000000")
        for kind in kinds:
            made(bench, kind, count)
            bench.world.run("ANALYZE")
            ours, theirs, began = process_time(), cpu_s(postmaster), perf_counter()
            worked = operations.work_off(bench.night, bench.hub, bench.now)
            took = perf_counter() - began
            print(f"{kind:8} {worked.closed:,} of {count:,} closed in {took:.2f} s; CPU: {process_time() - ours:.2f} s"
                  f" here, {cpu_s(postmaster) - theirs:.2f} s in the database", flush=True)  # fmt: skip
        bench.close()


def first_process(bench: Bench) -> int:
    """The database's first process, whose children serve the connections."""
    with psycopg.connect(bench.database.super_url) as conn:
        row = conn.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).split("\n", 1)[0])


if __name__ == "__main__":
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    main(int(numbers[0]) if numbers else 5_000, [word for word in sys.argv[1:] if word in CLASSES] or list(CLASSES))
