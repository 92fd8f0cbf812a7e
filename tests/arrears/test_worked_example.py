"""The worked example of docs/arrears.md: dunned to the cut, restored by a plan that is broken and mended, disputed,
written off,
taken up again and paid; every posting."""

from collections import Counter
from datetime import date
from pathlib import Path

from tests.arrears.debtor import Debtor

RECEIVABLE, COLLECTED, BILLED, LOSS = "1123", "1124", "6001", "6701"
DOC = Path(__file__).parents[2] / "docs" / "arrears.md"


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def test_the_worked_example(debtor: Debtor):
    town, told = debtor.town, []

    def on(day: str) -> date:
        town.on(date.fromisoformat(day))
        told.append((day, yuan(debtor.owed())))
        return date.fromisoformat(day)

    on("2026-12-21")
    assert debtor.message() == ("no_phone", 222_444)
    on("2026-12-30")
    assert debtor.call("reached") == "OK"
    on("2027-01-09")
    assert debtor.sheet("letter")[0] == "OK"
    day = on("2027-01-19")
    code, number = debtor.sheet("notice")
    assert code == "OK"
    assert number is not None
    assert debtor.served(number, day) == "OK"
    on("2027-02-03")
    assert debtor.cut() == "OK"
    town.on(date(2027, 2, 4))
    debtor.went("cut", "ok")
    on("2027-02-05")
    owed = debtor.owed()
    assert debtor.plan([(date(2027, 2, 10), 100_000), (date(2027, 3, 10), owed - 100_000)]) == "OK"
    debtor.refresh()
    debtor.went("restore", "ok")
    debtor.refresh()
    assert debtor.visits() == [("cut", "ours", "ok"), ("restore", "ours", "ok")]
    town.on(date(2027, 2, 10))
    debtor.pay(100_000)
    told.append(("2027-02-10", yuan(debtor.owed())))
    on("2027-03-11")
    assert debtor.next()[2] == "finished"  # the plan holds nothing any more
    on("2027-03-12")
    assert debtor.plan([(date(2027, 4, 1), debtor.owed())]) == "OK"
    on("2027-03-15")
    disputed = debtor.called(
        "arrears_dispute_v1", "maker01", debtor.customer, debtor.fee, [debtor.bill], "面积有误"
    )
    assert disputed == "OK"
    assert debtor.next()[2] == "disputed"
    hold = town.world.value("SELECT max(hold_id) FROM arrears_hold")
    assert debtor.called("arrears_settle_v1", "checker01", hold, False, "核对无误") == "OK"
    on("2029-03-20")
    bad = debtor.owed()
    assert debtor.write(bad) == "OK"
    town.on(date(2029, 4, 1))
    assert debtor.write(bad, "arrears.take_up") == "OK"
    told.append(("2029-04-01", yuan(debtor.owed())))
    debtor.pay(bad)
    town.book()
    assert town.books() == {COLLECTED: 100_000 + bad, BILLED: -100_000 - bad}
    assert town.wrong() == []

    lines = [line for line in DOC.read_text().splitlines() if line.startswith("| 20")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert [(row[0], row[2]) for row in rows if row[2]] == told
    sums: Counter[tuple[str, str, str]] = Counter()
    for kind, debit, credit, fen in town.postings():
        sums[kind, debit, credit] += fen
    assert sums == {
        ("published", RECEIVABLE, BILLED): 222_000,
        ("late", RECEIVABLE, BILLED): 100_000 + bad - 222_000,
        ("paid", COLLECTED, RECEIVABLE): 100_000 + bad,
        ("written", LOSS, RECEIVABLE): bad,
        ("written", RECEIVABLE, LOSS): bad,
    }
