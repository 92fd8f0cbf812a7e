"""The acquirer's own file of a day beside our batches: what differs is named by terminal and batch, and what a
part of a file lacks proves nothing."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tests.pos.bench import PosBench
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.refused import Refused
from yifen.hub.pos import filing
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.file_rows import read_day
from yifen.hub.pos.proof import altered
from yifen.night import pos_files

HEAD = "终端号,批次号,流水号,交易类型,交易金额"


@pytest.fixture
def night(bench: PosBench):
    """Days of each test's own."""
    bench.clock.turn(5 * 86_400)
    with psycopg.connect(bench.database.url(NIGHT), autocommit=True) as conn:
        yield conn


def mine(bench: PosBench, terminal) -> list:
    """The acquirer's lines of this terminal."""
    return [one for one in bench.acquirer.books.lines if one.trace[0] == terminal.who.terminal_no]


def told(bench: PosBench, night, lines, days: int = 0, whole: bool = True) -> int:
    """Its file so many days later; answers how many differences are new."""
    day = bench.clock().date() + timedelta(days=days)
    body = bench.acquirer.books.file_of(day, lines, whole)
    with night.transaction():
        taken = filing.take(night, bench.ring, "UMS", f"{day:%Y%m%d}.csv", body, bench.clock())
        return filing.compare(night, taken.day, bench.clock())


def test_a_day_that_is_the_same_on_both_sides_differs_in_nothing(bench: PosBench, night):
    account, terminal = bench.account(), bench.terminal()
    for fen in (1_000, 2_000, 3_000, 100_51):
        bench.code(terminal.sale(account, fen))
    assert bench.code(terminal.void(terminal.trace - 1)) == "00"
    assert bench.code(terminal.sale(account, 4_000)) == "00"
    assert bench.code(terminal.reverse(terminal.trace, 4_000)) == "00"
    bench.until_rest()
    lines = mine(bench, terminal)
    assert [(one.kind, one.fen) for one in lines] == [
        ("消费", 1_000), ("消费", 2_000), ("消费", 3_000), ("消费撤销", 3_000), ("消费", 4_000),
        ("冲正", 4_000)]  # fmt: skip
    assert (told(bench, night, lines), told(bench, night, [], 1), bench.exceptions(terminal)) == (0, 0, [])
    assert told(bench, night, lines) == 0  # the same file again is the same
    assert altered(bench.conn) == []


def test_what_differs_is_an_exception_and_what_a_part_lacks_is_none(bench: PosBench, night):
    account, terminal = bench.account(), bench.terminal()
    for fen in (1_000, 2_000, 3_000):
        assert bench.code(terminal.sale(account, fen)) == "00"
    assert bench.code(terminal.sale(account, 100_51)) == "51"
    second, third, refused = range(terminal.trace - 2, terminal.trace + 1)
    lines = mine(bench, terminal)
    charged = lines[0]._replace(trace=(*lines[0].trace[:2], f"{refused:06d}"), fen=100_51)
    other = lines[0]._replace(trace=("99999999", "000001", "000001"))
    assert told(bench, night, [lines[0], lines[1]._replace(fen=2_500), charged, other], whole=False) == 2
    named = [("acquirer_differs", second, 2_000, 2_500, 0), ("acquirer_differs", refused, 0, 100_51, 0)]
    assert bench.exceptions(terminal) == named
    assert told(bench, night, [], 1) == 0  # its own day came in part: absence proves nothing
    assert told(bench, night, [lines[0]]) == 1  # now it is whole, and so is the next
    assert bench.exceptions(terminal) == [*named, ("acquirer_differs", third, 3_000, 0, 0)]
    assert told(bench, night, [lines[0]], 2) == 0
    assert bench.paid_fen(account) == 6_000  # a difference moves no money
    assert altered(bench.conn) == []
    said = "SELECT sum(fen)::integer FROM pos_told WHERE terminal_no = %s"
    assert bench.world.value(said, terminal.who.terminal_no) == 1_000 + 2_500 + 100_51


def test_what_is_not_known_yet_is_compared_when_it_is(bench: PosBench, night):
    account, terminal = bench.account(), bench.terminal()
    bench.acquirer.undos.extend(["busy"] * 2)
    assert bench.code(terminal.sale(account, 4_000)) == "00"
    assert bench.code(terminal.reverse(terminal.trace, 4_000)) == "00"
    assert told(bench, night, mine(bench, terminal)) == 0  # it is about to be taken back
    bench.until_rest()
    assert filing.compare(night, bench.clock().date() - timedelta(days=9), bench.clock()) == 1
    assert bench.exceptions(terminal) == [("acquirer_differs", terminal.trace, 0, 4_000, 0)]
    assert told(bench, night, mine(bench, terminal)) == 0


@pytest.mark.parametrize(("body", "code", "said"), [
    (f"{HEAD}\n1,1,1,消费,-5\n", PosCode.POS_FILE_BROKEN, "2: amount"),
    (f"{HEAD}\n1,1,1,消费,0\n", PosCode.POS_FILE_BROKEN, "2: amount"),
    (f"{HEAD}\n1,1,1,预授权,5\n", PosCode.POS_FILE_BROKEN, "2: kind"),
    (f"{HEAD}\n1,1,1234567,消费,5\n", PosCode.POS_FILE_BROKEN, "2: trace"),
    (f"{HEAD}\n1,1\n", PosCode.POS_FILE_BROKEN, "2: line"),
    (f"{HEAD}\n1,1,1,消费,5\n总笔数,1,总金额,5\n1,1,2,消费,5\n", PosCode.POS_FILE_BROKEN, "4: line"),
    (f"{HEAD},终端号\n", PosCode.POS_FILE_BROKEN, "1: terminal"),
    ("终端号,批次号\n", PosCode.POS_FILE_BROKEN, "1: trace"),
    (f"{HEAD}\n1,1,1,消费,5\n总笔数,1,总金额\n", PosCode.POS_FILE_BROKEN, "3: totals"),
    (f"{HEAD}\n1,1,1,消费,5\n总笔数,2,总金额,5\n", PosCode.POS_FILE_TOTALS, ""),
    (f"{HEAD}\n1,1,1,消费,5\n1,1,2,退货,2\n总笔数,2,总金额,7\n", PosCode.POS_FILE_TOTALS, ""),
    (f"{HEAD},清算日期\n1,1,1,消费,5,20261123\n1,1,2,消费,5,20261124\n", PosCode.POS_FILE_DAY, ""),
    ("", PosCode.POS_FILE_BROKEN, "1: line"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_by_line_and_column(body, code, said):
    with pytest.raises(Refused) as refused:
        read_day(body.encode(), "20261123.csv")
    assert (refused.value.code, refused.value.detail or "") == (code, said)


def test_the_day_stands_in_the_name_where_no_column_says_it_and_cards_are_read_past():
    body = "终端号\t卡号\t批次号\t流水号\t交易类型\t交易金额\t\n1\t6224\t1\t2\t退货\t-1,000.00\t\n".encode("gb18030")
    found = read_day(body, "UMS_20261123.txt")
    assert (str(found.day), found.is_whole) == ("2026-11-23", False)
    assert [row[1:] for row in found.rows] == [("refund", "1", 1, 2, 100_000, "")]
    with pytest.raises(Refused):
        read_day(f"{HEAD}\n1,1,1,消费,5\n".encode(), "day.csv")


def test_the_night_takes_what_lies_in_an_acquirers_folder_and_says_what_it_refuses(
    bench: PosBench, night, tmp_path: Path
):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 1_000)) == "00"
    day, [line] = bench.clock().date(), mine(bench, terminal)
    folder = tmp_path / pos_files.FOLDER / "UMS"
    folder.mkdir(parents=True)
    (folder / f"{day:%Y%m%d}.csv").write_bytes(bench.acquirer.books.file_of(day, [line._replace(fen=999)]))
    (folder / "bad.csv").write_bytes(b"\xff\xff\xff")
    around = SimpleNamespace(inbox=tmp_path, quiet_s=0)
    found = pos_files.take(night, SimpleNamespace(day=day, now=bench.clock(), outside=around))
    assert found["sums"] == {"taken": 1, "rows": 1, "differences": 1}
    assert [(one["partner"], one["code"]) for one in found["failed"]] == [("UMS", 9240)]
    assert bench.exceptions(terminal) == [("acquirer_differs", terminal.trace, 1_000, 999, 0)]
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "refused/bad.csv", "refused/bad.csv.txt", f"taken/{day:%Y%m%d}.csv"]  # fmt: skip


CHANGES = {
    "row": ("UPDATE pos_file_row SET amount_fen = amount_fen + 1", "is not what the acquirer sent"),
    "row gone": ("DELETE FROM pos_file_row WHERE line_no = 2", "is not what the acquirer sent"),
    "part": ("UPDATE pos_file SET is_whole = NOT is_whole", "is not what the acquirer sent"),
    "file gone": ("DELETE FROM pos_file WHERE number = 1", "has none before it"),
    "difference gone": ("DELETE FROM pos_exception WHERE kind = 'acquirer_differs'", "differs from the acquirer's"),
    "item": ("UPDATE pos_batch_item SET amount_fen = 1", "is not what the terminal uploaded"),
    "item gone": ("DELETE FROM pos_batch_item", "has 0 items, 1 were uploaded"),
    "upload gone": ("UPDATE pos_batch SET items = NULL, items_seal = ''", "was closed without its upload"),
    "count": ("UPDATE pos_batch SET items = 0 WHERE items = 1", "counts other items"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_an_owner_changes_of_it_is_named(bench: PosBench, night, change):
    if not bench.world.value("SELECT count(*) FROM pos_batch WHERE items IS NOT NULL"):
        account, terminal = bench.account(), bench.terminal()
        assert bench.code(terminal.sale(account, 1_000)) == "00"
        terminal.sold[terminal.trace] = terminal.sold[terminal.trace]._replace(fen=1_300)
        assert bench.code(terminal.settle()) == "00"
        bench.clock.turn(7_200)
        assert told(bench, night, [one._replace(fen=7) for one in mine(bench, terminal)]) == 1
        assert altered(bench.conn) == []
    statement, said = CHANGES[change]
    with bench.owner() as owner:
        for table in ("pos_file", "pos_file_row", "pos_batch", "pos_batch_item", "pos_exception"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        if change == "file gone":
            owner.execute("DELETE FROM pos_file_row r USING pos_file f WHERE f.file_id = r.file_id AND f.number = 1")
        owner.execute(statement)
        found = altered(owner)
        owner.rollback()
    assert any(said in one for one in found), found
