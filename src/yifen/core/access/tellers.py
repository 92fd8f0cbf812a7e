"""Tellers change their branch: for good 调动, or as substitutes 顶岗 for some days, who return by themselves.

Two people decide who reach both branches. A number is the institution's and three digits, 901041700-001. Who moves gets
one of his new branch; the old one is shut for ever and leads to it, and both are one human being's (工号), so that he
checks himself under neither. A substitute keeps his number. Who has an open shift, cash in his
drawer or papers in his hand, stays.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from yifen.core.access import edge, operations, second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation, User
from yifen.core.access.roles import Roles
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.directory.queries import ancestors
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.roles import Role
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code

ACT = "tellers.move"
MOVE, SUBSTITUTE = "move", "substitute"
KINDS = {MOVE: Text("调动", "Moves for good"), SUBSTITUTE: Text("顶岗", "Substitutes")}
DAYS_MOST = 92  # of a substitute
_SQL = queries(__package__)


class TellerMove(NamedTuple):
    """As it is asked for. `from_on`, `until_on`: a substitute's first and last day; who moves goes at once."""

    kind: str
    to: int
    from_on: date | None = None
    until_on: date | None = None


class PastMove(NamedTuple):
    """One of a teller's moves. `number`: the one that he has after it."""

    kind: str
    was_at: str
    went_to: str
    from_on: date
    until_on: date | None
    state: str
    number: str
    user_id: int
    maker: str
    checker: str


@transaction.atomic
def propose(access: Access, user: User, form: TellerMove, now: datetime, reason: str) -> Authorisation:
    """Put before one more who reaches both branches. Refused: as `operations.reached`, OUT_OF_SCOPE, `view` and
    `second.propose` refuse."""
    found = operations.reached(access, user)
    to = Institution.objects.filter(pk=form.to).first()
    if to is None or not access.scope.has_institution(to.pk):
        raise Refused(Code.OUT_OF_SCOPE, "to")
    first, last = (form.from_on, form.until_on) if form.kind == SUBSTITUTE else (None, None)
    content = {"user": found.pk, "kind": form.kind, "to": to.pk, "today": today(now).isoformat(),
               "from_on": first and first.isoformat(), "until_on": last and last.isoformat()}  # fmt: skip
    return second.propose(access, ACT, found.login, content, now, institution=above_both(found.institution, to),
                          reason=reason)  # fmt: skip


def above_both(one: Institution, other: Institution) -> Institution:
    """The lowest that stands above, or at, both."""
    above = set(ancestors(other.pk))
    return Institution.objects.get(pk=next(pk for pk in ancestors(one.pk) if pk in above))


def view(content: dict[str, Any]) -> list[Change]:
    """His branch and number, as they are and will be. Refused: INPUT_INVALID (kind, from_on, until_on),
    TELLER_MOVE_UNFIT, TELLER_AWAY, and for who moves at once what keeps him where he is: TELLER_SHIFT_OPEN,
    TELLER_HAS_CASH, TELLER_HAS_PAPERS."""
    if content["kind"] not in KINDS:
        raise Refused(Code.INPUT_INVALID, "kind")
    user = User.objects.select_related("institution").get(pk=content["user"])
    _check("move_unfit", [user.pk, content["to"]], "to")
    is_move = content["kind"] == MOVE
    if is_move:
        _check("stays", [user.pk], "to")
    else:
        _check_days(content)
    number = _read("next_number", [content["to"]]) if is_move else user.login
    return [
        Change("kind", Text("事项", "What"), None, KINDS[content["kind"]]),
        Change("name", Text("姓名", "Name"), user.name, user.name),
        Change("institution", Text("机构", "Institution"), str(user.institution),
               str(Institution.objects.get(pk=content["to"]))),
        Change("number", Text("柜员号", "Teller's number"), user.login, number),
        Change("from_on", Text("开始日", "First day"), None, content["from_on"]),
        Change("until_on", Text("截止日", "Last day"), None, content["until_on"]),
    ]  # fmt: skip


def _check_days(content: dict[str, Any]) -> None:
    """Refused: INPUT_INVALID."""
    first, last = content["from_on"], content["until_on"]
    if not first or first < content["today"]:
        raise Refused(Code.INPUT_INVALID, "from_on")
    if not last or not 0 <= (date.fromisoformat(last) - date.fromisoformat(first)).days < DAYS_MOST:
        raise Refused(Code.INPUT_INVALID, "until_on", f"≤ {DAYS_MOST}")


def run(content: dict[str, Any], decision: Decision) -> None:
    """Who moves is there; a substitute goes on his first day. Refused: AUTHORISATION_INVALID, and as `view`."""
    user = User.objects.get(pk=content["user"])
    _check("move", [user.login, today(decision.now), decision.now], "to")


def moves_of(user: User) -> list[PastMove]:
    """Of this number, and how it came to be, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["moves_of"], [user.pk, user.pk])
        return [PastMove(*row) for row in cursor.fetchall()]


def numbered(institution: Institution, roles: Roles) -> str:
    """The number of its next teller. Refused: INPUT_INVALID (who is no teller needs a login)."""
    if Role.TELLER not in roles:
        raise Refused(Code.INPUT_INVALID, "login")
    number = _read("next_number", [institution.pk])
    if number is None:
        raise Refused(Code.INPUT_INVALID, "login", f"{institution.code}-999")
    return str(number)


def due(ending: Callable[[], bool]) -> None:
    """The worker's job: substitutes go and return on their days."""
    now = edge.now()
    _read("moves_due", [today(now), now])


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def _check(name: str, values: list[Any], field: str) -> None:
    if code := _read(name, values):
        raise Refused(result_code(code), field)


def _read(name: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        return cursor.fetchone()[0]
