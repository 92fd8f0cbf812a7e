"""A company that begins to bill, and a run of bills, put before a second person."""

from datetime import UTC, date, datetime
from typing import Any

from tests.billing.price_proposals import a_fee, as_owner
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def a_run(place: Province) -> int:
    """Of one bill over 10.00, made and seen by nobody."""
    fee = a_fee(place.own.biller, "RUN")
    run = as_owner("INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by)"
                   " VALUES (%s, %s, 'period', %s, %s, %s, %s, 'maker') RETURNING run_id",
                   [place.own.biller, fee, date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 20), NOW])  # fmt: skip
    as_owner("INSERT INTO billing_piece VALUES (%s, 0, 0, 1000, 1000, 1, %s, 1, 1000, 0, 0)", [run, NOW])
    return int(run)


def published(place: Province) -> Proposed:
    from yifen.trades.billing.runs import running as runs

    made = runs.propose(site.access(place.users["finance"]), a_run(place), "十一月水费", NOW)
    return (made, place.users["biller_staff"],
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'billing.publish'"
            " AND (args ->> 'proposal')::bigint = %s", made.pk)  # fmt: skip


def opened(place: Province) -> Proposed:
    from yifen.trades.billing.runs import opening

    as_owner("UPDATE biller SET quote_ttl_s = 600 WHERE partner_id = %s", [place.own.biller])
    made = opening.propose(site.access(place.users["institution_admin"]), place.own.biller, False, NOW)
    return (made, place.users["biller_staff"], "SELECT prepaid::text FROM billing_biller WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


MAKERS = {"billing.publish": published, "billing.open": opened}
