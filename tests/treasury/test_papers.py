"""Messages of bank and treasury: what is written is read alike, byte by byte; what is broken is refused by number."""

import contextlib
import random
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.treasury.paper_samples import DAY, claim, payment, quota
from yifen.core.facts.money import MAX_FEN
from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.cfx import Cfx, cfx_bytes, read_cfx
from yifen.trades.treasury.wire.cfx_tables import HEAD, MESSAGES
from yifen.trades.treasury.wire.checks import check_cfx, check_voucher
from yifen.trades.treasury.wire.item_kinds import KINDS, ItemKind
from yifen.trades.treasury.wire.mof import MofVoucher, read_voucher, voucher_bytes
from yifen.trades.treasury.wire.mof_tables import VOUCHERS
from yifen.trades.treasury.wire.papers import Bill, PaperItem

NAMES = {id(kind): name for name, kind in KINDS.items()}
HAN = st.text("甲乙丙市卫生局零余额账户<&>'\"Az09（）、 ", min_size=1, max_size=40).map(str.strip).filter(bool)
SHAPED = {
    "code": r"[0-9A-Za-z_.:/-]{1,42}", "number": r"[0-9A-Za-z_-]{1,19}", "account": r"[0-9A-Za-z*-]{1,40}",
    "bank": r"[0-9]{12}", "treasury": r"[0-9]{10}", "year": r"20[0-9]{2}", "month": r"0[1-9]|1[0-2]", "flag": r"[0-9]",
    "pack": r"[0-9]{8}", "message": r"100|103|122", "digits4": r"[0-9]{4}", "digits20": r"[0-9]{1,20}",
}  # fmt: skip


def values(kind: ItemKind) -> st.SearchStrategy[Any]:
    name = NAMES[id(kind)]
    if name in SHAPED:
        return st.from_regex(SHAPED[name], fullmatch=True, alphabet=st.characters(codec="ascii"))
    return {"name": HAN, "purpose": HAN, "words": HAN, "day": st.dates(date(2000, 1, 1), date(2099, 12, 31)),
            "amount": st.integers(-MAX_FEN, MAX_FEN), "count": st.integers(0, 10**9 - 1)}[name]  # fmt: skip


@st.composite
def items(draw: st.DrawFn, shape: tuple[PaperItem, ...], **fixed: Any) -> dict[str, Any]:
    return {item.tag: draw(values(item.kind)) for item in shape if item.needed or draw(st.booleans())} | fixed


@st.composite
def vouchers(draw: st.DrawFn) -> MofVoucher:
    shape = VOUCHERS[draw(st.sampled_from(sorted(VOUCHERS)))]
    main = draw(items(shape.main, VtCode=shape.number))
    details = tuple(draw(st.lists(items(shape.details), max_size=3)))
    return MofVoucher(shape.number, Bill(main, details), draw(st.sampled_from("01")),
                   draw(st.sampled_from(["GBK", "GB18030", "UTF-8"])), draw(st.booleans()))  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> Cfx:
    shape = MESSAGES[draw(st.sampled_from(sorted(MESSAGES)))]
    bill = st.builds(Bill, items(shape.main), st.lists(items(shape.details), max_size=2).map(tuple)
                     if shape.details else st.just(()))  # fmt: skip
    return Cfx(draw(items(HEAD, MsgNo=shape.number)), draw(items(shape.batch)),
               tuple(draw(st.lists(bill, max_size=3))))  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(vouchers(), st.randoms(use_true_random=False))
def test_a_voucher_is_read_as_it_was_written_in_any_order_of_tags(told: MofVoucher, dice: random.Random) -> None:
    body = voucher_bytes(told)
    assert read_voucher(body) == told
    assert voucher_bytes(read_voucher(body)) == body

    def shuffled(found: re.Match[bytes]) -> bytes:
        inner = re.findall(rb"<(\w+)>(?:(?!<\1>).)*?</\1>", found[2])
        leaves = [one[0] for one in re.finditer(rb"<(\w+)>[^<]*</\1>", found[2])]
        dice.shuffle(leaves)
        assert len(inner) == len(leaves)
        return found[1] + b"\n\t".join(leaves) + found[3]

    foreign = re.sub(rb"(<Detail>)((?:(?!</Detail>).)*)(</Detail>)", shuffled, body, flags=re.DOTALL)
    main = re.sub(rb"(<Voucher>)((?:(?!<DetailList>).)*)(<DetailList>)", shuffled, foreign, flags=re.DOTALL)
    assert read_voucher(main) == told


@settings(max_examples=20, deadline=None)
@given(messages())
def test_a_message_of_tips_is_read_as_it_was_written(told: Cfx) -> None:
    body = cfx_bytes(told)
    assert read_cfx(body) == told
    assert cfx_bytes(read_cfx(body)) == body


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([voucher_bytes(payment()), cfx_bytes(quota())]), st.integers(0, 10**6), st.binary(max_size=4))
def test_broken_bytes_are_refused_by_number_and_never_by_accident(body: bytes, at: int, put: bytes) -> None:
    at %= len(body)
    broken = body[:at] + put + body[at + len(put) + 1 :]
    for read in (read_voucher, read_cfx):
        with contextlib.suppress(Refused):
            read(broken)


def test_every_character_of_gbk_keeps_its_bytes() -> None:
    for first in range(0x81, 0xFF):
        row = bytes([first, 0x40]).decode("gbk", "ignore") + "".join(
            bytes([first, second]).decode("gbk", "ignore") for second in range(0x41, 0xFF))
        assert row.encode("gbk").decode("gbk") == row


def test_a_payment_order_is_these_bytes() -> None:
    body = voucher_bytes(payment((1,)))
    assert body.startswith(
        '<?xml version="1.0" encoding="GBK"?><MOF><VoucherCount>1</VoucherCount><VoucherBody AdmDivCode="371000000"'
        ' StYear="2026" VtCode="8202" VoucherNo="2026-000001"><VoucherFlag>0</VoucherFlag><Attach></Attach><Voucher>'
        "<Id>V1</Id><AdmDivCode>371000000</AdmDivCode><StYear>2026</StYear><VtCode>8202</VtCode><VouDate>20261130"
        "</VouDate><VoucherNo>2026-000001</VoucherNo><FundTypeCode>1111</FundTypeCode><FundTypeName>一般公共预算资金"
        "</FundTypeName>".encode("gbk"))  # fmt: skip
    assert b"<PayAmt>0.01</PayAmt>" in body


def test_the_wire_s_own_spelling_is_kept() -> None:
    assert b"<RransactOrg>102471000012</RransactOrg>" in cfx_bytes(quota())
    tags = {item.tag for shape in MESSAGES.values() for item in shape.details}
    assert "EcnomicSubjectCode" in tags
    assert "ClearAccNanme" in {item.tag for item in VOUCHERS["3504"].main}


PAY = voucher_bytes(payment())
HOSTILE = [
    (PAY.replace(b"?><MOF>", b'?><!DOCTYPE x [<!ENTITY a "b">]><MOF>'), C.PAPER_BROKEN),
    (PAY.replace(b"<Id>V1</Id>", b"<Id>&a;</Id>"), C.PAPER_BROKEN),
    (PAY.replace(b"<Id>V1</Id>", b"<Id>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</Id>"), C.PAPER_BROKEN),
    (PAY.replace(b"<Id>V1</Id>", b"<Id><Id>V1</Id></Id>"), C.PAPER_FIELD),
    (PAY.replace(b"<Id>V1</Id>", b"<Id>V1</Id><Id>V1</Id>"), C.PAPER_FIELD),
    (PAY.replace(b"<Id>V1</Id>", b"<Id>V1</Id><Evil>1</Evil>"), C.PAPER_FIELD),
    (PAY.replace(b"<Id>V1</Id>", b""), C.PAPER_FIELD),
    (PAY.replace(b'VoucherNo="2026-000001"', b'VoucherNo="2026-000002"'), C.PAPER_NUMBER),
    (PAY.replace(b'VtCode="8202"', b'VtCode="5201"'), C.PAPER_KIND),
    (PAY.replace(b'encoding="GBK"', b'encoding="UTF-16"'), C.PAPER_ENCODING),
    (PAY.replace(b'encoding="GBK"', b'encoding="UTF-8"'), C.PAPER_ENCODING),
    (PAY + b" " * (2 << 20), C.PAPER_TOO_LARGE),
    (PAY.replace(b"155.50", b"155.505"), C.PAPER_AMOUNT),
    (PAY.replace(b"155.50", b"1.555E2"), C.PAPER_AMOUNT),
    (PAY.replace(b"<VouDate>20261130<", b"<VouDate>20261131<"), C.PAPER_FIELD),
]


@pytest.mark.parametrize(("body", "code"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_hostile_or_wrong_is_refused_by_its_number(body: bytes, code: C) -> None:
    with pytest.raises(Refused) as found:
        read_voucher(body)
    assert found.value.code is code


def changed(voucher: MofVoucher, line: int, **items: Any) -> MofVoucher:
    details = list(voucher.bill.details)
    details[line] = {**details[line], **items}
    return voucher._replace(bill=Bill(voucher.bill.items, tuple(details)))


LONG = payment((1,) * 500)
CHECKS = [
    (payment(PayAmt=155_51), C.PAPER_SUM),
    (payment((5, -5)), C.PAPER_AMOUNT),
    (payment(()), C.PAPER_LINES),
    (LONG, C.PAPER_LINES),
    (changed(payment(), 1, Id="V1-1"), C.PAPER_LINE_TWICE),
    (payment(VouDate=DAY + timedelta(1)), C.PAPER_FUTURE),
    (changed(payment(), 0, ExpFuncCode="2010301"), C.PAPER_MAIN),
    (changed(payment(), 0, VoucherBillNo="2026-000009"), C.PAPER_MAIN),
    (payment(XPayAmt=120_00), C.PAPER_SUM),
    (changed(payment(XPayAmt=1), 0, XPayAmt=1), C.PAPER_AMOUNT),
    (claim(PayAmt=1), C.PAPER_SUM),
    (claim(fen=(0,)), C.PAPER_AMOUNT),
]


@pytest.mark.parametrize(("voucher", "code"), CHECKS, ids=range(len(CHECKS)))
def test_what_does_not_hold_together_is_refused_by_its_number(voucher: MofVoucher, code: C) -> None:
    with pytest.raises(Refused) as found:
        check_voucher(voucher, DAY)
    assert found.value.code is code


WRITING = [
    (payment(PayAcctName="名" * 60), C.PAPER_LONG),
    (payment(PayAcctName="名" * 59 + "\n"), C.PAPER_LONG),
    (claim(PayBankNo="10247100001"), C.PAPER_BANK_NO),
    (claim(TreCode="171000000"), C.PAPER_TREASURY_NO),
    (payment((10**15,)), C.PAPER_AMOUNT),
    (payment(VoucherNo="N" * 20), C.PAPER_FIELD),
    (payment(PayAcctName="𠮷野家"), C.PAPER_ENCODING),
    (payment(PayAmt=155.5), C.PAPER_AMOUNT),
]


@pytest.mark.parametrize(("voucher", "code"), WRITING, ids=range(len(WRITING)))
def test_what_others_would_refuse_is_not_written(voucher: MofVoucher, code: C) -> None:
    with pytest.raises(Refused) as found:
        voucher_bytes(voucher)
    assert found.value.code is code


def test_what_fits_is_taken() -> None:
    check_voucher(payment((1,) * 499), DAY)
    check_voucher(changed(payment((5,), XPayAmt=0), 0, XPayAmt=0, XAddWord="户名不符"), DAY)
    check_voucher(claim(), DAY)
    check_voucher(claim("2302", (-300,)), DAY)
    check_cfx(quota(), DAY)
    assert read_voucher(voucher_bytes(payment(PayAcctName="名" * 59 + "n"))).bill.fen("PayAmt") == 155_50


@pytest.mark.parametrize(("told", "code"), [
    (quota(AllAmt=1), C.PAPER_SUM), (quota(AllNum=2), C.PAPER_SUM),
    (quota(EntrustDate=DAY + timedelta(1)), C.PAPER_FUTURE),
    (quota()._replace(bills=()), C.PAPER_LINES), (quota()._replace(bills=quota().bills * 2), C.PAPER_LINE_TWICE),
])  # fmt: skip
def test_a_message_of_tips_that_does_not_hold_together_is_refused(told: Cfx, code: C) -> None:
    with pytest.raises(Refused) as found:
        check_cfx(told, DAY)
    assert found.value.code is code
