"""What an agent bank told of swipes, in memory, so that it can be asked for again. Pure; no HTTP."""

import re
from datetime import date
from xml.sax.saxutils import escape

from msgspec import Struct

from yifen.core.facts.refused import Refused
from yifen.core.wire.decoding import decoded
from yifen.core.wire.xml_tree import tree_of

CARDS_QUERY = "/cards/query"
_SWIPE = re.compile(r"<Swipe>.*?</Swipe>", re.DOTALL)


class CardsQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Swipes of a bureau by card, by the bank's number, or of days; empty: any."""

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


class CardWords:
    """Swipes by bureau, as they were told or kept back."""

    def __init__(self) -> None:
        self._swipes: list[tuple[str, str]] = []  # bureau, its markup

    def keep(self, body: bytes) -> None:
        """Of a push in XML; of anything else nothing."""
        try:
            markup = body.decode()
            root = tree_of(markup)
        except (UnicodeDecodeError, Refused):
            return
        if root.tag == "CardWord":
            self._swipes += [(root.findtext("Bureau") or "", found) for found in _SWIPE.findall(markup)]

    def answer(self, asked: CardsQuery) -> CardsAnswer:
        found = [swipe for bureau, swipe in self._swipes if bureau == asked.bureau and _fits(swipe, asked)]
        if not found:
            return CardsAnswer(asked.reference)
        head = f"<Serial>{escape(asked.reference)}</Serial><Bureau>{escape(asked.bureau)}</Bureau><Cards></Cards>"
        return CardsAnswer(asked.reference, f"<CardWord>{head}<Swipes>{''.join(found)}</Swipes></CardWord>")


def read_cards_query(body: bytes) -> CardsQuery:
    """ValueError: it is none, or its days are none."""
    asked = decoded(body, CardsQuery)
    for day in filter(None, (asked.from_on, asked.to_on)):
        date.fromisoformat(day)
    return asked


def _fits(swipe: str, asked: CardsQuery) -> bool:
    day = _text(swipe, "SwipedAt")[:10]
    return (asked.card_no in ("", _text(swipe, "CardNo")) and asked.number in ("", _text(swipe, "Number"))
            and (asked.from_on or day) <= day <= (asked.to_on or day))  # fmt: skip


def _text(swipe: str, tag: str) -> str:
    found = re.search(f"<{tag}>([^<]*)</{tag}>", swipe)
    return found[1] if found else ""
