"""Demands 托收凭证: made by a biller from open bills, taken in by the bank, told to the payer, answered by him, taken
back."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import Plain
from yifen.hub.corebank.operations import Connection
from yifen.trades.collection import rules
from yifen.trades.collection.codes import CollectionCode
from yifen.trades.collection.contracts import keep_paper

ORDER, ANSWER = "collection.order", "collection.answer"
LINES_MAX = 100
_PURPOSE, _MAC = "collection link", 32
_SQL = queries(__package__)


class DemandedBill(NamedTuple):
    """A bill that may be demanded now; `is_open`: it takes any amount between its bounds."""

    payable_id: int
    ref: str
    title: str
    due_fen: int
    due_on: date | None
    is_open: bool
    is_kept: bool


class ContractHere(NamedTuple):
    """A contract, as a demand needs it."""

    contract_id: int
    biller_id: int
    biller: str
    number: str
    account_no: str
    payer: str
    kind: str
    account_shown: str


class PayerSaid(NamedTuple):
    """What the payer says. `places`: the bills that he refuses, None: all; `paper`: with his seal, as a file."""

    agrees: bool
    places: Sequence[int] | None
    reason: str
    paper: bytes


def contract(conn: Connection, contract_id: int) -> ContractHere:
    """Refused: COLLECTION_NO_CONTRACT."""
    row = conn.execute(_SQL["contract"], (contract_id,)).fetchone()
    if row is None:
        raise Refused(CollectionCode.COLLECTION_NO_CONTRACT, "contract")
    return ContractHere(*row)


def open_bills(conn: Connection, found: ContractHere) -> list[DemandedBill]:
    """Of the contract's account, the oldest first."""
    return [DemandedBill(*row) for row in conn.execute(_SQL["bills"], (found.biller_id, found.account_no)).fetchall()]


def demand(
    access: Access, conn: Connection, contract_id: int, fens: Mapping[int, int], now: datetime
) -> Authorisation:
    """Put before the bank; `fens`: by payable, what is demanded of it. Refused: OUT_OF_SCOPE, NOTHING_CHOSEN,
    TOO_MANY_CHOSEN, COLLECTION_NO_CONTRACT, COLLECTION_CHANGED, and as `second.propose` refuses."""
    found = contract(conn, contract_id)
    if not access.scope.has_partner(found.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "contract")
    if not 0 < len(fens) <= LINES_MAX:
        raise Refused(Code.TOO_MANY_CHOSEN if fens else Code.NOTHING_CHOSEN, "bills")
    content = {
        "contract": str(contract_id),
        "lines": [{"payable": payable, "fen": fen} for payable, fen in sorted(fens.items())],
    }
    partner = Partner.objects.get(pk=found.biller_id)
    return second.propose(access, ORDER, str(contract_id), content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """The demand as it stands now. Refused: COLLECTION_NO_CONTRACT, COLLECTION_CHANGED (a bill was paid
    meanwhile, or is another), PAYABLE_HELD."""
    conn = _own()
    found = contract(conn, int(content["contract"]))
    bills = {bill.payable_id: bill for bill in open_bills(conn, found)}
    rows, total = [], 0
    for line in content["lines"]:
        bill, fen = bills.get(line["payable"]), int(line["fen"])
        if bill is None or fen < 1 or (not bill.is_open and bill.due_fen != fen):
            raise Refused(CollectionCode.COLLECTION_CHANGED, "bills")
        if bill.is_kept:
            raise Refused(Code.PAYABLE_HELD, "bills", bill.ref)
        rows.append(
            Change(bill.ref, Text(f"账单 {bill.ref}", f"Bill {bill.ref}"), None, f"{bill.title} {grouped_yuan(fen)}")
        )
        total += fen
    return [
        Change("biller", Text("收款人", "Biller"), None, found.biller),
        Change("payer", Text("付款人", "Payer"), None, f"{found.payer} {found.account_shown}"),
        Change("contract", Text("合同号", "Contract"), None, found.number),
        Change("account_no", Text("户号", "Account number"), None, found.account_no),
        Change("kind", Text("托收种类", "Kind"), None, rules.KINDS[found.kind]),
        *rows,
        Change("amount", Text("托收金额（元）", "Amount (yuan)"), None, grouped_yuan(total)),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Its bills are kept for it from now on. Refused: COLLECTION_NO_CONTRACT, COLLECTION_KIND, COLLECTION_CHANGED,
    PAYABLE_HELD, PAYABLE_UNKNOWN, OLDER_UNPAID, CORE_PAIR_MISSING, and what the agency refuses."""
    hidden = sha256(token(key_ring(), decision.proposal).encode()).digest()
    row = _own().execute(_SQL["make"], (content["contract"], hidden, decision.now)).fetchone()
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), "bills")


def named(subject: str) -> Text:
    """The contract's payer and number."""
    row = _own().execute(_SQL["contract"], (int(subject),)).fetchone()
    found = ContractHere(*row) if row else None
    text = f"{found.payer} {found.number}" if found else subject
    return Text(text, text)


def token(ring: KeyRing, proposal: int) -> str:
    """What the payer's link has: of the demand that this proposal made."""
    return f"{proposal:x}-{hmac.digest(ring.derive(_PURPOSE), str(proposal).encode(), sha256).hex()[:_MAC]}"


# --- the payer ---------------------------------------------------------------------------------------


def told_by_hand(access: Access, conn: Connection, order_id: int, day: date | None, note: str, now: datetime) -> None:
    """The paper was handed to him on this day. Refused: PERMISSION_MISSING, COLLECTION_NOT_OPEN, INPUT_INVALID."""
    _refuse(conn.execute(_SQL["told_by_hand"], (access.session, order_id, day, note, now)).fetchone(), "day")


def by_link(conn: Connection, told: str, answer: PayerSaid, now: datetime) -> None:
    """Refused: COLLECTION_LINK, COLLECTION_NOT_OPEN, COLLECTION_NO_REFUSAL, COLLECTION_LATE, COLLECTION_WHOLE,
    REASON_MISSING."""
    said = "" if answer.agrees else needed(answer.reason)
    places = None if answer.places is None else list(answer.places)
    _refuse(conn.execute(_SQL["by_link"], (told, answer.agrees, places, said, now)).fetchone(), "reason")


def propose_answer(access: Access, serial: str, answer: PayerSaid, now: datetime) -> Authorisation:
    """His paper, read by one of the bank, for another. Refused: COLLECTION_UNKNOWN, OUT_OF_SCOPE, REASON_MISSING,
    COLLECTION_NOT_OPEN, COLLECTION_WHOLE, as `keep_paper` and `second.propose` refuse."""
    found = _order(serial)
    if not access.scope.has_partner(found["biller_id"]):
        raise Refused(Code.OUT_OF_SCOPE, "serial")
    content = {
        "serial": serial,
        "agrees": answer.agrees,
        "reason": "" if answer.agrees else needed(answer.reason),
        "places": None if answer.places is None or answer.agrees else sorted(answer.places),
        "sha256": keep_paper(access, key_ring(), found["biller_id"], answer.paper, now),
    }
    partner = Partner.objects.get(pk=found["biller_id"])
    return second.propose(access, ANSWER, serial, content, now, partner=partner)


def view_answer(content: dict[str, Any]) -> list[Change]:
    """Refused: COLLECTION_UNKNOWN, COLLECTION_NOT_OPEN, COLLECTION_WHOLE."""
    found, agrees = _order(content["serial"]), content["agrees"]
    lines = {
        place: (ref, fen) for place, ref, fen in _own().execute(_SQL["lines_out"], (content["serial"],)).fetchall()
    }
    if found["state"] != "told" or found["agreed_at"] is not None:
        raise Refused(CollectionCode.COLLECTION_NOT_OPEN, "serial")
    places = content["places"] if content["places"] is not None else sorted(lines)
    if not set(places) <= set(lines) or not places:
        raise Refused(CollectionCode.COLLECTION_NOT_OPEN, "places")
    if not agrees and len(places) < len(lines) and not found["part"]:
        raise Refused(CollectionCode.COLLECTION_WHOLE, "places")
    fen, number = sum(lines[place][1] for place in places), found["number"]
    word = Text("同意付款", "Agreed") if agrees else Text("拒付", "Refused")
    return [
        Change("number", Text("托收编号", "Number"), number, number),
        Change("state", Text("答复", "Answer"), Text("未答复", "None yet"), word),
        Change("amount", Text("金额（元）", "Amount (yuan)"), None, grouped_yuan(fen)),
        *(
            []
            if agrees
            else [
                Change(
                    "bills", Text("拒付账单", "Bills refused"), None, " ".join(lines[place][0] for place in places)
                ),
                Change("reason", Text("拒付理由", "Reason"), None, content["reason"]),
            ]
        ),
        Change("sha256", Text("签章件 SHA-256", "SHA-256 of the paper"), None, content["sha256"]),
    ]


def run_answer(content: dict[str, Any], decision: Decision) -> None:
    """Refused: COLLECTION_NOT_OPEN, COLLECTION_LATE, COLLECTION_WHOLE, COLLECTION_PAPER, COLLECTION_NO_REFUSAL."""
    _refuse(_own().execute(_SQL["by_paper"], (content["serial"], decision.now)).fetchone(), "serial")


def withdraw(access: Access, conn: Connection, order_id: int, reason: str, now: datetime) -> None:
    """By its biller. Refused: REASON_MISSING, PERMISSION_MISSING, COLLECTION_NOT_OPEN."""
    _refuse(conn.execute(_SQL["withdraw"], (access.session, order_id, needed(reason), now)).fetchone(), "reason")


def _order(serial: str) -> dict[str, Any]:
    """Refused: COLLECTION_UNKNOWN."""
    row = _own().execute(_SQL["order_now"], (serial,)).fetchone()
    if row is None:
        raise Refused(CollectionCode.COLLECTION_UNKNOWN, "serial")
    return dict(zip(("biller_id", "number", "state", "part", "agreed_at"), row, strict=True))


def _refuse(row: Any, field: str) -> None:
    assert row is not None
    if row[0]:
        raise Refused(result_code(row[0]), field)


def _own() -> Connection:
    """The page's own connection, in its transaction."""
    connection.ensure_connection()
    return Plain(connection.connection)  # type: ignore[return-value]
