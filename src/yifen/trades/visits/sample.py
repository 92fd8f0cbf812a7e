"""Visits of the demo's world: at doors of the heating company, most of them given to its field worker."""

from yifen.core.facts.sqlfiles import queries
from yifen.hub.sample import Sample

_SQL = queries(__package__)
BILLER, LOGIN = "HEAT01", "field"
KINDS = {"check": ("报停户：看是否仍在用热，拍阀门和铅封", 0), "inspect": ("巡检：核对面积、散热器", 2),
         "collect": ("上门收费：采暖费逾期", -1)}  # fmt: skip
EVERY, MOST = 7, 70


def prepare(sample: Sample) -> None:
    """Where the company has customers."""
    from django.db import connection

    asked = {"biller": sample.partners[BILLER].pk, "login": LOGIN, "today": sample.day, "now": sample.registry.now,
             "kinds": list(KINDS), "whys": [why for why, _ in KINDS.values()],
             "days": [days for _, days in KINDS.values()], "every": EVERY, "most": MOST}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL["sample_ask"], asked)
        cursor.execute(_SQL["sample_given"], asked)


