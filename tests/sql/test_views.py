"""The views: what counts as a movement; made anew when their columns have changed."""

import psycopg

from tests.conftest import NewDatabase
from tests.world import DAY, World
from yifen.core.schema import install_functions

MOVED = """SELECT verb, serial, original, amount_fen, net_fen, sign, business_day
FROM payment_movement ORDER BY verb, serial"""


def test_a_payment_and_what_took_it_back_are_two_movements(hub: World) -> None:
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    hub.reverse("T1", "S1", 1000)
    assert hub.rows(MOVED) == [
        ("charge", "S1", None, 1000, 1000, 1, DAY),
        ("charge", "S2", None, 2000, 2000, 1, DAY),
        ("reverse", "T1", "S1", 1000, -1000, -1, DAY),
    ]


def test_what_is_not_decided_is_no_movement(hub: World) -> None:
    charge = hub.charge("S1", {"R1": 3_000}, biller="GAS", account_no="G1")
    assert hub.rows(MOVED) == []
    hub.result(charge.payment_id, "booked")
    assert [row[:2] for row in hub.rows(MOVED)] == [("charge", "S1")]
    hub.reverse("T1", "S1", 3_000)
    assert [row[:2] for row in hub.rows(MOVED)] == [("charge", "S1")]
    hub.result(charge.payment_id, "reversed")
    assert [row[:2] for row in hub.rows(MOVED)] == [("charge", "S1"), ("reverse", "T1")]


def test_a_view_with_other_columns_is_made_anew_and_can_be_read(new_database: NewDatabase) -> None:
    database = new_database()
    with psycopg.connect(database.owner_url) as conn:
        columns = conn.execute("SELECT * FROM payment_movement").description
        conn.execute("DROP VIEW payment_movement")
        conn.execute("CREATE VIEW payment_movement AS SELECT 1 AS old, 'x' AS older")
    install_functions(database.owner_url, database.buckets)
    with psycopg.connect(database.app_url) as conn:
        found = conn.execute("SELECT * FROM payment_movement").description
    assert columns is not None
    assert found is not None
    assert [column.name for column in found] == [column.name for column in columns]
