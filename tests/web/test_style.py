"""The look as a test: built sheet, contrast, nothing foreign or inline, every named file and class is there."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

from yifen.core.partners.categories import OTHER
from yifen.core.plugs import plugs

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yifen"
PROJECT = SOURCE / "face"
STATIC = PROJECT / "static"
SCRIPTS = sorted((STATIC / "yifen").glob("*.js"))
STATIC_FOLDERS = sorted(SOURCE.rglob("static"))
TEMPLATES = sorted(path for path in SOURCE.rglob("*.html") if "templates" in path.parts)
SHEETS = sorted(path for path in SOURCE.rglob("*.css") if "static" in path.parts)
TAG, PUT_IN = re.compile(r"{[%#].*?[%#]}"), re.compile(r"{{.*?}}")


def shown(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def wheel(name: str) -> Path:
    """Where an installed package keeps its files; it is not imported."""
    spec = find_spec(name)
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def test_the_committed_sheet_is_what_the_sources_give() -> None:
    done = subprocess.run(["tools/css", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# --- contrast ----------------------------------------------------------------------------------

TOKEN = re.compile(r"--([a-z0-9-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in TOKEN.findall((PROJECT / "styles" / "tokens.css").read_text())
}
GROUNDS = ("paper", "surface", "raised", "wash", "accent-wash")
STATES = ("ok", "waiting", "bad")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong") for ground in GROUNDS),
    *((state, ground) for state in STATES for ground in ("paper", "surface", "raised", f"{state}-wash")),
    *(("ink", f"{state}-wash") for state in STATES), *(("ink-2", f"{state}-wash") for state in STATES),
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-bad", "bad"),
    ("on-bar", "bar"), ("on-bar-2", "bar"),
]  # fmt: skip
SHAPES = [
    *((edge, ground) for edge in ("edge", "accent", "bad") for ground in ("paper", "surface", "raised")),
    *((f"chart-{number}", ground) for number in range(1, 7) for ground in ("paper", "surface")),
]  # fmt: skip


def contrast(one: str, other: str) -> float:
    """The ratio of two colours by WCAG 2.2: 1 for the same, 21 for black on white."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SHAPES, 3.0)], ids=["text", "shapes"])
def test_every_pair_of_colours_can_be_read(
    theme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    ratios = {
        f"{front} on {ground}": contrast(TOKENS[front][theme], TOKENS[ground][theme])
        for front, ground in pairs
    }
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


def test_every_colour_of_the_sheet_is_a_token() -> None:
    used = {
        f"{path.name}: {colour}"
        for path in [*(PROJECT / "styles").glob("*.css"), *SHEETS]
        if path.name not in ("tokens.css", "yifen.css")
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text())
    }
    # paper that is printed or photographed is white, and its ink black
    assert used == {"payer.css: #ffffff", "payer.css: #000000", "print.css: #ffffff"}


def test_every_token_that_is_used_exists() -> None:
    used = {name for path in (PROJECT / "styles").glob("*.css")
            for name in re.findall(r"var\(--([a-z0-9-]+)", path.read_text())}  # fmt: skip
    defined = set(re.findall(r"--([a-z0-9-]+):", (PROJECT / "styles" / "tokens.css").read_text()))
    assert used - defined == set()


# --- nothing foreign, nothing inline -----------------------------------------------------------

FOREIGN = re.compile(r"https?://(?!www\.w3\.org/)|[\"'(]//\w|\burl\((?![\"']?data:)")
INLINE = re.compile(
    r"<style\b|<[^>]*\s(?:style|on\w+|hx-on[:\w-]*)\s*=|javascript:|"
    r"<script(?![^>]*\ssrc=)(?![^>]*application/json)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_holds_nothing_foreign_and_nothing_inline(path: Path) -> None:
    text = TAG.sub(" ", path.read_text())
    found = [match[0] for ban in (FOREIGN, INLINE) for match in ban.finditer(text)]
    assert found == [], "the content policy refuses it; use a class or a data attribute"


@pytest.mark.parametrize(
    "text",
    [
        '<link href="https://cdn.example/x.css">', '<script src="//x.example/a.js">', "<style>",
        '<p class="a" style="color:red">', '<a href="javascript:void(0)">', "<script>x()</script>",
        '<b onclick="x()">', '<b hx-on:click="x()">', "a{background:url(/x.png)}",
    ],
)  # fmt: skip
def test_the_ban_catches_what_it_names(text: str) -> None:
    assert FOREIGN.search(text) or INLINE.search(text)


def test_our_own_files_fetch_nothing_foreign() -> None:
    files = [path for folder in STATIC_FOLDERS for path in folder.rglob("*.[cj]s*")]
    found = {
        file.name: FOREIGN.findall(text)
        for file in files
        if FOREIGN.search(text := file.read_text().replace("https://tailwindcss.com", ""))
    }
    assert found == {}


# --- one tag a line -----------------------------------------------------------------------------

LINE_MAX = 140
SECOND = re.compile(r"[>}]<[a-z]|(?:%}|</\w+>){% include", re.IGNORECASE)


def packed(text: str) -> list[int]:
    """The lines that are too long, or where a tag opens or a part comes right behind what is no text."""
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if len(line) > LINE_MAX or SECOND.search(line)]


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_has_one_tag_a_line(path: Path) -> None:
    assert packed(path.read_text()) == [], "break the line, see docs/style.md: the loader joins it"


@pytest.mark.parametrize(
    ("line", "is_packed"),
    [
        ("<li><b>1</b></li>", True), ("{% if a %}<b>1</b>{% endif %}", True),
        ("{{ a }}<b>1</b>", True), ("<b>1</b><i>2</i>", True),
        ('<td>{% include "a.html" %}{% include "b.html" %}</td>', True), ("x" * 141, True),
        ("<li>{{ a }}</li>", False), ('<td>{% include "a.html" %}</td>', False),
        ("<b>1</b> <i>2</i>", False), ("one <b>2</b>, <i>3</i>", False),
        ("<b>{% if a %}{{ a }}{% else %}—{% endif %}</b>", False),
        ('<b class="a{% if b %} c{% endif %}">1</b>', False), ("x" * 140, False),
    ],
)  # fmt: skip
def test_a_packed_line_is_found(line: str, is_packed: bool) -> None:
    assert bool(packed(line)) is is_packed


# --- what is named is there --------------------------------------------------------------------


def static_file(name: str) -> Path:
    """The file behind a {% static %} name: ours, or in the wheel that its folder names."""
    folder, _, rest = name.partition("/")
    if folder == "django_htmx":
        return wheel("django_htmx") / "static" / name
    if folder == "instaui_echarts":
        return wheel("instaui_echarts") / "static" / rest
    ours = [folder / name for folder in STATIC_FOLDERS]
    return next((file for file in ours if file.is_file()), STATIC / name)


def test_each_static_file_is_where_we_expect_it() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{%\s*static\s+['\"]([^'\"]+)['\"]", path.read_text())
    }
    assert {
        "django_htmx/htmx-2.min.js", "instaui_echarts/echarts.esm.min.js", "yifen/yifen.css",
        "yifen/yifen.js", "yifen/icon.svg",
    } <= named  # fmt: skip
    assert sorted(name for name in named if not static_file(name).is_file()) == []
    assert "export" in static_file("instaui_echarts/echarts.esm.min.js").read_text()[-2000:]


def test_every_script_is_loaded_and_every_import_exists() -> None:
    imported = {
        name for path in SCRIPTS for name in re.findall(r'import "\./([^"]+)"', path.read_text())
    }
    assert imported | {"yifen.js"} == {path.name for path in SCRIPTS}


def icons() -> set[str]:
    """Every icon named in a template, or brought by a plug."""
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{%\s*lucide\s+\"([^\"]+)\"|\sicon=\"([^\"]+)\"", path.read_text())
        for name in name
        if name
    }
    brought = [entry.icon for plug in plugs() for entry in (*plug.menu, *plug.categories)]
    return named | {*brought, OTHER.icon}


def test_every_icon_is_in_the_wheel() -> None:
    have = {
        name.removesuffix(".svg") for name in ZipFile(wheel("lucide") / "lucide.zip").namelist()
    }
    assert len(icons()) > 20
    assert icons() - have == set()


CLASSES = re.compile(r"\bclass=(\"[^\"]*\"|'[^']*')")
IN_SHEET = {
    name.replace("\\", "")
    for sheet in SHEETS
    for name in re.findall(r"\.((?:\\.|[\w-])+)", sheet.read_text())
}


def classes_of(text: str) -> set[str]:
    """The classes that a template names in full; a name that is put together is left out."""
    plain = PUT_IN.sub("\x01", TAG.sub("\x00", text))
    words = {word for found in CLASSES.findall(plain) for word in found[1:-1].split()}
    whole = {word for word in words if "\x01" not in word and "-\x00" not in word}
    return {piece for word in whole for piece in word.split("\x00") if piece}


def test_classes_are_found_in_a_template() -> None:
    text = """<b class="a{% if x == "y" %} b c-{{ d }}{% else %} e{% endif %} f-{% if g %}h{% else %}i{% endif %}">"""
    assert classes_of(text) == {"a", "b", "e"}


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_every_class_of_a_template_is_in_the_sheet(path: Path) -> None:
    assert sorted(classes_of(path.read_text()) - IN_SHEET) == [], (
        "see docs/style.md; then tools/css"
    )


# --- the contract ------------------------------------------------------------------------------


def test_every_part_and_data_attribute_is_in_the_contract() -> None:
    text = (ROOT / "docs" / "style.md").read_text()
    own = {"brand", "mark", "language", "theme", "sign_out", "crumbs", "messages"}  # of the bases
    parts = {path.stem for path in (PROJECT / "templates" / "parts").glob("*.html")}
    assert {part for part in parts - own if f"| `{part}` |" not in text} == set()
    asked = {
        name
        for path in SCRIPTS
        for name in re.findall(r"\[(data-[a-z-]+)", path.read_text())
        if name not in ("data-theme-switch", "data-copy-icon", "data-fold")
    }
    assert {name for name in asked if name not in text} == set()
