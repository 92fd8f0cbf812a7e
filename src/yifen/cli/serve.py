"""`yifen serve`: the gateway, in one process or several."""

import argparse
import os
from pathlib import Path

from yifen.cli import runtime


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (YIFEN_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (YIFEN_PORT)")
    parser.add_argument("--workers", type=int, default=1, help="gateway processes (default 1)")
    parser.add_argument("--tls-cert", type=Path, help="certificate, to serve HTTPS itself")
    parser.add_argument("--tls-key", type=Path, help="its private key")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        os.environ.update(runtime.environment(settings, found))
        serve(args, settings.host, settings.port)
    return 0


def serve(args: argparse.Namespace, host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT; then takes no more, finishes what it holds, and ends."""
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.server import Server

    Server(
        "yifen.gateway.asgi:app",
        address=args.host or host,
        port=args.port or port,
        interface=Interfaces.ASGI,
        workers=args.workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
    ).serve()
