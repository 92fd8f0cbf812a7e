"""Any well-formed XML message → texts by field: the patient way, which names what is wrong."""

from typing import Any

from lxml import etree
from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.core.wire.table import WireField, fields_of

Texts = dict[str, Any]  # field name → text, or list of Texts
Element = Any  # lxml's element; its stubs do not say what iterating gives


# Hardened: no DTD, no entity of one's own, no network, no huge tree, no mending.
PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=False
)


def invalid(path: str, detail: str) -> WireFault:
    return WireFault(Code.MESSAGE_INVALID, path, detail)


def tree_of(markup: str) -> Element:
    """Root element. Codes: DOCTYPE_REFUSED, MESSAGE_INVALID."""
    if "<!DOCTYPE" in markup:
        raise WireFault(Code.DOCTYPE_REFUSED, "", "a DOCTYPE is refused")
    try:
        return etree.fromstring(markup.encode(), PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise invalid("", str(error)[:200]) from None


def sections(root: Element, root_tag: str) -> tuple[Element, Element]:
    """Head and Body, the two parts of each message."""
    if root.tag != root_tag:
        raise invalid(str(root.tag)[:40], f"the root must be {root_tag}")
    refuse_extras(root, root_tag)
    if [child.tag for child in root] != ["Head", "Body"]:
        raise invalid(root_tag, "must hold one Head, then one Body")
    return root[0], root[1]


def texts_of(element: Element, fields: tuple[WireField, ...], path: str) -> Texts:
    """The texts of an element's fields. Unknown and repeated tags are refused; an empty tag is the
    same as none."""
    by_tag = {field.tag: field for field in fields}
    found: Texts = {}
    refuse_extras(element, path)
    for child in element:
        field = by_tag.get(child.tag)
        where = f"{path}/{child.tag if isinstance(child.tag, str) else 'comment()'}"[:200]
        if field is None:
            raise invalid(where, "is not known here")
        if field.name in found:
            raise invalid(where, "stands twice")
        found[field.name] = (
            entries_of(child, field, field.entry, where) if field.entry else leaf(child, where)
        )
    return {name: value for name, value in found.items() if value != ""}


def entries_of(element: Element, field: WireField, entry: type[Struct], path: str) -> list[Texts]:
    """A list: entries with one tag, each with fields."""
    refuse_extras(element, path)
    if any(child.tag != field.entry_tag for child in element):
        raise invalid(path, f"may hold only {field.entry_tag}")
    return [
        texts_of(child, fields_of(entry), f"{path}/{field.entry_tag}[{place}]")
        for place, child in enumerate(element, start=1)
    ]


def leaf(element: Element, path: str) -> str:
    """The text of a plain field, exactly as it stands."""
    if len(element) or element.keys():
        raise invalid(path, "must hold text only")
    return element.text or ""


def refuse_extras(element: Element, path: str) -> None:
    """No attributes, and nothing but white space between the tags of a container."""
    if element.keys():
        raise invalid(path, "attributes are not known here")
    between = [element.text, *[child.tail for child in element]]
    if "".join(filter(None, between)).strip(" \t\r\n"):
        raise invalid(path, "has text between its tags")
