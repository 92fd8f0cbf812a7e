"""Files of payouts: exact content, every payout in one file, the same bytes for ever."""

import csv
import io
from datetime import timedelta

import pytest
from lxml import etree

from tests.settlement.squared import NEXT, Squared
from tests.world import NOON
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import payout_files, payouts

MORNING = NOON + timedelta(days=1)
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}


@pytest.fixture
def due(world: Squared) -> Squared:
    """Two payouts of 667 and 333 fen are instructed; one payee has a rare character."""
    world.bank()
    for code in ("WATER", "HEAT"):
        world.agreement(code, (), payout=True)
        world.payee(code)
        world.merchant(code)
    world.run("UPDATE payee SET account_name = '㐂𫖯供热' WHERE biller_id = %s", world.ids["HEAT"])
    world.share("WATER", "HEAT", 333_333)
    world.pay("WATER", 1000)
    world.cut()
    world.settle("WATER")
    assert [one.amount_fen for one in payouts.instruct_due(world.conn, 1, NEXT, NOON)] == [667, 333]
    return world


def write(world: Squared, form: str) -> payout_files.Written | None:
    return payout_files.write(world.conn, world.ids["ABC"], NEXT, form, MORNING)


def references(world: Squared) -> list[str]:
    return [row[0] for row in world.rows("SELECT reference FROM payout ORDER BY document_id DESC")]


def test_pain001_has_every_payout_its_sums_and_cnaps_numbers(due: Squared) -> None:
    found = write(due, "pain001")
    assert found is not None
    assert (found.payouts, found.amount_fen) == (2, 1000)
    assert found.name.startswith("PF20261124-")
    assert found.name.endswith("-ABC.xml")
    root = etree.fromstring(found.body)

    def texts(path: str) -> list[str]:
        return [str(text) for text in root.xpath(f"{path}/text()", namespaces=NS)]

    assert texts("//p:GrpHdr/p:NbOfTxs") + texts("//p:PmtInf/p:NbOfTxs") == ["2", "2"]
    assert texts("//p:GrpHdr/p:CtrlSum") + texts("//p:PmtInf/p:CtrlSum") == ["10.00", "10.00"]
    assert texts("//p:EndToEndId") == references(due)
    assert texts("//p:InstdAmt") == ["6.67", "3.33"]
    assert set(root.xpath("//p:InstdAmt/@Ccy", namespaces=NS)) == {"CNY"}
    assert texts("//p:ClrSysMmbId/p:MmbId") == ["102100099996"] * 2
    assert texts("//p:ClrSysId/p:Cd") == ["CNAPS"] * 2
    assert texts("//p:Cdtr/p:Nm") == ["单位WATER", "㐂𫖯供热"]
    assert texts("//p:ReqdExctnDt") == ["2026-11-24"]
    assert texts("//p:DbtrAcct/p:Id/p:Othr/p:Id") == ["9551000000000001"]


def test_a_bank_csv_is_gb18030_with_a_totals_line(due: Squared) -> None:
    found = write(due, "csv")
    assert found is not None
    head, first, second, total = csv.reader(io.StringIO(found.body.decode("gb18030")))
    assert head[:2] == ["序号", "付款账号"]
    assert second[4] == "㐂𫖯供热"
    assert [first[7], second[7], first[9]] == ["6.67", "3.33", references(due)[0]]
    assert total == ["合计", "2", "10.00"]
    assert found.body.count(b"\r\n") == 4


def test_a_payout_leaves_in_one_file_that_stays_as_it_was(due: Squared) -> None:
    found = write(due, "csv")
    assert found is not None
    assert write(due, "csv") is None
    assert write(due, "pain001") is None
    assert payout_files.read(due.conn, found.file_no) == found
    assert due.rows("SELECT DISTINCT state::text, file_no, ask_at FROM payout") == [
        ("sent", found.file_no, None)]  # fmt: skip
    asked = due.rows("SELECT * FROM payout_take_asked_v1(%s, %s, '{1}', 9)", due.ids["ABC"],
                     MORNING + timedelta(days=9))  # fmt: skip
    assert asked == []


def test_what_is_not_due_yet_stays_out(due: Squared) -> None:
    early = payout_files.write(due.conn, due.ids["ABC"], NEXT - timedelta(days=1), "csv", NOON)
    assert early is None
    assert due.rows("SELECT DISTINCT state::text FROM payout") == [("instructed",)]


def test_no_other_form_and_no_other_file(due: Squared) -> None:
    with pytest.raises(Refused) as caught:
        write(due, "xls")
    assert (caught.value.code, caught.value.field) == (Code.INPUT_INVALID, "form")
    with pytest.raises(Refused) as caught:
        payout_files.read(due.conn, 999)
    assert caught.value.code is SettlementCode.PAYOUT_UNKNOWN
