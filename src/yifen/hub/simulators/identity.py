"""Who a simulator speaks as: a partner's code, its dialect and its keys."""

from msgspec import Struct

from yifen.core.wire.keys import Key
from yifen.core.wire.table import Unit


class Identity(Struct, frozen=True, kw_only=True):
    """One partner's side. `key` signs what it sends; `reply_key` proves what it gets, and is the
    same one where both share a secret. `encoding` and `unit` concern XML only."""

    partner: str
    dialect: str  # xml or json
    key: Key
    reply_key: Key
    encoding: str = "utf-8"
    unit: Unit = "fen"
