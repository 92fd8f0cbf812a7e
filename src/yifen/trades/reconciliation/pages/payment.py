"""What each other side's file says of a payment, for its page."""

from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.face import words
from yifen.trades.reconciliation.chargebacks import carrying
from yifen.trades.reconciliation.pages.chargebacks_list import STATES
from yifen.trades.reconciliation.pages.words import CHECK_STATES, OUTSIDE
from yifen.trades.reconciliation.repair.queries import outside_of_payment, who_has_it
from yifen.trades.reconciliation.undecided import find


def facts(conn: psycopg.Connection[Any], payment_id: int) -> list[dict[str, Any]]:
    """A badge for each side, and where two people decide what its biller never did."""
    says = {holding.party: holding.has for holding in who_has_it(conn, payment_id)}
    outside = outside_of_payment(conn, payment_id)
    found = [
        {"title": _("与渠道对账"), **words.badge(CHECK_STATES, says["channel"])},
        {"title": _("与收费方对账"), **words.badge(CHECK_STATES, says["biller"])},
    ]
    if outside is not None:
        found.append({"title": _("付款人退款"), **words.badge(OUTSIDE, "done" if outside.closed_at else "due")})
    found += chargebacks(conn, payment_id)
    undecided = find(conn, payment_id)
    if undecided is not None and undecided.ends:
        found.append({"title": _("未决，已日切"), "text": _("由两人定论"),
                      "url": reverse("undecided_payment", args=[payment_id])})  # fmt: skip
    return found


def chargebacks(conn: psycopg.Connection[Any], payment_id: int) -> list[dict[str, Any]]:
    """The newest chargeback of it, or where one is proposed."""
    url = reverse("payment_chargebacks", args=[payment_id])
    found, rows = carrying.find(conn, payment_id), carrying.of_payment(conn, payment_id)
    if rows:
        word = "outside" if rows[0].is_due else rows[0].state
        return [{"title": _("退单"), "text": str(STATES[word][0]), "url": url}]
    may = found is not None and found.payer_state == "taken"
    return [{"title": _("退单"), "text": _("由两人办理"), "url": url}] if may else []
