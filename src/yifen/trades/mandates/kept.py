"""A mandate as it is kept, and its row as the functions take it. No Django."""

import base64
import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.hub.corebank import accounts
from yifen.hub.corebank.operations import Connection
from yifen.hub.corebank.port import Signed
from yifen.trades.mandates import rules
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.rules import AccountHolder, SignedTerms, Terms

_SQL = queries(__package__)


class KeptMandate(NamedTuple):
    """A mandate as it is kept."""

    mandate_id: int
    number: str
    biller_id: int
    biller: str
    biller_name: str
    customer: str
    institution_id: int
    core_id: int
    account_sealed: bytes
    account_lookup: str
    account_shown: str
    kind: str
    holder_sealed: bytes
    holder_shown: str
    phone_sealed: bytes
    once_fen: int
    month_fen: int
    batch: bool
    no_feel: bool
    one_tap: bool
    rank: int
    signed_on: date
    from_on: date
    until_on: date | None
    ended_on: date | None
    end_why: str
    replaces: str | None
    replaced_by: str | None
    source: str
    confirmed_at: datetime | None
    stop_hash: bytes
    made_at: datetime
    left_fen: int | None
    today: date
    has_check: bool
    is_changed: bool  # two people changed it since

    @property
    def state(self) -> str:
        """asked, refused, waiting for its first day, in force, ended."""
        if self.ended_on is not None and self.ended_on <= self.today:
            return "refused" if self.end_why == "refused" or self.confirmed_at is None else "ended"
        if self.confirmed_at is None:
            return "asked"
        if self.until_on is not None and self.until_on < self.today:
            return "ended"
        return "waiting" if self.from_on > self.today else "open"

    @property
    def terms(self) -> Terms:
        return Terms(self.once_fen, self.month_fen, self.batch, self.no_feel, self.one_tap, self.rank, self.from_on,
                     self.until_on)  # fmt: skip

    def account_no(self, ring: KeyRing) -> str:
        """Whole: for the core alone. KeyRingError."""
        return ring.open(bytes(self.account_sealed), rules.context(self.number)).decode()

    def holder(self, ring: KeyRing) -> AccountHolder:
        """KeyRingError."""
        name, id_kind, id_no = json.loads(ring.open(bytes(self.holder_sealed), rules.context(self.number)))
        return AccountHolder(name, id_kind, id_no, self.phone(ring))

    def phone(self, ring: KeyRing) -> str:
        """Whole: for carriers alone; "": none."""
        sealed = bytes(self.phone_sealed)
        return ring.open(sealed, rules.context(self.number)).decode() if sealed else ""


def find(conn: Connection, number: str) -> KeptMandate:
    """Refused: MANDATE_UNKNOWN."""
    row = conn.execute(_SQL["mandate"], {"number": number}).fetchone() if rules.NUMBER.fullmatch(number) else None
    if row is None:
        raise Refused(MandateCode.MANDATE_UNKNOWN, "number")
    return KeptMandate(*row)


def of_customer(conn: Connection, biller_id: int, customer: str) -> list[KeptMandate]:
    """All that there are of it, in force first, in the order in which they pay."""
    rows = conn.execute(_SQL["of_customer"], {"biller": biller_id, "customer": customer}).fetchall()
    return [KeptMandate(*row) for row in rows]


def parts(
    ring: KeyRing, number: str, institution_id: int, core_id: int, kind: str, agreement: SignedTerms
) -> dict[str, Any]:
    """A mandate's row as its functions take it: what is secret sealed, base64."""
    context, holder = rules.context(number), agreement.holder
    document = json.dumps([holder.name, holder.id_kind, holder.id_no], ensure_ascii=False)
    phone = base64.b64encode(ring.seal(holder.phone.encode(), context)).decode() if holder.phone else ""
    return terms_of(agreement.terms) | {
        "number": number, "biller_id": agreement.biller_id, "customer": agreement.customer,
        "institution_id": institution_id, "core_id": core_id, "kind": kind,
        "account_sealed": base64.b64encode(ring.seal(agreement.account_no.encode(), context)).decode(),
        "account_lookup": accounts.lookup(ring, agreement.account_no),
        "account_shown": accounts.shown(agreement.account_no),
        "holder_sealed": base64.b64encode(ring.seal(document.encode(), context)).decode(),
        "holder_shown": masked_name(holder.name), "document_shown": f"{holder.id_kind} {masked_number(holder.id_no)}",
        "phone_sealed": phone, "phone_lookup": rules.phone_lookups(ring, holder.phone)[0] if holder.phone else "",
        "phone_shown": masked_number(holder.phone, head=3) if holder.phone else "",
        "stop": sha256(rules.payer_key(ring, number).encode()).hexdigest(),
    }  # fmt: skip


def terms_of(terms: Terms) -> dict[str, Any]:
    return terms._asdict() | {"from_on": terms.from_on and terms.from_on.isoformat(),
                              "until_on": terms.until_on and terms.until_on.isoformat()}  # fmt: skip


def sealed_word(ring: KeyRing, number: str, signed: Signed) -> bytes:
    """The core's word on a mandate as it is kept."""
    return ring.seal(json.dumps(signed).encode(), f"mandate_check:{number}")
