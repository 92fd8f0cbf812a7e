"""What a transaction 交易 is to the desk: a code, a title, a permission, help, and its work.

A trade brings transactions by its plug; menu, code box, keys, permission, shift and help follow.
"""

from abc import ABC, abstractmethod
from collections import Counter
from functools import cache
from typing import Any, ClassVar, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.plugs import PlugError, called, plugs

Text = str | Promise

COLLECTING = _("收费")
CORRECTING = _("更正与回单")
SHIFTS = _("班次与流水")
ASKING = pgettext_lazy("desk", "查询")


class DeskScreen(NamedTuple):
    """What the desk shows of a transaction: a template of `desk/`, and its context."""

    template: str
    context: dict[str, Any]


class Transaction(ABC):
    """One transaction code. A class serves one code, or several made with other words.

    `group` is the heading under which the menu shows it. `needs_shift` and `needs_open_day` say
    what has to be so before it works: the teller's shift is open, its business day too.
    """

    permission: ClassVar[str] = "desk.work"
    group: ClassVar[Text] = COLLECTING
    needs_shift: ClassVar[bool] = True
    needs_open_day: ClassVar[bool] = True

    def __init__(self, code: str, title: Text, help_text: Text) -> None:
        self.code, self.title, self.help_text = code, title, help_text

    def shows(self, request: HttpRequest, serial: str) -> str:
        """Where what it did under this serial is shown, if it is of the outlet of who asks; empty: nothing of it."""
        return ""

    @abstractmethod
    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        """One request of it: GET shows a form, POST goes a step on. `shift` is the teller's
        (`trades.counter.models.Shift`), None when it is not open."""


@cache
def transactions() -> tuple[Transaction, ...]:
    """All that the plugs bring, in order. PlugError: two of one code."""
    rows = tuple(row for plug in plugs() for name in plug.transactions for row in called(name))
    for code, count in Counter(row.code for row in rows).items():
        if count > 1:
            raise PlugError(f"the transaction {code} is claimed twice")
    return rows


def shown_at(request: HttpRequest, serial: str) -> str:
    """Where any transaction shows what was done under this serial; empty: none does."""
    return next((url for row in transactions() if (url := row.shows(request, serial))), "")


def found(code: str) -> Transaction | None:
    """The transaction of a code."""
    return next((row for row in transactions() if row.code == code), None)
