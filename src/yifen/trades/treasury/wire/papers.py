"""A treasury message as data, and its tables: which tags stand in which part, in the order in which we send them.

A table's text: `Tag:kind`, with `!` behind what must be there; `Fund*` is FundCode and FundName.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.item_kinds import KINDS, ItemKind, ItemValue

Items = Mapping[str, ItemValue]


class PaperItem(NamedTuple):
    """One tag."""

    tag: str
    kind: ItemKind
    needed: bool


class PaperTable(NamedTuple):
    """The tags of a message's main part, or of its bills; and of each detail. Some have a batch with several bills."""

    number: str
    main: tuple[PaperItem, ...]
    details: tuple[PaperItem, ...] = ()
    batch: tuple[PaperItem, ...] = ()
    bill_tag: str = ""


class Bill(NamedTuple):
    """What is there of it; an empty tag is the same as none."""

    items: Items
    details: tuple[Items, ...] = ()

    def fen(self, tag: str) -> int:
        """An amount or count; 0 where there is none."""
        value = self.items.get(tag, 0)
        return value if isinstance(value, int) else 0

    def text(self, tag: str) -> str:
        return text_of(self.items, tag)


def fen_of(items: Items, tag: str) -> int:
    value = items.get(tag, 0)
    return value if isinstance(value, int) else 0


def text_of(items: Items, tag: str) -> str:
    value = items.get(tag, "")
    return value if isinstance(value, str) else ""


def day_at(items: Items, tag: str) -> date | None:
    value = items.get(tag)
    return value if isinstance(value, date) else None


def table(text: str) -> tuple[PaperItem, ...]:
    """`FundType*! PayAmt:amount!` → items."""
    items = []
    for word in text.split():
        needed, word = word.endswith("!"), word.removesuffix("!")
        if word.endswith("*"):
            stem = word.removesuffix("*")
            items += [PaperItem(f"{stem}Code", KINDS["code"], needed), PaperItem(f"{stem}Name", KINDS["name"], False)]
        else:
            tag, _, kind = word.partition(":")
            items.append(PaperItem(tag, KINDS[kind], needed))
    return tuple(items)


def value_of(item: PaperItem, text: str, path: str) -> ItemValue:
    """Refused with the item's own code."""
    try:
        return item.kind.read(text)
    except ValueError as error:
        raise Refused(item.kind.code, path, str(error)) from None


def texts(items: Items, shape: tuple[PaperItem, ...], path: str) -> list[tuple[str, str]]:
    """(tag, text) of each tag in the table's order, "" for none. Refused: PAPER_FIELD, or the item's own code."""
    strange = set(items) - {item.tag for item in shape}
    if strange:
        raise Refused(C.PAPER_FIELD, f"{path}/{min(strange)}", "is not known here")
    told = []
    for item in shape:
        if item.tag not in items:
            if item.needed:
                raise Refused(C.PAPER_FIELD, f"{path}/{item.tag}", "is missing")
            told.append((item.tag, ""))
            continue
        try:
            told.append((item.tag, item.kind.text(items[item.tag])))
        except ValueError as error:
            raise Refused(item.kind.code, f"{path}/{item.tag}", str(error)) from None
    return told
