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
from psycopg.conninfo import conninfo_to_dict

CONNECT_S_MAX = 5
LINE: dict[str, int] = {
    "connect_timeout": CONNECT_S_MAX,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
"""libpq's parameters of every connection that stays."""


def django_of(url: str) -> dict[str, Any]:
    """An address as Django's settings have it, with all that it asks for: `sslmode`, several hosts of which one
    takes writing (`target_session_attrs`), a certificate."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    named = {key: parts.pop(name, "") for key, name in
             (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host"))}  # fmt: skip
    return named | {"PORT": parts.pop("port", "5432"), "OPTIONS": {**LINE, **parts}}


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
