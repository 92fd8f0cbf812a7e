"""The hash that tells a repeated request from a serial used twice: the same in both dialects."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from msgspec import json

from yifen.core.wire.messages import Request

HASH_BYTES = 16


def canonical(value: Any) -> Any:
    """Moments count in whole seconds, whatever their offset."""
    return int(value.timestamp()) if isinstance(value, datetime) else value


def content_hash(message: Request) -> bytes:
    """16 bytes over the verb and every business field that is set, without serial and time of
    sending. A new optional field leaves the hashes of messages without it unchanged."""
    values = [(name, getattr(message, name)) for name in message.__struct_fields__]
    fields = {name: canonical(value) for name, value in values
              if value is not None and name != "serial"}  # fmt: skip
    fields["verb"] = message.VERB
    return blake2b(json.encode(fields, order="sorted"), digest_size=HASH_BYTES).digest()
