"""The sandbox 沙箱: a book of its own, a biller to try with, and a twin for every partner."""

from datetime import date

from django.db import connection

from yifen.core.access.sealing import ring
from yifen.core.directory.models import Institution
from yifen.core.directory.queries import ancestors
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.sandbox import (
    LATE_ACCOUNT,
    SANDBOX_BOOK_ID,
    VAGUE_ACCOUNT,
)
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners import operations
from yifen.core.partners.models import Biller, Channel, Partner, WireLogKeeping
from yifen.hub.payments.names import sealed_name

_SQL = queries(__package__)
_BUCKETS, _OWE, _OPEN = _SQL["bucket_count"], _SQL["trial_bills"], _SQL["open_sandbox"]
TRIAL_BILLER = "TRIAL"
TRIAL_ACCOUNTS = ("1001", "1002", "1003", LATE_ACCOUNT, VAGUE_ACCOUNT)
TRIAL_NAME = "张三"
NAME_MAX, SUFFIX = 100, "（沙箱）"


def open_sandbox(owner: Partner, day: date) -> Biller:
    """The sandbox's book and the hosted biller of all trial payments; made once, and what is missing
    of its accounts is added. `owner`: whose institution they hang on."""
    top = Institution.objects.select_for_update().get(pk=ancestors(owner.institution_id)[-1])
    found = Biller.objects.filter(partner__code=TRIAL_BILLER, partner__book_id=SANDBOX_BOOK_ID).first()
    if found is not None:
        take_in_trial_payables(found)
        return found
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [day])
    partner = operations.register_partner(
        top, SANDBOX_BOOK_ID, TRIAL_BILLER, "沙箱收费单位", xml=True, json=True, wire_log=WireLogKeeping.ALL
    )
    biller = operations.make_biller(partner, "water", city="沙箱")
    take_in_trial_payables(biller)
    return biller


def take_in_trial_payables(biller: Biller) -> None:
    """Accounts that always owe something; one that is there stays as it is, and a version before knew
    fewer."""
    for account in TRIAL_ACCOUNTS:
        bucket = account_bucket(biller.pk, account, buckets())
        with connection.cursor() as cursor:
            name = sealed_name(ring(), biller.pk, account, TRIAL_NAME)
            cursor.execute(_OWE, [bucket, biller.pk, account, name])


def buckets() -> int:
    """Into how many buckets this database's money is split."""
    with connection.cursor() as cursor:
        cursor.execute(_BUCKETS)
        return int(cursor.fetchone()[0])


def make_twin(partner: Partner, day: date) -> Partner:
    """The partner's own sandbox: same side and dialects, all messages kept, nothing real. A
    channel's twin may pay the trial biller; a biller's gets its endpoint and keys like the real."""
    trial = open_sandbox(partner, day)
    name = f"{partner.name[: NAME_MAX - len(SUFFIX)]}{SUFFIX}"
    twin = operations.register_partner(
        partner.institution, SANDBOX_BOOK_ID, f"{partner.code}-T", name,
        xml=partner.xml, json=partner.json, encoding=partner.encoding, unit=partner.unit,
        wire_log=WireLogKeeping.ALL, sandbox_of=partner,
    )  # fmt: skip
    channel = Channel.objects.filter(pk=partner.pk).first()
    if channel is not None:
        operations.admit(operations.make_channel(twin, kind=channel.kind), trial)
    else:
        real = Biller.objects.get(pk=partner.pk)
        operations.make_biller(twin, real.category, city=real.city, dialect=real.dialect,
                               timeout_s=real.timeout_s)  # fmt: skip
    return twin
