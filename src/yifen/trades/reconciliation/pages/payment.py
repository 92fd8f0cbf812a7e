"""What each other side's file says of a payment, for its page."""

from typing import Any

import psycopg
from django.utils.translation import gettext as _

from yifen.face import words
from yifen.trades.reconciliation.pages.words import CHECK_STATES
from yifen.trades.reconciliation.repair.queries import who_has_it


def facts(conn: psycopg.Connection[Any], payment_id: int) -> list[dict[str, Any]]:
    """A badge for each side."""
    says = {holding.party: holding.has for holding in who_has_it(conn, payment_id)}
    return [
        {"title": _("与渠道对账"), **words.badge(CHECK_STATES, says["channel"])},
        {"title": _("与收费方对账"), **words.badge(CHECK_STATES, says["biller"])},
    ]
