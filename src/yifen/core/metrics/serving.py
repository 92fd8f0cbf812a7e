"""Figures and readiness over HTTP, at an address of their own and never at the public one (YIFEN_METRICS).

Whichever process of the machine comes first serves for all; when it ends another one does.
"""

import os
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET, AF_INET6
from threading import BoundedSemaphore, Event, Thread
from typing import Any

import structlog

from yifen.core.metrics.places import FOLDER, Neighbour, neighbours
from yifen.core.plugs import metrics

log = structlog.get_logger()
AGAIN_S = 2.0
AT_ONCE = 32
SILENT_S = 20.0  # a process says something every five seconds
TEXT, FIGURES = "text/plain; charset=utf-8", "text/plain; version=0.0.4; charset=utf-8"
AGE = "yifen_process_silent_seconds"
READY = "yifen_process_ready"


def begin(address: str, data: Path) -> Event:
    """Serve what is told below the data folder, as soon as nobody else does, until the event is set."""
    stop = Event()
    if address:
        Thread(target=_keep_serving, args=(address, data / FOLDER, stop), name="metrics", daemon=True).start()
    return stop


def _keep_serving(address: str, folder: Path, stop: Event) -> None:
    host, _, port = address.rpartition(":")
    host, told = host.strip("[]"), ""
    while not stop.is_set():
        try:
            server = _Server((host, int(port)), _handler(folder))
        except OSError as error:  # a neighbour serves, or the address is none of ours
            if told != str(error):
                log.info("figures are served by another process, or cannot be", address=address, why=str(error))
                told = str(error)
            stop.wait(AGAIN_S)
            continue
        log.info("figures are served", address=address)
        Thread(target=server.serve_forever, name="metrics server", daemon=True).start()
        stop.wait()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_port = False  # two of us would each have half of the callers

    def __init__(self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = AF_INET6 if ":" in place[0] else AF_INET
        super().__init__(place, handler)
        os.register_at_fork(after_in_child=self.socket.close)  # a child that outlives us would hold the address
        self._room = BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """More at once are not answered: a caller that drips holds a thread, never all memory."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0  # of who does not send his request

        def do_GET(self) -> None:
            status, kind, text = page(self.path.partition("?")[0], list(neighbours(folder)))
            body = text.encode()
            self.send_response(status)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))),
                                ("Cache-Control", "no-store")):  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return "yifen"

        def log_message(self, format: str, *args: object) -> None:
            """Being asked is no event."""

    return Handler


def page(path: str, found: list[Neighbour]) -> tuple[HTTPStatus, str, str]:
    """(status, content type, text) of an address: `/metrics`, `/health`, `/ready`, `/ready/worker`."""
    if path == "/metrics":
        return HTTPStatus.OK, FIGURES, merged([*(one.figures for one in found), *_of_processes(found)])
    if path == "/health":
        return HTTPStatus.OK, TEXT, "ok\n"
    if path == "/ready" or path.startswith("/ready/"):
        role = path.removeprefix("/ready").removeprefix("/")
        lines = list(wrong([one for one in found if role in ("", one.role)], role))
        return (HTTPStatus.SERVICE_UNAVAILABLE, TEXT, "".join(lines)) if lines else (HTTPStatus.OK, TEXT, "ready\n")
    return HTTPStatus.NOT_FOUND, TEXT, "/metrics /health /ready /ready/gateway\n"


def wrong(found: list[Neighbour], role: str = "") -> Iterator[str]:
    """A line for everything that is not ready; of a role that nobody has, that."""
    if not found:
        yield f"{role or 'process'}: 没有进程在运行 · no process runs\n"
    for one in found:
        if one.age_s > SILENT_S:
            yield f"{one.name}: {one.age_s:.0f} 秒没有迹象 · silent for {one.age_s:.0f} s\n"
        for zh, en in one.wrong:
            yield f"{one.name}: {zh} · {en}\n"


def _of_processes(found: list[Neighbour]) -> Iterator[str]:
    rows = {AGE: [(one.name, one.age_s) for one in found],
            READY: [(one.name, float(not list(wrong([one])))) for one in found]}  # fmt: skip
    for name, values in rows.items():
        lines = [f'{name}{{process="{who}"}} {value:g}\n' for who, value in values]
        yield f"# HELP {name} {metrics()[name].en}\n# TYPE {name} gauge\n{''.join(lines)}"


def merged(texts: Iterable[str]) -> str:
    """One text of several: of each figure the head once, and the lines of all below it."""
    heads: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    for text in texts:
        name, known = "", False
        for line in text.splitlines(keepends=True):
            if line.startswith("# "):
                new = line.split(" ", 3)[2]
                if new != name:
                    name, known = new, new in heads
                    heads.setdefault(name, [])
                if not known:
                    heads[name].append(line)
            else:
                lines.setdefault(name, []).append(line)
    return "".join("".join(heads[name] + lines.get(name, [])) for name in heads)
