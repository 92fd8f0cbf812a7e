"""`yifen bench`: measure, each figure beside a measure of the same machine in the same run."""

import argparse

from yifen.tools.bench import charge as bench_charge
from yifen.tools.bench import reconcile as bench_reconcile


def arguments(parser: argparse.ArgumentParser) -> None:
    figures = parser.add_subparsers(dest="figure", metavar="FIGURE", required=True)
    meaning = "signed charges over HTTP, beside pgbench TPC-B on the same PostgreSQL"
    charge = figures.add_parser("charge", help=meaning, description=f"Measure {meaning}.")
    bench_charge.arguments(charge)
    charge.set_defaults(measure=bench_charge.run)
    meaning = "a file of a million rows against our side, beside DuckDB joining two files"
    rows = figures.add_parser("reconcile", help=meaning, description=f"Measure {meaning}.")
    bench_reconcile.arguments(rows)
    rows.set_defaults(measure=bench_reconcile.run)


def run(args: argparse.Namespace) -> int:
    return int(args.measure(args))
