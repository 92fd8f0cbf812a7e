"""How banks write MT940, MT942, camt and OFX: each way once, with what it means."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
from datetime import date, datetime

import pytest

from tests.readers.files import CAMT_052, FOLDER
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.registry import Hints, Reading, open_file
from yifen.trades.reconciliation.rows import FileError

DAY = date(2026, 11, 23)


def swift(*entries: str, opening: str = "C261122CNY0,00", closing: str = "C261123CNY10,00") -> str:
    head = f":20:A\n:25:62220001\n:28C:1/1\n:60F:{opening}\n"
    return head + "".join(f"{entry}\n" for entry in entries) + f":62F:{closing}\n-\n"


def read(code: str, data: str | bytes, day: date | None = None, encoding: str = "utf-8") -> Reading:
    raw = data.encode() if isinstance(data, str) else data
    reading = open_file(code, io.BytesIO(raw), Hints(day=day, encoding=encoding))
    reading.rows = list(reading)  # type: ignore[attr-defined]
    return reading


def told(reading: Reading) -> list[tuple[str, str, int]]:
    return [(row.serial, row.kind, row.amount_fen) for row in reading.rows]  # type: ignore[attr-defined]


def refused(code: str, data: str | bytes, day: date | None = None) -> tuple[FileCode, str]:
    with pytest.raises(FileError) as caught:
        read(code, data, day)
    assert isinstance(caught.value.code, FileCode)
    return caught.value.code, str(caught.value)


ENTRY = ":61:2611231123C10,00NTRFREF1"


@pytest.mark.parametrize("detail", ["-", "-2026 WATER", "--", "- }", "-)"])
def test_a_line_of_details_may_begin_with_a_dash_or_be_one(detail: str) -> None:
    assert told(read("mt940", swift(ENTRY, ":86:/REMI/A", detail))) == [("REF1", "in", 1000)]


@pytest.mark.parametrize("data", [
    "{1:F01BANKCNBJAXXX0000000000}{2:O9401200261123BANKCNBJ}{4:\n" + swift(ENTRY)[:-2] + "-}",
    "{1:F01BANK}{2:I940}{3:{108:X}}{4:\r\n" + swift(ENTRY)[:-2].replace("\n", "\r\n") + "-}{5:{CHK:1}}\r\n",
    "{4:" + swift(ENTRY),
    "\x01{1:F01BANK}{2:I940}{4:\n" + swift(ENTRY)[:-2] + "-}\x03",
    swift(ENTRY) + "\x1a",
    swift(ENTRY)[:-2] + "-\x1a",
    swift(ENTRY)[:-3] + "\x1a",
    "\ufeff" + swift(ENTRY),
    swift(ENTRY)[:-3],
], ids=["block", "trailer", "one-line", "marks", "ctrl-z", "after-end", "at-end", "bom", "open"])  # fmt: skip
def test_swift_marks_are_no_part_of_the_statement(data: str) -> None:
    assert told(read("mt940", data)) == [("REF1", "in", 1000)]


@pytest.mark.parametrize(("tail", "serial", "ref"), [
    ("NONREF", "1/1@20261122#1", ""), ("NONREF//B1", "B1", "B1"), ("NMSCNONREF", "1/1@20261122#1", ""),
    ("NMSC", "1/1@20261122#1", ""), ("", "1/1@20261122#1", ""), ("NTRFR1//B1", "R1", "B1"),
    ("//B1", "B1", "B1"), ("NTRFNOTPROVIDED", "1/1@20261122#1", ""),
])  # fmt: skip
def test_an_entry_without_reference_gets_its_place(tail: str, serial: str, ref: str) -> None:
    (row,) = read("mt940", swift(f":61:2611231123C10,00{tail}")).rows  # type: ignore[attr-defined]
    assert (row.serial, row.ref, row.amount_fen) == (serial, ref, 1000)


def test_places_differ_between_entries_pages_and_days() -> None:
    """A bank that numbers no statement writes 0 every day."""
    page = ":20:A\n:25:1\n:28C:0\n:60{}:C2611{}CNY{},00\n:61:2611231123C10,00NMSCNONREF\n:62{}:C2611{}CNY{},00\n-\n"
    twice = page.format("F", 23, 0, "M", 23, 10) + page.format("M", 23, 10, "F", 23, 20)
    serials = [serial for serial, *_ in told(read("mt940", twice))]
    assert serials == ["0@20261123#1", "0@20261123#2"]
    next_day = page.format("F", 23, 20, "F", 24, 30).replace("261123C", "261124C")
    assert {told(read("mt940", page.format("F", 22, 0, "F", 23, 10)))[0][0]} & {
        told(read("mt940", next_day))[0][0]
    } == set()
    assert [serial for serial, *_ in told(read("mt940", twice))] == serials


def test_the_last_day_of_a_thirty_day_february_is_the_months_last() -> None:
    for value in ("260228", "260229", "260230", "240229", "240230"):
        closing = f"C{value[:2]}0228CNY10,00"
        data = swift(f":61:{value}C10,00NTRFR1", opening=f"C{value[:2]}0227CNY0,00", closing=closing)
        assert told(read("mt940", data)) == [("R1", "in", 1000)]
    assert refused("mt940", swift(":61:260231C10,00NTRFR1"))[0] is FileCode.FILE_TIME_INVALID
    assert refused("mt940", swift(":61:260431C10,00NTRFR1"))[0] is FileCode.FILE_TIME_INVALID
    assert refused("mt940", swift(ENTRY, closing="C260230CNY10,00"))[0] is FileCode.FILE_TIME_INVALID


def test_text_that_is_not_utf_8_is_latin_1_and_that_is_told() -> None:
    data = swift(ENTRY, ":86:MÜLLER CAFÉ").encode("latin-1")
    reading = read("mt940", data)
    assert told(reading) == [("REF1", "in", 1000)]
    assert reading.notes == ["not UTF-8: its text is read as Latin-1"]
    assert read("mt940", swift(ENTRY, ":86:MÜLLER")).notes == []
    with pytest.raises(FileError) as caught:
        read("mt940", data, encoding="gb18030")
    assert caught.value.code is FileCode.FILE_ENCODING


def test_a_gap_between_two_statements_is_named() -> None:
    first = swift(ENTRY)
    second = swift(ENTRY, opening="C261123CNY11,00", closing="C261123CNY21,00").replace("1/1", "3/1")
    code, said = refused("mt940", first + second)
    assert code is FileCode.FILE_BALANCE
    assert "3/1 opens with 1100 fen, but 1/1 closed with 1000: one is missing" in said


def test_one_statement_over_several_days_is_of_a_day_only_when_the_caller_says_so() -> None:
    data = swift(":61:2611211121C5,00NTRFR1", ":61:2611231123C5,00NTRFR2", opening="C261120CNY0,00")
    code, said = refused("mt940", data)
    assert code is FileCode.FILE_OF_ANOTHER_DAY
    assert "entries of several days: 1121, 1123" in said
    assert told(read("mt940", data, DAY)) == [("R1", "in", 500), ("R2", "in", 500)]
    assert refused("mt940", data, date(2026, 11, 21))[0] is FileCode.FILE_OF_ANOTHER_DAY


MT942 = (
    ":20:I1\n:25:62220001\n:28C:5/1\n:34F:CNYD0,\n:13D:2611231030+0800\n"
    ":61:2611231123C10,00NTRFREF1\n:86:-A\n:61:2611231123D4,00NMSCNONREF\n:61:2611231123EC9,00NTRFX\n"
    ":90D:1CNY4,00\n:90C:1CNY10,00\n-\n"
)


def test_an_interim_report_gives_what_is_booked_so_far() -> None:
    reading = read("mt942", MT942)
    assert told(reading) == [("REF1", "in", 1000), ("5/1@20261123#2", "out", 400)]
    assert (reading.day, reading.owner, reading.currency, reading.whole) == (DAY, "62220001", "CNY", False)
    assert told(read("mt942", MT942 + MT942.replace("5/1", "6/1"))) == [
        ("REF1", "in", 1000), ("5/1@20261123#2", "out", 400),
        ("REF1", "in", 1000), ("6/1@20261123#2", "out", 400),
    ]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), [
    (":90D:1CNY4", ":90D:2CNY4", FileCode.FILE_TOTAL_COUNT),
    (":90C:1CNY10,00", ":90C:1CNY10,01", FileCode.FILE_TOTAL_AMOUNT),
    (":90C:1CNY", ":90C:1EUR", FileCode.FILE_CURRENCY),
    (":34F:CNYD0,\n", "", FileCode.FILE_HEAD_MISSING),
    (":25:62220001\n", "", FileCode.FILE_HEAD_MISSING),
    (":20:I1\n", "", FileCode.FILE_HEAD_MISSING),
    (":13D:261123", ":13D:261323", FileCode.FILE_TIME_INVALID),
    (":13D:26", ":13D:X6", FileCode.FILE_TIME_INVALID),
    (":34F:CNYD0,", ":34F:yuan", FileCode.FILE_CELL_INVALID),
    (":90D:1CNY4,00", ":90D:one", FileCode.FILE_CELL_INVALID),
])  # fmt: skip
def test_a_broken_interim_report_is_refused(old: str, new: str, code: FileCode) -> None:
    assert old in MT942
    assert refused("mt942", MT942.replace(old, new))[0] is code


def test_interim_reports_of_two_days_are_named() -> None:
    code, said = refused("mt942", MT942 + MT942.replace(":13D:261123", ":13D:261124"))
    assert code is FileCode.FILE_OF_ANOTHER_DAY
    assert "of several days: 2026-11-23, 2026-11-24" in said
    assert refused("mt942", "")[0] is FileCode.FILE_EMPTY


def single(detail: str, entry: str = "", mark: str = "CRDT", booked: str = "98.00") -> bytes:
    """Case 13 with another entry."""
    data = (FOLDER / "cases/13-charges-camt053.xml").read_text()
    begin, end = data.index("<Ntry>"), data.index("</Ntry>")
    whole = (
        f'<Ntry><NtryRef>R1</NtryRef><Amt Ccy="CNY">{booked}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>"
        f"{entry}<NtryDtls>{detail}</NtryDtls>"
    )
    data = data[:begin] + whole + data[end:]
    if mark == "DBIT":
        data = data.replace('98.00</Amt><CdtDbtInd>CRDT', f'{booked}</Amt><CdtDbtInd>DBIT', 1)
    return data.encode()


def tx(serial: str, amount: str, currency: str = "CNY", more: str = "") -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>{serial}</EndToEndId></Refs><AmtDtls><TxAmt>"
        f'<Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>{more}</TxDtls>'
    )


CHARGES = '<Chrgs><TtlChrgsAndTaxAmt Ccy="CNY">2.00</TtlChrgsAndTaxAmt></Chrgs>'


@pytest.mark.parametrize(("data", "rows", "notes"), [
    (single(tx("E1", "100.00")), [("E1", "in", 9800)], ["E1: 98.00 was booked of 100.00"]),
    (single(tx("E1", "100.00"), CHARGES), [("E1", "in", 9800)],
     ["E1: 98.00 was booked of 100.00, charges 2.00"]),
    (single(tx("E1", "12.50", "EUR")), [("E1", "in", 9800)], []),
    (single(tx("E1", "98.00")), [("E1", "in", 9800)], []),
    (single(tx("E1", "96.00"), mark="DBIT"), [("E1", "out", 9800)], ["E1: 98.00 was booked of 96.00"]),
    (single(tx("E1", "60.00") + tx("E2", "40.00"), CHARGES),
     [("E1", "in", 6000), ("E2", "in", 4000), ("R1#charges", "out", 200)], []),
    (single(tx("E1", "60.00", more=CHARGES) + tx("E2", "40.00")),
     [("E1", "in", 6000), ("E2", "in", 4000), ("R1#charges", "out", 200)], []),
    (single(tx("E1", "60.00") + tx("E2", "38.00"), CHARGES),
     [("E1", "in", 6000), ("E2", "in", 3800)], []),
], ids=["gross", "stated", "currency", "plain", "debit", "several", "several-own", "net"])  # fmt: skip
def test_what_was_booked_counts_and_charges_are_shown(
    data: bytes, rows: list[tuple[str, str, int]], notes: list[str]
) -> None:
    reading = read("camt", data)
    assert (told(reading), reading.notes) == (rows, notes)


@pytest.mark.parametrize("data", [
    single(tx("E1", "90.00")), single(tx("E1", "100.00"), mark="DBIT"),
    single(tx("E1", "60.00") + tx("E2", "41.00"), CHARGES), single(tx("E1", "60.00") + tx("E2", "40.00")),
], ids=["less", "debit-less", "other-charges", "no-charges"])  # fmt: skip
def test_a_difference_that_is_no_charge_is_refused(data: bytes) -> None:
    assert refused("camt", data)[0] is FileCode.FILE_ROW_SUM


def test_of_several_details_one_in_another_currency_alone_is_refused() -> None:
    assert refused("camt", single(tx("E1", "58.00") + tx("E2", "40.00", "EUR")))[0] is FileCode.FILE_CURRENCY


def test_a_gap_between_two_camt_statements_is_named() -> None:
    data = (FOLDER / "cases/01-multiday-camt053.xml").read_text()
    at = data.rindex("10.00")
    assert "10.00</Amt>" in data[at : at + 20]
    code, said = refused("camt", data[:at] + "11.00" + data[at + 5 :].replace("15.00", "16.00"))
    assert code is FileCode.FILE_BALANCE
    assert "1 opens with 1100 fen, but 1 closed with 1000: a statement is missing" in said


def test_entries_of_several_days_in_one_camt_report_are_named() -> None:
    """A notice has no balances: its entries tell the day, which must be one."""
    notice = (FOLDER / "camt/test-camt054.xml").read_bytes()
    assert read("camt", notice).day == date(2022, 1, 26)
    report = CAMT_052.data.replace(b"2026-11-24T02:00:00Z", b"2026-11-22T02:00:00Z", 1)
    report = report.replace(b"<FrDtTm>2026-11-24", b"<FrDtTm>2026-11-22")
    assert report.count(b"2026-11-22") == 2
    code, said = refused("camt", report)
    assert code is FileCode.FILE_OF_ANOTHER_DAY
    assert "2026-11-22, 2026-11-24" in said
    assert len(read("camt", report, date(2026, 11, 24)).rows) == 5  # type: ignore[attr-defined]


OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0</STATUS></SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>CNY
<BANKACCTFROM><BANKID>102<ACCTID>62220001<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261123<DTEND>20261123
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261123101112<TRNAMT>10.00<FITID>F1<NAME>A &amp; B<MEMO>CAFÉ</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261123<TRNAMT>-4,5<REFNUM>N7<BANKACCTTO><ACCTID>999</BANKACCTTO></STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261123040000.000[-5:EST]<TRNAMT>+1<FITID>F3</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>106.50<DTASOF>20261123</LEDGERBAL><AVAILBAL><BALAMT>1</AVAILBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
""".encode("cp1252")


def test_an_ofx_export_gives_money_in_and_out() -> None:
    reading = read("ofx", OFX)
    assert [(r.serial, r.kind, r.amount_fen, r.ref, r.account_no, r.at) for r in reading.rows] == [  # type: ignore[attr-defined]
        ("F1", "in", 1000, "", "", datetime(2026, 11, 23, 10, 11, 12)),
        ("20261123#2", "out", 450, "N7", "999", None),
        ("F3", "in", 100, "", "", datetime(2026, 11, 23, 17)),
    ]  # fmt: skip
    assert (reading.day, reading.owner, reading.currency, reading.closing_fen, reading.whole) == (
        DAY, "62220001", "CNY", 10650, False,
    )  # fmt: skip


def test_ofx_in_xml_and_in_gbk_is_read_as_well() -> None:
    body = OFX[OFX.index(b"<OFX>") :].decode("cp1252").replace("CAFÉ", "水费</MEMO>")
    xml = '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>' + body
    assert told(read("ofx", xml)) == told(read("ofx", OFX))
    gbk = "OFXHEADER:100\nCHARSET:936\n" + body
    assert told(read("ofx", gbk.encode("gb18030"))) == told(read("ofx", OFX))


@pytest.mark.parametrize(("data", "code"), [
    (b"", FileCode.FILE_EMPTY), (b"no tags", FileCode.FILE_EMPTY),
    (OFX[:-8], FileCode.FILE_CUT_OFF), (OFX[:700], FileCode.FILE_CUT_OFF),
    (OFX + b"<X>", FileCode.FILE_AFTER_END),
    (OFX.replace(b"<OFX>", b"<OFX><!DOCTYPE a>"), FileCode.FILE_XML_REFUSED),
    (OFX.replace(b"<CURDEF>CNY", b""), FileCode.FILE_HEAD_MISSING),
    (OFX.replace(b"<CURDEF>", b"<CURDEF>USD<CURDEF>"), FileCode.FILE_CURRENCY),
    (OFX.replace(b"<OFX>", b"<QFX>"), FileCode.FILE_HEAD_MISSING),
    (OFX.replace(b"62220001", b""), FileCode.FILE_OF_ANOTHER),
    (OFX.replace(b"<TRNAMT>10.00", b"<TRNAMT>10.001"), FileCode.FILE_AMOUNT_INVALID),
    (OFX.replace(b"<DTPOSTED>20261123101112", b"<DTPOSTED>20261123251112"), FileCode.FILE_TIME_INVALID),
    (OFX.replace(b"[-5:EST]", b"[-99:EST]"), FileCode.FILE_TIME_INVALID),
    (OFX.replace(b"20261123101112", b"20261122101112"), FileCode.FILE_OF_ANOTHER_DAY),
    (OFX.replace(b"CAF", b"CA\x07"), FileCode.FILE_CONTROL),
    (OFX.replace(b"CHARSET:1252", b"CHARSET:NONE"), FileCode.FILE_ENCODING),
    (OFX.replace(b"CAF", b"x" * 9000), FileCode.FILE_LINE_TOO_LONG),
    (OFX.replace(b"<MEMO>", b"<STMTTRN>"), FileCode.FILE_BROKEN),
], ids=lambda one: one.name if isinstance(one, FileCode) else "")  # fmt: skip
def test_a_broken_ofx_export_is_refused(data: bytes, code: FileCode) -> None:
    assert refused("ofx", data)[0] is code
