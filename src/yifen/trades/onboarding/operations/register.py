"""Register a partner 登记: the row, its side, its sandbox; it cannot do anything real yet (H6)."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction

from yifen.core.access.edge import Access
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.partners import operations
from yifen.core.partners.books import CODE, books
from yifen.core.partners.models import ChannelKind, Partner
from yifen.hub.payments.remote.ways import check_address
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.sandbox import TRIAL_BILLER, make_twin


class Registration(NamedTuple):
    """What is asked of a new partner. `options`: of its side, as partners.models has them; `dialect` is
    empty for a channel of our own, which is `hosted` here."""

    code: str
    name: str
    kind: str  # channel or biller
    institution_id: int
    dialect: str  # xml, json or none
    encoding: str
    unit: str
    options: dict[str, Any]


@transaction.atomic
def register(access: Access, asked: Registration, book_id: int, now: datetime) -> Partner:
    """The partner, shut until it goes live, and its sandbox, open; a channel of our own needs none. Refused:
    OUT_OF_SCOPE, PARTNER_EXISTS (also: its sandbox's code is taken), INPUT_INVALID (code, book, side),
    SHA1_SWITCHED_OFF (XML), INSTITUTION_CLOSED."""
    if not CODE.fullmatch(asked.code):
        raise Refused(Code.INPUT_INVALID, "code", "A–Z 0–9, 2–13")
    if not access.scope.has_institution(asked.institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    Institution.objects.get(pk=asked.institution_id).check_open()
    if book_id not in [number for number, _ in books()]:
        raise Refused(Code.INPUT_INVALID, "book")
    if asked.dialect == "xml" and not settings.YIFEN_SHA1:
        raise Refused(Code.SHA1_SWITCHED_OFF, "dialect")
    check_side(asked.options)
    if asked.code == TRIAL_BILLER:  # of the sandbox, even before there is one
        raise Refused(OnboardingCode.PARTNER_EXISTS, "code")
    try:
        with transaction.atomic():
            return _make(asked, book_id, now)
    except IntegrityError:
        raise Refused(OnboardingCode.PARTNER_EXISTS, "code") from None


def _make(asked: Registration, book_id: int, now: datetime) -> Partner:
    """The partner, its side and its sandbox."""
    partner = operations.register_partner(
        Institution.objects.get(pk=asked.institution_id), book_id, asked.code, asked.name,
        xml=asked.dialect == "xml", json=asked.dialect == "json",
        encoding=asked.encoding, unit=asked.unit, suspended=True,
    )  # fmt: skip
    if asked.kind == "channel":
        operations.make_channel(partner, **asked.options)
    else:
        operations.make_biller(partner, **asked.options)
    if not asked.options.get("hosted"):
        make_twin(partner, now.astimezone(ZONE).date())
    return partner


def check_side(options: dict[str, Any]) -> None:
    """Refused: INPUT_INVALID for a kind of channel that is none, a biller without a category, an endpoint
    that is none, service hours of which one end is missing."""
    if options.get("kind", ChannelKind.OTHER) not in ChannelKind.values:
        raise Refused(Code.INPUT_INVALID, "kind")
    check_address(str(options.get("endpoint", "")))
    if "category" in options and not options["category"]:
        raise Refused(Code.INPUT_INVALID, "category")
    missing = [name for name in ("opens_at", "closes_at") if options.get(name) is None]
    if len(missing) == 1 and "opens_at" in options:
        raise Refused(Code.INPUT_INVALID, missing[0])
