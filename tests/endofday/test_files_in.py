"""Files that land: taken whole, once, refused with a reason, never lost; and those that are fetched."""

from collections import Counter
from datetime import timedelta

from tests.endofday.network import DAY, Network
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.hub import landing
from yifen.night import inbox, runner
from yifen.trades.reconciliation.codes import FileCode

NEXT = DAY + timedelta(days=1)


def names(network: Network, partner: str, where: str = "") -> list[str]:
    folder = network.inbox / partner / where
    return (
        sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    )


def take(network: Network) -> list[tuple[str, object]]:
    return list(inbox.take_all(network.conn, network.inbox, 1, DAY, network.now, 0, Counter()))


def test_a_file_is_taken_once_and_moved_aside(network: Network):
    network.send_lines(network.lines)
    [(code, taken)] = take(network)
    assert (code, taken.known, taken.rows) == ("WX", False, 6)
    assert (names(network, "WX"), names(network, "WX", "taken")) == ([], ["WX.txt"])
    network.send_lines(network.lines)  # the same again: known, kept beside the first
    [(_, again)] = take(network)
    assert (again.known, again.file_id) == (True, taken.file_id)
    assert names(network, "WX", "taken") == ["2.WX.txt", "WX.txt"]


def test_a_broken_file_is_refused_with_code_line_and_column(network: Network):
    broken = network.lines[0].text() + "W1|S|12x|0|20261123090000|A1|\n"
    network.send("WX", broken.encode())
    [(_, refused)] = take(network)
    assert refused.code is FileCode.FILE_AMOUNT_INVALID
    assert names(network, "WX", "refused") == ["WX.txt", "WX.txt.txt"]
    why = (network.inbox / "WX" / "refused" / "WX.txt.txt").read_text()
    assert f"{refused.code:04d}" in why
    assert "line 2" in why
    assert "column 列: amount" in why
    assert (network.inbox / "WX" / "refused" / "WX.txt").read_text() == broken
    assert network.books()["files"] == []


def test_a_partner_s_files_are_bounded_for_a_day_and_the_rest_wait_and_are_told(network: Network, monkeypatch):
    assert inbox.DAY_FILES_MAX == 1000
    monkeypatch.setattr(inbox, "DAY_FILES_MAX", 3)
    network.cut()
    network.send_lines(network.lines)  # as WX.txt, behind the first two of these
    for number in range(4):
        network.send("WX", b"rubbish", f"{number}.txt")
    network.send_ours("POS")
    network.run()
    assert names(network, "WX") == ["3.txt", "WX.txt"]
    assert len(names(network, "WX", "refused")) == 6
    assert len(names(network, "POS", "taken")) == 1  # another's flood is not his
    told = network.step("files")["refused"]
    assert (told[-1]["partner"], told[-1]["code"], told[-1]["detail"]) == ("WX", 8241, "3 were looked at, 2 wait")
    network.now += timedelta(minutes=5)
    network.run()  # the same day, tried again
    assert names(network, "WX") == ["3.txt", "WX.txt"]
    assert network.step("files")["looked"] == {"WX": 3, "POS": 1}
    assert [name for name, _ in inbox.take_all(
        network.conn, network.inbox, 1, NEXT, network.now, 0, Counter())] == ["WX", "WX"]  # fmt: skip
    assert names(network, "WX", "taken") == ["WX.txt"]


def test_what_is_still_being_written_is_left_alone(network: Network, monkeypatch):
    path = network.send_lines(network.lines)
    network.send("WX", b"half", "late.txt.part")
    network.send("WX", b"hidden", ".listing")
    network.send("NOBODY", b"whose?", "x")

    def growing(seconds: int) -> None:
        with path.open("a") as file:
            file.write(network.lines[0]._replace(serial="W9").text())

    monkeypatch.setattr(landing.time, "sleep", growing)
    assert take(network) == []
    monkeypatch.undo()
    [(_, taken)] = take(network)
    assert taken.rows == 7
    assert names(network, "WX") == [".listing", "late.txt.part"]
    assert names(network, "NOBODY") == ["x"]


def test_killed_between_taking_and_moving_nothing_is_taken_twice(network: Network, monkeypatch):
    network.send_lines(network.lines)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "move_aside", lambda *args: None)
        take(network)
    assert names(network, "WX") == ["WX.txt"]
    [(_, again)] = take(network)
    assert again.known
    assert names(network, "WX", "taken") == ["WX.txt"]
    assert len(network.books()["files"]) == 1


def test_a_late_file_of_a_day_that_was_signed_is_reconciled_the_next_night(network: Network):
    network.cut()
    network.send_lines(network.faulty())
    assert network.run().state == "waiting"  # POS sent nothing
    runner.sign(network.conn, 1, DAY, "boss", "POS 文件明日到", network.now)
    network.now += timedelta(days=1)
    network.cut(NEXT)
    network.send_ours("POS", DAY)
    network.send_ours("POS", NEXT)
    network.world.run("UPDATE recon_profile SET format = 'hub', layout_id = NULL")
    network.send_ours("WX", NEXT)
    ran = network.run(NEXT)
    assert ran.state == "closed", ran
    runs = [(code, day) for code, day, _ in network.books()["runs"]]
    assert runs == [("POS", DAY), ("POS", NEXT), ("WX", DAY), ("WX", NEXT)]


class Serving:
    """A hub through which a biller's own system hands out its file, or does not."""

    def __init__(self, network: Network, body: bytes | WireFault) -> None:
        self._network, self._body, self.asked = network, body, []

    def __getattr__(self, name: str):
        return getattr(self._network.hub, name)

    def fetch_file(self, biller, day):
        self.asked.append((biller, day))
        if isinstance(self._body, WireFault):
            raise self._body
        return self._body


def test_a_biller_that_does_not_serve_its_file_stops_nobody(network: Network):
    world = network.world
    world.biller("GAS", endpoint="http://127.0.0.1:9")
    world._insert("recon_profile", {
        "partner_id": world.ids["GAS"], "party": "biller", "truth": "theirs", "format": "hub",
        "owner": "", "slack_min": 30, "by_rule": False, "rule_window_min": 60, "by_group": False,
        "deadline_days": 3,
    })  # fmt: skip
    network.cut()
    network.send_lines(network.faulty())
    network.send_ours("POS")
    hub = Serving(network, WireFault(Code.FILE_NOT_READY))
    ran = network.run(outside=network.outside.__class__(hub, network.inbox,
                                                        network.outside.bank_port, 0))  # fmt: skip
    assert hub.asked == [("GAS", DAY)]
    assert ran.state == "waiting"
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [
        ("not_reconciled", "GAS"), ("unsettled", "GAS"),
    ]  # fmt: skip
    assert {row[0] for row in network.books()["settlements"]} == {"HEAT", "WATER"}
    told = network.step("files")["refused"]
    assert [(r["partner"], f"{r['code']:04d}") for r in told] == [
        ("GAS", f"{Code.FILE_NOT_READY:04d}")
    ]


def test_a_partner_counts_from_the_day_on_which_it_goes_live(network: Network):
    """Before it, nobody waits for its file, and it has no statement; from it on, both."""
    network.cut()
    network.send_lines(network.faulty())
    network.world.run("UPDATE partner SET live_at = %s WHERE code = 'POS'", network.now)  # the day after
    ran = network.run()
    told = {code for code, *_ in network.books()["statements"]}
    assert ("POS" in told, "WX" in told) == (False, True)
    assert [reason for reason in ran.reasons if reason.get("partner") == "POS"] == []
    network.now += timedelta(days=1)
    network.cut(NEXT)
    ran = network.run(NEXT)
    assert ("not_reconciled", "POS") in [(r["kind"], r["partner"]) for r in ran.reasons if "partner" in r]
