"""Reading for pages and the command: a book's nights, their steps, what waits, what was told."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection
from yifen.night.words import lines_of, reason_text

_SQL = queries(__package__)
_RUNS = _SQL["runs"]
_RUN = _SQL["run"]
_STEPS = _SQL["steps"]
_STATEMENTS = _SQL["statements_told"]
_BODY = _SQL["statement_body"]


class Run(NamedTuple):
    """A book's end of day; `step` and `state`: where it stands."""

    eod_id: int
    book_id: int
    book: str
    book_name: str
    business_day: date
    started_at: datetime
    ended_at: datetime | None
    signed_by: str | None
    sign_reason: str | None
    step: str | None = None
    state: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.ended_at is not None


def tenths(took: timedelta) -> str:
    """Seconds, rounded."""
    found = int(took.total_seconds() * 10 + 0.5)
    return f"{found // 10}.{found % 10}"


class StepRow(NamedTuple):
    """One step of a run as it went last."""

    step: str
    state: str
    tries: int
    started_at: datetime
    ended_at: datetime | None
    result: dict[str, Any]
    error: str

    @property
    def took(self) -> str:
        """Seconds to a tenth, as text: no float stands in a picture's data. Empty while it runs."""
        return tenths(self.ended_at - self.started_at) if self.ended_at else ""

    def error_in(self, language: str) -> str:
        """What went wrong in the step itself."""
        return str(self.result.get("error", {}).get(language[:2]) or self.error)

    def sums(self, institutions: frozenset[int] | None) -> dict[str, int]:
        """Its figures: of all, or of these institutions alone."""
        if institutions is None:
            return dict(self.result.get("sums", {}))
        whole: dict[str, int] = {}
        for key, mine in self.result.get("institutions", {}).items():
            for name, figure in mine.items() if int(key) in institutions else ():
                whole[name] = whole.get(name, 0) + figure
        return whole

    def reasons(self, language: str, institutions: frozenset[int] | None = None) -> list[str]:
        """Why it waits, and what failed or is left, a line a partner, in plain words; those of other
        institutions left out."""
        return [
            reason_text(reason, language) for reason in lines_of(self.result)
            if institutions is None or reason.get("institution", 0) in institutions | {0}
        ]  # fmt: skip


class Told(NamedTuple):
    """A statement that a partner was told, its newest version."""

    partner_id: int
    partner: str
    partner_name: str
    form: str
    version: int
    bytes: int
    made_at: datetime


def runs(
    conn: Connection, books: list[int] | None = None, before: date | None = None, limit: int = 30
) -> list[Run]:
    """The newest nights, of these books (None: of all), of days before `before`."""
    params = {"books": books, "before": before, "limit": limit}
    return [Run(*row) for row in conn.execute(_RUNS, params).fetchall()]


def run_of(conn: Connection, book_id: int, day: date) -> Run | None:
    row = conn.execute(_RUN, (book_id, day)).fetchone()
    return Run(*row) if row else None


def steps_of(conn: Connection, eod_id: int) -> list[StepRow]:
    """In the order in which they were begun."""
    return [StepRow(*row) for row in conn.execute(_STEPS, (eod_id,)).fetchall()]


def statements(conn: Connection, day: date, partners: list[int] | None) -> list[Told]:
    """What was told of a day to these partners (None: to all)."""
    params = {"day": day, "partners": partners}
    return [Told(*row) for row in conn.execute(_STATEMENTS, params).fetchall()]


def statement_body(conn: Connection, partner_id: int, day: date, form: str) -> bytes | None:
    """The bytes of the newest version of a partner's statement, pdf or csv."""
    row = conn.execute(_BODY, (partner_id, day, form)).fetchone()
    return bytes(row[0]) if row else None
