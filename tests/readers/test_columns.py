"""Lines by the block and lines one by one: the same rows, the same breach in the same place."""

import io
from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from tests.readers.files import UMS, ZM, Sample
from tests.readers.test_any_bytes import SAMPLES
from yifen.tools.bench.readers_data import FILES, payments
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import columns, fixed_width, lines
from yifen.trades.reconciliation.readers.camt_xml import CamtDocument
from yifen.trades.reconciliation.readers.registry import open_file
from yifen.trades.reconciliation.rows import FileError, Row

MADE = [
    Sample(file.code, file.hints, "".join(file.lines(payments(rows))).encode(file.encoding))
    for file in FILES
    if file.code != "hub"
    for rows in (60, 700)
]
FAST = [sample for sample in SAMPLES if sample.format not in ("hub", "layout", "ofx")]
ALL = [*FAST, UMS, ZM, *MADE]
NAMES = [f"{sample.format}-{number}" for number, sample in enumerate(ALL)]
BITS = (b"", b"\n", b"\r\n", b"\x00", b"\xff", b"`", b",`", b"\t", b" ", b"-", b"0", b".", b'"', b",", b"#", b"<!--",
        b":61:", b":62F:", b"-\n", b"<", b"&x;", b"<Ntry>", b"</Ntry>", b"<TxDtls/>", b"&amp;", b"PDNG", b"NONREF",
        "\u3000".encode(), "（元）".encode(), "𫖯".encode("gb18030"), b"?20EREF+", b"9" * 40)  # fmt: skip


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sample, bytes], object]:
    """What a file gives line by line, and element by element."""

    def unusual(self: object, block: bytes) -> list[Row]:
        raise columns.Unusual

    def told_slowly(sample: Sample, data: bytes) -> object:
        with monkeypatch.context() as patch:
            patch.setattr(lines.FileLines, "texts", lambda self, block, encoding: None)
            patch.setattr(fixed_width._Records, "many", unusual)
            patch.setattr(CamtDocument, "_may_take", lambda self: False)
            return told(sample, data)

    return told_slowly


def told(sample: Sample, data: bytes) -> object:
    """The rows and what the reading knows of the file; or the rows before the breach, and the breach."""
    rows: list[Row] = []
    try:
        reading = open_file(sample.format, io.BytesIO(data), sample.hints)
        rows.extend(reading)
    except FileError as error:
        return rows, error.code, error.line_no, error.column
    known = (
        reading.day,
        reading.owner,
        reading.currency,
        reading.days,
        reading.whole,
        reading.notes,
    )
    return rows, known, reading.opening_fen, reading.closing_fen


def changed(data: bytes, draw: Random) -> bytes:
    """One or two things in it done otherwise."""
    for _ in range(draw.randrange(1, 3)):
        at, length, bit = (
            draw.randrange(len(data) + 1),
            draw.choice((1, 1, 2, 9)),
            draw.choice(BITS),
        )
        match draw.randrange(5):
            case 0:
                data = data[:at] + data[at + length :]
            case 1:
                data = data[:at] + bit + data[at:]
            case 2:
                data = data[:at] + bit + data[at + len(bit) :]
            case 3:
                data = data[:at] + data[at : at + length] * 3 + data[at + length :]
            case _:
                parts = data.splitlines(keepends=True) or [b""]
                parts[draw.randrange(len(parts))] = draw.choice(parts)
                data = b"".join(parts)
    return data


@pytest.mark.parametrize("sample", ALL, ids=NAMES)
def test_a_file_gives_the_same_by_the_block_and_line_by_line(
    sample: Sample, one_by_one: Callable[[Sample, bytes], object]
) -> None:
    assert told(sample, sample.data) == one_by_one(sample, sample.data)
    other_ends = (
        sample.data.replace(b"\r\n", b"\n")
        if b"\r\n" in sample.data
        else sample.data.replace(b"\n", b"\r\n")
    )
    assert told(sample, other_ends) == one_by_one(sample, other_ends)


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_file_gives_the_same_by_the_block_and_line_by_line(
    seed: int, one_by_one: Callable[[Sample, bytes], object]
) -> None:
    draw = Random(seed)
    for _ in range(100):
        sample = draw.choice(ALL)
        if len(sample.data) > 100_000 and draw.random() < 0.8:
            continue
        data = changed(sample.data, draw)
        assert told(sample, data) == one_by_one(sample, data), (sample.format, seed)


@pytest.mark.parametrize("sample", MADE, ids=NAMES[-len(MADE) :])
def test_an_ordinary_day_is_read_by_the_block(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but the few lines beside those that are no rows."""
    slow: list[object] = []

    def counted(before: Callable[..., object], *args: object, **more: object) -> object:
        slow.append(args)
        return before(*args, **more)

    for owner, name in (
        (columns, "decoded"),
        (fixed_width.Fields, "check"),
        (CamtDocument, "_began"),
    ):
        before = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, before=before: counted(before, *args))
    for module in ("mt940", "mt942"):
        path = f"yifen.trades.reconciliation.readers.{module}.entry_of"
        monkeypatch.setattr(
            path, partial(counted, __import__(path.rpartition(".")[0], fromlist=["x"]).entry_of)
        )
    rows = sample.rows()
    assert len(rows) in (60, 700)
    assert len(slow) < 40


def test_the_first_line_with_a_breach_is_named_though_a_later_ones_is_met_first() -> None:
    """A column is read over all lines of a block: the kinds of all before the amount of any."""
    made = next(sample for sample in MADE if sample.format == "wechat_trade")
    parts = made.data.splitlines(keepends=True)
    parts[19] = parts[19].replace(b",`CNY,`", b",`CNY,`x")
    parts[29] = parts[29].replace(b"`SUCCESS,", b"`CLOSED,")
    rows, code, line_no, name = told(made, b"".join(parts))  # type: ignore[misc]
    assert (len(rows), code, line_no, name) == (
        18,
        FileCode.FILE_AMOUNT_INVALID,
        20,
        "应结订单金额",
    )


def test_a_record_too_short_is_seen_though_the_next_is_as_much_too_long() -> None:
    """In a block where an amount is written in an unusual way, so that records are looked at one by one."""
    parts = ZM.data.splitlines(keepends=True)[:20]
    parts[1] = parts[1].replace(b"  000000000000 C", b"   00000000000 C")
    assert len(parts[1]) == 608
    parts[9], parts[10] = parts[9][:-10] + b"\n", parts[10][:-1] + b" " * 9 + b"\n"
    rows, code, line_no, name = told(ZM, b"".join(parts))  # type: ignore[misc]
    assert (len(rows), code, line_no, name) == (9, FileCode.FILE_CELLS_WRONG, 10, "record")


def test_a_row_of_a_bill_that_begins_without_a_backtick_begins_the_totals(
    one_by_one: Callable[[Sample, bytes], object],
) -> None:
    made = next(sample for sample in MADE if sample.format == "wechat_trade")
    data = made.data.replace(b"\n`2026-11-23 1", b"\nx2026-11-23 1", 1)
    rows, code, line_no, name = told(made, data)  # type: ignore[misc]
    assert (code, name) == (FileCode.FILE_CELLS_WRONG, "line")
    assert (rows, code, line_no, name) == one_by_one(made, data)


HIDDEN = b'<Ntry><Amt Ccy="CNY">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>'


@pytest.mark.parametrize(("before", "behind"), [
    (b"<!-- ", b" -->"), (b"<!-- <a> ", b" -->"), (b"<a><![CDATA[", b"]]></a>"), (b"<?a ", b"?>"),
    (b"<a>", b"</a>"), (b"<a b='", b"'/>"),
])  # fmt: skip
def test_what_only_looks_like_an_entry_is_left_to_the_parser(
    before: bytes, behind: bytes, one_by_one: Callable[[Sample, bytes], object]
) -> None:
    made = next(sample for sample in MADE if b"camt.053" in sample.data[:200])
    head, entry, rest = made.data.partition(b"<Ntry>")
    for at in (head + before + HIDDEN * 2 + behind + entry + rest,
               head + (entry + rest).replace(b"</Ntry>\n", b"</Ntry>" + before + HIDDEN + behind, 3)):  # fmt: skip
        assert told(made, at) == one_by_one(made, at)


def test_entries_behind_one_that_is_parsed_are_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = next(sample for sample in MADE[::-1] if b"camt.053" in sample.data[:200])
    entries = made.data.count(b"<Ntry>")
    data = made.data.replace(b"<NtryRef>3<", b"<NtryRef>&#51;<").replace(b"<NtryRef>9<", b"<NtryRef>&#57;<")
    parsed: list[str] = []
    before = CamtDocument._began
    monkeypatch.setattr(CamtDocument, "_began", lambda self, tag, one: (parsed.append(tag), before(self, tag, one))[1])
    assert told(made, data) == told(made, made.data)
    assert (entries, parsed.count("Ntry")) == (700, 2)


@pytest.mark.parametrize("size", [7, 1000, 66_000, 140_000])
def test_an_entry_may_be_longer_than_what_is_read_at_once(
    size: int, monkeypatch: pytest.MonkeyPatch, one_by_one: Callable[[Sample, bytes], object]
) -> None:
    made = next(sample for sample in MADE if b"camt.053" in sample.data[:200])
    data = made.data.replace(b"<Ustrd>", b"<Ustrd>" + b"x" * size, 2)
    monkeypatch.setattr("yifen.trades.reconciliation.readers.camt_xml.PIECE", 1 << 14)
    found = told(made, data)
    assert found == told(made, made.data)
    assert found == one_by_one(made, data)
