"""Requests as the hub would send them to a biller, and such as it never would."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from yifen.core.wire import http_signed, json_http, xml_client
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Request
from yifen.core.wire.sealing import DIGEST_LENGTH, seal
from yifen.hub.certify.target import Target

Change = Callable[[bytes], bytes]


class Letter(NamedTuple):
    """One request, ready to send."""

    url: str
    headers: dict[str, str]
    body: bytes


def letter(
    message: Request,
    target: Target,
    now: int,
    *,
    key: Key | None = None,
    change: Change | None = None,
) -> Letter:
    """A signed request. `now`: epoch seconds; `key`: another than the agreed one; `change`: what
    is done to the content before it is signed."""
    key = key or target.key
    url = f"{target.url.rstrip('/')}/{target.dialect}/v1/{message.VERB}"
    if target.dialect == "xml":
        body = xml_client.request_bytes(
            message, partner=target.partner, key_version=key.version, key=key.secret,
            sent_at=now, unit=target.unit, encoding=target.encoding,
        )  # fmt: skip
        if change is not None:
            body = seal(change(body[DIGEST_LENGTH:]), key.secret)
        return Letter(url, {}, body)
    body = json_http.request_body(message)
    if change is not None:
        body = change(body)
    serial = getattr(message, "serial", None)
    headers = http_signed.sign_request("POST", urlsplit(url).path, body, key, now, serial)
    return Letter(url, headers, body)
