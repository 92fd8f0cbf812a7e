"""Conformance runs from the console: of a biller's sandbox endpoint, or of what a channel did in
its sandbox. A run is a job, for a page may not say that one was passed; its row says how it stands."""

import time
from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import connection, transaction
from msgspec import to_builtins

from yifen.core.access import edge
from yifen.core.access.models import User
from yifen.core.audit.record import act
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.jobs.defer import defer
from yifen.core.jobs.standing import JobStanding, standing
from yifen.core.partners.models import Biller, Channel, Partner
from yifen.core.partners.own_keys import own_keys
from yifen.core.partners.roster import key_of, pair_of
from yifen.core.ring import key_ring
from yifen.hub.certify import channel
from yifen.hub.certify.biller import certify
from yifen.hub.certify.http_line import HttpLine
from yifen.hub.certify.record import ChannelExchange, ChannelTerms
from yifen.hub.certify.report import Report, members
from yifen.hub.certify.target import Target, Timing
from yifen.hub.payments.wirelog import exchanges_of, unproved_since
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.models import ConformanceRun
from yifen.trades.onboarding.sandbox import open_sandbox
from yifen.trades.onboarding.tested import key_row, keys_in_force, spoken, tested_of

TASK = "onboarding.certify"


def going_on(twin: Partner) -> JobStanding | None:
    """How the run that has not ended yet stands. One that has no job any more is over."""
    run = ConformanceRun.objects.filter(partner=twin, ended_at__isnull=True).first()
    if run is None:
        return None
    job = standing(TASK, run_id=run.pk)
    if job is JobStanding.GONE:
        given_up(run.pk)
        return None
    return job


@transaction.atomic
def start_biller_run(
    ring: KeyRing, twin: Partner, account_no: str, asked_by: User, now: datetime
) -> ConformanceRun:
    """Begin a run against the sandbox endpoint. Refused: CERTIFYING, NOTHING_TO_CERTIFY."""
    target_of(ring, twin, account_no, now)
    run = _begin(twin, asked_by, now)
    defer(TASK, run_id=run.pk, account_no=account_no)
    return run


@transaction.atomic
def start_channel_run(twin: Partner, asked_by: User, now: datetime) -> ConformanceRun:
    """Have judged what the channel provedly did in its sandbox since its keys of today. Refused: CERTIFYING,
    NOTHING_TO_CERTIFY (it did nothing)."""
    open_sandbox(twin, now.astimezone(ZONE).date())  # a version before gave it fewer accounts
    if not _proved_of(twin, now):
        raise Refused(OnboardingCode.NOTHING_TO_CERTIFY)
    run = _begin(twin, asked_by, now)
    defer(TASK, run_id=run.pk, account_no="")
    return run


def _judged(twin: Partner, now: datetime) -> Report:
    keys = keys_in_force(twin, now)
    terms = ChannelTerms(channel=twin.code, dialects=spoken(twin), encoding=twin.encoding)
    unproved = unproved_since(connection, twin.pk, min(key.since for key in keys.values()))
    return channel.certify(_proved_of(twin, now), terms, now, unproved)


def _proved_of(twin: Partner, now: datetime) -> list[ChannelExchange]:
    keys = keys_in_force(twin, now)
    return [sent for sent in exchanges_of(connection, twin.pk)
            if sent.dialect in keys and sent.at >= keys[sent.dialect].since]  # fmt: skip


def target_of(ring: KeyRing, twin: Partner, account_no: str, now: datetime) -> Target:
    """Whom to call, and with which secret. Refused: NOTHING_TO_CERTIFY."""
    biller = Biller.objects.filter(pk=twin.pk).exclude(endpoint="").first()
    dialect = biller.dialect if biller else "xml"
    row = key_row(twin, dialect, now)
    if biller is None or row is None or not account_no:
        raise Refused(OnboardingCode.NOTHING_TO_CERTIFY)
    key = key_of(ring, twin.code, row.version, row.algorithm, bytes(row.secret))
    ours, theirs = pair_of(key, own_keys(ring))
    return Target(
        url=biller.endpoint, partner=twin.code, dialect=dialect, key=ours, reply_key=theirs,  # type: ignore[arg-type]
        account_no=account_no,
        encoding=twin.encoding.lower(), unit=twin.unit, timeout_s=biller.timeout_s,  # type: ignore[arg-type]
    )  # fmt: skip


@transaction.atomic
def _begin(twin: Partner, asked_by: User, now: datetime) -> ConformanceRun:
    Partner.objects.select_for_update().get(pk=twin.pk)
    if going_on(twin):
        raise Refused(OnboardingCode.CERTIFYING)
    run = ConformanceRun.objects.create(
        partner=twin, asked_by=asked_by, began_at=now, tested=tested_of(twin, now)
    )
    act(connection, "certify", "conformance_run", run.pk, after={"partner": twin.code})
    return run


def run(ending: Callable[[], bool], run_id: int, account_no: str) -> None:
    """The job."""
    found, now = ConformanceRun.objects.select_related("partner").get(pk=run_id), edge.now()
    if found.tested != tested_of(found.partner, now):  # changed since it was asked for
        _close(run_id, now, ok=False, fault="changed")
    elif Channel.objects.filter(pk=found.partner_id).exists():
        _end(run_id, _judged(found.partner, now), now)
    else:
        _run(run_id, target_of(key_ring(), found.partner, account_no, now))


def given_up(run_id: int, **_arguments: str) -> None:
    """Its worker died, or it could not begin."""
    _close(run_id, edge.now(), ok=False, fault="interrupted")


def _run(run_id: int, target: Target) -> None:
    """Whatever happens, the row says so."""
    timing = Timing(edge.now, time.monotonic, time.sleep)
    try:
        report = certify(target, HttpLine(), timing, token_hex(8), lambda *_: None)
        _end(run_id, report, edge.now())
    except Exception as error:  # its text may quote what partners are not to see
        _close(run_id, edge.now(), ok=False, fault=type(error).__name__)
        raise


def _end(run_id: int, report: Report, now: datetime) -> None:
    found: dict[str, Any] = to_builtins(members(report))
    _close(run_id, now, ok=report.ok, report=found)


@transaction.atomic
def _close(run_id: int, now: datetime, *, ok: bool, **found: Any) -> None:
    under_way = ConformanceRun.objects.filter(pk=run_id, ended_at__isnull=True)
    if under_way.update(ended_at=now, ok=ok, **found):
        act(connection, "certified", "conformance_run", run_id, after={"ok": ok})
