"""The units of systemd: they are read by it, shut in, and start what there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs import pages
from yifen.tools.cli.main import parser_of

UNITS = sorted((ROOT / "ops" / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
EXPOSURE_MAX = 15  # tenths: `systemd-analyze security` calls up to 20 ok
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


def lines(unit: Path, name: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(f"{name}=")]


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As they would lie in /etc/systemd/system, of a checkout that is this one."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        (folder / unit.name).write_text(unit.read_text().replace("/srv/yifen/yifen", str(ROOT / "yifen")))
    return folder


@needs_systemd
def test_systemd_reads_them_without_a_word(placed: Path) -> None:
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(placed.iterdir())],
                          capture_output=True, text=True)  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "yifen" in line]
    assert (done.returncode, ours) == (0, [])


@needs_systemd
def test_each_is_shut_in(placed: Path) -> None:
    for unit in SERVICES:
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}",
                               placed / unit.name], capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, f"{unit.name}: {done.stdout.splitlines()[-1]}"


def test_each_starts_a_command_that_is_there_as_an_account_of_its_own() -> None:
    assert [unit.name for unit in UNITS] == [
        "yifen-backup.service", "yifen-backup.timer", "yifen-gateway.service", "yifen-night.service",
        "yifen-pos.service", "yifen-tcp.service",
        "yifen-wal.service", "yifen-web.service", "yifen-worker.service"]  # fmt: skip
    for unit in SERVICES:
        for line in lines(unit, "ExecStart") + lines(unit, "ExecReload"):
            program, command, *words = line.split()
            assert program == "/srv/yifen/yifen"
            parser_of(command).parse_args([command, *words])
        owner = {"yifen-wal": "yifen-backup", "yifen-worker": "yifen-web"}.get(unit.stem, unit.stem)
        assert (lines(unit, "User"), lines(unit, "StateDirectory")) == ([owner], [owner])
        role = "backup" if unit.stem == "yifen-wal" else unit.stem[6:]
        assert lines(unit, "EnvironmentFile") == ["/etc/yifen/common.env", f"/etc/yifen/{role}.env"]
    reloaded = [unit.stem for unit in SERVICES if lines(unit, "ExecReload")]
    assert reloaded == ["yifen-gateway", "yifen-web"]


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/operations.zh.md"])
def test_the_guide_makes_every_account_folder_and_file_that_they_name(page: str) -> None:
    """Those of StateDirectory systemd makes by itself."""
    block = next(block.body for block in pages.blocks(page) if "groupadd" in block.body)
    made = {path: owner for owner, path in re.findall(r"^install -d .*-o (\S+) .* (/\S+)", block, re.M)}
    accounts = {f"yifen-{name}" for name in looped(block, "useradd")}
    files = {f"/etc/yifen/{name}.env" for name in looped(block, "touch")}
    assert (made["/etc/yifen"], made["/srv/yifen"]) == ("root", "root")
    for unit in SERVICES:
        (user,) = lines(unit, "User")
        assert user in accounts
        assert f"groupadd --system {lines(unit, 'Group')[0]}\n" in block
        assert {made[path] for path in lines(unit, "ReadWritePaths")} <= {user}
        assert set(lines(unit, "WorkingDirectory")) <= made.keys()
        assert set(lines(unit, "EnvironmentFile")) <= files


def looped(block: str, verb: str) -> list[str]:
    """The words of the loop that does this."""
    return next(words for words in re.findall(rf"^for name in (.*); do .*\b{verb}\b", block, re.M)).split()
