"""Whatever the door lets in is written into a daily file and read back as it was: text → file → reader."""

import io
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.readers.test_hub_file import CHARGE, HEAD, head_of, json_file, rows_of, text_file
from tests.world import DAY, World
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.daily_cells import DailyFileError
from yifen.hub.simulators.record import details
from yifen.trades.reconciliation.files import take_in
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.readers.hub_file import open_hub_file
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.rows import FileError

ODD = ("3|2|1201", "|", "%", "%7C", "%257C", "100%|", '"quoted"', "a,b;c", "two\nlines", "\r\n", "tab\there",
       "\x01\x1f\x7f", "\x85\x9f", " blanks ", "\u2028\u2029", "\u202eabc\u202c", "\u200b", "\ufeffmark",
       "\\N", "\\", "\\t", "😀", "12栋Ⅱ单元301", "①-301", "𠮷", "\ue000", "\uffff", "=1+1", "D|charge")  # fmt: skip
NAMES = [f"u{'-'.join(f'{ord(one):x}' for one in text[:4])}" for text in ODD]
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


def with_odd_ones(test: Any) -> Any:
    for text in ODD:
        test = example(text=text)(test)
    return test


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_comes_back_from_a_text_file(encoding: str):
    @with_odd_ones
    @settings(max_examples=200, deadline=None)
    @given(text=anything)
    def comes_back(text: str) -> None:
        line = replace(CHARGE, account_no=text, biller_serial=text)
        body = text_file(head_of([line, CHARGE]), [line, CHARGE], encoding)
        assert body.count(b"\n") == 4
        assert [row.account_no for row in rows_of(body, encoding)] == [text, CHARGE.account_no]
        assert next(cells[5::4] for cells in details(body, encoding)) == [text, text]

    comes_back()


def test_text_comes_back_from_a_file_of_json():
    @with_odd_ones
    @settings(max_examples=200, deadline=None)
    @given(text=anything)
    def comes_back(text: str) -> None:
        line = replace(CHARGE, account_no=text, biller_serial=text)
        body = json_file(head_of([line]), [line])
        assert [row.account_no for row in rows_of(body)] == [text]
        assert [cells[5] for cells in details(body)] == [text]

    comes_back()


@pytest.mark.parametrize("text", ODD, ids=NAMES)
def test_an_account_number_stands_in_the_tables_in_its_one_form(rolled_back: psycopg.Connection[Any], text: str):
    with rolled_back.transaction(force_rollback=True):
        world = World(rolled_back)
        world.network()
        profile = read_profile(rolled_back, "WX")
        line = replace(CHARGE, account_no=text)
        head = replace(head_of([line, CHARGE]), partner="WX", business_day=DAY)
        taken = take_in(rolled_back, profile, io.BytesIO(text_file(head, [line, CHARGE])), "f", "t", world.now,
                        format_code="hub")  # fmt: skip
        found = world.rows("SELECT account_no FROM recon_row WHERE file_id = %s ORDER BY line_no", taken.file_id)
        assert found == [(clean_account(text) or None,), (CHARGE.account_no,)]


@pytest.mark.parametrize("text", ["\0", "a\ud800"], ids=["nul", "surrogate"])
def test_what_no_file_can_hold_is_refused_by_the_writer(text: str):
    line = replace(CHARGE, account_no=text)
    with pytest.raises(DailyFileError, match="account_no"):
        text_file(HEAD, [line])
    with pytest.raises(DailyFileError, match="account_no"):
        json_file(HEAD, [line])


def test_a_bare_control_character_in_a_text_file_is_still_a_breach():
    body = text_file(head_of([CHARGE]), [CHARGE]).replace(b"0339201206", b"0339\t01206")
    with pytest.raises(FileError) as broken:
        list(open_hub_file(io.BytesIO(body), Hints(encoding="utf-8")))
    assert (broken.value.column, broken.value.line_no) == ("account_no", 2)
