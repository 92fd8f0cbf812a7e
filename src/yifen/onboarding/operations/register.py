"""Register a partner 登记: the row, its side, its sandbox; it cannot do anything real yet (H6)."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from yifen.access.edge import Access
from yifen.directory.models import Institution
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused
from yifen.onboarding.sandbox import BOOK_CODE, make_twin
from yifen.onboarding.sandbox import BOOK_ID as SANDBOX_BOOK
from yifen.partners import operations
from yifen.partners.models import Biller, Channel, Partner

CODE = re.compile(r"[A-Z0-9]{2,13}")  # the sandbox adds two characters to at most sixteen
ENDPOINT = re.compile(r"https?://[^\s/@]+(/[^\s]*)?")


class Registration(NamedTuple):
    """What is asked of a new partner. `options`: of its side, as partners.models has them."""

    code: str
    name: str
    kind: str  # channel or biller
    institution_id: int
    dialect: str  # xml or json
    encoding: str
    unit: str
    options: dict[str, Any]


def books() -> list[tuple[int, str]]:
    """Real books: (id, code and name)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT book_id, code || ' ' || name FROM ledger_book WHERE code <> %s ORDER BY 1",
            [BOOK_CODE],
        )
        return list(cursor.fetchall())


@transaction.atomic
def register(access: Access, asked: Registration, book_id: int, now: datetime) -> Partner:
    """The partner, shut until it goes live, and its sandbox, open. Refused: OUT_OF_SCOPE,
    PARTNER_EXISTS, INPUT_INVALID (code, endpoint, book)."""
    if not CODE.fullmatch(asked.code):
        raise Refused(Code.INPUT_INVALID, "code", "A–Z 0–9, 2–13")
    if not access.scope.has_institution(asked.institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if book_id not in [number for number, _ in books()]:
        raise Refused(Code.INPUT_INVALID, "book")
    check_endpoint(str(asked.options.get("endpoint", "")))
    try:
        with transaction.atomic():
            partner = operations.register_partner(
                Institution.objects.get(pk=asked.institution_id), book_id, asked.code, asked.name,
                xml=asked.dialect == "xml", json=asked.dialect == "json",
                encoding=asked.encoding, unit=asked.unit, suspended=True,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(Code.PARTNER_EXISTS, "code") from None
    if asked.kind == "channel":
        operations.make_channel(partner, **asked.options)
    else:
        operations.make_biller(partner, **asked.options)
    make_twin(partner, now.date())
    return partner


def check_endpoint(endpoint: str) -> None:
    """Refused: INPUT_INVALID unless it is empty or an address the hub can call."""
    if endpoint and not ENDPOINT.fullmatch(endpoint):
        raise Refused(Code.INPUT_INVALID, "endpoint", "http(s)://host[:port][/path]")


@transaction.atomic
def change(access: Access, partner: Partner, name: str, options: dict[str, Any]) -> None:
    """Another name, other limits or another endpoint. Refused: OUT_OF_SCOPE, INPUT_INVALID."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    check_endpoint(str(options.get("endpoint", "")))
    partner.name = name
    partner.save(update_fields=["name"])
    side: Channel | Biller
    if Channel.objects.filter(pk=partner.pk).exists():
        side = Channel.objects.get(pk=partner.pk)
    else:
        side = Biller.objects.get(pk=partner.pk)
    for field, value in options.items():
        setattr(side, field, value)
    side.save(update_fields=list(options))


@transaction.atomic
def suspend(access: Access, partner: Partner, suspended: bool) -> None:
    """Shut a live partner out at once, or let it in again. Refused: OUT_OF_SCOPE,
    NOT_READY_FOR_LIVE (it was never let in)."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    if not suspended and partner.live_at is None and partner.sandbox_of_id is None:
        raise Refused(Code.NOT_READY_FOR_LIVE)
    partner.suspended = suspended
    partner.save(update_fields=["suspended"])


@transaction.atomic
def admit(access: Access, channel: Partner, biller: Partner, active: bool) -> None:
    """准入: may this channel collect for this biller? Sandbox and real never meet. Refused:
    OUT_OF_SCOPE, INPUT_INVALID."""
    if not access.scope.has_partner(biller.pk):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if (channel.book_id == SANDBOX_BOOK) != (biller.book_id == SANDBOX_BOOK):
        raise Refused(Code.INPUT_INVALID, "channel", "sandbox")
    row = operations.find_admission(channel, biller)
    if row is None and active:
        operations.admit(Channel.objects.get(pk=channel.pk), Biller.objects.get(pk=biller.pk))
    elif row is not None:
        row.active = active
        row.save(update_fields=["active"])

