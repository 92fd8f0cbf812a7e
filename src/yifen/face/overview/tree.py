"""The organisation tree with each institution's share of the day."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from yifen.core.access.scope import Scope
from yifen.core.directory.queries import tree
from yifen.core.partners.models import Partner
from yifen.hub.payments.figures.reading import Total


class Branch(NamedTuple):
    """An institution: what its own billers took, and what it took with all below it."""

    depth: int
    name: str
    payments: int
    amount_fen: int
    children: list["Branch"]
    pk: int = 0  # of the institution; 0: several


def branches(billers: Iterable[Total], scope: Scope) -> list[Branch]:
    """The top of the tree in scope, of totals by biller; institutions without payments are left out. What belongs to
    billers of institutions out of scope stands under one name at the end."""
    homes = dict(Partner.objects.values_list("pk", "institution_id"))
    own: dict[int, tuple[int, int]] = {}
    for row in billers:
        home = homes[row.key[0]]
        count, fen = own.get(home, (0, 0))
        own[home] = count + row.payments, fen + row.amount_fen
    children: dict[int | None, list[Any]] = {}
    seen = {node.pk for _depth, node in tree() if scope.has_institution(node.pk)}
    for _depth, node in tree():
        if node.pk in seen:
            parent = node.parent_id if node.parent_id in seen else None
            children.setdefault(parent, []).append(node)
    found = [grown for node in children.get(None, ()) if (grown := _grow(node, 0, children, own))]
    outside = [figures for pk, figures in own.items() if pk not in seen]
    if outside:
        found.append(Branch(0, _("其他机构"), sum(row[0] for row in outside),
                            sum(row[1] for row in outside), []))  # fmt: skip
    return found


def _grow(node: Any, depth: int, children: dict[int | None, list[Any]],
          own: dict[int, tuple[int, int]]) -> Branch | None:  # fmt: skip
    below = [
        grown
        for child in children.get(node.pk, ())
        if (grown := _grow(child, depth + 1, children, own))
    ]
    count, fen = own.get(node.pk, (0, 0))
    count += sum(branch.payments for branch in below)
    fen += sum(branch.amount_fen for branch in below)
    return Branch(depth, node.name, count, fen, below, node.pk) if count else None


def flat(found: Iterable[Branch]) -> list[Branch]:
    """Parents before children."""
    return [each for branch in found for each in (branch, *flat(branch.children))]
