"""The payer is told of each debit as soon as it is booked, with a link that stops it at once."""

from datetime import datetime

import structlog
from django.conf import settings
from django.urls import reverse

from yifen.core.facts.masking import masked_number
from yifen.core.facts.money import format_yuan
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, Medium
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.notifications.operations import put, send
from yifen.hub.corebank.operations import Connection
from yifen.trades.mandates import rules, singles
from yifen.trades.mandates.kept import KeptMandate, find

KIND = "mandate_debited"
log = structlog.get_logger()
_SQL = queries(__package__)


def tell_all(conn: Connection, ring: KeyRing, now: datetime) -> int:
    """All of which the payer was not told; answers how many. Without a phone, or a carrier, there is nobody to tell."""
    due = [row[0] for row in conn.execute(_SQL["to_notice"]).fetchall()]
    carrier = carrier_of(ring, Medium.SMS) if due else None
    for single_id in due:
        try:
            _tell(conn, ring, carrier, single_id, now)
        except Exception:  # one that cannot be told must not keep its neighbours
            log.exception("a payer was not told of a debit", single=single_id)
    return len(due)


def _tell(conn: Connection, ring: KeyRing, carrier: Carrier | None, single_id: int, now: datetime) -> None:
    one = singles.single(conn, single_id)
    mandate = find(conn, one.number)
    phone = mandate.phone(ring)
    message = templates.message(f"{KIND}/{Medium.SMS}/zh", phone, {
        "biller": one.biller_name[:20], "account": masked_number(one.customer), "bank": mandate.account_shown[-4:],
        "amount": format_yuan(one.amount_fen), "stop_url": stop_url(ring, mandate)}, one.serial)  # fmt: skip
    row = conn.execute(_SQL["noticed"], (single_id, now)).fetchone()  # claimed first: told twice is worse than late
    if not phone or carrier is None or not row or not row[0]:
        return
    send(put(ring, message, carrier, now), message, carrier, now)


def stop_url(ring: KeyRing, mandate: KeptMandate) -> str:
    """The payer's own link: who has it ends the mandate with one touch."""
    key = rules.payer_key(ring, mandate.number, bytes(mandate.stop_hash))
    return str(settings.YIFEN_WEB_ORIGIN) + reverse("mandate_stop", args=[mandate.number, key])
