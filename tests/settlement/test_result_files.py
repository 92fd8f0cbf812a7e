"""What a bank says of a file of payouts: read exactly, of that file alone, all of it or nothing."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.settlement.results import csv_results, results
from tests.settlement.squared import NEXT, Squared
from tests.settlement.test_payment_files import MORNING, due, references, write
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.settlement import result_files
from yifen.trades.settlement.operations import payout_files
from yifen.trades.settlement.operations.judging import judge
from yifen.trades.settlement.result_files import ResultLine

__all__ = ["due"]
GROUP = "<OrgnlNbOfTxs>{}</OrgnlNbOfTxs><OrgnlCtrlSum>{}</OrgnlCtrlSum><GrpSts>{}</GrpSts>"


def refused(work: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        work()
    return f"{caught.value.code:d}", caught.value.field, caught.value.detail


def test_pain002_says_of_each_what_became_of_it_and_why():
    lines = [("PO1", "ACSC", "6.67"), ("PO2", "RJCT", "3.33"), ("PO3", "PDNG", "1")]
    found = result_files.read(results("PF20261124-7", lines, GROUP.format(3, "11.00", "PART")))
    assert (found.number, found.count, found.total_fen, found.all) == ("PF20261124-7", 3, 1100, "pending")
    assert found.lines == (
        ResultLine(1, "PO1", "done", 667, "B-PO1"),
        ResultLine(2, "PO2", "rejected", 333, "B-PO2", "AC03 账号户名不符"),
        ResultLine(3, "PO3", "pending", 100, "B-PO3"),
    )


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_csv_names_columns_and_has_a_totals_row(encoding):
    found = result_files.read(csv_results("PO1,6.67,成功,B1,", "PO2,3.33,失败,,户名不符", "PO3,1,退汇,B3,",
                                          "PO4,2.00,处理中,,", "合计,4,13.00", encoding=encoding))  # fmt: skip
    assert [(one.reference, one.state, one.amount_fen) for one in found.lines] == [
        ("PO1", "done", 667), ("PO2", "rejected", 333), ("PO3", "returned", 100), ("PO4", "pending", 200)]  # fmt: skip
    assert (found.count, found.total_fen, found.lines[1].reason) == (4, 1300, "户名不符")


BOMB = b'<!DOCTYPE x [<!ENTITY a "b">]>' + results("PF1", [("PO1", "ACSC", "1")]).split(b"?>\n", 1)[1]


@pytest.mark.parametrize(
    ("body", "number", "detail"),
    [
        (b"", "8419", "1: 参考号、金额（元）、结果"),
        (b"\xff\xff\xff", "8419", "UTF-8, GB18030"),
        (b"<a/>", "8419", result_files.NAMESPACE),
        (b"<a>", "8419", "XML 1"),
        (BOMB, "8419", result_files.NAMESPACE),
        (results("PF1", []), "8419", "0"),
        (results("PF1", [("PO1", "NONE", "1")]), "8419", "1: NONE ∉ " + "、".join(result_files.XML_STATES)),
        (results("PF1", [("PO1", "ACSC", "1.234")]), "8419", "1: 1.234"),
        (results("PF1", [("PO1", "ACSC", "1")]).replace(b"CNY", b"USD"), "8419", "1: Ccy"),
        (results("PF1", [("", "ACSC", "1")]), "8419", "1: OrgnlEndToEndId"),
        (results("PF1", [("PO1", "ACSC", "1"), ("PO1", "RJCT", "1")]), "8420", "PO1 · 2"),
        (csv_results("PO1,1,成功,,", "PO1,1,成功,,"), "8420", "PO1 · 3"),
        (csv_results("PO1,1,成功"), "8419", "2: 3 ≠ 5"),
        (csv_results("PO1,1,好,,"), "8419", "2: 好 ∉ 成功、失败、退汇、处理中"),
        (csv_results("PO1,-1,成功,,"), "8419", "2: -1"),
    ],
    ids=[str(number) for number in range(15)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(body, number, detail):
    assert refused(lambda: result_files.read(body)) == (number, "file", detail)


@pytest.fixture
def sent(due: Squared) -> tuple[Squared, str, int]:
    """667 and 333 fen left in one file: the world, the file's number, its key."""
    found = write(due, "pain001")
    assert found is not None
    return due, found.name.rsplit("-", 1)[0], found.file_no


def becomes(sent: tuple[Squared, str, int], body: bytes) -> list[tuple[str, str, bool]]:
    world, _number, file_no = sent
    found = judge(world.conn, file_no, result_files.read(body))
    return [(one.line.reference, one.becomes, one.left) for one in found]


def test_each_line_is_held_against_its_payout(sent):
    world, number, _file_no = sent
    one, two = references(world)
    body = results(number, [(one, "ACSC", "6.67"), (two, "RJCT", "3.33")], GROUP.format(2, "10.00", "PART"))
    assert becomes(sent, body) == [(one, "done", False), (two, "returned", False)]
    assert becomes(sent, csv_results(f"{one},6.67,退汇,,", f"{two},3.33,处理中,,")) == [
        (one, "returned", True), (two, "", False)]  # fmt: skip
    whole = results(number, [], GROUP.format(2, "10.00", "ACSC"))
    assert becomes(sent, whole) == [(one, "done", False), (two, "done", False)]


def test_a_foreign_or_altered_file_is_refused_by_number(sent):
    world, number, _file_no = sent
    one, two = references(world)
    for body, code, detail in (
        (results(number, [(one, "ACSC", "6.66")]), "8422", f"1: {one}"),
        (results(number, [(one, "ACSC", "6.67"), ("PO20261124-999", "ACSC", "1")]), "8421", "2: PO20261124-999"),
        (results(number, [(one, "ACSC", "6.67")], GROUP.format(3, "10.00", "PART")), "8422",
         "3 · 10.00 ≠ 2 · 10.00"),
        (csv_results(f"{one},6.67,成功,,", "合计,2,10.01"), "8422", "2 · 10.01 ≠ 2 · 10.00"),
    ):  # fmt: skip
        assert refused(lambda body=body: becomes(sent, body)) == (code, "file", detail)
    world.set_up("SELECT payout_mark_v1(%s, 'returned', '', '', %s, NULL, false)",
                 world.value("SELECT document_id FROM payout WHERE reference = %s", two), MORNING)  # fmt: skip
    late = results(number, [(two, "ACSC", "3.33")])
    assert refused(lambda: becomes(sent, late)) == ("8407", "file", f"1: {two}")  # it had come back


def kept(sent: tuple[Squared, str, int], body: bytes = b"x") -> int:
    world, _number, file_no = sent
    return int(world.value("INSERT INTO payout_result (file_no, name, sha256, body, received_at, received_by)"
                           " VALUES (%s, 'r.xml', sha256(%s), '', now(), 'test') RETURNING result_no",
                           file_no, body))  # fmt: skip


def told(world: Squared, result: int) -> tuple[int, int]:
    row = world.rows("SELECT code, changed FROM payout_results_v1(%s, %s)", result, MORNING + timedelta(hours=1))[0]
    return row[0], row[1]


def agreed(sent: tuple[Squared, str, int], result: int, payouts: list[Any], bank: str = "ABC") -> None:
    world, sha = sent[0], "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    world.two_people("payouts.results", str(result), partner=world.ids[bank],
                     content={"result": result, "sha256": sha, "payouts": payouts})  # fmt: skip


def states(world: Squared) -> list[str]:
    return [row[0] for row in world.rows("SELECT state::text FROM payout ORDER BY document_id DESC")]


def test_the_function_does_all_that_two_people_agreed_to_or_nothing(sent):
    world = sent[0]
    first, second = [row[0] for row in world.rows("SELECT document_id FROM payout ORDER BY document_id DESC")]
    result = kept(sent)
    assert told(world, result) == (Code.AUTHORISATION_INVALID, 0)
    empty = kept(sent, b"y")
    world.two_people("payouts.results", str(empty), partner=world.ids["ABC"],
                     content={"sha256": hashlib.sha256(b"y").hexdigest(), "payouts": []})  # fmt: skip
    assert told(world, empty) == (8424, 0)
    agreed(sent, result, [[document, "done", "", "", False] for document in (first, second, -999)])
    assert told(world, result) == (8421, 0)
    assert states(world) == ["sent", "sent"]


def test_what_was_agreed_is_posted_and_returned_in_one(sent):
    world = sent[0]
    first, second = [row[0] for row in world.rows("SELECT document_id FROM payout ORDER BY document_id DESC")]
    result = kept(sent)
    agreed(sent, result, [[first, "done", "B1", "", False], [second, "returned", "", "AC03", False]])
    assert told(world, result) == (0, 2)
    assert states(world) == ["done", "returned"]
    assert world.free() == {"1002.ABC": 667, "1121.WX": -1000, "2011.HEAT": 333}
    assert told(world, result) == (8407, 0)  # the same word once more


def test_a_file_of_another_bank_is_not_touched(sent):
    world = sent[0]
    world.bank("CMB")
    (first, _second) = [row[0] for row in world.rows("SELECT document_id FROM payout ORDER BY document_id DESC")]
    result = kept(sent)
    agreed(sent, result, [[first, "done", "B1", "", False]], bank="CMB")
    assert told(world, result) == (Code.AUTHORISATION_INVALID, 0)
    assert payout_files.write(world.conn, world.ids["ABC"], NEXT, "csv", MORNING) is None
