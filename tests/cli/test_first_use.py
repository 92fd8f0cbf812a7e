"""What somebody sees who starts the commands for the first time."""

import argparse
import json
import subprocess
import sys
import time
from http.client import HTTPConnection
from importlib import invalidate_caches
from pathlib import Path

import pytest

from tests.running import Gateway, Web
from tests.world import Database
from yifen import __version__
from yifen.core.facts import logs
from yifen.core.facts.processes import GATEWAY, NIGHT, OWNER, WEB, WORKER
from yifen.core.facts.settings import read_settings
from yifen.tools.cli import listening
from yifen.tools.cli.main import commands, main


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"yifen {__version__}\n")


MAKE_OR_NEED_NONE = {"migrate", "demo", "bench", "restore", "sim", "certify", "docs"}
FOUND_NONE = {
    "serve": [], "web": [], "worker": ["--night"], "verify": [], "anchor": [], "reseal": [], "doctor": [],
    "archive": [],
    "backup": ["--to", "/nowhere/b"], "cut": [], "eod": [], "init": ["--code", "96", "--name", "X"],
    "reconcile": ["x", "--partner", "X"], "bills": ["check", "x", "--biller", "X"],
    "banks": [__file__], "pos": [], "tcp": [],
}  # fmt: skip


def test_a_command_that_makes_no_database_says_that_there_is_none_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("YIFEN_DATABASE_URL", "YIFEN_OWNER_URL", "YIFEN_BACKUP_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(logs, "configure", lambda: None)
    monkeypatch.setenv("YIFEN_DATA", str(tmp_path / "none"))
    assert {command.name for command in commands()} == FOUND_NONE.keys() | MAKE_OR_NEED_NONE
    for name, words in FOUND_NONE.items():
        code, said = main([name, *words]), "".join(capsys.readouterr())
        assert (code, f"{tmp_path}/none/postgres 没有数据库，本命令不会新建" in said) == (1, True), (name, said)
        assert f"There is no database in {tmp_path}/none/postgres, and this command makes none" in said
        assert list(tmp_path.iterdir()) == [], name


def test_migrate_says_what_it_does_before_it_does_it(database: Database) -> None:
    done = subprocess.run([sys.executable, "-m", "yifen", "migrate"], env=database.environment(OWNER),
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n")
    assert done.stderr == "bringing tables, functions and rights up to this version: up to a minute\n"


@pytest.mark.parametrize(("words", "role", "queues", "job"), [
    ([], WORKER, ["steady", "asked"], "core.forget_sessions"), (["--night"], NIGHT, ["night"], "night.run"),
], ids=["worker", "night"])  # fmt: skip
def test_a_worker_says_when_it_is_at_work_and_on_what(
    database: Database, tmp_path: Path, words: list[str], role: str, queues: list[str], job: str
) -> None:
    said = tmp_path / "log"
    with said.open("wb") as log:
        worker = subprocess.Popen([sys.executable, "-m", "yifen", "worker", *words],
                                  env=database.environment(role, YIFEN_DATA=str(tmp_path)), stderr=log)  # fmt: skip
    deadline = time.monotonic() + 60
    try:
        while not said.read_bytes().endswith(b"\n"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        worker.terminate()
        assert worker.wait(60) == 0
    told = json.loads(said.read_text().splitlines()[0])
    assert (told["event"], told["level"], told["queues"]) == ("the worker is at work", "info", queues)
    assert job in told["jobs"]


def test_a_version_is_looked_at_whole_before_it_is_switched_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what only a page that nobody has opened yet would load; migrations are none of it."""
    parts, asked = ("late_version", "late_version/pages", "late_version/migrations"), list[str]()
    for part in parts:
        (tmp_path / part).mkdir()
        (tmp_path / part / "__init__.py").touch()
    (tmp_path / parts[2] / "m0001.py").write_text("this is no Python\n")
    monkeypatch.syspath_prepend(tmp_path)
    listening.import_all("late_version")
    (tmp_path / parts[1] / "seldom.py").write_text("this is no Python\n")
    invalidate_caches()
    with pytest.raises(SyntaxError, match="invalid syntax"):
        listening.import_all("late_version")
    monkeypatch.setattr(logs, "configure", lambda: None)
    monkeypatch.setattr(listening, "import_all", lambda *names: asked.extend(names))
    args = argparse.Namespace(check=True)
    listening.listen(args, read_settings({}), "yifen.project.asgi:app", 0, ("a", "b"))
    assert asked == ["yifen.project.asgi", "a", "b"]


@pytest.mark.parametrize(("command", "role"), [(Web, WEB), (Gateway, GATEWAY)], ids=["web", "serve"])
def test_every_line_of_a_server_s_log_is_json(database: Database, command: type[Gateway], role: str) -> None:
    with command(database.environment(role)) as running:
        asking = HTTPConnection("127.0.0.1", running.port, timeout=10)
        statuses = []
        for path in ("/health", "/ready", "/nope/"):
            asking.request("GET", path)
            answer = asking.getresponse()
            answer.read()
            statuses.append(answer.status)
        asking.close()
        assert statuses == [200, 200, 404]
        running.stop()
        said = [json.loads(line) for line in running.log().splitlines()]
    assert f"Listening at: http://127.0.0.1:{running.port}" in [line["event"] for line in said]
    assert {line["level"] for line in said} == {"info"}
