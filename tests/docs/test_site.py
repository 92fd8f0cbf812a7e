"""The documentation as a site: whole in both languages, searched by Chinese words, and nothing comes from elsewhere."""

import re
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import msgspec
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, chromium
from tests.docs import pages
from yifen.tools.site import build, staging
from yifen.tools.site.contents import PARTS
from yifen.tools.site.one_language import GENERATED, one_language

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"  # as all pages have it
CUT = "[...document.querySelectorAll('article table')].some(e => e.scrollWidth > e.clientWidth)"
FOR_DEVELOPERS = {"docs/style.md", "docs/style-code.md"}


class Read(HTMLParser):
    """What a built page has: its targets, what it loads, and scripts or handlers that stand in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found.get("id", ""), found.get("name", "")}
        if tag == "a":
            self.links.append(found.get("href", "#"))
        self.loads += [found[name] for name in ("src", "srcset", "data", "action") if found.get(name)]
        if tag == "link" and found.get("rel") not in ("prev", "next"):
            self.loads.append(found.get("href", ""))
        self.inline += [name for name in found if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in found and found.get("type") != "application/json"):
            self.inline.append(tag)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built once; a link or an anchor that leads nowhere had ended it."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    assert build.build(folder) == len(list(folder.rglob("*.html"))) > 100
    return folder


@pytest.fixture(scope="module")
def read(site: Path) -> dict[str, Read]:
    return {page.relative_to(site).as_posix(): Read(page) for page in sorted(site.rglob("*.html"))}


def test_every_page_is_there_in_both_languages_and_leads_to_itself_in_the_other(read: dict[str, Read]) -> None:
    chinese = {name for name in read if not name.startswith("en/")}
    assert {f"en/{name}" for name in chinese} == set(read) - chinese
    assert "en/operations.html" in read["operations.html"].links
    assert "../../reference/codes.html" in read["en/reference/codes.html"].links


def test_nothing_is_loaded_from_elsewhere_and_no_script_stands_in_a_page(read: dict[str, Read]) -> None:
    assert {name: page.inline for name, page in read.items() if page.inline} == {}
    assert {load for page in read.values() for load in page.loads if urlsplit(load).netloc} == set()
    assert {load for page in read.values() for load in page.loads if load.startswith("/")} == set()


def test_every_link_and_every_file_of_a_page_is_there(site: Path, read: dict[str, Read]) -> None:
    missing = []
    for name, page in read.items():
        for target in {*page.links, *page.loads}:
            parts = urlsplit(target)
            there = ((site / name).parent / unquote(parts.path)).resolve() if parts.path else site / name
            if parts.scheme or parts.netloc:
                continue
            if not there.is_file() or not there.is_relative_to(site):
                missing.append((name, target))
            elif parts.fragment and there.suffix == ".html":
                other = read[there.relative_to(site).as_posix()]
                if unquote(parts.fragment) not in {*other.ids, "__skip"}:
                    missing.append((name, target))
    assert missing == []


def test_every_page_has_its_place_among_the_readers() -> None:
    placed = [page.file for part in PARTS for page in part.pages]
    assert len(placed) == len(set(placed))
    listed = re.compile("docs/(decisions|reference/examples)/[^/]*$")  # on a page of their own
    assert {file for file in staging.sources() if not listed.match(file)} <= set(placed)


def test_every_page_but_those_for_developers_and_the_references_has_a_chinese_text() -> None:
    english = {path.relative_to(pages.ROOT).as_posix() for path in (pages.ROOT / "docs").glob("*.md")}
    chinese = {name for name in english if name.endswith(".zh.md")}
    assert {name.replace(".md", ".zh.md") for name in english - chinese - FOR_DEVELOPERS} == chinese


@pytest.mark.parametrize("link", ["nowhere.md", "concepts.md#nothing"])
def test_a_link_that_leads_nowhere_ends_the_building(tmp_path: Path, link: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# One\n\nSee [this]({link}).\n")
    (tmp_path / "docs" / "concepts.md").write_text("# Two\n")
    builder = build.run(tmp_path, build.config("en") | {"nav": [], "theme": {}, "extra_css": []})
    told, _ = builder.communicate()
    assert builder.returncode != 0
    assert link in build.COLOURS.sub("", told)


def test_a_fault_leaves_the_site_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("the one before")
    monkeypatch.setattr(staging, "home", lambda _: "# One\n\nSee [this](nowhere.md).\n")
    with pytest.raises(build.SiteError, match=r"(?s)cannot be built.*nowhere\.md"):
        build.build(tmp_path / "docs")
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]
    assert (tmp_path / "docs" / "index.html").read_text() == "the one before"


def test_links_stay_in_the_language_and_what_is_no_page_is_only_named() -> None:
    known = frozenset(staging.sources())
    text = "[a](docs/start.zh.md#7-日切) [b](src/yifen/core/plugs.py) [c](https://example.cn)\n```\n[d](src/x.py)\n```\n"
    assert staging.linked(text, "README.md", known) == (
        "[a](start.md#7-日切) b [c](https://example.cn)\n\n```\n[d](src/x.py)\n```\n\n"
    )
    assert staging.linked("[a](../SECURITY.md)", "docs/reference/codes.md", known) == "a"
    assert staging.linked("[a](../../SECURITY.md)", "docs/reference/codes.md", known) == "[a](../security.md)"


def test_lists_tables_and_wrapped_lines_are_written_as_the_builder_reads_them() -> None:
    table = "| a |\n|---|\n| b |\n"
    inner = "{0}| c |\n{0}|---|\n"
    fence = "```\na\n- b\n```\n"
    text = f"一行，\n两行。\n- 甲\n  乙\n- 丙\n\n词\n{table}之后\n1. one\n\n{inner.format('   ')}{fence}2. two\n"
    assert staging.blocks(text) == (
        f"一行，两行。\n\n- 甲乙\n- 丙\n\n词\n\n{table}\n之后\n\n1. one\n\n{inner.format('    ')}\n\n{fence}\n2. two\n"
    )


def test_what_is_a_list_or_a_table_on_a_page_is_one_in_the_site(site: Path) -> None:
    for language, folder in (("zh", site), ("en", site / "en")):
        for file in ("README.md", "docs/pages.md", "docs/operations.md", "docs/reconciliation.md", "docs/start.md"):
            text = pages.BLOCK.sub("", staging.text_of(file, language))
            html = (folder / staging.place_of(file).with_suffix(".html")).read_text().partition("<article")[2]
            html = html.partition("</article>")[0]
            assert html.count("<li>") == len(re.findall(r"^(?:- |\d+\. )", text, re.M)), (language, file)
            assert html.count("<table>") == len(re.findall(r"^ *\|[-|: ]+\|$", text, re.M)), (language, file)


def test_a_generated_page_keeps_the_columns_and_the_part_of_its_language(site: Path) -> None:
    text = (f"# Both 两种\n\n{GENERATED}; … -->\n\n| a | 中文 | English | 柜员<br>teller |\n| --- | --- | --- | --- |\n"
            "| `x\\|y` | 甲 | one | ● |\n\n# 中文\n\n乙\n\n# English\n\ntwo\n")  # fmt: skip
    assert one_language(text, "zh").partition("-->\n\n")[2] == (
        "| a | 中文 | 柜员 |\n| --- | --- | --- |\n| `x\\|y` | 甲 | ● |\n\n\n乙\n\n")
    assert one_language(text, "en").partition("-->\n\n")[2] == (
        "| a | English | teller |\n| --- | --- | --- |\n| `x\\|y` | one | ● |\n\n\ntwo\n")
    by_hand = text.replace(GENERATED, "<!--")
    assert one_language(by_hand, "zh") == by_hand
    there = [(site / name / "reference" / "codes.html").read_text() for name in ("", "en")]
    assert [("成功" in page, "Done." in page) for page in there] == [(True, False), (False, True)]


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """The site, served below /docs/ with the policy of the pages."""

    class Served(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/docs"))

        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Served, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/docs"
    server.shutdown()
    server.server_close()


def test_no_table_of_the_references_is_cut_on_a_desk(address: str) -> None:
    """The widest of them."""
    if chromium() is None:
        pytest.skip("no Chromium here")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page, cut = browser.new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False), list[str]()
        for name in ("reference/commands", "en/reference/commands", "reference/roles", "en/reference/roles"):
            page.goto(f"{address}/{name}.html")
            cut += [name] * page.evaluate(CUT)
        browser.close()
    assert cut == []


def test_a_chinese_word_is_found_in_the_browser_under_the_pages_policy(site: Path, address: str) -> None:
    """冲正 stands within longer runs of characters; the site's own search finds it, and loads nothing of others."""
    index = msgspec.json.decode((site / "search.json").read_bytes())
    assert any("冲正" in item["text"] and item["location"].startswith("concepts.html") for item in index["items"])
    if chromium() is None:
        pytest.skip("no Chromium here")
    said, asked = list[str](), list[str]()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(locale="zh-CN")
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/index.html", wait_until="networkidle")
        page.keyboard.press("/")
        page.keyboard.type("冲正")
        found = page.locator("ol a", has_text="冲正")
        found.first.wait_for()
        places = [link.get_attribute("href") or "" for link in found.all()]
        browser.close()
    assert any("/docs/concepts.html" in place for place in places)
    assert (said, [url for url in asked if not url.startswith(f"{address}/")]) == ([], [])
