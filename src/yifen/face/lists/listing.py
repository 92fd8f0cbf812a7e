"""A list of the console, declared: its columns once, and what follows from them.

A column says its name, SQL, title and kind, whether it may order and how it is asked for; from that
come the statement, the row type, the look-up of one row, the orders, the filters, the page and the
export. Pages go by key in both directions and never count all; every order ends in the list's
unique `key`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.utils.functional import Promise
from msgspec import defstruct

from yifen.core.access.edge import Access
from yifen.face import words as said
from yifen.face.lists import keys
from yifen.face.lists.asking import Filter
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.keys import Key, Kind, ListOrder
from yifen.face.masking import account_shown

PAGE_SIZE = 50
Text = str | Promise
Row = keys.Row


class ListAsk(NamedTuple):
    """What is asked of a list: by whom, when, and which piece of which order. `key` is where the
    page before ended; `back` asks for what stands before it."""

    access: Access
    now: datetime
    filters: dict[str, Any]
    order: ListOrder
    descending: bool
    key: Key | None = None
    back: bool = False
    limit: int = PAGE_SIZE

    @property
    def walks_down(self) -> bool:
        """Whether the rows come with falling keys."""
        return self.descending != self.back


class ListPage(NamedTuple):
    """Rows in the order of the list, and the keys from which the pages beside it go on; `cut_at`: the
    search stopped at so many."""

    rows: list[Row]
    newer: Key | None
    older: Key | None
    cut_at: int = 0


class Select(NamedTuple):
    """A statement without order: `SELECT … FROM …`, its conditions, its parameters."""

    select: str
    where: list[str]
    params: dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column: `name` is the row's attribute, `sql` where it comes from, if not from `value`.

    `words` are what its values are called; a badge has their tone. `order`: it may be sorted by,
    first upwards or downwards, by the SQL `by` where its own may be NULL. A kind of "account" is
    masked by role. What is exported is the value: text, a number, fen, a day, an aware time."""

    name: str
    sql: str = ""
    title: Text = ""
    kind: Kind = "text"
    order: Literal["", "up", "down"] = ""
    by: str = ""
    by_kind: Kind | None = None  # of its SQL, where it is shown as something else
    words: said.Words | None = None
    value: Callable[[Row, Access], Any] | None = None
    tone: Callable[[Row], str] | None = None
    url: Callable[[Row, Access], str] | None = None
    filters: tuple[Filter, ...] = ()
    exported: bool = True
    shown: bool = True
    sums: bool = True  # whether amounts in it mean something when they are added
    unseen: bool = False  # they are added, though the page does not show it

    @property
    def sort(self) -> str:
        """What the order by it is called in addresses."""
        return self.name.removesuffix("_fen")

    def value_of(self, row: Row, access: Access) -> Any:
        """What stands in it."""
        found = self.value(row, access) if self.value else getattr(row, self.name)
        if self.words is not None:
            return said.word(self.words, found) if found else None
        if type(found) is str and self.kind == "text":
            return said.called(found)
        return account_shown(access, found) if self.kind == "account" and found else found

    def tone_of(self, row: Row) -> str:
        """Of a badge."""
        if self.tone is not None:
            return self.tone(row)
        return said.tone(self.words or {}, getattr(row, self.name, ""))


class ListAction(NamedTuple):
    """A button above a list, for who has the permission."""

    title: Text
    route: str
    permission: str
    icon: str = ""
    kind: str = ""  # of the button


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list. `source` is all from FROM on, `scope` the condition of what may be seen, `where` what
    always holds, `reads` what rows have besides the columns, by name. `key` is SQL that is unique;
    `find` the condition of one row, %(one)s, where the key's own is not what an index has.

    `opens` is where a row leads. For lists that go their own way: `select` makes the statement, `row`
    the rows, `orders` the orders, `pages` the pages (or None), `every` what is exported (or None:
    what the statement finds), `count` how many rows there are, but no more than so many, `form` what
    the filters are made of. `bind` makes the list of one thing out of who asks and the address's
    arguments, which `about` then names. `straight` may name the page to which a search that found one thing leads.
    """

    name: str
    title: Text
    permission: str
    route: str  # of its page, below the prefix of its urls
    only_exported: bool = False  # another page shows what it holds
    columns: tuple[Column, ...]
    source: str = ""
    scope: str = ""
    where: tuple[str, ...] = ()
    reads: dict[str, str] = field(default_factory=dict)
    key: str = ""
    key_kind: Kind = "num"
    find: str = ""
    grows: bool = False  # the key grows with time
    archives: bool = False  # its rows leave with their month (core/ledger/archived.py)
    handy: bool = False  # the first page offers its ready periods to who may export it
    default: str = ""  # the column by which it is ordered unless another was chosen
    filters: tuple[Filter, ...] = ()  # those of no single column; they come first
    export: str = ""  # the permission to export it; empty: nobody does
    opens: Callable[[Row, Access], str] | None = None
    heading: Text = ""
    note: Text = ""
    empty: Text = ""
    empty_note: Text = ""
    tabs: Callable[[str], list[dict[str, Any]]] | None = None
    actions: tuple[ListAction, ...] = ()
    form: type[ListFilters] = ListFilters
    orders: dict[str, ListOrder] = field(default_factory=dict)
    row: Callable[..., Row] | None = None
    select: Callable[[ListAsk], Select] | None = None
    pages: Callable[[ListAsk], ListPage | None] | None = None
    every: Callable[[ListAsk], Iterator[Row] | None] | None = None
    straight: Callable[[ListAsk, list[Row]], str | None] | None = None
    count: Callable[[ListAsk, int], int] | None = None
    bind: Callable[..., "Listing"] | None = None
    about: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        put = object.__setattr__
        own = (one.of(column.sql) for column in self.columns for one in column.filters)
        asked = (*self.filters, *own)
        if asked and self.form is ListFilters:
            put(self, "form", type(f"{self.name}_filters", (ListFilters,), {
                "declared": {one.name: one for one in asked}, **{one.name: one.field for one in asked},
            }))  # fmt: skip
        if not self.orders:
            put(self, "orders", self._orders())
        if self.row is None:
            put(self, "row", defstruct(self.name, [*self.selected, ("key", Key, ())], frozen=True))

    def _orders(self) -> dict[str, ListOrder]:
        last = {self.key: self.key_kind}
        found = {
            column.sort: keys.order(
                {column.by or column.sql: column.by_kind or column.kind} | last, column.order == "down"
            )
            for column in self.columns if column.order
        }  # fmt: skip
        if self.default:
            found = {self.default: found[self.default]} | found
        return found or {"key": keys.order(last)._replace(timed=self.grows)}

    @property
    def selected(self) -> dict[str, str]:
        """What the statement reads, by name."""
        return {column.name: column.sql for column in self.columns if column.sql} | self.reads

    @property
    def on_page(self) -> list[Column]:
        return [column for column in self.columns if column.shown]

    @property
    def in_files(self) -> list[Column]:
        return [column for column in self.columns if column.exported]

    @property
    def default_order(self) -> str:
        return next(iter(self.orders))

    def at(self, **about: Any) -> "Listing":
        """This list of one thing, such as the transfers of an account; `about` names it."""
        return replace(self, about=about)
