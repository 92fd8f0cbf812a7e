"""A payer whose biller has an outage reads why and until when."""

from datetime import datetime, timedelta

import psycopg

from tests.payer.phone import Phone, text_of
from tests.payer.rows import owe
from tests.web.province import Province
from tests.world import CHINA


def run(place: Province, statement: str, *params: object) -> None:
    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:
        conn.execute(statement, params)


def test_the_payers_page_says_why_and_until_when(place: Province):
    account_no, _ = owe(place)
    now = datetime.now(CHINA).replace(microsecond=0)
    ends_at = now + timedelta(hours=2)
    run(place, "INSERT INTO biller_outage (biller_id, starts_at, ends_at, reason) VALUES (%s, %s, %s, %s)",
        place.own.biller, now - timedelta(hours=1), ends_at, "变压器检修")  # fmt: skip
    try:
        page = text_of(Phone().bills(place.own.biller_code, account_no))
        assert f"3004 收费单位停机维护 (变压器检修 · 至 until {ends_at.isoformat()})" in page
    finally:
        run(place, "DELETE FROM biller_outage")
    assert "停机" not in text_of(Phone().bills(place.own.biller_code, account_no))
