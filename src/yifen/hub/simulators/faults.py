"""What can go wrong between the hub and a biller: seeded rules that a biller simulator follows.

| fault | booked? | what the hub sees |
|---|---|---|
| late | yes | the answer, after its time-out |
| lost | yes | the connection closes without an answer |
| drop | no | the same |
| twice | yes | the answer, and the same bytes again |
| garbage | yes | bytes that are no answer |
| forged | yes | an answer with a wrong signature |
| wrong_amount | yes | a signed answer about another amount |
| busy | no | a retryable refusal |
| reject | no | a final refusal |
| down | no | nothing listens any more for a while |
"""

from collections import deque
from collections.abc import Iterable, Mapping
from random import Random

BOOKED = frozenset({"late", "lost", "twice", "garbage", "forged", "wrong_amount"})
NOT_BOOKED = frozenset({"drop", "busy", "reject", "down"})
KINDS = BOOKED | NOT_BOOKED
OK = ""


class FaultError(ValueError):
    """The rules cannot be read."""


class Faults:
    """Which fault a message meets. With `rates` (verb → fault → probability) it hangs on the seed
    and the message alone, not on the order of arrival, and each message meets one at most once;
    with a `script` the charges meet its words in turn."""

    def __init__(
        self,
        rates: Mapping[str, Mapping[str, float]] | None = None,
        script: Iterable[str] = (),
        seed: int = 1,
    ) -> None:
        self._rates, self._script, self._seed = rates or {}, deque(script), seed
        self._met: set[tuple[str, str]] = set()

    def next(self, verb: str, key: str) -> str:
        """The fault for this message, or OK; `key` names what it is about."""
        if self._script and verb == "charge":
            word = self._script.popleft()
            return OK if word == "ok" else word
        rates = self._rates.get(verb)
        if not rates or (verb, key) in self._met:
            return OK
        point = Random(f"{self._seed}|{verb}|{key}").random()
        for fault, rate in rates.items():
            point -= rate
            if point < 0:
                self._met.add((verb, key))
                return fault
        return OK


def read_rates(text: str) -> dict[str, dict[str, float]]:
    """`late=0.02,confirm.drop=0.1` (without a verb: charge). FaultError says what is wrong."""
    rates: dict[str, dict[str, float]] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        verb, _, fault = name.rpartition(".")
        try:
            rate = float(value)
        except ValueError:
            raise FaultError(f"{part!r} is not FAULT=PROBABILITY") from None
        if not 0 <= rate <= 1:
            raise FaultError(f"{part!r}: a probability is 0 to 1")
        rates.setdefault(verb or "charge", {})[known(fault)] = rate
    if any(sum(found.values()) > 1 for found in rates.values()):
        raise FaultError("the probabilities of one verb add up to more than 1")
    return rates


def read_script(text: str) -> list[str]:
    """`ok,late,drop`: what the first, second, third charge meets."""
    return [word if word == "ok" else known(word) for word in filter(None, text.split(","))]


def known(fault: str) -> str:
    if fault not in KINDS:
        raise FaultError(f"{fault!r} is not one of {', '.join(sorted(KINDS))}")
    return fault
