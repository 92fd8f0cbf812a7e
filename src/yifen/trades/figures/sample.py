"""Figures' part of the demo's world: three reports that finance shares, one of them made every morning."""

import json
from typing import Any

from yifen.core.facts.sqlfiles import queries
from yifen.hub.sample import Sample
from yifen.trades.figures.asking import ReportAsk, held

OWNER_LOGIN = "clearing"
_SQL = queries(__package__)
REPORTS = (
    (
        "各小区收费率（本采暖年度）",
        ReportAsk(
            ("biller", "community"),
            ("bills", "asked", "settled", "owing", "rate"),
            period="this_season",
            sort="owing",
            chart="bar",
        ),
        ("institution_admin", "supervisor", "auditor"),
    ),
    (
        "各渠道每日实收（本月）",
        ReportAsk(("channel",), ("collected",), column="day", chart="none"),
        ("supervisor",),
    ),
    (
        "欠费账龄",
        ReportAsk(("biller", "age"), ("bills", "owing"), period="this_season", chart="bar"),
        (),
    ),
)


def prepare(sample: Sample) -> None:
    """As if he had kept them himself."""
    from django.db import connection

    with connection.cursor() as cursor:
        for place, (title, ask, roles) in enumerate(REPORTS):
            given: dict[str, Any] = {
                "login": OWNER_LOGIN,
                "title": title,
                "ask": json.dumps(held(ask).data(), default=str),
                "roles": list(roles),
                "now": sample.registry.now,
                "daily": place == 0,
            }
            cursor.execute(_SQL["sample"], given)
