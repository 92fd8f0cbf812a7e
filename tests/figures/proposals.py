"""A report into a partner's folder, proposed; and the pipe that takes it there."""

from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.billing.price_proposals import NOW, as_owner
from tests.web import site
from tests.web.province import Province

PIPE = """INSERT INTO pipe (ref, partner_id, kind, address, wants, settings, secret, enabled, made_at)
    SELECT %s, %s, 'sftp', %s, '["report.ready"]', %s, %s, true, '2020-01-01'
    WHERE NOT EXISTS (SELECT FROM pipe WHERE partner_id = %s AND wants ? 'report.ready')"""
REPORT = """INSERT INTO figure_report (owner_id, institution_id, partner_id, title, ask, made_at, changed_at)
    SELECT id, institution_id, partner_id, '日报', %s, now(), now() FROM access_user WHERE id = %s"""


def pipe(
    place: Province, partner: int, address: str = "sftp://yifen@127.0.0.1:9/in", key: str = "", secret: Any = None
) -> None:
    """Of the partner, if it has none that takes reports."""
    from tests.world import the_ring

    ref = str(uuid4())
    sealed = the_ring().seal(secret or b'{"password": "x"}', f"pipe:{ref}")
    as_owner(PIPE, [ref, partner, address, Jsonb({"host_key": key}), sealed, partner])


def folder(place: Province) -> tuple[Any, Any, str, Any]:
    """Finance's report of each day, to the county's own company."""
    from yifen.face.plain import plain_connection
    from yifen.trades.figures import folders, keeping
    from yifen.trades.figures.asking import ReportAsk

    pipe(place, place.own.biller)
    access = site.access(place.users["finance"])
    ask = ReportAsk(("community",), ("asked", "owing"), period="yesterday")
    as_owner(REPORT, [Jsonb(ask.data()), place.users["finance"].pk])
    with plain_connection() as conn:
        kept = max(keeping.reports(conn, access), key=lambda one: one.report_id)
    made = folders.propose(access, kept, place.own.biller, {"every": "day", "hour": 7, "format": "xlsx"}, "zh", NOW)
    return (made, place.users["institution_admin"],
            "SELECT count(*) FROM figure_schedule WHERE report_id = %s AND partner_id IS NOT NULL",
            kept.report_id)  # fmt: skip


MAKERS = {"figures.folder": folder}
