"""Asking the hub, and how sure its answer makes us."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.trades.counter.rules import UNSURE

T = TypeVar("T")


class HubAnswer(NamedTuple, Generic[T]):
    """`decided`: the code was judged with the serial itself. A refusal that came before that (BUSY, a
    partner suspended meanwhile) says nothing about an earlier try of the same serial."""

    code: ResultCode
    reply: T | None
    decided: bool

    def is_sure(self, first_try: bool) -> bool:
        """Whether nothing else can have become of it."""
        return self.code not in UNSURE and (self.decided or first_try)


def ask(call: Callable[[], tuple[ResultCode, T | None]]) -> HubAnswer[T]:
    """The hub's word, whether it answered or refused."""
    try:
        return HubAnswer(*call(), decided=True)
    except Refused as refused:
        return HubAnswer(refused.code, None, decided=False)
