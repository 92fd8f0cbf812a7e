"""Calls of the channels that Yifen hosts itself are counted like those of any partner."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.world import NOON, Database, World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire.messages import Charge, Confirm, Line, Query, Reverse, WireFault
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub


def test_every_verb_of_the_local_hub_is_counted_and_its_faults_are_kept(
    database: Database,
) -> None:
    with psycopg.connect(database.app_url) as conn:
        World(conn).network()
        conn.execute("UPDATE channel SET hosted = 'payer' WHERE partner_id ="
                     " (SELECT id FROM partner WHERE code = 'WX')")  # fmt: skip
    ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
    hub = LocalHub(
        lambda: Hub(read_settings(database.environment(WEB)), database.url(WEB), ring, lambda: NOON)
    )
    line = Line(payable="B1", amount_fen=1000)
    charge = Charge(serial="H-1", biller="WATER", account_no="A1", amount_fen=1000, lines=[line],
                    paid_at=NOON)  # fmt: skip
    assert hub.query("WX", Query(biller="WATER", account_no="A1"))[0] is Code.OK
    for channel in ("WX", "BANK"):  # BANK's by a repair, say
        with pytest.raises(WireFault) as unknown:
            hub.query(channel, Query(biller="WATER", account_no="NOBODY"))
        assert unknown.value.code is Code.ACCOUNT_UNKNOWN
    assert hub.charge("WX", charge)[0] is Code.OK
    assert hub.confirm("WX", Confirm(original_serial="H-1"))[0] is Code.OK
    back = Reverse(serial="H-2", original_serial="H-1", amount_fen=1000)
    assert hub.give_back("WX", back)[0] is Code.OK
    hub.stop()
    with psycopg.connect(database.app_url) as conn:
        counted = conn.execute(
            "SELECT verb, t.code, coalesce(b.code, ''), calls, minute FROM traffic_minute t"
            " JOIN partner p ON p.id = t.partner_id LEFT JOIN partner b ON b.id = t.biller_id"
            " WHERE p.code = 'WX' ORDER BY verb, t.code"
        ).fetchall()
        kept = conn.execute(
            "SELECT p.code, verb, m.code, dialect, request, proved FROM wire_message m"
            " JOIN partner p ON p.id = m.partner_id ORDER BY message_no"
        ).fetchall()
    assert counted == [
        ("charge", 0, "WATER", 1, NOON), ("confirm", 0, "", 1, NOON),
        ("query", 0, "WATER", 1, NOON), ("query", Code.ACCOUNT_UNKNOWN, "WATER", 1, NOON),
        ("reverse", 0, "", 1, NOON),
    ]  # fmt: skip
    assert kept == [("WX", "query", Code.ACCOUNT_UNKNOWN, "hosted", "", True),
                    ("BANK", "query", Code.ACCOUNT_UNKNOWN, "hosted", "", False)]  # fmt: skip
