"""What every screen of the desk shows: outlet, teller, day, shift, and what is not finished."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.edge import user_of
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import DeskForm
from yifen.face.desk.transaction import Transaction
from yifen.face.forms import TYPE_AGAIN, lost
from yifen.face.shell.middleware import POLICY
from yifen.trades.counter import queries
from yifen.trades.counter.models import Entry, Shift


def status(request: HttpRequest, shift: Shift | None) -> dict[str, Any]:
    """The bar at the top."""
    teller = user_of(request)
    since = timezone.localtime(shift.opened_at).strftime("%H:%M") if shift else ""
    return {
        "outlet": teller.institution.name,
        "teller": f"{teller.login} {teller.name}",
        "business_day": shift.business_day if shift else business_day(teller.institution_id),
        "shown_at": edge.now(),
        "shift": _("%(time)s 开班") % {"time": since} if shift else _("未开班"),
    }


def business_day(institution_id: int) -> Any:
    """The open day of the book that this outlet's counter belongs to; None without a counter."""
    try:
        return queries.business_day_of(queries.counter_of(institution_id).partner.book_id)
    except Refused:
        return None


def unfinished(shift: Shift | None, here: Entry | None) -> list[Entry]:
    """What the teller began and did not end, but for what this screen is about."""
    found = queries.unfinished(shift) if shift else []
    return [entry for entry in found if here is None or entry.pk != here.pk]


def show(
    request: HttpRequest, template: str, transaction: Transaction | None, context: dict[str, Any],
    status_code: int = 200,
) -> HttpResponse:  # fmt: skip
    """A screen; `transaction` is the one at work, if any."""
    shift = queries.open_shift_of(user_of(request))
    set_focus([value for value in context.values() if isinstance(value, DeskForm)])
    found = {
        "transaction": transaction,
        "transaction_code": transaction.code if transaction else "",
        "unfinished": unfinished(shift, context.get("entry")),
        **status(request, shift),
    }
    screen = render(request, f"desk/{template}.html", found | context, status=status_code)
    screen["Content-Security-Policy"] = f"{POLICY}; frame-src blob:"  # a paper that prints by itself (print.js)
    return screen


def set_focus(forms: list[DeskForm]) -> None:
    """On the first error; where there is none, the last form is what the teller goes on with. Of a password or code
    that was typed and is not shown again its field says so."""
    for form in forms:
        for name in lost(form):
            form[name].help_text = TYPE_AGAIN
    wrong = [form for form in forms if form.errors]
    for form in wrong[:1] or forms[-1:]:
        form.focus()


def before_of(request: HttpRequest) -> int | None:
    """Where a list goes on: the id of the last row of the page before."""
    text = request.GET.get("before", "")[:18]
    return int(text) if text.isdecimal() else None
