"""What is agreed with a partner 资料: name, limits, hours, endpoint. Of one that is live a second person
decides on all but what one person may change alone (X2)."""

from datetime import datetime, time
from typing import Any

from django.db import DatabaseError, transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.access.walls import alone
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller, Channel, Partner
from yifen.face.partners import side_of
from yifen.hub.payments.remote.ways import is_by_trade
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.fields import TITLES, told
from yifen.trades.onboarding.operations.go_live import passed_run
from yifen.trades.onboarding.operations.register import check_side

ACT = "partners.terms"


@transaction.atomic
def change(
    access: Access, partner: Partner, name: str, options: dict[str, Any], now: datetime, wire_log: str = ""
) -> Authorisation | None:
    """Another name, other messages kept, other limits or another endpoint; None: it is so at once. Refused:
    OUT_OF_SCOPE, INPUT_INVALID, NOT_READY_FOR_LIVE (a hosted biller that is live gets a system of its own, and its
    sandbox has not passed the conformance run, H6), and as `second.propose` refuses."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    check_side(options)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    side = side_of(partner)
    asked = {field: value for field, value in options.items() if getattr(side, field) != value}
    own = {"name": name, "wire_log": wire_log or partner.wire_log}
    own = {field: value for field, value in own.items() if getattr(partner, field) != value}
    content = {"rows": {
        "partner": [{"id": partner.pk} | own] if own else [],
        "channel": [], "biller": [],
        side._meta.db_table: [{"partner_id": partner.pk} | _plain(asked)] if asked else [],
    }, "partner": partner.pk}  # fmt: skip
    _check(partner, content)
    free = {*alone("partner"), *alone(side._meta.db_table)}
    if partner.is_arriving or asked.keys() <= free:
        _put(content)
        return None
    return second.propose(access, ACT, partner.code, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Each field that changes. Refused: NOT_READY_FOR_LIVE."""
    partner = Partner.objects.get(pk=content["partner"])
    _check(partner, content)
    side, asked = side_of(partner), _asked(content)
    return [Change(field, title, told(field, getattr(partner if hasattr(partner, field) else side, field)),
                   told(field, asked[field])) for field, title in TITLES.items() if field in asked]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """So from now on. Payments that are under way keep going as the tables say. Refused: by the number that a trade,
    which counts on what the biller is, raises as YF001 (BILLER_BILLS_HERE)."""
    _put(content)


def _check(partner: Partner, content: dict[str, Any]) -> None:
    asked = str(_asked(content).get("endpoint", ""))
    is_new = bool(asked) and not is_by_trade(asked) and not getattr(side_of(partner), "endpoint", "")
    if is_new and partner.live_at is not None and passed_run(partner) is None:
        said = Bilingual("一致性测试未通过", "the conformance test was not passed")
        raise Refused(OnboardingCode.NOT_READY_FOR_LIVE, "endpoint", said)


def _asked(content: dict[str, Any]) -> dict[str, Any]:
    return {field: value for rows in content["rows"].values() for row in rows
            for field, value in row.items()}  # fmt: skip


def _put(content: dict[str, Any]) -> None:
    rows = content["rows"]
    for model, key, table in ((Partner, "id", "partner"), (Channel, "partner_id", "channel"),
                              (Biller, "partner_id", "biller")):  # fmt: skip
        for row in rows[table]:
            fields = {field: value for field, value in row.items() if field != key}
            try:
                model.objects.filter(pk=row[key]).update(**fields)
            except DatabaseError as error:
                raise second.refused_by(error) or error from None


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As JSON holds it."""
    return {field: value.isoformat() if isinstance(value, time) else value
            for field, value in fields.items()}  # fmt: skip
