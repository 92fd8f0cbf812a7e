"""A month leaves for files that prove themselves: nothing is lost, nobody pays twice, and it comes back as it was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database, World, the_ring
from yifen.core.facts.codes import Code
from yifen.hub.payments.archive import moving
from yifen.hub.payments.archive.files import Archive, ArchiveLost
from yifen.hub.payments.archive.months import Month, hindrances, months, oldest_kept
from yifen.hub.payments.archive.proving import opened
from yifen.hub.payments.verify import verify
from yifen.tools.doctor import there

SPAN = 10**12
DECEMBER, JANUARY = "2026-12-01 00:00+08", "2027-01-01 00:00+08"
NOW = datetime(2028, 2, 3, tzinfo=UTC)
TABLES = {"payment": "payment_id", "ledger_transfer": "bucket, transfer_no", "ledger_batch": "bucket, batch_no"}
BESIDE = ("payable_archived", "ledger_archive", "ledger_archive_end", "ledger_archive_transfer")


@pytest.fixture
def place(new_database: NewDatabase) -> Iterator[tuple[Database, World, psycopg.Connection[Any]]]:
    """Two months, November and December, and the January of now. Of November's three payments one is booked and one
    given back in part in December."""
    database = new_database()
    with (
        psycopg.connect(database.app_url, autocommit=True) as conn,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        hub = World(conn).network()
        with psycopg.connect(database.super_url) as root:
            root.execute("UPDATE ledger_partition SET begun_at = '2026-11-05 00:00+08'")
        hub.charge("S1", {"B1": 1000})
        hub.charge("S2", {"B2": 2000})
        remote = hub.charge("S3", {"R1": 3000}, biller="GAS", account_no="G1")
        hub.cut()
        owner.execute("SELECT payments_begin_partition_v1(%s)", (DECEMBER,))
        assert hub.result(remote.payment_id, "booked").code is Code.OK
        assert hub.refund("T2", "S2", 500).code is Code.OK
        hub.charge("S4", {"O1": 100})
        hub.cut()
        owner.execute("SELECT payments_begin_partition_v1(%s)", (JANUARY,))
        hub.charge("S5", {"O1": 200})
        yield database, hub, owner


def month(owner: psycopg.Connection[Any], number: int) -> Month:
    return months(owner)[number]


def gone(owner: psycopg.Connection[Any], number: int, folder: Path) -> Archive:
    """Through every step, its tables dropped."""
    moving.freeze(owner, month(owner, number), NOW)
    moving.detach(owner, month(owner, number), NOW)
    archive = moving.write(owner, month(owner, number), folder / f"month-{number}", the_ring(), NOW, lambda line: None)
    moving.drop(owner, month(owner, number), NOW)
    return archive


def as_it_stands(owner: psycopg.Connection[Any]) -> list[Any]:
    return [owner.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall() for table, key in TABLES.items()]


def problems(database: Database, archives: tuple[Archive, ...] = ()) -> list[str]:
    with psycopg.connect(database.super_url, options="-c default_transaction_read_only=on") as conn:
        return opened(conn, archives) or verify(conn, archives).problems


def test_it_goes_step_by_step_and_money_stays_what_it_was(place: Any, tmp_path: Path) -> None:
    database, hub, owner = place
    before = as_it_stands(owner)
    assert problems(database) == []
    moving.freeze(owner, month(owner, 0), NOW)
    assert hub.refund("T1", "S1", 1000).code is Code.PAYMENT_ARCHIVED
    assert hub.refund("T4", "S4", 100).code is Code.OK  # of December
    assert problems(database) == []
    moving.detach(owner, month(owner, 0), NOW)
    assert problems(database) == []
    assert hub.charge("S1", {"B1": 1000}).code is Code.PAYMENT_ARCHIVED  # a repeat is not charged again
    assert hub.charge("S9", {"B1": 1000}).code is Code.ALREADY_PAID
    with pytest.raises(psycopg.errors.RaiseException, match="business day 2026-11-23 is archived"):
        owner.execute("SELECT payments_figure_day_v1(1, '2026-11-23', now())")
    assert hub.charge("S10", {"B2": 500}).code is Code.OK  # what was given back of it is due again
    assert hub.refund("T1", "S1", 1000).code is Code.PAYMENT_ARCHIVED
    repeated = hub.refund("T2", "S2", 500)
    assert (repeated.code, repeated.payment_id) == (Code.OK, 2000)
    said = moving.write(owner, month(owner, 0), tmp_path / "month-0", the_ring(), NOW, lambda line: None)
    moving.drop(owner, month(owner, 0), NOW)
    assert (problems(database), problems(database, (said,))) == ([], [])
    assert {name: file.rows for name, file in said.word.files.items()} == {
        "ledger_batch.0.csv.gz": 3, "ledger_transfer.0.csv.gz": 3, "payment.0.csv.gz": 3,
        "payment_event.0.csv.gz": 2, "payment_return.0.csv.gz": 1, "payment_serial.0.csv.gz": 4,
    }  # fmt: skip
    assert hub.rows("SELECT payable_id, paid_fen FROM payable_archived ORDER BY 1")[0][1] == 1000
    gone(owner, 1, tmp_path)
    assert problems(database) == []
    assert problems(database, (Archive(tmp_path / "month-0"), Archive(tmp_path / "month-1"))) == []
    assert problems(database, (Archive(tmp_path / "month-1"),)) == []
    assert hub.charge("S11", {"O1": 300}).code is Code.OK
    for number in (1, 0):
        moving.bring_back(owner, month(owner, number), Archive(tmp_path / f"month-{number}"))
    assert problems(database) == []
    now = as_it_stands(owner)
    assert [rows[: len(old)] for rows, old in zip(now[1:], before[1:], strict=True)] == before[1:]
    assert [row for row in now[0] if row[1] < SPAN] == [row for row in before[0] if row[1] < SPAN]
    assert hub.refund("T12", "S1", 1000).code is Code.OK
    assert problems(database) == []


def test_it_comes_back_from_its_tables_too_and_goes_on_after_a_stop(place: Any, tmp_path: Path) -> None:
    database, hub, owner = place
    before = as_it_stands(owner)
    moving.freeze(owner, month(owner, 0), NOW)
    assert [(told.what.en, told.found) for told in there._months(owner)] == [("archive of months", "0")]
    moving.thaw(owner, month(owner, 0))
    assert list(there._months(owner)) == []
    moving.freeze(owner, month(owner, 0), NOW)
    moving.detach(owner, month(owner, 0), NOW)
    (tmp_path / "month-0").mkdir()
    (tmp_path / "month-0" / "payment.0.csv.gz").write_bytes(b"half a file")  # of a writer that was killed
    with pytest.raises(ArchiveLost, match="was never finished"):
        Archive(tmp_path / "month-0")
    moving.write(owner, month(owner, 0), tmp_path / "month-0", the_ring(), NOW, lambda line: None)
    moving.bring_back(owner, month(owner, 0), None)
    assert (as_it_stands(owner), problems(database)) == (before, [])
    assert [owner.execute(f"SELECT count(*) FROM {table}").fetchone() for table in BESIDE] == [(0,)] * 4
    assert hub.charge("S1", {"B1": 1000}).payment_id == 1000


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE payable SET paid_fen = 0, state = 'open' WHERE ref = 'B1'",
         "payable 1000 paid_fen says 0, its transfers 1000"),
        ("UPDATE payable_archived SET paid_fen = 0 WHERE payable_id = 1000",
         "kept 3 payables, the 3 that stand there are not they"),
        ("DELETE FROM payment_serial WHERE serial = 'S1'", "kept 4 serials"),
        ("UPDATE payment_return SET reason = 'x'", "kept 1 returns"),
        ("DELETE FROM payment_event WHERE payment_id = 2000", "kept 2 events"),
        ("UPDATE ledger_archive_end SET hash = sha256('x')", "does not follow from the chain before it"),
        ("UPDATE ledger_archive_end SET balances[1][3] = 1", "ledger_balance bucket 0 account_id"),
        ("UPDATE ledger_archive SET kept = '{}'", "ledger_archive 0 kept says"),
        ("INSERT INTO payable_archived SELECT 99, bucket, payable_id, 1, credit_id FROM payable WHERE ref = 'B3'",
         "payable_archived of month 99 is there, the month is not out"),
        ("INSERT INTO payment_serial SELECT 0, partner_id, 'FUTURE', 'charge', content_hash, 0, 0, 0"
         " FROM payment_serial WHERE serial = 'S4'", "serial FUTURE payment_id says 0, which has another serial"),
        ("UPDATE ledger_day_balance SET debit_posted_fen = debit_posted_fen + 77 WHERE business_day = '2026-11-23'",
         "balances of days, the"),
        ("SELECT p.* FROM (SELECT * FROM ledger_transfer LIMIT 1) t, ledger_book k, LATERAL ledger_post_v1(0::smallint,"
         " now(), '{1}', '{posted}', ARRAY[t.debit_id], ARRAY[t.credit_id], '{500}', '{NULL}', '{NULL}', '{1000}',"
         " '{1000}', ARRAY[k.current_day]) p WHERE k.book_id = 1",
         "was booked on payment 1000, which is archived"),
        ("UPDATE ledger_archive SET partition_no = 1", "ledger_archive 1 is there"),
        ("DELETE FROM ledger_archive_end", "ledger_archive_end"),
        ("UPDATE ledger_archive SET detached_at = NULL, kept = NULL, written = NULL, written_at = NULL,"
         " dropped_at = NULL",
         "ledger_partition 0 is not there of payment"),
    ],
    ids=["paid", "kept paid", "serial", "return", "history", "end", "balance", "digests", "paid by none",
         "serial of none", "day", "booked on", "which", "ends", "is out"],
)  # fmt: skip
def test_what_is_altered_behind_it_is_named(place: Any, tmp_path: Path, statement: str, named: str) -> None:
    database, _hub, owner = place
    gone(owner, 0, tmp_path)
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(statement.encode())
    found = problems(database)
    assert [problem for problem in found if named in problem], found


def test_what_stands_aside_is_watched_until_it_is_dropped(place: Any, tmp_path: Path) -> None:
    database, _hub, owner = place
    moving.freeze(owner, month(owner, 0), NOW)
    moving.detach(owner, month(owner, 0), NOW)
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE archived.payment_0 SET amount_fen = 1, account_no = 'EVIL' WHERE payment_id = 1000")
    assert problems(database) == ["archived.payment_0 is not as it was when it went"]
    with pytest.raises(ArchiveLost, match="is not as it was when it went"):
        moving.write(owner, month(owner, 0), tmp_path / "month-0", the_ring(), NOW, lambda line: None)
    with psycopg.connect(database.super_url) as conn:
        conn.execute("DROP TABLE archived.payment_0")
    assert problems(database) == ["archived.payment_0 is missing, and it stands in no file"]


def test_a_charge_is_never_answered_by_a_serial_without_its_payment(place: Any) -> None:
    database, hub, _owner = place
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        for payment in ("0", "NULL"):
            conn.execute(f"UPDATE payment_serial SET payment_id = {payment} WHERE serial = 'S4'")
            conn.commit()
            assert hub.charge("S4", {"O1": 100}).code is Code.PAYMENT_ARCHIVED
            assert problems(database)


def test_who_reads_for_long_is_waited_for_and_nobody_else_archives(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database, hub, owner = place
    monkeypatch.setattr(moving, "LOCK_TRIES", 2)
    moving.freeze(owner, month(owner, 0), NOW)
    with psycopg.connect(database.owner_url) as reader:
        reader.execute("SELECT count(*) FROM payment")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            moving.detach(owner, month(owner, 0), NOW)
        assert (moving.alone(owner), moving.alone(reader)) == (True, False)
    assert hub.charge("S30", {"O1": 100}).code is Code.OK
    moving.detach(owner, month(owner, 0), NOW)
    assert problems(database) == []


def test_a_word_that_names_other_files_is_none(place: Any, tmp_path: Path) -> None:
    _database, _hub, owner = place
    archive = gone(owner, 0, tmp_path)
    word = archive.folder / "archive.json"
    word.write_bytes(archive.said.replace(b"payment_event.0.csv.gz", b"../../etc/passwd"))
    with pytest.raises(ArchiveLost, match="which is no file of an archive"):
        Archive(archive.folder)
    word.write_bytes(archive.said)
    file = archive.folder / "payment.0.csv.gz"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ArchiveLost, match="which is no file of an archive"):
        Archive(archive.folder)


def test_files_that_are_not_as_they_were_written_are_named(place: Any, tmp_path: Path) -> None:
    database, _hub, owner = place
    archive = gone(owner, 0, tmp_path)
    file = archive.folder / "ledger_transfer.0.csv.gz"
    kept = file.read_bytes()
    file.write_bytes(kept[:-3] + b"abc")
    with pytest.raises(ArchiveLost, match=r"ledger_transfer\.0\.csv\.gz is not as it was written"):
        archive.prove(the_ring())
    assert problems(database, (archive,))[0] == f"{file} is not as it was written"
    file.write_bytes(kept)
    archive.prove(the_ring())
    word = archive.folder / "archive.json"
    word.write_bytes(archive.said.replace(b'"until_day": "2026', b'"until_day": "2025'))
    with pytest.raises(ArchiveLost, match="is not sealed by this key ring"):
        Archive(archive.folder).prove(the_ring())
    with pytest.raises(ArchiveLost, match="is not what was written of month 0"):
        moving.bring_back(owner, month(owner, 0), Archive(archive.folder))
    assert problems(database, (Archive(archive.folder),))[0] == f"{archive.folder} is not what was written of month 0"


def test_why_a_month_stays(place: Any) -> None:
    database, hub, owner = place

    def why(number: int, now: datetime = NOW) -> list[str]:
        return [text.en for text in hindrances(owner, months(owner), month(owner, number), now, 13)]

    assert why(2) == ["it is the one of now"]
    assert why(1) == ["an earlier one is still here"]
    assert why(0, datetime(2027, 12, 31, 15, 59, tzinfo=UTC)) == ["it reaches to 2026-11-24; 13 months stay"]
    assert oldest_kept(datetime(2027, 12, 31, 16, 0, tzinfo=UTC), 13) == date(2026, 12, 1)
    assert why(0) == [
        "the figures of 2 days are not kept, as of 2026-11-23; a night keeps them",
        *(f"2026-11-{day}: the end of day of {day} November 2026 is not closed" for day in (23, 24)),
    ]
    undecided = hub.charge("S8", {"R2": 500}, biller="GAS", account_no="G1")
    with psycopg.connect(database.super_url) as root:
        root.execute("SET session_replication_role = replica")
        root.execute("UPDATE payment SET biller_state = 'unknown' WHERE payment_id = 1000")
        root.execute("UPDATE ledger_book SET current_day = '2026-11-24'")
    assert undecided.code is Code.PROCESSING
    assert why(0)[0] == "books hub have not closed 2026-11-24"
    assert "1 payments are undecided, as 1000" in why(0)


def test_the_numbers_of_a_month_that_is_out_are_not_given_again(place: Any, tmp_path: Path) -> None:
    database, hub, owner = place
    for number in (0, 1):
        gone(owner, number, tmp_path)
    assert hub.charge("S20", {"O1": 300}).payment_id == 2 * SPAN + 2000
    assert owner.execute("SELECT payments_begin_partition_v1('2027-02-01 00:00+08')").fetchone() == (3,)
    assert hub.charge("S21", {"O1": 300}).payment_id == 3 * SPAN + 1000
    assert problems(database) == []
