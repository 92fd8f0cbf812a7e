"""Whoever is wrong, slow, half or hostile at the POS door costs nobody but himself."""

import asyncio
import random
import resource
import socket
from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from tests.pos.bench import MASTER, MERCHANT, PosBench
from yifen.core.wire.pos_frames import PosFrame, frame_bytes, framed
from yifen.core.wire.pos_keys import keys_of, new_keys, signed_frame
from yifen.hub.pos.door.server import PosDoor
from yifen.hub.simulators.pos_fuzz import fuzzed, hostile
from yifen.hub.simulators.terminal import NoHostAnswer, PosIdentity, SimulatedTerminal
from yifen.tools.bench.pos_fuzz import SEEDS

SAMPLES = Path(__file__).with_name("frames.txt")
IDLE = 1_000


def test_a_wrong_mac_is_told_a0_and_pays_nothing(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    good = terminal.keys
    terminal.keys = new_keys("des-ecb")
    assert bench.code(terminal.sale(account, 500)) == "A0"
    assert (bench.paid_fen(account), bench.sale(terminal)) == (0, ())
    terminal.keys = good
    terminal.pending = None
    assert bench.code(terminal.sale(account, 500)) == "00"


def test_a_message_without_a_mac_is_none_of_the_terminals(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    terminal.keys = None
    assert bench.code(terminal.sale(account, 500)) == "A0"


def test_who_signs_on_in_its_name_does_not_shut_a_terminal_out(bench: PosBench):
    """He has not its master key, so he proves no new keys: the old ones count on."""
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 500)) == "00"
    thief = SimulatedTerminal(terminal.who, "127.0.0.1", bench.port)
    bench.terminals.append(thief)
    assert bench.code(thief.sign_on()) == "00"
    assert bench.code(terminal.sale(account, 500)) == "00"
    assert bench.code(terminal.sign_on()) == "00"
    bench.clock.turn(3_600)
    assert bench.code(thief.sign_on()) == "00"  # an hour later: it gets what the terminal got
    assert bench.code(terminal.sale(account, 500)) == "00"


def test_who_signs_on_again_and_again_in_its_name_writes_nothing_and_takes_nothing(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 500)) == "00"
    thief = SimulatedTerminal(terminal.who, "127.0.0.1", bench.port)
    bench.terminals.append(thief)
    assert bench.code(thief.sign_on()) == "00"
    row = "SELECT xmin::text || ' ' || xmax::text FROM pos_session WHERE terminal_no = %s"
    before = bench.world.value(row, terminal.who.terminal_no)
    assert {bench.code(thief.sign_on()) for _ in range(20)} == {"00"}
    assert bench.world.value(row, terminal.who.terminal_no) == before  # neither written nor locked
    assert bench.code(terminal.sale(account, 500)) == "00"
    assert [bench.code(terminal.sign_on()), bench.code(terminal.sale(account, 500))] == ["00", "00"]
    assert bench.world.value(row, terminal.who.terminal_no) != before
    assert bench.paid_fen(account) == 1_500


def test_an_unknown_a_blacklisted_and_an_unsigned_terminal_are_told_so(bench: PosBench):
    stranger = SimulatedTerminal(PosIdentity("99999999", MERCHANT, MASTER), "127.0.0.1", bench.port)
    bench.terminals.append(stranger)
    assert bench.code(stranger.sign_on()) == "97"
    unsigned = bench.terminal(signed_on=False)
    assert bench.code(unsigned.query("A1")) == "77"
    account, terminal = bench.account(), bench.terminal()
    bench.world.set_up("UPDATE pos_terminal SET state = 'blacklisted' WHERE terminal_no = %s", terminal.who.terminal_no)
    assert bench.code(terminal.query(account)) == "58"
    assert bench.code(terminal.sale(account, 500)) == "58"
    assert bench.code(terminal.sign_on()) == "58"
    assert bench.paid_fen(account) == 0


def test_a_terminal_of_another_merchant_is_unknown(bench: PosBench):
    terminal = bench.terminal()
    terminal.who = terminal.who._replace(merchant_no="898450180620002")
    assert bench.code(terminal.sign_on()) == "97"


@pytest.mark.parametrize("data", [
    b"\x00\x00", b"\xff\xff", b"\x00\x14" + bytes(20), b"\x00\x40" + bytes(64), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x00\x15" + bytes(21), framed(frame_bytes(PosFrame({"t": "0210", "11": "000001", "41": "10000001"}))),
], ids=["none", "huge", "short", "zeros", "http", "empty", "answer"])  # fmt: skip
def test_what_is_no_frame_ends_its_connection_and_no_other(bench: PosBench, data):
    account, terminal = bench.account(), bench.terminal()

    async def meet() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
        writer.write(data)
        said = await asyncio.wait_for(reader.read(), 2)
        writer.close()
        return said

    assert bench.run(meet()) == b""
    assert bench.code(terminal.sale(account, 500)) == "00"


def test_hostile_frames_are_each_read_or_a_defined_error_and_the_door_stays_up(bench: PosBench):
    """10 million of them: `./yifen bench pos-fuzz --frames 10M`."""
    account, terminal = bench.account(), bench.terminal()
    seeds = [bytes.fromhex(line.split()[1]) for line in SAMPLES.read_text().splitlines()] + list(SEEDS)
    found = fuzzed(seeds, 20_000, 7)
    assert found.read > 1_000
    assert found.faults > 10_000
    assert found.slowest_s < 0.5
    own = terminal._line({"t": "0820", "60": "00000001301", "11": "000001"})[2:]

    async def meet() -> int:
        heard = 0
        for _, body in zip(range(150), hostile([*seeds, own], random.Random(7)), strict=False):
            said = await bench.door.answer(body)
            heard += said is not None
        return heard

    assert bench.run(meet()) > 0
    assert bench.code(terminal.sale(account, 500)) == "00"


@pytest.mark.parametrize("part", [1, 2, 40])
def test_half_a_frame_is_cut_after_its_time(bench: PosBench, part):
    account, terminal = bench.account(), bench.terminal()
    line = signed_frame(PosFrame({"t": "0820", "11": "000001", "41": terminal.who.terminal_no, "60": "00000001301"}),
                        "des-ecb", terminal.keys.mac)  # fmt: skip

    async def meet() -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
        began = bench.loop.time()
        writer.write(line[:part])
        assert await asyncio.wait_for(reader.read(), 3) == b""
        writer.close()
        return bench.loop.time() - began

    assert 0.2 < bench.run(meet()) < 2
    assert bench.code(terminal.sale(account, 500)) == "00"


@pytest.mark.parametrize(("fields", "code"), [
    ({"t": "0200", "3": "310000"}, "40"), ({"t": "0300"}, "40"), ({"t": "0200", "3": "000000", "60": "22"}, "30"),
    ({"t": "0200", "3": "000000"}, "30"), ({"t": "0200", "3": "000000", "4": "000000000000", "49": "156"}, "13"),
    ({"t": "0200", "3": "000000", "4": "000000000500"}, "30"),  # of no currency
    ({"t": "0200", "3": "000000", "4": "000000000500", "49": "840"}, "30"),
    ({"t": "0200", "3": "000000", "4": "00000000050A"}, "30"),
    ({"t": "0220", "3": "200000", "4": "000000000500", "60": "25000001000"}, "30"),
    ({"t": "0320", "60": "00000001201", "48": "0100"}, "30"), ({"t": "0320", "60": "00000001999", "48": "0000"}, "40"),
    ({"t": "0820", "60": "00000001777"}, "40"), ({"t": "0820", "60": "00000001301"}, "00"),
])  # fmt: skip
def test_a_frame_that_asks_for_nothing_of_ours_is_told_so(bench: PosBench, fields, code):
    terminal = bench.terminal()
    assert bench.code(terminal._told({"11": "000009", "60": "22000001000", **fields})) == code


def test_frames_are_sent_in_bytes_and_answered_in_turn(bench: PosBench):
    terminal = bench.terminal()
    line = terminal._line({"t": "0820", "11": "000008", "60": "00000001301"})

    async def drip() -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", bench.port)
        for at in range(len(line)):
            writer.write(line[at : at + 1])
            await writer.drain()
        writer.write(line * 3)
        said = [await reader.readexactly(int.from_bytes(await reader.readexactly(2))) for _ in range(4)]
        writer.close()
        return said

    assert len(bench.run(drip())) == 4


def test_a_thousand_idle_connections_leave_the_door_open_and_small(bench: PosBench):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    account, terminal, held = bench.account(), bench.terminal(), list[socket.socket]()

    async def come() -> None:
        for _ in range(IDLE):
            sock = socket.socket()
            sock.setblocking(False)
            await bench.loop.sock_connect(sock, ("127.0.0.1", bench.port))
            held.append(sock)
        while bench.door.connections < IDLE:
            await asyncio.sleep(0.01)

    try:
        bench.run(come())
        assert bench.code(terminal.sale(account, 500)) == "00"
    finally:
        for sock in held:
            sock.close()
    bench.run(asyncio.sleep(0.1))
    assert bench.door.connections < 100


def test_a_stranger_of_the_same_address_makes_room_and_a_known_terminal_stays(bench: PosBench):
    """Two may come from an address: whoever holds connections there, or halves of frames in the terminal's name, keeps
    nobody out, and a third who is known is refused."""
    account, terminal = bench.account(), bench.terminal(signed_on=False)
    second, third = bench.terminal(signed_on=False), bench.terminal(signed_on=False)
    door = PosDoor(bench.sides, most=2, frame_s=5.0)

    async def meet() -> list[object]:
        port = await door.open("127.0.0.1", 0)
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for _, writer in held:
            writer.write(framed(frame_bytes(PosFrame({"t": "0800", "41": terminal.who.terminal_no})))[:20])
        await asyncio.sleep(0.05)
        said: list[object] = []
        for one in (terminal, second):
            one._port = port
            await one.sign_on()
            told = await one.sale(account, 500)
            said.append(told and told.fields["39"])
        said += [await asyncio.wait_for(reader.read(), 2) for reader, _ in held]
        third._port = port
        with pytest.raises((NoHostAnswer, OSError)):
            await third.sign_on()
        told = await terminal.sale(account, 500)
        said.append(told and told.fields["39"])
        for _, writer in held:
            writer.close()
        for one in (terminal, second, third):
            await one.close()
        await door.close()
        return said

    assert bench.run(meet()) == ["00", "00", b"", b"", "00"]


def test_a_database_that_is_away_is_no_answer_that_could_be_wrong(bench: PosBench):
    """A sale is told 98, so that the terminal reverses it; a query is told 96."""
    account, terminal = bench.account(), bench.terminal()
    ask = bench.sides.lanes.ask

    async def away(*_):
        raise OSError("gone")

    ask._rows = away  # type: ignore[method-assign]
    try:
        assert bench.code(terminal.sale(account, 500)) == "98"
    finally:
        del ask._rows
    assert bench.run(terminal.make_good())
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (0, 0)


def test_keys_of_another_terminal_do_not_open(bench: PosBench):
    terminal = bench.terminal()
    said = bench.run(terminal.sign_on())
    with pytest.raises(ValueError, match="check value"):
        keys_of("des-ecb", bytes(16), bytes.fromhex(said.fields["62"]))


def test_a_door_that_ends_answers_whom_it_heard(new_database: NewDatabase):
    bench = PosBench(new_database())
    try:
        account, terminal = bench.account(), bench.terminal()
        bench.acquirer.sales.append("late")
        bench.acquirer._late_s = 0.3

        async def leave() -> str:
            selling = asyncio.create_task(terminal.sale(account, 500))
            await asyncio.sleep(0.15)
            await bench.door.close()
            said = await selling
            return said.fields["39"] if said else ""

        assert bench.run(leave()) == "00"
        with pytest.raises((NoHostAnswer, OSError)):
            bench.run(terminal.query(account))
    finally:
        bench.close()
