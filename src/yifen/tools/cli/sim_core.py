"""`yifen sim core`: a bank's core system on this machine, with accounts, cheques and postings."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import cast, get_args

from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.core_port import AccountKind
from yifen.hub.simulators.core import OF_POSTINGS, CorePace, SimulatedCore
from yifen.hub.simulators.core_books import UNUSED, CoreAccount, CoreBooks
from yifen.tools.cli import sim_scripted

KINDS = get_args(AccountKind)
PIN_DIGITS = 6


def arguments(parser: argparse.ArgumentParser) -> None:
    sim_scripted.arguments(parser, 8490, "CORE01", OF_POSTINGS, Text("记账", "postings"))
    add = parser.add_argument
    add("--account", action="append", default=[], metavar="NO:NAME:KIND:FEN:PIN:PHONE",
        help=f"账户，可多次给出；KIND：{' '.join(KINDS)}；余额写 frozen 或 closed 表示冻结或已销户；密码、手机可不写\n"
             f"an account, given as often as wanted; KIND: {' '.join(KINDS)}; frozen or closed for a balance: it is; "
             "PIN and phone may be left out")  # fmt: skip
    add("--cheques", action="append", default=[], metavar="NO:FIRST:COUNT",
        help="某账户名下未使用的支票号，可多次给出\n"
             "numbers of an account's unused cheques, given as often as wanted")  # fmt: skip
    add("--post-s", type=float, default=5.0,
        help="慢的记账用时多久（默认 5 秒）\n"
             "how long a slow posting takes (default 5 s)")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> dict[int, SimulatedCore]:
    """The core that the arguments describe, by its port. EdgeError."""
    sim_scripted.check_shared(secret)
    postings, questions = sim_scripted.scripts(args, OF_POSTINGS)
    try:
        books = CoreBooks([account(text) for text in args.account])
        for text in args.cheques:
            give_cheques(books, text)
    except ValueError as error:
        raise EdgeError(str(error)) from None
    key = sim_scripted.key_of(args, args.code, secret)
    return {args.port: SimulatedCore(key, books, clock, postings=postings, questions=questions,
                                     pace=CorePace(args.late_s, args.post_s))}  # fmt: skip


def account(text: str) -> CoreAccount:
    """NO:NAME:KIND:FEN:PIN:PHONE. ValueError."""
    number, name, kind, balance, pin, phone, *more = (text + ":::::").split(":")
    is_shut = balance in ("frozen", "closed")
    faults = {
        "NO 账号 is empty": not number, "NAME 户名 is empty": not name,
        f"KIND 种类 {kind!r} is none of {' '.join(KINDS)}": kind not in KINDS,
        f"FEN 余额 {balance!r} is no number of fen, frozen or closed": not (is_shut or is_digits(balance)),
        "PIN 密码 is not six digits": pin != "" and not (is_digits(pin) and len(pin) == PIN_DIGITS),
        "PHONE 手机 is no number": phone != "" and not is_digits(phone), "there is more behind the phone": any(more),
    }  # fmt: skip
    if wrong := [fault for fault, is_so in faults.items() if is_so]:
        raise ValueError(f"--account {':'.join((number, name, kind, balance))}: {'; '.join(wrong)}")
    return CoreAccount(number, name, cast(AccountKind, kind), 0 if is_shut else int(balance), pin=pin, phone=phone,
                       is_frozen=balance == "frozen", is_closed=balance == "closed")  # fmt: skip


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def give_cheques(books: CoreBooks, text: str) -> None:
    """NO:FIRST:COUNT. ValueError."""
    number, first, count = (text + "::").split(":")[:3]
    if number not in books.accounts or not first.isdecimal() or not count.isdecimal():
        raise ValueError(f"{text!r} is no NO:FIRST:COUNT of an account")
    for step in range(int(count)):
        books.accounts[number].cheques[f"{int(first) + step:0{len(first)}d}"] = UNUSED
