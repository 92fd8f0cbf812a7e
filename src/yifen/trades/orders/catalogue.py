"""Whom a payer may pay on our pages: cities, categories, billers, and through which channel."""

from typing import NamedTuple

from django.db.models import QuerySet

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Admission, Biller, Hosted


class Source(NamedTuple):
    """A biller, and the hosted channel that collects for it."""

    biller_id: int
    channel_id: int
    channel: str  # partner code
    payment_fen_max: int | None
    is_oldest_first: bool  # the hub refuses a bill before older ones


def billers() -> QuerySet[Biller]:
    """Those that a hosted payer channel is admitted to; never a sandbox."""
    admitted = Admission.objects.filter(
        active=True, channel__hosted=Hosted.PAYER, channel__partner__suspended=False
    )
    return (
        Biller.objects.filter(pk__in=admitted.values("biller_id"), partner__suspended=False,
                              partner__sandbox_of=None)
        .select_related("partner__institution")
        .order_by("partner__name")
    )  # fmt: skip


def biller(code: str) -> Biller:
    """Refused: BILLER_UNKNOWN, also for one that is not to be paid here."""
    found = billers().filter(partner__code=code).first()
    if found is None:
        raise Refused(Code.BILLER_UNKNOWN)
    return found


def source(code: str) -> Source:
    """The biller and its channel; of several the first. Refused: BILLER_UNKNOWN."""
    row = (
        Admission.objects.filter(
            active=True, biller__in=billers().filter(partner__code=code).order_by(),
            channel__hosted=Hosted.PAYER, channel__partner__suspended=False,
        )
        .select_related("channel__partner", "channel__bounds", "biller")
        .order_by("channel_id")
        .first()
    )  # fmt: skip
    if row is None:
        raise Refused(Code.BILLER_UNKNOWN)
    channel = row.channel
    return Source(row.biller_id, channel.pk, channel.partner.code, channel.bounds.payment_fen_max,
                  row.biller.oldest_first and not row.biller.endpoint)  # fmt: skip


def cities() -> list[str]:
    """Where there is something to pay; billers without a city are everywhere."""
    return list(
        billers().exclude(city="").order_by("city").values_list("city", flat=True).distinct()
    )


def in_city(city: str) -> QuerySet[Biller]:
    """The billers of a city, and those of everywhere; of all cities for an empty name."""
    return billers().filter(city__in=("", city)) if city else billers()
