"""Payers and payables as their pages tell them: facts and tables."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.masking import masked_name
from yifen.face import words
from yifen.face.masking import account_shown
from yifen.face.payables.queries import Payable, PayablePosting

Shown = dict[str, Any]


def left_of(row: Payable) -> int:
    """What is still due, in fen; of an open payable nothing is."""
    return 0 if row.mode == "open" else max(row.due_fen - row.paid_fen, 0)


def facts(found: Payable, access: Access) -> list[Shown]:
    held = found.held_by
    sees = held and access.may("payments.view")
    return [
        {"title": _("收费单位"), "text": f"{found.biller_code} {found.biller_name}"},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, found.account_no)},
        {"title": _("户名"), "text": masked_name(found.payer_name or "")},
        {"title": _("名称"), "text": found.title},
        {"title": _("缴法"), "text": words.word(words.PAYABLE_MODES, found.mode)},
        {"title": _("状态"), **words.badge(words.PAYABLE_STATES, found.state)},
        {"title": _("应缴"), "kind": "amount", "fen": found.due_fen},
        {"title": _("已缴"), "kind": "amount", "fen": found.paid_fen},
        {"title": _("每次可缴"), "text": f"{grouped_yuan(found.min_fen)} – {grouped_yuan(found.max_fen)}"},
        {"title": _("到期日"), "text": found.due_on.isoformat() if found.due_on else None},
        {"title": _("占用它的缴费"), "text": str(held) if held else None,
         "url": reverse("payment", args=[held]) if sees else ""},
        {"title": _("入账账户"), "text": f"{found.credit_code} {found.credit_name}"},
    ]  # fmt: skip


def payables_table(found: list[Payable]) -> Shown:
    rows = [
        {"cells": [
            {"kind": "code", "text": row.ref, "url": reverse("payable", args=[row.payable_id])},
            {"text": row.title},
            {"text": words.word(words.PAYABLE_MODES, row.mode)},
            {"kind": "amount", "fen": row.due_fen},
            {"kind": "amount", "fen": row.paid_fen},
            {"kind": "amount", "fen": left_of(row)},
            {"kind": "code", "text": row.due_on.isoformat() if row.due_on else None},
            words.badge(words.PAYABLE_STATES, row.state),
            {"kind": "badge", "text": _("占用中"), "tone": "waiting"} if row.held_by else {"text": ""},
        ]}
        for row in found
    ]  # fmt: skip
    amounts = [{"title": title, "kind": "amount"} for title in (_("应缴"), _("已缴"), _("未缴"))]
    heads = [{"title": title} for title in (_("应缴项"), _("名称"), _("缴法"))]
    tail = [{"title": title} for title in (_("到期日"), _("状态"), _("占用"))]
    return {"columns": [*heads, *amounts, *tail], "rows": rows}


def history_table(found: list[PayablePosting], access: Access) -> Shown:
    sees = access.may("payments.view")
    rows = [
        {"cells": [
            {"kind": "time", "at": row.booked_at},
            {"kind": "code", "text": str(row.payment_id),
             "url": reverse("payment", args=[row.payment_id]) if sees else ""},
            words.badge(words.TRANSFER_KINDS, row.kind),
            {"text": row.channel_name},
            {"kind": "code", "text": row.serial},
            words.badge(words.PAYER_STATES, row.payer_state),
            words.badge(words.BILLER_STATES, row.biller_state),
            {"kind": "code", "text": row.business_day.isoformat()},
            {"kind": "amount", "fen": row.amount_fen},
        ]}
        for row in found
    ]  # fmt: skip
    heads = (_("时间"), _("缴费号"), _("种类"), _("渠道"), _("渠道流水号"), _("付款方"), _("收费方"),
             _("会计日期"))  # fmt: skip
    return {"columns": [*({"title": title} for title in heads),
                        {"title": _("金额（元）"), "kind": "amount"}], "rows": rows}  # fmt: skip
