"""The pages of one language as the builder reads them: links lead to pages of the same language, and what stands
outside of the site is named, not linked."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from shutil import copyfile, copytree

from yifen.core.facts.plug import Text
from yifen.core.facts.settings import ROOT
from yifen.tools.site.contents import HOME, PARTS, place_of
from yifen.tools.site.one_language import one_language

OUTSIDE = ("README.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md")  # pages that stand beside docs/
LISTED = {"decisions": Text("决定（英文）", "Decisions"), "reference/examples": Text("示例程序", "Example programs")}
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
# The line below a title that leads to other pages: the site has its menu for that.
WAYS = re.compile(r"\A(# [^\n]*\n)\n(?:\[[^\]]*\]\([^)]*\)(?:（英文）)?(?: ·)?[ \n])+\n")
# A line that is wrapped between two Chinese characters.
WRAPPED = re.compile(
    r"^(?![#|])(.*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\n *(?=[\u201c\u3008-\u3011\u4e00-\u9fff\uff08])", re.M
)
ADJOINING = re.compile(r"^(?:(?![-|#\s]|1\. )\S.*\n(?=- |1\. |\|)|\|.*\n(?=[^|\s]))", re.M)
INDENTED = re.compile(r"(?<=\n\n)(?: {2,3}\S.*\n)+")
HEADING = re.compile(r"^#+ ", re.M)
TITLE = re.compile(r"^# (.*)$", re.M)


def sources() -> list[str]:
    """Every page by its English file: the few beside docs/, and all in it."""
    inside = (ROOT / "docs").rglob("*.md")
    names = {path.relative_to(ROOT).as_posix().replace(".zh.md", ".md") for path in inside}
    return [*OUTSIDE, *sorted(names)]


def text_of(file: str, language: str) -> str:
    """A page; of one without a Chinese text the English one."""
    own = ROOT / file.replace(".md", f".{language}.md")
    return (own if own.exists() else ROOT / file).read_text(encoding="utf-8")


def stage(folder: Path, language: str) -> None:
    """Writes all pages, pictures and files of one language into an empty folder."""
    known = sources()
    pages = {file: text_of(file, language) for file in known} | dict(lists(language))
    for file, text in pages.items():
        write(folder / place_of(file), linked(WAYS.sub(r"\1\n", one_language(text, language)), file, frozenset(pages)))
    write(folder / "index.md", home(language))
    copytree(ROOT / "docs" / "images", folder / "images")
    copytree(ROOT / "docs" / "reference" / "xsd", folder / "reference" / "xsd", dirs_exist_ok=True)
    copyfile(ROOT / "docs" / "reference" / "openapi.json", folder / "reference" / "openapi.json")
    copyfile(ROOT / "src" / "yifen" / "face" / "static" / "yifen" / "icon.svg", folder / "icon.svg")
    copyfile(Path(__file__).with_name("site.css"), folder / "site.css")


def home(language: str) -> str:
    """The first page: who reads what."""
    chosen = 1 if language == "en" else 0
    lines = [HOME[chosen]]
    for part in PARTS:
        lines.append(f"\n## {part.title[chosen]}\n\n{part.who[chosen]}\n\n")
        lines += [f"- [{page.title[chosen]}]({place_of(page.file)})\n" for page in part.pages]
    return "".join(lines)


def lists(language: str) -> Iterator[tuple[str, str]]:
    """Pages that list what a folder holds."""
    chosen = 1 if language == "en" else 0
    for folder, title in LISTED.items():
        files = sorted((ROOT / "docs" / folder).glob("*.md"))
        rows = [f"- [{title_of(file)}]({file.name})\n" for file in files]
        yield f"docs/{folder}/index.md", f"# {title[chosen]}\n\n" + "".join(rows)
    names = sorted(path.name for path in (ROOT / "docs" / "reference" / "xsd").iterdir())
    yield "docs/reference/xsd/index.md", "# XSD\n\n" + "".join(f"- [{name}]({name})\n" for name in names)


def title_of(file: Path) -> str:
    found = TITLE.search(file.read_text(encoding="utf-8"))
    return found[1] if found else file.stem


def linked(text: str, file: str, pages: frozenset[str]) -> str:
    """The text with its links led to the site's pages and one title, as the builder reads Markdown."""
    here = place_of(file).parent

    def led(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        path, mark, anchor = target.partition("#")
        if ":" in target or not path:
            return found[0]
        place = site_place(PurePosixPath(os.path.normpath(PurePosixPath(file).parent / path)), pages)
        if place is None:
            return str(words)
        return f"{picture}[{words}]({os.path.relpath(place, here)}{mark}{anchor})"

    return outside_fences(LINK, led, blocks(one_title(text)))


def blocks(text: str) -> str:
    """What the builder's Markdown takes otherwise than others do: lists, tables and fences begin and end with an empty
    line, what belongs to an item stands four spaces in; and a line is joined where a space would stand in Chinese."""
    text = FENCE.sub(lambda found: f"\n{found[0]}\n", text)
    text = outside_fences(WRAPPED, lambda found: found[1], text)
    text = outside_fences(ADJOINING, lambda found: f"{found[0]}\n", text)
    return outside_fences(INDENTED, lambda found: re.sub(r"^ +", "    ", found[0], flags=re.M) + "\n", text)


def one_title(text: str) -> str:
    """A page with several titles has but one in the site, so that its parts are listed beside it."""
    title = TITLE.search(text)
    if title is None or not TITLE.search(FENCE.sub("", text[title.end() :])):
        return text
    return text[: title.end()] + outside_fences(HEADING, lambda found: f"#{found[0]}", text[title.end() :])


def outside_fences(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str) -> str:
    """Changes what is found; programs and other fenced blocks stay as they are."""
    parts, at = [], 0
    for fence in FENCE.finditer(text):
        parts += [pattern.sub(change, text[at : fence.start()]), fence[0]]
        at = fence.end()
    return "".join([*parts, pattern.sub(change, text[at:])])


def site_place(path: PurePosixPath, pages: frozenset[str]) -> PurePosixPath | None:
    """Where the site has a file of the checkout; None: nowhere, as with programs."""
    name = path.as_posix().replace(".zh.md", ".md")
    if name in pages:
        return place_of(name)
    if f"{name}/index.md" in pages:
        return place_of(f"{name}/index.md")
    inside = path.parts[0] == "docs" and path.suffix != ".md" and (ROOT / path).is_file()
    return place_of(name) if inside else None


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
