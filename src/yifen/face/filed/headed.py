"""Files as other offices make them: titles above the heading, columns that nobody asked for, sums and names below.
They are read past, and named, so that a preview says what was left aside."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from yifen.face.filed.cells import plain, word_of
from yifen.face.filed.filing import Filing
from yifen.face.filed.reading import Numbered

WITHIN, SHOWN = 10, 60
_BELOW = ("合计", "总计", "小计", "共计", "制表", "填表", "打印", "审核", "total")


class LeftAside(NamedTuple):
    """What is left aside, in the file's own words; `below` grows while lines are read."""

    above: list[str]
    columns: list[str]
    below: list[str]


class Headed(NamedTuple):
    """A file with its heading found."""

    line_no: int
    header: list[str]
    lines: Iterator[Numbered]
    aside: LeftAside


def headed(source: Iterator[Numbered], filing: Filing) -> Headed:
    """The heading is the first row that has all columns that are needed; without one the first row is taken, and
    refused by who reads it."""
    first = list(islice(source, WITHIN))
    known = {word_of(name): key for key, names in filing.columns.items() for name in names}
    place = next((n for n, (_, cells) in enumerate(first)
                  if {*filing.needed} <= {known.get(word_of(cell)) for cell in cells}), 0)  # fmt: skip
    line_no, header = first[place] if first else (0, [])
    others = [plain(cell)[:SHOWN] for cell in header if plain(cell) and word_of(cell) not in known]
    aside = LeftAside([said(cells) for _, cells in first[:place]], others, [])
    return Headed(line_no, header, _lines(chain(first[place + 1 :], source), aside), aside)


def said(cells: list[str]) -> str:
    """A row in words."""
    return " ".join(filter(None, map(plain, cells)))[:SHOWN]


def _lines(source: Iterator[Numbered], aside: LeftAside) -> Iterator[Numbered]:
    for line_no, cells in source:
        first = next(filter(None, map(word_of, cells)), "")
        if first.startswith(_BELOW):
            aside.below.append(said(cells))
        else:
            yield line_no, cells
