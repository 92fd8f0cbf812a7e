"""Doors of partners: shut at once by one person, opened again by two; and admissions 准入 (X2)."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.audit.record import act
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners import operations
from yifen.core.partners.models import Admission, Biller, Channel, Partner
from yifen.hub.payments import traffic_queries
from yifen.trades.onboarding.codes import OnboardingCode

RESUME, ADMIT = "partners.resume", "partners.admit"
STOPPED, ADMITTED = Text("已停止", "Stopped"), Text("准入", "Admitted")
SHUT, LIVE = Text("已停用", "Shut"), Text("已上线", "Live")
STATE = Text("状态", "State")


def undecided(partner: Partner) -> int:
    """Payments of the partner whose outcome is not known yet."""
    with connection.cursor() as cursor:
        return traffic_queries.undecided(cursor, [partner.pk]).payments


@transaction.atomic
def shut(access: Access, partner: Partner, reason: str, now: datetime) -> int:
    """Out at once, until two people let it in again; answers how many of its payments are undecided.
    Refused: OUT_OF_SCOPE, REASON_MISSING, INPUT_INVALID (it is shut already, or was never open)."""
    partner = _locked(access, partner)
    reason = needed(reason)
    if partner.suspended or partner.is_arriving:
        raise Refused(Code.INPUT_INVALID, "partner")
    partner.suspended = True
    partner.live_at = partner.live_at or now  # it was open: it is not on its way in again
    partner.save(update_fields=["suspended", "live_at"])
    left = undecided(partner)
    act(connection, "shut", "partner", partner.code, after={"undecided": left}, note=reason)
    return left


@transaction.atomic
def resume(access: Access, partner: Partner, now: datetime) -> Authorisation:
    """Ask to let a partner in again that was shut. Refused: OUT_OF_SCOPE, NOT_READY_FOR_LIVE (it was never
    let in), and as `view_resume` and `second.propose` refuse."""
    partner = _locked(access, partner)
    content = {"rows": {"partner": {"id": partner.pk, "suspended": False}}}
    return second.propose(access, RESUME, partner.code, content, now, partner=partner)


def view_resume(content: dict[str, Any]) -> list[Change]:
    """Refused: NOT_READY_FOR_LIVE (it was never let in), ALREADY_LIVE, INSTITUTION_CLOSED."""
    partner = Partner.objects.get(pk=content["rows"]["partner"]["id"])
    if partner.live_at is None:
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE)
    if not partner.suspended:
        raise Refused(OnboardingCode.ALREADY_LIVE)
    partner.institution.check_open()
    return [Change("suspended", STATE, SHUT, LIVE)]


def put_resume(content: dict[str, Any], decision: Decision) -> None:
    """Open again, as it was."""
    Partner.objects.filter(pk=content["rows"]["partner"]["id"]).update(suspended=False)


@transaction.atomic
def admit(access: Access, channel: Partner, biller: Partner, now: datetime) -> Authorisation | None:
    """准入: this channel is to collect for this biller; None: it does at once, for neither is live. Refused:
    OUT_OF_SCOPE, INPUT_INVALID (these are not a channel and a biller; sandbox and real never meet), and
    as `second.propose` refuses."""
    if not access.scope.has_partner(biller.pk):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    _check_pair(channel, biller)
    Biller.objects.select_for_update().get(pk=biller.pk)
    row = {"channel_id": channel.pk, "biller_id": biller.pk, "active": True}
    content = {"rows": {"admission": row}}
    if channel.is_arriving and biller.is_arriving:
        _put_admission(row)
        return None
    subject = f"{channel.code} {biller.code}"
    return second.propose(access, ADMIT, subject, content, now, partner=biller)


def view_admit(content: dict[str, Any]) -> list[Change]:
    """Who will collect for whom. Refused: INPUT_INVALID (it does already)."""
    row = content["rows"]["admission"]
    channel = Partner.objects.get(pk=row["channel_id"])
    biller = Partner.objects.get(pk=row["biller_id"])
    there = operations.find_admission(channel, biller)
    if there is not None and there.active:
        raise Refused(Code.INPUT_INVALID, "channel", f"{channel.code} → {biller.code}")
    return [
        Change("channel", Text("渠道", "Channel"), str(channel), str(channel)),
        Change("biller", Text("收费单位", "Biller"), str(biller), str(biller)),
        Change("active", STATE, STOPPED if there else None, ADMITTED),
    ]


def put_admit(content: dict[str, Any], decision: Decision) -> None:
    """It may collect from now on."""
    _put_admission(content["rows"]["admission"])


def _put_admission(row: dict[str, Any]) -> None:
    channel, biller = row["channel_id"], row["biller_id"]
    there = Admission.objects.filter(channel=channel, biller=biller)
    if not there.update(active=True):
        operations.admit(Channel.objects.get(pk=channel), Biller.objects.get(pk=biller))


@transaction.atomic
def stop(access: Access, channel: Partner, biller: Partner, reason: str) -> int:
    """The channel collects for the biller no longer, at once; answers how many of the channel's payments
    are undecided. Refused: OUT_OF_SCOPE, REASON_MISSING, INPUT_INVALID (it did not collect)."""
    if not access.scope.has_partner(biller.pk):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    reason = needed(reason)
    if not Admission.objects.filter(channel=channel.pk, biller=biller.pk, active=True).update(active=False):
        raise Refused(Code.INPUT_INVALID, "channel", f"{channel.code} → {biller.code}")
    left = undecided(channel)
    act(connection, "shut", "admission", f"{channel.code} {biller.code}",
        after={"undecided": left}, note=reason)  # fmt: skip
    return left


def _locked(access: Access, partner: Partner) -> Partner:
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    return Partner.objects.select_for_update().get(pk=partner.pk)


def _check_pair(channel: Partner, biller: Partner) -> None:
    is_pair = (Channel.objects.filter(pk=channel.pk).exists()
               and Biller.objects.filter(pk=biller.pk).exists())  # fmt: skip
    if not is_pair:
        raise Refused(Code.INPUT_INVALID, "channel", f"{channel.code} → {biller.code}")
    if (channel.book_id == SANDBOX_BOOK_ID) != (biller.book_id == SANDBOX_BOOK_ID):
        raise Refused(Code.INPUT_INVALID, "channel", Bilingual("沙箱与正式不能相连", "a sandbox and a live one"))
