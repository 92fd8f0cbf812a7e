"""Structured fields (RFC 9651), as much of them as signatures need: dictionaries of items and
inner lists, with parameters. Strict; anything else is a ValueError."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import NamedTuple

from msgspec import Struct

Bare = int | str | bytes | bool
Parameters = dict[str, "Bare | Token"]

KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
BIT = re.compile("[01]")
SPACES = re.compile(r" *")
COMMA = re.compile(r"[ \t]*,[ \t]*")
LONGEST = 16_384


class Token(str):
    """A token: a word without quotes, not the same as the string."""


class StructuredItem(NamedTuple):
    """A bare item with its parameters."""

    value: Bare | Token
    parameters: Parameters


class InnerList(Struct, dict=True):
    """A list in brackets with its own parameters; never changed once it is made, so its text is kept with it."""

    items: list[StructuredItem]
    parameters: Parameters


class Reader:
    """Reads from the left; `at` is the next character."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError("too long")
        self.text, self.at = text.strip(" "), 0

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = self.take(pattern)
        if found is None:
            raise ValueError(f"not a structured field at character {self.at}")
        return found

    def skip(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False

    def bare(self) -> Bare | Token:
        if found := self.take(STRING):
            return unescaped(found[1])
        if found := self.take(INTEGER):
            return int(found[0])
        if found := self.take(BYTES):
            return base64_bytes(found[1])
        if self.skip("?"):
            return self.need(BIT)[0] == "1"
        return Token(self.need(TOKEN)[0])

    def parameters(self) -> Parameters:
        found: Parameters = {}
        while self.skip(";"):
            self.take(SPACES)
            name = self.need(KEY)[0]
            if name in found:
                raise ValueError(f"{name} stands twice")
            found[name] = self.bare() if self.skip("=") else True
        return found

    def member(self) -> StructuredItem | InnerList:
        if not self.skip("("):
            return StructuredItem(self.bare(), self.parameters())
        items: list[StructuredItem] = []
        self.take(SPACES)
        while not self.skip(")"):
            items.append(StructuredItem(self.bare(), self.parameters()))
            if not self.text.startswith((" ", ")"), self.at):
                raise ValueError("an inner list parts its items by spaces")
            self.take(SPACES)
        return InnerList(items, self.parameters())


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


def base64_bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except Base64Error as error:
        raise ValueError(str(error)) from None


def read_dictionary(text: str) -> dict[str, StructuredItem | InnerList]:
    """`a=1, b=("x" "y");c` → members by key. A repeated key is refused: signers do not do that."""
    reader, found = Reader(text), dict[str, StructuredItem | InnerList]()
    while reader.at < len(reader.text):
        key = reader.need(KEY)[0]
        if key in found:
            raise ValueError(f"{key} stands twice")
        found[key] = (
            reader.member() if reader.skip("=") else StructuredItem(True, reader.parameters())
        )
        if reader.at < len(reader.text):
            reader.need(COMMA)
            if reader.at == len(reader.text):
                raise ValueError("ends with a comma")
    return found


def read_string(text: str) -> str:
    """One string item without parameters."""
    reader = Reader(text)
    found = reader.need(STRING)
    if reader.at != len(reader.text):
        raise ValueError("more than one string")
    return unescaped(found[1])
