"""Webhooks: an event as a signed POST, by Standard Webhooks; the signature is that library's."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from yifen.core.facts.addresses import address_of
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.refused import Refused
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.wire import outbound
from yifen.hub.payments.events import said_at
from yifen.hub.payments.wirelog_mask import HIDDEN, tail
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.port import Outcome, PipeEnd, PipeTransport, ToldEvent, TryResult
from yifen.trades.pipes.rules import retry_after_s

WAIT_S = 10.0
ANSWER_BYTES_MAX = 4_096
SAID_CHARS = 120
GONE = 410
PREFIX = "whsec_"
NUMBER = re.compile(r"\d[\dXx ]{5,}[\dXx]")  # in any script's digits
SECRET = re.compile(r"(?=[A-Za-z_+=-]*\d)[A-Za-z0-9_+=-]{20,}")
HTTPS = Bilingual("地址须以 https:// 开头", "an address begins with https://")


def deliver(pipe: PipeEnd, event: ToldEvent, now: datetime) -> Outcome:
    """2xx: it was taken. 410: nobody wants it there any longer. All else is tried again; redirects are not
    followed."""
    try:
        check(pipe.address, pipe.settings)
        body = body_of(event)
        answer = outbound.call("POST", pipe.address, headers_of(pipe, event, body, now), body, WAIT_S,
                               bytes_max=ANSWER_BYTES_MAX, cut=True)  # fmt: skip
    except Refused as refused:
        return Outcome(TryResult.FAILED, f"{refused.code:04d} {refused.detail}")
    except outbound.NoReply as error:
        return Outcome(TryResult.FAILED, str(error))
    said = f"{answer.status} {_excerpt(answer.body)}".strip()
    if 200 <= answer.status < 300:
        return Outcome(TryResult.DELIVERED, str(answer.status), answer.status)
    if answer.status == GONE:
        return Outcome(TryResult.GONE, said, answer.status)
    pause_s = retry_after_s(answer.headers.get("retry-after", ""), now)
    return Outcome(TryResult.FAILED, said, answer.status, pause_s)


def body_of(event: ToldEvent) -> bytes:
    """The same bytes at every try."""
    told = {"type": event.kind, "timestamp": said_at(event.at), "data": dict(sorted(event.data.items()))}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(pipe: PipeEnd, event: ToldEvent, body: bytes, now: datetime) -> dict[str, str]:
    """A signature by each secret that counts, the newest first."""
    at = now.astimezone(UTC)
    signed = " ".join(Webhook(secret).sign(event.uid, at, body.decode()) for secret in pipe.secrets)
    return {"Content-Type": "application/json; charset=utf-8", "webhook-id": event.uid,
            "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}  # fmt: skip


def check(address: str, settings: Mapping[str, Any]) -> None:
    """https; http only to this machine, for trial. Refused: PIPE_ADDRESS_INVALID, INPUT_INVALID (an address that
    the hub may not call)."""
    check_endpoint(address, "address")
    parts = urlsplit(address)
    host = parts.hostname or ""
    literal = address_of(host)
    is_here = host == "localhost" or (literal is not None and literal.is_loopback)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise Refused(PipeCode.PIPE_ADDRESS_INVALID, "address", HTTPS)


def _excerpt(body: bytes) -> str:
    """What it says in words of any language; not long numbers, nor what looks like a secret."""
    text = body[: 4 * SAID_CHARS].decode("utf-8", errors="replace")
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = SECRET.sub(HIDDEN, NUMBER.sub(lambda found: tail(found[0]), plain))
    return " ".join(plain.split())[:SAID_CHARS]


TRANSPORT = PipeTransport("webhook", deliver, WAIT_S, check, places=16)
