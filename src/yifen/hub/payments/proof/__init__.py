"""How `verify` reads the stories that tables of the hub tell about money: what can be worked out from
the sealed ledger is compared with it, the rest makes a seal that stands there, or in the trail."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs
from yifen.hub.payments.proof.files import files_altered
from yifen.hub.payments.proof.named import names_altered
from yifen.hub.payments.proof.sealed import charges_altered
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in (
    "payments_told", "returns_told", "returns_sealed", "charge_serials", "return_serials",
    "told_batches", "payables_due", "payables_withdrawn", "claims_told", "events_last",
    "events_of_returns", "biller_codes", "messages_kept", "numbers_go_on",
))  # fmt: skip

_PAYABLES, _SPENT = _SQL["payables_told"], _SQL["spent_of"]


def _spent() -> str:
    """What was spent of balances, as the plugs name it."""
    return " ".join(_SPENT.format(table=table) for plug in plugs() for table in plug.spent)


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Payments, returns, serials, payables, payers' names and daily files that are not what they were."""
    found = charges_altered(conn)
    for check in (_PAYABLES.format(spent=_spent()), *_CHECKS):
        found += problems(conn, check)
    return found + names_altered(conn) + files_altered(conn)
