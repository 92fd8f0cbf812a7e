"""Accounts of others at banks 收款账号, sealed wherever they are kept: tables, proposals, the trail (decision 0018).

All have one context, so that SQL tells equal accounts without opening any. A text may hold some among
other words.
"""

from collections.abc import Callable, Iterable
from re import Match

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.secrets import SEALED_TEXT, KeyRing, KeyRingError

CONTEXT = "bank account"
GONE = "（密钥已撤）"  # what is shown of one whose key is no longer in the ring


def typed_account(typed: str) -> str:
    """An account number as banks write it, however it was typed: plain capital letters and digits, no blanks."""
    return clean_account(typed).upper()


def typed_name(typed: str) -> str:
    """A name without blanks around it, and with single plain ones inside."""
    return " ".join(typed.split())


def sealed_account(ring: KeyRing, account_no: str, known: Iterable[str] = ()) -> str:
    """As tables keep it. `known`: what it will be compared with; an equal account among them, sealed by
    an older key, keeps its sealed text, so that they are equal also while a ring changes."""
    for sealed in known:
        try:
            if ring.open_text(sealed, CONTEXT) == account_no:
                return sealed
        except KeyRingError:
            continue
    return ring.seal_text(account_no, CONTEXT)


def opened_account(ring: KeyRing, sealed: str) -> str:
    """The account number. KeyRingError: no key opens it, or it is not sealed."""
    return ring.open_text(sealed, CONTEXT)


def opened_in(ring: KeyRing, text: str, shown: Callable[[str], str] = str) -> str:
    """A text to be read by people, each account in it opened and then as `shown` says."""

    def one(found: Match[str]) -> str:
        try:
            return shown(ring.open_text(found[0], CONTEXT))
        except KeyRingError:
            return GONE

    return SEALED_TEXT.sub(one, text)


def again(ring: KeyRing, text: str, context: str) -> str:
    """Each account in a text (or JSON) by the newest key, for `yifen reseal`. KeyRingError: no key opens one."""
    return SEALED_TEXT.sub(lambda found: ring.seal_text(ring.open_text(found[0], context), context), text)
