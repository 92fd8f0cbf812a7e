"""What keeps a day at the POS door from being one with the acquirers' and the terminals': what people must look at,
sales and undos of which nobody knows yet, and sales of batches that no terminal has settled. That each sale is its
payment, and that an acquirer signed it, `verify` proves."""

from datetime import date
from typing import Any

import psycopg

from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.hub.gaps import DayGap, days_en, days_zh

_SQL = queries(__package__)
WORDS = {
    "open": Text("POS 差错待处理", "POS exceptions to be seen to"),
    "unexplained": Text("POS 交易结果未知或撤销未完", "POS sales not known, or not taken back yet"),
    "not_reconciled": Text("POS 批次未结算", "POS sales of batches that are not settled"),
}


def gaps(conn: psycopg.Connection[Any], book_id: int, day: date) -> list[DayGap]:
    """By biller. As things stand now."""
    rows = conn.execute(_SQL["gaps"], {"book": book_id, "day": day, "zone": str(ZONE)}).fetchall()
    return [
        DayGap(partner_id, partner, reason, count, fen, (day,),
               f"{partner} {days_zh((day,))} {WORDS[reason].zh}（{count:,} 笔）",
               f"{WORDS[reason].en} of {days_en((day,))} on {partner} ({count:,})")
        for partner_id, partner, reason, count, fen in rows
    ]  # fmt: skip
