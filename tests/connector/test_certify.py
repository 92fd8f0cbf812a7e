"""`./yifen certify db`: what a mapping promises, tried on the three kinds; and a mapping that promises too much."""

from pathlib import Path

import pytest

from tests.connector.bench import NUMBERS
from tests.connector.utilities import MAPPING, SECRET, SqliteUtility, Utility
from yifen.tools.cli.main import main


def certified(utility: Utility, mapping: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    account = f"77{next(NUMBERS):08d}"
    utility.owe(account, *(100 + number for number in range(30)))
    file = folder / "water.toml"
    file.write_text(mapping)
    one = utility.address
    url = f"sqlite:///{utility.file}" if isinstance(utility, SqliteUtility) else (
        f"{one.kind}://{one.user}:{SECRET}@127.0.0.1:{one.port}/{one.database}")  # fmt: skip
    more = [] if isinstance(utility, SqliteUtility) else ["--write-url", f"{one.kind}://{one.write_user}:{SECRET}@"]
    code = main(["certify", "db", str(file), "--url", url, "--account", account, *more])
    return code, capsys.readouterr().out


def test_a_good_mapping_passes_every_case_and_leaves_nothing(utility: Utility, tmp_path: Path, capsys):
    code, said = certified(utility, MAPPING, tmp_path, capsys)
    assert [line for line in said.splitlines() if line.startswith("[") and " pass " not in line] == []
    assert (code, "13, " in said) == (0, True)
    assert utility.receipts() == {}


def test_a_mapping_without_its_guards_fails_where_it_matters(utility: Utility, tmp_path: Path, capsys):
    """A bill is paid twice; and where another amount is found than was written, nothing is."""
    loose = MAPPING.replace(" AND paid = 0 AND amount = :bill_yuan", "")
    code, said = certified(utility, loose, tmp_path, capsys)
    failed = {line.split()[1] for line in said.splitlines() if line.startswith("[") and " fail " in line}
    assert (code, failed) == (1, {"D-09"})
    other = loose.replace("SELECT amount, state", "SELECT 7 AS amount, state")
    code, said = certified(utility, other, tmp_path, capsys)
    failed = {line.split()[1] for line in said.splitlines() if line.startswith("[") and " fail " in line}
    assert (code, failed) == (1, {f"D-{number:02d}" for number in range(4, 14)} - {"D-10"})
    assert utility.receipts() == {}
