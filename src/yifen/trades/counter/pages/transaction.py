"""What a transaction 交易 is to the desk: a code, a title, a permission, help, and its work.

A transaction is one module in `desk/transactions` and one line in its table; menu, code box, keys,
permission, shift and help follow from it.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.refused import Refused
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Shift

Text = str | Promise

COLLECTING = _("收费")
CORRECTING = _("更正与回单")
SHIFTS = _("班次与流水")


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

    def check(self, shift: Shift | None) -> None:
        """Whether it may begin now. Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER."""
        if self.needs_shift and shift is None:
            raise Refused(CounterCode.SHIFT_NOT_OPEN)
        if self.needs_open_day and shift is not None:
            queries.check_day_open(shift)

    @abstractmethod
    def work(self, request: HttpRequest, shift: Shift | None) -> HttpResponse:
        """One request of it: GET shows a form, POST goes a step on. `shift` is the teller's, if it
        is open."""
