"""What a role may read of a payer: the name never whole, the account number by role (X3)."""

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role

WHOLE_ACCOUNT = frozenset({Role.FINANCE, Role.SUPERVISOR, Role.AUDITOR})
TAIL = 4


def account_shown(access: Access, account_no: str) -> str:
    """The account number 户号, whole for those who check money, else its last four."""
    return account_no if access.roles & WHOLE_ACCOUNT else masked_account(account_no)


def masked_account(account_no: str) -> str:
    """3201000001 → ******0001; of a short one nothing stays."""
    shown = TAIL if len(account_no) > TAIL else 0
    return "*" * (len(account_no) - shown) + account_no[len(account_no) - shown :]
