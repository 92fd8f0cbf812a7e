"""Many postings asked for at once: each stands or fails by itself, once, whatever becomes of the answer."""

from datetime import timedelta
from itertools import count

import psycopg
import pytest

from tests.corebank.bench import CARD, COMPANY, TRANSIT, CoreBench
from yifen.core.wire.core_port import CorePack, CorePosting, encode, read_pack, read_pack_status
from yifen.hub.corebank import operations
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.proof import altered

_PACKS = count(1)
POOR, FROZEN = "6222020000000000001", "6222020000000000002"  # 50 fen free


def asked(bench: CoreBench, *payers: tuple[str, int]) -> tuple[str, list[str]]:
    """A pack that is written, not sent; its serials in its order."""
    orders = [bench.order(debit=account, amount_fen=fen, kind="", needs_pin=False) for account, fen in payers]
    pack = f"PACK-{next(_PACKS)}"
    operations.write_pack(bench.web, bench.ring, pack, orders, bench.clock())
    return pack, [order.serial for order in orders]


def sent(bench: CoreBench, pack: str, meets: str = "ok") -> str:
    bench.core.orders.append(meets)
    try:
        return operations.settle_pack(bench.cores, pack, bench.clock())
    finally:
        bench.core.orders.clear()


def standing(bench: CoreBench, serials: list[str]) -> list[tuple[str, int | None]]:
    rows = bench.world.rows("SELECT serial, state, code FROM core_move WHERE serial = ANY (%s)", serials)
    found = {serial: (state, code) for serial, state, code in rows}
    return [found[serial] for serial in serials]


@pytest.mark.parametrize("meets", ["ok", "lost", "late", "garbage", "forged", "twice", "slow", "drop"])
def test_a_pack_is_posted_once_in_its_order_whatever_its_answer_meets(bench: CoreBench, meets: str):
    bench.books.accounts[POOR].balance_fen = 50
    pack, serials = asked(bench, (POOR, 40), (POOR, 20), (POOR, 10), (FROZEN, 5), (CARD, 30), ("6222029", 1))
    for later in (0, 31, 61):
        bench.clock.now += timedelta(seconds=later)
        state = sent(bench, pack, meets if not later else "ok")
    assert state == "done"
    assert standing(bench, serials) == [
        ("done", 0), ("refused", CoreCode.CORE_SHORT), ("done", 0), ("refused", CoreCode.CORE_FROZEN), ("done", 0),
        ("refused", CoreCode.CORE_NO_ACCOUNT)]  # fmt: skip
    assert [bench.posted(serial) for serial in serials] == [
        [(POOR, -40), (TRANSIT, 40)], [], [(POOR, -10), (TRANSIT, 10)], [], [(CARD, -30), (TRANSIT, 30)], []]
    assert bench.world.value("SELECT count(*) FROM core_answer WHERE serial = ANY (%s)", serials) == 0
    assert altered(bench.worker) == []


def test_an_item_of_a_pack_is_undone_like_any_move(bench: CoreBench):
    pack, serials = asked(bench, (CARD, 70), (CARD, 80))
    sent(bench, pack)
    assert bench.undo(serials[0]).state == "done"
    assert standing(bench, serials) == [("undone", 0), ("done", 0)]
    assert altered(bench.worker) == []


def test_the_worker_asks_about_a_pack_that_nobody_knows_of(bench: CoreBench):
    pack, serials = asked(bench, (CARD, 7))
    assert sent(bench, pack, "lost") == "unknown"
    assert standing(bench, serials) == [("unknown", CoreCode.CORE_AWAY)]
    bench.clock.now += timedelta(minutes=2)
    assert operations.settle_due(bench.cores_of(bench.worker), bench.clock()) == 1
    assert operations.settle(bench.cores, serials[0], bench.clock()).state == "done"
    assert len(bench.posted(serials[0])) == 2


def test_a_pack_takes_new_moves_alone_and_nothing_of_it_is_written_else(bench: CoreBench):
    order = bench.order(kind="", needs_pin=False)
    operations.write_pack(bench.web, bench.ring, "PACK-A", [order], bench.clock())
    other = bench.order(kind="", needs_pin=False)
    with pytest.raises(psycopg.errors.RaiseException, match="are not new"):
        operations.write_pack(bench.web, bench.ring, "PACK-B", [other, order], bench.clock())
    with pytest.raises(psycopg.errors.RaiseException, match="unfit"):
        operations.write_pack(bench.web, bench.ring, "PACK-C", [other._replace(document="other:1")], bench.clock())
    assert bench.state(other.serial) == "none"
    sent(bench, "PACK-A")


def test_who_changes_what_was_signed_of_a_pack_is_named(bench: CoreBench):
    pack, serials = asked(bench, (CARD, 11), (COMPANY, 12))
    sent(bench, pack)
    for change, why in (
        (f"UPDATE core_move SET core_serial = 'HX9' WHERE serial = '{serials[0]}'", f"core_move {serials[0]} is done"),
        (f"UPDATE core_pack_answer SET body = replace(body, '_fen\":12', '_fen\":13') WHERE serial = '{pack}'",
         "an answer about its pack that no core signed"),
        (f"UPDATE core_pack SET items = 3 WHERE serial = '{pack}'", f"core_pack {pack} has 2 moves of 23 fen"),
    ):  # fmt: skip
        with psycopg.connect(bench.database.super_url) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(change)
            assert any(why in problem for problem in altered(owner)), (why, altered(owner))
            owner.rollback()
    assert altered(bench.worker) == []


def test_what_is_no_pack_or_no_answer_to_one_is_not_read():
    item = CorePosting("S-0001", "1", "2", 5)
    for items in ([], [item, item], [CorePosting("S-0001", "1", "1", 5)], [CorePosting("S-0001", "1", "2", 0)],
                  [CorePosting("S-0001", "1", "2", 5, pin_block="x")],
                  [CorePosting(f"S-{n:04d}", "1", "2", 5) for n in range(1_001)]):  # fmt: skip
        with pytest.raises(ValueError, match="pack"):
            read_pack(encode(CorePack("P-1", items)))
    for said in ('{"serial":"P","state":"done","items":[{"serial":"S","state":"processing"}]}',
                 '{"serial":"P","state":"done","items":[{"serial":"S","state":"refused"}]}'):  # fmt: skip
        with pytest.raises(ValueError, match="decided"):
            read_pack_status(said.encode())
