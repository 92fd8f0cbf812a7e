"""`./yifen sim vending`, spoken to by the hub's own port; what no company's system would say is not believed."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.core.wire.token_port import TokenOrder, TokenStatus, encode, read_token_status
from yifen.hub.simulators.listener import ListenerCall
from yifen.hub.simulators.vending import SimulatedVending, token_of
from yifen.trades.billing.prepaid.port import VendingPort

ROOT = Path(__file__).parents[2]
KEY = Key(partner="POWER01", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
ORDER = TokenOrder("T1000", "M1", 182_840, 10_000)


def clock() -> datetime:
    return datetime.now(UTC)


def called(system: SimulatedVending, path: str, body: bytes, key: Key = KEY) -> int:
    """The status of one signed call, without a wire."""
    headers = http_signed.sign_request("POST", path, body, key, int(clock().timestamp()), "r1")
    call = ListenerCall("POST", path, {name.lower(): value for name, value in headers.items()}, body)
    return asyncio.run(system.answer(call)).status


def test_the_command_serves_it() -> None:
    command = [sys.executable, "-m", "yifen", "sim", "vending", "--port", "0", "--key", KEY.secret.decode(),
               "--script", "ok,reject"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"POWER01 listens on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert found is not None
            port = VendingPort(found[1], KEY, clock, 5)
            assert port.ask_again(ORDER).state == "not_found"
            assert port.ask(ORDER) == TokenStatus("T1000", "issued", 182_840, 10_000, token_of(ORDER))
            assert port.ask(ORDER).token == port.ask_again(ORDER).token == token_of(ORDER)
            other = msgspec.structs.replace(ORDER, amount_fen=1)
            with pytest.raises(NoPortAnswer, match="another order of this reference"):
                port.ask(other)
            with pytest.raises(NoPortAnswer, match="speaks of 182840 for 10000 fen"):
                port.ask_again(other)
        finally:
            process.terminate()
    refused = subprocess.run([*command[:-1], "back"], env=env, capture_output=True, text=True)
    assert refused.returncode == 1
    assert refused.stderr.startswith("yifen: 'back' is not one of")


def test_who_does_not_share_its_key_gets_nothing() -> None:
    system = SimulatedVending(KEY, clock)
    assert called(system, "/tokens", encode(ORDER), msgspec.structs.replace(KEY, secret=b"another secret of 20")) == 400
    assert called(system, "/tokens", b"{}") == 400
    assert called(system, "/nothing", encode(ORDER)) == 404
    assert system.made == {}
    assert called(system, "/tokens", encode(ORDER)) == 200


@pytest.mark.parametrize("token", ["", "1" * 19, "1" * 21, "1" * 19 + "x"])
def test_an_issued_token_has_20_digits(token: str) -> None:
    with pytest.raises(ValueError, match="20 digits"):
        read_token_status(encode(TokenStatus("T1", "issued", 10, 1, token)))


def test_a_rejection_brings_no_token() -> None:
    with pytest.raises(ValueError, match="20 digits"):
        read_token_status(encode(TokenStatus("T1", "rejected", 10, 1, "1" * 20)))
