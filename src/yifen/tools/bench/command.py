"""`yifen bench`: measure, each figure beside a measure of the same machine in the same run."""

import argparse

from yifen.tools.bench import charge as bench_charge
from yifen.tools.bench import readers as bench_readers
from yifen.tools.bench import reconcile as bench_reconcile


def arguments(parser: argparse.ArgumentParser) -> None:
    figures = parser.add_subparsers(dest="figure", metavar="FIGURE", required=True)
    meaning = ("经 HTTP 的签名销账，与同一 PostgreSQL 上的 pgbench TPC-B 对比\n"
               "signed charges over HTTP, beside pgbench TPC-B on the same PostgreSQL")  # fmt: skip
    charge = figures.add_parser("charge", help=meaning, description=meaning)
    bench_charge.arguments(charge)
    charge.set_defaults(measure=bench_charge.run)
    meaning = ("百万行的文件与本方逐笔对账，与 DuckDB 联接两个文件对比\n"
               "a file of a million rows against our side, beside DuckDB joining two files")  # fmt: skip
    rows = figures.add_parser("reconcile", help=meaning, description=meaning)
    bench_reconcile.arguments(rows)
    rows.set_defaults(measure=bench_reconcile.run)
    meaning = ("各种对账文件的读取速度，每秒多少行\n"
               "how fast each partner's format is read, in rows a second")  # fmt: skip
    readers = figures.add_parser("readers", help=meaning, description=meaning)
    bench_readers.arguments(readers)
    readers.set_defaults(measure=bench_readers.run)


def run(args: argparse.Namespace) -> int:
    return int(args.measure(args))
