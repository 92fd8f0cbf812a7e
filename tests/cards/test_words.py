"""Words of a bank as bytes: XML and fixed-width files, whole, broken, hostile."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yifen.core.facts.refused import Refused
from yifen.trades.cards.codes import CardCode as C
from yifen.trades.cards.words import fixed_words, xml_words
from yifen.trades.cards.words.wording import (
    CardSaid,
    CardWord,
    SwipeSaid,
    against_card,
    against_swipe,
)

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=8)))
SWIPE = SwipeSaid(
    kind="cleared",
    card_no="6283880000000001",
    number="20261123000017",
    swiped_at=AT,
    amount_fen=120_000,
    reference="R00000000001",
    posted_on=date(2026, 11, 23),
    merchant="青溪宾馆",
    mcc="7011",
)
PURCH = {
    "date": "20261123",
    "core_no": "000001",
    "type": "0001",
    "message": "0200",
    "code": "00",
    "entry": "02",
    "clear_date": "20261124",
    "trace": "000017",
    "card": "166283880000000001",
    "sign": "D",
    "fen": "000000120000",
    "time": "1123093000",
    "mcc": "7011",
    "merchant_no": "898450370110001",
    "merchant": "青溪宾馆",
    "currency": "156",
    "reference": "R00000000001",
    "auth": "A00001",
    "response": "00",
    "remark": "住宿",
}
OPENED = {
    "name": "张三",
    "id_type": "99",
    "id": "P01",
    "unit": "第一中学",
    "unit_code": "101001",
    "card": "6283880000000001",
    "expires": "3011",
    "opened": "20261123",
    "limit": "0000050000",
}

texts = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cc", "Cn")), max_size=20
).map(str.strip)
swipes = st.builds(
    SwipeSaid,
    kind=st.sampled_from(("auth", "cleared")),
    card_no=st.just("6283880000000001"),
    number=st.from_regex("[0-9A-Z]{1,20}", fullmatch=True),
    reference=st.from_regex("[0-9A-Z]{1,12}", fullmatch=True),
    swiped_at=st.datetimes(timezones=st.just(UTC)),
    amount_fen=st.integers(1, 10**12),
    merchant=texts,
    remark=texts,
    posted_on=st.dates(),
)


@settings(max_examples=40)
@given(st.lists(swipes, min_size=1, max_size=3))
def test_what_is_written_as_xml_is_read_back(said: list[SwipeSaid]):
    word = CardWord(serial="W1", bureau="450300000", swipes=said)
    assert xml_words.read(xml_words.written(word)) == word


def test_a_word_in_xml_that_is_broken_foreign_or_hostile_is_refused():
    whole = xml_words.written(CardWord(serial="W1", bureau="450300000", swipes=[SWIPE])).decode()
    assert xml_words.read(("\ufeff" + whole).encode()).swipes == [SWIPE]
    for wrong in (
        "",
        "<CardWord/>",
        whole[:-3],
        whole.replace("CardWord", "Other"),
        whole.replace("<Serial>W1</Serial>", ""),
        whole.replace("<Serial>W1</Serial>", "<Serial>W1</Serial><Serial>W2</Serial>"),
        whole.replace("<Kind>", "<Kind a='1'>"),
        whole.replace("<Kind>", "<More>1</More><Kind>"),
        whole.replace("120000", "1200.00"),
        whole.replace("120000", "1e5"),
        whole.replace("<Swipe>", "<Swipe>text"),
        '<!DOCTYPE a [<!ENTITY b "c">]>' + whole.partition("?>")[2],
        "<a>" * 5_000,
    ):
        with pytest.raises(Refused) as refused:
            xml_words.read(wrong.encode())
        assert refused.value.code is C.CARD_WORD_UNREADABLE


def test_a_file_of_swipes_is_cut_by_bytes():
    line = fixed_words.line(PURCH, fixed_words.PURCH)
    assert len(line) == 327
    refund = fixed_words.line(PURCH | {"trace": "000018", "sign": "C", "fen": "000000000500"}, fixed_words.PURCH)
    auth = fixed_words.line(
        PURCH | {"trace": "000019", "message": "0100", "time": "1231235959", "date": "20270101"}, fixed_words.PURCH
    )
    name = "0310-PURCH-450300000-1"
    for body in (line + refund + auth, b"\r\n".join((line, refund, auth, b""))):
        word = fixed_words.read(name, body, ZONE)
        assert (word.serial, word.bureau) == (name, "450300000")
        assert [(one.kind, one.number, one.amount_fen, one.reference) for one in word.swipes] == [
            ("cleared", "20261123000017", 120_000, "R00000000001"),
            ("refund", "20261123000018", 500, "R00000000001"),
            ("auth", "20270101000019", 120_000, "R00000000001"),
        ]
        first, _, last = word.swipes
        assert (first.card_no, first.merchant, first.remark, first.posted_on) == (
            "6283880000000001",
            "青溪宾馆",
            "住宿",
            date(2026, 11, 24),
        )
        assert first.swiped_at == AT
        assert last.swiped_at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZONE)  # of the year before its posting
        assert [against_swipe(one) for one in word.swipes] == [None, None, None]
    dollars = fixed_words.read(name, fixed_words.line(PURCH | {"currency": "840"}, fixed_words.PURCH), ZONE).swipes[0]
    assert against_swipe(dollars) is C.SWIPE_CNY_MISSING


def test_files_of_cards_are_read_and_a_wrong_line_refuses_the_whole_file():
    opened = fixed_words.line(OPENED, fixed_words.CDOPN)
    assert len(opened) == 315
    card = fixed_words.read("0310-CDOPN-450300000-1", opened, ZONE).cards[0]
    assert (card.kind, card.staff_no, card.name, card.unit, card.limit_fen, card.expires) == (
        "new",
        "P01",
        "张三",
        "101001",
        5_000_000,
        "3011",
    )
    again = fixed_words.line(OPENED | {"new_card": "6283880000000002"}, fixed_words.CDOPN)
    assert fixed_words.read("0310-CDREP-450300000-1", again, ZONE).cards[0].new_card_no == "6283880000000002"
    line = fixed_words.line(PURCH, fixed_words.PURCH)
    place = line.index("青溪".encode("gbk"))
    for name, body in (
        ("0310-PURCH-450300000-1", line[:-1]),
        ("0310-PURCH-450300000-1", line + line[:300]),
        ("0310-PURCH-450300000-1", line[: place + 1] + b"\xff" + line[place + 2 :]),
        ("0310-PURCH-450300000-1", line[:place] + b"\0\0" + line[place + 2 :]),
        ("0310-PURCH-450300000-1", b""),
        ("0310-CDOPN-450300000-1", line),
        ("0310-PURCH-450300000-1", fixed_words.line(PURCH | {"fen": "1200.00"}, fixed_words.PURCH)),
        ("0310-PURCH-450300000-1", fixed_words.line(PURCH | {"card": "176283880000000001"}, fixed_words.PURCH)),
        ("0310-PURCH-450300000-1", fixed_words.line(PURCH | {"time": "0230093000"}, fixed_words.PURCH)),
    ):
        with pytest.raises(Refused) as refused:
            fixed_words.read(name, body, ZONE)
        assert refused.value.code is C.CARD_FILE_LAYOUT
    with pytest.raises(Refused) as refused:
        fixed_words.read("other.txt", line, ZONE)
    assert refused.value.code is C.CARD_WORD_UNREADABLE


def test_a_row_that_says_what_cannot_be_is_named():
    card = CardSaid(kind="new", at=AT, card_no="6283880000000001", staff_no="P01", unit="101001")
    assert against_card(card) is None
    for wrong in (
        {"kind": "other"},
        {"card_no": "628"},
        {"limit_fen": -1},
        {"expires": "3013"},
        {"unit": ""},
        {"at": AT.replace(tzinfo=None)},
        {"new_card_no": "6283880000000002"},
        {"kind": "reissued"},
    ):
        assert (
            against_card(CardSaid(**{**{f: getattr(card, f) for f in card.__struct_fields__}, **wrong}))
            is C.CARD_FIELDS
        ), wrong
    for wrong in (
        {"kind": "other"},
        {"amount_fen": 0},
        {"amount_fen": -5},
        {"posted_on": None},
        {"kind": "auth"},
        {"foreign": 5},
        {"currency": "USD"},
        {"reference": ""},
        {"merchant": "a\nb"},
    ):
        assert (
            against_swipe(SwipeSaid(**{**{f: getattr(SWIPE, f) for f in SWIPE.__struct_fields__}, **wrong}))
            is C.SWIPE_FIELDS
        ), wrong
