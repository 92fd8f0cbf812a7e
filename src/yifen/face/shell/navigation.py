"""The console's menu: the entries that plugs bring, below fixed headings."""

from functools import cache
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.plug import MenuEntry, Text
from yifen.core.plugs import PlugError, plugs


class MenuLine(NamedTuple):
    """A line as the template shows it."""

    title: str
    url: str
    icon: str
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
"""The headings, in order; a plug's entry names one."""


@cache
def menu() -> dict[str, list[MenuEntry]]:
    """Every entry of all plugs, by group and place. PlugError: an entry of no group."""
    found: dict[str, list[MenuEntry]] = {group: [] for group in GROUPS}
    for plug in plugs():
        for entry in plug.menu:
            if entry.group not in found:
                raise PlugError(f"{plug.name} has a menu entry of {entry.group}, which is no group")
            found[entry.group].append(entry)
    return {group: sorted(entries, key=lambda entry: entry.place)
            for group, entries in found.items()}  # fmt: skip


def groups_for(access: Access, path: str) -> list[Group]:
    """The menu of this user; the entry whose page this is, or is below, is current."""
    shown = {
        group: [(entry, _url(entry.route)) for entry in entries if access.may(entry.permission)]
        for group, entries in menu().items()
    }
    here = [url for entries in shown.values() for _, url in entries if url and path.startswith(url)]
    current = max(here, key=len, default="")
    return [
        Group(told(GROUPS[group]), items)
        for group, entries in shown.items()
        if (items := [MenuLine(told(entry.title), url, entry.icon, url == current)
                      for entry, url in entries if url])
    ]  # fmt: skip


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
