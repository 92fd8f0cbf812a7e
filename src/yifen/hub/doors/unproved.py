"""What is told to who did not prove who he is: one code, at one time, whoever he says he is.

Whether a partner is known here, suspended, has this key or that algorithm, is for partners and for
our own traffic and wire log alone.
"""

import asyncio

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.core.wire.signatures import unproved
from yifen.hub.payments.wirelog_queue import Exchange

WHO = frozenset({Code.PARTNER_UNKNOWN, Code.PARTNER_SUSPENDED, Code.DIALECT_NOT_ALLOWED,
                 Code.KEY_UNKNOWN, Code.SIGNATURE_INVALID})  # fmt: skip
TOLD_S = 0.1  # after it came: longer than the slowest signature takes to refuse (SM2, some 30 ms)


def told(exchange: Exchange, fault: WireFault) -> WireFault:
    """The refusal as the caller gets it. What is wrong with a signature's form is said as it is, for
    it is found before anybody is looked for."""
    if exchange.proved or fault.code not in WHO:
        return fault
    if exchange.partner is None and fault.code is Code.SIGNATURE_INVALID:
        return fault
    return unproved()


async def wait(exchange: Exchange, taken_s: float) -> None:
    """Until the moment at which all of them are answered."""
    if not exchange.proved and exchange.code in WHO:
        await asyncio.sleep(max(0.0, TOLD_S - taken_s))
