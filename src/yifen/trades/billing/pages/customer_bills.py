"""What a customer was billed and owes, on his page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.trades.billing.pages.customer_lists import read
from yifen.trades.billing.pages.customer_telling import CustomerPage, Shown
from yifen.trades.billing.runs.running import KINDS

_SQL = queries(__package__)
MOST = 24


def bills_table(one: CustomerPage) -> Shown:
    """The newest MOST bills, each with what of it is still owed."""
    rows = read(_SQL["customer_bills"], {"bucket": one.bucket, "customer": one.customer_id, "most": MOST + 1})
    shown: Shown = {
        "columns": [{"title": _("账单号")}, {"title": _("费种")}, {"title": _("账期")},
                    {"title": pgettext("billing", "性质")}, {"title": _("金额（元）"), "kind": "amount"},
                    {"title": _("待缴（元）"), "kind": "amount"}, {"title": _("到期日")}, {"title": _("状态")}],
        "rows": [_row(*row) for row in rows[:MOST]],
    }  # fmt: skip
    if len(rows) > MOST:
        shown["more"] = len(rows) - MOST
    return shown


def _row(
    bill_id: int, fee: str, from_on: Any, to_on: Any, kind: str, fen: int, state: str | None, left: int | None,
    due_on: Any, published: bool,
) -> Shown:  # fmt: skip
    if state is not None:
        how = words.badge(words.PAYABLE_STATES, state)
    elif kind == "past":
        how = {"kind": "badge", "text": _("已在别处收清"), "tone": "neutral"}
    elif not published:
        how = {"kind": "badge", "text": _("未发布"), "tone": "waiting"}
    else:  # a balance paid it, or it gave
        how = {"kind": "badge", "text": _("预存款抵扣") if fen > 0 else _("已结"), "tone": "ok"}
    return {"cells": [
        {"kind": "code", "text": f"B{bill_id}", "url": reverse("billing_bill", args=[bill_id])},
        {"text": fee}, {"kind": "code", "text": f"{from_on} – {to_on}"}, {"text": told(KINDS[kind])},
        {"kind": "amount", "fen": fen}, {"kind": "amount", "fen": left if state == "open" else None},
        {"kind": "code", "text": str(due_on) if due_on else ""}, how,
    ]}  # fmt: skip
