"""A channel's own record of what it believes, and the check of a daily file against it.

Written without the hub's reader on purpose: a partner has only the file's description.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote


@dataclass(slots=True)
class Recorded:
    """One charge as the channel sees it; state: sent, booked, refused or reversed."""

    biller: str
    account_no: str
    amount_fen: int
    state: str = "sent"
    reversed_by: str | None = None


class PaymentRecord:
    """Serial → entry. A hub that loses or doubles anything contradicts it."""

    def __init__(self) -> None:
        self.entries: dict[str, Recorded] = {}

    def total(self, *states: str) -> tuple[int, int]:
        """How many entries are in one of these states, and their fen."""
        found = [entry.amount_fen for entry in self.entries.values() if entry.state in states]
        return len(found), sum(found)

    def undecided(self) -> list[str]:
        return [serial for serial, entry in self.entries.items() if entry.state == "sent"]

    def check(self, content: bytes, encoding: str = "utf-8") -> list[str]:
        """What in a daily file contradicts this record; empty when they agree to the fen."""
        problems = digest_problems(content)
        charges: dict[str, tuple[str | None, int]] = {}
        returns: dict[str, tuple[str | None, int]] = {}
        for line in details(content, encoding):
            kind, serial, original = line[:3]
            found = charges if kind == "charge" else returns
            if serial in found:
                problems.append(f"{serial}: stands twice")
            found[serial] = (original, int(line[6]))
        wanted = {serial: (None, entry.amount_fen) for serial, entry in self.entries.items()
                  if entry.state in ("booked", "reversed")}  # fmt: skip
        backs = {entry.reversed_by: (serial, entry.amount_fen)
                 for serial, entry in self.entries.items() if entry.state == "reversed"}  # fmt: skip
        problems += differences(wanted, charges, "charge")
        return problems + differences(backs, returns, "return")


def differences(mine: dict[Any, Any], theirs: dict[Any, Any], what: str) -> list[str]:
    """One line for each serial that only one side has, or that both have differently."""
    both = mine.keys() | theirs.keys()
    return [
        f"{what} {serial}: we have {mine.get(serial)}, the file {theirs.get(serial)}"
        for serial in sorted(both)
        if mine.get(serial) != theirs.get(serial)
    ]


def digest_problems(content: bytes) -> list[str]:
    """Is the last line's digest that of all bytes before it?"""
    start = content.rstrip(b"\n").rfind(b"\n") + 1
    tail = content[start:].decode()
    stated = json.loads(tail)["sha256"] if tail.startswith("{") else tail.strip().split("|")[2]
    found = sha256(content[:start]).hexdigest()
    return [] if stated == found else [f"the digest is {stated}, the bytes give {found}"]


def details(content: bytes, encoding: str = "utf-8") -> Iterator[list[Any]]:
    """The detail lines: kind, serial, original serial, payment id, biller, account, fen, …"""
    for line in content.decode(encoding).split("\n"):
        if line.startswith("{"):
            members = json.loads(line)
            if members["type"] not in ("head", "tail"):
                yield list(members.values())
        elif line.startswith("D|"):
            cells = [unquote(cell) for cell in line.split("|")[1:]]
            yield [*cells[:2], cells[2] or None, *cells[3:]]
