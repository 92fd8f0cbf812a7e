"""The bank simulator over HTTP: one payment a reference, its statement, who may speak to it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from lxml import etree

from tests.settlement.bank_side import ACCOUNT, KEY, TIMEOUT_S, Clock, Serving, bank_of
from tests.settlement.test_receipts import order
from tests.world import NOON
from yifen.core.wire.keys import Key
from yifen.hub.simulators.bank import OF_ORDERS, Pace
from yifen.hub.simulators.signed_door import read_words
from yifen.trades.settlement.port import BankPort, NoPortAnswer

ROOT = Path(__file__).resolve().parents[2]
NS = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"}


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


def test_the_same_reference_is_the_same_payment(serving: Serving) -> None:
    with bank_of(serving, Clock()) as (bank, port):
        first = port.submit(order("PO1", 100))
        assert (first.state, first.amount_fen, first.bank_serial) == ("done", 100, "BK0000000001")
        assert port.submit(order("PO1", 100)) == first == port.query("PO1", 100)
        with pytest.raises(NoPortAnswer, match="another order"):
            port.submit(order("PO1", 101))
        assert port.query("PO2", 100).state == "not_found"
        assert bank.books.sent() == {"PO1": 100}


def test_a_payment_from_another_account_is_rejected(serving: Serving) -> None:
    from msgspec.structs import replace

    with bank_of(serving, Clock()) as (bank, port):
        found = port.submit(replace(order("PO1", 100), debtor_account="1"))
        assert (found.state, found.reason) == ("rejected", "无此付款账户")
        assert bank.books.sent() == {}


def test_a_slow_payment_is_carried_out_later(serving: Serving) -> None:
    now = Clock()
    with bank_of(serving, now, ["slow"], pace=Pace(process_s=60)) as (bank, port):
        assert port.submit(order("PO1", 100)).state == "processing"
        assert bank.books.sent() == {}
        now.turn(60)
        assert port.query("PO1", 100).state == "done"


def test_who_has_another_key_is_not_heard(serving: Serving) -> None:
    now = Clock()
    with bank_of(serving, now) as (bank, _):
        key = Key(partner="ABC", version=1, algorithm="hmac-sha256", secret=b"another of 20 bytes!")
        stranger = BankPort(f"http://127.0.0.1:{bank.listener.port}", key, now, TIMEOUT_S)
        with pytest.raises(NoPortAnswer):
            stranger.submit(order("PO1", 100))
        assert bank.books.sent() == {}


def test_the_statement_balances_and_names_every_line(serving: Serving) -> None:
    now = Clock(NOON)
    with bank_of(serving, now, ["ok", "back"]) as (bank, port):
        address = f"http://127.0.0.1:{bank.listener.port}"
        port.submit(order("PO1", 12_345))
        port.submit(order("PO2", 500))
        money = {"amount_fen": 700, "reference": "RC20261123-WX"}
        assert httpx.post(f"{address}/incoming", json=money, trust_env=False).status_code == 200
        found = httpx.get(f"{address}/statement?day={NOON:%Y-%m-%d}", trust_env=False)
        assert json.loads(httpx.get(f"{address}/books", trust_env=False).text) == {"PO1": 12_345}
        assert httpx.get(f"{address}/statement?day=x", trust_env=False).status_code == 400
        assert httpx.post(f"{address}/payments", content=b"{}", trust_env=False).status_code == 400
    root = etree.fromstring(found.content)

    def texts(path: str) -> list[str]:
        return [str(text) for text in root.xpath(f"{path}/text()", namespaces=NS)]

    assert texts("//c:Acct/c:Id/c:Othr/c:Id") == [ACCOUNT]
    assert texts("//c:Bal/c:Amt") == ["10000000000.00", "9999999883.55"]
    assert texts("//c:Ntry/c:Amt") == ["123.45", "5.00", "5.00", "7.00"]
    assert texts("//c:Ntry/c:CdtDbtInd") == ["DBIT", "DBIT", "CRDT", "CRDT"]
    assert texts("//c:EndToEndId") == ["PO1", "PO2", "NOTPROVIDED", "RC20261123-WX"]


def test_scripts_are_read_word_by_word() -> None:
    assert read_words("ok,,lost,back", OF_ORDERS) == ["ok", "lost", "back"]
    with pytest.raises(ValueError, match="'down' is not one of back, drop"):
        read_words("ok,down", OF_ORDERS)


def test_the_command_serves_it() -> None:
    """`./yifen sim bank`, spoken to by the hub's own port."""
    command = [sys.executable, "-m", "yifen", "sim", "bank", "--port", "0", "--key",
               KEY.secret.decode(), "--script", "back"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"ABC listens on (http://127\.0\.0\.1:\d+)\n",
                                 process.stdout.readline())  # fmt: skip
            assert found is not None
            port = BankPort(found[1], KEY, lambda: datetime.now(UTC), 5)
            assert port.submit(order("PO1", 100)).state == "returned"
            assert httpx.get(f"{found[1]}/books", trust_env=False).json() == {}
        finally:
            process.terminate()
    refused = subprocess.run([*command[:-1], "down"], env=env, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.startswith("yifen: 'down' is not one of")
