"""Many connections at once, through two gateway processes: one serial, one bill, one limit."""

import asyncio
import re
from collections import Counter
from random import Random
from typing import Any

import psycopg
import pytest

from tests.concurrency.conftest import Place
from tests.torture.traffic import Door, ask_until_answered, charge_of, reverse_of
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge
from yifen.core.wire.replies import BillerAnswer

CONNECTIONS = 24


def rows(place: Place, statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(place.database.app_url) as conn:
        return conn.execute(statement, params).fetchall()


def unsealed(dialect: str, body: bytes) -> bytes:
    """An answer without what differs by design: when it was sent, and the digest over that."""
    return re.sub(rb"^[^<]*|<Time>\d+</Time>", b"", body) if dialect == "xml" else body


@pytest.mark.parametrize("dialect", ["xml", "json"])
def test_one_serial_from_many_connections_is_one_payment_and_one_answer(
    place: Place, dialect: str
) -> None:
    async def race() -> list[list[bytes]]:
        found = []
        async with place.doors(CONNECTIONS, dialect=dialect) as doors:
            for charge in charges:
                answers = await asyncio.gather(*(door.post(charge) for door in doors))
                assert all(doors[0].read(charge, a).code is Code.OK for a in answers)
                found.append([unsealed(dialect, answer.content) for answer in answers])
        return found

    charges = [charge_of(f"ONE-{dialect}-{n}", *bill) for n, bill in enumerate(place.take(10))]
    for bodies in asyncio.run(race()):
        assert len(bodies[0]) > 100
        assert set(bodies) == {bodies[0]}
    books = place.books()
    assert {c.serial: books[c.serial] for c in charges} == {c.serial: (1, 1000) for c in charges}


def test_two_serials_for_one_bill_are_one_payment(place: Place) -> None:
    """Whoever comes first, the others are told ALREADY_PAID and have paid nothing."""

    async def race() -> list[list[BillerAnswer]]:
        async with place.doors(CONNECTIONS) as doors:
            return [
                await asyncio.gather(*(door.ask(c) for door, c in zip(doors, many, strict=True)))
                for many in rivals
            ]

    bills = place.take(15)
    rivals = [
        [charge_of(f"TWO-{n}-{rival}", *bill) for rival in range(CONNECTIONS)]
        for n, bill in enumerate(bills)
    ]
    before = place.books()
    for many, answers in zip(rivals, asyncio.run(race()), strict=True):
        codes = Counter(answer.code for answer in answers)
        assert codes == {Code.OK: 1, Code.ALREADY_PAID: CONNECTIONS - 1}
        winner = next(c for c, a in zip(many, answers, strict=True) if a.code is Code.OK)
        stored = rows(
            place,
            "SELECT serial, code FROM payment_serial WHERE serial = ANY (%s)",
            [charge.serial for charge in many],
        )
        assert dict(stored) == {
            c.serial: Code.OK if c is winner else Code.ALREADY_PAID for c in many
        }
        before[winner.serial] = (1, winner.amount_fen)
    assert place.books() == before


def test_a_reversal_racing_its_charge_never_leaves_money_without_record(place: Place) -> None:
    """Either the charge stands first and is reversed, or the reversal does and blocks it."""
    random = Random(11)

    async def one(doors: list[Door], charge: Charge) -> tuple[Code, Code]:
        async def late(door: Door, message: Any, latest_s: float) -> Code:
            await asyncio.sleep(random.uniform(0, latest_s))
            answer = await ask_until_answered(door, message)
            while answer.code is Code.ORIGINAL_PROCESSING:
                answer = await ask_until_answered(door, message)
            return answer.code

        ahead = random.choice([0, 0, 0.02])
        codes = await asyncio.gather(
            late(random.choice(doors), charge, ahead),
            late(random.choice(doors), reverse_of(f"R{charge.serial}", charge), 0.02 - ahead),
        )
        return codes[0], codes[1]

    async def race() -> list[tuple[Code, Code]]:
        async with place.doors(16) as doors:
            return [
                pair
                for start in range(0, len(charges), 20)
                for pair in await asyncio.gather(
                    *(one(doors, charge) for charge in charges[start : start + 20])
                )
            ]

    charges = [charge_of(f"RACE-{n}", *bill) for n, bill in enumerate(place.take(160))]
    before = place.books()
    pairs = asyncio.run(race())
    reversed_, blocked = (
        (Code.OK, Code.OK),
        (Code.REVERSED_BEFORE_CHARGE, Code.ORIGINAL_UNKNOWN_BLOCKED),
    )
    seen = Counter(pairs)
    assert set(seen) == {reversed_, blocked}, seen
    after = place.books()
    for charge, pair in zip(charges, pairs, strict=True):
        states = rows(
            place,
            "SELECT payer_state::text, biller_state::text, amount_fen FROM payment"
            " WHERE serial = %s",
            charge.serial,
        )
        assert states == ([("returned", "reversed", 1000)] if pair == reversed_ else [])
        if pair == reversed_:
            before[charge.serial] = (1, 1000)
    assert after == before
    assert after.settled == before.settled
    clearing, transit = after.balances["1121.WX"], after.balances["2241.WATER"]
    assert clearing[1] - before.balances["1121.WX"][1] == 1000 * seen[reversed_]
    assert clearing[0] - clearing[1] == transit[1] - transit[0]
    assert (
        clearing[0] - clearing[1] == before.balances["1121.WX"][0] - before.balances["1121.WX"][1]
    )


def test_the_daily_limit_is_reached_to_the_fen_and_never_passed(place: Place) -> None:
    """BANK may take 250,000 fen a day: 250 of these bills, whoever comes first."""
    charges = [charge_of(f"LIMIT-{n}", *bill) for n, bill in enumerate(place.take(290))]

    async def race() -> list[BillerAnswer]:
        async with place.doors(CONNECTIONS, channel="BANK") as doors:
            return await asyncio.gather(
                *(doors[n % CONNECTIONS].ask(charge) for n, charge in enumerate(charges))
            )

    async def more(*messages: Any) -> list[Code]:
        async with place.doors(1, channel="BANK") as (door,):
            return [(await door.ask(message)).code for message in messages]

    before = place.books()
    answers = asyncio.run(race())
    assert Counter(a.code for a in answers) == {Code.OK: 250, Code.OVER_DAY_LIMIT: 40}
    taken = (
        "SELECT taken_fen FROM channel_usage JOIN partner ON id = channel_id WHERE code = 'BANK'"
    )
    assert rows(place, taken) == [(250_000,)]
    paid = [c for c, a in zip(charges, answers, strict=True) if a.code is Code.OK]
    refused = [c for c, a in zip(charges, answers, strict=True) if a.code is not Code.OK]
    assert place.books() == before | {c.serial: (1, 1000) for c in paid}
    assert place.books().balances["1121.BANK"] == (250_000, 0, 0)
    back = reverse_of("LIMIT-R", paid[0])
    codes = asyncio.run(more(refused[0], back, refused[0], refused[1]))
    assert codes == [Code.OVER_DAY_LIMIT, Code.OK, Code.OK, Code.OVER_DAY_LIMIT]
    assert rows(place, taken) == [(250_000,)]
