"""A look at an Excel workbook before the reader of Excel has it.

The reader holds all between the first cell and the last in memory, so no cell may stand where no row of the kind would.
It gets a copy of what was looked at, and nothing else.
"""

import re
from typing import BinaryIO
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from yifen.core.facts.refused import Refused
from yifen.face.filed.filing import Filing

COLUMNS_MAX = 26
ROWS_APART = 1_000
"""So many rows more than twice those that are there the last one may stand at."""
_PART = 1 << 16
_TAG_MAX = 1 << 20  # of a tag or a comment, which are held whole
_PLACES = ("xl/", "_rels/", "[content_types].xml")
_INSIDE = frozenset({"v", "is", "t", "f"})
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")


def looked_at(stream: BinaryIO, copy: BinaryIO, filing: Filing) -> None:
    """`copy` gets the XML parts of the workbook in `stream`. Refused: the kind's `too_large`; `broken` where a part is
    no XML in UTF-8. BadZipFile."""
    with ZipFile(stream) as archive, ZipFile(copy, "w", ZIP_DEFLATED, compresslevel=1) as clean:
        entries = [entry for entry in archive.infolist() if _is_read(entry)]
        if sum(entry.file_size for entry in entries) > filing.unpacked_max:
            raise Refused(filing.too_large, "file")
        if len({entry.filename.lower() for entry in entries}) < len(entries):
            raise BadZipFile("a part is there twice")
        for entry in entries:
            look = _Look(filing)
            with archive.open(entry) as member, clean.open(entry.filename, "w", force_zip64=True) as kept:
                while part := member.read(_PART):
                    look.feed(part)
                    kept.write(part)
            look.end()


def _is_read(entry: ZipInfo) -> bool:
    name = entry.filename.lower()
    return name.startswith(_PLACES) and name.endswith((".xml", ".rels"))


class _Look:
    """At one part, whatever it is called: a sheet may lie anywhere."""

    def __init__(self, filing: Filing) -> None:
        self._filing, self._row, self._column, self._last, self._rows = filing, 0, 0, 0, 0
        self._fed, self._row_said = 0, ""
        self._parser = ParserCreate("UTF-8")  # whatever it says of itself
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._element
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, part: bytes) -> None:
        self._parse(part, is_last=False)
        self._fed += len(part)
        if self._fed - self._parser.CurrentByteIndex > _TAG_MAX:
            raise self._broken("a tag without end")

    def end(self) -> None:
        self._parse(b"", is_last=True)
        if self._last > 2 * self._rows + ROWS_APART:
            raise Refused(self._filing.too_large, "file")

    def _parse(self, part: bytes, is_last: bool) -> None:
        try:
            self._parser.Parse(part, is_last)
        except ExpatError as error:
            raise self._broken(str(error)) from None

    def _element(self, name: str, attributes: list[str]) -> None:
        """Rows and cells that do not say where they stand are behind the one before, as the reader takes them."""
        if name in _INSIDE:
            return
        if name == "c" and attributes and attributes[0] == "r":  # nearly all: one letter, and the row that it is in
            place = attributes[1]
            if place[1:] == self._row_said and "A" <= place[:1] <= "Z":
                self._column, self._last = ord(place[0]) - ord("A") + 1, max(self._last, self._row)
                return
        name = name.rpartition(":")[2]
        if name == "row":
            said = self._said(attributes, _ROW)
            self._row_said = said[0] if said else ""
            self._row, self._column = int(said[0]) if said else self._row + 1, 0
            self._rows += 1
        elif name == "c":
            said = self._said(attributes, _CELL)
            self._column = _column(said[1]) if said else self._column + 1
            self._last = max(self._last, self._row, int(said[2]) if said else 0)
        elif name == "dimension":
            for attribute, value in zip(attributes[::2], attributes[1::2], strict=True):
                if attribute == "ref" and (found := _CELL.fullmatch(value.rpartition(":")[2])):
                    self._bound(_column(found[1]), int(found[2]))
            return
        else:
            return
        self._bound(self._column, max(self._row, self._last))

    def _bound(self, column: int, row: int) -> None:
        if column > COLUMNS_MAX or row > self._filing.rows_max + 1:
            raise Refused(self._filing.too_large, "file")

    def _said(self, attributes: list[str], form: re.Pattern[str]) -> re.Match[str] | None:
        """What the element says of its place. Refused: it says something else there."""
        for attribute, value in zip(attributes[::2], attributes[1::2], strict=True):
            if attribute.lower() == "r":
                found = form.fullmatch(value)
                if found is None:
                    raise self._broken(value[:20])
                return found
        return None

    def _doctype(self, *_: object) -> None:
        raise self._broken("DOCTYPE")

    def _broken(self, detail: str) -> Refused:
        return Refused(self._filing.broken, "file", detail[:100])


def _column(letters: str) -> int:
    """A is 1."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
