"""The pictures of the documentation: each is named by a page of its language, made by the one command, and small."""

import re

from tests.browser.docs_shots import IMAGES, PICTURES
from tests.docs import pages

NAMED = re.compile(r"!\[([^\]]*)\]\((?:docs/)?images/([a-z-]+)\.(\w+)\.webp\)")
FILES_MAX, BYTES_MAX = 40, 3_000_000


def named() -> list[tuple[str, str, str, str]]:
    """(page, words, picture, language) of every picture that a page shows."""
    texts = [*pages.ROOT.glob("README*.md"), *(pages.ROOT / "docs").rglob("*.md")]
    return [(path.name, *found) for path in texts for found in NAMED.findall(path.read_text(encoding="utf-8"))]


def test_every_picture_is_made_by_the_command_and_named_by_a_page_of_its_language() -> None:
    files = {path.name for path in IMAGES.iterdir()}
    assert files == {f"{one.name}.{language}.webp" for one in PICTURES for language in ("zh", "en")}
    assert files == {f"{picture}.{language}.webp" for _, _, picture, language in named()}
    assert [row for row in named() if row[0].endswith(".zh.md") != (row[3] == "zh") or not row[1]] == []


def test_both_languages_show_the_same_pictures_at_the_same_places() -> None:
    shown: dict[str, list[str]] = {}
    for page, _, picture, _ in named():
        shown.setdefault(page, []).append(picture)
    assert {name.replace(".zh.md", ".md"): row for name, row in shown.items() if ".zh." in name} == {
        name: row for name, row in shown.items() if ".zh." not in name
    }


def test_they_are_few_and_small() -> None:
    sizes = [path.stat().st_size for path in IMAGES.iterdir()]
    assert (len(sizes) <= FILES_MAX, sum(sizes) <= BYTES_MAX) == (True, True), (len(sizes), sum(sizes))
    assert all(path.read_bytes()[8:12] == b"WEBP" for path in IMAGES.iterdir())
