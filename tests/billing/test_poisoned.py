"""What of a run cannot be billed is left out with its reason; what is killed loses nothing."""

import os
import signal
import subprocess
import sys
from datetime import date

import psycopg
import pytest

from tests.billing.proposals import NOW
from tests.billing.readings import customer, fee_of
from tests.billing.town import Town
from tests.billing.world import rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WORKER
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection

SINCE, UNTIL = date(2026, 1, 1), date(2026, 1, 31)
MOST = 2**63 - 1
FIGURES = "SELECT bills, asked_fen, given_fen, missing FROM billing_piece WHERE run_id = %s"
FAILED = "SELECT service_id, reason FROM billing_failed WHERE run_id = %s ORDER BY service_id"


def five(town: Town, poisoned: dict[int, dict[str, object]]) -> tuple[int, list[int]]:
    """Five services that used 100 kWh each; of these, by their place, something is wrong."""
    fee = town.fee()
    town.price(fee)
    services = []
    for place in range(5):
        more = dict(poisoned.get(place, {}))
        milli = more.pop("milli", 100_000)
        service = town.service(town.customer(f"A{place}"), fee, **more)
        town.used(service, SINCE, UNTIL, milli)  # type: ignore[arg-type]
        services.append(service)
    return fee, services


def missing(town: Town, run: int) -> list[tuple[object, ...]]:
    """As the run's page has it."""
    statement = queries("yifen.trades.billing.runs")["missing"]
    return [
        tuple(row)
        for row in town.world.conn.execute(statement, {"run": run, "most": 20}).fetchall()
    ]


@pytest.mark.parametrize("places", [(0,), (2,), (4,), (1, 3), (0, 1, 2, 3, 4)])
def test_services_whose_use_cannot_be_priced_are_left_out_and_named(
    town: Town, places: tuple[int, ...]
) -> None:
    fee, services = five(town, {place: {"milli": MOST, "factor": 2} for place in places})
    run = town.made(fee, SINCE, UNTIL)
    count = 5 - len(places)
    assert town.world.rows(FIGURES, run) == [(count, count * 5_469, 0, len(places))]
    assert town.world.rows(FAILED, run) == [
        (services[place], "bigint out of range") for place in places
    ]
    assert missing(town, run)[: len(places)] == [
        (services[place], f"A{place}", "failed", "bigint out of range") for place in places
    ]
    if count:
        assert town.published(run) == ["OK"]
        assert [town.owed(f"A{place}") == {} for place in range(5)] == [
            place in places for place in range(5)
        ]
        assert town.wrong() == []


def test_a_bill_of_more_than_can_be_asked_for_is_left_out_before_it_stops_the_publishing(
    town: Town,
) -> None:
    fee, services = five(town, {3: {"milli": 10**17}})
    run = town.made(fee, SINCE, UNTIL)
    [(service, why)] = town.world.rows(FAILED, run)
    assert (service, why.startswith("a bill of ")) == (services[3], True)
    assert town.published(run) == ["OK"]
    assert town.wrong() == []


def test_why_the_others_have_no_bill_is_told_too(town: Town) -> None:
    fee, services = five(town, {1: {"class": "shop"}})
    unused = town.service(town.customer("A5"), fee)
    run = town.made(fee, SINCE, UNTIL)
    assert missing(town, run) == [(services[1], "A1", "price", None), (unused, "A5", "use", None)]


def test_one_that_was_mended_gets_its_bill_by_itself(town: Town) -> None:
    fee, services = five(town, {2: {"milli": MOST, "factor": 2}})
    assert town.published(town.made(fee, SINCE, UNTIL)) == ["OK"]
    with town.world.as_owner():
        town.world.run(
            "UPDATE billing_usage SET qty_milli = 100000 WHERE service_id = %s", services[2]
        )
    run = town.made(fee, SINCE, UNTIL, services[2])
    assert town.bills(run)[0][1:] == (200_000, 10_938)
    assert town.published(run) == ["OK"]


# --- killed
DYING = """
import sys, time, psycopg
with psycopg.connect(sys.argv[1]) as conn:
    conn.execute("SELECT billing_publish_v1(%s, %s, now())", (int(sys.argv[2]), int(sys.argv[3])))
    print("in it", flush=True)
    time.sleep(60)
"""
SIZE = "CREATE OR REPLACE FUNCTION billing_piece_size_v1() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2000'"
STATE = """SELECT count(DISTINCT b.bill_id), count(DISTINCT y.payable_id), count(DISTINCT d.document_id)
    FROM billing_bill b LEFT JOIN payable y ON y.bucket = b.bucket AND y.ref = 'B' || b.bill_id
    LEFT JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece WHERE b.run_id = %s"""


def test_a_worker_that_is_killed_between_pieces_and_inside_one_loses_nothing(
    place: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.access.models import Authorisation
    from yifen.trades.billing.runs import running

    fee = fee_of(place)
    with psycopg.connect(place.database.owner_url) as conn:
        price = conn.execute(
            "INSERT INTO billing_price (fee_id, class, name, valid_from) VALUES (%s, '居民', '居民',"
            " '2025-01-01') RETURNING price_id",
            (fee,),
        ).fetchall()[0][0]
        conn.execute("INSERT INTO billing_part VALUES (%s, 1, '电费', 'qty', 0, 0.5)", (price,))
    for number in range(8):
        service = customer(place, f"DIE{number}", ("qty", 0))
        with psycopg.connect(place.database.owner_url) as conn:
            conn.execute(
                "INSERT INTO billing_usage VALUES (%s, %s, '2026-05-01', '2026-05-31', 100000)",
                (service % 1000, service),
            )
            conn.execute(
                "SELECT payments_import_payers_v1(%s::smallint, ARRAY[%s], ARRAY[%s], ARRAY[(SELECT name FROM payer"
                " LIMIT 1)])",
                (service % 1000, place.own.biller, f"DIE{number}"),
            )
    finance = site.access(place.users["finance"])
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(SIZE.replace("2000", "3"))
    run = running.begin(finance, fee, date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 20), NOW)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(SIZE)
    monkeypatch.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
    turns = iter([False, True])
    with pytest.raises(InterruptedError):
        running.make(lambda: next(turns), run=run)
    [(made,)] = rows(place, "SELECT count(made_at) FROM billing_piece WHERE run_id = %s", run)
    assert made == 1
    running.make(lambda: False, run=run)
    assert rows(place, STATE, run) == [(8, 0, 0)]
    proposal = running.propose(finance, run, "", NOW)
    site.agree(place.users["biller_staff"], proposal, NOW)
    pieces = [
        piece
        for (piece,) in rows(
            place, "SELECT piece FROM billing_piece WHERE run_id = %s ORDER BY 1", run
        )
    ]
    assert len(pieces) > 1

    asked = [sys.executable, "-c", DYING, place.database.url(WORKER), str(proposal.pk), str(pieces[0])]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as dying:
        assert dying.stdout is not None
        assert dying.stdout.readline() == "in it\n"
        os.kill(dying.pid, signal.SIGKILL)
    assert rows(place, STATE, run) == [(8, 0, 0)]  # inside: as if it had never begun

    turns = iter([False, True])
    with pytest.raises(InterruptedError):
        running.publish(lambda: next(turns), proposal=proposal.pk)
    assert rows(place, STATE, run)[0][2] == 1  # between: one piece stands
    moved = "billing_used SELECT b.bucket, b.service_id, '2026-01-01', 7 FROM billing_bill b WHERE b.run_id = %s"
    with psycopg.connect(place.database.owner_url) as conn:  # the tiers of the second piece are elsewhere
        conn.execute(f"INSERT INTO {moved} AND b.piece = %s", (run, pieces[1]))
        is_tiered = conn.execute("UPDATE billing_fee SET cycle = 'year' WHERE fee_id = %s AND cycle = 'none'", (fee,))
    running.publish(lambda: False, proposal=proposal.pk)
    assert rows(place, STATE, run)[0][2] == len(pieces) - 1  # it does not hold up those behind it
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("DELETE FROM billing_used")
        if is_tiered.rowcount:
            conn.execute("UPDATE billing_fee SET cycle = 'none' WHERE fee_id = %s", (fee,))
    running.publish(lambda: False, proposal=proposal.pk)
    running.publish(lambda: False, proposal=proposal.pk)  # again: nothing twice
    assert rows(place, STATE, run) == [(8, 8, len(pieces))]
    assert rows(
        place,
        "SELECT sum(due_fen), count(*) FROM payable WHERE account_no LIKE 'DIE%%'"
        " AND balance_fen IS NULL",
    ) == [(8 * 5_000, 8)]
    with plain_connection() as conn:
        assert running.found(conn, run).state == "published"
    assert Authorisation.objects.get(pk=proposal.pk).granted
