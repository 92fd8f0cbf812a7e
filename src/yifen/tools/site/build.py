"""Builds the site: Zensical makes HTML of each language's pages, offline; then every script that stood in a page stands
in a file, and the style that a script put in is a sheet, so that the policy of all pages holds here too."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from yifen.core.runtime import EdgeError
from yifen.tools.site.contents import LANGUAGES, PARTS, place_of
from yifen.tools.site.staging import stage

INLINE = re.compile(r"<script>(.*?)</script>", re.S)
# The search's own style, as its script puts it in; a sheet that a script makes needs no exception in a policy.
STYLE = re.compile(r"(\w+)\.appendChild\(\w+\(\"style\",\{\},(\w+)\.toString\(\)\)\)")
SHEET = r"\1.adoptedStyleSheets=[(()=>{let s=new CSSStyleSheet();s.replaceSync(\2.toString());return s})()]"
LANGUAGE_LINKS = re.compile(r"<link rel=\"alternate\"[^>]*>")  # a script would ask for a list of all
OTHER = "__other__"  # in a link: the same page in the other language
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
NAMES = {"zh": ("一分 · 文档", "中文"), "en": ("Yifen · Documentation", "English")}
SCHEMES = (  # as the machine is set, light, dark; a button goes round
    {"media": "(prefers-color-scheme)", "toggle": {"icon": "lucide/sun-moon", "name": "明暗 · Theme"}},
    {"media": "(prefers-color-scheme: light)", "scheme": "default",
     "toggle": {"icon": "lucide/sun", "name": "明暗 · Theme"}},
    {"media": "(prefers-color-scheme: dark)", "scheme": "slate",
     "toggle": {"icon": "lucide/moon", "name": "明暗 · Theme"}},
)  # fmt: skip


class SiteError(EdgeError):
    """The pages cannot be built: what the builder says is wrong with which line."""


def build(target: Path) -> int:
    """Makes the folder anew, whole or not at all; how many pages. SiteError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".docs-") as place:
        work = Path(place)
        for language in LANGUAGES:
            stage(work / language / "docs", language)
        running = [run(work / language, config(language)) for language in LANGUAGES]
        said = [builder.communicate()[0] for builder in running]
        if faults := [text for text, builder in zip(said, running, strict=True) if builder.returncode]:
            raise SiteError(f"the site cannot be built:\n{COLOURS.sub('', faults[0]).partition('Traceback')[0]}")
        site, english = (work / language / "site" for language in LANGUAGES)
        for language, folder in zip(LANGUAGES, (site, english), strict=True):
            settle(folder, language)
        english.rename(site / "en")
        shutil.rmtree(target, ignore_errors=True)
        site.rename(target)
    return sum(1 for _ in target.rglob("*.html"))


def run(folder: Path, told: dict[str, Any]) -> subprocess.Popen[str]:
    """The builder on the folder's `docs`; a link that leads nowhere is a fault."""
    (folder / "mkdocs.yml").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(folder / "mkdocs.yml")], cwd=folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def config(language: str) -> dict[str, Any]:
    """What the builder is told; its file is YAML, of which JSON is a part."""
    chosen = 1 if language == "en" else 0
    other = "zh" if language == "en" else "en"
    parts = [{part.title[chosen]: [{page.title[chosen]: place_of(page.file).as_posix()} for page in part.pages]}
             for part in PARTS]  # fmt: skip
    return {
        "site_name": NAMES[language][0],
        "use_directory_urls": False,
        "nav": [{"Home" if chosen else "首页": "index.md"}, *parts],
        "theme": {
            "language": language,
            "font": False,
            "logo": "icon.svg",
            "favicon": "icon.svg",
            "palette": SCHEMES,
            "features": ["content.code.copy", "navigation.footer", "navigation.sections", "navigation.top",
                         "search.highlight", "toc.follow"],
        },
        "extra_css": ["site.css"],
        "extra": {
            "generator": False,
            "alternate": [{"name": NAMES[other][1], "link": OTHER, "lang": other}],
        },
        "markdown_extensions": [
            "tables", "sane_lists", "pymdownx.superfences",
            {"pymdownx.highlight": {"anchor_linenums": False}},
            {"toc": {"permalink": True, "slugify": {"object": "pymdownx.slugs.slugify", "kwds": {"case": "lower"}}}},
        ],
    }  # fmt: skip


def settle(folder: Path, language: str) -> None:
    """Scripts out of the pages, links to the other language in, no page of the builder's own."""
    for unwanted in ("404.html", "sitemap.xml"):
        (folder / unwanted).unlink()
    for script in (folder / "assets" / "javascripts").glob("bundle.*.js"):
        text, found = STYLE.subn(SHEET, script.read_text(encoding="utf-8"))
        if found != 1:
            raise SiteError(f"{script.name} brings its style otherwise than the builder that is known here")
        script.write_text(text, encoding="utf-8")
    for page in folder.rglob("*.html"):
        place = page.relative_to(folder)
        text = INLINE.sub(partial(filed, folder, "../" * (len(place.parts) - 1)), page.read_text(encoding="utf-8"))
        text = LANGUAGE_LINKS.sub("", text)
        text = re.sub(rf'href="[^"]*{OTHER}"', f'href="{other_page(place, language)}"', text)
        page.write_text(text, encoding="utf-8")


def filed(folder: Path, depth: str, found: re.Match[str]) -> str:
    """The script in a file of its own, and the element that loads it where it stood."""
    script = found[1]
    name = f"assets/inline/{sha256(script.encode()).hexdigest()[:16]}.js"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(script, encoding="utf-8")
    return f'<script src="{depth}{name}"></script>'


def other_page(page: Path, language: str) -> str:
    """From a page to itself in the other language; English lies in `en/`."""
    here = Path("en") / page if language == "en" else page
    there = page if language == "en" else Path("en") / page
    return os.path.relpath(there, here.parent)
