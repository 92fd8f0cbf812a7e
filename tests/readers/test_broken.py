"""The ways in which a file can be broken: each done to a real sample, each refused by its name.

One table: what is broken, in which sample, how, and the code, line and column that are told.
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec
import pytest

from tests.readers.files import (
    ALIPAY,
    CAMT_052,
    CAMT_053,
    EVERBRIGHT,
    FIXED,
    FUND,
    LAYOUT_FIRST,
    LAYOUT_FIXED,
    LAYOUT_NAMED,
    MT940,
    NAMED,
    SHORT_UMS,
    SHORT_ZM,
    WECHAT_20,
    WECHAT_27,
    WECHAT_29,
    ZME,
    Sample,
    column,
    packed,
    replaced,
    unpacked,
)  # fmt: skip
from tests.readers.test_hub_file import JSON, TEXT, wrong
from yifen.core.facts.codes import Code
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.registry import FORMATS, Hints
from yifen.trades.reconciliation.readers.ums import CAPTION
from yifen.trades.reconciliation.readers.unionpay_zm import FIELDS
from yifen.trades.reconciliation.rows import FileError

HUB, HUB_JSON = Sample("hub", Hints(), TEXT), Sample("hub", Hints(), JSON)
BILL = unpacked(ALIPAY.data)
BILL_NAME = "20880211096256330156_20190916_业务明细.csv"


class Case(NamedTuple):
    """One broken file."""

    what: str
    sample: Sample
    data: bytes
    code: Code
    line_no: int
    column: str


def case(
    what: str, sample: Sample, change: bytes | Callable[[bytes], bytes], code: Code, line_no: int,
    column: str,
) -> Case:  # fmt: skip
    data = change if isinstance(change, bytes) else change(sample.data)
    return Case(what, sample, data, code, line_no, column)


def sub(old: str, new: str, encoding: str = "utf-8") -> Callable[[bytes], bytes]:
    return lambda data: replaced(data, old, new, encoding)


def cell(line_no: int, at: int, new: bytes) -> Callable[[bytes], bytes]:
    """Bytes of one line of a fixed-width file overwritten."""

    def change(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        line = lines[line_no - 1]
        lines[line_no - 1] = line[:at] + new + line[at + len(new) :]
        return b"".join(lines)

    return change


def zm(line_no: int, field: str, new: bytes) -> Callable[[bytes], bytes]:
    """The bytes at the beginning of one field of a ZM file overwritten."""
    names = [one.name for one in FIELDS.fields]
    before = FIELDS.fields[: names.index(field)]
    return cell(line_no, sum(one.width + 1 for one in before), new)


def without_line(line_no: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        del lines[line_no - 1]
        return b"".join(lines)

    return change


def bill(old: str, new: str) -> bytes:
    return replaced(BILL, old, new, "gb18030")


def last_cell_missing(data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    lines[1] = lines[1].rpartition(b",`")[0]
    return b"\r\n".join(lines)


def lying(data: bytes) -> bytes:
    """An archive of twenty entries whose last record says that there are two."""
    archive = packed({f"{n}": b"" for n in range(19)} | {BILL_NAME: BILL})
    end = archive.rindex(b"PK\x05\x06")
    return archive[: end + 8] + b"\x02\x00\x02\x00" + archive[end + 12 :]


def commented(data: bytes) -> bytes:
    """A good archive whose directory is swollen by comments."""
    whole = io.BytesIO(packed({BILL_NAME: BILL, "x": b""}))
    with zipfile.ZipFile(whole, "a") as archive:
        for info in archive.infolist():
            info.comment = b" " * 60_000
        archive.comment = b"."  # or else it is not written anew
    return whole.getvalue()


def two_documents(data: bytes) -> bytes:
    """An unknown entity where the parser's first piece ends, then a good document."""
    broken = b"<Document>&nothing;"
    return broken + b" " * (32768 - len(broken)) + data


BOMB = packed({BILL_NAME: b"0" * 5_000_000})
DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c">]><Document'

CASES = [
    # nothing, or not all of it
    case("no bytes", HUB, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("no bytes", SHORT_UMS, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("no bytes", WECHAT_27, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("no bytes", ALIPAY, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("no bytes", CAMT_053, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("no bytes", MT940, b"", FileCode.FILE_EMPTY, 1, "20"),
    case("no bytes", LAYOUT_FIRST, b"", FileCode.FILE_EMPTY, 1, "line"),
    case("cut off in a line", HUB, TEXT[:-70], FileCode.FILE_CUT_OFF, 5, "line"),
    case("cut off in a record", SHORT_ZM, lambda d: d[:-100], FileCode.FILE_CUT_OFF, 3, "record"),
    case("cut off in a line", SHORT_UMS, lambda d: d[: d.index(CAPTION.encode()) - 99],
         FileCode.FILE_CELLS_WRONG, 7, "line"),
    case("cut off in gzip", WECHAT_27, lambda d: gzip.compress(d)[:-20], FileCode.FILE_CUT_OFF, 0,
         "archive"),
    case("cut off in an element", CAMT_053, lambda d: d[:5000], FileCode.FILE_CUT_OFF, 138, "XML"),
    case("archive cut off", ALIPAY, lambda d: d[:-40], FileCode.FILE_CUT_OFF, 0, "archive"),
    # bytes and lines
    case("GBK bytes in UTF-8", WECHAT_27, lambda d: d.decode().encode("gb18030"),
         FileCode.FILE_ENCODING, 1, "line"),
    case("half a character", SHORT_ZM, zm(2, "merchant_reserved", b"\xd5 "), FileCode.FILE_ENCODING, 2,
         "merchant_reserved"),
    case("UTF-8 in GB18030", ALIPAY, BILL.decode("gb18030").encode(), FileCode.FILE_ENCODING, 1,
         "line"),
    case("byte order mark", HUB, b"\xef\xbb\xbf" + TEXT, FileCode.FILE_BOM, 1, "line"),
    case("endless line", WECHAT_27, lambda d: d + b"`" * 9000, FileCode.FILE_LINE_TOO_LONG, 12,
         "line"),
    case("endless field", MT940, sub("/EREF/YF", "\n".join("x" * 70)), FileCode.FILE_LINE_TOO_LONG,
         70, "86"),
    case("endless entry", CAMT_053, sub("<RvslInd>", "<a/>" * 20_001 + "<RvslInd>"),
         FileCode.FILE_LINE_TOO_LONG, 116, "a"),
    case("CRLF", HUB, TEXT.replace(b"\n", b"\r\n"), FileCode.FILE_LINE_END, 1, "line"),
    case("CRLF after LF", SHORT_ZM, lambda d: d[:-1] + b"\r\n", FileCode.FILE_LINE_END, 3, "record"),
    case("one LF among CRLF", WECHAT_27, lambda d: d.replace(b"\r\n", b"\n", 3)[3:].replace(
         b"\n", b"\r\n", 2), FileCode.FILE_LINE_END, 3, "line"),
    case("blank line at the end", HUB, TEXT + b"\n", FileCode.FILE_LINE_BLANK, 7, "line"),
    case("blank line at the end", SHORT_UMS, lambda d: d + b"\n", FileCode.FILE_LINE_BLANK, 10,
         "line"),
    case("blank record", SHORT_ZM, lambda d: d + b"\n", FileCode.FILE_LINE_BLANK, 4, "record"),
    case("control character", SHORT_ZM, zm(3, "merchant_reserved", b"\x00"), FileCode.FILE_CONTROL, 3,
         "merchant_reserved"),
    case("control character", WECHAT_27, sub("水费", "水\x07"), FileCode.FILE_CONTROL, 2, "line"),
    # columns and cells
    case("column missing", WECHAT_20, sub("应结订单金额,", ""), FileCode.FILE_COLUMN_MISSING, 1,
         "应结订单金额"),
    case("column missing", FUND, sub(",业务凭证号\n", "\n"), FileCode.FILE_COLUMN_MISSING, 1,
         "业务凭证号"),
    case("column missing", ALIPAY, bill("分润（元）,", ""), FileCode.FILE_COLUMN_MISSING, 5, "分润（元）"),
    case("column missing", LAYOUT_NAMED, sub('"类型",', ""), FileCode.FILE_COLUMN_MISSING, 2, "类型"),
    case("JSON key missing", HUB_JSON, JSON.replace(b'"amount_fen":54,', b""),
         FileCode.FILE_COLUMN_MISSING, 3, "amount_fen"),
    case("column unknown", WECHAT_27, sub(",费率备注", ",立减金额"), FileCode.FILE_COLUMN_UNKNOWN, 1,
         "立减金额"),
    case("column repeated", WECHAT_27, sub("设备号", "商户号"), FileCode.FILE_COLUMN_UNKNOWN, 1,
         "商户号"),
    case("column repeated", LAYOUT_NAMED, sub('"备注"', '"类型"'), FileCode.FILE_COLUMN_UNKNOWN, 2,
         "类型"),
    case("a cell too few", WECHAT_27, last_cell_missing, FileCode.FILE_CELLS_WRONG, 2, "line"),
    case("a cell too many", SHORT_UMS, sub("消费\t", "消费\t\t"), FileCode.FILE_CELLS_WRONG, 5, "line"),
    case("a cell too many", ALIPAY, bill("燃气费", "燃,气费"), FileCode.FILE_CELLS_WRONG, 6, "line"),
    case("a byte too many", ZME, lambda d: d[:50] + b" " + d[50:], FileCode.FILE_CELLS_WRONG, 1,
         "record"),
    case("fields not apart", SHORT_ZM, cell(1, 3, b"|"), FileCode.FILE_CELLS_WRONG, 1, "acquirer"),
    case("quote left open", LAYOUT_NAMED, sub('"a,b"', '"a,b'), FileCode.FILE_CELLS_WRONG, 4, "line"),
    case("a byte too few", LAYOUT_FIXED, lambda d: d.replace(b" \n", b"\n", 1),
         FileCode.FILE_CELLS_WRONG, 1, "line"),
    case("letters for digits", SHORT_ZM, cell(2, 28, b"A"), FileCode.FILE_CELL_INVALID, 2, "trace"),
    case("not a SWIFT line", MT940, sub(":61:2611241124D", ":61:26112X1124D"),
         FileCode.FILE_CELL_INVALID, 7, "61"),
    # values
    case("three decimals", SHORT_UMS, sub("\t19335.00\t", "\t19335.001\t"),
         FileCode.FILE_AMOUNT_INVALID, 5, "amount"),
    case("letters in an amount", SHORT_ZM, cell(2, 66, b"00000144360X"),
         FileCode.FILE_AMOUNT_INVALID, 2, "amount"),
    case("exponent", WECHAT_27, sub("`1234.56,", "`1.23456E3,"), FileCode.FILE_AMOUNT_INVALID, 3,
         "应结订单金额"),
    case("fee of six decimals", WECHAT_27, sub("`0.04000", "`0.040001"),
         FileCode.FILE_AMOUNT_INVALID, 2, "手续费"),
    case("point for a comma", MT940, sub("C1234,56", "C1234,567"), FileCode.FILE_AMOUNT_INVALID, 5,
         "61"),
    case("full-width digits", CAMT_052, sub(">9000.46<", ">９000.46<"), FileCode.FILE_AMOUNT_INVALID,
         14, "Amt"),
    case("yuan for fen", LAYOUT_FIRST, sub("|54|", "|0.54|"), FileCode.FILE_AMOUNT_INVALID, 3, "fen"),
    case("detail without amount", CAMT_052, sub('<Amt Ccy="CNY">1000.00</Amt></TxDtls>',
         "</TxDtls>"), FileCode.FILE_AMOUNT_INVALID, 15, "Amt"),
    case("a sale below zero", ALIPAY, bill(",100.00,100.00,", ",-100.00,-100.00,"),
         FileCode.FILE_AMOUNT_INVALID, 6, "商家实收（元）"),
    case("hour 25", SHORT_UMS, sub("22:59:48", "25:59:48"), FileCode.FILE_TIME_INVALID, 6, "time"),
    case("31 February", WECHAT_27, sub("`2019-07-25 08", "`2019-02-31 08"),
         FileCode.FILE_TIME_INVALID, 2, "交易时间"),
    case("hour 24", SHORT_ZM, cell(2, 35, b"0718246000"), FileCode.FILE_TIME_INVALID, 2, "sent_at"),
    case("month 13", MT940, sub(":61:2611241124C", ":61:2613241124C"), FileCode.FILE_TIME_INVALID, 5,
         "61"),
    case("13 months", ALIPAY, bill("2019年09月16日", "2019年13月16日"), FileCode.FILE_TIME_INVALID, 3,
         "起始日期"),
    case("unknown kind", SHORT_ZM, zm(2, "txn_type", b"02"), FileCode.FILE_KIND_UNKNOWN, 2, "txn_type"),
    case("unknown state", WECHAT_27, sub("`SUCCESS,", "`CLOSED,"), FileCode.FILE_KIND_UNKNOWN, 2,
         "交易状态"),
    case("unknown refund state", WECHAT_29, sub("`PROCESSING,", "`LATER,"),
         FileCode.FILE_KIND_UNKNOWN, 4, "退款状态"),
    case("unknown direction", FUND, sub("`支出", "`转出"), FileCode.FILE_KIND_UNKNOWN, 3, "收支类型"),
    case("unknown mark", CAMT_053, sub(">DBIT<", ">DEBT<"), FileCode.FILE_KIND_UNKNOWN, 50,
         "CdtDbtInd"),
    case("unknown word", LAYOUT_NAMED, sub('"04"', '"05"'), FileCode.FILE_KIND_UNKNOWN, 4, "类型"),
    case("no serial", SHORT_UMS, sub("921722482202", ""), FileCode.FILE_SERIAL_MISSING, 5,
         "reference"),
    case("blanks in a serial", LAYOUT_FIRST, sub("\n18|", "\n1 8|"), FileCode.FILE_SERIAL_MISSING, 3,
         "serial"),
    case("refund without number", WECHAT_27, sub("`YFR201907250001", "`0"),
         FileCode.FILE_SERIAL_MISSING, 6, "商户退款单号"),
    case("refund without number", ALIPAY, bill("RF0916000001", ""), FileCode.FILE_SERIAL_MISSING, 8,
         "退款批次号/请求号"),
    case("a reversal of nothing", HUB, wrong("|S3|S1|", "|S3||"), FileCode.FILE_ORIGINAL_WRONG, 4,
         "original_serial"),
    case("a payment that is a refund", ALIPAY, bill("㐂𫖯*(a***@example.com)\t,58.80,50.00",
         "x\t,58.80,50.00").replace(b",\t,-0.30", b",RF1\t,-0.30"), FileCode.FILE_ORIGINAL_WRONG, 7,
         "退款批次号/请求号"),
    # sums
    case("amount, fee and net", SHORT_UMS, sub("\t19300.20\t", "\t19300.21\t"),
         FileCode.FILE_ROW_SUM, 5, "net"),
    case("amount, fee and net", ZME, cell(1, 66, b"000000050001"), FileCode.FILE_ROW_SUM, 1,
         "settlement_amount"),
    case("details and entry", CAMT_052, sub(">9000.46<", ">9000.47<"), FileCode.FILE_ROW_SUM, 10,
         "TxDtls"),
    case("count", WECHAT_27, sub("`8,`", "`9,`"), FileCode.FILE_TOTAL_COUNT, 11, "总交易单数"),
    case("count", FUND, sub("`6.0,", "`7.0,"), FileCode.FILE_TOTAL_COUNT, 9, "资金流水总笔数"),
    case("count", ALIPAY, bill("退款合计：3笔", "退款合计：2笔"), FileCode.FILE_TOTAL_COUNT, 13, "退款合计"),
    case("count", CAMT_052, sub(">4</Nb", ">5</Nb"), FileCode.FILE_TOTAL_COUNT, 9, "NbOfNtries"),
    case("a row missing", LAYOUT_FIXED, without_line(2), FileCode.FILE_TOTAL_COUNT, 2, "count"),
    case("a row missing", LAYOUT_FIRST, without_line(4), FileCode.FILE_TOTAL_COUNT, 1, "count"),
    case("total", HUB, wrong("|15054|", "|15055|"), FileCode.FILE_TOTAL_AMOUNT, 1, "amount_fen"),
    case("fee total finer than a fen", WECHAT_27, sub("7.22324", "7.22325"),
         FileCode.FILE_TOTAL_AMOUNT, 11, "手续费总金额"),
    case("total", ALIPAY, bill("商家实收共150.00元", "商家实收共150.01元"), FileCode.FILE_TOTAL_AMOUNT, 12,
         "交易合计"),
    case("total", LAYOUT_NAMED, sub('"1,205.00"', '"1,205.01"'), FileCode.FILE_TOTAL_AMOUNT, 6,
         "amount"),
    case("digest", HUB, TEXT.replace(b"bank01", b"bank02"), FileCode.FILE_DIGEST, 6, "sha256"),
    case("running balance", FUND, sub("`105.96,", "`105.95,"), FileCode.FILE_BALANCE, 3,
         "账户结余(元)"),
    case("closing balance", MT940, sub(":62F:C261124CNY101034,02", ":62F:C261124CNY101034,03"),
         FileCode.FILE_BALANCE, 10, "62F"),
    case("closing balance", CAMT_053, sub("15555.28", "15121.12"), FileCode.FILE_BALANCE, 38, "Bal"),
    # head, tail, what follows
    case("no head", HUB, without_line(1), FileCode.FILE_HEAD_MISSING, 1, "line"),
    case("no header", WECHAT_27, lambda d: d[3:].partition(b"\r\n")[2], FileCode.FILE_HEAD_MISSING,
         1, "`2019-07-25 08:35:41"),
    case("no account", ALIPAY, without_line(2)(BILL), FileCode.FILE_HEAD_MISSING, 2, "line"),
    case("no opening balance", MT940, without_line(4), FileCode.FILE_HEAD_MISSING, 4, "60F"),
    case("no header", LAYOUT_NAMED, lambda d: d[:13], FileCode.FILE_HEAD_MISSING, 2, "line"),
    case("no tail", HUB, TEXT[: TEXT.rindex(b"T|")], FileCode.FILE_TAIL_MISSING, 6, "line"),
    case("no totals", WECHAT_27, lambda d: d[: d.index("总交易".encode())],
         FileCode.FILE_TAIL_MISSING, 10, "line"),
    case("no caption", SHORT_UMS, lambda d: b"".join(d.splitlines(keepends=True)[:7]),
         FileCode.FILE_TAIL_MISSING, 8, "line"),
    case("no closing balance", MT940, lambda d: d[: d.index(b":62F")], FileCode.FILE_TAIL_MISSING, 10,
         "62F"),
    case("no closing balance", CAMT_053, sub(">CLBD<", ">CLAV<"), FileCode.FILE_TAIL_MISSING, 253,
         "Bal"),
    case("something after the tail", HUB, TEXT + TEXT, FileCode.FILE_AFTER_END, 7, "line"),
    case("something after the totals", FUND, lambda d: d + b"`x\n", FileCode.FILE_AFTER_END, 10,
         "line"),
    case("something after the end", ALIPAY, BILL + b"x\r\n", FileCode.FILE_AFTER_END, 15, "line"),
    case("something after the caption", SHORT_UMS,
         lambda d: d + d.splitlines(keepends=True)[4], FileCode.FILE_AFTER_END, 10, "line"),
    case("entry after the closing balance", MT940, lambda d: d.replace(
         b":64:", b":61:2611241124C1,NTRFX1\n:64:"), FileCode.FILE_AFTER_END, 11, "61"),
    # whose, of when, in what
    case("version", HUB, wrong("H|1|", "H|2|"), FileCode.FILE_VERSION, 1, "version"),
    case("version", CAMT_053, sub("camt.053.001.02", "camt.060.001.02"), FileCode.FILE_VERSION, 3,
         "GrpHdr"),
    case("name", SHORT_ZM._replace(hints=Hints(name="INN17071888ZMSUM")), lambda d: d,
         FileCode.FILE_NAME, 0, "name"),
    case("another merchant", SHORT_ZM._replace(hints=Hints(name="INN17071888ZM_898319849000019")),
         lambda d: d, FileCode.FILE_OF_ANOTHER, 1, "merchant_id"),
    case("another merchant in one row", WECHAT_27, lambda d: d[::-1].replace(
         b"1900000109"[::-1], b"1900000110"[::-1], 1)[::-1], FileCode.FILE_OF_ANOTHER, 9, "商户号"),
    case("two accounts", MT940, lambda d: d + d.replace(b"1001014", b"1001015"),
         FileCode.FILE_OF_ANOTHER, 14, "25"),
    case("another day", HUB._replace(hints=Hints(day=date(2017, 7, 19))), lambda d: d,
         FileCode.FILE_OF_ANOTHER_DAY, 1, "business_day"),
    case("a row of the next day", WECHAT_27, sub("2019-07-25 12:30", "2019-07-26 12:30"),
         FileCode.FILE_OF_ANOTHER_DAY, 4, "交易时间"),
    case("a row outside the cut", SHORT_ZM, cell(2, 35, b"0719024352"),
         FileCode.FILE_OF_ANOTHER_DAY, 2, "sent_at"),
    case("a row of another day", ALIPAY, bill("2019-09-16 12:00:00", "2019-09-17 12:00:00"),
         FileCode.FILE_OF_ANOTHER_DAY, 8, "完成时间"),
    case("two currencies", WECHAT_27, sub("`CNY", "`USD"), FileCode.FILE_CURRENCY, 2, "货币种类"),
    case("two currencies", MT940, sub(":62F:C261124CNY", ":62F:C261124EUR"), FileCode.FILE_CURRENCY,
         10, "62F"),
    case("another currency", CAMT_052._replace(hints=Hints(currency="EUR")), lambda d: d,
         FileCode.FILE_CURRENCY, 10, "Ccy"),
    case("two days in one bill", ALIPAY, bill("终止日期：[2019年09月17日", "终止日期：[2019年10月01日"),
         FileCode.FILE_NOT_SUPPORTED, 3, "终止日期"),
    case("a split settlement", SHORT_ZM, zm(2, "split_amount", b"C000000000001"),
         FileCode.FILE_NOT_SUPPORTED, 2, "split_amount"),
    # archives and XML
    case("not the bill", ALIPAY, packed({"x.csv": BILL}), FileCode.FILE_ARCHIVE, 0, "archive"),
    case("two bills", ALIPAY, packed({BILL_NAME: BILL, "2" + BILL_NAME: BILL}), FileCode.FILE_ARCHIVE,
         0, "archive"),
    case("a hundred entries", ALIPAY, packed({f"{n}": b"" for n in range(100)}),
         FileCode.FILE_ARCHIVE, 0, "archive"),
    case("encrypted", ALIPAY, lambda d: re.sub(rb"PK\x01\x02.{4}\x00", lambda found: found[0][:-1]
         + b"\x01", d, flags=re.DOTALL), FileCode.FILE_ARCHIVE, 0, "archive"),
    case("packed by bzip2", ALIPAY, packed({BILL_NAME: BILL}, method=zipfile.ZIP_BZIP2),
         FileCode.FILE_ARCHIVE, 0, "archive"),
    case("checksum", ALIPAY, packed({BILL_NAME: BILL}, method=zipfile.ZIP_STORED).replace(
         b"RF0916000003", b"RF0916000004"), FileCode.FILE_ARCHIVE, 0, "archive"),
    case("bomb", ALIPAY, BOMB, FileCode.FILE_ARCHIVE_TOO_LARGE, 0, "archive"),
    case("not well formed", CAMT_053, sub("</Acct>", "</Acc>"), FileCode.FILE_XML_BROKEN, 25, "XML"),
    case("document type", CAMT_053, sub("<Document", DOCTYPE), FileCode.FILE_XML_REFUSED, 1,
         "DOCTYPE"),
    case("entity", CAMT_053, sub("INSURANCE COMPANY", "&company;"), FileCode.FILE_XML_REFUSED, 86,
         "XML"),
    # layouts and formats
    case("two serials", LAYOUT_FIRST._replace(hints=Hints(layout=msgspec.structs.replace(
         EVERBRIGHT, columns=(*EVERBRIGHT.columns, column(6, "x", "text", "serial"))))),
         lambda d: d, FileCode.FILE_LAYOUT_INVALID, 0, "target"),
    case("no width", LAYOUT_FIXED._replace(hints=Hints(layout=msgspec.structs.replace(
         FIXED, columns=(*FIXED.columns, column(6, "x", "text"))))),
         lambda d: d, FileCode.FILE_LAYOUT_INVALID, 0, "width"),
    case("no header for names", LAYOUT_NAMED._replace(hints=Hints(layout=msgspec.structs.replace(
         NAMED, header_lines=0))), lambda d: d, FileCode.FILE_LAYOUT_INVALID, 0, "named"),
    case("no layout", Sample("layout", Hints(), b""), b"", FileCode.FILE_LAYOUT_INVALID, 0, "layout"),
    case("no such format", Sample("mt941", Hints(), b""), b"", FileCode.FILE_FORMAT_UNKNOWN, 0,
         "format"),
    # the same breaches elsewhere
    case("nothing but a title", ALIPAY, BILL[: BILL.index(b"\n") + 1], FileCode.FILE_HEAD_MISSING, 2,
         "line"),
    case("unknown business", ALIPAY, bill("交易\t", "转账\t"), FileCode.FILE_KIND_UNKNOWN, 6, "业务类型"),
    case("column unknown", ALIPAY, bill("操作员,", "操作人,"), FileCode.FILE_COLUMN_UNKNOWN, 5, "操作人"),
    case("column repeated", ALIPAY, bill("操作员,", "终端号,"), FileCode.FILE_COLUMN_UNKNOWN, 5, "终端号"),
    case("more entries than it says", ALIPAY, lying, FileCode.FILE_ARCHIVE, 0, "archive"),
    case("a directory of comments", ALIPAY, commented, FileCode.FILE_ARCHIVE, 0, "archive"),
    case("a document without a statement", CAMT_053, lambda d: re.sub(rb"<Stmt>.*</Stmt>", b"", d,
         flags=re.DOTALL), FileCode.FILE_HEAD_MISSING, 1, "Document"),
    case("balance without amount", CAMT_053, sub('<Amt Ccy="EUR">15568.27</Amt>', ""),
         FileCode.FILE_AMOUNT_INVALID, 26, "Amt"),
    case("entry without amount", CAMT_052, sub('<Amt Ccy="CNY">0.54</Amt>', ""),
         FileCode.FILE_AMOUNT_INVALID, 19, "Amt"),
    case("detail outside an entry", CAMT_053, sub("<Ntry>", "<X><TxDtls/></X><Ntry>"),
         FileCode.FILE_XML_BROKEN, 50, "TxDtls"),
    case("a notice in a statement", CAMT_053, lambda d: d.replace(b"Stmt>", b"Ntfctn>").replace(
         b"BkToCstmrNtfctn", b"BkToCstmrStmt"), FileCode.FILE_XML_BROKEN, 253, "Ntfctn"),
    case("no account", CAMT_053, sub("<IBAN>NL77ABNA0574908765</IBAN>", ""),
         FileCode.FILE_OF_ANOTHER, 15, "Acct"),
    case("no account at all", CAMT_052, lambda d: re.sub(rb"<Acct>.*</Acct>", b"", d),
         FileCode.FILE_HEAD_MISSING, 28, "Acct"),
    case("sum of all entries", CAMT_052, sub("10450.54", "10450.55"), FileCode.FILE_TOTAL_AMOUNT, 9,
         "Sum"),
    case("unknown status", CAMT_052, sub("<Cd>PDNG</Cd>", "<Cd>LATE</Cd>"),
         FileCode.FILE_KIND_UNKNOWN, 27, "Sts"),
    case("single detail and entry", CAMT_053, sub(">754.25</Amt>\n                            </TxAmt>",
         ">754.26</Amt>\n                            </TxAmt>"), FileCode.FILE_ROW_SUM, 73, "TxDtls"),
    case("two documents", CAMT_053, two_documents, FileCode.FILE_XML_REFUSED, 1, "XML"),
    case("fee beyond the largest", WECHAT_27, sub("`0.04000", "`9999999999999.99999"),
         FileCode.FILE_AMOUNT_INVALID, 2, "手续费"),
    case("letters for a count", WECHAT_27, sub("`8,`", "`x,`"), FileCode.FILE_TOTAL_COUNT, 11,
         "总交易单数"),
    case("a T in a time", WECHAT_27, sub("2019-07-25 08:35:41", "2019-07-25T08:35:41"),
         FileCode.FILE_TIME_INVALID, 2, "交易时间"),
    case("a week for a day", LAYOUT_NAMED, sub('"20261124"', '"2026-W48"'),
         FileCode.FILE_TIME_INVALID, 3, "日期"),
    case("no seconds", LAYOUT_FIRST, sub("|20190510120000|", "|201905101200|"),
         FileCode.FILE_TIME_INVALID, 3, "at"),
    case("something after the totals", LAYOUT_NAMED, lambda d: d + b"x\n", FileCode.FILE_AFTER_END, 7,
         "line"),
    case("no totals", LAYOUT_NAMED, without_line(6), FileCode.FILE_TAIL_MISSING, 6, "line"),
    case("a cell too many", LAYOUT_FIRST, sub("|5552|", "|5552||"), FileCode.FILE_CELLS_WRONG, 3,
         "line"),
    case("totals without their mark", LAYOUT_FIRST._replace(hints=Hints(
         layout=msgspec.structs.replace(EVERBRIGHT, totals_mark="T"))), lambda d: d,
         FileCode.FILE_TAIL_MISSING, 1, "totals"),
    case("totals of one cell", LAYOUT_FIXED, sub("T 2 150054", "T 2"), FileCode.FILE_TAIL_MISSING, 3,
         "amount"),
    case("a sale below zero", LAYOUT_NAMED, sub('"1,234.56"', '"-1,234.56"'),
         FileCode.FILE_AMOUNT_INVALID, 3, "金额(元)"),
    case("no reference in front", MT940, without_line(1), FileCode.FILE_HEAD_MISSING, 1, "20"),
    case("a closing balance alone", MT940, lambda d: d[: d.index(b":60F")] + d[d.index(b":62F") :],
         FileCode.FILE_HEAD_MISSING, 4, "60F"),
    case("no account", MT940, without_line(2), FileCode.FILE_HEAD_MISSING, 9, "25"),
    case("lower-case mark", MT940, sub("1124C1234,56", "1124c1234,56"), FileCode.FILE_KIND_UNKNOWN, 5,
         "61"),
    case("unknown kind", SHORT_UMS, sub("消费", "查询"), FileCode.FILE_KIND_UNKNOWN, 5, "kind"),
    case("a sale below zero", SHORT_UMS, sub("\t19335.00\t", "\t-19335.00\t"),
         FileCode.FILE_AMOUNT_INVALID, 5, "amount"),
    case("a row outside the cut", SHORT_UMS, sub("2017-06-24\t22:59:48", "2017-06-23\t22:59:48"),
         FileCode.FILE_OF_ANOTHER_DAY, 6, "time"),
    case("month 13", ZME, sub("0718100000", "1318100000"), FileCode.FILE_TIME_INVALID, 1, "sent_at"),
    case("hour 24", ZME, sub("0718100000", "0718240000"), FileCode.FILE_TIME_INVALID, 1, "sent_at"),
    case("total", FUND, sub("`1240.56", "`1240.57"), FileCode.FILE_TOTAL_AMOUNT, 9, "收入金额"),
    case("two headers of totals", WECHAT_20, lambda d: d + b"x\n", FileCode.FILE_AFTER_END, 8, "line"),
    case("a line between the totals", WECHAT_20, sub("总交易单数", "总交易单数\n总交易单数"),
         FileCode.FILE_CELLS_WRONG, 7, "line"),
    case("a total missing", WECHAT_20, sub("手续费总金额", "手续费"), FileCode.FILE_TAIL_MISSING, 7,
         "手续费总金额"),
    case("total", WECHAT_20, sub("`1339.60,`0.00", "`1339.61,`0.00"), FileCode.FILE_TOTAL_AMOUNT, 7,
         "应结订单总金额"),
    case("a refund among the successful", WECHAT_20, sub("`SUCCESS", "`REFUND"),
         FileCode.FILE_COLUMN_MISSING, 2, "微信退款单号"),
]  # fmt: skip


@pytest.mark.parametrize("broken", CASES, ids=lambda c: f"{c.sample.format}-{c.what}")
def test_a_broken_file_is_refused_by_name_line_and_column(broken: Case) -> None:
    with pytest.raises(FileError) as caught:
        broken.sample.rows(broken.data)
    found = caught.value
    assert (found.code.name, found.line_no, found.column) == (
        broken.code.name, broken.line_no, broken.column,
    ), str(found)  # fmt: skip


def test_the_unbroken_samples_are_read() -> None:
    for given in {id(one.sample): one.sample for one in CASES}.values():
        if given.hints in (WECHAT_27.hints, ALIPAY.hints, MT940.hints, CAMT_053.hints):
            assert given.rows()


def test_every_code_of_a_reader_stands_in_the_table() -> None:
    readers = {code for code in FileCode if code.name.startswith("FILE_") and 8202 <= code <= 8238}
    assert readers - {broken.code for broken in CASES} == set()
    assert len(readers) >= 20


def test_nothing_is_read_before_the_first_row_is_asked_for() -> None:
    class Untouched:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    for given in (HUB, SHORT_ZM, SHORT_UMS, WECHAT_27, FUND, ALIPAY, CAMT_052, MT940, LAYOUT_FIRST):
        FORMATS[given.format].open(Untouched(), given.hints)  # type: ignore[arg-type]
