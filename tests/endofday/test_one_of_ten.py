"""One poisoned partner among ten: nine are reconciled, settled, paid and told; the tenth is named in the morning;
mended and run again there are ten, and nothing is doubled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NewDatabase
from tests.endofday.network import DAY
from tests.endofday.ten import ALL, POISONS, Poison, TenPartners
from tests.endofday.test_schedule import command
from tests.sampling import sampled
from yifen.core.facts.codes import Code
from yifen.night import queries
from yifen.night.words import lines_of, reason_text
from yifen.trades.settlement.operations import payouts

TRIED = sampled(POISONS, 4)
"""A night takes seconds: all of them by `YIFEN_TESTS=all ./yifen test tests/endofday/test_one_of_ten.py`."""


@pytest.fixture
def ten(new_database: NewDatabase, tmp_path: Path) -> Iterator[TenPartners]:
    network = TenPartners(new_database(), tmp_path / "inbox")
    yield network
    network.close()


def told(network: TenPartners) -> list[tuple[str, int, str]]:
    """Partner, code and sentence of every line of the night."""
    run = queries.run_of(network.conn, 1, DAY)
    assert run is not None
    return [(line.get("partner", ""), line.get("code", 0), reason_text(line, "zh"))
            for step in queries.steps_of(network.conn, run.eod_id) for line in lines_of(step.result)]  # fmt: skip


def test_the_command_names_the_tenth_in_both_languages(ten: TenPartners):
    ten.cut()
    ten.send_all()
    ten.sick_file().write_bytes(b"no file of [bold]ours\x1b[2J\n")
    done = command(ten, "--json")
    assert done.returncode == 1
    assert "C4 2026-11-23 8216 交易类型或状态不认识 C4-2026-11-23：第 1 行：以“no file of [bold]our”开头" in done.stdout
    assert "C4 2026-11-23 8216 A kind or state of transaction is unknown." in done.stdout
    assert "B4 2026-11-23 未结算 8401 该会计日期尚未对平 (C4)" in done.stdout
    assert "B4 2026-11-23 is not settled 8401 That business day is not proved yet. (C4)" in done.stdout
    assert "\x1b[2J" not in done.stdout


@pytest.mark.parametrize("poison", TRIED, ids=[poison.name for poison in TRIED])
def test_nine_are_closed_and_the_tenth_is_named(ten: TenPartners, poison: Poison, monkeypatch):
    poison.before(ten, monkeypatch)
    ten.cut()
    for channel in ALL["runs"] & {row for row in ten.well()["files"]}:
        ten.send_ours(channel)
    poison.after(ten, monkeypatch)
    ran = ten.run()
    assert ran.error == ""
    assert ran.state == ("closed" if poison.closes else "waiting"), (ran, told(ten))
    assert ten.well() == {what: who - poison.lacks.get(what, set()) for what, who in ALL.items()}, told(ten)
    named, code = poison.named
    sick = {"", "C4", "B4"}
    assert {partner for partner, _, _ in told(ten)} <= sick, told(ten)
    if named:
        found = [line for line in told(ten) if line[0] == named and (line[1] == code or not code)]
        assert found, told(ten)
        assert all(f"{number:04d}" in text for _, number, text in found if number)
    poison.mend(ten, monkeypatch)
    if poison.closes and named:  # a payout that is held back keeps no day: it goes with the next night's
        [late] = payouts.instruct_due(ten.conn, 1, DAY + timedelta(days=2), ten.now)
        assert (late.code, late.biller_id) == (Code.OK, ten.world.ids[named])
        assert ten.well() == ALL
        return
    again = ten.run()
    assert (again.state, again.error) == ("closed", ""), (again, told(ten))
    assert ten.well() == ALL
    books = ten.books()
    assert len(books["settlements"]) == len(books["payouts"]) == len(books["runs"]) == 10
    assert ten.world.rows("SELECT partner_id FROM daily_file GROUP BY 1 HAVING count(*) > 1") == []
    assert [row for row in books["files"] if row[2] > 1] == []
    before = ten.books()
    assert ten.run().state == "closed"
    assert ten.books() == before
