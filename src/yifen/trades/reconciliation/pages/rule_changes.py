"""Changing how a partner is reconciled: one person asks, another signs, both stand in the trail.

What goes by itself moves money, so no one person decides it (U1).
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yifen.core.access.authorise import consume
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.models import Policy, Profile
from yifen.trades.reconciliation.pages.partners import PartnerSide

ACTION = "reconciliation.rules"
_FIELDS = ("party", "format", "owner", "truth", "cut_off", "slack_min", "fee_ppm", "by_rule",
           "rule_window_min", "by_group", "deadline_days", "file_late_after")  # fmt: skip


def stated(profile: dict[str, Any], policies: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The whole of the rules as plain values."""
    found = {name: profile[name] for name in _FIELDS}
    found = {name: value if isinstance(value, int | bool | None) else str(value)
             for name, value in found.items()}  # fmt: skip
    layout = profile["layout"]
    return found | {"layout": layout.code if layout else None, "policies": policies}


def key_of(side: PartnerSide, rules: dict[str, Any]) -> str:
    """What the second person signs: these rules, and no others, of this partner."""
    text = json.dumps(rules, sort_keys=True, ensure_ascii=False)
    return f"{side.code}:{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def current(side: PartnerSide) -> dict[str, Any] | None:
    """The rules as they stand; None: the defaults."""
    row = Profile.objects.select_related("layout").filter(pk=side.id).first()
    if row is None:
        return None
    policies = {p.difference_class: {"action": p.action, "automatic": p.automatic,
                                     "automatic_fen_max": p.automatic_fen_max}
                for p in row.policies.all()}  # fmt: skip
    return stated({name: getattr(row, name) for name in (*_FIELDS, "layout")}, policies)


@transaction.atomic
def save(
    access: Access, side: PartnerSide, profile: dict[str, Any], policies: dict[str, dict[str, Any]],
    authorisation: Authorisation, now: datetime,
) -> None:  # fmt: skip
    """Put the rules in force. Refused: OUT_OF_SCOPE, AUTHORISATION_INVALID, AUTHORISATION_USED."""
    if not access.scope.has_partner(side.id):
        raise Refused(Code.OUT_OF_SCOPE, "partner", side.code)
    before, after = current(side), stated(profile, policies)
    consume(authorisation, ACTION, key_of(side, after), now)
    row, _made = Profile.objects.update_or_create(partner_id=side.id, defaults=profile)
    row.policies.exclude(difference_class__in=policies).delete()
    for kind, values in policies.items():
        Policy.objects.update_or_create(profile=row, difference_class=kind, defaults=values)
    act(connection, "change", "recon_profile", side.code, before=before, after=after)
