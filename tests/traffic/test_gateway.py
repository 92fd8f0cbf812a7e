"""What the gateway records of the calls that it answers: figures to the call, messages masked."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import requests

from tests.journeys.clients import JsonPartner, Partner, XmlPartner
from tests.remote.scripted import remote
from tests.traffic.conftest import Place
from tests.world import DAY, Database
from yifen.core.facts.codes import Code
from yifen.core.wire.content import content_hash
from yifen.core.wire.messages import Query
from yifen.hub.payments.bounds import BOUNDS_MS
from yifen.hub.payments.wirelog import exchanges_of
from yifen.hub.payments.wirelog_queue import account_hash

STALE = datetime.now(UTC) - timedelta(hours=1)
SLOTS = " + ".join([f"upto_{bound}" for bound in BOUNDS_MS] + ["over_5000"])


def forger(place: Place, code: str) -> XmlPartner | JsonPartner:
    """Somebody who knows the partner's code and not its key."""
    url = place.gateway.url
    if code == "XML":
        return XmlPartner(url, "XML", b"guessed")
    return JsonPartner(url, "JSON", "hmac-sha256", b"guessed guessed guessed guessed ")


def send_forged(place: Place, code: str, **fields: str) -> str:
    it = forger(place, code)
    if isinstance(it, XmlPartner):
        body = it.seal(it.markup("query", **fields))
        return it.read(requests.post(f"{it.url}/xml/v1/query", body, timeout=30), False).code
    return str(it.session.send(it.prepare("query", **fields), timeout=30).json()["code"])


def a_day_of(place: Place, code: str) -> dict[tuple[str, str, str, int], int]:
    """Calls that end in every way; answers what is to be counted."""
    it, account = place.partners[code], f"A-000{1 if code == 'XML' else 2}"
    query = {"biller": "WATER", "account_no": account}

    def charge(serial: str, ref: str, fen: int) -> str:
        return place.charge(code, account, {ref: fen}, f"{code}-{serial}")

    def reverse(serial: str, original: str) -> str:
        original = f"{code}-{original}"
        return it.call(
            "reverse", f"{code}-{serial}", original_serial=original, amount_fen=1000
        ).code

    ends = [
        (it.call("query", **query).code, "0000", "query", "WATER"),
        (it.call("query", **query).code, "0000", "query", "WATER"),
        (it.call("query", **query | {"biller": "NOBODY"}).code, "3001", "query", ""),
        (it.call("query", **query | {"account_no": "A-9999"}).code, "5001", "query", "WATER"),
        (charge("1", "B1", 1000), "0000", "charge", "WATER"),
        (charge("1", "B1", 1000), "0000", "charge", "WATER"),
        (charge("1", "B2", 2000), "4001", "charge", "WATER"),
        (charge("2", "B1", 1000), "5005", "charge", "WATER"),
        (charge("3", "B2", 1999), "5011", "charge", "WATER"),
        (it.call("confirm", original_serial=f"{code}-1").code, "0000", "confirm", ""),
        (it.call("confirm", original_serial="NEVER").code, "4003", "confirm", ""),
        (reverse("R1", "1"), "0000", "reverse", ""),
        (reverse("R2", "LATE"), "7001", "reverse", ""),
        (it.call("file", business_day=DAY).code, "8101", "file", ""),
        (it.call("query", biller="WATER").code, "1006", "query", ""),
        (stale(it, query), "2006", "query", ""),
        (send_forged(place, code, **query), "2005", "query", ""),
    ]
    assert [got for got, *_ in ends] == [wanted for _, wanted, *_ in ends]
    return Counter((code, biller, verb, int(wanted)) for _, wanted, verb, biller in ends)


def stale(it: Partner, query: dict[str, str]) -> str:
    """A message of an hour ago; JSON's signature is then no proof."""
    if isinstance(it, XmlPartner):
        return it.call("query", sent_at=STALE, **query).code
    return str(
        it.session.send(it.prepare("query", sent_at=STALE, **query), timeout=30).json()["code"]
    )


def test_every_call_is_counted_once_by_partner_biller_verb_and_code(place: Place) -> None:
    wanted = a_day_of(place, "XML") | a_day_of(place, "JSON")
    requests.post(f"{place.gateway.url}/xml/v1/charge", b"who?", timeout=30)
    assert place.gateway.stop() == 0
    assert place.counted() == wanted | {("", "", "charge", 2005): 1}
    odd = f"SELECT * FROM traffic_minute WHERE calls <> {SLOTS} OR ms_max > ms_sum OR ms_sum < 0"
    assert place.rows(odd) == []


def test_a_gateway_that_is_told_to_stop_writes_what_it_just_counted(place: Place) -> None:
    place.partners["XML"].call("query", biller="WATER", account_no="A-0001")
    assert place.gateway.stop() == 0
    assert place.counted() == {("XML", "WATER", "query", 0): 1}
    assert place.rows("SELECT verb, code FROM wire_message") == [("query", 0)]


# --- the wire log ------------------------------------------------------------------------------

COLUMNS = "verb, serial, original_serial, account_tail, amount_fen, dialect, encoding, proved, code"


def test_all_messages_of_a_partner_are_kept_masked_with_what_a_judge_asks(place: Place) -> None:
    it = place.partners["JSON"]
    it.call("query", biller="WATER", account_no="A-0002")
    place.charge("JSON", "A-0002", {"B1": 1000}, "J-1", operator="张三丰")
    it.call("confirm", original_serial="J-1")
    it.call("reverse", "J-2", original_serial="J-1", amount_fen=1000, reason="柜员李四录错")
    place.gateway.stop()
    assert place.rows(f"SELECT {COLUMNS} FROM wire_message ORDER BY message_no") == [
        ("query", None, None, "002", None, "json", "utf-8", True, 0),
        ("charge", "J-1", None, "002", 1000, "json", "utf-8", True, 0),
        ("confirm", "J-1", "J-1", None, None, "json", "utf-8", True, 0),
        ("reverse", "J-2", "J-1", None, 1000, "json", "utf-8", True, 0),
    ]
    (request, reply, hashed, length), *_ = place.rows(
        "SELECT request, reply, content_hash, request_bytes FROM wire_message WHERE serial = 'J-1'"
    )
    assert '"account_no":"***002"' in request.replace(": ", ":")
    assert '"operator":"***"' in request.replace(": ", ":")
    assert "张" not in request
    assert len(request.encode()) < length
    assert '"code":"0000"' in reply
    assert place.rows("SELECT content_hash FROM payment_serial WHERE serial = 'J-1'") == [(hashed,)]
    judged = exchanges_of(place.world.conn, place.world.ids["JSON"])
    query = Query(biller="WATER", account_no="A-0002")
    assert [(e.verb, e.code, e.serial, e.original_serial, e.result) for e in judged] == [
        ("query", "0000", "", "", ""), ("charge", "0000", "J-1", "", ""),
        ("confirm", "0000", "J-1", "J-1", "0000"), ("reverse", "0000", "J-2", "J-1", ""),
    ]  # fmt: skip
    assert judged[0].content == content_hash(query).hex()
    assert {e.account_no for e in judged} == {account_hash("A-0002"), ""}
    assert {(e.encoding, e.dialect) for e in judged} == {("UTF-8", "json")}


def test_faults_alone_are_kept_of_those_who_asked_for_no_more(place: Place) -> None:
    for code in ("GB", "YUAN"):
        it = place.partners[code]
        it.call("query", biller="WATER", account_no="A-0003")
        assert it.call("query", biller="WATER", account_no="不存在").code == "5001"
    place.gateway.stop()
    rows = place.rows(f"SELECT request, {COLUMNS} FROM wire_message")
    assert [row[1:] for row in rows] == [
        ("query", None, None, None, None, "xml", "gb18030", True, 5001)
    ]
    assert "<AccountNo>***</AccountNo>" in rows[0][0]
    assert 'encoding="GB18030"' in rows[0][0]


def test_a_forged_message_is_kept_short_and_a_strangers_is_not(place: Place) -> None:
    for code in ("XML", "JSON"):
        assert send_forged(place, code, biller="WATER", account_no="A-0001") == "2005"
    requests.post(f"{place.gateway.url}/xml/v1/query", b"0" * 40 + b"<Request/>", timeout=30)
    stranger = XmlPartner(place.gateway.url, "STRANGER", b"key")
    body = stranger.seal(stranger.markup("query", biller="WATER", account_no="A-0001"))
    requests.post(f"{place.gateway.url}/xml/v1/query", body, timeout=30)
    place.gateway.stop()
    rows = place.rows(
        f"SELECT request, request_bytes, {COLUMNS} FROM wire_message ORDER BY dialect"
    )
    assert [row[2:] for row in rows] == [
        ("query", None, None, None, None, dialect, "utf-8", False, 2005)
        for dialect in ("json", "xml")
    ]
    assert "AccountNo" not in rows[1][0]
    assert rows[1][0].endswith(f"…[{rows[1][1]} bytes]")
    assert rows[1][1] > 200


def test_old_messages_can_be_forgotten(place: Place) -> None:
    place.partners["XML"].call("query", biller="WATER", account_no="A-0001")
    place.gateway.stop()
    forget = "SELECT payments_forget_messages_v1(%s)"
    month_ago = datetime.now(UTC) - timedelta(days=30, minutes=1)
    assert place.rows(forget, month_ago) == [(0,)]
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("UPDATE wire_message SET at = at - interval '31 days'")
    assert place.rows(forget, month_ago) == [(1,)]
    assert place.rows("SELECT count(*) FROM wire_message") == [(0,)]


# --- the database goes away --------------------------------------------------------------------


def away(database: Database, is_away: bool) -> None:
    """Nobody gets into the database, and who was in is thrown out."""
    name = database.app_url.rpartition("/")[2]
    url = database.super_url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {not is_away}")
        if is_away:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )


def test_what_is_counted_while_the_database_is_away_is_written_when_it_is_back(
    place: Place,
) -> None:
    it, query = place.partners["XML"], {"biller": "WATER", "account_no": "A-0001"}
    away(place.database, True)
    try:
        assert [it.call("query", **query).code for _ in range(2)] == ["9002", "9002"]
        time.sleep(1.5)  # a flush meanwhile, which fails
    finally:
        away(place.database, False)
    deadline = time.monotonic() + 20
    while it.call("query", **query).code != "0000":
        assert time.monotonic() < deadline
    place.gateway.stop()
    with psycopg.connect(place.database.app_url) as conn:
        counted = dict(
            conn.execute(
                "SELECT code, sum(calls)::integer FROM traffic_minute GROUP BY 1"
            ).fetchall()
        )
        kept = dict(conn.execute("SELECT code, count(*) FROM wire_message GROUP BY 1").fetchall())
    assert counted == kept
    assert counted[0] == 1
    assert counted[Code.UNAVAILABLE] >= 2


# --- calls of our own --------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_our_calls_to_a_billers_own_system_are_kept_as_outgoing(
    database: Database, dialect: str
) -> None:
    async def journey() -> int:
        async with remote(database, dialect) as it:
            it.biller.script["charge"].append("drop")  # no answer: 8003
            booked = await it.charge("S1")
            await it.hub.recorder.flush()
            return booked

    asyncio.run(journey())
    with psycopg.connect(database.app_url) as conn:
        rows = conn.execute(
            "SELECT p.code, direction, verb, m.serial = y.payment_id::text, m.code, m.dialect,"
            " request <> '', reply FROM wire_message m JOIN partner p ON p.id = m.partner_id,"
            " payment y ORDER BY message_no"
        ).fetchall()
    assert rows == [("GAS", "out", "charge", True, Code.BILLER_UNAVAILABLE, dialect, True, "")]
