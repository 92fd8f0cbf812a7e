"""The bill of materials and the audit of the lock: offline, from the lock's own lines and a database of
this machine; what could not be checked is said, and is not success."""

import json
import os
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from yifen.core.facts.settings import ROOT
from yifen.tools.supply import audit, sbom
from yifen.tools.supply.advisories import is_affected
from yifen.tools.supply.lock import LockError, read_lock

LOCK = f"""# made by tools/lock
Django==5.2.1 \\
    --hash=sha256:{"a" * 64} \\
    --hash=sha256:{"b" * 64}
psycopg-binary==3.3.1 ; implementation_name != 'pypy' \\
    --hash=sha256:{"c" * 64}
granian[uvloop]==2.8.0 \\
    --hash=sha256:{"d" * 64}
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK)
    return path


def record(id: str = "PYSEC-1", package: str = "django", **affected: Any) -> dict[str, Any]:
    part = {"package": {"ecosystem": "PyPI", "name": package}, **affected}
    return {"id": id, "modified": "2026-11-01T00:00:00Z", "aliases": ["CVE-2026-1"],
            "summary": "a hole", "affected": [part]}  # fmt: skip


def span(*events: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in events]}]}


HOLE = record(**span(("introduced", "0"), ("fixed", "5.2.2")))
NO_HOLE = record("PYSEC-2", **span(("introduced", "5.2.2"), ("fixed", "5.3")))


def run(capsys: pytest.CaptureFixture[str], lock: Path, database: Path, *more: str) -> tuple[int, str, str]:
    code = audit.main(["--lock", str(lock), "--database", str(database), *more])
    said = capsys.readouterr()
    return code, said.out, said.err


# --- the bill ------------------------------------------------------------------------------------


def test_every_pin_of_the_real_lock_stands_in_the_bill_with_version_and_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text()
    found = sbom.bill(ROOT / "requirements.lock")
    wanted = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE))
    assert {part["name"]: part["version"] for part in found["components"]} == wanted
    hashes = [digest["content"] for part in found["components"]
              for file in part["externalReferences"] for digest in file["hashes"]]  # fmt: skip
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", text))
    assert found["dependencies"][0]["dependsOn"] == [part["purl"] for part in found["components"]]


def test_the_bill_is_cyclonedx_and_the_same_lock_gives_the_same_bytes(lock: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert sbom.main(["--lock", str(lock), "--output", str(tmp_path / name)]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    found = json.loads((tmp_path / "one").read_bytes())
    assert (found["bomFormat"], found["specVersion"], found["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", found["serialNumber"])
    django, granian, psycopg = found["components"]
    assert (django["purl"], django["type"]) == ("pkg:pypi/django@5.2.1", "library")
    assert [file["hashes"] for file in django["externalReferences"]] == [
        [{"alg": "SHA-256", "content": digit * 64}] for digit in "ab"
    ]
    assert (granian["name"], granian["version"]) == ("granian", "2.8.0")
    assert psycopg["properties"] == [{"name": "yifen:marker", "value": 'implementation_name != "pypy"'}]


def test_another_lock_is_another_bill(lock: Path) -> None:
    before = sbom.bill(lock)["serialNumber"]
    lock.write_text(LOCK.replace("5.2.1", "5.2.2"))
    assert sbom.bill(lock)["serialNumber"] != before


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "there is no pin in it"), ("django>=5 --hash=sha256:" + "a" * 64, "no NAME==VERSION"),
     ("django==5.2", "with a sha256"), ("django==5.2,==5.3 --hash=sha256:" + "a" * 64, "no NAME==VERSION"),
     ("-r other.txt", "is no requirement"), ("django==5.2 ; nonsense --hash=sha256:" + "a" * 64, "is no requirement")],
)  # fmt: skip
def test_a_lock_that_is_not_whole_makes_no_bill(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.lock").write_text(text)
    assert sbom.main(["--lock", str(tmp_path / "bad.lock"), "--output", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(LockError):
        read_lock(tmp_path / "none.lock")


# --- the audit -----------------------------------------------------------------------------------


def database(tmp_path: Path, kind: str, *records: dict[str, Any]) -> Path:
    if kind == "file":
        (tmp_path / "all.json").write_text(json.dumps(list(records)))
        return tmp_path / "all.json"
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for row in records:
                archive.writestr(f"{row['id']}.json", json.dumps(row))
        return tmp_path / "all.zip"
    for row in records:
        path = tmp_path / "osv" / "django" / f"{row['id']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row))
    return tmp_path / "osv"


@pytest.mark.parametrize("kind", ["folder", "zip", "file"])
def test_a_weakness_is_found_in_each_form_of_database(
    kind: str, lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, lock, database(tmp_path, kind, HOLE, NO_HOLE))
    assert code == 1
    assert "django 5.2.1: PYSEC-1 (CVE-2026-1) a hole\n  without it: 5.2.2\n" in out
    assert "PYSEC-2" not in out
    assert "3 packages against 2 records of PyPI, the newest of 2026-11-01T00:00:00Z: 1 found, 0 ignored" in out


def test_nothing_found_is_0_and_says_what_no_list_speaks_of(
    lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, lock, database(tmp_path, "folder", NO_HOLE))
    assert (code, "0 found" in out) == (0, True)
    assert "not checked: libpq and OpenSSL, in psycopg-binary" in out
    assert "PostgreSQL, the embedded server" not in out  # not in this lock


@pytest.mark.parametrize("ignored", ["PYSEC-1", "CVE-2026-1"])
def test_one_that_was_looked_at_is_ignored_by_any_of_its_names(
    ignored: str, lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, lock, database(tmp_path, "folder", HOLE), "--ignore", ignored)
    assert (code, "0 found, 1 ignored" in out) == (0, True)


def test_a_record_that_cannot_be_read_is_named_and_is_no_success(
    lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = database(tmp_path, "folder", NO_HOLE)
    (path / "broken.json").write_text("{")
    code, out, _ = run(capsys, lock, path)
    assert (code, "not checked: broken.json cannot be read" in out) == (2, True)


@pytest.mark.parametrize("made", ["none", "empty", "other ecosystem", "no zip"])
def test_without_a_usable_database_nothing_is_said_to_be_checked(
    made: str, lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("x.zip" if made == "no zip" else "db")
    if made == "empty":
        path.mkdir()
    elif made == "other ecosystem":
        row = record()
        row["affected"][0]["package"]["ecosystem"] = "npm"
        path.write_text(json.dumps(row))
    elif made == "no zip":
        path.write_bytes(b"no zip")
    code, out, err = run(capsys, lock, path)
    assert (code, out) == (2, "")
    assert err.startswith("tools/audit: ")


def test_without_database_and_pip_audit_it_says_that_nothing_was_checked(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert audit.main(["--lock", str(lock)]) == 2
    assert "nothing was checked" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("part", "affected"),
    [
        (span(("introduced", "0"), ("fixed", "5.2.1")), False),
        (span(("introduced", "0"), ("fixed", "5.2.1.post1")), True),
        (span(("introduced", "5.2.1")), True),
        (span(("introduced", "5.2.2")), False),
        (span(("introduced", "0"), ("last_affected", "5.2.1")), True),
        (span(("introduced", "0"), ("last_affected", "5.2.0")), False),
        (span(("fixed", "5.0"), ("introduced", "0"), ("introduced", "5.2"), ("fixed", "5.2.5")), True),
        (span(("introduced", "0"), ("fixed", "4.0"), ("introduced", "5.3")), False),
        ({"versions": ["5.2.1"]}, True),
        ({"versions": ["5.2.0", "5.2.10"]}, False),
        (span(("introduced", "what?")), True),  # a person has to look
        ({}, False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_which_versions_are_affected(part: dict[str, Any], affected: bool) -> None:
    assert is_affected("5.2.1", part) is affected


def test_names_are_compared_as_pypi_does_and_a_withdrawn_record_is_none(
    lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = record("PYSEC-3", "Psycopg_Binary", versions=["3.3.1"])
    gone = record("PYSEC-4", versions=["5.2.1"]) | {"withdrawn": "2026-01-01T00:00:00Z"}
    code, out, _ = run(capsys, lock, database(tmp_path, "folder", other, gone))
    assert (code, "PYSEC-3" in out, "PYSEC-4" in out) == (1, True, False)


def test_both_commands_run_without_a_network(lock: Path, tmp_path: Path) -> None:
    """In a network name space of their own where the kernel gives one, else as they are."""
    path = database(tmp_path, "file", HOLE)
    apart = ["unshare", "-rn"] if not subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode else []
    env = os.environ | {"YIFEN_VENV": os.environ.get("YIFEN_VENV", str(ROOT / ".venv"))}
    made = subprocess.run([*apart, ROOT / "tools/sbom"], env=env, capture_output=True, timeout=120)
    assert json.loads(made.stdout)["bomFormat"] == "CycloneDX"
    found = subprocess.run([*apart, ROOT / "tools/audit", "--lock", lock, "--database", path], env=env,
                           capture_output=True, timeout=120)  # fmt: skip
    assert found.returncode == 1
