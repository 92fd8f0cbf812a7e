"""What the database tells: payments, recent calls, chains, nights and processes, to the figure."""

from datetime import timedelta

import psycopg
import pytest

from tests.web import site
from tests.world import DAY, NOON, Database, World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WORKER
from yifen.core.metrics import signs
from yifen.core.metrics.reading import Measure
from yifen.core.metrics.signs import Signing
from yifen.core.plugs import called, metrics, plugs
from yifen.face.system import gauges as books_gauges
from yifen.hub.measured import gauges as hub_gauges
from yifen.hub.payments.traffic import NOTE_SQL, Traffic, pack
from yifen.night import gauges as night_gauges

MINUTE = timedelta(minutes=1)


@pytest.fixture
def network(world: World) -> World:
    return world.network()


def told(readings: list[Measure]) -> dict[tuple[str, ...], float]:
    return {(reading.name.removeprefix("yifen_"), *reading.labels): reading.value for reading in readings}


def test_an_empty_database_tells_noughts_and_no_age(network: World) -> None:
    assert told(hub_gauges.read(network.conn, NOON)) == {
        ("payments_undecided", "asking"): 0, ("payments_undecided", "stopped"): 0,
        ("payments_undecided_oldest_seconds",): 0, ("outbox_overdue_seconds",): 0,
        ("recent_calls", "taken"): 0, ("recent_calls", "biller"): 0, ("recent_calls", "failed"): 0,
        ("recent_calls", "refused"): 0, ("recent_failed_ratio",): 0, ("chain_unproved_batches",): 0,
    }  # fmt: skip


def test_payments_that_nobody_knows_of_and_batches_since_the_cut(network: World) -> None:
    long_ago = NOON - timedelta(days=2)  # so long the channel kept it
    for serial, ref, fen, ago in (("S1", "R1", 3000, 20), ("S2", "R2", 500, 5)):
        network.now = NOON - ago * MINUTE
        network.charge(serial, {ref: fen}, biller="GAS", account_no="G1", paid_at=long_ago)
    network.charge("S3", {"B1": 1000})
    network.set_up("UPDATE biller_call SET due_at = %s", NOON - 2 * MINUTE)
    found = told(hub_gauges.read(network.conn, NOON))
    assert (found["payments_undecided", "asking"], found["payments_undecided_oldest_seconds",]) == (2, 1200)
    assert (found["outbox_overdue_seconds",], found["chain_unproved_batches",]) == (120, 3)
    network.set_up("UPDATE biller_call SET due_at = NULL WHERE payment_id = (SELECT min(payment_id) FROM biller_call)")
    found = told(hub_gauges.read(network.conn, NOON))
    assert (found["payments_undecided", "asking"], found["payments_undecided", "stopped"]) == (1, 1)


def test_calls_of_five_minutes_by_what_became_of_them(network: World) -> None:
    traffic, wx = Traffic(), network.ids["WX"]
    for ago, code, calls in ((1, Code.OK, 3), (5, Code.PROCESSING, 1), (2, Code.ALREADY_PAID, 2), (3, Code.BUSY, 1),
                             (4, Code.BILLER_UNAVAILABLE, 4), (6, Code.FAULT, 9), (0, Code.FAULT, 9)):  # fmt: skip
        for _ in range(calls):
            traffic.note(NOON - ago * MINUTE, wx, 0, "charge", code, 3)
    traffic.note(NOON - MINUTE, 0, 0, "charge", Code.FAULT, 3)  # of nobody we know
    network.run(NOTE_SQL, *pack(traffic.take()))
    found = told(hub_gauges.read(network.conn, NOON + timedelta(seconds=30)))
    assert {key[1]: value for key, value in found.items() if key[0] == "recent_calls"} == {
        "taken": 4, "refused": 2, "failed": 1, "biller": 4}  # fmt: skip
    assert found["recent_failed_ratio",] == 0  # of five
    for _ in range(15):
        traffic.note(NOON - MINUTE, wx, 0, "charge", Code.UNAVAILABLE, 3)
    network.run(NOTE_SQL, *pack(traffic.take()))
    assert told(hub_gauges.read(network.conn, NOON))["recent_failed_ratio",] == 0.8


def test_nights_by_book(network: World) -> None:
    nothing = {("night_days_open", "hub"): 0, ("night_open_seconds", "hub"): 0}
    assert told(night_gauges.read(network.conn, NOON)) == nothing
    network.set_up("SELECT ledger_cut_day_v1(1, %s)", DAY)
    network.run("SET CONSTRAINTS ALL IMMEDIATE")  # the trail is told of it, as at the commit
    network.run("INSERT INTO eod_run (book_id, business_day, started_at) VALUES (1, %s, %s)", DAY, NOON - 90 * MINUTE)
    for step, state, since, until in (
        ("cut", "done", 90, 88), ("files", "waiting", 88, 60), ("settle", "running", 10, None),
    ):  # fmt: skip
        network.run("INSERT INTO eod_step (eod_id, step, state, started_at, ended_at)"
                    " SELECT eod_id, %s, %s, %s, %s FROM eod_run",
                    step, state, NOON - since * MINUTE, until and NOON - until * MINUTE)  # fmt: skip
    assert told(night_gauges.read(network.conn, NOON)) == {
        ("night_days_open", "hub"): 1, ("night_open_seconds", "hub"): 5400,
        ("night_step_seconds", "hub", "cut", "done"): 120, ("night_step_seconds", "hub", "files", "waiting"): 1680,
        ("night_step_seconds", "hub", "settle", "running"): 600,
    }  # fmt: skip
    network.run("UPDATE eod_run SET ended_at = %s", NOON)
    assert told(night_gauges.read(network.conn, NOON))["night_days_open", "hub"] == 0
    kept = told(hub_gauges.read(network.conn, network.value("SELECT clock_timestamp()")))
    assert (kept["chain_unproved_batches",], 0 <= kept["chain_kept_age_seconds",] < 5) == (0, True)


def test_a_process_signs_for_its_own_role_and_nobody_else_does(shared_database: Database) -> None:
    def signing(role: str, name: str) -> Signing:
        return Signing(shared_database.url(role), name, NOON)

    gateway, night = signing(GATEWAY, "gateway-1"), signing(NIGHT, "night-1")
    word = ("数据库不可用或不可写", "the database is away")
    assert [gateway.sign([]), night.sign([word]), signing(GATEWAY, "gateway-2").sign([])] == [True] * 3
    with psycopg.connect(shared_database.url(WORKER), autocommit=True) as conn:
        found = {(sign.role, sign.name): (sign.is_alive, sign.wrong) for sign in signs.signs(conn)}
        assert found == {("yifen_gateway", "gateway-1"): (True, []), ("yifen_gateway", "gateway-2"): (True, []),
                         ("yifen_night", "night-1"): (True, [word])}  # fmt: skip
        counts = {key[1:]: value for key, value in told(signs.read(conn, NOON)).items() if value}
        assert counts == {("gateway", "alive"): 2, ("gateway", "ready"): 2, ("night", "alive"): 1,
                          ("night", "unready"): 1}  # fmt: skip
        for statement in ("DELETE FROM process_sign", "UPDATE process_sign SET wrong = '[]'",
                          "INSERT INTO process_sign SELECT * FROM process_sign"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
    with psycopg.connect(shared_database.owner_url, autocommit=True) as conn:
        conn.execute("UPDATE process_sign SET at = at - interval '61 seconds' WHERE name = 'gateway-2'")
        assert told(signs.read(conn, NOON))["processes", "gateway", "alive"] == 1
        conn.execute("UPDATE process_sign SET at = at - interval '25 hours' WHERE name = 'gateway-2'")
        conn.execute("UPDATE process_sign SET wrong = '[1]' WHERE name = 'gateway-1'")
        found = {sign.name: sign.wrong for sign in signs.signs(conn)}
        assert found["gateway-1"] == [("原因读不出来", "why cannot be read")]
    with psycopg.connect(shared_database.url(GATEWAY), autocommit=True) as conn:
        for moment in ("infinity", "-infinity", "2999-01-01"):  # no such beginning breaks whoever looks
            conn.execute("SELECT process_sign_v1('h', 'gateway-2', 'v', %s, '[]')", (moment,))
            assert all(2000 < sign.began_at.year < 2900 for sign in signs.signs(conn))
        conn.execute("SELECT process_sign_v1('h', 'gateway-2', 'v', now(), NULL)")
    assert gateway.sign(None) is True
    assert night.sign([word]) is True
    with psycopg.connect(shared_database.url(WORKER)) as conn:
        assert [sign.name for sign in signs.signs(conn)] == ["night-1"]
    assert signing(GATEWAY, "x").sign([("字" * 2000, "")]) is False  # too much to be a reason
    assert Signing("postgresql://nobody:x@127.0.0.1:1/none", "x", NOON).sign([]) is False
    night.sign(None)


def test_every_gauge_of_the_plugs_reads_and_is_declared(network: World, shared_database: Database) -> None:
    with site.on(shared_database):  # as every process that asks has the apps
        pass
    names = [name for plug in plugs() for name in plug.gauges]
    assert len(names) >= 4
    for name in names:
        for reading in called(name)(network.conn, NOON):
            metric = metrics()[reading.name]
            assert (metric.process, metric.kind, len(metric.labels)) == (False, "gauge", len(reading.labels)), reading


def test_names_follow_the_conventions() -> None:
    for metric in metrics().values():
        assert metric.name.startswith("yifen_")
        assert metric.zh
        assert metric.en
        assert (metric.kind == "counter") == metric.name.endswith("_total"), metric.name
        assert (metric.kind == "histogram") == bool(metric.bounds), metric.name
        assert not any(word in metric.name for word in ("_ms", "_minutes", "_fen", "_kb"))




def test_the_last_check_of_the_books(network: World) -> None:
    assert books_gauges.read(network.conn, NOON) == []
    network.people()
    for ago, ok in ((90, True), (60, False), (30, None)):  # the last one was broken off
        network.run("INSERT INTO console_books_check (asked_by_id, asked_at, finished_at, ok, transfers, batches,"
                    " audit_entries, problems) SELECT id, %s, %s, %s, 0, 0, 0, '[]' FROM access_user LIMIT 1",
                    NOON - ago * MINUTE, NOON - ago * MINUTE, ok)  # fmt: skip
    assert told(books_gauges.read(network.conn, NOON)) == {("books_check_age_seconds",): 3600, ("books_check_ok",): 0}
