"""What an agent bank told of swipes, in memory, so that it can be asked for again. Pure; no HTTP."""

import re
from xml.sax.saxutils import escape

from yifen.core.facts.refused import Refused
from yifen.core.wire.cards_port import CardsAnswer, CardsQuery
from yifen.core.wire.xml_tree import tree_of

_SWIPE = re.compile(r"<Swipe>.*?</Swipe>", re.DOTALL)


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


def _fits(swipe: str, asked: CardsQuery) -> bool:
    day = _text(swipe, "SwipedAt")[:10]
    return (asked.card_no in ("", _text(swipe, "CardNo")) and asked.number in ("", _text(swipe, "Number"))
            and (asked.from_on or day) <= day <= (asked.to_on or day))  # fmt: skip


def _text(swipe: str, tag: str) -> str:
    found = re.search(f"<{tag}>([^<]*)</{tag}>", swipe)
    return found[1] if found else ""
