"""Every command in a process of its own, as an operator calls it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.conftest import place
from tests.web.province import Province
from tests.world import Database
from yifen.core.facts.processes import NIGHT, WEB, WORKER

__all__ = ["place"]
SRC = str(Path(__file__).resolve().parents[2] / "src")
EACH = """
from yifen.tools.cli.main import commands, parser_of
for command in commands():
    parser_of(command.name)
print(len(commands()))
"""
BILLS = """Account Number,Account Name,Bill Reference,Title,Amount Due,Due Date
3201000001,张三,2026-11,November water,"1,234.56",2026-11-30
3201000002,李四,2026-11,November water,{second},2026-11-30
"""


def yifen(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "yifen", *words], env=env, capture_output=True, text=True,
                          timeout=120)  # fmt: skip


def test_each_tells_its_arguments_to_who_knows_nothing_of_it() -> None:
    done = subprocess.run([sys.executable, "-c", EACH], env={"PYTHONPATH": SRC}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) >= 17


def test_a_file_of_bills_is_looked_at(place: Province, tmp_path: Path) -> None:
    code, env = place.own.biller_code, place.database.environment(WEB)
    env.pop("DJANGO_SETTINGS_MODULE", None)  # as a shell has it
    right, wrong = tmp_path / "right.csv", tmp_path / "wrong.csv"
    right.write_text(BILLS.format(second="1.00"))
    wrong.write_text(BILLS.format(second="1.005"))
    done = yifen(env, "bills", "check", str(right), "--biller", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{code}: 2 rows, 1,235.56 yuan" in done.stdout
    done = yifen(env, "bills", "check", str(wrong), "--biller", code)
    assert (done.returncode, done.stderr) == (1, "")
    assert "line 3: " in done.stdout
    assert "1 rows are wrong: the file would be refused whole" in done.stdout
    done = yifen(env, "bills", "check", str(right), "--biller", "NOBODY")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("yifen: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["reseal", "verify", "anchor", "cut --early", "eod --early", "eod --sign li"])
@pytest.mark.parametrize("role", [WORKER, NIGHT])
def test_the_owners_work_needs_the_owners_address(shared_database: Database, command: str, role: str) -> None:
    env = shared_database.environment(role) | {"YIFEN_OWNER_URL": ""}
    done = yifen(env, *command.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"yifen: {role} does not own the tables: this is the owner's work, give it"
                           " YIFEN_OWNER_URL (docs/operations.md)\n")  # fmt: skip
