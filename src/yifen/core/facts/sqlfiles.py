"""SQL files: functions read whole, statements read by name; `@NAME` is the number of a result code.

`queries.sql` of a package holds its statements, each under its name and one line of why:

    -- name: newest_file
    -- A corrected file is a new version; the last one counts.
    SELECT file_id FROM daily_file WHERE partner_id = %s ORDER BY version DESC LIMIT 1

`{name}` in a statement is another one of the same file, put in when it is read; `{{hole}}` is left
as `{hole}` for `str.format`, where only the call knows what stands there.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from yifen.core.facts.codes import Code, ResultCode

QUERIES = "queries.sql"
_NAME = re.compile(r"@([A-Z][A-Z_]+)\b")
_HEADER = re.compile(r"^-- name: *(.*)$", re.MULTILINE)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_WHY = re.compile(r"\s*((?:--.*(?:\n|$))+)")
_HEADING = re.compile(r"(?:\n(?:--.*)?)+\Z")  # of the statements behind it: in here it would end what it is put into
_PLACE = re.compile(r"\{\{([a-z0-9_]+)\}\}|\{([a-z][a-z0-9_]*)\}")


class QueriesWrong(ValueError):
    """A file of statements is not written as it should be, or has no statement of that name."""


class Queries(dict[str, str]):
    """The statements of one file by name."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __missing__(self, name: str) -> str:
        raise QueriesWrong(f"{self.file}: there is no statement {name!r}")


def read_sql(path: Path, codes: Mapping[str, ResultCode] = Code.__members__) -> str:
    """The file's text with the numbers of `codes`; an unknown name is a KeyError at once, not at run
    time."""
    return _numbered(path.read_text(encoding="utf-8"), codes)


@cache
def queries(package: str) -> Queries:
    """The statements of a package, read once: `queries(__package__)`. Asked for by name at import,
    so that a wrong name is found then. QueriesWrong."""
    file = resources.files(package) / QUERIES
    return parse(f"{package}/{QUERIES}", file.read_text(encoding="utf-8"))


def parse(file: str, text: str) -> Queries:
    """The statements in the text of a file. QueriesWrong: a name that is none or stands there twice,
    no line of why, no statement, a `{name}` that is not there or that needs itself."""
    _, *parts = _HEADER.split(_numbered(text))
    raw: dict[str, str] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        why = _WHY.match(body)
        if not _WORD.fullmatch(name):
            raise QueriesWrong(f"{file}: {name!r} is no name of a statement")
        if name in raw:
            raise QueriesWrong(f"{file}: the statement {name!r} stands there twice")
        if why is None:
            raise QueriesWrong(f"{file}: the statement {name!r} lacks its line of why")
        raw[name] = _HEADING.sub("", body[why.end() :]).strip()
        if not raw[name]:
            raise QueriesWrong(f"{file}: {name!r} has no statement")
    found = Queries(file)
    found.update((name, _filled(file, raw, name, ())) for name in raw)
    return found


def _filled(file: str, raw: dict[str, str], name: str, within: tuple[str, ...]) -> str:
    """A statement with those that it names put in."""
    if name not in raw:
        raise QueriesWrong(f"{file}: {within[-1]!r} puts in {name!r}, which is not there")
    if name in within:
        raise QueriesWrong(f"{file}: {name!r} puts in itself")

    def put(place: re.Match[str]) -> str:
        hole, other = place.groups()
        return f"{{{hole}}}" if hole else _filled(file, raw, other, (*within, name))

    return _PLACE.sub(put, raw[name])


def _numbered(text: str, codes: Mapping[str, ResultCode] = Code.__members__) -> str:
    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "RETRYABLE":
            again = sorted(int(code) for code in Code if code.meaning.retryable)
            return f"'{{{','.join(map(str, again))}}}'::integer[]"
        return f"{int(codes[name])} /* {name} */"

    return _NAME.sub(number, text)
