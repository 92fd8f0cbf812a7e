"""What the two servers share: where they listen, in how many processes, with which certificate."""

import argparse
import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from yifen.core import runtime
from yifen.core.facts import logs
from yifen.core.facts.settings import Settings
from yifen.core.incoming.connections import room
from yifen.core.incoming.leaving import IDLE_S
from yifen.core.metrics import serving
from yifen.tools.cli import addresses
from yifen.tools.cli.standing import Standing

HEAD_MS = IDLE_S * 1000  # to send a request's head, and to begin the next one on a connection that is kept


def arguments(parser: argparse.ArgumentParser, port_setting: str) -> None:
    parser.add_argument("--host", help="监听的地址（YIFEN_HOST）\naddress to listen on (YIFEN_HOST)")
    parser.add_argument("--port", type=int, help=f"监听的端口（{port_setting}）\nport to listen on ({port_setting})")
    parser.add_argument("--workers", type=int, default=1, help="进程数（默认 1）\nprocesses (default 1)")
    parser.add_argument("--tls-cert", type=Path, help="证书，自行提供 HTTPS\ncertificate, to serve HTTPS itself")
    parser.add_argument("--tls-key", type=Path, help="证书的私钥\nits private key")
    parser.add_argument("--restart", action="store_true",
                        help="让正在运行的换成磁盘上的版本，不停机\n"
                             "have the one that runs become the version on the disk, without a pause")  # fmt: skip
    parser.add_argument("--check", action="store_true", help="只说明能否启动\nonly say whether it would start")


def restarted(args: argparse.Namespace, settings: Settings, port: int) -> bool:
    """Whether that was asked for. EdgeError when it did not succeed."""
    if args.restart:
        Standing(runtime.data_folder(settings), args.command, args.port or port).restart()
        print(f"{args.command}: the version on the disk serves")
    return bool(args.restart)


def import_all(*parts: str) -> None:
    """Every module of these packages, and the keeper: also what only a call or a page would have loaded, so that a
    version with a broken file is not switched to. Raises what is wrong with it."""
    for name in ("yifen.tools.cli.keeper", *parts):
        module = importlib.import_module(name)
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
            if ".migrations" not in found.name:
                importlib.import_module(found.name)


def listen(
    args: argparse.Namespace, settings: Settings, target: str, port: int, parts: Iterable[str], front: str = "granian"
) -> None:
    """`parts`: the packages of which it may load a module at any time; `front`: who speaks HTTP in each of its
    processes (decision 0033). Runs until SIGTERM or SIGINT; then takes no more, finishes what it holds, and ends. A
    process holds as many connections as it may open files: who is slow with a head is cut after HEAD_MS, who has too
    many by the front or `core/incoming/connections.py`, who is slow with a body by the application."""
    logs.configure()
    if args.check:
        import_all(target.partition(":")[0], *parts)
        return
    host, port = args.host or settings.host, args.port or port
    addresses.require_free(host, port, runtime.data_folder(settings))
    serving.begin(settings.metrics, runtime.data_folder(settings))
    import multiprocessing

    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings

    from yifen.tools.cli.keeper import Keeper

    multiprocessing.set_start_method("fork", force=True)  # its processes have the sockets from it
    keeper = Keeper(
        target,
        address=host,
        port=port,
        workers=args.workers,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        backpressure=room(),
        websockets=False,
        backlog=addresses.BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_dictconfig=logs.OF_LIBRARIES,
        ssl_cert=args.tls_cert,
        ssl_key=args.tls_key,
        standing=Standing(runtime.data_folder(settings), args.command, port),
    )
    if front == "own":
        keeper.serve_own(args.tls_cert, args.tls_key, settings.client_connections)
    else:
        keeper.serve()
