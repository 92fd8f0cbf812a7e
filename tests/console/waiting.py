"""A province in which something of every kind waits: rows as the trades leave them, written past their functions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.access.proposals import MAKERS
from tests.repair.proposals import undecided
from tests.web import site
from tests.web.province import County, Province
from tests.world import DAY


def fill(place: Province) -> None:
    """Own county and union; of most kinds also one of the foreign county."""
    for rows in (place.own, place.foreign):
        rows.more["second"] = site.user(f"te-{rows.branch}", rows.branch, "teller")
    MAKERS["users.roles"](place)
    undecided(place)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        today = conn.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date").fetchone()[0]  # type: ignore[index]
        for rows in (place.own, place.foreign):
            of_county(conn, rows, today)
        nights(conn, today)
        jobs(conn)
        copied(conn, "biller_call", f"payment_id = {stopped(conn, place.own)}")
    exports(place)


def copied(conn: psycopg.Connection[Any], table: str, which: str, **changed: Any) -> None:
    """A row once more, with other values."""
    new = {name: str(value) for name, value in changed.items()}
    conn.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, %s)).*"
                 f" FROM {table} r WHERE {which} ON CONFLICT DO NOTHING", (Jsonb(new),))  # fmt: skip


def of_county(conn: psycopg.Connection[Any], rows: County, today: Any) -> None:
    """Differences of three deadlines and one outside, payouts, keys, runs, outages, a partner, the counter."""
    item, seat = rows.more["item"], rows.county
    ends: dict[str, Any] = {"state": "closed", "closed_at": "2026-11-24T00:00:00Z", "closed_by": "x"}
    for number, (days, more) in enumerate(((0, {}), (9, {}), (-9, ends)), 1):
        copied(conn, "recon_item", f"item_id = {item}", item_id=item + 1000 * number, serial=f"T-{number}",
               deadline=today + timedelta(days=days), action="refund", **more)  # fmt: skip
    conn.execute("INSERT INTO payment_return (bucket, payment_id, verb, channel_id, serial, amount_fen, business_day,"
                 " booked_at) VALUES (%s, %s, 'refund', %s, %s, 12345, %s, now())",
                 (rows.payment_id % 1000, rows.payment_id, rows.channel, f"RC{item + 3000}", DAY))  # fmt: skip
    for number, (state, days) in enumerate((("unknown", 1), ("sent", -1), ("sent", 0), ("instructed", 1),
                                            ("returned", -3))):  # fmt: skip
        conn.execute(
            "INSERT INTO payout (document_id, reference, biller_id, bank_id, due_on, debit_id, credit_id, amount_fen,"
            " payee, state, instructed_at, changed_at) VALUES (%s, %s, %s, %s, %s, 1, 1, %s, '{}', %s, now(), now())",
            (-rows.biller * 100 + number, f"REF-{rows.biller_code}-{number}", rows.channel if state == "returned"
             else rows.biller, rows.channel, today + timedelta(days=days), 1_000 + number, state),
        )  # fmt: skip
    conn.execute("INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from, valid_until) VALUES"
                 " (%(b)s, 8, 'sha1', '', now(), now() + '9 days'), (%(c)s, 8, 'sha1', '', now(), now() + '5 days'),"
                 " (%(c)s, 9, 'sha1', '', now(), NULL)", {"b": rows.biller, "c": rows.channel})  # fmt: skip
    copied(conn, "conformance_run", f"id = {rows.more['run']}", id=rows.more["run"] + 1000, ok="false")
    copied(conn, "biller_outage", f"id = {rows.more['outage']}", id=rows.more["outage"] + 1000,
           starts_at="2026-01-01T00:00:00Z")  # fmt: skip
    copied(conn, "partner", f"id = {rows.biller}", id=rows.biller + 1000, code=f"NEW{seat}", suspended="true")
    copied(conn, "biller", f"partner_id = {rows.biller}", partner_id=rows.biller + 1000)
    clock = datetime.now(UTC) + timedelta(hours=8)
    hours = {"opens_at": (clock + timedelta(hours=1)).time(), "closes_at": (clock + timedelta(hours=2)).time()}
    for number, limits in enumerate((hours, {"day_fen_max": 100}), 2):
        copied(conn, "partner", f"id = {rows.channel}", id=rows.channel + 1000 * number, code=f"CH{number}-{seat}")
        copied(conn, "channel", f"partner_id = {rows.channel}", partner_id=rows.channel + 1000 * number, **limits)
        conn.execute("INSERT INTO channel_usage VALUES (%s, %s, 80)", (rows.channel + 1000 * number, DAY))
    for number, (teller, day) in enumerate(((rows.teller, DAY - timedelta(days=1)), (rows.more["second"], DAY)), 1):
        copied(conn, "counter_shift", f"id = {rows.more['shift']}", id=rows.more["shift"] + 1000 * number,
               state="open", business_day=day, teller_id=teller.pk)  # fmt: skip
    copied(conn, "counter_entry", f"id = {rows.more['entry']}", id=rows.more["entry"] + 1000, state="unknown",
           serial=f"LOST-{seat}")  # fmt: skip
    copied(conn, "recon_profile", f"partner_id = {rows.biller}", partner_id=rows.channel, file_late_after="23:59:59")


def nights(conn: psycopg.Connection[Any], today: Any) -> None:
    """Three that are open: at its end, failed, waiting; of today's the hour of some files is to come."""
    stands = (("close", "waiting", 3), ("files", "failed", 2), ("files", "waiting", 0))
    for step, state, ago in stands:
        row = conn.execute("INSERT INTO eod_run (book_id, business_day, started_at) VALUES (1, %s, now())"
                           " RETURNING eod_id", (today - timedelta(days=ago),)).fetchone()  # fmt: skip
        left = [{"kind": "failed", "partner": "POWER01"}, {"kind": "failed", "partner": "POWER02"}]
        conn.execute("INSERT INTO eod_step (eod_id, step, state, started_at, result) VALUES (%s, %s, %s, now(), %s)",
                     (*row, step, state, Jsonb({"left": left})))  # type: ignore[misc]


def jobs(conn: psycopg.Connection[Any]) -> None:
    """One that failed today, and one that failed long ago."""
    for at in ("1 hour", "20 days"):
        row = conn.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
                           " VALUES ('asked', 'face.export', 'failed', 3) RETURNING id").fetchone()  # fmt: skip
        conn.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now() - %s::interval)",
                     (*row, at))  # type: ignore[misc]


def stopped(conn: psycopg.Connection[Any], rows: County) -> int:
    """The county's payment, at a biller that is asked no more."""
    conn.execute("INSERT INTO biller_call (bucket, payment_id, step) VALUES (%s, %s, 'confirm')",
                 (rows.payment_id % 1000, rows.payment_id))  # fmt: skip
    return rows.payment_id


def exports(place: Province) -> None:
    """Of every person one that failed; a later one of the supervisor's went well."""
    from yifen.face.models import Export

    now = datetime.now(UTC)
    for user in place.users.values():
        Export.objects.create(listing="partners", query="", format="csv", language="zh-hans", maker=user,
                              asked_at=now - timedelta(hours=1), finished_at=now, state="failed")  # fmt: skip
    Export.objects.create(listing="partners", query="", format="csv", language="zh-hans", asked_at=now,
                          maker=place.users["auditor"], finished_at=now, state="done")  # fmt: skip
