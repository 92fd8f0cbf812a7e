"""Each layout, byte by byte: what it reads, what it answers, and what it refuses by which number."""

from datetime import datetime
from hashlib import md5

import pytest

from yifen.core.facts.days import ZONE
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.layouts.forms import DebitFileFault, DebitOutcome, DebitTotals, FiledRow

AT = datetime(2026, 11, 30, 2, 3, 4, tzinfo=ZONE)
ROWS = (FiledRow(1, "0370100001", "6222021234567890123", "欧阳小明", "B1", 12_345, None, b""),
        FiledRow(2, "0370100002", "6222020000000000001", "张三", "B2", 600, None, b""))  # fmt: skip
HEADS = {"set": {"month": "202611", "batch": "0001"}, "pld": {"first": "单位编号=0006;version=1.2"},
         "efe": {"pid": "PID1", "cur": "CNY", "type": "0", "fee": "001", "serial": "S1", "remark": "电费"},
         "cnaps": {"MsgId": "20261130000001", "CreDtTm": "2026-11-30T01:00:00", "RtrLtd": "1",
                   "PurpPrtry": "00100"}}  # fmt: skip
PLD_BODY = ("1|0370100001||6222021234567890123|欧阳小明|123.45||||B1|\n"
            "2|0370100002||6222020000000000001|张三|6.00||||B2|\n").encode("gb18030")  # fmt: skip
FILES = {
    "set": (b"202611|2|12945|0001|\n0370100001|6222021234567890123|12345|||||\n"
            b"0370100002|6222020000000000001|600|||||\n"),
    "pld": ("单位编号=0006;version=1.2\n".encode("gb18030")
            + f"{md5(PLD_BODY).hexdigest()}|2|129.45|\n".encode() + PLD_BODY),
    "efe": (b"PID1                CNY0001" + b"0000000002" + b"00000000012945" + b" " * 16
            + "电费".encode("gb18030").ljust(128) + b"S1".ljust(16) + b" " * 12 + b"\n"
            + b"".join(seq + user.ljust(32) + b" " * 12 + acct.ljust(32) + name.encode("gb18030").ljust(40) + fen
                       + b" " * 41 + b" " * 16 + b" " * 40 + b" " * 32 + b"0" * 24 + b" " * 5 + ref.ljust(16) + b"\n"
                       for seq, user, acct, name, fen, ref in (
                (b"0000000001", b"0370100001", b"6222021234567890123", "欧阳小明", b"000000012345", b"B1"),
                (b"0000000002", b"0370100002", b"6222020000000000001", "张三", b"000000000600", b"B2")))),
    "cnaps": ('<?xml version="1.0" encoding="UTF-8"?>\n<Document><BtchColltnReq><MsgId>20261130000001</MsgId>'
              "<CreDtTm>2026-11-30T01:00:00</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>129.45</CtrlSum><RtrLtd>1</RtrLtd>"
              "<PurpPrtry>00100</PurpPrtry>\n<Dtl><TxId>1</TxId><EndToEndId>0370100001</EndToEndId>"
              "<DbtrAcct>6222021234567890123</DbtrAcct><DbtrNm>欧阳小明</DbtrNm><Amt>123.45</Amt><RcvblId>B1</RcvblId>"
              "<DueDt></DueDt></Dtl>\n<Dtl><TxId>2</TxId><EndToEndId>0370100002</EndToEndId>"
              "<DbtrAcct>6222020000000000001</DbtrAcct><DbtrNm>张三</DbtrNm><Amt>6.00</Amt><RcvblId>B2</RcvblId>"
              "<DueDt></DueDt></Dtl>\n</BtchColltnReq></Document>\n").encode(),
}  # fmt: skip
RESULTS = {
    "set": (b"202611|2|12945|1|12345|1|600|0001|20261130|\n0370100001|6222021234567890123|12345||||0000|\n"
            b"0370100002|6222020000000000001|600||||0002|\n"),
    "pld": ("单位编号=0006;version=1.2\n2|129.45|1|123.45|1|6.00|\n"
            "1|0370100001||欧阳小明|6222021234567890123|123.45|123.45|||||||20261130|0000||\n"
            "2|0370100002||张三|6222020000000000001|6.00|0.00||0.00||0.00||0.00|20261130|0002|可用余额不足|\n"
            ).encode("gb18030"),
}  # fmt: skip


def read(name: str, data: bytes) -> tuple[dict[str, str], list[FiledRow]]:
    head, rows = LAYOUTS[name].read(data)
    return head, list(rows)


def answered(name: str, data: bytes) -> bytes:
    head, rows = read(name, data)
    outcomes = [DebitOutcome(rows[0], "ok", 0, "", 12_345, "HX1", AT),
                DebitOutcome(rows[1], "short", 8940, "可用余额不足", 0, "", AT)]  # fmt: skip
    return b"".join(LAYOUTS[name].result(head, DebitTotals(2, 12_945, 1, 12_345, AT), outcomes))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_is_written_byte_by_byte_and_read_back(name: str):
    assert b"".join(LAYOUTS[name].write(HEADS[name], ROWS)) == FILES[name]
    head, rows = read(name, FILES[name])
    assert {key: head[key] for key in HEADS[name]} == HEADS[name]
    named = [row._replace(raw=b"", name=row.name or kept.name, ref=row.ref or kept.ref)
             for row, kept in zip(rows, ROWS, strict=True)]  # fmt: skip
    assert named == list(ROWS)
    assert [LAYOUTS[name].row(kept) for kept in ROWS] == [row.raw for row in rows]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_result_says_of_each_row_what_became_of_it(name: str):
    body = answered(name, FILES[name])
    if name in RESULTS:
        assert body == RESULTS[name]
    told = [(kind if kind == "ok" else "not", fen) for _, kind, fen in LAYOUTS[name].read_result(body)]
    assert told == [("ok", 12_345), ("not", 0)]


def test_what_stands_in_a_fixed_row_goes_back_as_the_same_bytes():
    first, second = answered("efe", FILES["efe"]).split(b"\n")[1:3]
    raw = FILES["efe"].split(b"\n")[1]
    assert first[:86] == raw[:86]
    assert first[86:111] == b"000000012345" + b"1" + b"000000012345"
    assert first[111:167] == b"HX1".ljust(16) + b" " * 40
    assert first[167:189] == b" " * 8 + b"20261130" + b"020304"
    assert first[205:210] + first[210:226] == b" " * 5 + b"B1".ljust(16)
    assert (second[86:111], len(first), len(second)) == (b"000000000600" + b"2" + b"0" * 12, 369, 369)
    assert second[127:167].decode("gb18030").rstrip() == "可用余额不足"


def test_the_status_of_an_element_follows_what_it_says():
    first, second = answered("cnaps", FILES["cnaps"]).decode().split("\n")[2:4]
    kept = FILES["cnaps"].decode().split("\n")[2].removesuffix("</Dtl>")
    day = "<SttlmDt>2026-11-30</SttlmDt>"
    assert first == f"{kept}<Sts>PR02</Sts><RcvdAmt>123.45</RcvdAmt><SttlmSeq>HX1</SttlmSeq>{day}</Dtl>"
    assert second.endswith("<Sts>PR09</Sts><RcvdAmt>0.00</RcvdAmt><SttlmSeq></SttlmSeq><SttlmDt>2026-11-30</SttlmDt>"
                           "<RjctCd>8940</RjctCd><RjctInf>可用余额不足</RjctInf></Dtl>")  # fmt: skip


@pytest.mark.parametrize(("name", "was", "now", "code"), [
    ("set", b"|2|12945|", b"|3|12945|", DebitCode.DEBIT_TOTALS_WRONG),
    ("set", b"|2|12945|", b"|2|12944|", DebitCode.DEBIT_TOTALS_WRONG),
    ("set", b"|2|12945|", b"|2|x|", DebitCode.DEBIT_FILE_UNREADABLE),
    ("set", b"|0001|\n", b"|0001\n", DebitCode.DEBIT_FILE_UNREADABLE),
    ("pld", b"|6.00|", b"|6.01|", DebitCode.DEBIT_DIGEST_WRONG),
    ("pld", b"|129.45|", b"|129.46|", DebitCode.DEBIT_TOTALS_WRONG),
    ("efe", b"00000000012945", b"00000000012946", DebitCode.DEBIT_TOTALS_WRONG),
    ("efe", b"PID1 ", b"PID1", DebitCode.DEBIT_FILE_UNREADABLE),
    ("cnaps", b"<NbOfTxs>2<", b"<NbOfTxs>1<", DebitCode.DEBIT_TOTALS_WRONG),
    ("cnaps", b"</BtchColltnReq>", b"", DebitCode.DEBIT_FILE_UNREADABLE),
    ("cnaps", b"<Document>", b"<!DOCTYPE a><Document>", DebitCode.DEBIT_FILE_UNREADABLE),
    ("cnaps", b"<MsgId>20261130000001</MsgId>", b"", DebitCode.DEBIT_FILE_UNREADABLE),
])  # fmt: skip
def test_a_broken_file_is_refused_whole_by_its_number(name: str, was: bytes, now: bytes, code: DebitCode):
    assert was in FILES[name]
    with pytest.raises(DebitFileFault) as found:
        read(name, FILES[name].replace(was, now, 1))
    assert found.value.code is code


@pytest.mark.parametrize(("name", "was", "now", "where"), [
    ("set", b"0370100002|", b"0370100002", "6 ≠ 7 |"), ("set", b"\n0370100002|", b"\n|", "user"),
    ("efe", b"0370100002 ", b"0370100002", "311 ≠ 312 bytes"), ("efe", "张三".encode("gb18030"), b"\xff\xff\xff\xff",
                                                                "gb18030"),
    ("cnaps", b"<DbtrNm>\xe5\xbc\xa0\xe4\xb8\x89</DbtrNm>", b"<DbtrNm>", "mismatch"),
    ("cnaps", b"<EndToEndId>0370100002</EndToEndId>", b"", "EndToEndId"),
])  # fmt: skip
def test_a_malformed_row_is_refused_alone(name: str, was: bytes, now: bytes, where: str):
    assert was in FILES[name]
    _, rows = read(name, FILES[name].replace(was, now, 1))
    assert [bool(row.fault) for row in rows] == [False, True]
    assert where in rows[1].fault
    assert len(answered(name, FILES[name].replace(was, now, 1)).split(b"\n")) == len(answered(name,
                                                                                              FILES[name]).split(b"\n"))


def test_a_name_with_letters_outside_of_gbk_keeps_its_place():
    rows = [ROWS[0]._replace(name="㐂𫖯")]
    _, found = read("efe", b"".join(LAYOUTS["efe"].write(HEADS["efe"], rows)))
    assert found[0].name == "㐂𫖯"
