"""Late fees as their pages tell them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.trades.billing.late.asked import LateBill
from yifen.trades.billing.pages.masking import account_shown

Shown = dict[str, Any]
_SQL = queries(__package__)


def facts(bill: LateBill, access: Access) -> list[Shown]:
    """What it asks for today, and of which parts."""
    return [
        {"title": _("收费单位"), "text": bill.biller_name},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, bill.account_no)},
        {"title": _("费种"), "text": bill.fee_name},
        {"title": _("到期日"), "text": str(bill.due_on)},
        {"title": _("应缴项"), "kind": "badge", **words.badge(words.PAYABLE_STATES, bill.state)},
        {"title": _("账单本金（元）"), "kind": "amount", "fen": bill.principal_fen},
        {"title": _("今天的违约金（元）"), "kind": "amount", "fen": bill.fee_fen},
        {"title": _("其中未缴（元）"), "kind": "amount", "fen": bill.unpaid_fen},
        {"title": _("已缴（元）"), "kind": "amount", "fen": bill.paid_fen},
    ]


def decided(bill: LateBill) -> Shown:
    """What two people agreed to about it, the newest first."""
    with plain_connection() as conn:
        rows = conn.execute(_SQL["late_decided"], {"bill": bill.bill_id, "biller": bill.biller_id,
                                                   "account": bill.account_no}).fetchall()  # fmt: skip
    return {
        "columns": [{"title": _("事项")}, {"title": _("日期")}, {"title": _("金额（元）"), "kind": "amount"},
                    {"title": _("理由")}, {"title": _("复核")}],
        "rows": [{"cells": [
            {"text": _("减免") if fen else _("停计")},
            {"kind": "code", "text": str(since) if fen else f"{since} – {until or ''}"}, {"kind": "amount", "fen": fen},
            {"text": reason}, {"kind": "code", "text": str(proposal), "url": reverse("proposal", args=[proposal])},
        ]} for fen, since, until, reason, proposal in rows],
    }  # fmt: skip


def rules(access: Access) -> Shown:
    """Rules of the billers in scope, the newest of each fee and class first."""
    with plain_connection() as conn:
        rows = conn.execute(_SQL["late_rules"], scopes.params(access.scope)).fetchall()
    return {
        "columns": [{"title": _("费种")}, {"title": _("用户类别")}, {"title": _("适用于到期日自")},
                    {"title": _("到期当年每日（‰）"), "kind": "num"}, {"title": _("跨年后每日（‰）"), "kind": "num"},
                    {"title": _("宽限天数"), "kind": "num"}, {"title": _("每次最低（元）"), "kind": "amount"},
                    {"title": _("封顶（本金的 ‰）"), "kind": "num"}, {"title": _("算法")}],
        "rows": [{"cells": [
            {"text": fee}, {"text": class_ or _("全部")}, {"kind": "code", "text": str(since)},
            {"kind": "num", "text": f"{rate.normalize():f}"}, {"kind": "num", "text": f"{later.normalize():f}"},
            {"kind": "num", "text": str(grace)}, {"kind": "amount", "fen": least},
            {"kind": "num", "text": "" if cap is None else str(cap)}, {"text": _how(*flags)},
        ]} for fee, class_, since, rate, later, grace, least, cap, *flags in rows],
    }  # fmt: skip


def _how(count_first: bool, truncated: bool, fee_first: bool) -> str:
    return _("，").join((
        _("到期日也计一天") if count_first else _("从到期次日起计"),
        _("分以下舍去") if truncated else _("四舍五入"),
        _("先抵违约金") if fee_first else _("先抵本金"),
    ))  # fmt: skip
