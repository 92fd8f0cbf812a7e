"""The file that an event is about, for pipes that carry files."""

from collections.abc import Iterator
from typing import Any

import psycopg

from yifen.core.plugs import called
from yifen.trades.pipes.finding import sources
from yifen.trades.pipes.port import ToldEvent


def has_file(told: ToldEvent) -> bool:
    """Whether there is one."""
    return _reader(told) != "" and "file" in told.data


def file_of(conn: psycopg.Connection[Any], partner: str, told: ToldEvent) -> Iterator[bytes]:
    """Its bytes, in parts; its name, size and SHA-256 stand in the event's data. Nothing: it is gone."""
    found: Iterator[bytes] = called(_reader(told))(conn, partner, told.data)
    return found


def _reader(told: ToldEvent) -> str:
    return next((source.file for source in sources() if source.name == told.source), "")
