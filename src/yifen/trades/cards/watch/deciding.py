"""What people say to hits, and where they are told of their own."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.cards.codes import CardCode

_SQL = queries(__package__)


def decide(access: Access, hit_id: int, *, was: str, decision: str, note: str, now: datetime) -> None:
    """`was`: what the page showed of it. Refused as cards_hit_v1."""
    with plain_connection() as conn:
        ((code,),) = conn.execute(_SQL["decide"], (access.session, hit_id, was, decision, note, now)).fetchall()
    if code:
        raise Refused(result_code(code), "note")


def set_phone(access: Access, ring: KeyRing, phone: str, now: datetime) -> None:
    """His own; empty: he is told nowhere. Refused: CARD_PHONE_WRONG, PERMISSION_MISSING."""
    if phone and not (len(phone) == 11 and phone.isdecimal() and phone.isascii() and phone.startswith("1")):
        raise Refused(CardCode.CARD_PHONE_WRONG, "phone")
    with plain_connection() as conn:
        ((me,),) = conn.execute(_SQL["me"], (access.session,)).fetchall()
        sealed = ring.seal(phone.encode(), context(me)) if phone else None
        ((code,),) = conn.execute(_SQL["set_phone"], (access.session, sealed, now)).fetchall()
    if code:
        raise Refused(result_code(code), "phone")


def context(person_id: int | None) -> str:
    """What a phone is sealed for; the plug says the same in SQL."""
    return f"card_contact:{person_id}"
