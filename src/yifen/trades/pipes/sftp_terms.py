"""What is agreed of a partner's SFTP server: its address, its host key, what it is signed in to with; pure."""

import base64
import hashlib
import json
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.refused import Refused
from yifen.core.partners.endpoint import check_host
from yifen.trades.pipes.codes import PipeCode

PORT = 22
SHAPE = Bilingual("地址：sftp://用户@主机[:端口]/目录", "address: sftp://user@host[:port]/folder")
SECRETS = frozenset({"password", "private_key"})


class LineFault(Exception):
    """The server is away, too slow, not the agreed one, or does not let us in."""


class FileFault(LineFault):
    """The server answered that it cannot be done; the next file may be another matter."""


class SftpAddress(NamedTuple):
    """`sftp://user@host:port/folder`, taken apart."""

    user: str
    host: str
    port: int
    folder: str


def address_parts(text: str) -> SftpAddress:
    """Refused PIPE_ADDRESS_INVALID, INPUT_INVALID (an address that the hub may not call)."""
    refused = Refused(PipeCode.PIPE_ADDRESS_INVALID, "address", SHAPE)
    try:
        parts = urlsplit(text)
        user, host, port = unquote(parts.username or ""), parts.hostname or "", parts.port or PORT
    except ValueError:
        raise refused from None
    folder = unquote(parts.path) or "/"
    has_more = parts.password is not None or parts.query or parts.fragment
    if parts.scheme != "sftp" or not user.isprintable() or not user or not host or has_more:
        raise refused
    check_path(folder, "address")
    check_host(host, "address")
    return SftpAddress(user, host, port, folder)


def check_path(path: str, field: str) -> None:
    """A folder from the top, without a step back. Refused PIPE_SETTING_INVALID."""
    if not path.startswith("/") or not path.isprintable() or ".." in path.split("/"):
        raise Refused(PipeCode.PIPE_SETTING_INVALID, field, Bilingual("目录：/目录/目录", "folder: /folder/folder"))


def host_key(text: str) -> str:
    """`ssh-ed25519 AAAA…` alone, out of a line as `ssh-keyscan` and `ssh_host_…_key.pub` have it.
    Refused PIPE_SETTING_INVALID."""
    words = text.split()
    kinds = [place for place, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))]
    try:
        key = " ".join(words[kinds[0] : kinds[0] + 2])
        load_ssh_public_key(key.encode())
    except (IndexError, ValueError, UnsupportedAlgorithm):
        said = Bilingual("服务器主机公钥：ssh-ed25519 AAAA…", "host key: ssh-ed25519 AAAA…")
        raise Refused(PipeCode.PIPE_SETTING_INVALID, "host_key", said) from None
    return key


def fingerprint(text: str) -> str:
    """`ssh-ed25519 SHA256:…` of such a key, as `ssh-keygen -l` shows it."""
    kind, key = host_key(text).split()
    digest = base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode()
    return f"{kind} SHA256:{digest.rstrip('=')}"


def check_private_key(text: str) -> None:
    """Refused PIPE_SECRET_INVALID: no key, or one behind a passphrase."""
    load = load_ssh_private_key if "OPENSSH" in text else load_pem_private_key
    try:
        load(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        said = Bilingual("私钥：-----BEGIN OPENSSH PRIVATE KEY-----", "key: -----BEGIN OPENSSH PRIVATE KEY-----")
        raise Refused(PipeCode.PIPE_SECRET_INVALID, "private_key", said) from None


def check_secret(secret: bytes | None) -> None:
    """`{"password": …}` or `{"private_key": …}`. Refused PIPE_SECRET_INVALID."""
    try:
        found = json.loads(secret or b"")
        is_one = len(found) == 1 and found.keys() <= SECRETS and all(isinstance(v, str) and v for v in found.values())
    except (ValueError, AttributeError):
        is_one, found = False, {}
    if not is_one:
        raise Refused(PipeCode.PIPE_SECRET_INVALID, "password", Bilingual("密码或私钥填一项", "a password or a key"))
    if "private_key" in found:
        check_private_key(found["private_key"])
