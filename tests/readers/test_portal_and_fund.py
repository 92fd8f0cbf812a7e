"""UnionPay's types, the portal's netbank form, Alipay's account bill: each way once."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
from datetime import date, datetime

import pytest

from tests.readers.files import FOLDER, SHORT_ZM, Sample, packed, unpacked
from tests.readers.test_unionpay_zm import patched
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.looks import HEAD, sniff
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.readers.unionpay_zm import KINDS
from yifen.trades.reconciliation.rows import FileError

NETBANK = (FOLDER / "cases/07-ums-netbank.txt").read_text()


def refused(code: str, data: str | bytes, encoding: str = "utf-8") -> FileCode:
    raw = data.encode(encoding) if isinstance(data, str) else data
    with pytest.raises(FileError) as caught:
        list(open_file(code, io.BytesIO(raw), Hints()))
    assert isinstance(caught.value.code, FileCode)
    return caught.value.code


MONEY = {"sale": (b"C", b"D"), "refund": (b"D", b"C"), "void": (b"D", b"C"), "out": (b"D", b"D")}


@pytest.mark.parametrize("name", KINDS)
def test_every_transaction_type_of_unionpay_is_known(name: str) -> None:
    kind = KINDS[name]
    lines = SHORT_ZM.data.splitlines(keepends=True)
    before = Sample("unionpay_zm", SHORT_ZM.hints, lines[1]).rows()[0]
    if kind is None:
        zero = {key: b"C000000000000" for key in ("fee", "settlement_amount", "net")}
        data = patched(2, txn_type=name.encode(), **zero).splitlines(keepends=True)[1]
        assert Sample("unionpay_zm", SHORT_ZM.hints, data).rows() == []
        return
    sign, fee_sign = MONEY[kind]
    due = abs(before.amount_fen) - 24 if fee_sign != sign else before.amount_fen + 24
    money = {"settlement_amount": sign + b"%012d" % due, "net": sign + b"%012d" % due,
             "fee": fee_sign + b"%012d" % 24}  # fmt: skip
    data = patched(2, txn_type=name.encode(), **money).splitlines(keepends=True)[1]
    (row,) = Sample("unionpay_zm", SHORT_ZM.hints, data).rows()
    assert (row.kind, row.amount_fen, abs(row.fee_fen)) == (kind, before.amount_fen, 24)


@pytest.mark.parametrize(("old", "new", "code"), [
    ("总笔数：\t1", "总笔数：\t2", FileCode.FILE_TOTAL_COUNT),
    ("交易金额：\t100.00", "交易金额：\t100.01", FileCode.FILE_TOTAL_AMOUNT),
    ("结算金额：\t99.40", "结算金额：\t99.41", FileCode.FILE_TOTAL_AMOUNT),
    ("手续费：\t0.60", "手续费：\t0.61", FileCode.FILE_TOTAL_AMOUNT),
    ("\t手续费：", "\t费用：", FileCode.FILE_TAIL_MISSING),
    ("总笔数：", "总数：", FileCode.FILE_TIME_INVALID),
    ("参考号\t", "参考码\t", FileCode.FILE_COLUMN_MISSING),
    ("清算日期\t交易日期", "清算日期\t清算日期", FileCode.FILE_COLUMN_UNKNOWN),
    ("到：\t20261123", "到：\t20261124", FileCode.FILE_OF_ANOTHER_DAY),
    ("20261123\t2026-11-23", "20261124\t2026-11-23", FileCode.FILE_OF_ANOTHER_DAY),
    ("\t99.40\t0.60\t100001", "\t99.41\t0.60\t100001", FileCode.FILE_ROW_SUM),
    ("有卡支付", "有卡支付\tx", FileCode.FILE_CELLS_WRONG),
])  # fmt: skip
def test_a_broken_netbank_export_is_refused(old: str, new: str, code: FileCode) -> None:
    assert old in NETBANK
    assert refused("ums", NETBANK.replace(old, new, 1)) is code


def test_a_netbank_export_ends_with_its_totals() -> None:
    lines = NETBANK.splitlines(keepends=True)
    assert refused("ums", "".join(lines[:-1])) is FileCode.FILE_TAIL_MISSING
    assert refused("ums", "".join(lines[:3])) is FileCode.FILE_HEAD_MISSING
    assert refused("ums", NETBANK + lines[4]) is FileCode.FILE_AFTER_END
    for data in (NETBANK.replace("\n", "\r\n"), "\ufeff" + NETBANK, NETBANK.rstrip("\n"),
                 NETBANK.rstrip("\t\n"), NETBANK.replace("参考号", "检索参考号", 1)):  # fmt: skip
        (row,) = open_file("ums", io.BytesIO(data.encode()), Hints())
        assert (row.serial, row.amount_fen, row.fee_fen) == ("900000100001", 10000, -60)


def test_a_portal_that_shows_a_part_of_the_rows_is_found_out_by_its_totals() -> None:
    """It shows a thousand rows and states the totals of all."""
    assert refused("ums", NETBANK.replace("总笔数：\t1\t", "总笔数：\t1200\t")) is FileCode.FILE_TOTAL_COUNT


FUND = """#支付宝账务明细查询
#账号：[20880211096256330156]
#起始日期：[2026年11月23日 00:00:00]   终止日期：[2026年11月24日 00:00:00]
#-----------------------------------------账务明细列表----------------------------------------
账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注
5004\t,2026112300000004\t,\t,提现,2026-11-23 20:00:00,,0.00,-100.00,92.40,支付宝,提现,
5003\t,2026112300000003\t,A1\t,水费,2026-11-23 12:00:00,张* (1**),0.00,-5.00,192.40,支付宝,交易退款,
5002\t,2026112300000001\t,A1\t,水费,2026-11-23 10:11:12,,0.00,-0.60,197.40,支付宝,收费,
5001\t,2026112300000001\t,A1\t,水费,2026-11-23 10:11:12,张* (1**),98.00,0.00,198.00,支付宝,在线支付,
#----------------------------------------账务明细列表结束-------------------------------------
#支出合计：3笔，共-105.60元
#收入合计：1笔，共98.00元
#导出时间：[2026年11月24日 13:19:01]
""".replace("\n", "\r\n")


def test_the_account_bill_gives_what_moved_the_balance() -> None:
    raw = FUND.encode("gb18030")
    reading = open_file("alipay_fund", io.BytesIO(raw), Hints())
    rows = list(reading)
    assert [(r.serial, r.kind, r.amount_fen, r.original, r.batch) for r in rows] == [
        ("5004", "out", 10000, "", "提现"), ("5003", "out", 500, "A1", "交易退款"),
        ("5002", "out", 60, "A1", "收费"), ("A1", "in", 9800, "", "在线支付"),
    ]  # fmt: skip
    assert (rows[3].at, rows[3].ref) == (datetime(2026, 11, 23, 10, 11, 12), "2026112300000001")
    assert (reading.day, reading.owner, reading.whole) == (date(2026, 11, 23), "20880211096256330156", True)
    assert (reading.opening_fen, reading.closing_fen, reading.notes) == (10000, 9240, [])
    lines = FUND.split("\r\n")
    upwards = "\r\n".join([*lines[:5], *reversed(lines[5:9]), *lines[9:]]).encode("gb18030")
    turned = open_file("alipay_fund", io.BytesIO(upwards), Hints())
    assert len(list(turned)) == 4
    assert (turned.opening_fen, turned.closing_fen) == (10000, 9240)


def test_the_account_bill_is_known_packed_or_not() -> None:
    raw = FUND.encode("gb18030")
    name = "20880211096256330156_20261123_账务明细"
    archive = packed({f"{name}.csv": raw, f"{name}(汇总).csv": b"x"})
    assert sniff("a.csv", raw[:HEAD]) == sniff("a.zip", archive[:HEAD]) == "alipay_fund"
    assert len(list(open_file("alipay_fund", io.BytesIO(archive), Hints()))) == 4
    parts = packed({f"{name}_1.csv": raw, f"{name}_2.csv": raw})
    assert len(list(open_file("alipay_fund", io.BytesIO(parts), Hints()))) == 8
    assert unpacked(archive) == raw


@pytest.mark.parametrize(("old", "new", "code"), [
    ("支出合计：3笔", "支出合计：2笔", FileCode.FILE_TOTAL_COUNT),
    ("共98.00元", "共98.01元", FileCode.FILE_TOTAL_AMOUNT),
    ("共-105.60元", "共-105.61元", FileCode.FILE_TOTAL_AMOUNT),
    ("98.00,0.00,198.00", "98.00,-1.00,198.00", FileCode.FILE_ROW_SUM),
    ("98.00,0.00,198.00", "-98.00,0.00,198.00", FileCode.FILE_AMOUNT_INVALID),
    ("2026-11-23 12:00:00", "2026-11-25 12:00:00", FileCode.FILE_OF_ANOTHER_DAY),
    ("2026-11-23 12:00:00", "2026-11-31 12:00:00", FileCode.FILE_TIME_INVALID),
    ("终止日期：[2026年11月24日", "终止日期：[2026年11月26日", FileCode.FILE_NOT_SUPPORTED),
    ("账务流水号,", "流水号,", FileCode.FILE_COLUMN_UNKNOWN),
    (",账户余额（元）", "", FileCode.FILE_COLUMN_MISSING),
    ("5003\t", "\t", FileCode.FILE_SERIAL_MISSING),
    ("#支付宝账务明细查询", "#支付宝业务明细查询", FileCode.FILE_HEAD_MISSING),
    ("#导出时间：[", "#时间：[", FileCode.FILE_TAIL_MISSING),
], ids=lambda one: one.name if isinstance(one, FileCode) else "")  # fmt: skip
def test_a_broken_account_bill_is_refused(old: str, new: str, code: FileCode) -> None:
    assert old in FUND
    assert refused("alipay_fund", FUND.replace(old, new, 1), "gb18030") is code


def test_a_balance_that_does_not_follow_is_told() -> None:
    raw = FUND.replace(",192.40,", ",192.41,").encode("gb18030")
    reading = open_file("alipay_fund", io.BytesIO(raw), Hints())
    assert len(list(reading)) == 4
    assert reading.notes == ["the running balance does not follow row by row"]
    assert (reading.opening_fen, reading.closing_fen) == (None, None)
