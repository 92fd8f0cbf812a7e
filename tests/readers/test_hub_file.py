"""The hub's daily file: writer and reader agree on both forms, and every breach is named."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.facts import daily_file as form
from yifen.core.facts.daily_cells import DailyFileError
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.trades.reconciliation.readers.hub_file import open_hub_file, read_head
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

CHAIN = "ab" * 32
PAID, BOOKED = datetime(2017, 7, 18, 21, 59, 16), datetime(2017, 7, 18, 21, 59, 17)
CHARGE = DailyLine("charge", "S1", None, "P1", "water", "0339201206", 15000, PAID, BOOKED, "B1")
SECOND = DailyLine("charge", "S2", None, "P2", "heat", "户号7", 54, PAID, BOOKED, None)
REVERSE = DailyLine("reverse", "S3", "S1", "P3", "water", "0339201206", 15000, PAID, BOOKED, None)
REFUND = DailyLine("refund", "S4", "S0", "P4", "gas", "9", 700, PAID, BOOKED, "B4")
LINES = [CHARGE, SECOND, REVERSE, REFUND]
HEAD = DailyHead("bank01", date(2017, 7, 18), 2, 15054, 2, 15700, CHAIN)


def head_of(lines: Iterable[DailyLine]) -> DailyHead:
    charges = [line.amount_fen for line in lines if line.kind == "charge"]
    backs = [line.amount_fen for line in lines if line.kind != "charge"]
    return msgspec.structs.replace(
        HEAD, count=len(charges), amount_fen=sum(charges),
        reversed_count=len(backs), reversed_fen=sum(backs),
    )  # fmt: skip


def text_file(head: DailyHead, lines: list[DailyLine], encoding: str = "utf-8") -> bytes:
    return sealed((form.text_head(head) + "".join(map(form.text_line, lines))).encode(encoding))


def json_file(head: DailyHead, lines: list[DailyLine]) -> bytes:
    return sealed(form.json_head(head) + b"".join(map(form.json_line, lines)))


def sealed(body: bytes) -> bytes:
    """The body with a true tail, whatever the body holds."""
    tail = DailyTail(body.count(b"\n") - 1, sha256(body).hexdigest())
    return body + (form.json_tail(tail) if body[:1] == b"{" else form.text_tail(tail).encode())


def rows_of(data: bytes, encoding: str = "utf-8") -> list[Row]:
    return list(open_hub_file(io.BytesIO(data), Hints(encoding=encoding)))


TEXT, JSON = text_file(HEAD, LINES), json_file(HEAD, LINES)


def test_the_text_form_is_fixed_to_the_byte() -> None:
    assert TEXT.decode() == (
        f"H|1|bank01|20170718|2|15054|2|15700|{CHAIN}\n"
        "D|charge|S1||P1|water|0339201206|15000|20170718215916|20170718215917|B1\n"
        "D|charge|S2||P2|heat|户号7|54|20170718215916|20170718215917|\n"
        "D|reverse|S3|S1|P3|water|0339201206|15000|20170718215916|20170718215917|\n"
        "D|refund|S4|S0|P4|gas|9|700|20170718215916|20170718215917|B4\n"
        "T|4|03f1\n"
    ).replace("03f1", TEXT[-65:-1].decode())
    assert TEXT[-65:-1].decode() == sha256(TEXT[: TEXT.rindex(b"T|")]).hexdigest()


def test_the_json_form_is_fixed_to_the_byte() -> None:
    head, first, *_, tail = JSON.decode().splitlines()
    assert head == (
        '{"type":"head","version":1,"partner":"bank01","business_day":"2017-07-18","count":2,'
        f'"amount_fen":15054,"reversed_count":2,"reversed_fen":15700,"chain_hash":"{CHAIN}"}}'
    )
    assert first == (
        '{"type":"charge","serial":"S1","original_serial":null,"payment_id":"P1","biller":"water",'
        '"account_no":"0339201206","amount_fen":15000,"paid_at":"2017-07-18T21:59:16+08:00",'
        '"booked_at":"2017-07-18T21:59:17+08:00","biller_serial":"B1"}'
    )
    assert json.loads(tail) == {
        "type": "tail", "lines": 4, "sha256": sha256(JSON[: JSON.rindex(b"{")]).hexdigest(),
    }  # fmt: skip


def test_both_forms_and_encodings_give_the_same_rows() -> None:
    rows = rows_of(TEXT)
    assert rows == rows_of(JSON) == rows_of(text_file(HEAD, LINES, "gb18030"), "gb18030")
    assert [(r.serial, r.kind, r.amount_fen, r.fee_fen, r.at, r.line_no) for r in rows] == [
        ("S1", "sale", 15000, 0, PAID, 2), ("S2", "sale", 54, 0, PAID, 3),
        ("S3", "void", 15000, 0, PAID, 4), ("S4", "refund", 700, 0, PAID, 5),
    ]  # fmt: skip
    back = rows[2]
    assert (back.original, back.ref, back.account_no) == (
        "S1", "P3", "0339201206",
    )  # fmt: skip


def test_the_head_is_read_alone_and_an_empty_day_is_a_file() -> None:
    assert read_head(io.BytesIO(TEXT)) == read_head(io.BytesIO(JSON)) == HEAD
    for data in (text_file(head_of([]), []), json_file(head_of([]), [])):
        assert rows_of(data) == []
    with pytest.raises(FileError, match="line 1, column line: the file is empty"):
        read_head(io.BytesIO(b""))
    with pytest.raises(ValueError, match="encoding 'latin-1'"):
        rows_of(TEXT, "latin-1")


def wrong(old: str, new: str, data: bytes = TEXT) -> bytes:
    """The file with one change in its body and a true tail again."""
    body = data[: data.rindex(b"T|" if data is TEXT else b'{"type":"tail"')]
    assert old.encode() in body
    return sealed(body.replace(old.encode(), new.encode(), 1))


def wrong_json(old: str, new: str) -> bytes:
    return wrong(old, new, JSON)


HEAD_LINE, FIRST = TEXT.splitlines(keepends=True)[:2]
BROKEN: list[tuple[bytes, int, str]] = [
    (b"", 1, "line"),
    (HEAD_LINE, 2, "line"),
    (TEXT[:-1], 6, "line"),
    (TEXT[:-70], 5, "line"),
    (TEXT.replace(b"\n", b"\r\n"), 1, "line"),
    (TEXT + b"\n", 7, "line"),
    (TEXT + FIRST, 7, "line"),
    (FIRST + TEXT, 1, "line"),
    (b"\xef\xbb\xbf" + TEXT, 1, "line"),
    (b"\n" + TEXT, 1, "line"),
    (HEAD_LINE + TEXT, 2, "line"),
    (HEAD_LINE + b"D|" + b"x" * 9000 + b"\n", 2, "line"),
    (HEAD_LINE + b"D|charge|\xff\n", 2, "line"),
    (HEAD_LINE + b"d|charge\n", 2, "line"),
    (wrong("H|1|", "H|2|"), 1, "version"),
    (wrong("H|1|bank01", "H"), 1, "version"),
    (wrong("|20170718|2|", "|20170732|2|"), 1, "business_day"),
    (wrong("|20170718|2|", "|20170718|3|"), 1, "count"),
    (wrong("|15054|", "|15055|"), 1, "amount_fen"),
    (wrong("|15054|", "|015054|"), 1, "amount_fen"),
    (wrong("|15054|2|", "|15054|1|"), 1, "reversed_count"),
    (wrong("|15700|", "|15701|"), 1, "reversed_fen"),
    (wrong(CHAIN, CHAIN.upper()), 1, "chain_hash"),
    (wrong(f"|{CHAIN}", ""), 1, "chain_hash"),
    (wrong("|charge|S2", "|payment|S2"), 3, "kind"),
    (wrong("|charge|S2||", "|charge|||"), 3, "serial"),
    (wrong("|S2||", "|S2|S1|"), 3, "original_serial"),
    (wrong("|S3|S1|", "|S3||"), 4, "original_serial"),
    (wrong("|P2|", "|P\t2|"), 3, "payment_id"),
    (wrong("|54|", "|54.0|"), 3, "amount_fen"),
    (wrong("|54|", "|-54|"), 3, "amount_fen"),
    (wrong("|54|", "|５4|"), 3, "amount_fen"),
    (wrong("|54|", "|1000000000000000|"), 3, "amount_fen"),
    (wrong("|54|20170718215916", "|54|20170718245916"), 3, "paid_at"),
    (wrong("|20170718215917|B1", "|2017071821591|B1"), 2, "booked_at"),
    (wrong("|20170718215917|B1", ""), 2, "booked_at"),
    (wrong("|B1\n", "|B1|\n"), 2, "biller_serial"),
    (TEXT.replace(b"T|4|", b"T|5|"), 6, "lines"),
    (TEXT[:-3] + b"zz\n", 6, "sha256"),
    (TEXT.replace(b"bank01", b"bank02"), 6, "sha256"),
    (wrong_json('"head"', '"hedd"'), 1, "type"),
    (wrong_json('"version":1', '"version":"1"'), 1, "version"),
    (wrong_json('"count":2', '"count":3'), 1, "count"),
    (wrong_json('"count":2', '"count":2.0'), 1, "line"),
    (wrong_json('"count":2', '"count":true'), 1, "line"),
    (wrong_json('"business_day":"2017-07-18"', '"business_day":"20170718"'), 1, "business_day"),
    (wrong_json('"amount_fen":54,', '"amount_fen":"54",'), 3, "amount_fen"),
    (wrong_json('"amount_fen":54,', '"amount_fen":-54,'), 3, "amount_fen"),
    (wrong_json('"amount_fen":54,', '"amount_fen":5,"amount_fen":54,'), 3, "line"),
    (wrong_json('"amount_fen":54,', '"amount_fen":' + "9" * 5000 + ","), 3, "line"),
    (wrong_json('"amount_fen":54,', ""), 3, "amount_fen"),
    (wrong_json('"amount_fen":54,', '"amount_fen": 54,'), 3, "line"),
    (wrong_json('"amount_fen":54,', '"fee":1,"amount_fen":54,'), 3, "fee"),
    (wrong_json('"serial":"S2"', '"serial":null'), 3, "serial"),
    (wrong_json('"serial":"S2"', '"serial":"S\\u00002"'), 3, "serial"),
    (wrong_json('"biller_serial":null', '"biller_serial":""'), 3, "biller_serial"),
    (wrong_json('16+08:00","booked', '16Z","booked'), 2, "paid_at"),
    (wrong_json('"biller":"heat"', '"biller":' + "[" * 4000), 3, "line"),
    (JSON.replace(b'"lines":4', b'"lines":3'), 6, "lines"),
    (JSON.replace(b"bank01", b"bank02"), 6, "sha256"),
]


@pytest.mark.parametrize(("data", "line_no", "column"), BROKEN)
def test_a_broken_file_is_refused_by_line_and_column(
    data: bytes, line_no: int, column: str
) -> None:
    with pytest.raises(FileError) as caught:
        rows_of(data)
    assert (caught.value.line_no, caught.value.column) == (line_no, column)
    assert str(caught.value) == f"line {line_no}, column {column}: {caught.value.reason}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("serial", ""), ("serial", "a\0b"), ("serial", None), ("serial", 7),
        ("kind", "sale"), ("amount_fen", -1), ("amount_fen", 1.0), ("amount_fen", True),
        ("amount_fen", 10**15), ("biller_serial", ""), ("account_no", "\ud800"),
        ("paid_at", date(2017, 7, 18)), ("paid_at", datetime.fromisoformat("2017-07-18T01:00Z")),
        ("original_serial", "S9"),
    ],
)  # fmt: skip
def test_the_writer_refuses_what_the_reader_would(field: str, value: Any) -> None:
    line = msgspec.structs.replace(CHARGE, **{field: value})
    for write in (form.text_line, form.json_line):
        with pytest.raises(DailyFileError) as caught:
            write(line)
        assert caught.value.column == field


def test_fractions_of_a_second_are_cut_off() -> None:
    late = msgspec.structs.replace(CHARGE, paid_at=PAID.replace(microsecond=999_999))
    assert form.text_line(late) == form.text_line(CHARGE)
    assert form.json_line(late) == form.json_line(CHARGE)


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="|"), min_size=1,
                max_size=20)  # fmt: skip
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@st.composite
def daily_lines(draw: st.DrawFn) -> list[DailyLine]:
    lines = []
    for serial in draw(st.lists(WORDS, unique=True, max_size=8)):
        kind = draw(st.sampled_from(["charge", "reverse", "refund"]))
        lines.append(
            DailyLine(
                kind, serial, None if kind == "charge" else draw(WORDS), draw(WORDS), draw(WORDS),
                draw(WORDS), draw(st.integers(0, 10**13)), draw(TIMES), draw(TIMES),
                draw(st.none() | WORDS),
            )
        )  # fmt: skip
    return lines


def as_row(line_no: int, line: DailyLine) -> Row:
    kinds: dict[str, RowKind] = {"charge": "sale", "reverse": "void", "refund": "refund"}
    return Row(
        line_no, line.serial, kinds[line.kind], line.amount_fen, 0, line.paid_at,
        line.original_serial or "", line.payment_id, line.account_no,
    )  # fmt: skip


@given(daily_lines())
def test_what_is_written_is_read_back(lines: list[DailyLine]) -> None:
    head = head_of(lines)
    files = [(json_file(head, lines), "utf-8")]
    files += [(text_file(head, lines, encoding), encoding) for encoding in ("utf-8", "gb18030")]
    for data, encoding in files:
        assert read_head(io.BytesIO(data), encoding) == head
        assert rows_of(data, encoding) == [as_row(n, line) for n, line in enumerate(lines, 2)]


@given(st.sampled_from([TEXT, JSON]), st.data())
def test_every_changed_or_lost_byte_is_noticed(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 1))
    new = draw.draw(st.binary(max_size=2).filter(lambda new: new != data[at : at + 1]))
    with pytest.raises(FileError):
        rows_of(data[:at] + new + data[at + 1 :])


@given(st.binary(max_size=300), st.sampled_from([b"", HEAD_LINE, b"{", b"D|", b"T|"]))
def test_any_bytes_at_all_are_refused_by_a_file_error(data: bytes, start: bytes) -> None:
    with pytest.raises(FileError):
        rows_of(start + data, "gb18030")
