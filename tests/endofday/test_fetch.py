"""A biller's own system serves its daily file by the verb `file`, in both dialects; the hub fetches it."""

import asyncio
import io
import threading

import pytest

from tests.endofday.network import DAY, Network
from tests.world import NOON
from yifen.core.facts.codes import Code
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Line, Reverse, WireFault
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.faults import Faults
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.people import Payer, exact
from yifen.trades.reconciliation.readers.hub_file import open_hub_file
from yifen.trades.reconciliation.readers.reading import Hints

SECRET = b"one secret for both sides 123456"
PAYERS = (Payer("A1", "张三", (exact("R1", "九月", 100, DAY), exact("R2", "十月", 250, DAY))),)


@pytest.fixture(params=["xml", "json"])
def gas(request, network: Network):
    """A biller that listens, whose books know two charges of the day, one of them taken back."""
    algorithm = "sha1" if request.param == "xml" else "hmac-sha256"
    key = Key(partner="GAS", version=1, algorithm=algorithm, secret=SECRET)
    identity = Identity(partner="GAS", dialect=request.param, key=key, reply_key=key)
    books = BillerBooks("GAS", PAYERS)
    for serial, ref, fen in (("1001", "R1", 100), ("2001", "R2", 250)):
        line = Line(payable=ref, amount_fen=fen)
        books.answer(Charge(serial=serial, biller="GAS", account_no="A1", lines=[line],
                            amount_fen=fen, paid_at=NOON), NOON)  # fmt: skip
    books.answer(Reverse(serial="2001R", original_serial="2001", amount_fen=250), NOON)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    biller = SimulatedBiller(identity, books, Faults(), lambda: network.now)
    port = asyncio.run_coroutine_threadsafe(biller.open(), loop).result(5)
    network.world.biller("GAS", endpoint=f"http://127.0.0.1:{port}", dialect=request.param)
    network.world.key("GAS", 1, algorithm, SECRET)
    yield network
    asyncio.run_coroutine_threadsafe(biller.listener.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_the_file_has_our_numbers_and_what_was_taken_back(gas: Network):
    body = gas.hub.fetch_file("GAS", DAY)
    rows = list(open_hub_file(io.BytesIO(body), Hints(owner="GAS")))
    assert [(row.serial, row.kind, row.amount_fen, row.original) for row in rows] == [
        ("1001", "sale", 100, ""), ("2001", "sale", 250, ""), ("2001R", "void", 250, "2001"),
    ]  # fmt: skip


def test_what_is_no_file_is_a_numbered_refusal(gas: Network):
    gas.world.run("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s",
                  gas.world.ids["GAS"])  # fmt: skip
    with pytest.raises(WireFault) as fault:
        gas.hub.fetch_file("GAS", DAY)
    assert fault.value.code is Code.BILLER_UNAVAILABLE
