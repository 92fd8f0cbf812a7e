"""Whatever is granted, cut, held, paid, returned and ended: quota used = posted - returned, never above the indicator;
and `verify` names a row that was altered."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from tests.budget.bureau import Bureau
from tests.world import DAY
from yifen.trades.budget.proof import altered

STEPS = 120


def of_the_books(bureau: Bureau) -> list[str]:
    with bureau.world.as_owner():
        return altered(bureau.world.conn)


def a_year_on(bureau: Bureau) -> None:
    """Its books, and who asks: a moment is never far from the open day."""
    bureau.world.set_up("UPDATE ledger_book SET current_day = current_day + 365")
    bureau.world.now += timedelta(days=365)


def begun(bureau: Bureau, number: str, project: str, holds: list[int]) -> Iterator[str]:
    """What a run needs, whatever chance brings then: each act done once, and refused."""
    yield bureau.grant(number, 20_000, project=project)
    yield bureau.hold(number, 1, f"not yet {number}")[0]
    yield bureau.arrive(number, 6_000)
    code, hold = bureau.hold(number, 900, f"first {number}")
    assert hold is not None, code
    holds.append(hold)
    yield from (code, bureau.post(hold, 901), bureau.post(hold, 300), bureau.restore(hold, 301),
                bureau.restore(hold, 20), bureau.hold(number, 10**6, f"short {number}")[0])  # fmt: skip


def a_run(bureau: Bureau, draw: Random) -> Iterator[str]:
    """Random acts on two indicators; the code of each."""
    holds: list[int] = []
    for number, project in (("BASIC", ""), ("PROJ", "P1")):
        yield from begun(bureau, number, project, holds)
    for step in range(STEPS):
        number, fen = draw.choice(("BASIC", "PROJ")), draw.choice((1, 10, 100, 777))
        project = "P1" if number == "PROJ" else ""
        match draw.randrange(8):
            case 0 | 1:
                yield bureau.grant(number, fen * draw.choice((5, 5, -1)), project=project)
            case 2:
                yield bureau.arrive(number, fen * draw.choice((3, 3, -1)))
            case 3 | 4:
                if bureau.world.rows("SELECT FROM budget_indicator WHERE number = %s", number):
                    code, hold = bureau.hold(number, fen, f"h{step}")
                    holds += [hold] if hold else []
                    yield code
            case _ if not holds:
                continue
            case 5:
                yield bureau.post(draw.choice(holds), fen)
            case 6:
                yield bureau.release(draw.choice(holds))
            case 7:
                yield bureau.restore(draw.choice(holds), fen)


@pytest.mark.parametrize("seed", [20261130])
def test_quota_used_is_what_was_posted_less_what_came_back(bureau: Bureau, seed: int):
    codes = list(a_run(bureau, Random(seed)))
    assert codes.count("OK") > STEPS // 3, seed
    assert len(set(codes)) > 4, (seed, set(codes))
    used, posted, back = bureau.world.rows(
        "SELECT (SELECT sum(used_fen) FROM budget_indicator), sum(posted_fen), sum(restored_fen) FROM budget_hold")[0]
    assert (used, used > 0) == (posted - back, True), seed
    before = bureau.world.rows("SELECT project, free_fen + quota_fen, held_fen, used_fen FROM budget_indicator"
                               " ORDER BY 1")  # fmt: skip
    assert bureau.year_end(DAY.year) == "YEAR_NOT_OVER"
    a_year_on(bureau)
    assert bureau.year_end(DAY.year) == "OK"
    (_, _, held, used), (project, rest, held_p, used_p) = before
    assert bureau.sums("BASIC") == (held + used, 0, 0, held, used)
    assert bureau.sums("PROJ") == (held_p + used_p, 0, 0, held_p, used_p)
    assert (project, bureau.sums("PROJ-2027")) == ("P1", (rest, rest, 0, 0, 0))
    assert bureau.year_end(DAY.year) == "OK"  # again: nothing twice
    assert bureau.sums("PROJ-2027") == (rest, rest, 0, 0, 0)
    assert of_the_books(bureau) == []


def test_what_is_free_after_the_year_lapses_when_it_is_ended_again(bureau: Bureau):
    assert (bureau.grant("PROJ", 1_000, project="P1"), bureau.arrive("PROJ", 1_000)) == ("OK", "OK")
    _, hold = bureau.hold("PROJ", 600, "c1")
    assert bureau.post(hold, 200) == "OK"
    a_year_on(bureau)
    figures = bureau.world.rows("SELECT * FROM budget_year_end_figures_v1(%s, %s)", bureau.id, DAY.year)[0]
    assert figures == (1, 0, 400, 400)
    other = {"year": DAY.year, "indicators": 1, "lapse_fen": 0, "carry_fen": 399}
    assert bureau.agreed("budget.year_end", "budget_year_end_v1", other) == "FIGURES_MOVED"
    assert bureau.year_end(DAY.year) == "OK"
    assert bureau.hold("PROJ", 1, "c2") == ("BUDGET_YEAR_CLOSED", None)
    assert (bureau.arrive("PROJ", 1), bureau.grant("PROJ", 1, project="P1")) == ("BUDGET_YEAR_CLOSED",) * 2
    assert (bureau.post(hold, 100), bureau.release(hold)) == ("OK", "OK")
    assert bureau.restore(hold, 50) == "BUDGET_YEAR_CLOSED"
    assert bureau.restore(hold, 50, DAY.year + 1) == "OK"  # of an earlier year: no quota moves
    assert bureau.sums("PROJ") == (600, 0, 300, 0, 300)
    assert bureau.year_end(DAY.year) == "OK"
    assert (bureau.sums("PROJ"), bureau.sums("PROJ-2027")) == ((300, 0, 0, 0, 300), (700, 700, 0, 0, 0))
    assert (bureau.restore(hold, 251, DAY.year + 1), of_the_books(bureau)) == ("RESTORE_TOO_MUCH", [])


def test_verify_names_what_was_altered(bureau: Bureau):
    assert (bureau.grant("ZB1", 1_000), bureau.arrive("ZB1", 600)) == ("OK", "OK")
    _, hold = bureau.hold("ZB1", 400, "c1")
    assert (bureau.post(hold, 300), of_the_books(bureau)) == ("OK", [])
    one, bureau_id = bureau.indicator("ZB1"), bureau.id
    granted, proposal = bureau.world.rows("SELECT document_id, proposal_id FROM budget_entry WHERE kind = 'granted'")[0]
    bureau.world.set_up("ALTER TABLE budget_entry DISABLE TRIGGER append_only")
    for statement, found in (
        ("UPDATE budget_indicator SET quota_fen = quota_fen + 1, free_fen = free_fen - 1",
         [f"budget_indicator {one} free_fen says 399, its entries 400",
          f"budget_bureau {bureau_id} has 399/201/100/300 fen free, in quota, held, used; the ledger 400/200/100/300"]),
        ("UPDATE budget_hold SET posted_fen = posted_fen - 1",
         [f"budget_hold {hold} posted_fen says 299, its entries 300"]),
        ("UPDATE budget_entry SET amount_fen = 999 WHERE kind = 'granted'",
         [f"budget_entry {granted} amount_fen says 999, its transfer 1000",
          f"budget_indicator {one} granted_fen says 1000, its entries 999",
          f"budget_entry {granted} is not what proposal {proposal} says"]),
    ):  # fmt: skip
        bureau.world.run("SAVEPOINT altered")
        bureau.world.set_up(statement)
        assert of_the_books(bureau) == found
        bureau.world.run("ROLLBACK TO altered")
