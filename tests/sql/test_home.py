"""Serials and bills are kept where they hash to, whatever bucket a caller names."""

from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest
from psycopg import errors

from tests.world import NOON, World, the_ring
from yifen.core import schema
from yifen.hub.payments.calls import CALLS
from yifen.hub.payments.names import sealed_name

KEYS = ("1|S1", "42|2026112300000001", "7|户号", "", "x" * 90)
KEPT = """SELECT (SELECT count(*) FROM payment_serial), (SELECT count(*) FROM payment_quote),
    (SELECT count(*) FROM payer), (SELECT count(*) FROM payable), (SELECT count(*) FROM payment)"""


def refused(hub: World, statement: str, values: Any) -> None:
    """Nothing is kept of it."""
    before = hub.rows(KEPT)
    hub.run("SAVEPOINT call")
    with pytest.raises(errors.InvalidParameterValue):
        hub.conn.execute(statement, values)
    hub.run("ROLLBACK TO call")
    assert hub.rows(KEPT) == before


@pytest.mark.parametrize("home", ["{1}", "{-1}", "{999}", "{NULL}", "{}"])
@pytest.mark.parametrize("at", [4, 8], ids=["own", "original"])
def test_a_serial_has_one_home(hub: World, home: str, at: int) -> None:
    charge, back = hub.charge_work("S1", {"B1": 999}), hub.return_work("reverse", "R1", "S1", 1)
    for work in (charge, back) if at == 4 else (back,):
        statement, pack = CALLS[type(work)]
        values = list(pack(0, NOON, [work], 1))
        values[at] = home
        refused(hub, statement, values)
        values[at] = "{0}"
        assert len(hub.conn.execute(statement, values).fetchall()) == 1


@pytest.mark.parametrize(("at", "value"), [
    (8, "{1000}"), (8, "{NULL}"), (8, "{}"), (13, "{}"), (13, "{2}"), (13, "{NULL}"), (15, "{998}"), (15, "{NULL}"),
])  # fmt: skip
def test_what_a_payment_says_is_what_its_lines_add_up_to(hub: World, at: int, value: str) -> None:
    """Its amount, the payment that a line is of, a line's amount; else it would be answered as paid, and is not."""
    statement, pack = CALLS[type(hub.charge_work("S1", {"B1": 999}))]
    values = list(pack(0, NOON, [hub.charge_work("S1", {"B1": 999})], 1))
    refused(hub, statement, [*values[:at], value, *values[at + 1 :]])
    assert len(hub.conn.execute(statement, values).fetchall()) == 1


@pytest.mark.parametrize("bucket", [1, -1, None])
def test_nothing_is_taken_back_in_a_bucket_that_is_none(hub: World, bucket: int | None) -> None:
    work = hub.return_work("refund", "R1", "S1", 1)
    statement, pack = CALLS[type(work)]
    refused(hub, statement, [bucket, *pack(0, NOON, [work], 1)[1:]])


def test_bills_payers_and_quotes_live_where_their_account_does(hub: World) -> None:
    hub.set_up("SELECT ledger_open_buckets_v1(2), payments_open_buckets_v1(2)")
    biller = hub.ids["WATER"]
    right = crc32(f"{biller}|A7".encode()) % 2
    name = sealed_name(the_ring(), biller, "A7", "张三")
    calls = {
        "SELECT payments_import_payers_v1(%s::smallint, ARRAY[%s], '{A7}', ARRAY[%s])": (biller, name),
        "SELECT payments_import_payables_v1(%s::smallint, ARRAY[%s], '{A7}', '{B7}', '{水费}',"
        " '{exact}', '{100}', '{1}', '{100}', '{NULL}', '{NULL}')": (biller,),
        "SELECT payments_quote_v1(%s::smallint, 'Q', %s, %s, 'A7', '{B7}', '{100}', %s)":
            (hub.ids["WX"], biller, NOON + timedelta(minutes=5)),
    }  # fmt: skip
    for statement, values in calls.items():
        with hub.as_owner():  # nobody else calls the first two
            for wrong in (1 - right, 7):
                refused(hub, statement, (wrong, *values))
            hub.conn.execute(statement, (right, *values))  # type: ignore[call-overload]


def test_an_older_server_works_the_home_out_likewise(hub: World) -> None:
    """PostgreSQL has crc32 since 18; what stands in for it before gives the same."""
    text = next(text for name, text in schema.function_files() if name.endswith("/home_v1.sql"))
    made = "SELECT prosrc LIKE %s FROM pg_proc WHERE proname = 'payments_crc_v1'"
    with hub.as_owner():
        by_server = [hub.value("SELECT payments_crc_v1(%s)", key.encode()) for key in KEYS]
        hub.run("DROP FUNCTION payments_crc_v1")
        hub.conn.execute(text.replace("to_regprocedure('crc32(bytea)')", "NULL").encode())
        by_table = [hub.value("SELECT payments_crc_v1(%s)", key.encode()) for key in KEYS]
    assert hub.value(made, "%v_table%")
    assert by_table == by_server == [crc32(key.encode()) for key in KEYS]
