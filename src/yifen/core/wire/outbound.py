"""The one way out: every call of another house's system, be it a biller's, a bank's or a pay method's.

The address is checked when connecting, after its name was looked up, and just that address is called:
a name that leads elsewhere the next time finds no gap. The answer is taken in parts, as it is (nothing
is unpacked, so a small answer cannot become a large one), up to a size, within one deadline for all.
Redirects are not followed and no proxy of the environment is used. Never called inside a database
transaction.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from os import environ
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import certifi
import httpcore

from yifen.core.facts.addresses import Address, Network, address_of, may_call, networks
from yifen.core.wire.components import header_map

ALLOW = "YIFEN_OUTBOUND_ALLOW"
ANSWER_BYTES_MAX = 1 << 20
KEPT_S = 5.0  # an idle connection of a biller
CONNECTIONS_MAX, KEPT_MAX = 256, 64


class Answer(NamedTuple):
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoReply(Exception):
    """No whole answer in time, or none that is taken; whether it was heard is not known."""


class Unsent(NoReply):
    """It was not sent: nobody there, or an address that may not be called."""


class Walled(Unsent):
    """Its address may not be called by this process."""


class Unread(NoReply):
    """It was sent; nothing, or nothing whole, came back."""


class _NotAllowed(httpcore.ConnectError):
    """No address of the host is one that may be called."""


@cache
def trust() -> ssl.SSLContext:
    """Whom TLS believes: the public certificate authorities."""
    return ssl.create_default_context(cafile=certifi.where())


class _Wall(httpcore.AsyncNetworkBackend):
    """Connects to addresses that may be called, and to no others. `allowed` None: what the operator
    allows, read at each connection, so that nobody can forget to pass it."""

    def __init__(self, allowed: Sequence[Network] | None) -> None:
        self._allowed, self._way = allowed, httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        fault: httpcore.ConnectError | None = None
        for address in await _callable(host, port, self._allowed):
            try:
                return await self._way.connect_tcp(str(address), port, timeout, local_address,
                                                   socket_options)  # fmt: skip
            except httpcore.ConnectError as error:
                fault = error
        assert fault is not None
        raise fault


async def connected(host: str, port: int, allowed: Sequence[Network] | None = None) -> socket.socket:
    """A connection for what is no HTTP (mail, SFTP), behind the same wall; the caller sets the deadline
    and closes it. Raises Unsent."""
    fault: Exception | None = None
    try:
        for address in await _callable(host, port, allowed):
            way = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
            way.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(way, (str(address), port))
            except OSError as error:
                way.close()
                fault = error
            except BaseException:
                way.close()
                raise
            else:
                return way
    except httpcore.ConnectError as error:
        fault = error
    assert fault is not None
    raise Unsent(_words(fault)) from None


async def address_to_call(host: str, port: int, allowed: Sequence[Network] | None = None) -> str:
    """For a driver that makes its own connections: just this address may be called. Raises Unsent (Walled)."""
    try:
        return str((await _callable(host, port, allowed))[0])
    except _NotAllowed as error:
        raise Walled(str(error)) from None
    except httpcore.ConnectError as error:
        raise Unsent(_words(error)) from None


async def _callable(host: str, port: int, allowed: Sequence[Network] | None) -> list[Address]:
    """The addresses of a host that may be called; ConnectError when there is none."""
    walls = networks(environ.get(ALLOW, "")) if allowed is None else allowed
    found = await _addresses(host, port)
    if not found:
        raise httpcore.ConnectError(f"{host} has no address")
    if open_ones := [address for address in found if may_call(address, walls)]:
        return open_ones
    raise _NotAllowed(f"{host} is {found[0]}: not allowed ({ALLOW})")


async def _addresses(host: str, port: int) -> list[Address]:
    if literal := address_of(host):
        return [literal]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, proto=6)
    except OSError as error:
        raise httpcore.ConnectError(f"{host}: {error}") from None
    return [address for *_, place in found if (address := address_of(str(place[0])))]


class WayOut:
    """Connections that are used again, within one event loop."""

    def __init__(self, allowed: Sequence[Network] | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust(),
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=KEPT_MAX,
            keepalive_expiry=KEPT_S,
            network_backend=_Wall(allowed),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._pool.aclose()

    async def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, wait_s: float,
        bytes_max: int = ANSWER_BYTES_MAX, read_s: float | None = None, cut: bool = False,
    ) -> Answer:  # fmt: skip
        """The answer, whole within `wait_s` of now. Raises Unsent, Unread. `read_s`: how long one
        part of it may take. `cut`: of a longer body the first `bytes_max` bytes are enough."""
        sent = [("User-Agent", "yifen"), ("Accept", "*/*"), ("Accept-Encoding", "identity"),
                *headers.items()]  # fmt: skip
        try:
            async with (
                asyncio.timeout(wait_s),
                self._pool.stream(method, url, headers=sent, content=body,
                                  extensions={"timeout": {"read": read_s}}) as response,
            ):  # fmt: skip
                return await _whole(response, bytes_max, cut)
        except (httpcore.ReadError, httpcore.ReadTimeout, httpcore.RemoteProtocolError) as error:
            raise Unread(_words(error)) from None
        except TimeoutError:
            raise Unread(f"no whole answer within {wait_s:g} s") from None
        except _NotAllowed as error:
            raise Walled(str(error)) from None
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError,
                httpcore.UnsupportedProtocol, OSError, ValueError) as error:  # fmt: skip
            raise Unsent(_words(error)) from None


def check_way(url: str) -> None:
    """Before anything is written of a call: may it be made by this process? A host that is not there is another
    matter. Raises Walled. Never called inside a database transaction."""
    parts = urlsplit(url)
    try:
        asyncio.run(_callable(parts.hostname or "", parts.port or 443, None))
    except _NotAllowed as error:
        raise Walled(str(error)) from None
    except httpcore.ConnectError:
        return


def call(
    method: str, url: str, headers: Mapping[str, str], body: bytes, wait_s: float,
    bytes_max: int = ANSWER_BYTES_MAX, read_s: float | None = None,
    allowed: Sequence[Network] | None = None, cut: bool = False,
) -> Answer:  # fmt: skip
    """As `WayOut.call` for callers that wait in a thread, with a connection of its own."""

    async def once() -> Answer:
        async with WayOut(allowed) as way:
            return await way.call(method, url, headers, body, wait_s, bytes_max, read_s, cut)

    return asyncio.run(once())


async def _whole(response: httpcore.Response, bytes_max: int, cut: bool) -> Answer:
    names = header_map(response.headers)
    packed = names.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        if cut:
            return Answer(response.status, names, b"")
        raise Unread(f"the answer is packed ({packed[:20]}), which nobody asked for")
    body = bytearray()
    async for part in response.aiter_stream():
        body += part
        if len(body) > bytes_max and cut:
            break
        if len(body) > bytes_max:
            raise Unread(f"the answer has more than {bytes_max} bytes")
    return Answer(response.status, names, bytes(body[:bytes_max]))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
