"""ISO 20022 documents: elements by their names without namespace, read by a parser that fetches nothing."""

from typing import Any

from lxml import etree

HARDENED: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
                            "remove_comments": True, "remove_pis": True}  # fmt: skip
"""Options of every parser of a file from outside."""
SIGNS = {"CRDT": 1, "DBIT": -1}
NOT_PROVIDED = "NOTPROVIDED"
"""What banks write where there is no end-to-end reference."""


def local(element: "etree._Element") -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: "etree._Element", path: str) -> "list[etree._Element]":
    """All elements down a path, "NtryDtls/TxDtls"."""
    found = [element]
    for name in path.split("/"):
        found = [inner for one in found for inner in one if local(inner) == name]
    return found


def child(element: "etree._Element", path: str) -> "etree._Element | None":
    """The first element down a path of names, "AmtDtls/TxAmt/Amt"."""
    found: etree._Element | None = element
    for name in path.split("/"):
        if found is None:
            return None
        found = next((inner for inner in found if local(inner) == name), None)
    return found


def text(element: "etree._Element", *paths: str) -> str:
    """The text at the first of these paths that has any, blanks around it cut off."""
    for path in paths:
        found = child(element, path)
        if found is not None and (value := (found.text or "").strip()):
            return value
    return ""


def account_no(element: "etree._Element", path: str) -> str:
    """Of the account at a path, "RltdPties/DbtrAcct"."""
    return text(element, f"{path}/Id/IBAN", f"{path}/Id/Othr/Id")


def line_of(element: "etree._Element") -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
