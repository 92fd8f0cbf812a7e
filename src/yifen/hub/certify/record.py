"""What a channel did in its sandbox, as data: exchanges in order, and questions about them. Pure."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from yifen.core.facts.codes import Code

MONEY_VERBS = ("charge", "reverse", "refund")
CODES = {f"{code:04d}": code for code in Code}
BOOKED = "0000"
FIRST_BUSINESS_CODE = 3000  # a code below speaks of the message, not of the payment
# After these the sender does not know; other retryable codes say that nothing was taken.
UNDECIDED = (Code.PROCESSING, Code.UNAVAILABLE, Code.FAULT)


class ChannelExchange(Struct, frozen=True, kw_only=True):
    """One request of the channel and the hub's answer. `serial`: the request's own, of a confirm
    the one that it asks about; `code`: the four digits answered, empty when no answer could be
    delivered; `result`: what a confirm said of the original; `content`: the content hash;
    `request_bytes`: the length; `encoding`: a label as UTF-8; `ms`: until the answer; `proved`: the
    channel sent it, as far as its own record or a signature shows (else anybody may have)."""

    at: datetime
    verb: str
    code: str
    serial: str = ""
    original_serial: str = ""
    result: str = ""
    content: str = ""
    request_bytes: int = 0
    encoding: str = "UTF-8"
    dialect: str = "xml"
    ms: int = 0
    account_no: str = ""
    amount_fen: int | None = None
    proved: bool = True


class ChannelTerms(Struct, frozen=True, kw_only=True):
    """What was agreed with the channel. `lost_ms`: an answer that took this long counts as lost;
    `again_s`: two charges of the same account and amount within this time are one meant twice."""

    channel: str
    dialects: tuple[str, ...] = ("xml", "json")
    encoding: str = "UTF-8"
    request_bytes_max: int = 65_536
    lost_ms: int = 20_000
    again_s: int = 600


class ExchangeRecord:
    """A channel's exchanges in order of time."""

    def __init__(self, exchanges: list[ChannelExchange], terms: ChannelTerms) -> None:
        self.exchanges = sorted(exchanges, key=lambda exchange: exchange.at)
        self.terms = terms
        self._place = {id(exchange): place for place, exchange in enumerate(self.exchanges)}
        self._about: dict[str, list[ChannelExchange]] = {}  # serial → requests and confirms
        self._alike: dict[tuple[str, int | None], list[ChannelExchange]] = {}  # charges
        for exchange in self.exchanges:
            self._about.setdefault(exchange.serial, []).append(exchange)
            if exchange.verb == "charge":
                what = (exchange.account_no, exchange.amount_fen)
                self._alike.setdefault(what, []).append(exchange)

    def of(self, *verbs: str) -> list[ChannelExchange]:
        return [exchange for exchange in self.exchanges if exchange.verb in verbs]

    def is_lost(self, exchange: ChannelExchange) -> bool:
        """No answer, or one so late that the sender may have gone."""
        return not exchange.code or exchange.ms >= self.terms.lost_ms

    def is_undecided(self, exchange: ChannelExchange) -> bool:
        """Does the sender of this charge, reversal or refund not know what became of it?"""
        return self.is_lost(exchange) or CODES.get(exchange.code) in UNDECIDED

    def is_decision(self, exchange: ChannelExchange) -> bool:
        """Does this confirm or repeat tell what became of its serial?"""
        code = CODES.get(exchange.result or exchange.code)
        if self.is_lost(exchange) or code is None or code.meaning.retryable:
            return False
        return code is Code.OK or code >= FIRST_BUSINESS_CODE

    def by_serial(self) -> dict[str, list[ChannelExchange]]:
        """Serial → the requests under it, without confirms."""
        found: dict[str, list[ChannelExchange]] = {}
        for exchange in self.of(*MONEY_VERBS):
            found.setdefault(exchange.serial, []).append(exchange)
        return found

    def is_later(self, one: ChannelExchange, other: ChannelExchange) -> bool:
        return self._place[id(one)] > self._place[id(other)]

    def follow_ups(self, exchange: ChannelExchange) -> list[ChannelExchange]:
        """Later confirms and repeats of its serial, up to the one that decided it."""
        found: list[ChannelExchange] = []
        for later in self._about[exchange.serial]:
            if self.is_later(later, exchange) and later.verb in ("confirm", exchange.verb):
                found.append(later)
                if self.is_decision(later):
                    break
        return found

    def others(self, exchange: ChannelExchange) -> Iterator[ChannelExchange]:
        """Later charges of the same account and amount under another serial, soon enough."""
        for later in self._alike.get((exchange.account_no, exchange.amount_fen), ()):
            soon = (later.at - exchange.at).total_seconds() <= self.terms.again_s
            if soon and self.is_later(later, exchange) and later.serial != exchange.serial:
                yield later

    def booked_from(self) -> dict[str, ChannelExchange]:
        """Serial of each booked charge → the exchange by which the channel knew."""
        charges = {exchange.serial for exchange in self.of("charge")}
        found: dict[str, ChannelExchange] = {}
        for exchange in self.of("charge", "confirm"):
            if exchange.serial in charges and (exchange.result or exchange.code) == BOOKED:
                found.setdefault(exchange.serial, exchange)
        return found

    def taken_back(self) -> dict[str, ChannelExchange]:
        """Serial of each charge that was taken back whole → the exchange by which the channel knew: of the
        reversal, or of the refund with which nothing was left of it."""
        left = {exchange.serial: exchange.amount_fen or 0 for exchange in self.of("charge")}
        asked: dict[str, ChannelExchange] = {}
        found: dict[str, ChannelExchange] = {}
        done: set[str] = set()
        for exchange in self.of("reverse", "refund", "confirm"):
            if exchange.verb != "confirm":
                asked.setdefault(exchange.serial, exchange)
            back = asked.get(exchange.serial)
            if back is None or back.serial in done or (exchange.result or exchange.code) != BOOKED:
                continue
            done.add(back.serial)
            original = back.original_serial
            left[original] = left.get(original, 0) - (back.amount_fen or 0)
            if left[original] <= 0:
                found.setdefault(original, exchange)
        return found

    def over(self) -> dict[str, ChannelExchange]:
        """Serial of each charge of which nothing is left → the exchange by which the channel knew: it was
        taken back whole, or decided as failed. What it was for may be paid under another serial."""
        booked, found = self.booked_from(), self.taken_back()
        for exchange in self.of("charge", "confirm"):
            if exchange.serial not in booked and self.is_decision(exchange):
                found.setdefault(exchange.serial, exchange)
        return found
