"""Vouchers of what the agency does at the desk: 4628 in cash or by transfer, 1078 收费凭证, both taken back in red.
Each print counts, and from the second on it is marked 补打."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import key_ring_of, user_of
from yifen.core.audit.record import act
from yifen.core.documents.voucher import PaidBy, Voucher, VoucherEntry, VoucherKind, voucher
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.papers import pdf
from yifen.face.desk.transaction import found
from yifen.hub.corebank.accounts import named
from yifen.hub.corebank.rules import undo_serial
from yifen.trades.agency.deposits import own_connection

PAID_BY: dict[str, PaidBy] = {"cash": "cash", "cheque": "cheque"}
_SQL = queries("yifen.trades.agency")


class DoneAtDesk(NamedTuple):
    """A deposit or a charge that is in the books, as its voucher says it."""

    kind: VoucherKind
    means: str
    code: str
    back_code: str
    what: str
    biller: str
    outlet: str
    institution: str
    teller: str
    business_day: date
    amount_fen: int
    made_at: datetime
    changed_at: datetime
    is_back: bool
    debit_lookup: str
    debit_shown: str
    credit_lookup: str
    credit_shown: str
    own: list[str]
    cheque: str
    payer: str
    supervisor: str
    reason: str
    document: str


@allow("desk.work")
@require_POST
def agency_voucher(request: HttpRequest, serial: str) -> HttpResponse:
    """Of one's own outlet; POST back: of what took it back. Http404 otherwise."""
    is_back = "back" in request.POST
    one = done_at_desk(serial, [user_of(request).institution_id])
    if one is None or (is_back and not one.is_back):
        raise Http404
    name = undo_serial(serial) if is_back else serial
    prints = count(one.document + (":back" if is_back else ""), name)
    return pdf(voucher_of(one, key_ring_of(request), name, serial if is_back else "", prints), f"voucher-{name}")


def done_at_desk(serial: str, institutions: list[int]) -> DoneAtDesk | None:
    """What is in the books under a serial at one of these outlets."""
    asked = {"serial": serial, "institutions": institutions}
    row = own_connection().execute(_SQL["voucher"], asked).fetchone()
    return DoneAtDesk(*row) if row else None


@transaction.atomic
def count(document: str, serial: str) -> int:
    """Counted and traced."""
    row = own_connection().execute(_SQL["count_voucher"], (document,)).fetchone()
    assert row is not None
    act(connection, "voucher.print", document.partition(":")[0], serial, after={"print": row[0]})
    return int(row[0])


def voucher_of(one: DoneAtDesk, ring: KeyRing, serial: str, original: str, prints: int) -> bytes:
    """The posting at the core, in red of what took it back. In Chinese, whoever prints it."""
    code, sign = (one.back_code, -1) if original else (one.code, 1)
    debit = named(ring, one.debit_lookup, one.debit_shown, one.own)
    credit = named(ring, one.credit_lookup, one.credit_shown, one.own)
    with override("zh-hans"):
        transaction_ = found(code)
        operation = f"{code} {transaction_.title}" if transaction_ else code
    return voucher(Voucher(
        institution=one.institution, outlet=one.outlet, operation=operation, paid_by=PAID_BY.get(one.means, "transfer"),
        entries=(VoucherEntry(summary=f"{one.biller} {one.what}", debit=debit, credit=credit,
                              amount_fen=sign * one.amount_fen),),
        business_day=one.business_day, booked_at=one.changed_at if original else one.made_at, serial=serial,
        teller=one.teller, supervisor=one.supervisor if original else "", original_serial=original,
        kind="reversal" if original else one.kind, payer="" if debit in one.own else debit,
        paid_for_by=one.payer, cheque=one.cheque, reason=one.reason if original else "",
        copy="original" if prints == 1 else "supplementary", copy_no=prints - 1,
    ))  # fmt: skip
