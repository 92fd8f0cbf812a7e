"""The compiled reader and writer of a form: what each column says, and nothing of what is not there."""

import pytest

from yifen.core.wire.messages import Charge, Line, Reverse
from yifen.core.wire.xml_form import form_of


def test_a_reader_gives_values_by_name_and_leaves_out_what_is_absent() -> None:
    read = form_of(Reverse, "yuan").read
    assert read(("S-1", "15.5", None)) == {"original_serial": "S-1", "amount_fen": 1550}
    assert read(("S-1", "15.5", "{x}")) == {"original_serial": "S-1", "amount_fen": 1550, "reason": "{x}"}
    with pytest.raises(ValueError, match="more than 0"):
        read(("S-1", "0", None))
    with pytest.raises(ValueError, match="unpack"):
        read(("S-1", "15.5"))


def test_a_writer_writes_them_in_order_escaped_and_leaves_out_none() -> None:
    back = Reverse(serial="S-2", original_serial="S-1", amount_fen=1550)
    head = "<OriginalSerial>S-1</OriginalSerial><Amount>15.50</Amount>"
    assert form_of(Reverse, "yuan").write(back) == head
    back.reason = "a<b>'{m}'"
    assert form_of(Reverse, "yuan").write(back) == f"{head}<Reason>a&lt;b&gt;'{{m}}'</Reason>"


def test_the_entries_of_a_list_go_the_same_way() -> None:
    form = form_of(Charge, "fen")
    place = next(number for number, column in enumerate(form.columns) if column.name == "lines")
    [parse], write = {form.columns[place].parse}, form.columns[place].write
    assert parse is not None
    assert write is not None
    text = "<Line><Payable>B-1</Payable><Amount>7</Amount></Line><Line><Payable>B-2</Payable><Amount>8</Amount></Line>"
    lines = [Line(payable="B-1", amount_fen=7), Line(payable="B-2", amount_fen=8)]
    assert (parse(text), write(lines)) == (lines, text)
