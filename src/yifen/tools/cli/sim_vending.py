"""`yifen sim vending`: a company's vending system on this machine, which makes tokens for prepaid meters."""

import argparse
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.plug import Text
from yifen.hub.simulators.vending import OF_TOKEN_ORDERS, SimulatedVending, VendingPace
from yifen.tools.cli import sim_scripted


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8485, "POWER01", OF_TOKEN_ORDERS, Text("卡密", "tokens"))
    parser.add_argument("--make-s", type=float, default=5.0,
        help="慢的卡密用时多久（默认 5 秒）\n"
             "how long a slow token takes (default 5 s)")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedVending]:
    """The system that the arguments describe, by its port. EdgeError."""
    orders, questions = sim_scripted.scripts(args, OF_TOKEN_ORDERS)
    key = sim_scripted.key_of(args, args.code, secret)
    return {args.port: SimulatedVending(key, clock, orders=orders, questions=questions,
                                        pace=VendingPace(args.late_s, args.make_s))}  # fmt: skip
