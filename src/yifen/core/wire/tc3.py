"""Tencent Cloud's signature of requests, V3 (TC3-HMAC-SHA256), as its documentation has it."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

ALGORITHM = "TC3-HMAC-SHA256"


def authorization(
    key_id: str, secret: str, service: str, headers: Mapping[str, str], body: bytes, stamp: int
) -> str:
    """The header of that name for a POST of `body` at `stamp` (epoch s), over the headers given (lower case
    names)."""
    day = f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d}"
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in sorted(headers))
    whole = "\n".join(("POST", "/", "", lines, names, sha256(body).hexdigest()))
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join((ALGORITHM, str(stamp), scope, sha256(whole.encode()).hexdigest()))
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), sha256)
    signature = hmac.digest(key, to_sign.encode(), sha256).hex()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
