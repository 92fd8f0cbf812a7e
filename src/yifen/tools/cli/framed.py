"""What `yifen pos` and `yifen tcp` share: a door of frames in a process beside the gateway."""

import argparse
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from yifen.core import runtime
from yifen.core.facts import logs
from yifen.core.facts.secrets import read_ring
from yifen.core.incoming.connections import room
from yifen.core.runtime import EdgeError

Serve = Callable[..., Coroutine[Any, Any, None]]


def arguments(parser: argparse.ArgumentParser, setting: str) -> None:
    """`setting`: the name of the port's."""
    add = parser.add_argument
    add("--host", help="监听的地址（YIFEN_HOST）\naddress to listen on (YIFEN_HOST)")
    add("--port", type=int, help=f"监听的端口（{setting}；0：任意）\nport to listen on ({setting}; 0: any)")


def _now() -> datetime:
    return datetime.now(UTC)


def run(args: argparse.Namespace, role: str, port: str, serve: Serve) -> int:
    """Until it is stopped. `port`: of which setting; `role`: as whom it comes to the database."""
    import uvloop

    logs.configure()
    runtime.forget_owner()
    settings = runtime.settings_of()
    room()  # as many connections as files may be open
    with runtime.database(settings, role) as found:
        runtime.await_migrated(settings, found, role)
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        host, number = args.host or settings.host, getattr(settings, port) if args.port is None else args.port
        try:
            uvloop.run(serve(settings, found.url, ring, host, number, _now, partial(print, flush=True)))
        except OSError as error:
            raise EdgeError(f"{host}:{number}: {error.strerror or error}") from None
    return 0
