"""SQL files: read one and put the numbers of result codes where it says `@NAME`."""

import re
from pathlib import Path

from yifen.core.facts.codes import MEANINGS, Code

_NAME = re.compile(r"@([A-Z][A-Z_]+)\b")


def _number(match: re.Match[str]) -> str:
    name = match.group(1)
    if name == "RETRYABLE":
        codes = sorted(code for code, meaning in MEANINGS.items() if meaning.retryable)
        return f"'{{{','.join(str(int(code)) for code in codes)}}}'::integer[]"
    return f"{int(Code[name])} /* {name} */"


def read_sql(path: Path) -> str:
    """The file's text; an unknown name is a KeyError at once, not at run time."""
    return _NAME.sub(_number, path.read_text(encoding="utf-8"))
