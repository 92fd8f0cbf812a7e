"""Where a partner's system may be 接口地址: which addresses the hub will call."""

import re
from os import environ
from urllib.parse import urlsplit

from yifen.core.facts.addresses import address_of, may_call, networks
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.outbound import ALLOW

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?")
SHAPE = "http(s)://host[:port][/path], tcp://host:port"
NOT_ALLOWED = f"not in {ALLOW}"


def check_endpoint(endpoint: str, field: str = "endpoint") -> None:
    """The open internet, or a range that the operator allowed (YIFEN_OUTBOUND_ALLOW): an answer of
    this machine or its neighbours would be shown in a conformance report. This is for a clear word at
    once; the wall is `core/wire/outbound.py`, which checks where a name leads whenever it is called.
    Refused: INPUT_INVALID."""
    if not endpoint:
        return
    host = _host_of(endpoint)
    if host is None:
        raise Refused(Code.INPUT_INVALID, field, SHAPE)
    check_host(host, field)


def check_host(host: str, field: str) -> None:
    """The same of a host alone, of what is no HTTP. Refused: INPUT_INVALID."""
    if address_of(host) is None and NAME.fullmatch(host) is None:
        raise Refused(Code.INPUT_INVALID, field, host)
    name = host.rstrip(".").lower()
    is_local = name == "localhost" or name.endswith(".localhost")
    address = address_of("127.0.0.1" if is_local else host)
    if address is not None and not may_call(address, networks(environ.get(ALLOW, ""))):
        raise Refused(Code.INPUT_INVALID, field, f"{host}: {NOT_ALLOWED}")


def _host_of(endpoint: str) -> str | None:
    """The host of an address that the hub can call; None for any other text."""
    if not endpoint.isascii() or not endpoint.isprintable() or set(endpoint) & set(" \\#@"):
        return None
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
        known = address_of(host) is not None or NAME.fullmatch(host) is not None
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https", "tcp") and port != 0 and known else None
