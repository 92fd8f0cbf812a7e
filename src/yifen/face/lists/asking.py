"""How a column is asked for: a field of the filters form, and the condition that it makes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.face import scope, words
from yifen.face.lists.filters import ChosenField, DayField, SearchField, WordField

Choices = Callable[[Access], Iterable[tuple[Any, Any]]]


class Filter(NamedTuple):
    """`where` is the condition, %(name)s in it the value and {sql} that of its column; or a condition
    for each value. `first` counts when the address says nothing, and gives way where one of `yields` is asked for."""

    name: str
    field: forms.Field
    where: str | Mapping[str, str]
    choices: Choices | None = None
    first: Any | Callable[[Access, datetime], Any] = None
    yields: tuple[str, ...] = ()

    def condition(self, value: Any) -> str:
        """The SQL for this answer; empty: it asks for everything."""
        if value is None or value == "" or value == []:
            return ""
        return self.where if isinstance(self.where, str) else self.where[value]

    def of(self, sql: str) -> "Filter":
        """This filter of a column."""
        if isinstance(self.where, str):
            return self._replace(where=self.where.replace("{sql}", sql))
        filled = {value: where.replace("{sql}", sql) for value, where in self.where.items()}
        return self._replace(where=filled)


def search(
    name: str, label: Any, where: str, placeholder: Any = "", wide: bool = True
) -> tuple[Filter]:
    """A number or a name, as typed."""
    return (Filter(name, SearchField(label, placeholder, wide), where),)


def named(label: Any, *columns: str, name: str = "q") -> tuple[Filter]:
    """What stands somewhere in one of these texts, whatever the case."""
    holds = " OR ".join(f"strpos(upper({column}), upper(%({name})s)) > 0" for column in columns)
    return search(name, label, f"({holds})")


def one_of(
    name: str, label: Any, known: words.Words | Sequence[tuple[str, Any]] | Choices,
    where: str | Mapping[str, str] = "", first: str = "", yields: tuple[str, ...] = (),
) -> tuple[Filter]:  # fmt: skip
    """One of fixed words, or of what is read for who asks."""
    where = where or f"({{sql}})::text = %({name})s"
    if callable(known):
        return (Filter(name, WordField(label, ()), where, known, first),)
    choices = words.choices(known) if isinstance(known, dict) else known
    return (Filter(name, WordField(label, choices), where, first=first, yields=yields),)


def chosen(name: str, label: Any, where: str, choices: Choices) -> tuple[Filter]:
    """One of a table's ids."""
    return (Filter(name, ChosenField(label), where, choices),)


def days(label: Any, first: Any = None, clock: bool = False) -> tuple[Filter, Filter]:
    """A period of business days, or of the calendar's (`clock`), for a column of days; of moments: `moments`."""
    return (
        Filter("since", DayField(label, clock), "{sql} >= %(since)s", first=first),
        Filter("until", DayField(_("止")), "{sql} <= %(until)s", first=first),
    )


def moments(label: Any) -> tuple[Filter, Filter]:
    """A period of the calendar's days for a column of moments: the last day to its end, by the clock on the wall."""
    of_day = "({day})::timestamp AT TIME ZONE 'Asia/Shanghai'"
    return (
        Filter("since", DayField(label, clock=True), "{sql} >= " + of_day.format(day="%(since)s::date")),
        Filter("until", DayField(_("止")), "{sql} < " + of_day.format(day="%(until)s::date + 1")),
    )


def billers(access: Access) -> list[tuple[Any, Any]]:
    """The billers in scope themselves, without those that a channel in scope collects for."""
    within = access.scope
    return [(one.id, one.label) for one in scope.billers(within) if within.has_partner(one.id)]
