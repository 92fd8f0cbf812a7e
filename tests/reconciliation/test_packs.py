"""Lines of a large file lie in packs: what was read wrong, packed wrong or changed later is found."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from psycopg import errors

from tests.reconciliation.day import MORNING, NIGHT, Day, Line
from tests.world import DAY
from yifen.core.facts.daily_file import (
    DailyHead,
    DailyLine,
    DailyTail,
    text_head,
    text_line,
    text_tail,
)
from yifen.core.facts.processes import NIGHT as NIGHT_ROLE
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import files, loading, packing, runs, sending
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.loading import FileTotals
from yifen.trades.reconciliation.packing import Packs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.proof import altered
from yifen.trades.reconciliation.readers.block import Block
from yifen.trades.reconciliation.runs import RunOutcome

PACK = "INSERT INTO recon_pack SELECT %s, 5, 1, 900, 0, 1, 1, '\\x00', '{1}', '{1}'"


pytestmark = pytest.mark.parametrize("day", [0], ids=["packs"], indirect=True)


def test_lines_of_several_parts_are_the_lines_that_came(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything that a cell may hold, and each part of the file in packs of its own."""
    monkeypatch.setattr(packing, "LINES_AT_ONCE", 2)
    odd = [Line("a%7Cb%", "sale", 1, -7, MORNING, "户 1"), Line("é\\n", "refund", 2, 3, MORNING, "", "a%7Cb%")]
    taken = day.take_in([*odd, *day.lines[:3]])
    assert day.world.rows("SELECT count(*) FROM recon_row WHERE file_id = %s", taken.file_id) == [(0,)]
    assert day.world.rows(
        "SELECT line_no, kind::text, amount_fen, fee_fen, at, serial, original, ref, account_no, batch"
        " FROM recon_lines_v1(ARRAY[%s::bigint], ARRAY(SELECT generate_series(0, 16383)), NULL)"
        " ORDER BY line_no LIMIT 3", taken.file_id) == [
        (1, "sale", 1, -7, MORNING, "a%7Cb%", None, None, "户1", None),
        (2, "refund", 2, 3, MORNING, "é\\n", "a%7Cb%", None, None, None),
        (3, "sale", 1000, 0, MORNING, "W000", None, None, "A9", None)]  # fmt: skip
    assert taken.rows == 5
    assert day.world.rows("SELECT sum(rows) FROM recon_pack WHERE file_id = %s", taken.file_id) == [(5,)]


def test_a_file_on_disk_is_kept_while_it_is_read_and_lines_across_its_parts_are_found(
    day: Day, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in (packing, sending, files):
        monkeypatch.setattr(module, "PART_BYTES", 500)
    body = hub_file(day.lines)
    path = tmp_path / "WX.txt"
    path.write_bytes(body)
    profile = read_profile(day.world.conn, "WX")
    with path.open("rb") as stream:
        taken = files.take_in(day.world.conn, profile, stream, "WX.txt", "test", NIGHT, DAY, "hub")
    (kept,) = day.world.rows("SELECT string_agg(body, '' ORDER BY part_no), count(*), max(length(body))"
                             " FROM recon_file_part WHERE file_id = %s", taken.file_id)  # fmt: skip
    assert kept == (body, -(-len(body) // 500), 500)
    (beside,) = day.world.rows("SELECT count(*) FROM recon_pack p, unnest(p.places) x WHERE x < 0"
                               " AND p.file_id = %s", taken.file_id)  # fmt: skip
    assert 10 < beside[0] < 60
    assert [row[0] for row in day.world.rows(
        "SELECT serial FROM recon_lines_v1(ARRAY[%s::bigint], ARRAY(SELECT generate_series(0, 16383)), NULL)"
        " ORDER BY line_no", taken.file_id)] == [line.serial for line in day.lines]  # fmt: skip
    assert told(day) == []


def test_of_a_broken_file_on_disk_nothing_is_kept(day: Day, tmp_path: Path) -> None:
    path = tmp_path / "WX.txt"
    path.write_bytes(hub_file(day.lines)[:-10])
    with path.open("rb") as stream, pytest.raises(Refused):
        files.take_in(day.world.conn, read_profile(day.world.conn, "WX"), stream, "WX.txt", "t", NIGHT, DAY, "hub")
    for table in ("recon_file", "recon_file_part", "recon_pack", "recon_text"):
        assert day.world.rows(f"SELECT FROM {table}") == []


def test_what_the_server_refuses_is_told_to_the_reader(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the thread that sends is not left behind."""
    monkeypatch.setattr(packing, "LINES_AT_ONCE", 10)
    monkeypatch.setattr(packing, "SLOTS", 1 << 15)  # the table has half of them
    with pytest.raises(errors.CheckViolation):
        day.take_in(day.lines)
    assert [thread.name for thread in threading.enumerate() if thread.name == "recon-sender"] == []


def test_no_process_adds_a_pack_to_a_file_that_is_in(day: Day) -> None:
    taken = day.take_in(day.lines)
    for role in (WEB, NIGHT_ROLE):
        with pytest.raises(errors.RestrictViolation, match=f"^file {taken.file_id} is closed"), as_role(day, role):
            day.world.run(PACK, taken.file_id)
    for statement in ("UPDATE recon_pack SET fen = 1", "DELETE FROM recon_pack", "UPDATE recon_seed SET seed = 1"):
        with pytest.raises(errors.InsufficientPrivilege), as_role(day, NIGHT_ROLE):
            day.world.run(statement)


def test_no_process_writes_our_side_of_a_difference(day: Day) -> None:
    day.reconcile(day.lines[1:])
    for statement in ("UPDATE recon_item SET ours_fen = 1", "DELETE FROM recon_item",
                      "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, opened_at, ours_fen)"
                      " SELECT run_id, partner_id, business_day, class, 'X', now(), 5 FROM recon_item"):  # fmt: skip
        with pytest.raises(errors.InsufficientPrivilege), as_role(day, NIGHT_ROLE):
            day.world.run(statement)


@contextmanager
def as_role(day: Day, role: str) -> Iterator[None]:
    with day.world.conn.transaction(force_rollback=True):
        day.world.run(f"SET LOCAL ROLE {role}")
        yield


def hub_file(lines: list[Line]) -> bytes:
    """The hub's own form of them."""
    head = DailyHead("WX", DAY, len(lines), sum(line.fen for line in lines), 0, 0, "ab" * 32)
    body = text_head(head) + "".join(text_line(DailyLine(
        "charge", line.serial, None, "1000", "WATER", line.account, line.fen, line.at, line.at, None))
        for line in lines)  # fmt: skip
    return (body + text_tail(DailyTail(len(lines), sha256(body.encode()).hexdigest()))).encode()


def reconciled(day: Day, lines: list[Line]) -> RunOutcome:
    conn = day.world.conn
    profile = read_profile(conn, "WX")
    files.take_in(conn, profile, io.BytesIO(hub_file(lines)), "WX.txt", "test", NIGHT, DAY, "hub")
    return runs.reconcile(conn, profile, DAY, NIGHT)


def told(day: Day) -> list[str]:
    """What verify tells of files; in one transaction with it, no draft of the trail is an entry yet."""
    with day.world.as_owner():
        return [problem for problem in altered(day.world.conn) if problem.startswith(("recon_file", "recon_pack"))]


def test_an_honest_file_is_proved_from_its_bytes(day: Day) -> None:
    lines = [day.lines[0]._replace(fen=999), *day.lines[2:]]
    assert reconciled(day, lines).differences == {"amount": 1, "ours_only": 1}
    assert told(day) == []


def lie(monkeypatch: pytest.MonkeyPatch, fen: int, text: bytes) -> None:
    """Whoever reads the file says of its first line, which is of 10.01, that it is of so many fen more, and that it
    reads so."""
    add, copy = Packs.add, loading.copy_packs

    def lying(packs: Packs, block: Block) -> None:
        fens = block.fens.copy()
        fens[0] += fen
        add(packs, block._replace(fens=fens, text=block.text.replace(b"|1001|", text), offset=None))

    def counting(*args: Any) -> FileTotals:
        totals = copy(*args)
        totals.amount_fen += fen
        return totals

    monkeypatch.setattr(Packs, "add", lying)
    monkeypatch.setattr(files, "copy_packs", counting)


def test_who_reads_a_line_as_ours_hides_a_difference_until_verify_reads_the_bytes(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie(monkeypatch, -1, b"|1000|")
    found = reconciled(day, [day.lines[0]._replace(fen=1001), *day.lines[1:]])
    assert (found.differences, found.matched.count) == ({}, 120)
    monkeypatch.undo()
    (problem,) = told(day)
    assert "has other lines than its bytes in slot" in problem


def test_marks_that_are_not_the_lines_hide_a_difference_until_verify_opens_the_packs(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums and marks as ours, the line as it came."""
    lie(monkeypatch, -1, b"|1001|")
    assert reconciled(day, [day.lines[0]._replace(fen=1001), *day.lines[1:]]).differences == {}
    monkeypatch.undo()
    opened, again = told(day)
    assert "is not what its lines add up to" in opened
    assert "has other lines than its bytes in slot" in again


def test_a_slot_whose_lines_are_not_what_it_says_is_not_used(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie(monkeypatch, 500, b"|1001|")
    with pytest.raises(Refused) as refused:
        reconciled(day, [day.lines[0]._replace(fen=1001), *day.lines[1:]])
    assert refused.value.code is FileCode.FILE_CHANGED
    assert day.items() == []


@pytest.mark.parametrize(("table", "change", "wrong"), [
    ("recon_pack", "places = ARRAY(SELECT p + 1 FROM unnest(places) p)", "do not have their digest"),
    ("recon_file_part", "body = replace(convert_from(body, 'UTF8'), '|W007|', '|W707|')::bytea",
     "body does not have its sha256"),
])  # fmt: skip
def test_packs_and_the_bytes_they_stand_for_are_as_they_came(day: Day, table: str, change: str, wrong: str) -> None:
    reconciled(day, day.lines)
    with day.world.as_owner():
        day.world.run(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        day.world.run(f"UPDATE {table} SET {change}")
        day.world.run(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    assert any(wrong in problem for problem in told(day))


def test_lines_in_rows_and_in_packs_prove_a_day_together(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of before, whose lines are rows, beside one in packs."""
    profile = read_profile(day.world.conn, "WX")
    for name, lines, packed_from in (("a", day.lines[:60], 1 << 20), ("b", day.lines[59:], 0)):
        monkeypatch.setattr(files, "PACKED_FROM", packed_from)
        body = "".join(line.text() for line in lines).encode()
        files.take_in(day.world.conn, profile, io.BytesIO(body), f"{name}.txt", "test", NIGHT, DAY)
    found = runs.reconcile(day.world.conn, profile, DAY, NIGHT)
    assert (found.differences, found.matched.count) == ({"duplicate": 1}, 120)
    assert day.items() == [("duplicate", "W059", 2, None, day.lines[59].fen, "open")]
