"""QR codes are read back by a foreign reader, and may stand in pages with a strict policy."""

import pytest
from lxml import etree

from tests.documents.reading import Pixels, picture_of_svg
from yifen.core.documents.qr import qr_svg

URL = "https://pay.example.gov.cn/check/202000-7K3M9XQ2TB?from=回单"


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("text", [URL, "A", "x" * 500])
def test_a_code_reads_back(text: str, robust: bool) -> None:
    assert picture_of_svg(qr_svg(text, robust=robust)).codes() == [text]


def test_a_code_on_a_poster_survives_a_blot() -> None:
    picture = picture_of_svg(qr_svg(URL, robust=True))
    grey = bytearray(picture.grey)
    low, high = int(picture.width * 0.45), int(picture.width * 0.62)
    for row in range(low, high):
        grey[row * picture.width + low : row * picture.width + high] = bytes(high - low)
    assert Pixels(picture.width, picture.height, bytes(grey)).codes() == [URL]


def test_the_svg_has_nothing_a_strict_policy_forbids() -> None:
    root = etree.fromstring(qr_svg(URL))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert names == {"svg", "path"}
    assert attributes <= {"class", "viewBox", "d", "fill", "stroke", "transform"}
    assert root.get("class") is None  # the page frames it, once
    assert root.find("*[@class='qr-modules']") is not None


def test_text_never_reaches_the_markup() -> None:
    assert b"script" not in qr_svg('"><script>alert(1)</script>')


def test_more_than_a_code_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="Data too large"):
        qr_svg("x" * 4000)
