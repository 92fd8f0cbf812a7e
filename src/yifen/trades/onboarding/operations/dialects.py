"""Another dialect 报文方式: from XML + SHA-1 to JSON, or back, with its keys, as one change (X2).

The new keys are made ready first and serve nothing while their dialect is shut. Then all changes in
one transaction: which dialects are open, how the biller is called, and the end of the keys of what is
shut. Until then the old ones count; from then on only the new ones do. Of a live partner a second
person decides.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from yifen.core.access import edge, second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.audit.record import act
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.models import Biller, Channel, Partner, PartnerKey
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.operations import keys
from yifen.trades.onboarding.operations.go_live import is_hosted, newest_run, whole
from yifen.trades.onboarding.tested import DIALECTS, form_of, key_row, spoken, tested_of

ACT = "partners.dialect"
KEYS_CHANGED = Bilingual("密钥已变", "its keys changed")
NOT_TESTED = Bilingual("未按此报文方式通过一致性测试", "the conformance test was not passed in it")
ENCODINGS, UNITS = ("UTF-8", "GB18030"), ("fen", "yuan")
UNIT_TEXTS = {"fen": Text("分", "fen"), "yuan": Text("元", "yuan")}


class Move(NamedTuple):
    """To which dialects; `encoding` and `unit` concern XML."""

    dialects: tuple[str, ...]
    encoding: str
    unit: str


def prepare_key(
    access: Access, ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime
) -> keys.Issued:
    """A key of a dialect that the partner does not speak yet; refused as `keys.issue` refuses."""
    return keys.issue(access, ring, partner, algorithm, public, now, unspoken(partner))


def unspoken(partner: Partner) -> tuple[str, ...]:
    """Algorithms of the dialects that are shut to it."""
    return keys.algorithms(*(name for name in DIALECTS if name not in spoken(partner)))


@transaction.atomic
def change(access: Access, partner: Partner, move: Move, now: datetime) -> Authorisation | None:
    """Another dialect; None: it is so at once, for the partner is not live. Refused: OUT_OF_SCOPE,
    INPUT_INVALID, SHA1_SWITCHED_OFF, DIALECT_NOT_READY (which key is missing; `certified`: its sandbox
    did not pass in that dialect), and as `second.propose` refuses."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    _check(partner, move)
    content = _content(partner, move, _keys(partner, move, now), now)
    if partner.is_arriving:
        _put(content, now)
        return None
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Dialects, form, the keys that will count and those that end. Refused as `change` refuses; other
    keys than those proposed: DIALECT_NOT_READY."""
    [row], now = content["rows"]["partner"], edge.now()
    partner = Partner.objects.get(pk=row["id"])
    move = Move(tuple(content["dialects"]), row["encoding"], row["unit"])
    _check(partner, move)
    counts = _keys(partner, move, now)
    if [key.version for key in counts] != content["versions"]:
        raise Refused(OnboardingCode.DIALECT_NOT_READY, "dialects", KEYS_CHANGED)
    ends = PartnerKey.objects.filter(pk__in=[key["id"] for key in content["rows"]["partner_key"]])
    return [
        Change("dialects", Text("报文方式", "Dialect"), _words(spoken(partner)), _words(move.dialects)),
        Change("encoding", Text("编码", "Encoding"), partner.encoding, move.encoding),
        Change("unit", Text("金额单位", "Unit of amounts"), UNIT_TEXTS[partner.unit], UNIT_TEXTS[move.unit]),
        *(Change(f"key_{key.version}", Text("启用密钥", "Key that counts"), None,
                 f"{_named(partner, key)} {keys.fingerprint_of(key)}") for key in counts),
        *(Change(f"ends_{key.version}", Text("停用密钥", "Key that ends"), _named(partner, key), None)
          for key in ends.order_by("version")),
    ]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """All of it, from the decision on."""
    _put(content, decision.now)


def _check(partner: Partner, move: Move) -> None:
    biller = Biller.objects.filter(pk=partner.pk).first()
    most = 1 if biller is not None else len(DIALECTS)
    known = set(move.dialects) <= set(DIALECTS) and 0 < len(set(move.dialects)) <= most
    if not known or Channel.objects.filter(pk=partner.pk).exclude(hosted="").exists():
        raise Refused(Code.INPUT_INVALID, "dialects")
    if move.encoding not in ENCODINGS or move.unit not in UNITS:
        raise Refused(Code.INPUT_INVALID, "encoding")
    if "xml" in move.dialects and not settings.YIFEN_SHA1:
        raise Refused(Code.SHA1_SWITCHED_OFF, "dialects")
    if partner.live_at is not None and not is_hosted(partner):
        _check_tested(partner, move, edge.now())


def _check_tested(partner: Partner, move: Move, now: datetime) -> None:
    """Its sandbox, where it has one, passed every clause in the form that is asked for."""
    if not Partner.objects.filter(sandbox_of=partner).exists():
        return
    run = newest_run(partner)
    fits = run is not None and whole(run) and run.tested == tested_of(run.partner, now)
    if not (fits and run and run.tested["form"] == form_of(move.dialects, move.encoding, move.unit)):
        raise Refused(OnboardingCode.DIALECT_NOT_READY, "dialects", NOT_TESTED)


def _keys(partner: Partner, move: Move, now: datetime) -> list[PartnerKey]:
    """The key that will count of each dialect, in order of the dialects' names."""
    rows = {name: key_row(partner, name, now) for name in sorted(set(move.dialects))}
    if missing := [name for name, row in rows.items() if row is None]:
        said = Bilingual("缺少密钥：{0}", "no key: {0}", ", ".join(missing))
        raise Refused(OnboardingCode.DIALECT_NOT_READY, "dialects", said)
    return [row for row in rows.values() if row is not None]


def _content(
    partner: Partner, move: Move, counts: list[PartnerKey], now: datetime
) -> dict[str, Any]:
    dialects = sorted(set(move.dialects))
    ends = PartnerKey.objects.filter(partner=partner).filter(Q(valid_until=None) | Q(valid_until__gt=now))
    shut = [name for name in DIALECTS if name not in dialects]
    gone = [key.pk for key in ends if ("xml" if key.algorithm == "sha1" else "json") in shut]
    is_biller = Biller.objects.filter(pk=partner.pk).exists()
    return {"rows": {
        "partner": [{"id": partner.pk, "xml": "xml" in dialects, "json": "json" in dialects,
                     "encoding": move.encoding, "unit": move.unit}],
        "biller": [{"partner_id": partner.pk, "dialect": dialects[0]}] if is_biller else [],
        "partner_key": [{"id": pk} for pk in sorted(gone)],
    }, "dialects": dialects, "versions": [key.version for key in counts]}  # fmt: skip


def _put(content: dict[str, Any], now: datetime) -> None:
    rows = content["rows"]
    partner = Partner.objects.select_for_update().get(pk=rows["partner"][0]["id"])
    before = _said(partner)
    fields = {name: value for name, value in rows["partner"][0].items() if name != "id"}
    Partner.objects.filter(pk=partner.pk).update(**fields)
    for row in rows["biller"]:
        Biller.objects.filter(pk=row["partner_id"]).update(dialect=row["dialect"])
    PartnerKey.objects.filter(pk__in=[row["id"] for row in rows["partner_key"]]).update(valid_until=now)
    partner.refresh_from_db()
    act(connection, "dialect", "partner", partner.code, before=before,
        after=_said(partner) | {"keys": content["versions"]})  # fmt: skip


def _said(partner: Partner) -> dict[str, object]:
    return {"dialects": list(spoken(partner)), "encoding": partner.encoding, "unit": partner.unit}


def _words(dialects: tuple[str, ...]) -> str:
    return " · ".join(name.upper() for name in sorted(dialects))


def _named(partner: Partner, key: PartnerKey) -> str:
    return f"{partner.code}:{key.version} {key.algorithm}"
