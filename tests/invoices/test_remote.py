"""A payment that was printed again, at a biller with a system of its own: its reversal is not even asked for."""

import asyncio

import psycopg
import pytest

from tests.remote.scripted import remote
from tests.world import Database
from yifen.core.facts.codes import Code

PRINTED = """
WITH kind AS (INSERT INTO invoice_kind (biller_id, name, prefix, digits, layout, made_by, made_at)
              SELECT biller_id, '发票', '', 8, 'a5', 1, now() FROM payment LIMIT 1 RETURNING kind_id)
INSERT INTO invoice_print (payment_id, kind_id, number, what, copy_no, institution_id, teller_id, printed_at,
                           proposal_id)
SELECT payment_id, kind_id, 1, 'reprint', 1, 1, 1, now(), 1 FROM payment, kind"""


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_the_biller_is_not_asked_to_take_back_what_was_printed_again(database: Database, dialect: str) -> None:
    async def run() -> None:
        async with remote(database, dialect) as it:
            await it.charge("S1")
            with psycopg.connect(database.super_url) as conn:
                conn.execute(PRINTED)
            code, _reply = await it.reverse("R1", "S1")
            assert code is Code.REVERSAL_BARRED
            assert it.payment("S1") == ("taken", "booked")
            assert it.outbox() == []
            assert it.biller.verbs() == ["charge"]
            assert (await it.reverse("R1", "S1"))[0] is Code.REVERSAL_BARRED

    asyncio.run(run())
