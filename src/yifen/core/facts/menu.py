"""The menu of the console, as plugs bring it: headings, entries, whose people see them."""

from typing import NamedTuple


class Text(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


# What is paid to a biller: bills, or what a trade keeps instead of bills.
BILLS, CASES, BUDGET = "bills", "cases", "budget"


class MenuEntry(NamedTuple):
    """A line of the menu: in which group, at which place of it, its title, route, icon, permission ("": it is
    everybody's who signed in). `serves`: what is paid to the billers whose own people see it; empty: as its plug."""

    group: str
    place: int
    title: Text
    route: str
    icon: str
    permission: str
    serves: tuple[str, ...] = ()


class Heading(NamedTuple):
    """A heading of the menu that a trade brings, right behind another one."""

    group: str
    after: str
    title: Text


class Home(NamedTuple):
    """A first page after sign-in, for who has the permission ("": everybody); the lowest place counts."""

    place: int
    route: str
    permission: str
