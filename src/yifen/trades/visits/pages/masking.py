"""Whose account numbers a role reads in visits: a company's own staff reads those of its own
customers, whose doors it goes to."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role
from yifen.face import masking
from yifen.face.lists.listing import Column, Row

WHOLE = masking.WHOLE_ACCOUNT | {Role.BILLER_STAFF}


def account_shown(access: Access, account_no: str) -> str:
    return masking.account_shown(access, account_no, WHOLE)


def account_column(url: Callable[[Row, Access], str] | None = None) -> Column:
    """Of a list that has customers as `c`."""
    return Column("account_no", "c.account_no", _("户号"), "code", value=lambda r, a: account_shown(a, r.account_no),
                  url=url)  # fmt: skip
