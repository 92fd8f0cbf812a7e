"""What a transaction 交易 is to the desk: a code, a title, a permission, help, and its work.

A transaction is one module in `desk/transactions` and one line in its table; menu, code box, keys,
permission and help follow from it.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from yifen.access.roles import Permission

Text = str | Promise


class Transaction(ABC):
    """One transaction code. A class serves one code, or several made with other words."""

    permission: ClassVar[Permission] = Permission.DESK

    def __init__(self, code: str, title: Text, help_text: Text) -> None:
        self.code, self.title, self.help_text = code, title, help_text

    @abstractmethod
    def work(self, request: HttpRequest) -> HttpResponse:
        """One request of it: GET shows a form, POST goes a step on."""
