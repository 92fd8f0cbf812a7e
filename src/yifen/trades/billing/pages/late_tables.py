"""Late fees as their pages tell them."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access, now
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.trades.billing.late.asked import LateBill, late_bill
from yifen.trades.billing.late.explaining import explained
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


def calculation(bill: LateBill, on: date) -> Shown:
    """Line by line, up to a day; no rows: nothing was late by then, or the bill has no rule."""
    with plain_connection() as conn:
        as_of = late_bill(conn, bill.bill_id, now(), on)
        told = explained(conn, as_of, on)
    if told is None or not told.stretches:
        return {"columns": [], "rows": []}

    def total(title: str, fen: int, of: str = "") -> Shown:
        return {"cells": [{"text": title}, {"text": of}, *({"text": ""} for _cell in range(3)),
                          {"kind": "amount", "fen": fen}]}  # fmt: skip

    rows = [{"cells": [
        {"kind": "code", "text": f"{one.from_on} – {one.to_on}"}, {"kind": "num", "text": str(one.days)},
        {"kind": "num", "text": f"{one.rate.normalize():f}"}, {"kind": "amount", "fen": one.left_fen},
        {"kind": "num", "text": f"{one.grown.normalize():f}"}, {"text": ""},
    ]} for one in told.stretches]  # fmt: skip
    rounding = _("分以下舍去") if told.truncated else _("四舍五入")
    rows.append(total(_("各段合计"), told.rounded_fen, rounding))
    if told.capped_fen < told.rounded_fen:
        rows.append(total(_("封顶"), told.capped_fen, f"{told.cap_permille} ‰"))
    if told.more_fen:
        rows.append(total(_("补足每次最低"), told.more_fen, grouped_yuan(told.min_fen)))
    if told.waived_fen:
        rows.append(total(_("减免"), -told.waived_fen))
    rows += [total(_("违约金"), as_of.fee_fen), total(_("其中未缴（元）"), as_of.unpaid_fen)]
    return {"columns": [{"title": _("期间")}, {"title": _("天数"), "kind": "num"},
                        {"title": _("每日（‰）"), "kind": "num"}, {"title": _("未缴本金（元）"), "kind": "amount"},
                        {"title": _("产生（分）"), "kind": "num"}, {"title": _("金额（元）"), "kind": "amount"}],
            "rows": rows}  # fmt: skip


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
