"""What a role may read of a payer: the name never whole, the account number by role (X3)."""

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role, Roles
from yifen.core.facts.masking import masked_number

WHOLE_ACCOUNT = frozenset({Role.FINANCE, Role.SUPERVISOR, Role.AUDITOR})
AT_THE_COUNTER = WHOLE_ACCOUNT | {Role.TELLER}  # who has the payer before him


def account_shown(access: Access, account_no: str, whole: Roles = WHOLE_ACCOUNT) -> str:
    """The account number 户号, whole for those who check money, else its last four."""
    return account_no if access.roles & whole else masked_number(account_no)
