"""Who goes to doors in the small province, and what he does there by the pages."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web import site
from tests.web.province import County, Province

DUE = date(2099, 12, 1)
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 9
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9


def goer(place: Province, login: str, rows: County | None = None) -> Any:
    """A field worker of the county's company."""
    rows = rows or place.own
    return site.user(login, rows.county, "field", partner=rows.biller)


def rows(place: Province, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(place.database.owner_url) as conn:
        return conn.execute(statement, values).fetchall()


def asked(place: Province, kind: str = "check", who: Any = None, rows_of: County | None = None,
          due: date = DUE, ref: str = "") -> int:  # fmt: skip
    """A visit that another trade asks for; given to somebody."""
    county = rows_of or place.own
    customer = county.more["customer"]
    with psycopg.connect(place.database.owner_url) as conn:
        row = conn.execute(
            "SELECT visits_ask_v1(%s, %s::smallint, %s, NULL, %s, 'arrears', coalesce(nullif(%s, ''),"
            " gen_random_uuid()::text), '看表', %s, %s)",
            (county.biller, customer % 1000, customer, kind, ref, due, NOW)).fetchone()  # fmt: skip
        assert row is not None
        conn.execute("UPDATE visit SET assignee_id = %s WHERE visit_id = %s", (who and who.pk, row[0]))
    return int(row[0])


def photo(body: bytes = JPEG, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def kept(place: Province, visit: int) -> tuple[Any, ...]:
    """How it ended."""
    ((found),) = rows(place, "SELECT done_by, finding, note, latitude, longitude, accuracy_m FROM visit"
                             " WHERE visit_id = %s", visit)  # fmt: skip
    return found


