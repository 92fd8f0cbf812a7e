"""`yifen sim tax`: a tax platform on this machine, which issues electronic invoices 数电票."""

import argparse
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.plug import Text
from yifen.hub.simulators.tax import OF_INVOICES, SimulatedTax, TaxPace
from yifen.hub.simulators.tax_books import TaxBooks
from yifen.tools.cli import sim_scripted


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8495, "TAX01", OF_INVOICES, Text("开票和红字确认单", "invoices and sheets"))
    parser.add_argument("--issue-s", type=float, default=20.0,
        help="慢的发票用时多久（默认 20 秒）\n"
             "how long a slow invoice takes (default 20 s)")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedTax]:
    """The platform that the arguments describe, by its port. EdgeError."""
    sim_scripted.check_shared(secret)
    orders, questions = sim_scripted.scripts(args, OF_INVOICES)
    key = sim_scripted.key_of(args, args.code, secret)
    return {args.port: SimulatedTax(key, TaxBooks(), clock, orders=orders, questions=questions,
                                    pace=TaxPace(args.late_s, args.issue_s))}  # fmt: skip
