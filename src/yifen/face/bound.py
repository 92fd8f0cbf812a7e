"""Who payers are and what they bound 绑定, for trades that speak to them: the trade that keeps it says it by
its plug's `bound`."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Protocol, cast

from django.http import HttpRequest

from yifen.core.facts.secrets import KeyRing
from yifen.core.plugs import called, plugs
from yifen.hub.payments.local import LocalHub


class BoundAccount(NamedTuple):
    """An account that a person keeps at hand. `remote`: its biller runs a system of its own."""

    binding_id: int
    holder_id: int
    biller_id: int
    biller_code: str
    biller_name: str
    account_no: str
    alias: str
    remote: bool


class Bound(Protocol):
    """Persons, by the number of a phone that was checked, and their accounts."""

    def holder_of(self, request: HttpRequest) -> int | None:
        """Whose phone was checked in this browser."""

    def home(self) -> str:
        """The address where his accounts are, and where he checks his phone."""

    def accounts(self, holder_id: int) -> list[BoundAccount]:
        """In the order in which they were bound."""

    def found(self, binding_ids: Iterable[int]) -> dict[int, BoundAccount]:
        """Those of them that are still bound."""

    def phone(self, ring: KeyRing, holder_id: int) -> str:
        """His number, whole: for carriers alone. LookupError: nobody."""

    def person(self, ring: KeyRing, holder_id: int) -> str:
        """His openid; "" for who never paid inside WeChat."""

    def by_phone(self, ring: KeyRing, typed: str) -> int | None:
        """Whose number this is."""

    def refresh(self, hub: LocalHub, account: BoundAccount) -> None:
        """Ask the biller what is due on it, so that its payables are as it says. Refused: what a query refuses."""


@cache
def bound() -> Bound | None:
    """None: no trade keeps such."""
    names = [plug.bound for plug in plugs() if plug.bound]
    return cast(Bound, called(names[0])) if names else None
