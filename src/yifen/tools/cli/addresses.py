"""Where a server listens: one of several processes at a port, and no second server at the port of another."""

import errno
import os
import socket
import time
from pathlib import Path

from yifen.core.runtime import EdgeError
from yifen.tools.cli.standing import running

BACKLOG = 4096
HELD = "YIFEN_HELD"  # from one version to the next: sockets, and processes of before
LEAVES_S_MAX, TICK_S = 5.0, 0.1  # one that was told to end a moment ago still listens


def listening(host: str, port: int) -> socket.socket:
    """One of several at this port: the kernel shares callers out to them."""
    made = _bound(host, port, shared=True)
    made.listen(BACKLOG)
    made.setblocking(False)
    return made


def require_free(host: str, port: int, folder: Path) -> None:
    """EdgeError when somebody listens there: the kernel would share callers out to both. The next version of one that
    serves has its sockets already."""
    until = time.monotonic() + LEAVES_S_MAX
    while HELD not in os.environ:
        try:
            _bound(host, port, shared=False).close()
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise EdgeError(f"{host}:{port} 不能监听 cannot be listened on: {error.strerror}") from None
        if time.monotonic() > until:
            raise EdgeError(_taken(host, port, folder))
        time.sleep(TICK_S)


def _bound(host: str, port: int, shared: bool) -> socket.socket:
    """Not shared: OSError where somebody listens, at all addresses of this machine too."""
    family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, number)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def _taken(host: str, port: int, folder: Path) -> str:
    pid = running(folder, "serve", "web").get(port)
    zh, en = (f"（进程 {pid}，数据目录 {folder}）", f", by process {pid} of data folder {folder}") if pid else ("", "")
    return f"{host}:{port} 已有程序在监听{zh} · {host}:{port} is served already{en}: stop it, or give --port"
