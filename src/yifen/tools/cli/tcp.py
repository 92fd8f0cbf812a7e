"""`yifen tcp`: the door of the TCP dialect, a process beside the gateway, in the gateway's role."""

import argparse
from datetime import UTC, datetime
from functools import partial

from yifen.core import runtime
from yifen.core.facts import logs
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.secrets import read_ring
from yifen.core.incoming.connections import room
from yifen.core.runtime import EdgeError
from yifen.hub.tcp.door import process


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", help="监听的地址（YIFEN_HOST）\naddress to listen on (YIFEN_HOST)")
    add("--port", type=int, help="监听的端口（YIFEN_TCP_PORT；0：任意）\nport to listen on (YIFEN_TCP_PORT; 0: any)")


def _now() -> datetime:
    return datetime.now(UTC)


def run(args: argparse.Namespace) -> int:
    import uvloop

    logs.configure()
    runtime.forget_owner()
    settings = runtime.settings_of()
    room()  # as many connections as files may be open
    with runtime.database(settings, GATEWAY) as found:
        runtime.await_migrated(settings, found, GATEWAY)
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        host, port = args.host or settings.host, settings.tcp_port if args.port is None else args.port
        try:
            uvloop.run(process.serve(settings, found.url, ring, host, port, _now, partial(print, flush=True)))
        except OSError as error:
            raise EdgeError(f"{host}:{port}: {error.strerror or error}") from None
    return 0
