"""What the agency's transactions have in common: where the teller stands, which cores he reaches, what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import access_of, user_of
from yifen.core.access.telling import words
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import DeskForm
from yifen.face.desk.transaction import DeskScreen
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import Cores
from yifen.trades.agency import duties
from yifen.trades.agency.deposits import DeskPlace
from yifen.trades.agency.pages.words import STATES

KEEPING = _("参数维护")


@contextmanager
def reached() -> Iterator[Cores]:
    """The cores, by this request's connection."""
    with plain_connection() as conn:
        yield cores_of(conn)


def place_of(request: HttpRequest, shift: Any) -> DeskPlace:
    """Of the teller's open shift."""
    user = user_of(request)
    return DeskPlace(shift.institution_id, shift.channel_id, shift.pk, user.pk, user.login, shift.business_day,
                     access_of(request).session)  # fmt: skip


def may_propose(request: HttpRequest, permission: str, duty: str) -> None:
    """Said before anything is typed; the operation asks again. Refused: PERMISSION_MISSING, AGENCY_LEVEL_WRONG."""
    if not access_of(request).may(permission):
        raise Refused(Code.PERMISSION_MISSING)
    duties.check(user_of(request), duty)


def asking(form: DeskForm, step: Any, key: Any, facts: list[tuple[Any, Any]] | None = None, **more: Any) -> DeskScreen:
    """A form with what is known above it."""
    return DeskScreen("agency/form", {"form": form, "step": step, "key": key, "facts": facts or [], **more})


def result(request: HttpRequest, one: Any, facts: list[tuple[Any, Any]]) -> DeskScreen:
    """What became of a deposit or a charge."""
    why = words(request, Refused(one.code)) if one.code is not Code.OK else ""
    return DeskScreen("agency/done", {
        "serial": one.serial, "fen": one.amount_fen, "state": STATES[one.state][0], "tone": STATES[one.state][1],
        "why": why, "facts": facts, "is_asked": one.state == "asked",
        "has_paper": one.state in ("booked", "reversed"), "is_back": one.state == "reversed",
    })  # fmt: skip
