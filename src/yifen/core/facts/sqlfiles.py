"""SQL files: read one and put the numbers of result codes where it says `@NAME`."""

import re
from collections.abc import Mapping
from pathlib import Path

from yifen.core.facts.codes import Code, ResultCode

_NAME = re.compile(r"@([A-Z][A-Z_]+)\b")


def read_sql(path: Path, codes: Mapping[str, ResultCode] = Code.__members__) -> str:
    """The file's text, with the numbers of `codes`; an unknown name is a KeyError at once, not at run
    time."""

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "RETRYABLE":
            again = sorted(int(code) for code in Code if code.meaning.retryable)
            return f"'{{{','.join(map(str, again))}}}'::integer[]"
        return f"{int(codes[name])} /* {name} */"

    return _NAME.sub(number, path.read_text(encoding="utf-8"))
