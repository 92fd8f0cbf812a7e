"""Carriers 消息通道: the port to those who bring messages to people, and what they answer.

No call is made inside a database transaction; every call has a deadline and goes our one way out.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

WAIT_S = 6.0  # a page may be waiting
_DIGITS = re.compile(r"\d{7,}")


class Medium(StrEnum):
    """How a message reaches a person, and so what `Outgoing.to` is."""

    SMS = "sms"  # a mobile number
    MAIL = "mail"  # a mail address
    WECHAT = "wechat"  # his openid
    APP = "app"  # a mobile number, as the app knows him


class Outgoing(NamedTuple):
    """One message. `ref` tells it from all others; `template`: the provider's own id of the text, `values`
    what stands in its places, in their order; `text`: all of it, as the person reads it; `stop_url`: where he
    ends such messages."""

    channel: Medium
    kind: str
    to: str
    title: str
    text: str
    values: Mapping[str, str]
    template: str
    ref: str
    url: str = ""
    stop_url: str = ""


class SendVerdict(StrEnum):
    """What became of a try."""

    TAKEN = "sent"
    NEVER = "failed"  # refused for ever: nobody has this number, he blocked us
    LATER = "later"  # not taken now: try again
    UNSURE = "unsure"  # it may have gone out: never again by itself


class SendOutcome(NamedTuple):
    """`serial`: the provider's number of the message; `said`: why not, as it says."""

    verdict: SendVerdict
    serial: str = ""
    said: str = ""


class Carrier(Protocol):
    """Who brings messages of one channel. `repeatable`: it knows a message that comes twice by its ref."""

    code: str
    repeatable: bool

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        """One try."""


class LocalOutbox:
    """The default: nothing leaves this machine, the message stays in the outbox."""

    code, repeatable = "local", True

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        return SendOutcome(SendVerdict.TAKEN)


def said(text: object) -> str:
    """What a provider says, without numbers of people."""
    return _DIGITS.sub(lambda found: f"{'*' * (len(found[0]) - 4)}{found[0][-4:]}", str(text))[:200]
