"""References are generated and complete; every relative link leads somewhere."""

from functools import cache

import pytest

from tests.docs import pages
from tests.trees import tree_of
from yifen.core.access.roles import grants, roles
from yifen.core.facts.settings import SETTINGS
from yifen.core.plugs import result_codes
from yifen.core.wire.messages import REQUESTS
from yifen.tools.cli.docs import pages as made
from yifen.tools.cli.main import commands

generated = cache(made)
PAGES = sorted(
    str(path.relative_to(pages.ROOT))
    for path in [*pages.ROOT.glob("*.md"), *(pages.ROOT / "docs").rglob("*.md")]
)


@pytest.mark.parametrize("name", sorted(generated()))
def test_a_reference_is_what_the_tables_say_now(name):
    """`./yifen docs` writes them anew."""
    assert pages.text_of(f"docs/reference/{name}") == generated()[name]


def test_no_generated_reference_is_left_over():
    folder = pages.ROOT / "docs" / "reference"
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == {*generated(), "glossary.md"}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("settings.md", [f"| `{setting.name}` |" for setting in SETTINGS]),
        ("codes.md", [f"| {code:04d} | `{code.name}` |" for code in result_codes().values()]),
        ("commands.md", [f"| `./yifen {c.name}` |" for c in commands()] + ["| `./yifen test` |"]),
        ("roles.md", [f"| `{permission}` |" for permission in grants()]),
        ("messages.md", [f"## `{verb}` " for verb in REQUESTS]),
    ],
)  # fmt: skip
def test_every_name_stands_in_the_reference(page, words):
    text = pages.text_of(f"docs/reference/{page}")
    assert [word for word in words if word not in text] == []


def test_every_role_stands_in_the_reference():
    text = pages.text_of("docs/reference/roles.md")
    assert [row for row in roles().values() if f"{row.zh}<br>{row.en}" not in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page):
    folder = (pages.ROOT / page).parent
    assert [target for target in pages.links(page) if not (folder / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_can_be_read_by_python(page):
    for block in pages.blocks(page):
        if block.language == "python":
            tree_of(block.body)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_pages_is_there(page):
    names = {command.name for command in commands()} | {"test"}
    said = {
        line.removeprefix("$ ").split()[1]
        for block in pages.blocks(page)
        for line in block.body.splitlines()
        if line.removeprefix("$ ").startswith("./yifen ")
    }
    assert said <= names


@pytest.mark.parametrize("page", PAGES)
def test_every_code_a_page_names_has_its_number(page):
    """`4001 SERIAL_REUSED`: number and name belong together."""
    named = pages.NUMBERED.findall(pages.text_of(page))
    assert [pair for pair in named if pair[1] not in result_codes()
            or result_codes()[pair[1]] != int(pair[0])] == []  # fmt: skip
