"""`yifen bench`: measure, each figure beside a measure of the same machine in the same run."""

import argparse

from yifen.cli import bench_charge


def arguments(parser: argparse.ArgumentParser) -> None:
    figures = parser.add_subparsers(dest="figure", metavar="FIGURE", required=True)
    meaning = "signed charges over HTTP, beside pgbench TPC-B on the same PostgreSQL"
    charge = figures.add_parser("charge", help=meaning, description=f"Measure {meaning}.")
    bench_charge.arguments(charge)
    charge.set_defaults(measure=bench_charge.run)


def run(args: argparse.Namespace) -> int:
    return int(args.measure(args))
