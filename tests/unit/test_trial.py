"""The sandbox's answers that leave a channel not knowing: of the sandbox alone, the first answer alone."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import WireFault
from yifen.hub.payments import trial
from yifen.hub.payments.calls import Booked
from yifen.hub.payments.trial import Trial

TWIN = RosterPartner(1, "WX-T", "沙箱", 900, False, True, True, "UTF-8", "fen", True, "all")
REAL = replace(TWIN, code="WX", book_id=1)
BOOKED = Booked(Code.OK, False, 7, None, None)


def told(partner: RosterPartner, account_no: str, booked: Booked = BOOKED, hold_s: float = 0.01) -> Any:
    async def ask() -> Any:
        return await Trial(hold_s).told(partner, account_no, booked)

    try:
        return asyncio.run(ask())
    except WireFault as fault:
        return fault.code


def test_the_late_account_is_answered_9002_after_a_while() -> None:
    async def timed() -> float:
        loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        with pytest.raises(WireFault, match="UNAVAILABLE"):
            await Trial(0.2).told(TWIN, "1008", BOOKED)
        return loop.time() - began

    assert 0.2 <= asyncio.run(timed()) < 2


def test_the_vague_account_is_answered_8001() -> None:
    assert told(TWIN, "1009") == replace(BOOKED, code=Code.PROCESSING)


@pytest.mark.parametrize(
    ("partner", "account_no", "booked"),
    [
        (REAL, "1008", BOOKED),
        (REAL, "1009", BOOKED),
        (TWIN, "1001", BOOKED),
        (TWIN, "1008", replace(BOOKED, repeated=True)),
        (TWIN, "1009", replace(BOOKED, repeated=True)),
        (TWIN, "1008", Booked(Code.ALREADY_PAID, False, None, None, None)),
    ],
)
def test_everybody_else_is_told_the_truth(partner: RosterPartner, account_no: str, booked: Booked) -> None:
    assert told(partner, account_no, booked, hold_s=30) == booked


def test_a_hub_that_ends_keeps_nobody_waiting_and_holds_no_more_than_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "HELD_MAX", 2)

    async def many() -> tuple[int, int]:
        held = Trial(30)
        asking = [asyncio.create_task(held.told(TWIN, "1008", BOOKED)) for _ in range(3)]
        await asyncio.sleep(0.05)
        before = sum(task.done() for task in asking)
        held.end()
        found = await asyncio.gather(*asking, return_exceptions=True)
        return before, sum(isinstance(fault, WireFault) for fault in found)

    assert asyncio.run(many()) == (1, 3)
