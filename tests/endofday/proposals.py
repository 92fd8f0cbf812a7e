"""A day that waits to be closed by signature: the proposal, who may decide it, and a statement that reads
whether the night was asked, with its parameter."""

from datetime import UTC, datetime, time
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.web import site
from tests.web.province import Province
from tests.world import DAY

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REASON = {"kind": "trial_balance", "day": str(DAY), "fen": 5}


def sign(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.core.access.models import User
    from yifen.night import signing

    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        waits = conn.execute(
            "INSERT INTO eod_run (book_id, business_day, started_at) VALUES (1, %s, now())"
            " ON CONFLICT DO NOTHING RETURNING eod_id", (DAY,)).fetchone()  # fmt: skip
        if waits:
            conn.execute("INSERT INTO eod_step (eod_id, step, state, started_at, result)"
                         " VALUES (%s, 'close', 'waiting', now(), %s)",
                         (waits[0], Jsonb({"reasons": [REASON]})))  # fmt: skip
    people = [User.objects.filter(login=f"{role}u").first() or site.user(f"{role}u", place.union, role)
              for role in ("finance", "supervisor")]  # fmt: skip
    proposal = signing.propose(site.access(people[0]), 1, DAY, "差异已查明", NOW)
    return (proposal, people[1], "SELECT count(*) FROM procrastinate_jobs WHERE task_name ="
            " 'night.sign' AND args ->> 'proposal' = %s::text", proposal.pk)  # fmt: skip


def book(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.core.access.models import User
    from yifen.night import books

    asked = books.AskedBook("hub", "总账", time(22, 30), time(1, 15), True)
    made = books.propose(site.access(place.users["platform_admin"]), asked, NOW)
    return (made, User.objects.get(login="checker96"),
            "SELECT cut_off::text || coalesce(s.starts_at::text, '') FROM ledger_book k LEFT JOIN eod_schedule s"
            " USING (book_id) WHERE k.code = %s", "hub")  # fmt: skip


MAKERS = {"night.sign": sign, "night.book": book}
