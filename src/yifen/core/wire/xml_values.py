"""The tree's texts → values, each checked by itself, so that a fault names its field."""

from typing import Any

from msgspec import Struct

from yifen.core.wire.xml_form import Form, XmlColumn
from yifen.core.wire.xml_tree import Texts, invalid


def from_texts(form: Form, texts: Texts, path: str) -> dict[str, Any]:
    """Values out of the tree's texts. MESSAGE_INVALID with the path of the first wrong field."""
    values: dict[str, Any] = {}
    for column in form.columns:
        where = f"{path}/{column.tag}"
        if column.name not in texts:
            if not column.optional:
                raise invalid(where, "is missing")
        elif column.entry is not None:
            values[column.name] = entry_values(column, column.entry, texts[column.name], where)
        else:
            values[column.name] = value_of(column, texts[column.name], where)
    return values


def entry_values(column: XmlColumn, form: Form, entries: list[Texts], path: str) -> list[Struct]:
    least, most = column.entries
    if not least <= len(entries) <= most:
        raise invalid(path, f"must hold {least} to {most} of {column.entry_tag}")
    return [
        form.struct(**from_texts(form, texts, f"{path}/{column.entry_tag}[{place}]"))
        for place, texts in enumerate(entries, start=1)
    ]


def value_of(column: XmlColumn, text: str, path: str) -> Any:
    if column.whole is not None and column.whole.fullmatch(text) is None:
        raise invalid(path, "has not the form that the table asks for")
    try:
        return text if column.parse is None else column.parse(text)
    except ValueError as error:
        raise invalid(path, str(error)) from None
