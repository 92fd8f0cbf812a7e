"""The hash that tells a repeated request from a serial used twice: the same in both dialects."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_type_hints

from msgspec import json

from yifen.core.wire.messages import Request
from yifen.core.wire.values import Moment

HASH_BYTES = 16


class Business(NamedTuple):
    """The fields of one kind of message that count. `moments`: in whole seconds, whatever their offset."""

    names: tuple[str, ...]
    values: Callable[[Request], tuple[Any, ...]]
    moments: tuple[str, ...]


@cache
def business_of(kind: type[Request]) -> Business:
    hints = get_type_hints(kind, include_extras=True)
    names = tuple(name for name in kind.__struct_fields__ if name != "serial")
    values = attrgetter(*names) if len(names) > 1 else lambda message: (getattr(message, names[0]),)
    return Business(names, values, tuple(name for name in names if Moment in (hints[name], *get_args(hints[name]))))


def content_hash(message: Request) -> bytes:
    """16 bytes over the verb and every business field that is set, without serial and time of
    sending. A new optional field leaves the hashes of messages without it unchanged."""
    names, values, moments = business_of(type(message))
    fields = {name: value for name, value in zip(names, values(message), strict=True) if value is not None}
    for name in moments:
        if name in fields:
            fields[name] = int(fields[name].timestamp())
    fields["verb"] = message.VERB
    return blake2b(json.encode(fields, order="sorted"), digest_size=HASH_BYTES).digest()
