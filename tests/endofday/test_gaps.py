"""一分不差 is said of no day with a gap: each reason is a line, with its money to the fen."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from tests.endofday.network import DAY, Network
from tests.endofday.ten import TenPartners
from tests.endofday.test_schedule import command
from tests.reconciliation.day import Day
from yifen.core.plugs import plugs
from yifen.hub.gaps import SUMS, DayGap, days_en, days_zh, differing_fen, gaps, standing, sums

SOURCE = Path(__file__).resolve().parents[2] / "src"
Short = tuple[str, str, int, int, tuple[date, ...]]


@pytest.fixture
def network(new_database: NewDatabase, tmp_path: Path) -> Iterator[Network]:
    made = Network(new_database(buckets=2), tmp_path / "inbox")
    made.cut()
    yield made
    made.close()


@pytest.fixture
def ten(new_database: NewDatabase, tmp_path: Path) -> Iterator[TenPartners]:
    made = TenPartners(new_database(), tmp_path / "inbox")
    made.cut()
    yield made
    made.close()


def short(network: Network, day: date = DAY) -> list[Short]:
    """Partner, reason, count, fen and days of each gap."""
    return [(gap.partner, gap.reason, gap.count, gap.fen, gap.days) for gap in gaps(network.conn, 1, day)]


def texts(network: Network, language: str, day: date = DAY) -> list[str]:
    return [gap.text(language) for gap in gaps(network.conn, 1, day)]


def test_a_day_whose_files_agree_in_every_line_has_no_gap(ten: TenPartners):
    ten.send_all()
    assert ten.run().state == "closed"
    assert (gaps(ten.conn, 1, DAY), ten.step("proof")["gaps"]) == ([], [])


def test_what_is_parked_keeps_a_closed_day_amber_until_it_is_released(network: Network):
    network.send_lines(network.faulty())
    network.send_ours("POS")
    assert network.run().state == "closed"
    parked = [("WX", "parked", 1, 777, (DAY,)), ("WX", "parked", 1, 55, (DAY,)), ("WX", "parked", 1, 10_004, (DAY,))]
    assert sorted(short(network)) == sorted(parked)
    assert differing_fen(gaps(network.conn, 1, DAY)) == 10_836
    assert "100.04 duplicate of 23 November 2026 on WX, on suspense" in texts(network, "en")
    assert "100.04 元 WX 2026-11-23 对方重复 1 笔，挂账" in texts(network, "zh-hans")
    assert network.step("proof")["gaps"][0]["reason"] == "parked"
    # It stands there at the next cut too, and is named with the day whose it is.
    later = DAY + timedelta(days=1)
    network.now += timedelta(days=1)
    network.cut(later)
    assert set(parked) <= set(short(network, later))
    network.world.set_up(
        "INSERT INTO recon_posting SELECT nextval('document_no') * -1, item_id, 'release', bucket, credit_id,"
        " debit_id, amount_fen, business_day, booked_at, 'a', 'b' FROM recon_posting WHERE purpose = 'suspend'"
    )
    assert short(network) == []


def test_what_a_partner_was_told_of_waits_for_it_and_is_said_everywhere(network: Network):
    """A hosted biller's file without a line: ours counts (P10), so it is settled; the day is amber till it answers."""
    from yifen.night.reports import partner_statement

    Day.describe(network, "HEAT", party="biller", truth="ours")  # type: ignore[arg-type]
    network.send("HEAT", b"")
    network.send_lines(network.lines)
    network.send_ours("POS")
    assert network.run().state == "closed"
    assert short(network) == [("HEAT", "told", 3, 30_006, (DAY,))]
    assert texts(network, "en") == ["300.06 ours only of 23 November 2026 on HEAT, the partner was told, until a file"
                                    " of theirs shows it (3)"]  # fmt: skip
    assert texts(network, "zh-hans") == ["300.06 元 HEAT 2026-11-23 我方有对方无 3 笔，已请对方调整，待其文件显示"]
    assert [gap["reason"] for gap in network.step("proof")["gaps"]] == ["told"]
    assert standing(gaps(network.conn, 1, DAY)).zh == "有差额 300.06"
    assert [row[:3] for row in network.books()["settlements"] if row[0] == "HEAT"] == [("HEAT", DAY, 30_006)]
    (row,) = partner_statement.read(network.conn, network.world.ids["HEAT"], DAY, DAY).rows
    assert row[-2:] == (3, 3)  # differences, and none of them is squared


def test_a_correction_counts_on_the_day_on_which_it_is_booked_wherever_it_is_told(network: Network):
    """The closed day's figures stay as they were closed; the statement, the daily file and the dashboard agree."""
    from yifen.hub.payments.figures.reading import totals
    from yifen.night.reports import partner_statement

    def told(day: date) -> list[tuple[int, int, int, int]]:
        """Payments, fen, returns, fen: by the dashboard, the daily file, and the partner's statement."""
        wx = network.world.ids["WX"]
        with network.conn.cursor() as cursor:
            (found,) = [one for one in totals(cursor, ["channel"], day, day, None) if one.key == (wx,)]
        lines, fen = network.world.rows("SELECT lines, amount_fen FROM daily_file WHERE partner_id = %s AND"
                                        " business_day = %s ORDER BY version DESC LIMIT 1", wx, day)[0]  # fmt: skip
        assert (lines, fen) == (found.payments + found.returned, found.amount_fen)
        (row,) = partner_statement.read(network.conn, wx, day, day).rows
        return [(found.payments, found.amount_fen, found.returned, found.returned_fen), row[2:6]]

    network.send_lines(network.faulty())
    network.send_ours("POS")
    closed = told(DAY)
    assert closed == [(6, 60_015, 0, 0)] * 2
    assert network.run().state == "closed"  # two taken back, one booked
    later = DAY + timedelta(days=1)
    network.now += timedelta(days=1)
    network.cut(later)
    assert (told(DAY), told(later)) == (closed, [(1, 4_321, 2, 20_008)] * 2)


def test_amounts_and_counts_in_sentences_are_grouped_in_threes():
    """Of the night, and of every act of two people: none of their modules writes an amount in one row of digits."""
    from yifen.night.words import reason_text

    line = {"kind": "open_items", "partner": "WX", "count": 1_760, "fen": 123_456_789}
    assert reason_text(line, "zh-hans") == "WX 有 1,760 笔未处理差异，1,234,567.89 元"
    assert reason_text(line, "en") == "WX has 1,760 open differences, 1,234,567.89 yuan"
    views = {act.view.partition(":")[0].replace(".", "/") for plug in plugs() for act in plug.second}
    texts = {name: next(SOURCE.glob(f"{name}*.py"), SOURCE / name / "__init__.py").read_text() for name in views}
    assert [name for name, text in sorted(texts.items()) if "format_yuan" in text] == []


def test_a_file_that_is_missing_or_not_compared_is_a_gap_of_all_its_payments(network: Network):
    network.send_ours("POS")
    assert network.run().state == "waiting"
    wx = ("WX", "file_missing", 6, 60_015, (DAY,))
    assert wx in short(network)
    assert "600.15 of 23 November 2026 on WX: its file is missing" in texts(network, "en")
    network.world.set_up("UPDATE recon_profile SET parts = 'sales=*.txt refunds=*.ref' WHERE partner_id = %s",
                         network.world.ids["WX"])  # fmt: skip
    network.send_lines(network.lines)
    assert network.run().state == "waiting"
    assert ("WX", "part_missing", 6, 60_015, (DAY,)) in short(network)
    assert wx not in short(network)


def test_a_partner_with_payments_whom_no_profile_awaits_a_file_from_is_a_gap(network: Network):
    network.send_lines(network.lines)
    network.world.set_up("DELETE FROM recon_profile WHERE partner_id = %s", network.world.ids["POS"])
    assert network.run().state == "closed"
    assert short(network) == [("POS", "not_awaited", 3, 60_003, (DAY,))]
    assert texts(network, "en") == ["600.03 of 23 November 2026 on POS: no profile awaits a file"]
    assert texts(network, "zh-hans") == ["600.03 元 POS 2026-11-23 没有对账方式，不等它的文件"]
    assert differing_fen(gaps(network.conn, 1, DAY)) == 0
    # The teller's own drawer is counted by the shift: no other book stands beside it.
    network.world.set_up("UPDATE channel SET hosted = 'counter' WHERE partner_id = %s", network.world.ids["POS"])
    assert short(network) == []
    # A biller with a system of its own has books; one that is hosted here has none.
    network.world.set_up("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s",
                         network.world.ids["HEAT"])  # fmt: skip
    assert short(network) == [("HEAT", "not_awaited", 3, 30_006, (DAY,))]


def test_an_open_difference_is_a_gap_and_its_biller_is_unsettled(network: Network):
    network.send_ours("POS")
    network.world.set_up("INSERT INTO recon_policy (profile_id, difference_class, action, automatic)"
                         " SELECT partner_id, 'amount', 'ask', false FROM recon_profile")  # fmt: skip
    network.send_lines([network.lines[0]._replace(fen=10_123), *network.lines[1:]])
    network.world.run("UPDATE recon_profile SET whole = true WHERE partner_id = %s", network.world.ids["WX"])
    assert network.run().state == "waiting"
    assert short(network) == [
        ("WX", "open", 1, 123, (DAY,)), ("HEAT", "unsettled", 3, 30_006, (DAY,)),
    ]  # fmt: skip
    assert texts(network, "en") == [
        "1.23 other amount of 23 November 2026 on WX, open",
        "300.06 HEAT 2026-11-23 is not settled 8401 That business day is not proved yet. (WX (1))",
    ]


def test_a_settlement_that_was_refused_is_a_gap_until_it_is_made(ten: TenPartners):
    ten.send_all()
    shut = ("UPDATE ledger_account SET closed = %s WHERE account_id ="
            " (SELECT transit_id FROM biller WHERE partner_id = %s)")  # fmt: skip
    ten.world.set_up(shut, True, ten.world.ids["B4"])
    assert ten.run().state == "waiting"
    assert short(ten) == [("B4", "unsettled", 1, 10_004, (DAY,))]
    assert "6012" in texts(ten, "en")[0]
    ten.world.set_up(shut, False, ten.world.ids["B4"])
    assert ten.run().state == "closed"
    assert short(ten) == []


def test_a_payee_that_is_missing_is_a_gap_until_the_money_is_sent(ten: TenPartners):
    from yifen.trades.settlement.operations import payouts

    ten.send_all()
    ten.world.set_up("DELETE FROM payee WHERE biller_id = %s", ten.world.ids["B4"])
    assert ten.run().state == "closed"
    assert short(ten) == [("B4", "unpaid", 1, 10_004 - 30, (DAY,))]
    assert texts(ten, "en")[0].startswith("99.74 of 23 November 2026 for B4 is not paid out: 8409 ")
    ten.payee("B4")
    payouts.instruct_due(ten.conn, 1, DAY + timedelta(days=2), ten.now + timedelta(days=1))
    assert short(ten) == []


def test_what_failed_for_one_partner_is_a_gap(ten: TenPartners):
    ten.send_all()
    ten.sick_file().write_bytes(b"H|1|C4|x\n")
    assert ten.run().state == "waiting"
    assert [line[:2] for line in short(ten)] == [("C4", "file_missing"), ("C4", "failed"), ("B4", "unsettled")]
    ten.send_ours("C4")
    assert ten.run().state == "closed"
    assert short(ten) == []


def test_the_command_tells_the_gaps_in_words_and_in_json(ten: TenPartners):
    ten.send_all()
    ten.world.set_up("DELETE FROM recon_profile WHERE partner_id = %s", ten.world.ids["C4"])
    done = command(ten, "--json")
    assert done.returncode == 0
    assert "未证实 · Not proved\n  未对账 100.04 元，1 项原因 · 100.04 yuan not compared, 1 reason\n" in done.stdout
    assert "100.04 元 C4 2026-11-23 没有对账方式，不等它的文件" in done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["state"] == "closed"
    assert [(gap["partner"], gap["reason"], gap["fen"], gap["days"]) for gap in told["gaps"]] == [
        ("C4", "not_awaited", 10_004, ["2026-11-23"])
    ]


def test_each_kind_of_gap_has_a_sum_of_its_own():
    """What nobody compared, settled or paid out yet is no difference."""

    def gap(reason: str, fen: int) -> DayGap:
        return DayGap(1, "WX", reason, 1, fen, (DAY,), "", "")

    found = [gap("open", 1_000), gap("parked", 50), gap("not_awaited", 125_456), gap("unsettled", 30_006),
             gap("unexplained", 2), gap("unpaid", 7), gap("failed", 0)]  # fmt: skip
    assert sums(found) == (
        "有差额 10.50 元，未对账 1,254.56 元，未结算 300.06 元，未说明 0.02 元，未划付 0.07 元，7 项原因",
        "10.50 yuan differ, 1,254.56 yuan not compared, 300.06 yuan not settled, 0.02 yuan unexplained,"
        " 0.07 yuan not paid out, 7 reasons",
    )
    assert sums([gap("failed", 0)]) == ("1 项原因", "1 reason")
    every = {"open", "told", "waiting", "parked", "file_missing", "part_missing", "not_reconciled", "not_awaited",
             "unsettled", "unexplained", "unpaid"}  # fmt: skip
    assert {reason for reasons, _ in SUMS for reason in reasons} == every


def test_several_days_are_told_from_the_first_to_the_last():
    days = (date(2026, 11, 26), date(2026, 11, 28))
    assert (days_en(days), days_zh(days)) == ("26 November 2026 to 28 November 2026", "2026-11-26 至 2026-11-28")
    assert (days_en(days[1:]), days_zh(days[1:])) == ("28 November 2026", "2026-11-28")
