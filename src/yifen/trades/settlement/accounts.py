"""Payees' accounts in the clear, at the edges: what a person reads or a bank is told."""

from typing import Any

from yifen.core.facts import bank_accounts
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRingError
from yifen.core.ring import key_ring
from yifen.trades.settlement.codes import SettlementCode


def opened(sealed: str) -> str:
    """A payee's account number. Refused: PAYEE_INVALID (no key of the ring opens it)."""
    try:
        return bank_accounts.opened_account(key_ring(), sealed)
    except KeyRingError as error:
        raise Refused(SettlementCode.PAYEE_INVALID, "account_no", str(error)) from None


def shown(sealed: str | None) -> str:
    """The same for a page, which says so when no key opens it."""
    return bank_accounts.opened_in(key_ring(), sealed or "")


def sealed(account_no: str, known: list[str]) -> str:
    """As `bank_accounts.sealed_account`."""
    return bank_accounts.sealed_account(key_ring(), account_no, known)


def with_account(payee: dict[str, Any]) -> dict[str, Any]:
    """A payout's payee as its bank is told. Refused: PAYEE_INVALID."""
    return payee | {"account_no": opened(payee["account_no"])}
