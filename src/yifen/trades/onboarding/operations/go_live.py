"""Go-live 上线: a passed conformance run, a key, and a second person; then the door opens (H6)."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from yifen.core.access.authorise import ask, consume, decide
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller, Partner, PartnerKey
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.models import ConformanceRun

ACTION = "partners.go_live"


class AdmissionStep(NamedTuple):
    """One step of a partner's way in; `needed` is false for one that does not concern it."""

    name: str
    done: bool
    needed: bool = True


def is_hosted(partner: Partner) -> bool:
    """A biller without a system of its own: there is nothing to certify."""
    return Biller.objects.filter(pk=partner.pk, endpoint="").exists()


def has_key(partner: Partner, now: datetime) -> bool:
    rows = PartnerKey.objects.filter(partner=partner, valid_from__lte=now)
    return any(row.valid_until is None or row.valid_until > now for row in rows)


def passed_run(partner: Partner) -> ConformanceRun | None:
    """The newest finished run of the partner's sandbox, if it passed."""
    runs = ConformanceRun.objects.filter(partner__sandbox_of=partner, ended_at__isnull=False)
    newest = runs.order_by("-began_at").first()
    return newest if newest and newest.ok else None


def steps(partner: Partner, now: datetime) -> list[AdmissionStep]:
    """The way in, in order."""
    twin = Partner.objects.filter(sandbox_of=partner).first()
    hosted = is_hosted(partner)
    return [
        AdmissionStep("registered", True),
        AdmissionStep("sandbox_key", twin is not None and has_key(twin, now), not hosted),
        AdmissionStep("certified", passed_run(partner) is not None, not hosted),
        AdmissionStep("key", has_key(partner, now)),
        AdmissionStep("live", partner.live_at is not None),
    ]


def missing(partner: Partner, now: datetime) -> list[str]:
    """Names of the steps without which the partner cannot go live."""
    return [s.name for s in steps(partner, now) if s.needed and not s.done and s.name != "live"]


def open_request(partner: Partner) -> Authorisation | None:
    """The question whether the partner may go live, while nobody decided."""
    return Authorisation.objects.filter(
        action=ACTION, subject_key=partner.code, decided_at__isnull=True
    ).first()


@transaction.atomic
def request_go_live(access: Access, partner: Partner, now: datetime) -> Authorisation:
    """The maker asks. Refused: OUT_OF_SCOPE, ALREADY_LIVE, NOT_READY_FOR_LIVE (what is missing)."""
    _check(access, partner, now)
    assert access.user is not None
    return ask(ACTION, partner.code, access.user, now)


@transaction.atomic
def decide_go_live(access: Access, partner: Partner, granted: bool, now: datetime) -> bool:
    """The checker decides; yes lets the partner in at once. Refused: OUT_OF_SCOPE, ALREADY_LIVE,
    NOT_READY_FOR_LIVE, AUTHORISATION_INVALID (nobody asked), CHECKER_IS_MAKER."""
    _check(access, partner, now)
    asked = open_request(partner)
    if asked is None:
        raise Refused(Code.AUTHORISATION_INVALID)
    decided = decide(asked, access, granted, now)
    if granted:
        consume(decided, ACTION, partner.code, now)
        partner.suspended, partner.live_at = False, now
        partner.save(update_fields=["suspended", "live_at"])
    return granted


def _check(access: Access, partner: Partner, now: datetime) -> None:
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    if partner.live_at is not None:
        raise Refused(OnboardingCode.ALREADY_LIVE)
    if partner.sandbox_of_id is not None:  # open from the start, and never real
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE, "", partner.code)
    if lacking := missing(partner, now):
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE, "", ", ".join(lacking))
