"""A list of the console, declared: its columns, filters, orders, and the statement behind it.

Pages go by key in both directions and never count; only declared orders sort. The same
declaration is shown (`console.showing`) and exported (`console.exports`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.utils.functional import Promise

from yifen.core.access.edge import Access
from yifen.face.lists.filters import Filters

PAGE_SIZE = 50
Text = str | Promise
Kind = Literal["text", "code", "num", "amount", "badge", "time", "day", "link"]
Key = tuple[Any, ...]
Row = Any  # a Struct of the list's own


class Order(NamedTuple):
    """An order that a list allows. `by`: SQL that is never NULL, the last of it unique; `key`: the
    same values of a row; `write` and `read` bring a key into an address and back, None when the
    address holds none (see console.keys)."""

    by: tuple[str, ...]
    key: Callable[[Row], Key]
    read: Callable[[str], Key | None]
    write: Callable[[Key], str]
    descending: bool = True
    turns: bool = True  # whether a reader may turn it round


class Ask(NamedTuple):
    """What is asked of a list: by whom, when, and which piece of which order. `key` is where the
    page before ended; `back` asks for what stands before it."""

    access: Access
    now: datetime
    filters: dict[str, Any]
    order: Order
    descending: bool
    key: Key | None = None
    back: bool = False
    limit: int = PAGE_SIZE

    @property
    def walks_down(self) -> bool:
        """Whether the rows come with falling keys."""
        return self.descending != self.back


class Page(NamedTuple):
    """Rows in the order of the list, and the keys from which the pages beside it go on."""

    rows: list[Row]
    newer: Key | None
    older: Key | None


class Select(NamedTuple):
    """A statement without order: `SELECT … FROM …`, its conditions, its parameters."""

    select: str
    where: list[str]
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `value` is what is exported: text, a number, fen, a day, an aware time; on a
    page a badge has a `tone`, and any cell may lead to `url`."""

    title: Text
    value: Callable[[Row, Access], Any]
    kind: Kind = "text"
    order: str = ""  # the name of the order that its head switches to
    url: Callable[[Row, Access], str] | None = None
    tone: Callable[[Row], str] | None = None
    exported: bool = True
    shown: bool = True


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list. `select` makes its statement, `row` its rows out of the statement's.

    `pages` is there for lists that find their pages in a way of their own, and answers None where
    it does not; `every` for those whose export is no one statement. `orders` begins with the one
    that counts unless another was chosen. `straight` may name the page to which a search that
    found one thing leads. `about` names the thing that a list is about, as its addresses do.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    orders: dict[str, Order]
    select: Callable[[Ask], Select] | None = None
    row: Callable[..., Row]
    form: type[Filters] = Filters
    pages: Callable[[Ask], Page | None] | None = None
    every: Callable[[Ask], Iterator[Row]] | None = None
    straight: Callable[[Ask, list[Row]], str | None] | None = None
    permission: str
    export: str | None = None
    note: Text = ""
    empty: Text = ""
    empty_note: Text = ""
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def on_page(self) -> list[Column]:
        return [column for column in self.columns if column.shown]

    @property
    def in_files(self) -> list[Column]:
        return [column for column in self.columns if column.exported]

    def statement(self, ask: Ask) -> Select:
        """What the list's statement is for this question."""
        assert self.select is not None
        return self.select(ask)

    @property
    def default_order(self) -> str:
        return next(iter(self.orders))

    def at(self, **about: Any) -> "Listing":
        """This list of one thing, such as the transfers of an account; `about` names it."""
        return replace(self, about=about)
