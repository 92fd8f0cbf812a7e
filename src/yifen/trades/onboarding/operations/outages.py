"""Outages 停机: a biller answers nothing from … until …; query and charge are refused (H9)."""

from datetime import datetime, timedelta

from django.db import transaction

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller, Outage
from yifen.trades.onboarding.codes import OnboardingCode

LONGEST = timedelta(days=366)


@transaction.atomic
def announce(
    access: Access, biller: Biller, starts_at: datetime, ends_at: datetime, reason: str,
    now: datetime,
) -> Outage:  # fmt: skip
    """Refused: OUT_OF_SCOPE, OUTAGE_INVALID (ends before it starts, is over already, or is longer than any
    outage), REASON_MISSING, TEXT_TOO_LONG."""
    if not access.scope.has_partner(biller.pk):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if ends_at <= max(starts_at, now):
        raise Refused(OnboardingCode.OUTAGE_INVALID, "ends_at")
    if ends_at - starts_at > LONGEST:
        raise Refused(OnboardingCode.OUTAGE_INVALID, "ends_at", f"≤ {LONGEST.days} d")
    return Outage.objects.create(
        biller=biller, starts_at=starts_at, ends_at=ends_at, reason=needed(reason)
    )


@transaction.atomic
def end(access: Access, outage: Outage, now: datetime) -> None:
    """Over, from now on; one that has not begun is called off. Refused: OUT_OF_SCOPE,
    OUTAGE_INVALID (over already)."""
    if not access.scope.has_partner(outage.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "outage")
    if outage.ends_at <= now:
        raise Refused(OnboardingCode.OUTAGE_INVALID)
    if outage.starts_at >= now:
        outage.delete()
        return
    outage.ends_at = now
    outage.save(update_fields=["ends_at"])
