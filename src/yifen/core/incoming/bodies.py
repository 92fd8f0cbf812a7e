"""Bodies as they come in: whole within a size and a least speed, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

GRACE_S = 5.0
WHOLE = "yifen.body"  # in ASGI's scope: all of it, if it came with the head
BYTES_S_LEAST = 4096  # behind the grace; a slow line of 56 kbit/s has some 7,000
Receive = Callable[[], Awaitable[dict[str, Any]]]


class TooSlow(Exception):
    """A body came slower than BYTES_S_LEAST, or not at all."""


class TooLarge(Exception):
    """A body has more bytes than may come."""


class Gone(Exception):
    """The caller hung up before the end."""


async def parts(receive: Receive, bytes_max: int) -> AsyncIterator[bytes]:
    """The body as it comes. After GRACE_S all of it must have come at BYTES_S_LEAST or faster.
    Raises TooSlow, TooLarge, Gone."""
    started, received, more = asyncio.get_running_loop().time(), 0, True
    while more:
        try:
            async with asyncio.timeout_at(started + GRACE_S + received / BYTES_S_LEAST):
                event = await receive()
        except TimeoutError:
            raise TooSlow from None
        part, more = _part(event)
        received += len(part)
        if received > bytes_max:
            raise TooLarge
        yield part


async def whole(scope: dict[str, Any], receive: Receive, bytes_max: int) -> bytes:
    """All of it. Raises TooSlow, TooLarge, Gone. Nearly every message comes in one part: it costs one
    timer, or none where the server has all of it."""
    if (body := scope.get(WHOLE)) is not None:
        if len(body) > bytes_max:
            raise TooLarge
        return bytes(body)
    try:
        async with asyncio.timeout(GRACE_S):
            event = await receive()
    except TimeoutError:
        raise TooSlow from None
    body, more = _part(event)
    if len(body) > bytes_max:
        raise TooLarge
    if not more:
        return body
    return body + b"".join([part async for part in parts(receive, bytes_max - len(body))])


def _part(event: dict[str, Any]) -> tuple[bytes, bool]:
    """What came, and whether more is to come. Raises Gone."""
    if event["type"] == "http.disconnect":
        raise Gone
    return event.get("body", b""), event.get("more_body", False)
