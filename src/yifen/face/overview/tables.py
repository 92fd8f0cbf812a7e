"""The dashboard's large figures and tables."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.documents.figures import grouped_yuan
from yifen.face.overview.amounts import BP, change, percent
from yifen.face.overview.charts import institution_url, success
from yifen.face.overview.doors import ListDoors
from yifen.face.overview.figures import Compared, Figures
from yifen.face.overview.tree import Branch
from yifen.face.overview.words import compared_name
from yifen.hub.payments.traffic_queries import Figure

Shown = dict[str, Any]
MOST = 12  # lines of a table


def totals(found: Figures, doors: ListDoors) -> Shown:
    """The line of large figures. What was refused for a reason is one, what failed another."""
    undecided, charges, period, whole = found.undecided, found.charges, found.period, found.total
    oldest = undecided.oldest_paid_at
    since = f"{timezone.localtime(oldest):%m-%d %H:%M}" if oldest else ""
    return {
        "payments": f"{whole.payments:,}",
        "payments_url": doors.payments(period.since, period.until),
        "amount_fen": whole.amount_fen,
        "returned": f"{whole.returned:,}",
        "returned_note": "¥" + grouped_yuan(whole.returned_fen),
        "returned_url": doors.returns(period.since, period.until),
        "undecided": f"{undecided.payments:,}",
        "oldest": _("最早 %s") % since if since else "",
        "tone": "bad" if undecided.stranded else "waiting" if undecided.payments else "ok",
        "codes_url": doors.statistics(*found.clock, "code"),
        **(_of_charges(charges) if charges else {"charges_note": _("尚无请求")}),
    }


def _of_charges(charges: Figure) -> Shown:
    return {
        "success": percent(charges.success_bp) if charges.success_bp is not None else None,
        "percent": "%" if charges.success_bp is not None else "",
        "charges_note": _("%s 次请求") % f"{charges.calls:,}",
        "refused": f"{charges.refused:,}",
        "refused_note": share(charges.refused, charges.calls),
        "failed": f"{charges.failed:,}",
        "failed_note": share(charges.failed, charges.calls),
        "failed_tone": "bad" if charges.failed else "",
        "latency": charges.p95,
        "ms": "ms",
        "latency_note": f"p50 {charges.p50} · p99 {charges.p99}",
    }


def share(part: int, whole: int) -> str:
    """Of all requests."""
    return f"{percent(part * BP // whole)} %" if whole else ""


def compared_table(found: Figures, address: Callable[[Any], str]) -> Shown:
    """What is shown against the day, week or month before, both as far as the one shown has come."""
    rows = [_compared_row(name, other, address) for name, other in found.compared.items()]
    heads = [{"title": _("对比")}, {"title": _("会计日期")}, num(_("笔数")), num(_("彼时")), num(_("增减")),
             amount(), {"title": _("彼时（元）"), "kind": "amount"}, num(_("增减"))]  # fmt: skip
    return {"columns": heads, "rows": rows, "note": _compared_note(found)}


def _compared_row(name: str, other: Compared, address: Callable[[Any], str]) -> Shown:
    now, then, period = other.now, other.then, other.period
    days = f"{period.since}" if period.by == "day" else f"{period.since} — {period.until}"
    return {"cells": [
        {"text": compared_name(name), "url": address(period)},
        {"kind": "code", "text": days},
        {"kind": "num", "text": f"{now.payments:,}"},
        {"kind": "num", "text": f"{then.payments:,}"},
        {"kind": "num", "text": change(now.payments, then.payments) or "—"},
        {"kind": "amount", "fen": now.amount_fen},
        {"kind": "amount", "fen": then.amount_fen},
        {"kind": "num", "text": change(now.amount_fen, then.amount_fen) or "—"},
    ]}  # fmt: skip


def _compared_note(found: Figures) -> str:
    if found.until_hour is not None:
        return _("均截至当日 %s:00，按记账小时") % f"{found.until_hour:02d}"
    return _("均截至同一天，未闭的会计日期不计") if found.is_open else ""


def partners_table(found: Figures, side: str, names: dict[int, str], doors: ListDoors) -> Shown:
    """Payments and charges of each channel or biller, the largest first."""
    place, calls = (1, found.charges_by_channel) if side == "channel" else (2, found.charges_by_biller)
    volumes, period = found.by(place), found.period
    rows = []
    for row in sorted(volumes, key=lambda row: -row.amount_fen)[:MOST]:
        url = doors.payments(period.since, period.until, **{side: row.key[0]})
        rows.append({"cells": [
            {"text": names.get(row.key[0], str(row.key[0])), "url": url},
            {"kind": "num", "text": f"{row.payments:,}"},
            {"kind": "amount", "fen": row.amount_fen},
            *_outcome_cells(calls.get(row.key[0])),
        ]})  # fmt: skip
    title = _("渠道") if side == "channel" else _("收费单位")
    heads = [num(_("成功率")), num(_("业务拒绝")), num(_("故障"))]
    return {"columns": [{"title": title}, num(_("笔数")), amount(), *heads], "rows": rows,
            "more": max(0, len(volumes) - MOST)}  # fmt: skip


def _outcome_cells(figure: Figure | None) -> list[Shown]:
    texts = (success(figure), f"{figure.refused:,}", f"{figure.failed:,}") if figure else (None,) * 3
    return [{"kind": "num", "text": text} for text in texts]


def tree_table(found: Iterable[Branch], figures: Figures, doors: ListDoors) -> Shown:
    """The organisation tree as lines."""
    rows = [
        {"cells": [
            {"text": "　" * branch.depth + branch.name, "url": institution_url(branch, figures, doors)},
            {"kind": "num", "text": f"{branch.payments:,}"},
            {"kind": "amount", "fen": branch.amount_fen},
        ]}
        for branch in found
    ]  # fmt: skip
    return {"columns": [{"title": _("机构")}, num(_("笔数")), amount()], "rows": rows}


def num(title: str) -> Shown:
    return {"title": title, "kind": "num"}


def amount() -> Shown:
    return {"title": _("金额（元）"), "kind": "amount"}
