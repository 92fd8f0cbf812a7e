"""Every text has its English: the catalogues are what the sources give, complete and compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext")
def test_the_catalogues_are_complete():
    done = subprocess.run(
        [str(ROOT / "tools" / "messages"), "--check"], capture_output=True, text=True,
        env={**os.environ, "YIFEN_VENV": str(Path(sys.executable).parents[1])},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
