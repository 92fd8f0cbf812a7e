"""Registering partners: institutions, channels, billers, their keys, accounts and admissions.

Each function is one step of onboarding (H6) and runs in the caller's transaction.
"""

from datetime import datetime, time
from typing import Any

from django.db import connection

from yifen.core.directory.models import Institution
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Admission, Biller, Channel, Partner, PartnerKey
from yifen.core.partners.roster import key_context

_SQL = queries(__package__)
_OPEN_ACCOUNT = _SQL["open_account"]
_OPEN_BOOK = _SQL["open_book"]


def open_account(kind: str, book_id: int, key: str, whose: str) -> int:
    """The ledger account of a kind of the chart, for whom `key` (a partner's code) says; answers its
    id."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ACCOUNT, [kind, book_id, key, whose])
        return int(cursor.fetchone()[0])


def register_partner(
    institution: Institution, book_id: int, code: str, name: str, **fields: Any
) -> Partner:
    """A partner without keys can do nothing; `fields`: xml, json, encoding, unit."""
    return Partner.objects.create(
        institution=institution, book_id=book_id, code=code, name=name, **fields
    )


def make_channel(
    partner: Partner,
    payment_fen_max: int | None = None,
    day_fen_max: int | None = None,
    hours: tuple[time, time] | None = None,
    **fields: Any,
) -> Channel:
    """The channel side, with limits in fen and service hours (opening, closing); `fields`:
    opens_at, closes_at, hosted, kind."""
    if hours is not None:
        fields |= {"opens_at": hours[0], "closes_at": hours[1]}
    return Channel.objects.create(
        partner=partner,
        payment_fen_max=payment_fen_max,
        day_fen_max=day_fen_max,
        **fields,
    )


def make_biller(partner: Partner, category: str, **fields: Any) -> Biller:
    """The biller side and its transit account 过渡账户, which can never go below zero.
    `fields`: quote_ttl_s, endpoint, dialect, timeout_s, calls_max."""
    transit = open_account("transit", partner.book_id, partner.code, partner.name)
    return Biller.objects.create(partner=partner, category=category, transit_id=transit, **fields)


def admit(channel: Channel, biller: Biller) -> Admission:
    """准入: the channel may collect for the biller; its clearing account 清算账户 is in the
    biller's book."""
    clearing = open_account(
        "clearing", biller.partner.book_id, channel.partner.code, channel.partner.name
    )
    return Admission.objects.create(channel=channel, biller=biller, clearing_id=clearing)


def find_admission(channel: Partner, biller: Partner) -> Admission | None:
    """The pair's row, active or not."""
    return Admission.objects.filter(channel=channel.pk, biller=biller.pk).first()


def issue_key(
    ring: KeyRing,
    partner: Partner,
    version: int,
    algorithm: str,
    material: bytes,
    valid_from: datetime,
    valid_until: datetime | None = None,
) -> PartnerKey:
    """Keep one version of a partner's key, sealed: a shared secret, or its public key."""
    return PartnerKey.objects.create(
        partner=partner,
        version=version,
        algorithm=algorithm,
        secret=ring.seal(material, key_context(partner.code, version)),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def open_book(book_id: int, code: str, name: str, cut_off: time, day: str) -> None:
    """A book with its cut-off and its first open business day."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_BOOK, [book_id, code, name, cut_off.isoformat(), day])
