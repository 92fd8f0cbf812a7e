"""Packed files: ZIP and gzip of any format, in parts, and what must not be unpacked."""

import gzip
import io
import zlib
from datetime import date
from decimal import Decimal

import pytest

from tests.readers.files import (
    ALIPAY,
    FOLDER,
    FUND,
    MT940,
    SHORT_ZM,
    UMS,
    WECHAT_27,
    ZME,
    Sample,
    packed,
    unpacked,
)
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.looks import HEAD, nearest, sniff
from yifen.trades.reconciliation.readers.registry import Hints
from yifen.trades.reconciliation.rows import FileError

NAME = "20880211096256330156_20190916_业务明细"
BILL = unpacked(ALIPAY.data)
PLAIN = Hints()


@pytest.mark.parametrize("given", [WECHAT_27, FUND, MT940, ALIPAY._replace(data=BILL)],
                         ids=lambda one: one.format)  # fmt: skip
def test_a_file_in_gzip_or_alone_in_an_archive_is_read_as_itself(given: Sample) -> None:
    rows = given.rows()
    name = f"{NAME}.csv" if given.format == "alipay" else "any.txt"
    for data in (gzip.compress(given.data), packed({name: given.data}), packed({f"a/{name}": given.data})):
        assert Sample(given.format, PLAIN, data).rows() == rows
        assert sniff("x", data[:HEAD]) == given.format


def test_an_archive_of_unionpay_has_the_day_and_the_merchant_in_its_entries() -> None:
    data = packed({
        "RD201707182301_898319849000018": b"x", SHORT_ZM.hints.name: SHORT_ZM.data,
        ZME.hints.name: ZME.data, "INN17071888ZMSUM_898319849000018": b"x",
    })  # fmt: skip
    assert sniff("898319849000018_20170718.zip", data[:HEAD]) == "unionpay_zm"
    for given in (SHORT_ZM, ZME):
        reading = Sample(given.format, Hints(name="898319849000018_20170718.zip"), data).open()
        assert list(reading) == given.rows()
        assert (reading.day, reading.owner) == (date(2017, 7, 18), "898319849000018")
    only_errors = packed({ZME.hints.name: ZME.data})
    with pytest.raises(FileError, match="0 entries with the bill's name") as caught:
        Sample("unionpay_zm", PLAIN, only_errors).rows()
    assert caught.value.code is FileCode.FILE_ARCHIVE


def part(rows: list[int]) -> bytes:
    """The bill with some of its rows, and totals that fit."""
    lines = BILL.decode("gb18030").split("\r\n")
    body = [line for line in lines if line.startswith("201")]
    begin = lines.index(body[0])
    tail = lines[begin + len(body) :]
    kept = [[cell.strip("\t") for cell in body[at].split(",")] for at in rows]
    for kind, words in (("交易", ("商家实收", "商家优惠")), ("退款", ("商家实收退款", "商家优惠退款"))):
        mine = [cells for cells in kept if cells[2] == kind]
        paid, off = (sum(Decimal(cells[at]) for cells in mine) for at in (12, 16))
        at = next(at for at, line in enumerate(tail) if line.startswith(f"#{kind}合计"))
        tail[at] = f"#{kind}合计：{len(mine)}笔，{words[0]}共{paid:.2f}元，{words[1]}共{off:.2f}元"
    return "\r\n".join([*lines[:begin], *(body[at] for at in rows), *tail]).encode("gb18030")


def test_a_bill_in_parts_is_one_bill() -> None:
    whole = ALIPAY.rows()
    parts = packed({f"{NAME}_2.csv": part([2, 3, 4]), f"{NAME}_1.csv": part([0, 1]),
                    f"{NAME}(汇总).csv": b"x"})  # fmt: skip
    reading = Sample("alipay", PLAIN, parts).open()
    assert [(r.serial, r.amount_fen) for r in reading] == [(r.serial, r.amount_fen) for r in whole]
    assert (reading.day, reading.whole) == (date(2019, 9, 16), True)
    ten = packed({f"{NAME}_{n}.csv": part([(n - 1) % 5]) for n in (1, 2, 3, 4, 5)})
    assert len(Sample("alipay", PLAIN, ten).rows()) == 5


@pytest.mark.parametrize("entries", [
    {f"{NAME}.csv": BILL, f"{NAME}_1.csv": BILL},
    {f"{NAME}_1.csv": BILL, f"1{NAME}_2.csv": BILL},
    {f"{NAME}_汇总.csv": BILL}, {},
], ids=["whole-and-part", "two-accounts", "summary", "nothing"])  # fmt: skip
def test_other_entries_are_no_parts(entries: dict[str, bytes]) -> None:
    with pytest.raises(FileError) as caught:
        Sample("alipay", PLAIN, packed(entries)).rows()
    assert caught.value.code is FileCode.FILE_ARCHIVE


@pytest.mark.parametrize(("changes", "code"), [
    ({"20880211096256330156": "20880211096256330157"}, FileCode.FILE_OF_ANOTHER),
    ({"2019年09月1": "2019年08月1", "2019-09-16": "2019-08-16"}, FileCode.FILE_OF_ANOTHER_DAY),
], ids=["account", "day"])  # fmt: skip
def test_parts_of_two_accounts_or_days_are_refused(changes: dict[str, str], code: FileCode) -> None:
    other = part([0]).decode("gb18030")
    for old, new in changes.items():
        assert old in other
        other = other.replace(old, new)
    data = packed({f"{NAME}_1.csv": part([1]), f"{NAME}_2.csv": other.encode("gb18030")})
    with pytest.raises(FileError) as caught:
        Sample("alipay", PLAIN, data).rows()
    assert caught.value.code is code


def test_what_unpacks_beyond_measure_is_refused() -> None:
    line = WECHAT_27.data.splitlines(keepends=True)[0]
    bomb = gzip.compress(line + b"0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(FileError) as caught:
        Sample("wechat_trade", PLAIN, bomb).rows()
    assert caught.value.code in (FileCode.FILE_LINE_TOO_LONG, FileCode.FILE_ARCHIVE_TOO_LARGE)
    lines = gzip.compress(line + (b"`" + b",`" * 26 + b"\n") * 2_000_000)
    with pytest.raises(FileError):
        Sample("wechat_trade", PLAIN, lines).rows()
    statement = gzip.compress(b"x\n" * 20_000_000)
    with pytest.raises(FileError) as caught:
        Sample("mt940", PLAIN, statement).rows()
    assert caught.value.code is FileCode.FILE_ARCHIVE_TOO_LARGE


@pytest.mark.parametrize("change", [
    lambda data: data[:-4], lambda data: data[:12], lambda data: data[:-8] + b"\0\0\0\0" + data[-4:],
    lambda data: data + b"garbage", lambda data: data[:3] + b"\xff" + data[4:],
    lambda data: gzip.compress(data), lambda data: zlib.compress(data),
], ids=["short", "head", "checksum", "tail", "flags", "twice", "zlib"])  # fmt: skip
def test_broken_gzip_is_a_numbered_refusal(change: object) -> None:
    data = change(gzip.compress(WECHAT_27.data))  # type: ignore[operator]
    with pytest.raises(FileError) as caught:
        Sample("wechat_trade", PLAIN, data).rows()
    assert 8201 <= int(caught.value.code) <= 8299


def test_an_unknown_file_says_what_it_looks_most_like_and_why_not() -> None:
    data = WECHAT_27.data.removeprefix(b"\xef\xbb\xbf")
    cut = b"\xef\xbb\xbf" + "设备号,".encode() + data.replace("设备号,".encode(), b"", 1)
    assert sniff("x.csv", cut[:HEAD]) is None
    cases = {
        cut: "unknown; most like 微信支付交易账单 WeChat Pay trade bill, but line 2, column",
        b"\n\n" + MT940.data.replace(b":20:", b":21:"): "most like",
        b"a,b\n1,2\n": "unknown; like none that is read here",
        b"": "unknown; like none that is read here",
        (FOLDER / "cases/08-999000000000001_20261123.zip").read_bytes()[:200]: "unknown; like none",
    }
    for data, said in cases.items():
        error = nearest("x.csv", io.BytesIO(data))
        assert error.code is FileCode.FILE_FORMAT_UNKNOWN
        assert said in error.reason, error.reason
    assert UMS.data  # the portal's export has no head of its own: its rows tell it
    assert sniff("x", UMS.data[:HEAD]) == "ums"
