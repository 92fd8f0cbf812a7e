"""Files of bills for tests: taken in, proposed, agreed to, imported as each process does it."""

import io
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB, WORKER

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HEAD = "户号,户名,账单号,名称,应缴金额,到期日"
Proposed = tuple[Any, Any, str, Any]


def csv_of(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join((head, *lines, "")).encode()


def taken_in(place: Province, body: bytes, name: str = "bills.csv") -> int:
    """As the pages' process takes it in, for the county's biller."""
    from yifen.trades.bills import files

    with psycopg.connect(place.database.url(WEB)) as conn:
        biller = files.hosted(conn, place.own.biller_code)
        return files.take_in(conn, biller, io.BytesIO(body), name, "staff", NOW, place.database.buckets)


def proposed(place: Province, file_id: int) -> Any:
    from yifen.trades.bills import importing

    return importing.propose(site.access(place.users["biller_staff"]), file_id, "十一月账单", NOW)


def agreed(place: Province, body: bytes) -> int:
    """The number of the agreed proposal."""
    from yifen.core.access import second

    row = proposed(place, taken_in(place, body))
    second.decide(site.access(place.users["finance"]), row.pk, seen=bytes(row.shown).hex(), yes=True, now=NOW)
    return int(row.pk)


def imported(place: Province, proposal: int, patch: pytest.MonkeyPatch, ends_after: int = 10**9) -> None:
    """As the worker does; it is told to end after so many pieces."""
    from yifen.trades.bills import importing

    pieces = iter(range(ends_after))
    with patch.context() as env:
        env.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
        importing.work(lambda: next(pieces, None) is None, proposal=proposal)


def a_file(place: Province) -> Proposed:
    file_id = taken_in(place, csv_of("A1,张三,M1,十一月电费,12.34,2026-11-30"))
    return (proposed(place, file_id), place.users["finance"],
            "SELECT count(*) FROM procrastinate_jobs j JOIN access_authorisation a"
            " ON a.id::text = j.args ->> 'proposal' WHERE j.task_name = 'bills.import'"
            " AND a.subject_key = %s", str(file_id))  # fmt: skip


MAKERS = {"payables.import": a_file}
