"""The page of the hash chains, and its button that has them replayed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import actor_of, now, user_of
from yifen.face.ledger import checks
from yifen.face.ledger.chain import chains
from yifen.face.models import BooksCheck

Shown = dict[str, Any]
CHECKS_SHOWN = 10
HASH_SHOWN = 24  # of 64 hex digits: enough to compare with a daily file by eye


@allow("ledger.view")
def chain(request: HttpRequest) -> HttpResponse:
    """How far each chain is; reads a few rows however long the chains are."""
    job = next((checks.settle(check) for check in checks.under_way()), None)
    found = chains()
    runs = list(BooksCheck.objects.select_related("asked_by").order_by("-pk")[:CHECKS_SHOWN])
    return render(request, "console/chain.html", {
        "chains": found,
        "running": next((run for run in runs if run.finished_at is None), None),
        "last": next((run for run in runs if run.finished_at is not None), None),
        "heads": heads_table(found.heads),
        "days": days_table(found.days),
        "checks": checks_table(runs),
        "job": job,
    })  # fmt: skip


@allow("ledger.view")
@require_POST
def chain_check(request: HttpRequest) -> HttpResponse:
    """Replay everything; one replay at a time."""
    user = user_of(request)
    if checks.begin(user, actor_of(request, user), now()) is None:
        messages.warning(request, _("已有一次验证正在进行"))
    return redirect("chain")


def heads_table(heads: Any) -> Shown:
    rows = [
        row({"kind": "code", "text": str(head.bucket)}, count(head.transfer_no), count(head.batch_no),
            {"kind": "time", "at": head.sealed_at}, short(head.hash))
        for head in heads
    ]  # fmt: skip
    return {"columns": [{"title": _("分桶")}, num(_("分录")), num(pgettext("count", "批次")), {"title": _("最近封批")},
                        {"title": _("链头")}], "rows": rows}  # fmt: skip


def days_table(days: Any) -> Shown:
    rows = [
        row({"text": day.book}, {"kind": "code", "text": day.business_day.isoformat()},
            count(day.buckets), count(day.batches), short(day.hash))
        for day in days
    ]  # fmt: skip
    return {"columns": [{"title": _("账簿")}, {"title": _("最近日终")}, num(_("分桶数")),
                        num(pgettext("count", "批次")), {"title": _("日终链头")}], "rows": rows}  # fmt: skip


def checks_table(runs: list[BooksCheck]) -> Shown:
    rows = [
        row({"kind": "time", "at": run.asked_at}, {"text": run.asked_by.name}, outcome(run),
            count(run.transfers if run.finished_at else None),
            count(run.audit_entries if run.finished_at else None),
            {"text": _("；").join(run.problems) or None})
        for run in runs
    ]  # fmt: skip
    return {"columns": [{"title": _("开始")}, {"title": _("经办")}, {"title": _("结果")}, num(_("分录")),
                        num(_("审计记录")), {"title": _("问题")}], "rows": rows}  # fmt: skip


def outcome(run: BooksCheck) -> Shown:
    """What a check found."""
    if run.finished_at is None:
        return {"kind": "badge", "text": _("验证中"), "tone": "waiting"}
    if run.ok is None:
        return {"kind": "badge", "text": _("未完成"), "tone": "neutral"}
    return {"kind": "badge", "text": _("一致") if run.ok else _("有改动"),
            "tone": "ok" if run.ok else "bad"}  # fmt: skip


def row(*cells: Shown) -> Shown:
    return {"cells": list(cells)}


def num(title: str) -> Shown:
    return {"title": title, "kind": "num"}


def count(number: int | None) -> Shown:
    return {"kind": "num", "text": None if number is None else f"{number:,}"}


def short(text: str) -> Shown:
    return {"kind": "code", "text": text[:HASH_SHOWN] + "…"}
