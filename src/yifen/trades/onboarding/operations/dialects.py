"""Another dialect 报文方式: from XML + SHA-1 to JSON, or back, with its keys, as one change.

The new keys are made ready first and serve nothing while their dialect is shut. Then all changes in
one transaction: which dialects are open, how the biller is called, and the end of the keys of what is
shut. Until then the old ones count; from then on only the new ones do. Of a live partner a second
person decides, on what he was shown; a sandbox changes at once.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from yifen.core.access.authorise import ask, consume, decide
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.models import Biller, Channel, Partner, PartnerKey
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.operations import keys
from yifen.trades.onboarding.operations.go_live import is_hosted, newest_run, whole
from yifen.trades.onboarding.tested import DIALECTS, form_of, key_row, spoken, tested_of

ACTION = "partners.dialect"
ENCODINGS, UNITS = ("UTF-8", "GB18030"), ("fen", "yuan")


class Move(NamedTuple):
    """To which dialects; `encoding` and `unit` concern XML. `versions`: of the keys that will count."""

    dialects: tuple[str, ...]
    encoding: str
    unit: str
    versions: tuple[int, ...] = ()

    def subject(self, partner: Partner) -> str:
        """The change in words: what is asked for, and what the decider says that he saw."""
        parts = ("+".join(self.dialects), self.encoding, self.unit, "+".join(map(str, self.versions)))
        return ":".join((partner.code, *parts))

    @classmethod
    def of(cls, subject: str) -> "Move":
        _, dialects, encoding, unit, versions = subject.split(":")
        return cls(tuple(dialects.split("+")), encoding, unit, tuple(map(int, versions.split("+"))))


def prepare_key(
    ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime
) -> tuple[PartnerKey, str]:
    """A key of a dialect that the partner does not speak yet; as `keys.issue`. Refused: KEY_INVALID."""
    return keys.next_version(ring, partner, algorithm, public, now, unspoken(partner))


def unspoken(partner: Partner) -> tuple[str, ...]:
    """Algorithms of the dialects that are shut to it."""
    return keys.algorithms(*(name for name in DIALECTS if name not in spoken(partner)))


def open_request(partner: Partner) -> Authorisation | None:
    """The change that waits for a second person."""
    found = Authorisation.objects.filter(action=ACTION, decided_at__isnull=True)
    return found.filter(subject_key__startswith=f"{partner.code}:").first()


@transaction.atomic
def request_move(access: Access, partner: Partner, move: Move, now: datetime) -> bool:
    """Asks for it, of a live partner; True: it is done, for it is not live. Refused: OUT_OF_SCOPE,
    INPUT_INVALID, SHA1_SWITCHED_OFF, DIALECT_NOT_READY (which key is missing; `certified`: its sandbox
    did not pass in that dialect), CHANGE_WAITS (another one does)."""
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    found = _checked(access, partner, move, now)
    if partner.live_at is None:
        _apply(partner, found, now)
        return True
    waiting = open_request(partner)
    if waiting is not None and waiting.subject_key != found.subject(partner):
        raise Refused(OnboardingCode.CHANGE_WAITS, "dialects")
    assert access.user is not None
    ask(ACTION, found.subject(partner), access.user, now)
    return False


@transaction.atomic
def decide_move(access: Access, partner: Partner, granted: bool, seen: str, now: datetime) -> bool:
    """The checker decides on what he was shown, `seen`; yes changes all at once. Refused: OUT_OF_SCOPE,
    AUTHORISATION_INVALID (nobody asked, or it is not what he saw, or other keys count meanwhile),
    CHECKER_IS_MAKER, and what `request_move` says."""
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    asked = open_request(partner)
    if asked is None or asked.subject_key != seen:
        raise Refused(Code.AUTHORISATION_INVALID)
    if not granted:
        decide(asked, access, granted, now)
        return False
    move = _checked(access, partner, Move.of(seen), now)
    if move.subject(partner) != seen:
        raise Refused(Code.AUTHORISATION_INVALID)
    consume(decide(asked, access, granted, now), ACTION, seen, now)
    _apply(partner, move, now)
    return True


def _checked(access: Access, partner: Partner, move: Move, now: datetime) -> Move:
    """The move with the keys that would count."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    biller = Biller.objects.filter(pk=partner.pk).first()
    most = 1 if biller is not None else len(DIALECTS)
    known = set(move.dialects) <= set(DIALECTS) and 0 < len(set(move.dialects)) <= most
    if not known or Channel.objects.filter(pk=partner.pk).exclude(hosted="").exists():
        raise Refused(Code.INPUT_INVALID, "dialects")
    if move.encoding not in ENCODINGS or move.unit not in UNITS:
        raise Refused(Code.INPUT_INVALID, "encoding")
    if "xml" in move.dialects and not settings.YIFEN_SHA1:
        raise Refused(Code.SHA1_SWITCHED_OFF, "dialects")
    rows = {name: key_row(partner, name, now) for name in sorted(set(move.dialects))}
    if missing := [name for name, row in rows.items() if row is None]:
        raise Refused(OnboardingCode.DIALECT_NOT_READY, "dialects", f"key: {', '.join(missing)}")
    if partner.live_at is not None and not is_hosted(partner):
        _check_tested(partner, move, now)
    versions = tuple(row.version for row in rows.values() if row is not None)
    return move._replace(dialects=tuple(rows), versions=versions)


def _check_tested(partner: Partner, move: Move, now: datetime) -> None:
    """Its sandbox, where it has one, passed every clause in the form that is asked for."""
    if not Partner.objects.filter(sandbox_of=partner).exists():
        return
    run = newest_run(partner)
    fits = run is not None and whole(run) and run.tested == tested_of(run.partner, now)
    if not (fits and run and run.tested["form"] == form_of(move.dialects, move.encoding, move.unit)):
        raise Refused(OnboardingCode.DIALECT_NOT_READY, "dialects", "certified")


def _apply(partner: Partner, move: Move, now: datetime) -> None:
    """All of it; the keys of a dialect that is shut end now."""
    before = _said(partner)
    partner.xml, partner.json = "xml" in move.dialects, "json" in move.dialects
    partner.encoding, partner.unit = move.encoding, move.unit
    partner.save(update_fields=["xml", "json", "encoding", "unit"])
    Biller.objects.filter(pk=partner.pk).update(dialect=move.dialects[0])
    rows = PartnerKey.objects.filter(partner=partner)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=now))
    if not partner.xml:
        rows.filter(algorithm="sha1").update(valid_until=now)
    if not partner.json:
        rows.exclude(algorithm="sha1").update(valid_until=now)
    act(connection, "dialect", "partner", partner.code, before=before,
        after=_said(partner) | {"keys": list(move.versions)})  # fmt: skip


def _said(partner: Partner) -> dict[str, object]:
    return {"dialects": list(spoken(partner)), "encoding": partner.encoding, "unit": partner.unit}
