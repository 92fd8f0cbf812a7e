"""Roles 角色 and what each may do, as the plugs say. Deny by default: what stands nowhere nobody
may (X2).

Nobody holds two halves of one act: who edits users or partners books no money, who audits changes
nothing. Maker and checker are two people, who gives roles is neither, and nobody audits himself.
"""

from functools import cache
from itertools import combinations

from django.utils.translation import get_language

from yifen.core.facts.plug import Grant, RoleRow
from yifen.core.facts.roles import Role as Role
from yifen.core.plugs import permissions, plugs

Roles = frozenset[str]


@cache
def roles() -> dict[str, RoleRow]:
    """Every role, in the order in which they are shown."""
    return {row.name: row for plug in plugs() for row in plug.roles}


def grants() -> dict[str, Grant]:
    """Every permission by its name."""
    return permissions()


@cache
def incompatible() -> frozenset[Roles]:
    """Pairs of roles that one person must not hold together."""
    return frozenset(
        frozenset({row.name, other}) for row in roles().values() for other in row.apart_from
    )


@cache
def permissions_of(held: Roles) -> frozenset[str]:
    """All that the roles together may do."""
    return frozenset(name for name, grant in grants().items() if held.intersection(grant.to))


def grantable(held: Roles) -> Roles:
    """The roles that somebody with `held` may give to others."""
    if Role.PLATFORM_ADMIN in held:
        return frozenset(roles())
    if Role.INSTITUTION_ADMIN in held:
        return frozenset(name for name, row in roles().items() if not row.platform_only)
    return frozenset()


def of_partners() -> Roles:
    """Roles of people who work for a partner, not for an institution."""
    return frozenset(name for name, row in roles().items() if row.of_partner)


def clash(held: Roles) -> Roles | None:
    """The first two roles that one person must not hold together."""
    pairs = (frozenset(pair) for pair in combinations(sorted(held), 2))
    return next((pair for pair in pairs if pair in incompatible()), None)


def role_text(name: str) -> str:
    """What a role is called, in the reader's language; one whose trade is gone by its name."""
    row = roles().get(name)
    if row is None:
        return name
    return row.en if (get_language() or "").startswith("en") else row.zh
