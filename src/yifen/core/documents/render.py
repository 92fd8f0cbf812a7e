"""Templates and data to PDF or PNG, by typst. Data reaches a template as JSON, never as markup."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst

from yifen.core.documents.figures import plain

Form = Literal["pdf", "png"]

TEMPLATES = Path(__file__).parent / "templates"
ARCHIVAL: Literal["a-2u"] = "a-2u"
"""PDF/A-2u (ISO 19005-2): fonts embedded, all text searchable, fit for keeping."""

_PNG_PPI = 144
_LARGE = 50_000
"""Characters of data beyond which a document is not tagged (tags make a list twenty times as big)."""


def render(template: str, data: dict[str, Any], at: datetime, form: Form = "pdf") -> bytes:
    """The document `templates/<template>.typ` of this data, dated `at` (aware).

    The same data gives the same bytes. Safe in several threads at once. A PNG shows the first
    page. Takes some 20 milliseconds; the first call of a process also reads the font.

    A text with a character that the font lacks cannot be archival PDF/A: such a document is a
    plain PDF, with a hollow box where the character would stand.
    """
    text = json.dumps(_plain(data), ensure_ascii=False)
    # a compiler serves one thread at a time and costs little; typst shares its cache by itself
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"data": text},
    )
    large = len(text) > _LARGE
    try:
        return _made(compiler, int(at.timestamp()), form, tagged=not large)
    finally:
        if large:
            _forget()


def _made(compiler: typst.Compiler, seconds: int, form: Form, *, tagged: bool) -> bytes:
    if form == "png":
        return _first(compiler.compile(format="png", ppi=_PNG_PPI, timestamp=seconds))
    try:
        archival = compiler.compile(
            format="pdf", timestamp=seconds, pdf_tags=tagged, pdf_standards=[ARCHIVAL]
        )
        return _first(archival)
    except typst.TypstError:
        return _first(compiler.compile(format="pdf", timestamp=seconds, pdf_tags=tagged))


def _forget() -> None:
    """Have typst drop what it remembers of a large document: 100 MB and more for 2,000 rows.

    It forgets what the last ten compilations did not need.
    """
    for number in range(12):
        typst.Compiler(b"#%d" % number, font_paths=_fonts()).compile(format="svg")


@cache
def _fonts() -> typst.Fonts:
    """The one font file of the documents; no font of the machine can change how they look."""
    folder = str(files("manimgx_fonts_cjk"))
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def _first(made: bytes | list[bytes] | None) -> bytes:
    assert made, "without an output path typst answers bytes"
    return made if isinstance(made, bytes) else made[0]


def _plain(data: Any) -> Any:
    """The data with every text cleaned of what paper cannot show."""
    match data:
        case str():
            return plain(data)
        case dict():
            return {name: _plain(value) for name, value in data.items()}
        case list() | tuple():
            return [_plain(value) for value in data]
    return data
