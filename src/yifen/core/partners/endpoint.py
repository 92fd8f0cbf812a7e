"""Where a biller's system may be 接口地址: which addresses the hub will call."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?")
SHAPE = "http(s)://host[:port][/path]"
OUTSIDE = "another machine"


def check_endpoint(endpoint: str) -> None:
    """Billers' systems stand on private lines as often as in the open, so private addresses are
    allowed. This machine itself and what only it can reach (loopback, link-local, with the metadata
    of clouds) are not: an answer of theirs would be shown in a conformance report. Pages that serve
    this machine only (YIFEN_WEB_ORIGIN empty) are a trial, with its biller beside it. A name is
    looked up when it is called; which names lead inside is for the resolver and the firewall.
    Refused: INPUT_INVALID."""
    if not endpoint:
        return
    host = _host_of(endpoint)
    if host is None:
        raise Refused(Code.INPUT_INVALID, "endpoint", SHAPE)
    if not _is_outside(host) and _is_outside(urlsplit(settings.YIFEN_WEB_ORIGIN).hostname or ""):
        raise Refused(Code.INPUT_INVALID, "endpoint", OUTSIDE)


def _host_of(endpoint: str) -> str | None:
    """The host of an address that the hub can call; None for any other text."""
    if not endpoint.isascii() or not endpoint.isprintable() or set(endpoint) & set(" \\#@"):
        return None
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
        known = _address(host) is not None or NAME.fullmatch(host) is not None
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https") and port != 0 and known else None


def _is_outside(host: str) -> bool:
    """Whether the host is another machine, as far as its spelling tells."""
    address = _address(host)
    if address is None:
        name = host.rstrip(".").lower()
        return name != "localhost" and not name.endswith(".localhost")
    return not (
        address.is_loopback or address.is_link_local or address.is_multicast
        or address.is_unspecified or address.packed[:1] == b"\x00"
    )  # fmt: skip


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address in whatever spelling the system's resolver takes: 127.1, 0x7f.1, 2130706433 too."""
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        pass
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
