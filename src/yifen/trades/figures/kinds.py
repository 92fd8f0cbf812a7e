"""What a catalogue of figures is made of: dimensions 维度, measures 指标, sources 统计口径."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from yifen.core.facts.plug import Text

Unit = Literal["fen", "num", "rate"]  # a rate: basis points, of two sums
NO_WORDS: Mapping[str, Text] = MappingProxyType({})


class Dimension(NamedTuple):
    """`of`: by source, the SQL text that tells it; a source that is not there does not tell it. `words`: what its
    values are called; where there are others than those, they are names that people gave."""

    name: str
    text: Text
    of: Mapping[str, str]
    words: Mapping[str, Text] = NO_WORDS

    def key_of(self, word: str) -> str | None:
        """Of a word in either language, or of the key itself; None: it is none of `words`."""
        said = word.casefold()
        return next((key for key, text in self.words.items()
                     if said in (key.casefold(), text.zh.casefold(), text.en.casefold())), None)  # fmt: skip


class FigureMeasure(NamedTuple):
    """`sql`: a sum of the source's rows. A rate has none: it is `part` of `whole`, two measures of its source.
    `not_by`: dimensions by which it does not add up."""

    name: str
    text: Text
    unit: Unit
    view: str
    sql: str = ""
    part: str = ""
    whole: str = ""
    not_by: tuple[str, ...] = ()


class FigureSource(NamedTuple):
    """A view that figures are summed of: its day, what of a row the measures add, who reads it (permission), the list
    of its rows."""

    view: str
    day: str
    reads: str
    permission: str
    rows: str


class FigureView(NamedTuple):
    """A view: what a row is, and its columns in order with their unit ("": none)."""

    name: str
    row: Text
    columns: tuple[tuple[str, str, Text], ...]
