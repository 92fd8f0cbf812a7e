"""A partner's file read for its page: how it stands, the runs that compared it, the figures as they are told."""

from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words as said
from yifen.face.plain import plain_connection
from yifen.face.rested import RestedMoney
from yifen.trades.reconciliation.filing import UploadedFile
from yifen.trades.reconciliation.pages import words
from yifen.trades.reconciliation.withdrawing import UNDONE, FileEffects, MovedItem

SHOWN_MAX = 200
_SQL = queries(__package__)
Shown = dict[str, Any]


class FileStanding(NamedTuple):
    """How a file stands. `state`: counting, replaced (by `by`), waiting (for two people), withdrawn (by `maker` and
    `checker`)."""

    state: str
    by: str | None
    received_at: datetime
    received_by: str
    maker: str | None
    checker: str | None
    withdrawn_at: datetime | None
    reason: str | None


class FileRun(NamedTuple):
    """A run that compared it; `void_at`: since then it is none."""

    run_id: int
    started_at: datetime
    matched_count: int
    matched_fen: int
    void_at: datetime | None


def standing(file_id: int) -> FileStanding:
    """Of a file that there is."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["file_standing"], {"file": file_id}).fetchone()
    assert row is not None
    return FileStanding(*row)


def of_run(run_id: int) -> list[tuple[int, str, int]]:
    """Number, name and version of each file that a run compared."""
    with plain_connection() as conn:
        return list(conn.execute(_SQL["run_files"], (run_id,)))


def runs(file: UploadedFile) -> Shown:
    """A table of the newest ones."""
    with plain_connection() as conn:
        found = [FileRun(*row) for row in conn.execute(_SQL["file_runs"], (file.partner_id, file.file_id, SHOWN_MAX))]
    rows = [
        {"cells": [
            {"kind": "code", "text": str(run.run_id), "url": reverse("reconciliation", args=[run.run_id])},
            {"kind": "time", "at": run.started_at}, {"kind": "num", "text": f"{run.matched_count:,}"},
            {"kind": "amount", "fen": run.matched_fen},
            {"kind": "badge", "text": _("已作废") if run.void_at else pgettext("run", "有效"),
             "tone": "neutral" if run.void_at else "ok"},
        ]}
        for run in found
    ]  # fmt: skip
    heads = [{"title": _("编号")}, {"title": _("开始时间")}, {"title": _("勾对笔数"), "kind": "num"},
             {"title": _("勾对金额（元）"), "kind": "amount"}, {"title": _("情形")}]  # fmt: skip
    return {"columns": heads, "rows": rows}


def undone(found: FileEffects) -> Shown:
    """What a withdrawal closes or makes void."""
    rows = [{"cells": [{"text": told(UNDONE[u.what])}, {"kind": "num", "text": f"{u.number:,}"},
                       {"kind": "amount", "fen": u.fen}]} for u in found.undone]  # fmt: skip
    return {"columns": [{"title": _("事项")}, {"title": _("笔数"), "kind": "num"},
                        {"title": _("金额（元）"), "kind": "amount"}], "rows": rows}  # fmt: skip


def moved(items: list[MovedItem]) -> Shown:
    """Differences by which money moved, the first ones, with what still stands on suspense."""
    rows = [
        {"cells": [
            {"kind": "code", "text": str(item.item_id), "url": reverse("difference", args=[item.item_id])},
            {"text": said.word(words.CLASSES, item.kind)}, {"kind": "code", "text": item.serial},
            {"text": said.word(words.ACTIONS, item.action)},
            {"kind": "badge", "text": _("已动账"), "tone": "bad"} if item.standing == "moved" else
            {"kind": "badge", "text": _("处理中"), "tone": "waiting"},
            {"kind": "amount", "fen": item.fen}, {"kind": "amount", "fen": item.suspense_fen or None},
            {"kind": "code", "text": str(item.payment_id) if item.payment_id else None,
             "url": reverse("payment", args=[item.payment_id]) if item.payment_id else ""},
        ]}
        for item in items[:SHOWN_MAX]
    ]  # fmt: skip
    heads = [{"title": title} for title in (_("编号"), _("差异类别"), _("流水号"), _("处理"), _("情形"))]
    heads += [{"title": _("金额（元）"), "kind": "amount"}, {"title": _("仍挂账（元）"), "kind": "amount"}]
    heads.append({"title": pgettext("one", "缴费")})
    return {"columns": heads, "rows": rows, "more": max(len(items) - SHOWN_MAX, 0)}


def money(found: list[RestedMoney]) -> Shown:
    """What other trades moved."""
    rows = [{"cells": [{"text": told(one.kind)}, {"kind": "code", "text": one.name,
                        "url": reverse(one.route, args=[one.number]) if one.route else ""},
                       {"kind": "amount", "fen": one.amount_fen}]} for one in found[:SHOWN_MAX]]  # fmt: skip
    return {"columns": [{"title": _("事项")}, {"title": _("编号")}, {"title": _("金额（元）"), "kind": "amount"}],
            "rows": rows, "more": max(len(found) - SHOWN_MAX, 0)}  # fmt: skip
