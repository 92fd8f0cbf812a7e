"""The twenty examples of the domain: how a case number is written does not matter, what it says does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yifen.trades.cases import caseno
from yifen.trades.cases.caseno import (
    LEADING_ZERO,
    NOT_PLAIN,
    TOO_EARLY,
    TYPE_UNKNOWN,
    CaseNo,
    CaseNoWrong,
    parse,
)

GUI = (2018, "桂0304", "", "执", 123)
EXAMPLES = (
    ("（2018）桂0304执123号", GUI, 0, ()),
    ("（2018）桂０３０４执１２３号", GUI, 0, ()),
    ("〔2018〕桂0304执123号", GUI, 0, (NOT_PLAIN,)),
    ("(2018) 桂0304 执 123 号", GUI, 0, ()),
    ("(2018)桂0304执123号之一", GUI, 1, ()),
    ("(2018)桂0304执123号之十一", GUI, 11, ()),
    ("(2018)桂0304执0123号", GUI, 0, (LEADING_ZERO,)),
    ("(2019)桂0304执恢45号", (2019, "桂0304", "", "执恢", 45), 0, ()),
    ("(2018)桂0304执保12号", (2018, "桂0304", "", "执保", 12), 0, ()),
    ("(2018)桂03执异7号", (2018, "桂03", "", "执异", 7), 0, ()),
    ("(2024)粤执复114号", (2024, "粤", "", "执复", 114), 0, ()),
    ("(2025)最高法执监508号", (2025, "最高法", "", "执监", 508), 0, ()),
    ("(2017)京04民终367号", (2017, "京04", "", "民终", 367), 0, ()),
    ("(2021)京0105民初8801号", (2021, "京0105", "", "民初", 8801), 0, ()),
    ("(2019)最高法知民终1号", (2019, "最高法", "知", "民终", 1), 0, ()),
    ("(2015)杭下执民字第2741号", (2015, "杭下执民", "", "", 2741), 0, ()),
    ("(2013)宁执字第386-1号", (2013, "宁执", "", "", 386), 1, ()),
    ("(2014)桂0304执5号", (2014, "桂0304", "", "执", 5), 0, (TOO_EARLY,)),
    ("［2018］桂0304執123號", GUI, 0, (NOT_PLAIN,)),
    ("(2018)桂0304执123-2号", GUI, 2, ()),
    ("(2020)桂0304诉前调解9号", (2020, "桂0304", "", "诉前调解", 9), 0, (TYPE_UNKNOWN,)),
)


@pytest.mark.parametrize(("typed", "parts", "document", "warnings"), EXAMPLES)
def test_a_number_is_read_however_it_was_written(typed, parts, document, warnings):
    assert parse(typed) == CaseNo(*parts, document, warnings)


def test_all_writings_of_one_number_are_one():
    assert {str(parse(typed)) for typed, parts, *_ in EXAMPLES if parts == GUI} == {"(2018)桂0304执123号"}
    assert str(parse("(2013)宁执字第386-1号")) == "(2013)宁执字第386号"
    assert str(parse("（2019）最高法知民终1号")) == "(2019)最高法知民终1号"


@pytest.mark.parametrize("typed", ["(2018)桂0304执号", "", "(2018)桂0304执0号", "付2018桂0304执123号案款张三",
                                   "桂0304执1号",
                                   "(18)桂0304执1号", "(2018)桂0304执1号之一之二", "(2018)桂0304执1-1号之二",
                                   "(2018)桂030执1号",
                                   "(2018)桂0304执1号之十十"])  # fmt: skip
def test_what_is_no_number_is_refused(typed: str):
    with pytest.raises(CaseNoWrong):
        parse(typed)


def test_a_number_among_other_words_is_a_suggestion():
    assert caseno.within("付2018桂0304执123号案款张三") == ["(2018)桂0304执123号"]
    assert caseno.within("张三 还款") == []
    assert caseno.within("（2018）桂0304执123号、(2019)桂0304执恢45号") == ["(2018)桂0304执123号",
                                                                            "(2019)桂0304执恢45号"]


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text: str):
    try:
        found = parse(text)
    except CaseNoWrong:
        return
    assert str(parse(str(found))) == str(found)


def test_a_memo_names_a_case_without_its_last_character():
    assert caseno.within("2026桂0304执109案款") == ["(2026)桂0304执109号"]
    assert caseno.within("(2026)桂0304执105、106号两案执行款") == ["(2026)桂0304执105号", "(2026)桂0304执106号"]
    assert caseno.within("(2026)桂0304执恢12号,30元") == ["(2026)桂0304执恢12号"]
    assert (caseno.short_within("付执108号款"), caseno.short_within("(2026)桂0304执108号")) == (["执108号"], [])
    assert caseno.within("2026桂0304执123456789") == []
