"""`yifen sim agent-bank`: an agent bank on this machine, which repays official cards and claims that back."""

import argparse
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.tools.cli import sim_scripted
from yifen.tools.cli.given_keys import secret_of
from yifen.trades.treasury.simulators.agent_bank import (
    OF_VOUCHERS,
    AgentPace,
    Neighbours,
    SimulatedAgentBank,
)
from yifen.trades.treasury.simulators.agent_books import AgentBooks, AgentHouse


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8497, "ICBC", OF_VOUCHERS, Text("支付凭证", "vouchers"))
    add = parser.add_argument
    add("--process-s", type=float, default=5.0,
        help="慢的凭证用时多久（默认 5 秒）\n"
             "how long a slow voucher takes (default 5 s)")  # fmt: skip
    add("--back-s", type=float, default=0.0,
        help="退票多快到来（默认立即）\n"
             "how soon a line comes back (default at once)")  # fmt: skip
    add("--hub", default="", help="本系统的网址，用于推送卡和消费\nthe hub's address, to tell of cards and swipes")
    add("--treasury", default="", help="国库的网址，用于申请划款\nthe treasury's address, to claim from")
    add("--treasury-code", default="TRE01", help="国库的合作方代码（默认 TRE01）\nthe treasury's code (default TRE01)")
    add("--treasury-key", default="",
        help="与国库共享的密钥，或存有它的 @FILE\n"
             "the secret it shares with the treasury, or @FILE that holds it")  # fmt: skip
    add("--bank-no", default=AgentHouse().bank_no, help="本行行号，12 位\nits CNAPS number, 12 digits")
    add("--treasury-no", default=AgentHouse().treasury_no, help="国库代码，10 位\nthe treasury's code, 10 digits")


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedAgentBank]:
    """The bank that the arguments describe, by its port. EdgeError."""
    sim_scripted.check_shared(secret)
    orders, questions = sim_scripted.scripts(args, OF_VOUCHERS)
    if bool(args.treasury) != bool(args.treasury_key):
        raise EdgeError("--treasury, --treasury-key")
    theirs = sim_scripted.key_of(args, args.treasury_code, secret_of(args.treasury_key)) if args.treasury_key else None
    house = AgentHouse(bank_no=args.bank_no, treasury_no=args.treasury_no)
    bank = SimulatedAgentBank(
        sim_scripted.key_of(args, args.code, secret), AgentBooks(house), clock, orders=orders, questions=questions,
        pace=AgentPace(args.late_s, args.process_s, args.back_s),
        neighbours=Neighbours(args.hub, args.treasury, theirs),
    )  # fmt: skip
    return {args.port: bank}
