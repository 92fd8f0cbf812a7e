"""Entries of an ISO 20022 statement by their shape: a bank writes a handful of them, a million times.

A shape is an entry's tags and blanks, each as it is written, with the texts between them left open. One of
its kind is parsed as XML, which tells where the texts stand that count; the others of that shape are matched
by a pattern of those very tags. So they are as well-formed as the one that was parsed, and mean the same.
"""

import re
from typing import NamedTuple

from lxml import etree

from yifen.core.wire.iso_xml import child, local, text
from yifen.trades.reconciliation.readers.camt_xml import DETAIL, WANTED

SHAPES_MAX, ENTRY_MAX = 32, 8192  # a file's shapes; characters of an entry that shows one
_TAG, _TEXT = re.compile(r"<[^<>]*>"), re.compile(r"(?<=>)(?=[^<>]*[^<>\s])[^<>]+(?=<)")
_PLAIN = re.compile(r"</?[A-Za-z0-9]+(?: [A-Za-z]+=\"[A-Za-z0-9]*\")*/?>")
_CONTROL = r"\x00-\x08\x0a-\x1f\ufffe\uffff"
_ANY = rf"[^<>&{_CONTROL}]*+"
_SAID = rf"([^<>&\s{_CONTROL}][^<>&{_CONTROL}]*+)"
_AMOUNT, _MARK, _BOOKED = r"([0-9]{1,13}\.[0-9]{2})", "(CRDT|DBIT)", "()BOOK"
_ENTRY = (("BookgDt/DtTm",), ("BookgDt/Dt", "BookgDt/DtTm"), ("AcctSvcrRef",), ("NtryRef",))
_DETAIL = (
    ("Refs/EndToEndId",), ("Refs/AcctSvcrRef",), ("Refs/PmtInfId",),
    *((f"RltdPties/{party}/Id/IBAN", f"RltdPties/{party}/Id/Othr/Id") for party in ("DbtrAcct", "CdtrAcct")),
)  # fmt: skip


class EntryRun(NamedTuple):
    """Entries that stand one after the other, all booked, each with one detail that says the same or none.

    `texts` of each: amount, mark, time and day of booking, references of the bank and of the entry, those
    of the detail (end to end, the bank's, its batch), who paid and who was paid; empty for what is not
    said. `line_nos` of the rows; `end`: the place of what stands behind; `last`: the number given last.
    """

    texts: list[tuple[str, ...]]
    line_nos: list[int]
    end: int
    last: int


class _Shape(NamedTuple):
    """The pattern, the group of each text in it and that where the entry ends; how many lines it takes, and
    in which of them the detail begins; -1: it has none."""

    pattern: re.Pattern[str]
    groups: tuple[int, ...]
    end: int
    lines: int
    detail: int


class Shapes:
    """The shapes that one file has shown, of entries in its currency."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.known: list[_Shape] = []
        self.seen: set[str] = set()

    def run(self, text: str, at: int, line: int, last: int) -> EntryRun:
        """The entries "<Ntry>…</Ntry>" there, up to one that has to be parsed: it is not of a shape that is
        all clear, or the file has too many. `line`: that of the first; `last`: the number given before.
        Numbers grow by one for a detail and for its entry, as they do where both are parsed."""
        texts: list[tuple[str, ...]] = []
        line_nos: list[int] = []
        shape: _Shape | None = None
        while True:
            match = None if shape is None else shape.pattern.match(text, at)
            if match is None:
                shape, match = self._other(text, at)
            if shape is None or match is None:
                return EntryRun(texts, line_nos, at, last)
            texts.append(match.group(*shape.groups))
            line_no = max(last + 1, line + max(shape.detail, 0))
            line_nos.append(line_no)
            last = line_no if shape.detail < 0 else line_no + 1
            at = match.end()
            line += shape.lines + text.count("\n", match.start(shape.end), at)

    def _other(self, text: str, at: int) -> tuple[_Shape | None, re.Match[str] | None]:
        """The shape of the entry there, which is not of the one before."""
        for shape in self.known:
            if (match := shape.pattern.match(text, at)) is not None:
                return shape, match
        return self._other(text, at) if self._is_learned(text, at) else (None, None)

    def _is_learned(self, text: str, at: int) -> bool:
        """Whether the entry there has shown a new shape."""
        end = text.find("</Ntry>", at)
        if len(self.seen) == SHAPES_MAX or end < 0 or not text.startswith("<Ntry>", at):
            return False
        entry = text[at : end + len("</Ntry>")]
        if len(entry) > ENTRY_MAX or (skeleton := _TEXT.sub("", entry)) in self.seen:
            return False
        self.seen.add(skeleton)
        if (new := _shape(entry, self.currency)) is not None:
            self.known.append(new)
        return new is not None


def _shape(entry: str, currency: str) -> _Shape | None:
    """The shape of an entry; None where it is not all clear: charges, several details, an amount in
    another currency, what counts in an unexpected place."""
    tags = _TAG.findall(entry)
    if not all(map(_PLAIN.fullmatch, tags)):
        return None
    numbered = "".join([f"{tag}{number}" for number, tag in enumerate(tags)])
    try:
        root = etree.fromstring(numbered[: numbered.rindex(">") + 1])
    except etree.XMLSyntaxError:
        return None
    names = [local(element) for element in root.iter()][1:]
    detail = child(root, f"NtryDtls/{DETAIL}")
    if names.count(DETAIL) != (detail is not None) or {"Chrgs", *WANTED} & {*names} - {DETAIL}:
        return None
    amounts = _amounts(root, detail, currency)
    mark, status = text(root, "CdtDbtInd"), text(root, "Sts/Cd", "Sts")
    if amounts is None or not mark or not status:
        return None
    first = len(tags) if detail is None else tags.index(f"<{DETAIL}>")
    above = [amounts[0], mark, *(text(root, *paths) for paths in _ENTRY)]
    if any(int(slot) >= first for slot in (*above, status) if slot):
        return None
    within = ["" if detail is None else text(detail, *paths) for paths in _DETAIL]
    patterns = dict.fromkeys([*above, *within], _SAID)
    patterns |= {amounts[0]: _AMOUNT, mark: _MARK, status: _BOOKED, amounts[1]: amounts[0]}
    if detail is not None:
        patterns[text(detail, "CdtDbtInd")] = mark
    return _compiled(entry, patterns, [*above, *within])


def _amounts(
    root: "etree._Element", detail: "etree._Element | None", currency: str
) -> tuple[str, str] | None:
    """Where the amounts of the entry and of its detail stand, if they are in this currency."""
    amount = child(root, "Amt")
    if amount is None or amount.get("Ccy") != currency:
        return None
    found = [] if detail is None else [
        one for path in ("Amt", "AmtDtls/TxAmt/Amt") if (one := child(detail, path)) is not None
    ]  # fmt: skip
    same = next((one for one in found if one.get("Ccy") == currency), None)
    if found and same is None and not found[0].get("Ccy"):
        return None
    return amount.text or "", "" if same is None else same.text or ""


def _compiled(entry: str, patterns: dict[str, str], slots: list[str]) -> _Shape:
    """`patterns`: of the text behind a tag, or of which other text it must repeat; `slots`: where the texts
    stand, "" for one that is not there, which an empty group is for."""
    numbers: dict[str, int] = {}
    whole = ""
    tags, texts = _TAG.findall(entry), _TAG.split(entry)[1:]
    for number, (tag, said) in enumerate(zip(tags, texts, strict=True)):
        pattern = patterns.get(f"{number}", _ANY if said.strip() else re.escape(said))
        if pattern in numbers:
            pattern = f"(?:\\{numbers[pattern]})"
        elif f"{number}" in patterns:
            numbers[f"{number}"] = len(numbers) + 1
        whole += re.escape(tag) + pattern
    end = len(numbers) + 1
    detail = entry.find(f"<{DETAIL}>")
    return _Shape(
        re.compile(rf"{whole}()[ \t\r\n]*+"), tuple([numbers.get(slot, end) for slot in slots]), end,
        entry.count("\n"), entry.count("\n", 0, detail) if detail >= 0 else -1,
    )  # fmt: skip
