"""Applications for payouts 结退申请: a judge's, agreed to level by level; sent by the worker (`payout_sending`)."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access.edge import Access
from yifen.core.facts.bank_accounts import opened_account, sealed_account
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payees import ROLES
from yifen.trades.cases.payout.payout_payees import PURPOSES
from yifen.trades.cases.payout.reading import left, said
from yifen.trades.cases.reading import CaseRow
from yifen.trades.cases.rules import party_context

_SQL = queries(__package__)
WORDS_MAX = 200
BACK = Text("原付款人", "Who paid")


class NewPayout(NamedTuple):
    """What a judge applies for. `receipt_id`: of a refund, the document that brought the money; `plan_id`: of a
    creditor's share, or of a plan's fee and costs, the plan; `other`: why a refund goes to another account than the one
    that paid."""

    kind: str
    payee_id: int
    amount_fen: int
    words: str
    receipt_id: int | None = None
    plan_id: int | None = None
    other: str = ""


class FreeMoney(NamedTuple):
    """What of a sub-account is there, on its way, held, applied for, free; `going_fen`: the bank was told to pay it and
    has not confirmed it, and it is off the sub-account already."""

    balance_fen: int
    coming_fen: int
    held_fen: int
    promised_fen: int
    free_fen: int
    going_fen: int


class Application(NamedTuple):
    """An application with its case and payee; account and names sealed. `shown`: digest of what is shown of it. Of
    unidentified money that goes back: no case, no sub-account."""

    application_id: int
    court_id: int
    account_no: str
    court: str
    case_id: int
    number: str
    judge: str
    kind: str
    amount_fen: int
    chain_fen: int
    receipt_id: int | None
    words: str
    levels: list[str]
    reference: str
    state: str
    asked_by: str
    asked_at: datetime
    changed_at: datetime
    stopped: int | None
    bank_serial: str
    back_serial: str
    reason: str
    paid_id: int | None
    returned_id: int | None
    payee_no: str
    payee_name: str
    bank_name: str
    bank_code: str
    purpose: str | None
    role: str | None
    party_name: bytes | None
    party_court: int | None
    party_case: str | None
    other_why: str
    evidence: str
    shown: bytes

    @property
    def digest(self) -> str:
        return bytes(self.shown).hex()


class LevelWord(NamedTuple):
    """One level's yes or no."""

    step: int
    level: str
    login: str
    yes: bool
    note: str
    balance_fen: int
    at: datetime


class PayeeChoice(NamedTuple):
    """Whom money of a case may go to; `purpose`: of the court's own; `refused`: why his account gave back what was
    last paid to it, None: it did not."""

    payee_id: int
    text: Text
    purpose: str | None
    refused: str | None


def apply(access: Access, case: CaseRow, new: NewPayout, now: datetime) -> int:
    """Its number; its amount is held from now on. Refused: CASE_PAYOUT_OTHER (a refund to another account than the one
    that paid, and nobody says why), and as cases_apply_v1."""
    other = new.other.strip()[:WORDS_MAX]
    if new.receipt_id is not None and not other and not goes_back(new.payee_id, new.receipt_id):
        raise Refused(CaseCode.CASE_PAYOUT_OTHER, "other")
    with plain_connection() as conn:
        code, application_id = conn.execute(_SQL["apply"], {
            "session": access.session, "case": case.case_id, "kind": new.kind, "payee": new.payee_id,
            "fen": new.amount_fen, "receipt": new.receipt_id, "plan": new.plan_id,
            "words": new.words.strip()[:WORDS_MAX], "now": now, "other": other,
        }).fetchall()[0]  # fmt: skip
    if code:
        told = result_code(code)
        raise Refused(told, _AT_FIELD.get(told.name, "amount"))
    return int(application_id)


_AT_FIELD = {"CASE_PAYOUT_PAYEE": "payee", "CASE_PAYEE_OLD": "payee", "CASE_PAYEE_KIND": "payee",
             "CASE_PAYOUT_RECEIPT": "receipt", "CASE_PAYOUT_OTHER": "other"}


def goes_back(payee_id: int, receipt_id: int) -> bool:
    """Does a refund go to the account that paid? Of a channel's receipt nobody knows: who decides looks."""
    sealed = left("payee_account", (payee_id,))
    return not sealed or goes_back_to(sealed[0][0], paid_by(receipt_id)[1]) != "other"


def goes_back_to(account_no: str, payer_no: str) -> str:
    """same, other; unknown: nobody knows which account paid. `account_no` sealed."""
    if not payer_no:
        return "unknown"
    return "same" if opened_account(key_ring(), account_no) == payer_no else "other"


def paid_by(receipt_id: int) -> tuple[str, str]:
    """(name, account) of who paid it, as the bank's statement says; empty where it does not."""
    found = left("paid_by", (receipt_id,))
    if not found or not found[0][2]:
        return "", ""
    file_id, line_no, who = found[0]
    name, number, _words = json.loads(key_ring().open(bytes(who), f"court_row:{file_id}:{line_no}"))
    return name, number


def sign(access: Access, application_id: int, *, seen: str, yes: bool, note: str, now: datetime) -> None:
    """One level's word; `seen`: the digest of what its page showed. Refused as cases_sign_v1."""
    shown = bytes.fromhex(seen) if len(seen) == 64 and set(seen) <= set("0123456789abcdef") else b""
    said("sign", access.session, application_id, shown, yes, note, now)


def withdraw(access: Access, application_id: int, now: datetime) -> None:
    """Refused as cases_withdraw_v1."""
    said("withdraw", access.session, application_id, now)


def found(application_id: int) -> Application:
    """Refused: CASE_PAYOUT_UNKNOWN."""
    row = left("application", (application_id,))
    if not row:
        raise Refused(CaseCode.CASE_PAYOUT_UNKNOWN, "application")
    asked = Application(*row[0])
    if asked.payee_no or not asked.receipt_id:
        return asked
    name, number = paid_by(asked.receipt_id)
    return asked._replace(payee_no=sealed_account(key_ring(), number), payee_name=sealed_account(key_ring(), name))


def signatures(application_id: int) -> list[LevelWord]:
    return [LevelWord(*row) for row in left("signatures", (application_id,))]


def free(case_court: int, account_no: str) -> FreeMoney:
    """Of a sub-account."""
    return FreeMoney(*left("free", {"court": case_court, "account": account_no})[0])


def room(application_id: int) -> FreeMoney:
    """Of the sub-account, or the unidentified receipt, of an application, which itself does not count."""
    return FreeMoney(*left("room", (application_id,))[0])


def payees_for(case: CaseRow) -> list[PayeeChoice]:
    """Whom money of it may go to: its parties, then the court's own payees, each by the newest account; last of all,
    accounts that gave back what was last paid to them."""
    found = []
    for payee_id, role, name, purpose, court_id, number, account_no, refused in left("payees_for", (case.case_id,)):
        text = whose(role, name, purpose, court_id, number, account_no)
        if refused is not None:
            why = refused and f"：{refused}", refused and f": {refused}"
            text = Text(f"{text.zh}（上次付款退回{why[0]}）", f"{text.en} (the last payout came back{why[1]})")
        found.append(PayeeChoice(payee_id, text, purpose, refused))
    return sorted(found, key=lambda one: (one.refused is not None, one.purpose is not None))


def whose(
    role: str | None, name: bytes | None, purpose: str | None, court_id: int | None, number: str | None, account_no: str
) -> Text:
    """A payee in words: what he is in the case, his name, the end of his account."""
    try:
        end = opened_account(key_ring(), account_no)[-4:]
        who = key_ring().open(bytes(name), party_context(court_id, number)).decode() \
            if name and court_id and number else ""  # fmt: skip
    except KeyRingError:
        end, who = "????", ""
    what = ROLES[role] if role else BACK if purpose == "back" else PURPOSES[purpose or "fee"]
    return Text(f"{what.zh} {who} …{end}", f"{what.en} {who} …{end}")


def refundable(case: CaseRow) -> list[tuple[Any, ...]]:
    """(document, came at, kind, fen, fen that may go back, serial, of which) of receipts."""
    return left("refundable", (case.court_id, case.account_no))


def of_case(case: CaseRow) -> list[tuple[Any, ...]]:
    """(number, kind, fen, state, who applied, when, changed at, levels, how many agreed, why it was not sent), the
    newest first."""
    return left("applications_of", (case.court_id, case.account_no))
