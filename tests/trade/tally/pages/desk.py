"""Its transaction at the teller's desk."""

from typing import Any

from django.http import HttpRequest

from yifen.face.desk.transaction import DeskScreen, Transaction


class Give(Transaction):
    """A gift over the counter."""

    needs_shift = needs_open_day = False

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen:
        return DeskScreen("find", {"form": None})


TRANSACTIONS = (Give("9951", "捐款", "投入捐款箱"),)
