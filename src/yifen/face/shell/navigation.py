"""The console's menu, in one table: where each entry leads, and what it takes to see it."""

from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.roles import Permission as P

Text = str | Promise


class Entry(NamedTuple):
    """One line of the menu."""

    title: Text
    route: str
    icon: str
    permission: P | None


class Item(NamedTuple):
    """A line as the template shows it."""

    title: Text
    url: str
    icon: str
    current: bool


class Group(NamedTuple):
    """Lines under one heading."""

    title: Text
    items: list[Item]


MENU: tuple[tuple[Text, tuple[Entry, ...]], ...] = (
    (
        pgettext_lazy("menu", "运行"),
        (
            Entry(pgettext_lazy("menu", "总览"), "dashboard", "layout-dashboard", P.DASHBOARD),
            Entry(pgettext_lazy("menu", "缴费"), "payments", "receipt-text", P.PAYMENTS),
            Entry(pgettext_lazy("menu", "应缴项"), "payables", "file-clock", P.PAYABLES),
            Entry(pgettext_lazy("menu", "作业"), "jobs", "list-checks", P.JOBS),
        ),
    ),
    (
        pgettext_lazy("menu", "对账结算"),
        (
            Entry(pgettext_lazy("menu", "对账"), "reconciliations", "scale", P.RECON),
            Entry(pgettext_lazy("menu", "差异"), "differences", "diff", P.RECON),
            Entry(pgettext_lazy("menu", "日终"), "day_ends_run", "moon", P.DAY_END),
            Entry(pgettext_lazy("menu", "结算"), "settlements", "coins", P.SETTLEMENT),
            Entry(pgettext_lazy("menu", "划付"), "payouts", "send", P.SETTLEMENT),
            Entry(pgettext_lazy("menu", "协议"), "agreements", "percent", P.SETTLEMENT),
            Entry(pgettext_lazy("menu", "日历"), "calendar", "calendar-days", P.SETTLEMENT),
            Entry(pgettext_lazy("menu", "对账规则"), "recon_rules", "sliders-horizontal", P.RECON),
        ),
    ),
    (
        pgettext_lazy("menu", "柜面"),
        (
            Entry(pgettext_lazy("menu", "柜员交易"), "desk", "keyboard", P.DESK),
            Entry(pgettext_lazy("menu", "柜面流水"), "journal", "notebook-text", P.DESK_JOURNAL),
        ),
    ),
    (
        pgettext_lazy("menu", "接入"),
        (
            Entry(pgettext_lazy("menu", "合作方"), "partners", "handshake", P.PARTNERS),
            Entry(pgettext_lazy("menu", "停机窗口"), "outages", "calendar-off", P.OUTAGES_EDIT),
        ),
    ),
    (
        pgettext_lazy("menu", "账务"),
        (
            Entry(pgettext_lazy("menu", "账户"), "accounts", "landmark", P.LEDGER),
            Entry(pgettext_lazy("menu", "哈希链"), "chain", "link", P.LEDGER),
        ),
    ),
    (
        pgettext_lazy("menu", "管理"),
        (
            Entry(pgettext_lazy("menu", "用户"), "users", "users", P.USERS),
            Entry(pgettext_lazy("menu", "机构"), "institutions", "network", P.USERS),
            Entry(pgettext_lazy("menu", "配置"), "settings", "settings", P.SETTINGS),
            Entry(pgettext_lazy("menu", "审计"), "audit", "scroll-text", P.AUDIT),
        ),
    ),
)


def groups_for(access: Access, path: str) -> list[Group]:
    """The menu of this user; the entry whose page this is, or is below, is current."""
    shown = [
        (title, [(entry, _url(entry.route)) for entry in entries
                 if entry.permission is None or access.may(entry.permission)])
        for title, entries in MENU
    ]  # fmt: skip
    here = [url for _, entries in shown for _, url in entries if url and path.startswith(url)]
    current = max(here, key=len, default="")
    return [
        Group(title, items)
        for title, entries in shown
        if (items := [Item(entry.title, url, entry.icon, url == current)
                      for entry, url in entries if url])
    ]  # fmt: skip


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
