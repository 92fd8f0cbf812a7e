"""Institutions renamed, moved and closed 更名、划转、撤并. Who sees whose rows follows from the tree, so two
people decide. People and partners move with their institution; one that is closed has none left."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code

ACT = "institutions.change"
OPEN, CLOSED = Text("正常", "Open"), Text("已撤销", "Closed")
NAME_MAX, TOLD_MAX = 100, 5
_SQL = queries(__package__)


class InUse(NamedTuple):
    """What stands in the way of closing. `kind`: institution, user, partner, account."""

    kind: str
    name: str


def in_use(institution: Institution) -> list[InUse]:
    """All of it: institutions below, users who may sign in, partners that are not shut, accounts of partners
    that are not at zero."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["institution_in_use"], [institution.pk])
        return [InUse(*row) for row in cursor.fetchall()]


def propose(
    access: Access, institution: Institution, name: str, parent: int | None, closed: bool, now: datetime,
    reason: str = "",
) -> Authorisation:  # fmt: skip
    """Another name, another institution above, closed or open again. Refused: OUT_OF_SCOPE, as `view` and
    `second.propose` refuse."""
    if not access.scope.has_institution(institution.pk):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if parent is not None and not access.scope.has_institution(parent):
        raise Refused(Code.OUT_OF_SCOPE, "parent")
    content = {"institution": institution.pk, "name": name.strip(), "parent": parent, "closed": closed}
    return second.propose(access, ACT, institution.code, content, now, institution=_whose(institution), reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Its name, the one above, whether it is open. Refused: INPUT_INVALID (name; nothing changes),
    INSTITUTION_INVALID (below itself, a lower one, a closed one; open
    below a closed one), INSTITUTION_IN_USE (what stands in the way)."""
    row = Institution.objects.select_related("parent").get(pk=content["institution"])
    parent = Institution.objects.filter(pk=content["parent"]).first() if content["parent"] else None
    name, was_closed = content["name"], row.closed_at is not None
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Refused(Code.INPUT_INVALID, "name")
    if (name, content["parent"], content["closed"]) == (row.name, row.parent_id, was_closed):
        raise Refused(Code.INPUT_INVALID, "name")
    stays_below = content["parent"] == row.parent_id and (content["closed"] or not (parent and parent.closed_at))
    if not stays_below and not _may_stand_below(row, parent):
        raise Refused(Code.INSTITUTION_INVALID, "parent")
    if content["closed"] and not was_closed and (left := in_use(row) or row.parent_id is None):
        told = "；".join(one.name for one in left[:TOLD_MAX]) if isinstance(left, list) else row.name
        raise Refused(Code.INSTITUTION_IN_USE, "closed", told)
    return [
        Change("code", Text("机构号", "Number"), row.code, row.code),
        Change("name", Text("名称", "Name"), row.name, name),
        Change("parent", Text("上级机构", "Above it"), str(row.parent) if row.parent else None,
               str(parent) if parent else None),
        Change("state", Text("状态", "State"), CLOSED if was_closed else OPEN, CLOSED if content["closed"] else OPEN),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """So from now on. Refused: INSTITUTION_INVALID, INSTITUTION_IN_USE."""
    row = Institution.objects.get(pk=content["institution"])
    with connection.cursor() as cursor:
        cursor.execute(_SQL["put_institution"], [row.code, decision.now])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))


def _may_stand_below(row: Institution, parent: Institution | None) -> bool:
    order = [level.value for level in Institution.Level]
    return (parent is not None and row.parent_id is not None and parent.closed_at is None
            and order.index(parent.level) < order.index(row.level))  # fmt: skip


def _whose(institution: Institution) -> Institution:
    """Who decides stands above it, so that nobody decides about where he stands himself; of the top, at it."""
    return institution.parent or institution
