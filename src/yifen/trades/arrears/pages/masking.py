"""Whose account numbers a role reads in arrears: a company's own staff reads those of its own customers, whom it
calls."""

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role
from yifen.face import masking

WHOLE = masking.WHOLE_ACCOUNT | {Role.BILLER_STAFF}


def account_shown(access: Access, account_no: str) -> str:
    return masking.account_shown(access, account_no, WHOLE)
