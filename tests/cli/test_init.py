"""`yifen init`: a new database gets its first institution, book and two administrators, once."""

import re
import subprocess
import sys

import psycopg

from tests.world import Database


def init(database: Database, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yifen", "init", "--code", "96", "--name", "云川省联社", *words],
        env=database.environment(), capture_output=True, text=True,
    )  # fmt: skip


def test_the_first_administrator_gets_a_password_once(database: Database) -> None:
    done = init(database, "--admin", "root01", "--cut-off", "23:00", "--night", "00:30")
    assert done.returncode == 0, done.stderr
    for login in ("root01", "admin2"):  # rights are given by two
        assert re.search(rf"login {login}, first password ([a-z2-9]{{4}}-){{3}}[a-z2-9]{{4}}\n",
                         done.stdout)  # fmt: skip
    with psycopg.connect(database.app_url) as conn:
        rows = conn.execute(
            "SELECT u.login, u.must_change_password, r.role, i.code, b.code, b.cut_off::text,"
            " s.starts_at::text, s.automatic"
            " FROM access_user u JOIN access_user_role r ON r.user_id = u.id"
            " JOIN institution i ON i.id = u.institution_id, ledger_book b"
            " JOIN eod_schedule s USING (book_id) ORDER BY u.id"
        ).fetchall()
    same = (True, "platform_admin", "96", "hub", "23:00:00", "00:30:00", True)
    assert rows == [("root01", *same), ("admin2", *same)]
    again = init(database)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == ("yifen: there are institutions or users already: sign in as root01 or admin2,"
                            " or ask them\n")  # fmt: skip


def test_one_login_is_not_two_people(database: Database) -> None:
    done = init(database, "--admin", "root01", "--second", "root01")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--admin and --second are two people" in done.stderr
