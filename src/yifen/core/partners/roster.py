"""The roster: partners, keys and billers as the gateway holds them in memory, read-only.

Limits, hours, admissions and outages are not here: the SQL functions read those in the same
transaction that books the money, so a change counts at once.
"""

from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import structlog
from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.own_keys import OwnKeys
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.table import Unit

log = structlog.get_logger()
_SQL = queries(__package__)
VERSION_SQL = _SQL["version"]
PARTNERS_SQL = _SQL["partners"]
KEYS_SQL = _SQL["keys"]
BILLERS_SQL = _SQL["billers"]
SHARED_SECRETS = frozenset({"sha1", "hmac-sha256"})


class Pair(NamedTuple):
    """With which we sign to a partner, and with which it proves what it answers."""

    ours: Key
    theirs: Key


class RosterPartner(Struct, frozen=True):
    """Who speaks to us, and in which dialects."""

    id: int
    code: str
    name: str
    book_id: int
    suspended: bool
    xml: bool
    json: bool
    encoding: str
    unit: Unit
    is_channel: bool
    wire_log: str  # all | faults | none: which of its messages are kept
    hosted: bool = False  # a channel that runs here


class RosterBiller(Struct, frozen=True):
    """A biller as the verbs need it; `endpoint` is empty for one that is hosted here."""

    id: int
    code: str
    quote_ttl_s: int | None
    endpoint: str
    dialect: str
    timeout_s: int
    calls_max: int
    meanings: dict[str, str]  # its own code → refund_now | hold | booked


class DatedKey(Struct, frozen=True):
    """A key and when it counts."""

    key: Key
    valid_from: datetime
    valid_until: datetime | None

    def counts(self, now: datetime) -> bool:
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


class Roster(Struct, frozen=True, dict=True):
    """One version of all of it; replaced whole when the master data change. `sha1`: may anybody sign
    by it (YIFEN_SHA1)?"""

    version: int
    partners: dict[str, RosterPartner]
    keys: dict[tuple[str, int], DatedKey]
    billers: dict[str, RosterBiller]
    billers_by_id: dict[int, RosterBiller]
    sha1: bool = True

    @cached_property
    def _keys_of(self) -> dict[str, list[DatedKey]]:
        """Asked with every reply in JSON: nobody looks through the keys of all others."""
        found = defaultdict(list)
        for (code, _), dated in self.keys.items():
            found[code].append(dated)
        return found

    def known(self, code: str) -> RosterPartner:
        """WireFault: PARTNER_UNKNOWN."""
        partner = self.partners.get(code)
        if partner is None:
            raise WireFault(Code.PARTNER_UNKNOWN, "partner", code)
        return partner

    def partner(self, code: str, dialect: str) -> RosterPartner:
        """One who may speak. WireFault: PARTNER_UNKNOWN, PARTNER_SUSPENDED, DIALECT_NOT_ALLOWED."""
        partner = self.known(code)
        if partner.suspended:
            raise WireFault(Code.PARTNER_SUSPENDED, "partner", code)
        if not (partner.xml if dialect == "xml" else partner.json):
            raise WireFault(Code.DIALECT_NOT_ALLOWED, "partner", f"{code} {dialect}")
        return partner

    def key(self, code: str, version: int, dialect: str, now: datetime) -> Key:
        """WireFault: KEY_UNKNOWN for a version that is not there, not valid now, or not for this
        dialect (SHA-1 secrets serve XML alone, and XML nothing else)."""
        dated = self.keys.get((code, version))
        if dated is None or not dated.counts(now):
            raise WireFault(Code.KEY_UNKNOWN, "key_version", str(version))
        if (dated.key.algorithm == "sha1") != (dialect == "xml"):
            raise WireFault(Code.KEY_UNKNOWN, "key_version", f"{version} is not for {dialect}")
        return dated.key

    def signing_key(self, code: str, dialect: str, now: datetime) -> Key | None:
        """The newest valid shared secret with which we sign to this partner, or None."""
        found = [
            dated.key
            for dated in self._keys_of.get(code, ())
            if dated.counts(now) and dated.key.algorithm == ("sha1" if dialect == "xml" else "hmac-sha256")
        ]
        return max(found, key=lambda key: key.version, default=None)

    def pair(self, code: str, dialect: str, own: OwnKeys, now: datetime) -> Pair | None:
        """For calls of ours: the newest valid key for this dialect, twice when it is a shared secret,
        else beside our own; None: there is none, or SHA-1 is switched off."""
        if dialect == "xml" and not self.sha1:
            return None
        found = [
            dated.key
            for dated in self._keys_of.get(code, ())
            if dated.counts(now) and (dated.key.algorithm == "sha1") == (dialect == "xml")
        ]
        key = max(found, key=lambda key: key.version, default=None)
        return pair_of(key, own) if key is not None else None


def key_context(code: str, version: int) -> str:
    """What a sealed key is bound to."""
    return f"partner_key:{code}:{version}"


def key_of(ring: KeyRing, code: str, version: int, algorithm: Any, sealed: bytes) -> Key:
    """A partner's key out of its row."""
    material = ring.open(sealed, key_context(code, version))
    part = "secret" if algorithm in SHARED_SECRETS else "public"
    return Key(partner=code, version=version, algorithm=algorithm, **{part: material})


def pair_of(key: Key, own: OwnKeys) -> Pair:
    """A shared secret twice, else our own key beside the partner's public one."""
    return Pair(key if key.algorithm in SHARED_SECRETS else own.beside(key.algorithm), key)


def _keys(rows: list[tuple[Any, ...]], ring: KeyRing) -> dict[tuple[str, int], DatedKey]:
    """One that cannot be read is its partner's trouble and no other's: it is as if it were not there.
    ValueError: none can be, so the ring is a wrong one."""
    found, fault = {}, None
    for code, version, algorithm, sealed, valid_from, valid_until in rows:
        try:
            key = key_of(ring, code, version, algorithm, bytes(sealed))
        except ValueError as error:
            log.error("a partner's key cannot be read", partner=code, version=version, why=str(error))
            fault = error
        else:
            found[code, version] = DatedKey(key, valid_from, valid_until)
    if fault is not None and not found:
        raise fault
    return found


def build_roster(
    version: int,
    partners: list[tuple[Any, ...]],
    keys: list[tuple[Any, ...]],
    billers: list[tuple[Any, ...]],
    ring: KeyRing,
    sha1: bool = True,
) -> Roster:
    """Out of the rows of the four statements above."""
    found = [
        RosterBiller(id_, code, ttl, endpoint, dialect, timeout, calls, dict(meanings or ()))
        for code, id_, ttl, endpoint, dialect, timeout, calls, meanings in billers
    ]
    return Roster(
        version,
        {row[1]: RosterPartner(*row) for row in partners},
        _keys(keys, ring),
        {biller.code: biller for biller in found},
        {biller.id: biller for biller in found},
        sha1,
    )
