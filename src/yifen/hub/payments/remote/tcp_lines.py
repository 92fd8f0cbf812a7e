"""Lines as a process holds them in memory, read again when the master data change."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import structlog

from yifen.core.facts.days import ZONE
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.tcp_messages import framed, is_mac_text, mac_text, session_key

log = structlog.get_logger()
LINES_SQL = queries(__package__)["lines"]
MASTER_BYTES = 16
YESTERDAY_UNTIL = time(1)  # a line that was talking at midnight


class TcpLine(NamedTuple):
    """One partner's."""

    partner: str
    inst: str
    algorithm: str
    master: bytes
    is_yuan: bool

    def key(self, day: date) -> bytes:
        return session_key(self.master, self.inst, day)

    def key_of(self, xml: bytes, told: str, now: datetime) -> bytes | None:
        """The key that made this MAC: the day's, or shortly after midnight yesterday's; None: neither."""
        keys = (self.key(day) for day in days_of(now))
        return next((key for key in keys if is_mac_text(self.algorithm, key, xml, told)), None)

    def signed(self, xml: bytes, key: bytes) -> bytes:
        """An answer as it goes on the line, by the key that its message was made with."""
        return framed(xml, mac_text(self.algorithm, key, xml))


def days_of(now: datetime) -> list[date]:
    """Whose keys serve at this moment."""
    local = now.astimezone(ZONE)
    today = local.date()
    return [today, today - timedelta(days=1)] if local.time() < YESTERDAY_UNTIL else [today]


def context(partner: str) -> str:
    """For what a line's key is sealed."""
    return f"tcp_line:{partner}"


def lines_of(rows: Iterable[tuple[Any, ...]], ring: KeyRing) -> Mapping[str, TcpLine]:
    """By partner. One whose key cannot be read is as if it were not there."""
    found: dict[str, TcpLine] = {}
    for partner, inst, algorithm, sealed, is_yuan in rows:
        try:
            found[partner] = TcpLine(partner, inst, algorithm, ring.open(bytes(sealed), context(partner)), is_yuan)
        except KeyRingError as error:
            log.error("a line's key cannot be read", partner=partner, why=str(error))
    return found
