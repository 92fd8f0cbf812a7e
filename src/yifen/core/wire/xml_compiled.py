"""Readers and writers of a struct's fields, compiled: one function for each form instead of a loop over its columns.

What is compiled is made of our own names and tags alone, nothing of a message.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yifen.core.wire.xml_form import XmlColumn

Reader = Callable[[Sequence[str | None]], dict[str, Any]]
Writer = Callable[[Any], str]


def reader(columns: "Sequence[XmlColumn]") -> Reader:
    """Groups of the quick reader, in the columns' order → values by name, without those that are not there.
    ValueError: a text without a meaning."""
    texts = [f"g{place}" if column.parse is None else f"p{place}(g{place})" for place, column in enumerate(columns)]
    always = [f"{column.name!r}: {text}" for column, text in zip(columns, texts, strict=True) if not column.optional]
    lines = ["def made(groups):", f" {''.join(f'g{place}, ' for place in range(len(columns)))}= groups",
             f" values = {{{', '.join(always)}}}"]  # fmt: skip
    lines += [f" if g{place} is not None: values[{column.name!r}] = {texts[place]}"
              for place, column in enumerate(columns) if column.optional]  # fmt: skip
    names = {f"p{place}": column.parse for place, column in enumerate(columns)}
    made: Reader = _made([*lines, " return values"], names)
    return made


def writer(columns: "Sequence[XmlColumn]") -> Writer:
    """A struct → the markup of its fields; None is left out."""
    cells = []
    for place, column in enumerate(columns):
        value = f"m.{column.name}"
        cell = f"{column.start}{{{value if column.write is None else f'w{place}({value})'}}}{column.end}"
        cells.append(f"('' if {value} is None else f{cell!r})" if column.optional else f"f{cell!r}")
    names = {f"w{place}": column.write for place, column in enumerate(columns)}
    made: Writer = _made(["def made(m):", f" return {' + '.join(cells) or repr('')}"], names)
    return made


def _made(lines: list[str], names: dict[str, Any]) -> Any:
    exec("\n".join(lines), names)  # noqa: S102 (see the head)
    return names["made"]
