"""Scanned papers of a mandate: the three-party agreement, the holder's document; kept sealed, told to the trail."""

from datetime import datetime
from hashlib import sha256

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.corebank.operations import Connection
from yifen.trades.mandates import rules
from yifen.trades.mandates.codes import MandateCode

WHAT = ("agreement", "document", "other")
_SQL = queries(__package__)


def add(conn: Connection, ring: KeyRing, access: Access, number: str, what: str, body: bytes, now: datetime) -> None:
    """Refused: MANDATE_PAPER_WRONG, MANDATE_PAPER_THERE, PERMISSION_MISSING."""
    kind = rules.scan_kind(body)
    if kind is None or len(body) > rules.SCAN_BYTES_MAX or what not in WHAT:
        raise Refused(MandateCode.MANDATE_PAPER_WRONG, "file")
    digest = sha256(body)
    sealed = ring.seal(body, context(digest.hexdigest()))
    given = (access.session, number, what, kind, digest.digest(), len(body), sealed, now)
    row = conn.execute(_SQL["add_paper"], given).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "file")


def opened(conn: Connection, ring: KeyRing, number: str, paper_id: int) -> tuple[str, bytes] | None:
    """Its kind and bytes; None: there is none."""
    row = conn.execute(_SQL["paper"], (number, paper_id)).fetchone()
    return (row[0], ring.open(bytes(row[1]), context(row[2]))) if row else None


def context(digest: str) -> str:
    """To what it is sealed, as the plug has it: its own digest, so that none stands in another's place."""
    return f"mandate_paper:{digest}"
