"""Addresses of machines: which of them the hub may call, and which of them are one caller."""

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
EVERYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
NAT64 = ip_network("64:ff9b::/96")
METADATA = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))  # of clouds; look global
RELAYS = (ip_network("192.88.99.0/24"),)  # lead into somebody's 6to4
INTERNET = ip_network("2000::/3")  # of IPv6, all that is given out
SITE_BITS = 64  # of IPv6: who has one address has all of these


def networks(text: str) -> tuple[Network, ...]:
    """`10.8.0.0/16, 127.0.0.1` → networks. ValueError names the one that is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def address_of(host: str) -> Address | None:
    """The address in whatever spelling the system's resolver takes: 127.1, 0x7f.1, 2130706433 too;
    None for a name. An IPv4 address inside an IPv6 one is the IPv4 address."""
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        pass
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return _inner(found) if isinstance(found, IPv6Address) else found


def _inner(found: IPv6Address) -> Address:
    """What is reached in the end: mapped, translated (NAT64) and tunnelled (6to4) addresses."""
    if found in NAT64:
        return IPv4Address(found.packed[-4:])
    return found.ipv4_mapped or found.sixtofour or found


def may_call(address: Address, allowed: Sequence[Network]) -> bool:
    """The open internet, and what the operator allowed. Private, loopback, link-local, shared and
    reserved ranges, with the metadata services of clouds, are refused otherwise; so is an IPv6 address that
    holds an IPv4 one in a way that a network of ours alone would know (SIIT, a NAT64 of its own)."""
    if any(address in network for network in allowed):
        return True
    if address.is_multicast or any(address in network for network in (*METADATA, *RELAYS)):
        return False
    if isinstance(address, IPv6Address) and address not in INTERNET:
        return False
    return address.is_global


def caller_of(address: str) -> str:
    """One word for all addresses of one caller: an IPv4 address, or the /64 of an IPv6 one."""
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, SITE_BITS), strict=False))
    return str(found or address)
