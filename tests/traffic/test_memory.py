"""What the recorder holds in memory: bounded, added up, handed on whole."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.world import NOON, Database
from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Query, WireFault
from yifen.hub.payments.bounds import BOUNDS_MS
from yifen.hub.payments.traffic import NOTE_SQL, Traffic, TrafficTally, pack
from yifen.hub.payments.traffic_queries import BP, percentile
from yifen.hub.payments.traffic_recorder import Recorder
from yifen.hub.payments.wirelog_queue import (
    UNPROVED_MAX,
    UNPROVED_SHARE,
    Exchange,
    WireLog,
    is_kept,
    message_of,
)

MINUTE = int(NOON.timestamp()) // 60


def partner(wire_log: str, number: int = 7) -> RosterPartner:
    return RosterPartner(number, "WX", "微信", 1, False, True, True, "UTF-8", "fen", True, wire_log)


def exchange(
    wire_log: str = "all", proved: bool = True, code: Code = Code.OK, number: int = 7, dialect: str = "xml"
) -> Exchange:
    query = Query(biller="WATER", account_no="3300000485")
    return Exchange(at=NOON, dialect=dialect, verb="query", body=b"<x/>" * 100, code=code,
                    partner=partner(wire_log, number), proved=proved, message=query)  # fmt: skip


# --- figures -----------------------------------------------------------------------------------


def test_a_call_belongs_to_the_first_bound_that_it_does_not_pass() -> None:
    traffic = Traffic()
    for ms in (0, 5, 6, 10, 11, 999, 1000, 5000, 5001, 60_000):
        traffic.note(NOON, 7, 9, "charge", Code.OK, ms)
    assert traffic.take() == {
        (MINUTE, 7, 9, "charge", 0): TrafficTally(
            10, 72_032, 60_000, [2, 2, 1, 0, 0, 0, 0, 2, 0, 1, 2]
        )
    }
    assert len(traffic) == 0


def test_keys_beyond_the_bound_lose_their_biller_then_are_only_counted() -> None:
    traffic = Traffic(keys_max=3, folded_max=2)
    for biller in range(1, 11):
        traffic.note(NOON, 7, biller, "charge", Code.OK, 1)
        traffic.note(NOON, 7, biller, "query", Code.OK, 1)
    traffic.note(NOON, 8, 1, "query", Code.OK, 1)
    assert (len(traffic), traffic.lost) == (5, 1)
    assert {key[1:]: tally.calls for key, tally in traffic.take().items()} == {
        (7, 1, "charge", 0): 1, (7, 1, "query", 0): 1, (7, 2, "charge", 0): 1,
        (7, 0, "query", 0): 9, (7, 0, "charge", 0): 8,
    }  # fmt: skip


def test_what_is_put_back_is_added_and_stays_within_the_bound() -> None:
    traffic = Traffic(keys_max=2, folded_max=0)
    for minute in (0, 1):
        traffic.note(NOON + timedelta(minutes=minute), 7, 9, "charge", Code.OK, 3)
    taken = traffic.take()
    for minute in (0, 2):
        traffic.note(NOON + timedelta(minutes=minute), 7, 9, "charge", Code.OK, 30)
    traffic.put_back(taken)
    assert traffic.lost == 1  # minute 1 found no room
    assert traffic.take() == {
        (MINUTE, 7, 9, "charge", 0): TrafficTally(2, 33, 30, [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
        (MINUTE + 2, 7, 9, "charge", 0): TrafficTally(1, 30, 30, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    }


def test_every_code_is_written_and_a_second_writing_adds(database: Database) -> None:
    traffic = Traffic()
    for code in Code:
        traffic.note(NOON, 7, 9, "charge", code, code % 70)
    taken = traffic.take()
    with psycopg.connect(database.app_url) as conn:
        conn.execute(NOTE_SQL, pack(taken))
        conn.execute(NOTE_SQL, pack(taken))
        rows = conn.execute(
            "SELECT code, minute, calls, ms_sum, ms_max, upto_5, upto_10, upto_20, upto_50,"
            " upto_100, upto_200 + upto_500 + upto_1000 + upto_2000 + upto_5000 + over_5000"
            " FROM traffic_minute WHERE partner_id = 7 AND biller_id = 9 AND verb = 'charge'"
        ).fetchall()
    assert len(rows) == len(Code)
    for code, minute, calls, ms_sum, ms_max, *slow in rows:
        assert (minute, calls, ms_sum, ms_max) == (NOON, 2, 2 * (code % 70), code % 70)
        place = sum(code % 70 > bound for bound in BOUNDS_MS)
        assert slow == [2 if place == number else 0 for number in range(6)]


@pytest.mark.parametrize(("share", "wanted"), [
    (0, 5), (100, 5), (5000, 5), (5001, 20), (9000, 20), (9001, 5000), (9900, 5000), (9901, 7777),
    (BP, 7777),
])  # fmt: skip
def test_a_percentile_is_the_upper_end_of_its_column(share: int, wanted: int) -> None:
    slow = [50, 0, 40, 0, 0, 0, 0, 0, 0, 9, 1]
    assert percentile(slow, share, 7777) == wanted
    assert percentile([1] + [0] * 10, share, 2) == 2  # no more than the slowest call


# --- messages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("setting", "code", "ms", "kept"), [
    ("all", Code.OK, 1, True), ("none", Code.FAULT, 9000, False), ("faults", Code.OK, 1000, False),
    ("faults", Code.OK, 1001, True), ("faults", Code.PROCESSING, 1, True),
    ("faults", Code.ALREADY_PAID, 1, True),
])  # fmt: skip
def test_what_is_kept_is_the_partners_choice(setting: str, code: Code, ms: int, kept: bool) -> None:
    assert is_kept(setting, code, ms) is kept
    log = WireLog()
    log.hear(exchange(setting, code=code), b"", ms)
    assert len(log) == kept


def test_a_full_queue_drops_counts_and_keeps_what_it_has() -> None:
    log = WireLog(most=3)
    for number in range(5):
        log.hear(exchange(), str(number).encode(), 1)
    assert (len(log), log.dropped) == (3, 2)
    taken = log.take(2)
    assert [waiting.reply for waiting in taken] == [(b"0", 1), (b"1", 1)]
    log.hear(exchange(), b"5", 1)
    log.put_back(taken)  # room for one of the two: the newer
    assert (len(log), log.dropped) == (3, 3)
    assert [waiting.reply[0] for waiting in log.take(9)] == [b"1", b"2", b"5"]


def test_forgeries_take_a_small_part_of_the_queue_and_are_kept_short() -> None:
    log = WireLog()
    for number in range(UNPROVED_MAX + 3):
        log.hear(exchange(proved=False, code=Code.SIGNATURE_INVALID, number=number), b"", 1)
    assert (len(log), log.dropped) == (UNPROVED_MAX, 3)
    log.hear(exchange(), b"", 1)
    taken = log.take(UNPROVED_MAX + 1)
    assert {len(waiting.request[0]) for waiting in taken} == {200, 400}
    assert {waiting.request[1] for waiting in taken} == {400}
    log.hear(exchange(proved=False), b"", 1)  # they left the queue, so there is room again
    assert (len(log), log.dropped) == (1, 3)


def test_a_flood_in_one_partner_s_name_leaves_room_for_the_others() -> None:
    log = WireLog()
    for _ in range(1000):
        log.hear(exchange(proved=False), b"", 1)
    for number in range(8, 17):
        log.hear(exchange(proved=False, number=number), b"", 1)
    for _ in range(UNPROVED_SHARE + 1):  # a repair, which nobody else can send
        log.hear(exchange(proved=False, dialect="hosted"), b"", 1)
    assert (len(log), log.dropped) == (UNPROVED_SHARE + 9 + UNPROVED_SHARE + 1, 1000 - UNPROVED_SHARE)
    log.put_back(log.take(3))  # still three of five
    log.hear(exchange(proved=False), b"", 1)
    assert log.dropped == 1001 - UNPROVED_SHARE
    log.take(3)
    log.hear(exchange(proved=False), b"", 1)
    assert log.dropped == 1001 - UNPROVED_SHARE


def test_a_long_body_is_not_held_whole() -> None:
    log = WireLog()
    it = exchange()
    it.body = b"{" + b" " * 60_000
    log.hear(it, b"{" + b" " * 60_000, 1)
    (waiting,) = log.take(1)
    assert len(waiting.request[0]) == len(waiting.reply[0]) == 8192
    message = message_of(waiting)
    assert (message.request_bytes, message.account_tail) == (60_001, "0485")
    assert message.request.endswith("…[60001 bytes]")
    assert message.at.astimezone(UTC) == datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_a_call_is_counted_once_for_the_figures_whether_it_is_written_or_waits() -> None:
    is_away = True

    async def execute(statement: str, params: object) -> None:
        if is_away:
            raise WireFault(Code.UNAVAILABLE)

    async def run() -> None:
        nonlocal is_away
        recorder = Recorder(execute, lambda code: 9)
        for waits in (True, True, False, False):
            is_away = waits
            recorder.hear(exchange(wire_log="none"), b"", 12)
            recorder.hear(exchange(wire_log="none", code=Code.BUSY, number=8), b"", 3)
            before = recorder.counts()
            await recorder.flush()
            assert recorder.counts() == before
        assert recorder.counts() == {
            (7, "query", 0): TrafficTally(4, 48, 12, [0, 0, 4, *[0] * 8]),
            (8, "query", 9001): TrafficTally(4, 12, 3, [4, *[0] * 10]),
        }

    asyncio.run(run())
