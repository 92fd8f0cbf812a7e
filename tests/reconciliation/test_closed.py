"""A file that is in is closed: as the role of any process no line joins it, and none counts that its own row does
not."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from tests.conftest import NewDatabase
from tests.world import DAY, Database, World
from yifen.core.facts.processes import NIGHT, WEB
from yifen.trades.reconciliation.codes import FileCode

ROW = ("INSERT INTO recon_row (file_id, line_no, kind, amount_fen, fee_fen, serial)"
       " VALUES (%s, %s, 'sale', %s, %s, %s)")  # fmt: skip
PART = "INSERT INTO recon_file_part VALUES (%s, %s, 1, 'x')"
FILE = ("INSERT INTO recon_file (file_id, partner_id, business_day, version, format, name, sha256, bytes, rows,"
        " amount_fen, fee_fen, received_at, received_by, whole)"
        " VALUES (%s, %s, %s, %s, 'hub', 'f', sha256(gen_random_uuid()::text::bytea), 0, %s, %s, %s, now(),"
        " 'inbox', true)")  # fmt: skip
RUN = "SELECT code FROM recon_run_v1(%s, %s, now())"


@pytest.fixture(scope="module")
def arrived(new_database: NewDatabase) -> tuple[Database, int]:
    """File 1 of WX, which the night took in: one sale of 900 fen, its fee 9."""
    database = new_database()
    with psycopg.connect(database.app_url) as conn:
        channel = World(conn).network().ids["WX"]
    with psycopg.connect(database.url(NIGHT)) as conn:
        conn.execute(ROW, (1, 1, 900, 9, "S1"))
        conn.execute(PART, (1, 0))
        conn.execute(FILE, (1, channel, DAY, 1, 1, 900, 9))
    return database, channel


@pytest.fixture(params=[WEB, NIGHT])
def conn(request, arrived: tuple[Database, int]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(arrived[0].url(request.param)) as conn:
        yield conn
        conn.rollback()


def test_no_line_and_no_part_joins_a_file_that_is_in(conn):
    for statement, values in ((ROW, (1, 999001, 45740, 0, "FORGED-1")), (PART, (1, 1))):
        with pytest.raises(errors.RestrictViolation, match=r"^file 1 is closed"), conn.transaction():
            conn.execute(statement, values)
    with pytest.raises(errors.RestrictViolation, match=r"^file 1, 2 is closed"), conn.transaction(), \
            conn.cursor().copy("COPY recon_row (file_id, line_no, kind, amount_fen, fee_fen, serial)"
                               " FROM STDIN") as copy:  # fmt: skip
        copy.write("2\t1\tsale\t5\t0\tS2\n1\t2\tsale\t5\t0\tFORGED-2\n")


def test_a_file_with_rows_and_without_bytes_does_not_come_in(conn, arrived):
    """Whatever moves money by a file, its bytes are there to be compared with the partner's own."""
    conn.execute(ROW, (4, 1, 900, 9, "S1"))
    with pytest.raises(errors.RestrictViolation, match="file 4 has rows and no bytes"), conn.transaction():
        conn.execute(FILE, (4, arrived[1], DAY, 2, 1, 900, 9))
    conn.execute(PART, (4, 0))
    conn.execute(FILE, (4, arrived[1], DAY, 2, 1, 900, 9))


@pytest.mark.parametrize("counts", [(2, 900, 9), (1, 901, 9), (1, 900, 8), (0, 0, 0)],
                         ids=["rows", "net", "fee", "none"])  # fmt: skip
def test_a_file_with_other_rows_than_it_counts_does_not_come_in(conn, arrived, counts):
    conn.execute(ROW, (3, 1, 900, 9, "S1"))
    with pytest.raises(errors.RestrictViolation, match="file 3 does not have the rows it counts"):
        conn.execute(FILE, (3, arrived[1], DAY, 2, *counts))


def test_who_still_adds_a_line_is_waited_for_and_his_counts(conn, arrived):
    """Else it would be there after the file came in, behind the count."""
    with psycopg.connect(arrived[0].url(WEB)) as other:
        other.execute(ROW, (3, 2, 45740, 0, "FORGED-3"))
        conn.execute(ROW, (3, 1, 900, 9, "S1"))
        conn.execute("SET lock_timeout = '100ms'")
        with pytest.raises(errors.LockNotAvailable):
            conn.execute(FILE, (3, arrived[1], DAY, 2, 1, 900, 9))
        other.rollback()


def test_a_run_uses_no_file_whose_rows_are_not_its_own_however_it_came(arrived):
    """The owner alone can still add one: a file that was fetched is asked as an uploaded one is."""
    database, channel = arrived
    with psycopg.connect(database.url(NIGHT)) as night, psycopg.connect(database.owner_url) as owner:
        assert night.execute(RUN, (channel, DAY)).fetchone() == (0,)
        night.rollback()
        owner.execute(ROW, (1, 999001, 45740, 0, "FORGED-1"))
        owner.commit()
        assert night.execute(RUN, (channel, DAY)).fetchone() == (FileCode.FILE_CHANGED,)
        night.rollback()
