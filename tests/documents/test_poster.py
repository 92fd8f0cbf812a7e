"""Posters lead to the address they show, for a biller and for one payer."""

from typing import Any

import pytest

from tests.documents.reading import (
    fonts,
    lines,
    outside,
    page_count,
    picture_of_pdf,
    picture_of_png,
    size_mm,
)  # fmt: skip
from tests.documents.world import AT, HOSTILE, LONG, UNBROKEN
from yifen.core.documents.poster import Poster, poster

PAY_URL = "https://pay.example.gov.cn/p/WATER01"


def poster_of(**changes: Any) -> Poster:
    said: dict[str, Any] = {
        "issuer": "白石市农村信用合作联社", "biller": "白石市自来水有限公司", "category": "水费",
        "category_en": "Water", "pay_url": PAY_URL, "made_at": AT, "help_line": "96588",
    }  # fmt: skip
    return Poster(**(said | changes))


def test_a_billers_poster_shows_name_address_and_three_steps() -> None:
    made = poster(poster_of())
    said = lines(made)
    assert said[:5] == ["扫码缴费", "Scan to pay", "白石市自来水有限公司", "水费 Water", PAY_URL]
    assert [line for line in said if line[:2] in ("1 ", "2 ", "3 ")] == [
        "1 扫码 Scan", "2 输入户号 Enter", "3 付款 Pay",
    ]  # fmt: skip
    assert said[-1] == "白石市农村信用合作联社 咨询 Help 96588"
    assert size_mm(made) == (210, 297)
    assert all(fonts(made).values())


def test_a_payers_own_poster_has_account_and_name() -> None:
    said = lines(poster(poster_of(account_no="3300000485", payer_name="张*三")))
    assert "户号 Account no. 3300000485" in said
    assert "户名 Payer 张*三" in said
    assert "2 核对 Check" in said


@pytest.mark.parametrize("own", [{}, {"account_no": "3300000485", "payer_name": "张*三"}])
def test_the_code_leads_to_the_address(own: dict[str, str]) -> None:
    data = poster_of(**own)
    assert picture_of_png(poster(data, "png")).codes() == [PAY_URL]
    printed = picture_of_pdf(poster(data))
    assert printed is None or printed.codes() == [PAY_URL]


@pytest.mark.parametrize("text", [*HOSTILE, LONG, UNBROKEN])
def test_any_text_stays_text_and_on_one_page(text: str) -> None:
    data = poster_of(biller=text, issuer=text, category=text[:100], account_no="9" * 64,
                     payer_name=text)  # fmt: skip
    made = poster(data)
    assert page_count(made) == 1
    assert outside(made) == []


def test_the_same_data_gives_the_same_bytes() -> None:
    assert poster(poster_of()) == poster(poster_of())
