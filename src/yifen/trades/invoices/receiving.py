"""What two people do with stock: they count what the company brings, and destroy what is void."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.invoices.asking import answered, kind_of
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.rules import NumberSpan, count, shown_spans, without

RECEIVE, DESTROY = "invoices.receive", "invoices.destroy"
_SQL = queries(__package__)
_RECEIVE, _DESTROY = _SQL["receive"], _SQL["destroy"]
_WHERE, _KIND = Text("机构", "Institution"), Text("票据", "Kind of paper")
_NUMBERS, _PIECES, _FAULTY = Text("号码", "Numbers"), Text("份数", "Pieces"), Text("残次号码", "Faulty numbers")


def receive(
    access: Access, kind_id: int, numbers: NumberSpan, faulty: Sequence[NumberSpan], reason: str, now: datetime
) -> Authorisation:
    """入库: what the company brought, counted by who proposes; the second person counts again. Refused:
    INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID, and as `second.propose` refuses."""
    if without(faulty, [numbers]):
        raise Refused(InvoiceCode.INVOICE_NUMBER_INVALID, "faulty")
    return _propose(access, RECEIVE, kind_id, numbers, reason, now, faulty=[list(span) for span in faulty])


def destroy(access: Access, kind_id: int, numbers: NumberSpan, reason: str, now: datetime) -> Authorisation:
    """销毁 void papers of the own institution's store. Refused: as `receive`."""
    return _propose(access, DESTROY, kind_id, numbers, reason, now)


def _propose(
    access: Access, act: str, kind_id: int, numbers: NumberSpan, reason: str, now: datetime, **more: Any
) -> Authorisation:
    assert access.user is not None
    institution = access.user.institution
    content = {"kind": kind_id, "institution": institution.pk, "first": numbers.first, "last": numbers.last} | more
    subject = f"{kind_id} {numbers.first}-{numbers.last}"
    return second.propose(access, act, subject, content, now, institution=institution, reason=reason)


def named(subject: str) -> Text:
    """The kind of paper, and the numbers as they stand on it."""
    number, _, span = subject.partition(" ")
    first, _, last = span.partition("-")
    with plain_connection() as conn:
        kind = kind_of(conn, int(number))
    name = f"{kind.biller} {kind.name} {kind.prefix}".strip()
    said = f"{name} {shown_spans([NumberSpan(int(first), int(last))], kind.digits)}"
    return Text(said, said)


def view(content: dict[str, Any]) -> list[Change]:
    """Which numbers of what. Refused: INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID."""
    numbers = NumberSpan(content["first"], content["last"])
    faulty = [NumberSpan(*pair) for pair in content.get("faulty", ())]
    with plain_connection() as conn:
        kind = kind_of(conn, content["kind"])
    if not 0 <= numbers.first <= numbers.last or len(str(numbers.last)) > kind.digits:
        raise Refused(InvoiceCode.INVOICE_NUMBER_INVALID, "numbers")
    found = [
        Change("institution", _WHERE, None, str(Institution.objects.get(pk=content["institution"]))),
        Change("kind", _KIND, None, f"{kind.biller} {kind.name} {kind.prefix}".strip()),
        Change("numbers", _NUMBERS, None, shown_spans([numbers], kind.digits)),
        Change("pieces", _PIECES, None, f"{numbers.pieces:,}"),
    ]
    if faulty:
        found.append(Change("faulty", _FAULTY, None, f"{shown_spans(faulty, kind.digits)} ({count(faulty):,})"))
    return found


def run_receive(content: dict[str, Any], decision: Decision) -> None:
    """It is in the store. Refused: INVOICE_NUMBER_KNOWN, INVOICE_NOT_HELD."""
    with plain_connection() as conn:
        answered(conn, _RECEIVE, (decision.proposal, decision.now))


def run_destroy(content: dict[str, Any], decision: Decision) -> None:
    """It is gone. Refused: INVOICE_NOT_HELD."""
    with plain_connection() as conn:
        answered(conn, _DESTROY, (decision.proposal, decision.now))
