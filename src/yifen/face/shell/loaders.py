"""Finds templates, and takes out once what only the readers of their source need: line breaks and indentation.

The settings put both loaders behind Django's cached one, so it is done once a process, not once a page.
"""

import re
from typing import Any

from django.template.loaders import app_directories, filesystem

_KEPT = (
    r"<(?P<element>pre|textarea|script|style)\b.*?</(?P=element)\s*>"
    r"|{%\s*(?P<block>blocktrans(?:late)?|verbatim|comment)\b.*?{%\s*end(?P=block)\b.*?%}"
)
_TAG = r"<[a-z](?:{%.*?%}|{{.*?}}|[^>])*>"
_BREAK = r"[ \t]*(?:\r?\n[ \t]*)+"
_PIECE = re.compile(f"(?P<kept>{_KEPT})|(?P<tag>{_TAG})|{_BREAK}", re.DOTALL | re.IGNORECASE)


def collapsed(source: str) -> str:
    """The source as it is served.

    A line break, with the spaces around it, is nothing between two tags, one space within a tag,
    and one line feed beside text. Values in `{{ }}` count as tags. Kept as they are: `pre`,
    `textarea`, `script`, `style`, `{% blocktranslate %}` and `{% verbatim %}`.
    """

    def served(piece: re.Match[str]) -> str:
        if piece["kept"]:
            return piece["kept"]
        if piece["tag"]:
            return re.sub(_BREAK, " ", piece["tag"])
        before, after = source[: piece.start()][-1:], source[piece.end() :][:1]
        return "" if before in (">", "}") and after in ("<", "{") else "\n"

    return _PIECE.sub(served, source)


class _Collapsing:
    """Of HTML only: elsewhere each line may count."""

    def get_contents(self, origin: Any) -> str:
        source: str = super().get_contents(origin)  # type: ignore[misc]
        return collapsed(source) if origin.name.endswith(".html") else source


class Folders(_Collapsing, filesystem.Loader):
    """The folders of `DIRS`."""


class Apps(_Collapsing, app_directories.Loader):
    """The folder `templates` of each app."""
