"""A bank's message in XML: plain tags, named as the fields of `wording` are; read and written by one table. Pure."""

from typing import Any

import msgspec
from lxml import etree

from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import WireFault
from yifen.core.wire.xml_tree import leaf, refuse_extras, tree_of
from yifen.trades.cards.codes import CardCode
from yifen.trades.cards.words.wording import CardSaid, CardWord, SwipeSaid, checked

_LISTS = {"Cards": "Card", "Swipes": "Swipe"}
_WHOLE = {"AmountFen", "Foreign", "LimitFen"}  # 1200.00 and 1e5 are no numbers of fen


def read(body: bytes) -> CardWord:
    """Refused CARD_WORD_UNREADABLE, with the path."""
    try:
        root = tree_of(_text(body))
        if root.tag != "CardWord":
            raise ValueError("the root is CardWord")
        return checked(msgspec.convert(_fields(root, "CardWord"), CardWord, strict=False))
    except WireFault as fault:
        raise Refused(CardCode.CARD_WORD_UNREADABLE, "body", str(fault)[:200]) from None
    except (ValueError, msgspec.ValidationError) as error:
        raise Refused(CardCode.CARD_WORD_UNREADABLE, "body", str(error)[:200]) from None


def written(word: CardWord) -> bytes:
    """The same as XML."""
    root = etree.Element("CardWord")
    etree.SubElement(root, "Serial").text, etree.SubElement(root, "Bureau").text = word.serial, word.bureau
    for tag, said in (("Cards", word.cards), ("Swipes", word.swipes)):
        if said:
            around = etree.SubElement(root, tag)
            for one in said:
                _write(etree.SubElement(around, _LISTS[tag]), one)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _write(element: Any, said: CardSaid | SwipeSaid) -> None:
    for tag, value in msgspec.to_builtins(said).items():
        if value not in ("", None):
            etree.SubElement(element, tag).text = str(value)


def _text(body: bytes) -> str:
    """UTF-8 whatever its declaration says; that one is taken off, for the parser gets text."""
    text = body.decode("utf-8-sig").lstrip()
    return text[text.index("?>") + 2 :].lstrip() if text.startswith("<?xml") else text


def _fields(element: Any, path: str) -> dict[str, Any]:
    """Each tag once; an empty one is none."""
    refuse_extras(element, path)
    found: dict[str, Any] = {}
    for child in element:
        tag, where = str(child.tag), f"{path}/{child.tag}"[:200]
        if tag in found:
            raise ValueError(f"{where} stands twice")
        found[tag] = _rows(child, where) if tag in _LISTS else leaf(child, where)
        if tag in _WHOLE and found[tag] and not (found[tag].isascii() and found[tag].isdecimal()):
            raise ValueError(f"{where} is no whole number")
    return {tag: value for tag, value in found.items() if value != ""}


def _rows(element: Any, path: str) -> list[dict[str, Any]]:
    refuse_extras(element, path)
    for child in element:
        if child.tag != _LISTS[str(element.tag)]:
            raise ValueError(f"{path} holds {_LISTS[str(element.tag)]} alone")
    return [_fields(child, f"{path}[{place}]") for place, child in enumerate(element, start=1)]
