"""What a terminal downloads: its parameters of us by version, the blacklist of its acquirer in parts with an end."""

import pytest

from tests.pos.bench import PosBench
from yifen.hub.simulators.terminal import StoppedCard


def told(bench: PosBench, terminal, kind: str, code: str, asked: str) -> tuple[str, bytes]:
    """Fields 39 and 62."""
    said = bench.run(terminal._told(terminal._download(kind, code, asked)))
    return said.fields["39"], bytes.fromhex(said.fields.get("62", ""))


def test_parameters_are_downloaded_when_they_are_newer_to_the_byte(bench: PosBench):
    terminal = bench.terminal()
    name = "桂林市象山区人民法院".encode("gbk").ljust(40)
    whole = b"1" + b"000001" + b"1260" + b"133" + b"180" + b"200" + b"22" + name
    assert told(bench, terminal, "0820", "362", "000000") == ("00", b"1000001")
    assert told(bench, terminal, "0800", "360", "000000") == ("00", whole)
    assert told(bench, terminal, "0800", "361", "000001") == ("00", b"0000001")
    assert told(bench, terminal, "0820", "362", "000001") == ("00", b"0000001")
    bench.world.set_up("UPDATE pos_terminal SET merchant_name = '象山法院', version = 2 WHERE terminal_no = %s",
                       terminal.who.terminal_no)  # fmt: skip
    assert told(bench, terminal, "0800", "361", "000001") == ("00", b"1000002")  # newer meanwhile
    assert bench.code(terminal.download()) == "00"
    assert (terminal.version, terminal.merchant_name) == (2, "象山法院")


def test_the_blacklist_comes_from_the_acquirer_in_parts_and_is_kept_nowhere_between(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    bench.acquirer.blacklist = [f"62242400{at:02d}" for at in range(21)]
    first = b"".join(b"10" + f"62242400{at:02d}".encode() for at in range(20))
    try:
        assert told(bench, terminal, "0800", "390", "000") == ("00", b"2" + b"000021" + b"20" + first)
        assert told(bench, terminal, "0800", "390", "020") == ("00", b"1" + b"000021" + b"01" + b"106224240020")
        assert told(bench, terminal, "0800", "391", "") == ("00", b"")
        assert bench.code(terminal.download()) == "00"
        assert terminal.blacklist == bench.acquirer.blacklist
        assert bench.code(terminal.sale(account, 500)) == "00"  # its card is on no list
        bench.acquirer.blacklist.append("622424")
        bench.run(terminal.download())
        with pytest.raises(StoppedCard):
            bench.run(terminal.sale(account, 500))
        assert bench.paid_fen(account) == 500
    finally:
        bench.acquirer.blacklist = []
    assert told(bench, terminal, "0800", "390", "000") == ("00", b"0" + b"000000" + b"00")
    assert told(bench, terminal, "0820", "382", "") == ("00", b"000000000")


def test_who_downloads_has_its_mac_and_is_in_use(bench: PosBench):
    terminal = bench.terminal()
    keys, terminal.keys = terminal.keys, None
    for kind, code in (("0800", "360"), ("0800", "390"), ("0820", "362")):
        assert bench.code(terminal._told(terminal._download(kind, code, ""))) == "A0"
    terminal.keys = keys
    bench.run(terminal.query("A1"))
    bench.world.set_up("UPDATE pos_terminal SET state = 'blacklisted' WHERE terminal_no = %s", terminal.who.terminal_no)
    for kind, code in (("0800", "360"), ("0800", "390"), ("0820", "362")):
        assert bench.code(terminal._told(terminal._download(kind, code, ""))) == "58"


def test_an_acquirer_that_is_away_gives_no_blacklist_and_nothing_else_fails(bench: PosBench):
    terminal = bench.terminal()
    bench.run(bench.acquirer.close())
    try:
        assert told(bench, terminal, "0800", "390", "000")[0] == "91"
        assert told(bench, terminal, "0800", "360", "000000")[0] == "00"
    finally:
        bench.run(bench.acquirer.open("127.0.0.1", bench.port_of_acquirer))
