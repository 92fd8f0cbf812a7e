"""The port of an issuing bank of official cards: POST /cards/query for swipes, signed JSON with a word in it. Pure."""

from datetime import date

from msgspec import Struct

from yifen.core.wire.decoding import decoded

CARDS_QUERY = "/cards/query"


class CardsQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Swipes of a bureau by card, by the bank's number, or of days yyyy-MM-dd; empty: any."""

    bureau: str
    reference: str
    card_no: str = ""
    number: str = ""
    from_on: str = ""
    to_on: str = ""


class CardsAnswer(Struct, frozen=True):
    """`word`: the swipes as the bank would push them; empty: nothing found."""

    reference: str
    word: str = ""

    @property
    def http_status(self) -> int:
        return 200


def read_cards_query(body: bytes) -> CardsQuery:
    """ValueError: it is none, or its days are none."""
    asked = decoded(body, CardsQuery)
    for day in filter(None, (asked.from_on, asked.to_on)):
        date.fromisoformat(day)
    return asked


def read_cards_answer(body: bytes) -> CardsAnswer:
    """ValueError: it is none."""
    return decoded(body, CardsAnswer)
