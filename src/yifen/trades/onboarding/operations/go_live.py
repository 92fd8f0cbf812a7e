"""Go-live 上线: a passed conformance run, a key, and a second person; then the door opens (H6)."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from yifen.core.access.authorise import ask, consume, decide
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller, Partner
from yifen.hub.certify.whole import is_whole
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.models import ConformanceRun
from yifen.trades.onboarding.tested import keys_in_force, spoken, stands_for, tested_of

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
    """One for each dialect that it speaks."""
    return sorted(keys_in_force(partner, now)) == sorted(spoken(partner))


def newest_run(partner: Partner) -> ConformanceRun | None:
    """The last finished one of the partner's sandbox."""
    runs = ConformanceRun.objects.filter(partner__sandbox_of=partner, ended_at__isnull=False)
    return runs.select_related("partner").order_by("-began_at").first()


def whole(run: ConformanceRun) -> bool:
    """Every clause of today's set was run and passed."""
    kind = "biller" if Biller.objects.filter(pk=run.partner_id).exists() else "channel"
    return bool(run.ok) and all(is_whole(run.report, kind, name) for name in spoken(run.partner))


def why_not(partner: Partner, now: datetime) -> str:
    """Why its sandbox's newest run does not let it in: none, not_whole (a clause failed, was not run,
    or was not asked), outdated (made with other keys, another address or dialect); empty: it does."""
    run = newest_run(partner)
    if run is None:
        return "none"
    if not whole(run):
        return "not_whole"
    fresh = run.tested == tested_of(run.partner, now) and stands_for(run.tested, partner, now)
    return "" if fresh else "outdated"


def passed_run(partner: Partner, now: datetime) -> ConformanceRun | None:
    """The newest finished run of the partner's sandbox, if every clause passed with the keys, address
    and dialect of today."""
    return None if why_not(partner, now) else newest_run(partner)


def steps(partner: Partner, now: datetime) -> list[AdmissionStep]:
    """The way in, in order."""
    twin = Partner.objects.filter(sandbox_of=partner).first()
    hosted = is_hosted(partner)
    return [
        AdmissionStep("registered", True),
        AdmissionStep("sandbox_key", twin is not None and has_key(twin, now), not hosted),
        AdmissionStep("certified", passed_run(partner, now) is not None, not hosted),
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
