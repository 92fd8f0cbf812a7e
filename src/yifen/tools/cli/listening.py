"""What the two servers share: where they listen, in how many processes, with which certificate."""

import argparse
from pathlib import Path
from typing import Any


def arguments(parser: argparse.ArgumentParser, port_setting: str) -> None:
    parser.add_argument("--host", help="address to listen on (YIFEN_HOST)")
    parser.add_argument("--port", type=int, help=f"port to listen on ({port_setting})")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--tls-cert", type=Path, help="certificate, to serve HTTPS itself")
    parser.add_argument("--tls-key", type=Path, help="its private key")


def listen(args: argparse.Namespace, target: str, host: str, port: int, **kind: Any) -> None:
    """Runs until SIGTERM or SIGINT; then takes no more, finishes what it holds, and ends. `kind`:
    granian's interface, and what belongs to it."""
    from granian.constants import HTTPModes
    from granian.server import Server

    Server(
        target,
        address=args.host or host,
        port=args.port or port,
        workers=args.workers,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
        **kind,
    ).serve()
