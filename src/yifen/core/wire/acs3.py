"""Alibaba Cloud's signature of requests, V3 (ACS3-HMAC-SHA256), as its documentation has it."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def query_of(parameters: Mapping[str, str]) -> str:
    """Sorted, percent-encoded as RFC 3986 has it."""
    return "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))


def authorization(
    key_id: str, secret: str, method: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """The header of that name, over the headers given (lower case names)."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    whole = "\n".join((method, "/", query, lines, names, sha256(body).hexdigest()))
    to_sign = f"{ALGORITHM}\n{sha256(whole.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), to_sign.encode(), sha256).hex()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
