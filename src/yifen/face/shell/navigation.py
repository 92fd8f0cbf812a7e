"""The console's menu: the entries that plugs bring, below headings of the house and of theirs."""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.plug import MenuEntry, Text
from yifen.core.plugs import PlugError, plugs
from yifen.face.scope import paid_to
from yifen.face.words import own


class MenuLine(NamedTuple):
    """A line as the template shows it."""

    title: str
    url: str
    icon: str
    route: str
    current: bool


class Group(NamedTuple):
    """Lines under one heading."""

    title: str
    items: list[MenuLine]


GROUPS: dict[str, Text] = {
    "run": Text("运行", "Operations"),
    "close": Text("对账结算", "Reconcile and settle"),
    "desk": Text("柜面", "Counter"),
    "partners": Text("接入", "Onboarding"),
    "books": Text("账务", "Ledger"),
    "admin": Text("管理", "Administration"),
}
"""The headings of the house, in order."""


@cache
def headings() -> dict[str, Text]:
    """All of them, those that plugs bring behind the ones they name. PlugError: behind none."""
    found = list(GROUPS.items())
    for plug in plugs():
        for heading in plug.headings:
            before = [group for group, _ in found]
            if heading.after not in before:
                raise PlugError(f"{plug.name} has a heading behind {heading.after}, which is none")
            found.insert(before.index(heading.after) + 1, (heading.group, heading.title))
    return dict(found)


@cache
def menu() -> dict[str, list[MenuEntry]]:
    """Every entry of all plugs, by group and place. PlugError: an entry of no group."""
    found: dict[str, list[MenuEntry]] = {group: [] for group in headings()}
    for plug in plugs():
        for entry in plug.menu:
            if entry.group not in found:
                raise PlugError(f"{plug.name} has a menu entry of {entry.group}, which is no group")
            found[entry.group].append(entry._replace(serves=entry.serves or plug.serves))
    return {group: sorted(entries, key=lambda entry: entry.place)
            for group, entries in found.items()}  # fmt: skip


def entries_of(access: Access) -> list[tuple[MenuEntry, str]]:
    """What stands in this user's menu, with its address. An entry without a permission is everybody's; a biller's own
    people see those that serve what is paid to it."""
    partner = access.user.partner_id if access.user else None
    paid = paid_to(partner) if partner is not None else frozenset()
    return [(entry, url) for entries in menu().values() for entry in entries
            if (not entry.permission or access.may(entry.permission))
            and not (paid and entry.serves and paid.isdisjoint(entry.serves))
            and (url := _url(entry.route))]  # fmt: skip


def entry_of(path: str, urls: Collection[str]) -> str:
    """The address of the entry whose page this is, or is below; empty: none's. What lies below an entry that has
    other entries below it is not of it for that."""
    return max((url for url in urls if path.startswith(url) and (path == url or not _has_below(url, urls))),
               key=len, default="")  # fmt: skip


def _has_below(url: str, urls: Collection[str]) -> bool:
    return any(other != url and other.startswith(url) for other in urls)


def groups_for(access: Access, path: str) -> list[Group]:
    """The menu of this user; the entry whose page this is, or is below, is current."""
    shown = entries_of(access)
    current = entry_of(path, [url for _, url in shown])
    lines: dict[str, list[MenuLine]] = {group: [] for group in headings()}
    for entry, url in shown:
        title = own(access, told(entry.title))
        lines[entry.group].append(MenuLine(title, url, entry.icon, entry.route, url == current))
    return [Group(told(headings()[group]), items) for group, items in lines.items() if items]


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
