"""`yifen web`: the pages for people, in one process or several."""

import argparse
import os
from pathlib import Path

from yifen.cli import runtime

THREADS = 16  # a page waits for the database or a biller, not for the processor


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (YIFEN_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (YIFEN_WEB_PORT)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--tls-cert", type=Path, help="certificate, to serve HTTPS itself")
    parser.add_argument("--tls-key", type=Path, help="its private key")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings) as found:
        runtime.require_migrated(settings, found)
        os.environ.update(runtime.environment(settings, found))
        os.environ.pop("YIFEN_OWNER_URL", None)  # people work as the restricted role
        if args.port:
            os.environ["YIFEN_WEB_PORT"] = str(args.port)
        serve(args, settings.host, args.port or settings.web_port)
    return 0


def serve(args: argparse.Namespace, host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT."""
    from granian.constants import HTTPModes, Interfaces
    from granian.server import Server

    Server(
        "yifen.project.wsgi:app",
        address=args.host or host,
        port=port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
    ).serve()
