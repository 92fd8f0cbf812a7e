"""`yifen sim treasury`: a treasury on this machine, which takes quota and claims and sends its checks."""

import argparse
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.plug import Text
from yifen.tools.cli import sim_scripted
from yifen.trades.treasury.simulators.treasury import ODD, OF_CLAIMS, SimulatedTreasury
from yifen.trades.treasury.simulators.treasury_books import TreasuryBooks


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8498, "TRE01", OF_CLAIMS, Text("额度和划款申请", "quotas and claims"))
    parser.add_argument("--treasury-no", default="1710000000", help="国库代码，10 位\nits code, 10 digits")
    parser.add_argument("--odd", default="", choices=ODD,
        help="对账单的差错：missing（少一行）、other（金额不同）、pack（少一个子包）\n"
             "what its checks get wrong: missing (a line), other (an amount), pack (a child pack)")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedTreasury]:
    """The treasury that the arguments describe, by its port. EdgeError."""
    sim_scripted.check_shared(secret)
    orders, questions = sim_scripted.scripts(args, OF_CLAIMS)
    return {args.port: SimulatedTreasury(
        sim_scripted.key_of(args, args.code, secret), TreasuryBooks(args.treasury_no, args.odd), clock, orders=orders,
        questions=questions, late_s=args.late_s)}  # fmt: skip
