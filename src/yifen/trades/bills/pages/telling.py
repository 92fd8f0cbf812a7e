"""A file of bills as its page and its downloads tell it."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_name
from yifen.core.facts.money import format_yuan
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.face.exports.csv_file import MARK, harmless
from yifen.face.masking import account_shown
from yifen.hub.payments.names import opened_name
from yifen.trades.bills.importing import STANDINGS, Preview

GOOD = ("new", "changed", "same", "withdraw")
Shown = dict[str, Any]


def rows_table(rows: Iterable[tuple[Any, ...]], access: Access, biller_id: int) -> Shown:
    """Bills with what becomes of them."""
    heads = (_("行"), _("户号"), _("户名"), _("账单号"), pgettext("bill", "名称"), _("缴法"))
    return {
        "columns": [*({"title": title} for title in heads), {"title": _("应缴金额（元）"), "kind": "amount"},
                    {"title": _("到期日")}, {"title": pgettext("bill", "处理")}],
        "rows": [{"cells": [
            {"kind": "code", "text": str(line_no)},
            {"kind": "code", "text": account_shown(access, account_no)},
            {"text": masked_name(opened_name(key_ring(), biller_id, account_no, name))},
            {"kind": "code", "text": ref}, {"text": title},
            {"text": words.word(words.PAYABLE_MODES, mode)},
            {"kind": "amount", "fen": None if withdraw else due_fen},
            {"kind": "code", "text": due_on.isoformat() if due_on else None},
            {"kind": "badge", "text": told(STANDINGS[standing]),
             "tone": "neutral" if standing in GOOD else "bad"},
        ]} for line_no, account_no, name, ref, title, withdraw, mode, due_fen, due_on, standing in rows],
    }  # fmt: skip


def standings_table(seen: Preview) -> Shown:
    """How many rows of each kind, and their sum."""
    return {
        "columns": [{"title": pgettext("bill", "处理")}, {"title": _("行数"), "kind": "num"},
                    {"title": _("应缴金额（元）"), "kind": "amount"}],
        "rows": [{"cells": [{"text": told(STANDINGS[name])}, {"kind": "num", "text": f"{count:,}"},
                            {"kind": "amount", "fen": fen}]}
                 for name, (count, fen) in seen.standings.items()],
    }  # fmt: skip


def compared_table(rows: int, due_fen: int, before: tuple[str, int, int] | None) -> Shown:
    """With the biller's file that was agreed to last."""
    name, old_rows, old_fen = before or (None, 0, 0)
    return {
        "columns": [{"title": ""}, {"title": _("行数"), "kind": "num"},
                    {"title": _("应缴合计（元）"), "kind": "amount"}],
        "rows": [
            {"cells": [{"text": title}, {"kind": "num", "text": f"{count:{sign},}"},
                       {"kind": "amount", "fen": fen}]}
            for title, count, fen, sign in (
                (pgettext("bill", "本次"), rows, due_fen, ""), (_("上次 %s") % name, old_rows, old_fen, ""),
                (_("相差"), rows - old_rows, due_fen - old_fen, "+"),
            )
        ] if name else [],
    }  # fmt: skip


def refused_csv(rows: Iterable[tuple[Any, ...]], biller_id: int) -> bytes:
    """Rows that the database refused, with the reason."""
    text = StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow((_("行"), _("户号"), _("户名"), _("账单号"), pgettext("bill", "名称"), _("应缴金额"), _("原因")))
    for line_no, account_no, name, ref, title, _withdraw, _mode, due_fen, _due_on, standing in rows:
        whole = opened_name(key_ring(), biller_id, account_no, name)
        cells = (account_no, whole, ref, title, format_yuan(due_fen), told(STANDINGS[standing]))
        lines.writerow((line_no, *map(harmless, cells)))
    return MARK + text.getvalue().encode("utf-8", "replace")
