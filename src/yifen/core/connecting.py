"""Connections to the database that do not hang: a line that falls silent 连接静默 is found and cut.

The kernel finds a peer that is gone (keep-alive, unacknowledged data); a line that takes everything and
answers nothing only a time of our own finds.
"""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

CONNECT_S_MAX = 2
LINE: dict[str, int] = {
    "connect_timeout": CONNECT_S_MAX,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
"""libpq's parameters of every connection that stays."""


@contextmanager
def cut_after(connection: psycopg.AsyncConnection[Any], seconds: float) -> Iterator[None]:
    """What runs inside fails as if the server had hung up, once it lasts longer: cancelling would ask
    the silent server first."""
    timer = asyncio.get_running_loop().call_later(seconds, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: psycopg.AsyncConnection[Any]) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
