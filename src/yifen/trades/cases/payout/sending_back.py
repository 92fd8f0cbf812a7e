"""Unidentified money sent back to who paid it 退回原付款人: applied for by the cashier, then as any payout."""

from datetime import datetime
from typing import NamedTuple

from yifen.core.access.edge import Access
from yifen.core.facts.bank_accounts import typed_account
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.cases.claiming import Unknown
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payees import PayeeAccount, sealed_form
from yifen.trades.cases.payout.reading import left

_AT_FIELD = {"CASE_PAYEE_WRONG": "bank_code", "CASE_PAYOUT_OTHER": "other", "REASON_MISSING": "evidence"}


class SentBack(NamedTuple):
    """So much goes back, why, and what shows that it is no case's. `payee`: without a number it goes to the account
    that paid; `other`: why it goes to another one."""

    amount_fen: int
    words: str
    evidence: str
    payee: PayeeAccount
    other: str = ""


def apply(access: Access, money: Unknown, new: SentBack, now: datetime) -> int:
    """The application's number; its amount is held from now on. Refused: CASE_PAYEE_WRONG (nobody knows the account
    that paid, or a field of the other one is wrong), REASON_MISSING, CASE_PAYOUT_OTHER, as cases_send_back_v1."""
    payee, typed = new.payee, typed_account(new.payee.account_no)
    if typed == money.payer_no:  # typed as the statement has it: it is not another one
        payee, typed = payee._replace(account_no="", account_name=""), ""
    if not typed and not money.payer_no:
        raise Refused(CaseCode.CASE_PAYEE_WRONG, "account_no")
    form = sealed_form(payee if typed else payee._replace(account_no=money.payer_no, account_name=money.payer))
    if not typed:
        form |= {"account_no": "", "account_name": ""}
    code, application_id = left("send_back", form | {
        "session": access.session, "entry": money.document_id, "fen": new.amount_fen,
        "words": needed(new.words, "words"),
        "evidence": needed(new.evidence, "evidence"), "other": remark(new.other, "other"), "now": now})[0]  # fmt: skip
    if code:
        told = result_code(code)
        raise Refused(told, _AT_FIELD.get(told.name, "amount"))
    return int(application_id)
