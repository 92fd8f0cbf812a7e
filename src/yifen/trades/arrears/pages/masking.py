"""Whose account numbers a role reads in arrears: a company's own staff reads those of its own customers, whom it
calls. Who calls reads the name and the phone of whoever is to be called, nobody else does."""

from yifen.core.access.edge import Access
from yifen.core.access.roles import Role
from yifen.core.access.sealing import ring
from yifen.core.facts.masking import masked_name
from yifen.core.facts.secrets import KeyRingError
from yifen.face import masking
from yifen.hub.payments.names import opened_name

WHOLE = masking.WHOLE_ACCOUNT | {Role.BILLER_STAFF}


def account_shown(access: Access, account_no: str) -> str:
    return masking.account_shown(access, account_no, WHOLE)


def name_shown(access: Access, biller_id: int, account_no: str, sealed: str | None) -> str:
    """The holder's name 户名: whole for who calls him."""
    name = opened_name(ring(), biller_id, account_no, sealed)
    return (name if access.may("arrears.do") else masked_name(name)) or "—"


def phone_shown(access: Access, biller_id: int, account_no: str, sealed: str | None) -> str:
    """His phone likewise."""
    phone = phone_of(biller_id, account_no, sealed)
    return phone if access.may("arrears.do") or not phone else f"****{phone[-4:]}"


def phone_of(biller_id: int, account_no: str, sealed: str | None) -> str:
    """As billing sealed it; "": none, or no key opens it."""
    try:
        return ring().open_text(sealed, f"billing contact:{biller_id}:{account_no}") if sealed else ""
    except KeyRingError:
        return ""
