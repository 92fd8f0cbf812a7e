"""`yifen sim vending`: a company's vending system on this machine, which makes tokens for prepaid meters."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from yifen.core.runtime import EdgeError
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank import read_words
from yifen.hub.simulators.vending import (
    OF_TOKEN_ANSWERS,
    OF_TOKEN_ORDERS,
    SimulatedVending,
    VendingPace,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8485,
        help="监听的端口（默认 8485；0：任意）\n"
             "port to listen on (default 8485; 0: any)")  # fmt: skip
    add("--code", default="POWER01", help="收费单位代码（默认 POWER01）\nthe company's code (default POWER01)")
    add("--key", required=True,
        help="与本系统共享的密钥，或存有它的 @FILE\n"
             "the secret it shares with the hub, or @FILE that holds it")  # fmt: skip
    add("--key-version", type=int, default=1, help="该密钥的版本（默认 1）\nthat key's version (default 1)")
    add("--script", default="",
        help=f"前几张卡密依次遇到的：ok,lost,slow,…；{' '.join(sorted(OF_TOKEN_ORDERS))}\n"
             "what the first tokens meet in turn: ok,lost,slow,…; "
        f"{' '.join(sorted(OF_TOKEN_ORDERS))}")  # fmt: skip
    add("--question-script", default="",
        help=f"前几次查询依次遇到的：{' '.join(sorted(OF_TOKEN_ANSWERS))}\n"
             "the same of the first questions: "
        f"{' '.join(sorted(OF_TOKEN_ANSWERS))}")  # fmt: skip
    add("--late-s", type=float, default=12.0, help="迟答迟多久（默认 12 秒）\nhow late a late answer is (default 12 s)")
    add("--make-s", type=float, default=5.0,
        help="慢的卡密用时多久（默认 5 秒）\n"
             "how long a slow token takes (default 5 s)")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> SimulatedVending:
    """The system that the arguments describe. EdgeError."""
    key = Key(partner=args.code, version=args.key_version, algorithm="hmac-sha256", secret=secret)
    try:
        orders = read_words(args.script, OF_TOKEN_ORDERS)
        questions = read_words(args.question_script, OF_TOKEN_ANSWERS)
    except ValueError as error:
        raise EdgeError(str(error)) from None
    return SimulatedVending(key, clock, orders=orders, questions=questions,
                            pace=VendingPace(args.late_s, args.make_s))  # fmt: skip


async def serve(vending: SimulatedVending, host: str, port: int, code: str) -> None:
    """Until it is stopped."""
    print(f"{code} listens on http://{host}:{await vending.open(host, port)}", flush=True)
    await asyncio.Event().wait()
