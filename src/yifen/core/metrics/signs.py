"""Signs of life in the database: how each process says it is, for pages and alerts that know no other way."""

import socket
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import psycopg
import structlog

from yifen import __version__
from yifen.core.connecting import LINE
from yifen.core.facts.processes import EVERYONE
from yifen.core.facts.sqlfiles import queries
from yifen.core.metrics.places import Word
from yifen.core.metrics.reading import Measure

log = structlog.get_logger()
_SQL = queries(__package__)
_SIGN, _SIGNS = _SQL["sign"], _SQL["signs"]
ALIVE_S = 60.0  # one is given every fifteen seconds
OPTIONS = "-c statement_timeout=3000 -c lock_timeout=2000"


class Signing:
    """Of this process, on a connection that is made for it and closed: a look at the way there, too."""

    def __init__(self, url: str, name: str, began_at: datetime) -> None:
        self._url, self._about = url, (socket.gethostname(), name, __version__, began_at)

    def sign(self, wrong: list[Word] | None) -> bool:
        """False: the database is away, or takes no writing. None: this process ends."""
        text = None if wrong is None else msgspec.json.encode(wrong).decode()
        try:
            with psycopg.connect(self._url, autocommit=True, options=OPTIONS, **LINE) as conn:  # type: ignore[arg-type]
                conn.execute(_SIGN, (*self._about, text))
        except (OSError, psycopg.Error) as error:
            log.warning("no sign of life could be given", error=str(error)[:300])
            return False
        return True


class SignOfLife(NamedTuple):
    """A process as it last said; `role` of the database, `age_s` ago."""

    role: str
    host: str
    name: str
    version: str
    began_at: datetime
    age_s: float
    wrong: list[Word]

    @property
    def is_alive(self) -> bool:
        return self.age_s <= ALIVE_S


def signs(conn: Any) -> list[SignOfLife]:
    """All of the last day; `conn` is a connection or a cursor that answers `execute`."""
    rows = conn.execute(_SIGNS).fetchall()
    return [SignOfLife(*(*row[:-1], _words(row[-1]))) for row in rows]


def _words(text: str) -> list[Word]:
    """Why; from a process that writes something else, that."""
    try:
        return msgspec.json.decode(text, type=list[Word])
    except msgspec.DecodeError:
        return [("原因读不出来", "why cannot be read")]


def read(conn: psycopg.Connection[Any], now: datetime) -> list[Measure]:
    """How many processes of each role live, and how many of them are ready and are not."""
    alive = [sign for sign in signs(conn) if sign.is_alive]
    ready = Counter(sign.role for sign in alive if not sign.wrong)
    counted = Counter(sign.role for sign in alive)
    found = []
    for role in EVERYONE:
        word = role.removeprefix("yifen_")
        numbers = {"alive": counted[role], "ready": ready[role], "unready": counted[role] - ready[role]}
        found += [Measure("yifen_processes", number, (word, state)) for state, number in numbers.items()]
    return found
