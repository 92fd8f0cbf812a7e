"""`yifen sim bank`: a bank's port on this machine, with an account and its daily statement; or several banks."""

import argparse
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.hub.simulators.bank import OF_ORDERS, Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import BankCustomer, BankDeductions
from yifen.tools.cli import sim_scripted
from yifen.tools.cli.given_keys import secret_of


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8480, "ABC", OF_ORDERS, Text("付款", "payments"))
    add = parser.add_argument
    add("--also", action="append", default=[], metavar="CODE:PORT:KEY",
        help="同一进程里的另一家银行，账户相同，可多次给出\n"
             "another bank in this process, with the same accounts, given as often as wanted")  # fmt: skip
    add("--account", default="9551000000000001", help="本方在该行的账号\nour account number there")
    add("--keeps", action="append", default=[], metavar="NO",
        help="也由此端口付款的另一账户，不出对账单，可多次给出\n"
             "another account that pays by this port, without statements, given as often as wanted")  # fmt: skip
    add("--customer", action="append", default=[], metavar="NO:NAME:FEN",
        help="可被扣款的账户，可多次给出；余额写 closed 表示已销户，付给它的退汇\n"
             "an account that may be debited, given as often as wanted; closed for a balance: it is shut,"
             " what is paid to it comes back")  # fmt: skip
    add("--process-s", type=float, default=5.0,
        help="慢的付款用时多久（默认 5 秒）\n"
             "how long a slow payment takes (default 5 s)")  # fmt: skip
    add("--back-s", type=float, default=0.0, help="退汇多快到来（默认立即）\nhow soon one comes back (default at once)")


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedBank]:
    """The banks that the arguments describe, by their ports. EdgeError."""
    orders, questions = sim_scripted.scripts(args, OF_ORDERS)
    try:
        for text in args.customer:
            customer(text)
        others = [also(text) for text in args.also]
    except ValueError as error:
        raise EdgeError(str(error)) from None
    named = [(args.code, args.port, secret), *((code, port, secret_of(key)) for code, port, key in others)]
    return {
        port: SimulatedBank(
            sim_scripted.key_of(args, code, key), BankBooks(args.account, code, others=args.keeps), clock,
            orders=orders, questions=questions, pace=Pace(args.late_s, args.process_s, args.back_s),
            deductions=BankDeductions([customer(text) for text in args.customer]))
        for code, port, key in named
    }  # fmt: skip


def also(text: str) -> tuple[str, int, str]:
    """CODE:PORT:KEY. ValueError."""
    code, _, rest = text.partition(":")
    port, _, key = rest.partition(":")
    if not code or not port.isdecimal() or not key:
        raise ValueError(f"{text!r} is no CODE:PORT:KEY")
    return code, int(port), key


def customer(text: str) -> BankCustomer:
    """NO:NAME:FEN. ValueError."""
    number, name, balance = (text + "::").split(":")[:3]
    if not number or not name or not (balance == "closed" or balance.isdecimal()):
        raise ValueError(f"{text!r} is no NO:NAME:FEN")
    return BankCustomer(number, name, 0 if balance == "closed" else int(balance), balance == "closed")
