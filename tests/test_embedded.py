"""The embedded PostgreSQL: made, reused, killed, refused; as root and as a plain user."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yifen.core.embedded import account
from yifen.core.embedded.binaries import wanted_folder
from yifen.core.embedded.errors import (
    BinariesMissing,
    DiskFull,
    NoDatabase,
    NotRunning,
    PasswordsLost,
    PortInUse,
    RestoreUnfinished,
    WrongMajorVersion,
    explain,
)
from yifen.core.embedded.processes import children, command_line, read_postmaster
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import EVERYONE, READER, WEB

SRC = Path(__file__).parent.parent / "src"
PG16 = wanted_folder().parent.parent / "pginstall" / "bin"  # the wheel carries this one too
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
START = """
import json, os, signal, sys
from pathlib import Path
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import EVERYONE, WEB
postgres = EmbeddedPostgres(Path(sys.argv[1]))
postgres.start()
facts = {"pid": postgres.pid, "port": postgres.port, "home": str(postgres.home),
         "ours": postgres._child is not None}
print(json.dumps(facts), flush=True)
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)"
STOP_WHEN_TOLD = "sys.stdin.readline(); postgres.stop()"

ROLES = (*EVERYONE, READER)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: root's is closed to the account that PostgreSQL then runs as."""
    made = Path(tempfile.mkdtemp(prefix="yifen-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A cluster that was made and stopped: to make one takes longer than most of what is tried with it."""
    with tempfile.TemporaryDirectory(prefix="yifen-test-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name)):
            pass
        yield Path(name)


@pytest.fixture
def postgres(folder: Path, made: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster of its own, a copy."""
    subprocess.run(["cp", "-a", f"{made}/.", folder], check=True)
    with EmbeddedPostgres(folder) as server:
        yield server


def supervisor(folder: Path, then: str, *prefix: str) -> subprocess.Popen[str]:
    """Another process that starts the server and does `then`."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", START + then, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SRC)},
    )


def facts_of(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout
    return json.loads(process.stdout.readline())


def value(server: EmbeddedPostgres, query: str, role: str = "postgres", database: str = "yifen"):
    with psycopg.connect(server.url(role, database)) as connection:
        return connection.execute(query).fetchone()[0]


def execute(server: EmbeddedPostgres, statement: str, role: str = "yifen_owner") -> None:
    with psycopg.connect(server.url(role, "yifen"), autocommit=True) as connection:
        connection.execute(statement)


def test_a_new_cluster_has_its_roles_database_and_durable_settings(postgres, folder):
    roles = """select json_object_agg(rolname, json_build_array(rolsuper, rolcreatedb,
               rolcreaterole, rolcanlogin)) from pg_roles where rolname !~ '^pg_'"""
    assert value(postgres, roles) == {
        "postgres": [True, True, True, True],
        "yifen_owner": [False, True, False, True],
        **{role: [False, False, False, True] for role in ROLES},
    }
    assert value(
        postgres, "select pg_get_userbyid(datdba) from pg_database where datname='yifen'"
    ) == ("yifen_owner")
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "lc_collate": "C",
        "listen_addresses": "127.0.0.1",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "unix_socket_directories": "",
    }
    collate = "select datcollate from pg_database where datname = 'yifen'"
    shown = {n: value(postgres, f"show {n}") for n in wanted if n != "lc_collate"}
    assert shown | {"lc_collate": value(postgres, collate)} == wanted
    assert (folder / "passwords.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("role", ROLES)
def test_a_process_may_make_nothing(postgres, role):
    refused = psycopg.errors.ReadOnlySqlTransaction if role == READER else psycopg.errors.InsufficientPrivilege
    with pytest.raises(refused):
        execute(postgres, "create table t ()", role=role)
    with pytest.raises(refused):
        execute(postgres, "create database other", role=role)


def test_a_cluster_of_the_version_before_gets_the_roles_at_its_next_start(folder, postgres):
    """It had one role for all, and its passwords are kept."""
    execute(postgres, "create table kept as select 7 as n")
    words = json.loads((folder / "passwords.json").read_text())
    with psycopg.connect(postgres.url("postgres", "yifen"), autocommit=True) as conn:
        for role in ROLES:
            conn.execute(f"DROP ROLE {role}")
        conn.execute("CREATE ROLE yifen_app LOGIN PASSWORD 'x'")
    before = {r: w for r, w in words.items() if r not in ROLES} | {"yifen_app": "x"}
    postgres.stop()
    (folder / "passwords.json").write_text(json.dumps(before))
    postgres.start()
    after = json.loads((folder / "passwords.json").read_text())
    assert (after.keys(), {r: after[r] for r in before}) == ({*before, *ROLES}, before)
    assert len({after[role] for role in ROLES}) == len(ROLES)
    assert (folder / "passwords.json").stat().st_mode & 0o777 == 0o600
    for role in ROLES:
        assert value(postgres, "select current_user", role) == role
    assert value(postgres, "select n from kept") == 7


def test_who_reads_figures_is_bounded_in_a_cluster_of_before_too_but_not_against_its_operator(
    postgres,
):
    """As docs/figures.md says; what an operator set otherwise stays."""
    limit = f"select rolconnlimit from pg_roles where rolname = '{READER}'"
    asked = "select current_setting('default_transaction_read_only') || ' ' || current_setting('statement_timeout')"
    assert (value(postgres, limit), value(postgres, asked, READER)) == (5, "on 1min")
    found = []
    for before in ("-1", "9"):
        execute(postgres, f"ALTER ROLE {READER} CONNECTION LIMIT {before}", "postgres")
        execute(postgres, f"ALTER ROLE {READER} RESET ALL", "postgres")
        postgres.stop()
        postgres.start()
        found.append((value(postgres, limit), value(postgres, asked, READER)))
    assert found == [(5, "on 1min"), (9, "off 0")]


def test_a_start_that_ended_between_role_and_password_is_made_good(folder, postgres):
    postgres.stop()
    words = json.loads((folder / "passwords.json").read_text())
    del words[WEB]
    (folder / "passwords.json").write_text(json.dumps(words))
    postgres.start()
    assert value(postgres, "select current_user", WEB) == WEB


def test_the_owner_may_clone_databases(postgres):
    execute(postgres, "create database copy template yifen")
    assert value(postgres, "select current_user", "yifen_owner", "copy") == "yifen_owner"


def test_settings_reach_the_server(folder):
    with EmbeddedPostgres(folder, settings={"max_connections": "17"}) as server:
        assert value(server, "show max_connections") == "17"


def test_data_port_and_passwords_stay_between_runs(postgres):
    execute(postgres, "create table kept as select 7 as n")
    before = postgres.url(WEB, "yifen")
    postgres.stop()
    with pytest.raises(NotRunning):
        _ = postgres.port
    postgres.start()
    assert postgres.url(WEB, "yifen") == before
    assert value(postgres, "select n from kept") == 7


def test_the_terminals_ctrl_c_does_not_reach_the_server(postgres):
    assert os.getsid(postgres.pid) == postgres.pid != os.getsid(0)


def test_a_server_left_by_a_killed_supervisor_is_reused_and_then_owned(folder):
    dead = supervisor(folder, DIE)
    left = facts_of(dead)
    assert dead.wait() == -signal.SIGKILL
    dead.communicate()
    with EmbeddedPostgres(folder) as server:
        assert (server.pid, server.port) == (left["pid"], left["port"])
    assert command_line(left["pid"]) == ""


def test_a_server_of_a_living_supervisor_is_shared_and_left_running(postgres, folder):
    with EmbeddedPostgres(folder) as second:
        assert second.pid == postgres.pid
    assert value(postgres, "select 1") == 1


def test_two_starters_of_a_new_cluster_get_one_server(folder):
    both = [supervisor(folder, STOP_WHEN_TOLD) for _ in range(2)]
    facts = [facts_of(process) for process in both]
    for process in both:
        process.communicate("\n")
    assert facts[0]["pid"] == facts[1]["pid"]
    assert sorted(fact["ours"] for fact in facts) == [False, True]
    assert command_line(facts[0]["pid"]) == ""


def test_a_server_that_is_killed_is_started_again_at_its_port(postgres):
    execute(postgres, "create table kept as select 7 as n")
    before = (postgres.pid, postgres.port)
    assert postgres.revive() is False
    os.kill(postgres.pid, signal.SIGKILL)
    while command_line(before[0]):
        time.sleep(0.05)
    assert postgres.revive() is True
    assert postgres.pid != before[0]
    assert postgres.port == before[1]
    assert value(postgres, "select n from kept") == 7
    postgres.stop()
    assert postgres.revive() is False  # whoever stopped it wants it so


def test_after_kill_nothing_runs_and_what_was_committed_is_there(postgres):
    execute(postgres, "create table kept as select 7 as n")
    family = [postgres.pid, *children(postgres.pid)]
    assert len(family) > 4
    postgres.kill()
    assert [command_line(pid) for pid in family] == [""] * len(family)
    postgres.start()
    assert postgres.pid not in family
    assert value(postgres, "select n from kept") == 7


def test_a_stale_pid_file_that_names_another_living_program_does_not_hinder(postgres, folder):
    data = postgres.home / "data"
    pid_file = data / "postmaster.pid"
    postgres.kill()
    owner = data.stat()
    change = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **change) as other:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        postgres.start()
        assert read_postmaster(data).pid == postgres.pid != other.pid
        assert other.poll() is None
        other.kill()


def test_a_start_waits_for_the_children_of_a_killed_server(postgres):
    with psycopg.connect(postgres.url("yifen_owner", "yifen")) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(postgres.pid, signal.SIGKILL)
        waker = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -CONT {backend}"])
        began = time.monotonic()
        postgres._forget()
        postgres.start()
        assert time.monotonic() - began > 0.4
        assert value(postgres, "select 1") == 1
        waker.wait()


def test_data_of_another_major_version_are_refused_with_what_to_do(folder):
    with EmbeddedPostgres(folder, bin_dir=PG16) as server:
        assert value(server, "show server_version_num")[:2] == "16"
    with pytest.raises(WrongMajorVersion) as caught:
        EmbeddedPostgres(folder).start()
    assert str(caught.value) == (
        f"The data in {folder}/data are of PostgreSQL 16, the programs in {wanted_folder()} are "
        "PostgreSQL 18: set YIFEN_PG_BIN to the bin folder of PostgreSQL 16, start, dump with its "
        "pg_dumpall, move the folder away and load the dump with the new programs; or move the "
        "folder away to begin with an empty database."
    )


def test_a_taken_port_is_refused_when_asked_for_and_avoided_when_remembered(postgres, folder):
    port = postgres.port
    postgres.stop()
    with socket.create_server(("127.0.0.1", port)):
        fixed = EmbeddedPostgres(folder, settings={"port": str(port)})
        with pytest.raises(PortInUse) as caught:
            fixed.start()
        assert str(caught.value) == (
            f"Port {port} of 127.0.0.1 is taken by another program: stop that one, "
            "or choose another port."
        )
        postgres.start()
        assert postgres.port != port
        assert (folder / "port").read_text() == f"{postgres.port}\n"


def test_other_passwords_than_the_datas_are_told_and_leave_nothing_running(postgres, folder):
    postgres.stop()
    file = folder / "passwords.json"
    right = file.read_text()
    file.write_text(right.replace('"postgres": "', '"postgres": "x'))
    with pytest.raises(PasswordsLost) as caught:
        postgres.start()
    assert str(caught.value) == (
        f"{file} does not fit the data beside it: bring the file back from a copy, "
        "or move the whole folder away to begin with an empty database."
    )
    assert not (folder / "data" / "postmaster.pid").exists()
    file.write_text(right)
    postgres.start()


def test_a_half_made_cluster_is_made_again(folder):
    (folder / "data.new").mkdir()
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder) as server:
        assert value(server, "select 1") == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "data", "owner.lock", "passwords.json", "port", "postgres.log", "start.lock",
    ]  # fmt: skip


def test_who_makes_none_finds_one_or_is_told_and_nothing_is_made(folder):
    with pytest.raises(NoDatabase) as caught:
        EmbeddedPostgres(folder / "none" / "postgres", makes=False).start()
    assert str(caught.value) == (
        f"{folder}/none/postgres 没有数据库，本命令不会新建：用 YIFEN_DATA 指明数据所在的文件夹"
        "（演示的数据在其 demo 文件夹内）； 首次安装先运行 ./yifen migrate。 "
        f"There is no database in {folder}/none/postgres, and this command makes none: "
        "name the folder of the data by YIFEN_DATA (a demo's are in its folder `demo`); at a first install run "
        "./yifen migrate."
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("makes", [True, False])
def test_half_a_restore_is_no_database_and_none_is_made_over_it(folder, makes):
    (folder / "data.restoring").mkdir()
    with pytest.raises(RestoreUnfinished) as caught:
        EmbeddedPostgres(folder, makes=makes).start()
    assert str(caught.value).startswith(f"{folder} 里是一次未完成的恢复，不是数据库：删除该文件夹，重新恢复。")
    assert not (folder / "data").exists()


def test_missing_binaries_are_told_with_what_to_do(folder, monkeypatch):
    monkeypatch.setenv("YIFEN_PG_BIN", "/nowhere/bin")
    with pytest.raises(BinariesMissing) as caught:
        EmbeddedPostgres(folder).start()
    assert str(caught.value) == (
        "No PostgreSQL programs in /nowhere/bin: run ./yifen once to install them, "
        "or set YIFEN_PG_BIN to the bin folder of a PostgreSQL 15 or newer."
    )


def test_a_full_disk_is_told_from_postgresqls_own_words():
    said = "FATAL:  could not write lock file: No space left on device"
    error = explain(said, folder="/var/yifen", log="/var/yifen/postgres.log")
    assert (type(error), str(error)) == (
        DiskFull,
        "No space is left for /var/yifen: free some, then start again; nothing committed is lost.",
    )


@root_only
def test_root_runs_the_server_as_nobody(postgres, folder):
    assert Path(f"/proc/{postgres.pid}").stat().st_uid == 65534
    assert (folder / "data").stat().st_uid == 65534
    assert postgres.home == folder


@root_only
def test_root_moves_data_and_programs_where_nobody_can_reach_them(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = wanted_folder().parent.parent
    shutil.copytree(package / "pginstall18", closed / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(account, "SHARED", folder / "shared")
    bin_dir = closed / package.name / "pginstall18" / "bin"
    server = EmbeddedPostgres(closed / "var", bin_dir=bin_dir)
    for _ in range(2):  # the second start makes nothing new
        with server:
            assert value(server, "select 1") == 1
            assert server.home.parent == folder / "shared"
            assert (closed / "var" / "location").read_text() == f"{server.home}\n"
    names = sorted(path.name.split("-")[0] for path in (folder / "shared").iterdir())
    assert names == ["data", "postgresql"]
    assert closed.stat().st_mode & 0o777 == 0o700


@root_only
def test_a_plain_user_runs_it_and_root_carries_on_as_that_user(folder):
    os.chown(folder, 65534, 65534)
    plain = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    process = supervisor(folder, STOP_WHEN_TOLD, *plain)
    facts = facts_of(process)
    assert (facts["ours"], facts["home"]) == (True, str(folder))
    process.communicate("\n")
    with EmbeddedPostgres(folder) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == 65534


@root_only
def test_a_plain_user_is_told_whose_data_or_folder_it_is(postgres, folder):
    code = START.replace(
        "postgres.start()", "try: postgres.start()\nexcept Exception as e: sys.exit(e)"
    )
    command = ["setpriv", "--reuid=1", "--regid=1", "--clear-groups", sys.executable, "-c", code]
    env = os.environ | {"PYTHONPATH": str(SRC)}
    done = subprocess.run([*command, folder], env=env, capture_output=True, text=True)
    assert done.stderr == (
        f"The data in {folder}/data belong to nobody and you are daemon: run as nobody or as root, "
        "or set YIFEN_DATA to another folder.\n"
    )
    done = subprocess.run([*command, folder / "new"], env=env, capture_output=True, text=True)
    assert done.stderr == (
        f"Cannot write in {folder}/new (Permission denied): make it yours, "
        "or set YIFEN_DATA to a folder that you may write.\n"
    )
