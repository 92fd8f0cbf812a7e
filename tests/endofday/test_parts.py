"""Files of a day are parts of it: nothing that one of them lacks moves money before all are there."""

from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.endofday.network import DAY, Network
from yifen.night import inbox
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.profile import read_profile

NEXT = DAY + timedelta(days=1)
PARTS = "WX-*-1.txt WX-*-2.txt"


def states(network: Network) -> dict[str, str]:
    return dict(network.world.rows("SELECT serial, payer_state::text FROM payment WHERE serial LIKE 'W%%'"))


def items(network: Network) -> list[tuple[str, ...]]:
    return network.world.rows(
        "SELECT i.serial, i.class::text, i.state::text, i.closed_by FROM recon_item i"
        " JOIN partner p ON p.id = i.partner_id WHERE p.code = 'WX' ORDER BY 1, i.item_id"
    )


def profile(network: Network, **fields: object) -> None:
    for name, value in fields.items():
        network.world.run(f"UPDATE recon_profile SET {name} = %s WHERE partner_id = %s", value,
                          network.world.ids["WX"])  # fmt: skip


TAKEN = {f"W{n}": "taken" for n in range(6)}


def test_two_files_of_a_day_stand_beside_each_other(network: Network):
    network.send_lines(network.lines[:3], name="WX-20261123-1.txt")
    network.send_lines(network.lines[3:], name="WX-20261123-2.txt")
    network.cut()
    network.send_ours("POS")
    ran = network.run()
    assert (ran.state, items(network), states(network)) == ("closed", [], TAKEN)
    assert ("WX", DAY, 6) in network.books()["runs"]


@pytest.mark.parametrize(
    "fields",
    [{}, {"parts": PARTS, "whole": True}, {"parts": PARTS}],
    ids=["nothing declared", "parts declared and whole", "parts declared"],
)
def test_what_the_first_of_two_files_lacks_moves_nothing_and_the_second_explains_it(
    network: Network, fields: dict[str, object]
):
    profile(network, **fields)
    network.send_lines(network.lines[:3], name="WX-20261123-1.txt")
    network.cut()
    network.send_ours("POS")
    ran = network.run()
    assert (ran.state, states(network)) == ("waiting", TAKEN)
    assert [row[:3] for row in items(network)] == [(f"W{n}", "ours_only", "open") for n in (3, 4, 5)]
    assert network.world.rows("SELECT DISTINCT act, note FROM recon_act") == [("left", "partial")]
    reasons = {(r["kind"], r["partner"], r.get("detail", "")) for r in ran.reasons if r.get("partner") == "WX"}
    assert (("not_reconciled", "WX", "WX-*-2.txt") in reasons) == ("parts" in fields)
    network.send_lines(network.lines[3:], name="WX-20261123-2.txt")
    ran = network.run()
    assert (ran.state, states(network)) == ("closed", TAKEN)
    assert {row[3] for row in items(network)} == {"gone"}


def test_a_day_whose_part_is_missing_is_not_settled_though_all_agrees(network: Network):
    profile(network, parts="WX.txt WX-refunds.txt", whole=True)
    network.send_lines(network.lines)
    network.cut()
    network.send_ours("POS")
    ran = network.run()
    assert (ran.state, items(network), network.books()["settlements"]) == ("waiting", [], [])
    assert ("file_missing" in {r["kind"] for r in ran.reasons}) is False
    assert {r["detail"] for r in ran.reasons if r["kind"] == "not_reconciled"} == {"WX-refunds.txt"}
    network.send("WX", network.lines[0]._replace(serial="V9", kind="void", original="W9").text().encode(),
                 "WX-refunds.txt")  # fmt: skip
    assert network.run().steps["reconcile"] == "done"
    assert network.world.value("SELECT recon_missing_v1(%s, %s)", network.world.ids["WX"], DAY) == []


def test_a_whole_day_that_lacks_a_line_gives_it_back(network: Network):
    profile(network, parts=PARTS, whole=True)
    network.send_lines(network.lines[:3], name="WX-20261123-1.txt")
    network.send_lines(network.lines[3:5], name="WX-20261123-2.txt")
    network.cut()
    network.send_ours("POS")
    assert network.run().state == "closed"
    assert states(network) == TAKEN | {"W5": "refunded"}


def test_the_same_name_or_the_same_part_takes_the_place_and_says_so(network: Network):
    profile(network, parts=PARTS)
    network.cut()
    for name, first, last in (("WX-a-1.txt", 0, 3), ("WX-b-1.txt", 0, 2), ("WX-c-2.txt", 3, 6),
                              ("other.txt", 2, 3), ("other.txt", 2, 4)):  # fmt: skip
        network.send_lines(network.lines[first:last], name=name)
        network.run()
    rows = network.world.rows(
        "SELECT f.name, f.version, ARRAY(SELECT g.name || g.version FROM recon_file g"
        " WHERE g.file_id = ANY (f.replaces)) FROM recon_file f JOIN partner p ON p.id = f.partner_id"
        " WHERE p.code = 'WX' ORDER BY version")  # fmt: skip
    assert rows == [
        ("WX-a-1.txt", 1, []), ("WX-b-1.txt", 2, ["WX-a-1.txt1"]), ("WX-c-2.txt", 3, []),
        ("other.txt", 4, []), ("other.txt", 5, ["other.txt4"]),
    ]  # fmt: skip
    counting = network.world.rows("SELECT version FROM recon_file_counting f JOIN partner p"
                                  " ON p.id = f.partner_id WHERE p.code = 'WX' ORDER BY 1")  # fmt: skip
    assert counting == [(2,), (3,), (5,)]
    assert [row[:3] for row in items(network) if row[2] != "closed"] == []


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("WX*", "WX-1.txt", True), ("W_*", "WX-1", False), ("50%", "500", False), ("?X", "WX", True),
        ("?X", "WWX", False), ("A\\B*", "A\\Bc", True), ("*ZM_*", "INN26112388ZM_1", True),
        ("*ZM_*", "INN26112388ZME_1", False),
    ],
    ids=str,
)  # fmt: skip
def test_a_pattern_is_of_stars_and_question_marks_alone(network, pattern, name, fits):
    assert network.world.value("SELECT recon_part_v1(%s, %s)", pattern, name) == (pattern if fits else None)


def test_a_file_told_of_by_its_profile(network: Network):
    profile(network, parts=PARTS, whole=True)
    found = read_profile(network.conn, "WX")
    assert (found.parts, found.whole) == (PARTS, True)


def test_a_file_in_our_own_form_names_the_chains_of_its_day(network: Network):
    """What was made of another hub's day, or altered in its head, is not the day's."""
    network.cut()
    path = network.send_ours("POS")
    body = path.read_bytes()
    path.unlink()
    head, _, rest = body.partition(b"\n")
    chain = head.rsplit(b"|", 1)[1]
    forged = head.replace(chain, b"0" * 64) + b"\n" + rest.rsplit(b"T|", 1)[0]
    count = rest.rsplit(b"T|", 1)[1].split(b"|")[0]
    tail = b"T|" + count + b"|" + sha256(forged).hexdigest().encode() + b"\n"
    network.send("POS", forged + tail)
    [(_, refused)] = list(inbox.take_all(network.conn, network.inbox, 1, DAY, network.now, 0, Counter()))
    assert refused.code is FileCode.FILE_CHAIN
    assert (f"told {'0' * 64}" in refused.detail, f"expected {chain.decode()}" in refused.detail) == (True, True)
    network.send("POS", body)
    [(_, taken)] = list(inbox.take_all(network.conn, network.inbox, 1, DAY, network.now, 0, Counter()))
    assert taken.rows == 3


def test_a_line_of_an_earlier_day_again_is_a_duplicate_and_proves_nothing(network: Network):
    """Sent again on the next day, also twice in one file: 100.00 yuan each on suspense, nothing booked."""
    first = list(network.lines)
    network.send_lines(first)
    network.cut()
    network.send_ours("POS")
    assert network.run().state == "closed"
    network.lines.clear()
    network.now += timedelta(days=1)
    network.world.now += timedelta(days=1)
    network.pay("WX", "V1", "WATER", 5_000)
    network.pay("POS", "P9", "WATER", 6_000)
    again = first[0]._replace(at=first[0].at + timedelta(days=1))
    other = first[1]._replace(fen=first[1].fen + 1)  # another amount is no repeat: it names our payment
    network.send_lines([*network.lines, again, again, other], name="WX-2.txt")
    network.cut(NEXT)
    network.send_ours("POS", NEXT)
    network.run(NEXT)
    found = network.world.rows(
        "SELECT i.serial, i.class::text, i.nth, i.state::text, i.action FROM recon_item i ORDER BY 1")
    assert sorted(row[1:] for row in found[:2]) == [
        ("duplicate", 0, "closed", "suspend"), ("duplicate", 2, "closed", "suspend")]
    assert found[2][:2] == ("W1", "theirs_only")
    postings = network.world.rows("SELECT i.serial, x.amount_fen FROM recon_posting x JOIN recon_item i"
                                  " USING (item_id) WHERE i.serial = 'W0'")  # fmt: skip
    assert postings == [("W0", 10_000)] * 2
    assert network.world.value("SELECT count(*) FROM payment WHERE serial = 'W0'") == 1
