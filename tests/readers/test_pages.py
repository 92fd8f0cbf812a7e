"""The pages about files name every format as the registry does."""

import pytest

from tests.docs import pages
from yifen.trades.reconciliation.readers.registry import FORMATS


@pytest.mark.parametrize(("page", "other"), [("docs/files.md", "zh"), ("docs/files.zh.md", "en")])
def test_every_format_stands_in_both_tables_of_the_page(page: str, other: str) -> None:
    lines = [line for line in pages.text_of(page).splitlines() if line.startswith("| `")]
    for found in FORMATS.values():
        own = [line for line in lines if line.startswith(f"| `{found.code}` |")]
        assert len(own) == 2
        assert getattr(found, other) in own[0]
