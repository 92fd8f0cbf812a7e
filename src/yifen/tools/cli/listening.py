"""What the two servers share: where they listen, in how many processes, with which certificate."""

import argparse
import time
from pathlib import Path
from typing import Any

from yifen.core.facts import logs
from yifen.core.incoming.connections import room

RESPAWN_S = 1.0
HEAD_MS = 10_000  # to send a request's head, and to begin the next one on a connection that is kept


def arguments(parser: argparse.ArgumentParser, port_setting: str) -> None:
    parser.add_argument("--host", help="address to listen on (YIFEN_HOST)")
    parser.add_argument("--port", type=int, help=f"port to listen on ({port_setting})")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--tls-cert", type=Path, help="certificate, to serve HTTPS itself")
    parser.add_argument("--tls-key", type=Path, help="its private key")


def listen(args: argparse.Namespace, target: str, host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT; then takes no more, finishes what it holds, and ends. A process
    holds as many connections as it may open files: who is slow with a head is cut after HEAD_MS, who
    has too many by `core/incoming/connections.py`, who is slow with a body by the application."""
    logs.configure()
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.server import Server

    class Keeper(Server):  # type: ignore[misc,valid-type]
        """A process that dies is started again however often it died, at most one a RESPAWN_S: the
        server of the package would end for all when one died twice."""

        def _respawn_workers(self, *args: Any, **more: Any) -> None:
            time.sleep(RESPAWN_S)
            super()._respawn_workers(*args, **more)
            self.respawned_wrks.clear()

    Keeper(
        target,
        address=args.host or host,
        port=args.port or port,
        workers=args.workers,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        backpressure=room(),
        websockets=False,
        backlog=4096,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_dictconfig=logs.OF_LIBRARIES,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
    ).serve()
