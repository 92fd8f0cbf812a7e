"""`yifen sim sms`: an SMS company's door on this machine; it prints what it takes."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime

from yifen.core.runtime import EdgeError
from yifen.hub.simulators.sms import FAULTS, SimulatedSms, TakenSms


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8490,
        help="监听的端口（默认 8490；0：任意）\n"
             "port to listen on (default 8490; 0: any)")  # fmt: skip
    add("--key-id", default="AKID", help="账户的密钥编号（默认 AKID）\nthe account's key id (default AKID)")
    add("--key", required=True, help="账户的密钥，或存有它的 @FILE\nthe account's secret, or @FILE that holds it")
    add("--script", default="",
        help=f"前几条短信依次遇到的：{' '.join(sorted(FAULTS))}\n"
             f"what the first messages meet in turn: {' '.join(sorted(FAULTS))}")  # fmt: skip


def made(args: argparse.Namespace, secret: bytes, clock: Callable[[], datetime]) -> SimulatedSms:
    """The company that the arguments describe. EdgeError."""
    script = [word for word in args.script.split(",") if word]
    if wrong := set(script) - FAULTS:
        raise EdgeError(f"--script knows {', '.join(sorted(FAULTS))}, not {', '.join(sorted(wrong))}")
    return SimulatedSms(args.key_id, secret.decode(), clock, script, _print)


def _print(sms: TakenSms) -> None:
    print(f"{sms.phone} 【{sms.sign_name}】{sms.template} {sms.values} {sms.ref}", flush=True)


async def serve(company: SimulatedSms, host: str, port: int) -> None:
    """Until it is stopped."""
    print(f"SMS company listens on http://{host}:{await company.open(host, port)}", flush=True)
    await asyncio.Event().wait()
