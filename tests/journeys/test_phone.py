"""`./yifen sim phone` against a running hub: a call by TCP pays a bill, and a kind's limit and hours are told."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import JSON_KEYS, Hub

ROOT = Path(__file__).parents[2]
BILL = ("40010001", "40010002", "40010003")


@pytest.fixture(scope="module")
def phone(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The bank's number: host and port."""
    for number, account_no in enumerate(BILL):
        hub.world.owe("WATER", account_no, f"B{number}", 12_345)
    hub.world.run("UPDATE channel SET kind = 'phonebank' WHERE partner_id = %s", hub.world.ids["JSON"])
    key = tmp_path_factory.mktemp("phone") / "key"
    key.write_bytes(JSON_KEYS["hmac-sha256"][0])
    command = [sys.executable, "-m", "yifen", "sim", "phone", "--url", hub.partners["JSON"].url, "--code", "JSON",
               "--key", f"@{key}", "--service", "WATER:水费:water", "--port", "0", "--silence-s", "0.2"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"JSON takes calls on (127\.0\.0\.1):(\d+)\n", process.stdout.readline())
            assert found is not None
            yield found[1], int(found[2])
        finally:
            process.terminate()


def call(number: tuple[str, int], keys: str) -> list[str]:
    """All that was said until the bank hung up: whoever says nothing more is asked three times."""
    with socket.create_connection(number, timeout=20) as line:
        line.sendall(keys.encode())
        with line.makefile(encoding="utf-8") as said:
            return [text.rstrip("\n") for text in said]


def test_a_bill_is_paid_by_phone_and_the_hub_has_it(hub: Hub, phone: tuple[str, int]) -> None:
    said = call(phone, f"11{BILL[0]}#1")
    assert "户号四零零一零零零一，应缴水费一百二十三元四角五分。" in said
    paid = [text for text in said if text.startswith("缴费成功，一百二十三元四角五分")]
    assert (len(paid), said[-1]) == (1, "感谢来电，再见。")
    assert hub.world.rows("SELECT amount_fen, payer_state::text, serial LIKE 'JSON-%%-0001' FROM payment"
                          " WHERE account_no = %s", BILL[0]) == [(12_345, "taken", True)]  # fmt: skip
    again = call(phone, f"21{BILL[0]}#")
    assert "Nothing is due on this account." in again


def test_the_limit_and_the_hours_of_its_kind_are_told_to_the_caller(hub: Hub, phone: tuple[str, int]) -> None:
    rule = "INSERT INTO channel_kind_rule (book_id, kind, {}) VALUES (1, 'phonebank', {})"
    try:
        hub.world.set_up(rule.format("payment_fen_max", "12344"))
        said = call(phone, f"11{BILL[1]}#1")
        assert "缴费未成功，没有扣款：超过单笔限额。" in said
        hub.world.set_up("UPDATE channel_kind_rule SET payment_fen_max = NULL, opens_at = (now() AT TIME ZONE"
                         " 'Asia/Shanghai')::time + interval '1 hour', closes_at = (now() AT TIME ZONE"
                         " 'Asia/Shanghai')::time + interval '2 hours'")  # fmt: skip
        assert "渠道不在服务时间" in call(phone, f"11{BILL[1]}#")
    finally:
        hub.world.set_up("DELETE FROM channel_kind_rule")
    assert hub.world.rows("SELECT 1 FROM payment WHERE account_no = %s", BILL[1]) == []


def test_an_unknown_number_and_a_cancelled_call_move_nothing(hub: Hub, phone: tuple[str, int]) -> None:
    said = call(phone, f"11999#{BILL[2]}#2")
    assert ("户号不存在" in said, "已取消，没有扣款。" in said) == (True, True)
    assert hub.world.rows("SELECT 1 FROM payment WHERE account_no = %s", BILL[2]) == []
