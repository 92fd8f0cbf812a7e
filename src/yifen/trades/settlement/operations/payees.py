"""Payees 结算账户: where a biller's money goes. Whoever changes one sends money elsewhere, so a
second person authorises just this account (X2)."""

import re
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from msgspec import Struct

from yifen.core.access.authorise import consume
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Biller
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Bank, Payee

ACTION = "payouts.approve"
ACCOUNT_NO = re.compile(r"[0-9A-Z][0-9A-Z-]{4,33}")
BANK_CODE = re.compile(r"[0-9]{12}")
NAME_MAX = 100


class AskedPayee(Struct, frozen=True):
    """The account, and the bank of ours through which it is paid; `bank_code`: CNAPS 联行号."""

    biller_id: int
    bank_id: int
    account_no: str
    account_name: str
    bank_code: str
    bank_name: str


def key_of(asked: AskedPayee) -> str:
    """What is authorised: this account of this biller, and no other."""
    names = sha256(f"{asked.account_name}|{asked.bank_name}".encode()).hexdigest()[:8]
    return f"{asked.biller_id}:{asked.bank_id}:{asked.account_no}:{asked.bank_code}:{names}"


@transaction.atomic
def put(access: Access, asked: AskedPayee, authorisation: Authorisation, now: datetime) -> Payee:
    """A biller's payee from now on; payouts that are instructed keep the one they have. Refused:
    OUT_OF_SCOPE, PAYEE_INVALID (account_no, account_name, bank_code, bank_name, bank: none of ours
    in the biller's book), AUTHORISATION_INVALID, AUTHORISATION_USED."""
    check(access, asked)
    consume(authorisation, ACTION, key_of(asked), now)
    row, _ = Payee.objects.update_or_create(
        biller_id=asked.biller_id,
        defaults={"bank_id": asked.bank_id, "account_no": asked.account_no,
                  "account_name": asked.account_name, "bank_code": asked.bank_code,
                  "bank_name": asked.bank_name},
    )  # fmt: skip
    return row


def check(access: Access, asked: AskedPayee) -> None:
    """Before the second person is asked. Refused: OUT_OF_SCOPE, PAYEE_INVALID."""
    biller = Biller.objects.filter(pk=asked.biller_id).first()
    if biller is None or not access.scope.has_partner(asked.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if not ACCOUNT_NO.fullmatch(asked.account_no):
        raise Refused(SettlementCode.PAYEE_INVALID, "account_no", "0–9 A–Z -, 5–34")
    if not BANK_CODE.fullmatch(asked.bank_code):
        raise Refused(SettlementCode.PAYEE_INVALID, "bank_code", "0–9, 12")
    for field in ("account_name", "bank_name"):
        name = getattr(asked, field)
        if not (name.strip() == name and 0 < len(name) <= NAME_MAX and name.isprintable()):
            raise Refused(SettlementCode.PAYEE_INVALID, field)
    bank = Bank.objects.filter(pk=asked.bank_id).first()
    if bank is None or bank.partner.book_id != biller.partner.book_id:
        raise Refused(SettlementCode.PAYEE_INVALID, "bank")
