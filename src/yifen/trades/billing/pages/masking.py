"""Whose account numbers a role reads in billing: a company's own staff reads those of its own customers, which are the
only ones in its reach."""

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role
from yifen.face import masking

WHOLE = masking.WHOLE_ACCOUNT | {Role.BILLER_STAFF}


def account_shown(access: Access, account_no: str) -> str:
    return masking.account_shown(access, account_no, WHOLE)


def sees_whole(access: Access) -> bool:
    """Whether account numbers are shown to him whole."""
    return account_shown(access, "00000000") == "00000000"
