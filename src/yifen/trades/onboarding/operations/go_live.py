"""Go-live 上线: of who has a system of its own a passed conformance run and a key; a second person, who
sees all that one person made alone; then the door opens (H6, X2)."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from yifen.core.access import edge, second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Admission, Biller, Channel, Partner, PartnerKey
from yifen.core.plugs import called, plugs
from yifen.face.partners import side_of
from yifen.face.scope import buckets
from yifen.hub.certify.whole import is_whole
from yifen.hub.payments.remote.ways import is_by_trade
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.fields import TITLES, told
from yifen.trades.onboarding.models import ConformanceRun
from yifen.trades.onboarding.operations.codes import meanings_of, said
from yifen.trades.onboarding.operations.keys import fingerprint_of
from yifen.trades.onboarding.tested import keys_in_force, spoken, stands_for, tested_of

ACT = "partners.go_live"
UNITS = {"fen": Text("分", "fen"), "yuan": Text("元", "yuan")}
_SQL = queries(__package__)
_ACCOUNT, _CALLED, _BILLED = _SQL["account"], _SQL["called"], _SQL["billed"]
STEP_WORDS = {  # of the steps, in a refusal
    "registered": ("登记", "registration"), "sandbox_key": ("沙箱密钥", "sandbox key"),
    "endpoint": ("沙箱地址", "sandbox address"), "tried": ("首笔沙箱请求", "first request in the sandbox"),
    "certified": ("一致性测试", "conformance test"), "key": ("正式密钥", "live key"), "bills": ("导入账单", "bills"),
    "admitted": ("准入", "admission"),
}  # fmt: skip


class AdmissionStep(NamedTuple):
    """One step of a partner's way in; `needed` is false for one that does not concern it, `gates` for one
    without which it can go live."""

    name: str
    done: bool
    needed: bool = True
    gates: bool = True


def is_hosted(partner: Partner) -> bool:
    """A biller without a system of its own: there is nothing to certify."""
    return Biller.objects.filter(pk=partner.pk, endpoint="").exists()


def is_asked_otherwise(partner: Partner) -> bool:
    """A biller that a trade asks in its own way: it speaks no messages that could be certified."""
    biller = Biller.objects.filter(pk=partner.pk).first()
    return biller is not None and is_by_trade(biller.endpoint)


def is_own(partner: Partner) -> bool:
    """A channel of ours, desk or payers' pages: it sends no messages."""
    return Channel.objects.filter(pk=partner.pk).exclude(hosted="").exists()


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


def passed_run(partner: Partner, now: datetime | None = None) -> ConformanceRun | None:
    """The newest finished run of the partner's sandbox, if every clause passed with the keys, address
    and dialect of today."""
    return None if why_not(partner, now or edge.now()) else newest_run(partner)


def steps(partner: Partner, now: datetime) -> list[AdmissionStep]:
    """The way in, in order. Who was let in once has done all that goes before; a channel that was judged has
    sent a request, though it may be kept no longer."""
    twin = Partner.objects.filter(sandbox_of=partner).first()
    live, hosted = partner.live_at is not None, is_hosted(partner)
    tried = not (hosted or is_own(partner) or is_asked_otherwise(partner))
    is_channel = Channel.objects.filter(pk=partner.pk).exists()
    passed = live or (tried and passed_run(partner, now) is not None)
    return [
        AdmissionStep("registered", True),
        AdmissionStep("sandbox_key", live or (twin is not None and has_key(twin, now)), tried),
        AdmissionStep("endpoint", passed or has_endpoint(twin), tried and not is_channel, gates=False),
        AdmissionStep("tried", passed or newest_run(partner) is not None or has_called(twin), tried and is_channel,
                      gates=False),
        AdmissionStep("certified", passed, tried),
        AdmissionStep("key", live or has_key(partner, now), tried),
        AdmissionStep("bills", hosted and has_bills(partner), hosted, gates=False),
        AdmissionStep("admitted", is_admitted(partner), gates=False),
        AdmissionStep("live", live),
    ]


def has_endpoint(twin: Partner | None) -> bool:
    """Is it known where the biller's test system is?"""
    return twin is not None and Biller.objects.filter(pk=twin.pk).exclude(endpoint="").exists()


def has_called(twin: Partner | None) -> bool:
    """Did a signed request of the channel come into its sandbox?"""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [twin.pk if twin is not None else 0])
        return bool(cursor.fetchone()[0])


def has_bills(partner: Partner) -> bool:
    """Is there anything yet that its payers could pay?"""
    with connection.cursor() as cursor:
        cursor.execute(_BILLED, [buckets(), partner.pk])
        return bool(cursor.fetchone()[0])


def is_admitted(partner: Partner) -> bool:
    """Does it collect for one, or does one collect for it?"""
    return Admission.objects.filter(Q(channel=partner.pk) | Q(biller=partner.pk), active=True).exists()


def missing(partner: Partner, now: datetime) -> list[str]:
    """Names of the steps without which the partner cannot go live."""
    return [s.name for s in steps(partner, now) if s.needed and s.gates and not s.done and s.name != "live"]


@transaction.atomic
def propose(access: Access, partner: Partner, now: datetime) -> Authorisation:
    """The maker asks. Refused: OUT_OF_SCOPE, ALREADY_LIVE, NOT_READY_FOR_LIVE (what is missing), and as
    `second.propose` refuses."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    _check(partner, now)
    content = {"rows": {"partner": {"id": partner.pk, "suspended": False}}}
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """That it opens, and everything with which it opens. Refused: ALREADY_LIVE, INSTITUTION_CLOSED."""
    partner = Partner.objects.get(pk=content["rows"]["partner"]["id"])
    if partner.live_at is not None:
        raise Refused(OnboardingCode.ALREADY_LIVE)
    partner.institution.check_open()
    stays = (Change(field, title, value, value) for field, title, value in _opened(partner))
    return [Change("state", Text("状态", "State"), Text("接入中", "Arriving"), Text("已上线", "Live")), *stays,
            *(line for plug in plugs() for name in plug.opened for line in called(name)(partner.pk))]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """In from now on. Refused: ALREADY_LIVE, NOT_READY_FOR_LIVE, PROPOSAL_CHANGED (by one who wrote while
    this was decided)."""
    partner = Partner.objects.select_for_update().get(pk=content["rows"]["partner"]["id"])
    _check(partner, decision.now)
    row = Authorisation.objects.get(pk=decision.proposal)
    if second.digest_now(row) != bytes(row.shown or b""):
        raise Refused(Code.PROPOSAL_CHANGED)
    partner.suspended, partner.live_at = False, decision.now
    partner.save(update_fields=["suspended", "live_at"])


def _opened(partner: Partner) -> list[tuple[str, Text, Said]]:
    """All that counts once the door is open: field, title, value."""
    dialects = [name for name in ("json", "xml") if getattr(partner, name)]
    found: list[tuple[str, Text, Said]] = [
        ("dialects", Text("报文方式", "Dialect"),
         Text(*(" · ".join([*(name.upper() for name in dialects), partner.encoding, unit])
                for unit in UNITS[partner.unit]))),
    ]  # fmt: skip
    side = side_of(partner)
    fields = ((field, title) for field, title in TITLES.items() if field not in ("name", "wire_log"))
    found += [(field, title, told(field, getattr(side, field))) for field, title in fields
              if hasattr(side, field)]  # fmt: skip
    if isinstance(side, Biller):
        found.append(("transit_id", Text("过渡账户", "Transit account"), _account(side.transit_id)))
        found += [(f"code_{code}", Text(f"收费方返回码 {code}", f"Biller's code {code}"),
                   said(meaning)) for code, meaning in meanings_of(partner).items()]  # fmt: skip
    for key in PartnerKey.objects.filter(partner=partner).order_by("version"):
        name = f"{partner.code}:{key.version}"
        until = f" – {localtime(key.valid_until):%Y-%m-%d %H:%M}" if key.valid_until else ""
        found.append((name, Text(f"密钥 {name}", f"Key {name}"),
                      f"{key.algorithm} {fingerprint_of(key)}{until}"))  # fmt: skip
    pairs = Admission.objects.filter(Q(channel=partner.pk) | Q(biller=partner.pk), active=True)
    for pair in pairs.select_related("channel__partner", "biller__partner").order_by("pk"):
        name = f"{pair.channel.partner.code} → {pair.biller.partner.code}"
        found.append((name, Text("准入", "Admission"), f"{name} · {_account(pair.clearing_id)}"))
    return found


def _account(account_id: int) -> str:
    """The number by which people know a ledger account."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, [account_id])
        return str(cursor.fetchone()[0])


def _check(partner: Partner, now: datetime) -> None:
    if partner.live_at is not None:
        raise Refused(OnboardingCode.ALREADY_LIVE)
    if partner.sandbox_of_id is not None:  # open from the start, and never real
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE, "", partner.code)
    if lacking := missing(partner, now):
        zh, en = zip(*(STEP_WORDS[name] for name in lacking), strict=True)
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE, "", Bilingual("、".join(zh), ", ".join(en)))
