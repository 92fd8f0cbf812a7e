"""`yifen sim phone`: a phone bank's menu on this machine; call it on this terminal or by TCP, a connection a call."""

import argparse
import asyncio
import re
import sys
from collections.abc import Callable
from datetime import datetime

from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.hub.simulators.door import HubDoor
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.phone import HungUp, PhoneBank
from yifen.hub.simulators.phone_menu import SERVICES_MAX, PhoneService
from yifen.tools.cli import given_keys

SERVICES = ("POWER01:电费:electricity", "WATER01:水费:water", "GAS01:燃气费:gas", "HEAT01:供暖费:heating")
SERVICE = re.compile(r"([A-Z0-9-]{2,16}):([^:]{1,20}):([^:]{1,40})")
KEYS = "0123456789*#"


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--url", required=True, help="网关地址，例如 http://127.0.0.1:8080\nthe gateway, for example http://127.0.0.1:8080")
    add("--code", default="PHONE", help="渠道的合作方代码（默认 PHONE）\nthe channel's partner code (default PHONE)")
    given_keys.arguments(parser, Text("本系统", "the hub's"))
    add("--dialect", choices=["json", "xml"], default="json", help="报文方式（默认 json）\ndialect (default json)")
    add("--service", action="append", metavar="BILLER:ZH:EN",
        help="按键 1 起依次可缴的，可多次给出（默认四家示例单位）\n"
             "what keys 1 and on pay, given as often as wanted (default: four sample billers)")  # fmt: skip
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=None,
        help="以 TCP 接听，每个连接一通电话（0：任意端口）；不给：就在本终端按键\n"
             "take calls by TCP, a connection each (0: any port); not given: keys are typed here")  # fmt: skip
    add("--limit", default="2000", metavar="YUAN",
        help="单笔限额（元，默认 2000）：超过的先报限额，再报能缴的部分\n"
             "the most that one payment takes, in yuan (default 2000): told first, with what fits")  # fmt: skip
    add("--silence-s", type=float, default=8.0,
        help="多久没有按键就重播，重播三次后挂机（默认 8 秒）\n"
             "how long no key comes before a prompt is said again; after three it hangs up (default 8 s)")  # fmt: skip
    add("--pause-s", type=float, default=1.0,
        help="再问一次之前等多久（默认 1 秒）\nhow long it waits before it asks again (default 1 s)")  # fmt: skip


class TypedLine:
    """A call whose keys are the bytes of a stream; other bytes than keys mean nothing. Its end hangs up."""

    def __init__(self, reader: asyncio.StreamReader, say: Callable[[str], None]) -> None:
        self.say, self._keys, self._gone = say, asyncio.Queue[str](), False
        self._reading = asyncio.create_task(self._read(reader))

    @property
    def gone(self) -> bool:
        return self._gone

    async def key(self, timeout_s: float) -> str:
        """As PhoneLine has it; what was keyed in before the end counts."""
        if self._gone and self._keys.empty():
            raise HungUp
        try:
            key = await asyncio.wait_for(self._keys.get(), timeout_s)
        except TimeoutError:
            return ""
        if not key:
            raise HungUp
        return key

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while typed := await reader.read(64):
                for key in typed.decode("latin-1"):
                    if key in KEYS:
                        self._keys.put_nowait(key)
        except ConnectionError:
            pass  # as good as hung up
        self._gone = True
        self._keys.put_nowait("")

    def close(self) -> None:
        self._reading.cancel()


def made(args: argparse.Namespace, clock: Callable[[], datetime]) -> PhoneBank:
    """The bank that the arguments describe; to be made inside the event loop that runs it. EdgeError."""
    key, reply_key = given_keys.pair_of(args, args.code)
    identity = Identity(partner=args.code, dialect=args.dialect, key=key, reply_key=reply_key)
    return PhoneBank(HubDoor(args.url, identity, clock), args.code, services_of(args.service), clock,
                     limit_fen=limit_of(args.limit), silence_s=args.silence_s, pause_s=args.pause_s,
                     told=lambda line: print(line, file=sys.stderr, flush=True))  # fmt: skip


def limit_of(given: str) -> int:
    """In fen. EdgeError."""
    try:
        found = parse_yuan(given)
    except AmountError as error:
        raise EdgeError(f"--limit: {error}") from None
    if not found:
        raise EdgeError("--limit is more than nothing")
    return found


def services_of(given: list[str] | None) -> tuple[PhoneService, ...]:
    """What the keys pay. EdgeError."""
    found = [SERVICE.fullmatch(one) for one in given or SERVICES]
    if not all(found) or len(found) > SERVICES_MAX:
        raise EdgeError(f"--service is BILLER:ZH:EN, at most {SERVICES_MAX} times")
    return tuple(PhoneService(one[1], Text(one[2], one[3])) for one in found if one)


async def serve(args: argparse.Namespace, clock: Callable[[], datetime]) -> None:
    """On this terminal one call; by TCP until it is stopped. What is not certain when a call ends is followed."""
    bank = made(args, clock)
    if args.port is None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        line = TypedLine(reader, lambda text: print(text, flush=True))
        await bank.serve(line)
        line.close()
        return await bank.settled()

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(text: str) -> None:
            if not writer.is_closing():
                writer.write(f"{text}\n".encode())

        line = TypedLine(reader, say)
        try:
            await bank.serve(line)
        finally:
            line.close()
            writer.close()

    server = await asyncio.start_server(call, args.host, args.port)
    print(f"{args.code} takes calls on {args.host}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()
