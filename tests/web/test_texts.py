"""Every text has its English: the catalogues are what the sources give, complete and compiled."""

import os
import shutil
import subprocess
import sys
from gettext import GNUTranslations
from io import BytesIO
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


def test_a_text_has_the_same_english_in_every_catalogue():
    """Django pours all of them into one: of two translations of a text one would never be seen. Where it
    means two things, it is given a context."""
    told: dict[str, set[str]] = {}
    for path in (ROOT / "src" / "yifen").rglob("django.mo"):
        catalogue: dict[str, str] = GNUTranslations(BytesIO(path.read_bytes()))._catalog  # type: ignore[attr-defined]
        for text, english in catalogue.items():
            told.setdefault(text, set()).add(english)
    assert {text: found for text, found in told.items() if text and len(found) > 1} == {}
