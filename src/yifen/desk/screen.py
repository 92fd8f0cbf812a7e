"""What every screen of the desk shows: outlet, teller, day, shift, and what is not finished."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yifen.access.edge import user_of
from yifen.counter import queries
from yifen.desk.transaction import Transaction
from yifen.kernel.refused import Refused


def status(request: HttpRequest) -> dict[str, Any]:
    """The bar at the top."""
    teller = user_of(request)
    shift = queries.open_shift_of(teller)
    return {
        "outlet": teller.institution.name,
        "teller": f"{teller.login} {teller.name}",
        "business_day": shift.business_day if shift else business_day(teller.institution_id),
        "shift": _("营业中") if shift else _("未开班"),
        "is_open": shift is not None,
        "unfinished": queries.unfinished(shift) if shift else [],
    }


def business_day(institution_id: int) -> Any:
    """The open day of the book that this outlet's counter belongs to; None without a counter."""
    try:
        return queries.business_day_of(queries.counter_of(institution_id).partner.book_id)
    except Refused:
        return None


def show(
    request: HttpRequest, template: str, transaction: Transaction | None, context: dict[str, Any]
) -> HttpResponse:
    """A screen; `transaction` is the one at work, if any."""
    found = {"transaction": transaction, "transaction_code": transaction.code if transaction else ""}
    return render(request, f"desk/{template}.html", status(request) | found | context)
