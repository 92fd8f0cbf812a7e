"""`yifen sim bank`: a bank's port on this machine, with an account and its daily statement."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from yifen.core.runtime import EdgeError
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank import OF_ANSWERS, OF_ORDERS, Pace, SimulatedBank, read_words
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_deductions import BankCustomer, BankDeductions


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8480,
        help="监听的端口（默认 8480；0：任意）\n"
             "port to listen on (default 8480; 0: any)")  # fmt: skip
    add("--code", default="ABC", help="银行的合作方代码（默认 ABC）\nthe bank's partner code (default ABC)")
    add("--key", required=True,
        help="与本系统共享的密钥，或存有它的 @FILE\n"
             "the secret it shares with the hub, or @FILE that holds it")  # fmt: skip
    add("--key-version", type=int, default=1, help="该密钥的版本（默认 1）\nthat key's version (default 1)")
    add("--account", default="9551000000000001", help="本方在该行的账号\nour account number there")
    add("--customer", action="append", default=[], metavar="NO:NAME:FEN",
        help="可被扣款的账户，可多次给出；余额写 closed 表示已销户\n"
             "an account that may be debited, given as often as wanted; closed for a balance: it is shut")  # fmt: skip
    add("--script", default="",
        help=f"前几笔付款依次遇到的：ok,lost,back,…；{' '.join(sorted(OF_ORDERS))}\n"
             "what the first payments meet in turn: ok,lost,back,…; "
        f"{' '.join(sorted(OF_ORDERS))}")  # fmt: skip
    add("--question-script", default="",
        help=f"前几次查询依次遇到的：{' '.join(sorted(OF_ANSWERS))}\n"
             "the same of the first questions: "
        f"{' '.join(sorted(OF_ANSWERS))}")  # fmt: skip
    add("--late-s", type=float, default=12.0, help="迟答迟多久（默认 12 秒）\nhow late a late answer is (default 12 s)")
    add("--process-s", type=float, default=5.0,
        help="慢的付款用时多久（默认 5 秒）\n"
             "how long a slow payment takes (default 5 s)")  # fmt: skip
    add("--back-s", type=float, default=0.0, help="退汇多快到来（默认立即）\nhow soon one comes back (default at once)")


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> SimulatedBank:
    """The bank that the arguments describe. EdgeError."""
    key = Key(partner=args.code, version=args.key_version, algorithm="hmac-sha256", secret=secret)
    try:
        orders = read_words(args.script, OF_ORDERS)
        questions = read_words(args.question_script, OF_ANSWERS)
        customers = [customer(text) for text in args.customer]
    except ValueError as error:
        raise EdgeError(str(error)) from None
    return SimulatedBank(key, BankBooks(args.account, args.code), clock, orders=orders,
                questions=questions, pace=Pace(args.late_s, args.process_s, args.back_s),
                deductions=BankDeductions(customers))  # fmt: skip


def customer(text: str) -> BankCustomer:
    """NO:NAME:FEN. ValueError."""
    number, name, balance = (text + "::").split(":")[:3]
    if not number or not name or not (balance == "closed" or balance.isdecimal()):
        raise ValueError(f"{text!r} is no NO:NAME:FEN")
    return BankCustomer(number, name, 0 if balance == "closed" else int(balance), balance == "closed")


async def serve(bank: SimulatedBank, host: str, port: int, code: str) -> None:
    """Until it is stopped."""
    found = await bank.open(host, port)
    print(f"{code} listens on http://{host}:{found}", flush=True)
    await asyncio.Event().wait()
