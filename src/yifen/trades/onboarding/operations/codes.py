"""What a biller's own answers mean for the payer's money 收费方返回码: of a live biller, two people say so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, chosen
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller, BillerErrorCode, Partner

ACT = "partners.codes"
Meaning = BillerErrorCode.Meaning


def is_code(code: str) -> bool:
    """As a biller's answer may carry one: 1 to 16 characters that can be seen."""
    return 0 < len(code) <= 16 and code.isprintable()


def meanings_of(partner: Partner) -> dict[str, str]:
    """As they stand, by code: refund_now, hold or booked."""
    rows = BillerErrorCode.objects.filter(biller=partner.pk).order_by("wire_code")
    return dict(rows.values_list("wire_code", "meaning"))


@transaction.atomic
def change(
    access: Access, partner: Partner, meanings: Mapping[str, str], now: datetime
) -> Authorisation | None:
    """All codes of a biller at once: code → refund_now, hold or booked; None: it is so at once, for it is not
    live. Refused: OUT_OF_SCOPE, INPUT_INVALID (no biller; a code that is empty, over 16 characters or not
    printable; another meaning), and as `second.propose` refuses."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    rows = [{"biller_id": partner.pk, "wire_code": code, "meaning": meaning}
            for code, meaning in sorted(meanings.items())]  # fmt: skip
    content = {"partner": partner.pk, "rows": {"biller_error_code": rows}}
    view(content)
    if partner.is_arriving:
        _put(content)
        return None
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Each code that comes, goes or means something else. Refused: INPUT_INVALID."""
    if not Biller.objects.filter(pk=content["partner"]).exists():
        raise Refused(Code.INPUT_INVALID, "partner")
    after = {row["wire_code"]: row["meaning"] for row in content["rows"]["biller_error_code"]}
    for code, meaning in after.items():
        if not is_code(code):
            raise Refused(Code.INPUT_INVALID, "wire_code", code[:16])
        if meaning not in Meaning.values:
            raise Refused(Code.INPUT_INVALID, "meaning", meaning[:16])
    rows = BillerErrorCode.objects.filter(biller=content["partner"])
    before = dict(rows.values_list("wire_code", "meaning"))
    return [Change(code, Text(code, code), said(before.get(code)), said(after.get(code)))
            for code in sorted(before | after) if before.get(code) != after.get(code)]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """From now on."""
    _put(content)


def _put(content: dict[str, Any]) -> None:
    BillerErrorCode.objects.filter(biller=content["partner"]).delete()
    BillerErrorCode.objects.bulk_create(
        BillerErrorCode(**row) for row in content["rows"]["biller_error_code"]
    )


def said(meaning: str | None) -> Text | None:
    """A meaning in words."""
    return None if meaning is None else chosen(Meaning, meaning)
