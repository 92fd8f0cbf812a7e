"""The operator's mail server 邮件服务器 and mail addresses, as settings and forms spell them."""

import re
from email.headerregistry import Address
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from yifen.core.facts.addresses import address_of

MAIL_URL, MAIL_FROM = "YIFEN_MAIL_URL", "YIFEN_MAIL_FROM"
PORTS = {"smtps": 465, "starttls": 587, "smtp": 25}
"""`smtps`: TLS from the first byte; `starttls`: demanded before anything else; `smtp`: plain."""
SHAPE = "smtps://[user:password@]host[:port], starttls://… or smtp://…"
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
ADDRESS_LENGTH_MAX, LOCAL_LENGTH_MAX = 254, 64


class MailServer(NamedTuple):
    """Where mail is handed in; `way` is a key of PORTS."""

    way: str
    host: str
    port: int
    user: str
    password: str


def mail_server(text: str) -> MailServer | None:
    """None of an empty text. ValueError says what is wrong, never the password."""
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"not {SHAPE}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("user and password come together")
    address = address_of("127.0.0.1" if parts.hostname == "localhost" else parts.hostname)
    if password and parts.scheme == "smtp" and not (address and address.is_loopback):
        raise ValueError("a password does not go over smtp:// in plain; use smtps:// or starttls://")
    return MailServer(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)


def is_mail_address(text: str) -> bool:
    """One plain address, `name@example.cn`."""
    whole = _ADDRESS.fullmatch(text) is not None
    return whole and len(text) <= ADDRESS_LENGTH_MAX and len(text.partition("@")[0]) <= LOCAL_LENGTH_MAX


def sender(text: str) -> Address:
    """`收费通知 <no-reply@example.cn>` or the address alone. ValueError for anything else."""
    name, address = parseaddr(text)
    if not is_mail_address(address) or not text.isprintable():
        raise ValueError("not an address such as `no-reply@example.cn` or `Name <no-reply@example.cn>`")
    return Address(name, addr_spec=address)
