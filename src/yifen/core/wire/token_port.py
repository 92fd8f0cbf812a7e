"""The vending port 售电接口: tokens 卡密 for prepaid meters, as signed JSON over HTTP.

POST /tokens asks for one, once for each reference; POST /tokens/query says what became of it. Requests and
replies are signed as in the JSON dialect (RFC 9421, hmac-sha256). Only a signed answer about the same
reference, quantity and amount counts; `not_found` (404) means: never seen.
"""

import re
from typing import Literal

import msgspec
from msgspec import Struct

from yifen.core.wire.decoding import decoded

ASK, ASK_AGAIN = "/tokens", "/tokens/query"
TOKEN = re.compile(r"[0-9]{20}")  # as STS (IEC 62055-41) prints it
TokenState = Literal["processing", "issued", "rejected", "not_found", "clash"]
STATUS: dict[TokenState, int] = {"not_found": 404, "clash": 409}


class TokenOrder(Struct, forbid_unknown_fields=True, frozen=True):
    """A token of so much for this meter, which is paid. The reference is the order's key there for ever."""

    reference: str
    meter: str
    quantity_milli: int
    amount_fen: int


class TokenQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """What became of the order with this reference?"""

    reference: str


class TokenStatus(Struct, frozen=True):
    """rejected: there is none, and will be none by this reference; clash: it was used for another order."""

    reference: str
    state: TokenState
    quantity_milli: int = 0
    amount_fen: int = 0
    token: str = ""
    reason: str = ""

    @property
    def http_status(self) -> int:
        return STATUS.get(self.state, 200)


def read_token_order(body: bytes) -> TokenOrder:
    """ValueError: it is none."""
    return decoded(body, TokenOrder)


def read_token_query(body: bytes) -> TokenQuery:
    """ValueError: it is none."""
    return decoded(body, TokenQuery)


def read_token_status(body: bytes) -> TokenStatus:
    """ValueError: it is none, or one that says issued without a token."""
    status = decoded(body, TokenStatus)
    if (status.state == "issued") != bool(TOKEN.fullmatch(status.token)):
        raise ValueError("a token has 20 digits")
    return status


def token_shown(token: str) -> str:
    """In groups of four, as people type it at the meter."""
    return " ".join(token[place : place + 4] for place in range(0, len(token), 4))


encode = msgspec.json.encode
