"""What lies on the machine is for nobody else: PostgreSQL's log, and the files of the data folder."""

import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from tests.web import site
from yifen.core.embedded.launch import SILENT
from yifen.core.facts.private import close_data, make_private

# --- PostgreSQL's log ------------------------------------------------------------------------------


@pytest.fixture
def log(cluster) -> Path:
    return cluster.home / "postgres.log"


def test_no_password_hash_key_or_password_gets_into_postgresqls_log(new_province, log):
    """Every way in which a failing or slow statement could tell what it held."""
    from django.db import Error, IntegrityError, connection, transaction

    province, begin = new_province(), log.stat().st_size
    database = province.database
    with site.on(database):
        from yifen.core.access.models import Authenticator, User

        user = User.objects.get(pk=province.own.user.pk)
        sealed = bytes(Authenticator.objects.get(user=user).sealed_key)
        with pytest.raises(IntegrityError), transaction.atomic():  # statement and row: a hash in both
            User.objects.create(login="log1", password=user.password, institution_id=None)
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO access_user (password) VALUES (%s)", [user.password])
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s FROM no_such_table", [user.password])
    with psycopg.connect(database.app_url, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute("INSERT INTO access_user (password) VALUES (%s)", [user.password])
    with psycopg.connect(database.super_url, autocommit=True) as conn:
        with pytest.raises(psycopg.Error):
            conn.execute("CREATE ROLE yifen_app LOGIN PASSWORD 'a-password-of-a-role'")
        conn.execute("UPDATE access_user SET password = password")
    said = log.read_bytes()[begin:].decode(errors="replace")
    assert "duplicate key" in said or "null value" in said  # that it failed is told
    for secret in (user.password, "argon2", "a-password-of-a-role", "SCRAM-SHA-256", sealed.hex()):
        assert secret not in said, said


def test_the_operations_page_has_the_same_settings():
    text = (Path(__file__).parents[1] / "docs" / "operations.md").read_text()
    told = dict(re.findall("^ALTER SYSTEM SET (\\w+) = '?([^';]+)'?;$", text, re.MULTILINE))
    assert told == dict(SILENT)


def test_a_new_cluster_logs_no_password_of_its_roles(cluster, log):
    text = log.read_text(errors="replace")
    for role in ("postgres", "yifen_owner"):
        password = cluster.url(role, "x").split(":")[2].split("@")[0]
        assert len(password) == 32
        assert password not in text


# --- files -----------------------------------------------------------------------------------------


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: root's is closed to the account that PostgreSQL then runs as."""
    made = Path(tempfile.mkdtemp(prefix="yifen-test-"))
    made.chmod(0o755)
    yield made
    rmtree(made)


def open_to_others(folder: Path) -> list[str]:
    """What others may read or write below it, and folders that they may look into."""
    found = [folder, *folder.rglob("*")]
    return [str(path.relative_to(folder)) for path in found
            if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o066]  # fmt: skip


def test_all_that_a_command_makes_is_closed_to_others(folder):
    """With the embedded server, under the widest umask; as root it still runs as another account."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("YIFEN_")}
    env = ours | {"PYTHONPATH": str(Path(__file__).parents[1] / "src"), "YIFEN_DATA": str(folder / "var")}
    done = subprocess.run(
        ["sh", "-c", 'umask 000; exec "$0" -m yifen migrate', sys.executable],
        env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr
    var = folder / "var"
    assert open_to_others(var) == []
    assert {"key-ring", "postgres"} <= {path.name for path in var.iterdir()}
    assert stat.S_IMODE((var / "key-ring").stat().st_mode) == 0o600
    assert stat.S_IMODE((var / "postgres" / "postgres.log").stat().st_mode) == 0o600
    assert stat.S_IMODE((var / "postgres" / "data").stat().st_mode) == 0o700
    assert not (var / "postgres" / "location").exists()  # not moved away: the server could go through


def test_a_data_folder_that_was_left_open_is_closed_and_the_inbox_is_left(folder):
    """As a version before made it; partners' accounts still reach the inbox."""
    for name in ("exports", "postgres", "demo", "inbox/WXPAY"):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o777)
    for name in ("postgres/postgres.log", "demo/keys.json", "inbox/WXPAY/a.txt"):
        (folder / name).write_text("x")
        (folder / name).chmod(0o666)
    folder.chmod(0o777)
    close_data(folder)
    modes = {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
             for path in [folder, *folder.rglob("*")]}  # fmt: skip
    through = 0o711 if os.geteuid() == 0 else 0o700
    assert modes == {
        ".": 0o711, "exports": 0o700, "postgres": through, "postgres/postgres.log": 0o600,
        "demo": through, "demo/keys.json": 0o600, "inbox": modes["inbox"],
        "inbox/WXPAY": 0o777, "inbox/WXPAY/a.txt": 0o666,
    }  # fmt: skip


def test_what_everybody_writes_in_is_nobodys_to_close(folder):
    folder.chmod(0o1777)
    close_data(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1777


def test_missing_folders_above_are_made_closed_too(folder):
    made = make_private(folder / "a" / "b")
    wanted = 0o711 if os.geteuid() == 0 else 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, made.parent, folder)] == [
        wanted, wanted, 0o755,
    ]  # fmt: skip


def test_a_plain_users_folder_is_for_him_alone(folder, monkeypatch):
    from yifen.core.facts import private

    monkeypatch.setattr(private.os, "geteuid", lambda: folder.stat().st_uid + 1)
    assert private.folder_mode() == 0o700
