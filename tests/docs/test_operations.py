"""The programs of the operations page do what the page says, on a database of their own."""

import re

import psycopg

from tests.docs import pages

PAGE = "docs/operations.md"
CHINESE = "docs/operations.zh.md"
INIT = "./yifen init --code 96 --name 云川省农村信用社联合社 --cut-off 23:00"
FOREIGN = re.compile("CREATE|ALTER SYSTEM|ALTER ROLE")  # of the whole server


def test_the_rest_of_the_pages_sql_runs(database):
    """As the owner, but for what the page leaves to the restricted role."""
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for block in pages.blocks(PAGE):
            if block.language == "sql" and not FOREIGN.search(block.body):
                conn.execute(block.body)  # type: ignore[arg-type]
    with psycopg.connect(database.app_url) as conn:
        conn.execute("SELECT payments_forget_messages_v1(now() - interval '90 days')")


def test_the_chinese_guide_has_the_same_parts_programs_and_names() -> None:
    """The same blocks in the same order, headings of the same depth between them, and every setting, command, file
    and table that one names the other names."""
    assert pages.blocks(CHINESE) == pages.blocks(PAGE)
    assert depths(CHINESE) == depths(PAGE)
    assert spans(CHINESE) == spans(PAGE)
    assert set(pages.links(CHINESE)) == {chinese_of(link) for link in pages.links(PAGE)}


def depths(page: str) -> list[str]:
    return re.findall(r"^(#+) ", pages.BLOCK.sub("", pages.text_of(page)), re.M)


def spans(page: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", pages.BLOCK.sub("", pages.text_of(page)).replace("\n", " ")))


def chinese_of(link: str) -> str:
    """The page in Chinese where there is one; of the guide itself the English one, which it names."""
    there = (pages.ROOT / "docs" / link.replace(".md", ".zh.md")).exists()
    return "operations.md" if link == "operations.zh.md" else link.replace(".md", ".zh.md") if there else link
