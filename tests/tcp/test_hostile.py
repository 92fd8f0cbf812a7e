"""Broken, slow, hostile and half messages: a defined answer or the end of the line, and the door stays up."""

import socket
import time

import pytest

from tests.tcp.bench import INST, MASTER, TcpBench
from tests.world import NOON
from yifen.core.facts.days import ZONE
from yifen.core.wire.tcp_client import TcpRefused
from yifen.core.wire.tcp_messages import (
    TcpMessage,
    framed,
    mac_text,
    read,
    session_key,
    split,
    written,
)

KEY = session_key(MASTER, INST, NOON.astimezone(ZONE).date())


def signed(xml: bytes) -> bytes:
    return framed(xml, mac_text("sm4-cbc", KEY, xml))


def said(bench: TcpBench, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """What comes back on a line of its own, up to its end or half a second of silence."""

    def talk() -> bytes:
        with socket.create_connection(("127.0.0.1", bench.port), 5) as line:
            line.settimeout(1.0)
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause_s)
            found = b""
            try:
                while part := line.recv(65536):
                    found += part
                    if len(found) >= 6 and len(found) >= 6 + int(found[:6]):
                        return found
            except OSError:
                return found or b"..."
            return found

    return bench.run(bench.in_thread(talk))


QUERY = written(TcpMessage(INST, "BJCEBQBIReq", "1", {"billKey": "1", "companyId": "WATER"}), "in")


@pytest.mark.parametrize(("frame", "code"), [
    (signed(QUERY.replace(b"<in>", b"<on>")), "YF01006"),
    (signed(b"<!DOCTYPE in []>" + QUERY), "YF01004"),
    (signed(QUERY.replace(b"<billKey>1", b"<billKey>\x81")), "YF01005"),
    (signed(QUERY.replace(b"BJCEBQBIReq", b"BJCEBXXXReq")), "YF09500"),
    (signed(QUERY.replace(b"</tin>", b"<beginNum>0</beginNum></tin>")), "YF01006"),
    (signed(QUERY.replace(b"WATER", b"NOBODY")), "YF03001"),
    (framed(QUERY), "YF02005"),
    (framed(QUERY, "0" * 16), "YF02005"),
    (framed(b"\xff" * 40), "YF01005"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_number(bench: TcpBench, frame: bytes, code: str):
    xml, _ = split(said(bench, frame)[6:])
    found = read(xml, "out")
    assert (found.code, found.fields["errorCode"]) == ("Error", code)


@pytest.mark.parametrize("frame", [b"abcdef", b"999999", b"-00010", b"00001", b"000100<in>"])
def test_what_is_no_frame_ends_its_line_alone(bench: TcpBench, frame: bytes):
    assert said(bench, frame) == b""
    assert bench.run(bench.bank().query(bench.owe(100))).fields["totalNum"] == "1"


def test_a_heart_beat_is_answered_and_a_message_in_pieces_is_heard(bench: TcpBench):
    assert said(bench, b"000000") == b"000000"
    frame = signed(QUERY)
    assert said(bench, frame[:3], frame[3:50], frame[50:], pause_s=0.05)[6:].startswith(b"<?xml")


def test_two_connections_of_one_line_pay_one_bill_once(bench: TcpBench):
    account, both = bench.owe(900), [bench.bank(), bench.bank()]

    async def pay(bank, serial):
        try:
            return (await bank.pay(account, serial, 900, NOON, "B1")).code
        except TcpRefused as refused:
            return refused.code

    found = bench.run(bench.together(pay(both[0], "A1"), pay(both[1], "A2")))
    assert sorted(found) == ["BJCEBBCRes", "YF05005"]


@pytest.mark.parametrize("amount", ["15000.50", "-1", "1e3", "", "1,000"])
def test_an_amount_that_is_no_whole_fen_is_refused(bench: TcpBench, amount: str):
    fields = {"billKey": bench.owe(100), "companyId": "WATER", "billNo": "9", "payDate": "20261130120000",
              "payAmount": amount, "contractNo": "B1"}  # fmt: skip
    with pytest.raises(TcpRefused, match="YF01006"):
        bench.run(bench.line().call("BJCEBBCReq", fields))


def test_a_notice_is_kept_once_and_a_biller_tells_that_it_is_away(bench: TcpBench):
    bank = bench.bank()
    for _ in range(2):
        bench.run(bank.file_ready("20261129", "FXB_20261129_1.txt"))
    with pytest.raises(TcpRefused, match="YF09502"):
        bench.run(bank.file_ready("2026", "x"))
    times = {"beginDate": "20991101000000", "endDate": "20991101060000", "reason": "检修"}
    with pytest.raises(TcpRefused, match="YF09502"):
        bench.run(bench.line().call("BJCEBOANotice", times))
    bench.install("WATER", "W1")
    for _ in range(2):
        bench.run(bench.line("W1").call("BJCEBOANotice", times))
    assert bench.rows("SELECT reason, starts_at = '2099-11-01 00:00+08' FROM biller_outage") == [("检修", True)]
    assert bench.rows("SELECT kind, said FROM tcp_notice ORDER BY 1") == [
        ("file", "20261129 FXB_20261129_1.txt"), ("outage", "20991101000000 20991101060000")]  # fmt: skip


def test_a_line_that_proves_nothing_five_times_is_ended(bench: TcpBench):
    frame = framed(QUERY, "0" * 16)
    with socket.create_connection(("127.0.0.1", bench.port), 5) as line:
        line.settimeout(3)

        def talk() -> int:
            for number in range(9):
                line.sendall(frame)
                head = line.recv(6)
                if not head:
                    return number
                line.recv(int(head))
            return 9

        assert bench.run(bench.in_thread(talk)) == 4


def test_no_card_number_is_kept(bench: TcpBench):
    account = bench.owe(300)
    bench.world.set_up("UPDATE partner SET wire_log = 'all'")
    bench.run(bench.hub._load_roster())
    bench.run(bench.bank().pay(account, "C1", 300, NOON, "B1"))
    bench.run(bench.hub.recorder.flush())
    kept = bench.rows("SELECT request, dialect FROM wire_message WHERE serial = 'C1'")
    assert kept[0][1] == "tcp"
    assert "<billNo>C1</billNo>" in kept[0][0]
    assert "6224242300000069" not in kept[0][0]
