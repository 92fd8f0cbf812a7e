"""Generated pages hold both languages side by side; the site has a side for each, so a page there keeps its own."""

import re

GENERATED = "<!-- Written by `./yifen docs`"
HEADS = {"zh": "中文", "en": "English"}
TABLE = re.compile(r"(?:^\|.*\|\n)+", re.M)
CELLS = re.compile(r"(?<!\\)\|")
BROKEN = re.compile(r"\A *(.*?)<br>(.*?) *\Z")


def one_language(text: str, language: str) -> str:
    """Of a generated page the columns, the heads and the part of this language; any other page as it is."""
    if GENERATED not in text:
        return text
    return TABLE.sub(lambda found: _table(found[0], language), _part(text, language))


def _part(text: str, language: str) -> str:
    """Where each language has a part of its own (`# 中文`, `# English`)."""
    first, *parts = re.split(r"^# (中文|English)\n", text, flags=re.M)
    return first + dict(zip(parts[::2], parts[1::2], strict=True)).get(HEADS[language], "")


def _table(text: str, language: str) -> str:
    rows = [CELLS.split(line)[1:-1] for line in text.splitlines()]
    names = [cell.strip() for cell in rows[0]]
    own = r" \2 " if language == "en" else r" \1 "
    rows[0] = [BROKEN.sub(own, cell) for cell in rows[0]]
    both = set(HEADS.values()) <= set(names)
    kept = [at for at, name in enumerate(names) if not both or name not in HEADS.values() or name == HEADS[language]]
    return "".join("|" + "|".join(row[at] for at in kept) + "|\n" for row in rows)
