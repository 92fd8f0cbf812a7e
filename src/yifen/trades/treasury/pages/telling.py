"""Vouchers and returns as their pages and papers tell them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.spending_classes import with_name
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.face.people.called import called
from yifen.trades.treasury.pages.words import FORMS, RESULTS, RETURN_STATES, VOUCHER_STATES

Shown = dict[str, Any]


class VoucherRow(NamedTuple):
    """As the query `voucher` reads it."""

    voucher_id: int
    voucher_no: str
    state: str
    amount_fen: int
    purpose: str
    unit: str
    account_no: str
    bank_name: str
    bank_code: str
    agent: str
    indicator: str
    func_code: str
    fund_code: str
    made_by: str
    made_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    pay_on: date | None
    sent_on: date | None
    reason: str
    content: bytes
    bureau: str
    class_digits: int
    above: str | None
    gov_code: str
    dep_code: str
    project: str
    type_code: str
    sent_sha: bytes | None

    @property
    def digest(self) -> str:
        return bytes(self.content).hex()


class VoucherLineRow(NamedTuple):
    """As the query `lines` reads it."""

    line_no: int
    holder: str
    tail: str
    amount_fen: int
    result: str
    serial: str
    reason: str
    paid_on: date | None
    clearing: str | None
    clearing_state: str | None
    returned_fen: int
    purpose: str
    claim_id: int
    func_code: str
    dep_code: str
    swiped_on: date | None
    swiped_fen: int | None
    merchant: str | None
    refunded_fen: int = 0


class CardReturnRow(NamedTuple):
    """As the query `one_return` reads it."""

    return_id: int
    state: str
    amount_fen: int
    reason: str
    paper_no: str | None
    voucher_id: int
    voucher_no: str
    line_no: int
    holder: str
    tail: str
    paid_fen: int
    asked_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    cleared: bool | None
    year: int | None
    refund: str | None


def voucher_facts(one: VoucherRow) -> list[Shown]:
    return [
        {"title": _("状态"), "kind": "badge", "text": words.word(VOUCHER_STATES, one.state),
         "tone": words.tone(VOUCHER_STATES, one.state)},
        {"title": _("金额（元）"), "kind": "amount", "fen": one.amount_fen},
        {"title": _("单位"), "text": one.unit},
        {"title": _("零余额账户"), "kind": "code", "text": one.account_no},
        {"title": pgettext("voucher", "开户行"), "text": f"{one.bank_name} {one.bank_code}"},
        {"title": _("代理银行"), "text": one.agent},
        {"title": pgettext("voucher", "指标"), "kind": "code", "text": one.indicator},
        {"title": _("功能分类"), "kind": "code", "text": with_name(one.func_code)},
        {"title": _("资金性质"), "kind": "code", "text": one.fund_code},
        {"title": pgettext("voucher", "用途"), "text": one.purpose},
        {"title": _("经办人"), "text": f"{called(one.made_by)} · {timezone.localtime(one.made_at):%Y-%m-%d %H:%M}"},
        {"title": _("复核人"), "text": f"{called(one.agreed_by)} · {timezone.localtime(one.agreed_at):%Y-%m-%d %H:%M}"
         if one.agreed_at else None},
        {"title": _("支付日"), "kind": "code", "text": str(one.pay_on) if one.pay_on else None},
        {"title": _("发出日"), "kind": "code", "text": str(one.sent_on) if one.sent_on else None},
        {"title": _("说明"), "text": one.reason or None},
    ]  # fmt: skip


def line_table(one: VoucherRow, found: list[VoucherLineRow], may_return: bool) -> Shown:
    unsent = {"asked": _("未发送"), "agreed": _("未发送"), "refused": _("未发出")}.get(one.state)

    def line(row: VoucherLineRow) -> tuple[Any, ...]:
        back: Any = ""
        if may_return and row.result == "paid" and row.returned_fen < row.amount_fen:
            back = {"text": pgettext("voucher", "退票"),
                    "url": reverse("treasury_return_new", args=[one.voucher_id, row.line_no])}  # fmt: skip
        return (row.line_no, row.holder, f"…{row.tail}", {"kind": "amount", "fen": row.amount_fen},
                {"kind": "badge", "text": unsent or words.word(RESULTS, row.result),
                 "tone": "neutral" if unsent else words.tone(RESULTS, row.result)},
                " ".join(filter(None, (row.serial or row.reason, refunded_told(row.refunded_fen)))),
                row.clearing or "", {"kind": "amount", "fen": row.returned_fen or None}, row.purpose, back)  # fmt: skip

    return table((_("行号"), _("持卡人"), _("卡"), _("金额（元）"), _("结果"), _("流水号、原因"), _("清算单"),
                  _("已退（元）"), _("事由"), pgettext("voucher", "退票")), map(line, found), (3, 7))  # fmt: skip


def refunded_told(fen: int) -> str:
    """More is claimed of its swipe than its merchant kept."""
    return _("商户已退货 %(yuan)s 元") % {"yuan": grouped_yuan(fen)} if fen else ""


def to_return_table(found: Iterable[tuple[Any, ...]]) -> Shown | None:
    """What is repaid and ought to come back; None: nothing."""
    lines = [({"text": f"{number}-{line}", "url": reverse("treasury_voucher", args=[voucher])}, f"{holder} …{tail}",
              {"kind": "amount", "fen": fen}, purpose,
              {"text": pgettext("voucher", "退票"), "url": reverse("treasury_return_new", args=[voucher, line])})
             for voucher, line, number, holder, tail, fen, purpose, _claim in found]  # fmt: skip
    return table((pgettext("voucher", "支付凭证"), _("持卡人"), _("多还（元）"), _("事由"),
                  pgettext("voucher", "退票")), lines, (2,)) if lines else None  # fmt: skip


def print_table(found: Iterable[tuple[Any, ...]]) -> Shown:
    return table((_("打印"), _("次数"), _("最近"), _("打印人")), (
        (words.word(FORMS, form), count, {"kind": "time", "at": at}, called(login))
        for form, count, at, login in found))  # fmt: skip


def return_facts(one: CardReturnRow) -> list[Shown]:
    cleared = None if one.cleared is None else _("清算后") if one.cleared else _("清算前")
    return [
        {"title": _("状态"), "kind": "badge", "text": words.word(RETURN_STATES, one.state),
         "tone": words.tone(RETURN_STATES, one.state)},
        {"title": _("退回金额（元）"), "kind": "amount", "fen": one.amount_fen},
        {"title": _("原还款（元）"), "kind": "amount", "fen": one.paid_fen},
        {"title": pgettext("voucher", "支付凭证"), "text": f"{one.voucher_no}-{one.line_no}",
         "url": reverse("treasury_voucher", args=[one.voucher_id])},
        {"title": _("持卡人"), "text": f"{one.holder} …{one.tail}"}, {"title": _("原因"), "text": one.reason},
        {"title": _("银行通知书号"), "kind": "code", "text": one.paper_no},
        {"title": _("提出人"), "text": called(one.asked_by)},
        {"title": _("复核人"), "text": called(one.decided_by)},
        {"title": _("清算"), "text": cleared}, {"title": _("退回年度"), "text": str(one.year) if one.year else None},
        {"title": _("申请退款单"), "kind": "code", "text": one.refund},
    ]  # fmt: skip


def coded(code: int) -> str:
    """A result code in the reader's language, with its number; "" for none."""
    if not code:
        return ""
    meaning = result_code(code).meaning
    return f"{code} {told(Text(meaning.zh, meaning.en))}"


def table(heads: Sequence[Any], lines: Iterable[Sequence[Any]], amounts: Sequence[int] = ()) -> Shown:
    """A plain table."""
    def cell(value: Any) -> Shown:
        return value if isinstance(value, dict) else {"text": "" if value is None else str(value)}

    return {"columns": [{"title": head, "kind": "amount"} if place in amounts else {"title": head}
                        for place, head in enumerate(heads)],
            "rows": [{"cells": [cell(value) for value in line]} for line in lines]}  # fmt: skip
