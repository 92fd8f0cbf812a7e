"""What a conformance run was made of: keys, address, dialect. Another of them, and it proves nothing."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q

from yifen.core.partners.models import Biller, Partner, PartnerKey

DIALECTS = ("xml", "json")
Tested = dict[str, Any]


class KeyInForce(NamedTuple):
    """The newest valid key of a dialect."""

    version: int
    algorithm: str
    since: datetime


def spoken(partner: Partner) -> tuple[str, ...]:
    """In which dialects it talks with us: a biller is called in one."""
    biller = Biller.objects.filter(pk=partner.pk).first()
    if biller is not None:
        return (biller.dialect,)
    return tuple(name for name in DIALECTS if getattr(partner, name))


def key_row(partner: Partner, dialect: str, now: datetime) -> PartnerKey | None:
    """The newest key that counts now for this dialect; none of XML while SHA-1 is switched off."""
    if dialect == "xml" and not settings.YIFEN_SHA1:
        return None
    rows = PartnerKey.objects.filter(partner=partner, valid_from__lte=now)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=now))
    sha1 = rows.filter(algorithm="sha1")
    return (sha1 if dialect == "xml" else rows.exclude(pk__in=sha1)).order_by("-version").first()


def keys_in_force(partner: Partner, now: datetime) -> dict[str, KeyInForce]:
    """Of each dialect that the partner speaks and has a key for."""
    found = {dialect: key_row(partner, dialect, now) for dialect in spoken(partner)}
    return {dialect: KeyInForce(row.version, row.algorithm, row.valid_from)
            for dialect, row in found.items() if row is not None}  # fmt: skip


def form_of(dialects: tuple[str, ...], encoding: str, unit: str) -> list[str]:
    """How messages are written: encoding and unit concern XML alone."""
    return [*sorted(dialects), *([encoding, unit] if "xml" in dialects else [])]


def tested_of(twin: Partner, now: datetime) -> Tested:
    """As it is kept with a run of this sandbox."""
    biller = Biller.objects.filter(pk=twin.pk).first()
    keys = keys_in_force(twin, now)
    return {
        "form": form_of(spoken(twin), twin.encoding, twin.unit),
        "endpoint": biller.endpoint if biller else "",
        "keys": {dialect: [key.version, key.algorithm] for dialect, key in keys.items()},
    }  # fmt: skip


def stands_for(tested: Tested, partner: Partner, now: datetime) -> bool:
    """Does what was tested in the sandbox speak of the partner itself: messages of the same form, and
    keys of the same algorithms where it has them?"""
    if tested.get("form") != form_of(spoken(partner), partner.encoding, partner.unit):
        return False
    keys = tested.get("keys", {})
    return all(keys.get(dialect, [0, ""])[1] == key.algorithm
               for dialect, key in keys_in_force(partner, now).items())  # fmt: skip
