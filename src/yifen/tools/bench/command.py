"""`yifen bench`: measure, each figure beside a measure of the same machine in the same run."""

import argparse
from types import ModuleType

from yifen.tools.bench import (
    billrun,
    charge,
    customers,
    debit,
    pages,
    pos,
    pos_fuzz,
    readers,
    reconcile,
    verify,
)
from yifen.tools.bench.cards import command as cards

FIGURES: dict[str, tuple[ModuleType, str]] = {
    "charge": (charge, "经 HTTP 的签名销账，与同一 PostgreSQL 上的 pgbench TPC-B 对比\n"
                       "signed charges over HTTP, beside pgbench TPC-B on the same PostgreSQL"),
    "pos": (pos, "经 POS 前置的消费，每秒多少笔，每台终端多少内存\n"
                 "sales through the POS door a second, and memory a terminal"),
    "pos-fuzz": (pos_fuzz, "变异的 POS 报文，每秒多少条，都在限定时间内有确定的结果\n"
                           "hostile POS frames a second, each read or a defined error in bounded time"),
    "reconcile": (reconcile, "百万行的文件与本方逐笔对账，与 DuckDB 联接两个文件对比\n"
                             "a file of a million rows against our side, beside DuckDB joining two files"),
    "readers": (readers, "各种对账文件的读取速度，每秒多少行\n"
                         "how fast each partner's format is read, in rows a second"),
    "verify": (verify, "重放账链，与直接读取同样的行对比\n"
                       "the chain replayed, beside a SELECT of the same rows"),
    "billrun": (billrun, "百万张账单的计算与发布，与直接插入同样的行对比\n"
                         "a run of a million bills, beside the bare insert of the same rows"),
    "customers": (customers, "用户文件的读取、检查、封存与导入，与 COPY 同样的行对比\n"
                             "a file of customers read, sealed and imported, beside COPY of the same rows"),
    "debit": (debit, "代扣文件的写出与结果的读回，与 COPY 同样的行对比\n"
                     "a file of debits written and its result read, beside COPY of the same rows out and in"),
    "cards": (cards, "一年的公务卡消费：列表、报文、报账匹配、报表、校验的用时\n"
                     "official cards behind a year of swipes: lists, a bank's file, claims, reports, proof"),
    "pages": (pages, "列表与搜索的用时，存有多与少的付款时对比\n"
                     "lists and search, behind many payments beside few"),
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    figures = parser.add_subparsers(dest="figure", metavar="FIGURE", required=True)
    for name, (module, meaning) in FIGURES.items():
        figure = figures.add_parser(name, help=meaning, description=meaning)
        module.arguments(figure)
        figure.set_defaults(measure=module.run)
    meaning = "依次测量以上各项\nall of these, one after the other"
    figures.add_parser("all", help=meaning, description=meaning).set_defaults(measure=everything)


def everything(_: argparse.Namespace) -> int:
    """Each figure by its defaults; the worst exit code."""
    parser = argparse.ArgumentParser()
    arguments(parser)
    return max(run(parser.parse_args([name])) for name in FIGURES)


def run(args: argparse.Namespace) -> int:
    return int(args.measure(args))
