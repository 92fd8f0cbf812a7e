"""Reads documents back by programs that are not ours: pypdf for the text, zxing for the codes."""

import io
import shutil
import subprocess
import zlib
from typing import Any, NamedTuple

import pypdf
import typst
import zxingcpp


class Pixels(NamedTuple):
    """A grey picture, one byte a pixel."""

    width: int
    height: int
    grey: bytes

    def codes(self) -> list[str]:
        """The texts of the QR codes in it."""
        picture = memoryview(self.grey).cast("B", (self.height, self.width))
        return [found.text for found in zxingcpp.read_barcodes(picture)]


def lines(pdf: bytes, page: int = 0) -> list[str]:
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text()
    return [line.strip() for line in text.splitlines()]


def joined(pdf: bytes) -> str:
    """All text without blanks and line ends: what wraps is one again."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def page_count(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def size_mm(pdf: bytes) -> tuple[int, int]:
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def fonts(pdf: bytes) -> dict[str, bool]:
    """The fonts of all pages, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            whole = font.get_object()
            descriptor = whole["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            found[whole["/BaseFont"]] = any(
                kind in descriptor for kind in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    return found


def outside(pdf: bytes) -> list[str]:
    """Pieces of text that begin beyond the page's edges."""
    found = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        right, top = float(page.mediabox.width), float(page.mediabox.height)

        def look(
            text: str, cm: Any, tm: Any, *_: Any, right: float = right, top: float = top
        ) -> None:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip() and not (0 <= x <= right and 0 <= y <= top):
                found.append(text)

        page.extract_text(visitor_text=look)
    return found


def picture_of_svg(svg: bytes) -> Pixels:
    """An SVG drawn by typst."""
    source = b'#set page(width: 60mm, height: 60mm, margin: 0mm)\n#image(bytes(sys.inputs.svg), format: "svg")'
    made = typst.compile(source, format="png", ppi=200, sys_inputs={"svg": svg.decode()})
    assert isinstance(made, bytes)
    return picture_of_png(made)


def picture_of_pdf(pdf: bytes) -> Pixels | None:
    """The first page drawn by poppler, or None where its `pdftoppm` is not installed."""
    if shutil.which("pdftoppm") is None:
        return None
    drawn = subprocess.run(
        ["pdftoppm", "-gray", "-r", "150", "-f", "1", "-l", "1", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout
    _, width, height, _ = drawn.split(maxsplit=4)[:4]
    grey = drawn[-int(width) * int(height) :]
    return Pixels(int(width), int(height), grey)


def picture_of_png(png: bytes) -> Pixels:
    """The green of an opaque RGBA PNG of eight bits."""
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    assert png[24:26] == b"\x08\x06"
    raw, stride = zlib.decompress(_data(png)), width * 4 + 1
    grey, above = bytearray(), bytes(width)
    for start in range(0, len(raw), stride):
        above = _unfiltered(raw[start], raw[start + 2 : start + stride : 4], above)
        grey += above
    return Pixels(width, height, bytes(grey))


def _data(png: bytes) -> bytes:
    found, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            found += png[at + 8 : at + 8 + length]
        at += length + 12
    return found


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """One channel of a row; each of the filters adds what stands left of it, above it or both."""
    if not any(row) and (kind == 2 or (kind in (1, 3, 4) and not any(above))):
        return above
    done, left, corner = bytearray(), 0, 0
    for value, up in zip(row, above, strict=True):
        if kind == 4:
            guess = left + up - corner
            far = (abs(guess - left), abs(guess - up), abs(guess - corner))
            near = (left, up, corner)[far.index(min(far))]
        else:
            near = (0, left, up, (left + up) // 2)[kind]
        left, corner = (value + near) & 255, up
        done.append(left)
    return bytes(done)
