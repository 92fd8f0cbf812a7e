"""A port of 127.0.0.1 for the server, remembered beside its data."""

import secrets
import socket
from pathlib import Path

_FIRST, _COUNT = 20000, 10000  # below the range from which outgoing connections take theirs


def remembered_or_free(file: Path) -> int:
    """The port of last time if it is free, else another one, which is remembered."""
    try:
        port = int(file.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    while not (port and is_free(port)):
        port = _FIRST + secrets.randbelow(_COUNT)
    file.write_text(f"{port}\n")
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
