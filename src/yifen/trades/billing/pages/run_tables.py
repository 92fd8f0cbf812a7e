"""Runs and bills as their pages tell them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.edge import Access
from yifen.core.access.second import Said
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.pages.run_lists import quantity
from yifen.trades.billing.runs.lines import bill_lines, bill_shares
from yifen.trades.billing.runs.running import KINDS, BillRun, RunPreview
from yifen.trades.billing.runs.telling import ground, lines_said

Shown = dict[str, Any]
Conn = psycopg.Connection[Any]
_SQL = queries(__package__)


class OneBill(NamedTuple):
    """A bill, its payable (none: not published, or nothing was left to ask for), and what became of it. `never`: its
    service is bought ahead; `gave_over`: another account's bill stands for it; `taken`: another account
    took it over, and owes it still (False: no more, None: never)."""

    bill_id: int
    biller_id: int
    biller_name: str
    account_no: str
    fee_name: str
    unit: str
    kind: str
    from_on: date
    to_on: date
    qty_milli: int
    used_milli: int
    carried_fen: int
    carry_fen: int
    amount_fen: int
    run_id: int
    corrects_id: int | None
    service_id: int
    state: str | None
    due_fen: int | None
    paid_fen: int | None
    due_on: date | None
    spent_fen: int | None
    cancelled_by: int | None
    published_at: datetime | None
    customer_id: int
    never: bool
    gave_over: bool
    taken: bool | None
    subject: dict[str, Any]
    metered: bool
    by_use: bool

    @property
    def may_correct(self) -> bool:
        counts = self.published_at is not None and self.cancelled_by is None and self.kind in ("period", "single")
        return counts and self.taken is None and not self.never

    @property
    def may_cancel(self) -> bool:
        counts = self.published_at is not None and self.cancelled_by is None and self.kind not in ("cancel", "past")
        return counts and not self.taken and not self.gave_over


def compared(run: BillRun, seen: RunPreview) -> Shown:
    """Beside the last period and the same one a year ago."""
    rows = [(pgettext("run", "本次"), (run.from_on, run.to_on, run.bills, run.asked_fen - run.given_fen))]
    rows += [(title, old) for title, old in ((_("上期"), seen.last), (_("去年同期"), seen.year_ago)) if old]
    return {
        "columns": [{"title": ""}, {"title": _("账期")}, {"title": _("账单数"), "kind": "num"},
                    {"title": _("应收减应退（元）"), "kind": "amount"}],
        "rows": [{"cells": [{"text": title}, {"kind": "code", "text": f"{begun} – {ended}"},
                            {"kind": "num", "text": f"{count:,}"}, {"kind": "amount", "fen": fen}]}
                 for title, (begun, ended, count, fen) in rows],
    }  # fmt: skip


def outliers(seen: RunPreview, access: Access) -> Shown:
    """The bills that differ most from those before them; of a first run the largest."""
    return {
        "columns": [{"title": _("账单号")}, {"title": _("户号")}, {"title": _("用量"), "kind": "num"},
                    {"title": _("上期用量"), "kind": "num"}, {"title": _("金额（元）"), "kind": "amount"},
                    {"title": _("上期金额（元）"), "kind": "amount"}],
        "rows": [{"cells": [
            {"kind": "code", "text": f"B{one.bill_id}", "url": reverse("billing_bill", args=[one.bill_id])},
            {"kind": "code", "text": account_shown(access, one.account_no)},
            {"kind": "num", "text": quantity(one.qty_milli)},
            {"kind": "num", "text": "" if one.before_milli is None else quantity(one.before_milli)},
            {"kind": "amount", "fen": one.amount_fen}, {"kind": "amount", "fen": one.before_fen},
        ]} for one in seen.outliers],
    }  # fmt: skip


def one_by_one(conn: Conn, run: BillRun) -> Shown | None:
    """The lines of a run of one bill, beside those that they stand for; None: it is no such run."""
    if run.kind in ("period", "past") or not run.bills:
        return None
    rows = lines_said(conn, run.run_id, run.subject)
    return {
        "columns": [{"title": ""}, {"title": _("原来")}, {"title": _("更正")}],
        "rows": [{"cells": [{"text": told(one.title)}, {"text": _word(one.before)}, {"text": _word(one.after)}]}
                 for one in rows],
    }  # fmt: skip


def _word(said: Said) -> str:
    return told(said) if isinstance(said, Text) else said or ""


def why_missing(why: str, said: str | None) -> str:
    """`said`: by the database, of what failed."""
    word = {"failed": _("数据有误，无法计价"), "doubt": _("抄表异常待处理"), "use": _("没有用量"),
            "price": _("没有价格"), "given": _("未发布，已放弃")}[why]  # fmt: skip
    return f"{word} · {said}" if said else word


def missing(run: BillRun, seen: RunPreview, access: Access) -> Shown:
    """Accounts that live in the period and have no bill."""
    shown: Shown = {
        "columns": [{"title": _("户号")}, {"title": _("计费项编号"), "kind": "num"}, {"title": _("原因")}],
        "rows": [{"cells": [{"kind": "code", "text": account_shown(access, account_no)},
                            {"kind": "num", "text": str(service)},
                            {"text": why_missing(why, said),
                             "url": reverse("billing_doubts") if why == "doubt" else ""}]}
                 for service, account_no, why, said in seen.missing],
    }  # fmt: skip
    if run.missing > len(seen.missing):
        shown["more"] = run.missing - len(seen.missing)
    return shown


def facts(bill: OneBill, access: Access) -> list[Shown]:
    """What it is of, and how it stands."""
    found: list[Shown] = [
        {"title": _("收费单位"), "text": bill.biller_name},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, bill.account_no),
         "url": reverse("billing_customer", args=[bill.customer_id])},
        {"title": _("费种"), "text": bill.fee_name},
        {"title": pgettext("billing", "性质"), "text": told(KINDS[bill.kind])},
        {"title": _("账期"), "text": f"{bill.from_on} – {bill.to_on}"},
        {"title": _("用量"), "text": f"{quantity(bill.qty_milli)} {bill.unit}"},
        {"title": _("本周期此前用量"), "text": f"{quantity(bill.used_milli)} {bill.unit}"},
        {"title": _("批次"), "text": str(bill.run_id), "url": reverse("billing_run", args=[bill.run_id])},
    ]  # fmt: skip
    if bill.corrects_id:
        found.append({"title": _("更正的账单"), "text": f"B{bill.corrects_id}",
                      "url": reverse("billing_bill", args=[bill.corrects_id])})  # fmt: skip
    if bill.cancelled_by:
        found.append({"title": _("已被撤销"), "text": f"B{bill.cancelled_by}",
                      "url": reverse("billing_bill", args=[bill.cancelled_by])})  # fmt: skip
    if bill.spent_fen:
        found.append({"title": _("预存款抵扣（元）") if bill.spent_fen > 0 else _("转入预存款（元）"), "kind": "amount",
                      "fen": abs(bill.spent_fen)})  # fmt: skip
    if bill.state is not None:
        assert bill.due_fen is not None
        found += [
            {"title": _("应缴项"), "kind": "badge", **words.badge(words.PAYABLE_STATES, bill.state)},
            {"title": _("应缴金额（元）"), "kind": "amount", "fen": bill.due_fen},
            {"title": _("已缴（元）"), "kind": "amount", "fen": bill.paid_fen},
            {"title": _("到期日"), "text": str(bill.due_on)},
        ]
    elif bill.kind == "past":
        found.append({"title": _("应缴项"), "kind": "badge", "text": _("起用前已在别处收清"), "tone": "neutral"})
    elif bill.published_at is None:
        found.append({"title": _("应缴项"), "kind": "badge", "text": _("未发布"), "tone": "waiting"})
    return found


def lines(bill: OneBill) -> Shown:
    """How it was computed, line by line; at the end what it asks for. Where some of its days count in part, how many
    days that makes."""
    found = bill_lines(bill.bill_id)
    part = any(counted not in (None, days) for *_rest, counted, days in found)
    rows = [_line(part, _bound(bill, place, row[5]), *row) for place, row in enumerate(found)]
    if bill.carried_fen:
        rows.append(_plain(part, _("上次调尾"), -bill.carried_fen))
    if bill.carry_fen:
        rows.append(_plain(part, _("本次调尾"), bill.carry_fen))
    rows.append(_plain(part, _("合计"), bill.amount_fen))
    return {
        "columns": [{"title": pgettext("billing", "项目")}, {"title": _("阶梯")}, {"title": _("数量"), "kind": "num"},
                    {"title": _("单价（元）"), "kind": "num"},
                    *([{"title": _("折算天数"), "kind": "num"}] if part else []),
                    {"title": _("金额（元）"), "kind": "amount"}, {"title": _("价格")}],
        "rows": rows,
    }  # fmt: skip


def shares(bill: OneBill) -> Shown | None:
    """Which of its days had a share 份额, and why; None: all counted whole."""
    rows = bill_shares(bill.bill_id)
    return {
        "columns": [{"title": _("起")}, {"title": _("止")}, {"title": _("天数"), "kind": "num"},
                    {"title": _("份额"), "kind": "num"}, {"title": _("依据")}],
        "rows": [{"cells": [{"kind": "code", "text": str(since)}, {"kind": "code", "text": str(until)},
                            {"kind": "num", "text": str((until - since).days + 1)},
                            {"kind": "num", "text": decimal(share)}, {"text": why}]}
                 for since, until, share, why in rows],
    } if rows else None  # fmt: skip


def decimal(value: Decimal) -> str:
    """Without zeros at its end."""
    return f"{value.normalize():f}"


def _bound(bill: OneBill, place: int, fen: int) -> str:
    """What a line is that is no part of a price."""
    if "amount" in bill.subject:
        return told(ground(bill.subject, place))
    return _("保底补足") if fen > 0 else _("封顶减免")


def _line(
    part: bool, bound: str, name: str, tier: int, part_no: int, qty_milli: int, price: Decimal | None, fen: int,
    version: str, counted: Decimal | None, days: int,
) -> dict[str, Any]:  # fmt: skip
    share = {"kind": "num", "text": "" if counted is None else f"{decimal(counted)}/{days}"}
    return {"cells": [
        {"text": name if part_no else bound}, {"text": str(tier) if tier else ""},
        {"kind": "num", "text": quantity(qty_milli) if part_no else ""},
        {"kind": "num", "text": "" if price is None else decimal(price)}, *([share] if part else []),
        {"kind": "amount", "fen": fen}, {"text": version},
    ]}  # fmt: skip


def _plain(part: bool, title: str, fen: int) -> dict[str, Any]:
    blank = {"text": ""}
    return {"cells": [{"text": title}, blank, blank, blank, *([blank] if part else []), {"kind": "amount", "fen": fen},
                      blank]}  # fmt: skip


def prepaid_left_out(run: BillRun) -> int:
    """How many services of a period's fee are bought ahead, so that they have no bill and are not missing."""
    if run.kind != "period":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SQL["prepaid_left_out"], {"fee": run.fee_id, "from_on": run.from_on, "to_on": run.to_on})
        return int(cursor.fetchone()[0])
