"""What is paid for, as a payer's first page shows it: a tile a category."""

from collections.abc import Iterable
from typing import NamedTuple

from yifen.core.access.telling import told
from yifen.core.partners import categories


class Tile(NamedTuple):
    """A category in the reader's language; what its account numbers are called, where they stand."""

    code: str
    title: str
    icon: str
    account: str
    where: str


def category(code: str) -> Tile:
    """The known one, else what the rest is called, with its icon."""
    row = categories.category(code)
    return Tile(code, told(row.text), row.icon, told(row.account), told(row.where))


def in_order(codes: Iterable[str]) -> list[Tile]:
    """As the plugs have them, unknown ones behind."""
    known = list(categories.categories())
    found = [category(code) for code in codes]
    return sorted(found, key=lambda row: known.index(row.code) if row.code in known else len(known))
