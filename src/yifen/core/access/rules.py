"""Pure decisions of access."""

import unicodedata
from ipaddress import IPv6Address, IPv6Network, ip_address

from yifen.core.access.roles import Roles, clash, grantable, of_partners, role_text
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused


def counted_as(login: str) -> str:
    """The login under which failures are counted: the same however it is written."""
    return login.strip().lower()


def counted_from(address: str) -> str:
    """The network whose tries are counted together: of IPv6 the /64, for a subscriber has one whole and
    may come from any address in it; of IPv4 the address, also where it is written as IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(IPv6Network((int(found) >> 64 << 64, 64)))
        found = found.ipv4_mapped
    return str(found)


def plain_digits(code: str) -> str:
    """Six digits as people type them: full-width, or in two groups."""
    return "".join(unicodedata.normalize("NFKC", code).split())


def plain_code(code: str) -> str:
    """A recovery code as people type it: in groups, in capitals."""
    return plain_digits(code).replace("-", "").lower()


def check_roles(roles: Roles, giver: Roles, *, of_partner: bool) -> None:
    """May `giver` make somebody these? Refused: INPUT_INVALID (none), ROLE_NOT_GRANTABLE,
    ROLES_CLASH."""
    if not roles:
        raise Refused(Code.INPUT_INVALID, "roles")
    if foreign := roles - grantable(giver):
        raise Refused(Code.ROLE_NOT_GRANTABLE, "roles", _names(foreign))
    if pair := clash(roles):
        raise Refused(Code.ROLES_CLASH, "roles", _names(pair))
    misplaced = roles - of_partners() if of_partner else roles & of_partners()
    if misplaced:
        raise Refused(Code.ROLE_NOT_GRANTABLE, "roles", _names(misplaced))


def check_taken(roles: Roles, taker: Roles) -> None:
    """Who could not give somebody's roles does not touch him: a new first password would hand them
    out. Refused: ROLE_NOT_GRANTABLE."""
    if foreign := roles - grantable(taker):
        raise Refused(Code.ROLE_NOT_GRANTABLE, "roles", _names(foreign))


def _names(roles: Roles) -> str:
    return ", ".join(sorted(role_text(role) for role in roles))
