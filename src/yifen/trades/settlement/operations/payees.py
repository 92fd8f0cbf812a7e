"""Payees 结算账户: where a biller's money goes. Whoever changes one sends money elsewhere, so a
second person decides on just this account (X2)."""

import re
from datetime import datetime
from typing import Any

from django.db import connection
from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller, Partner
from yifen.trades.settlement import accounts
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Bank, Payee

ACT = "settlement.payee"
ACCOUNT_NO = re.compile(r"[0-9A-Z][0-9A-Z-]{4,33}")
BANK_CODE = re.compile(r"[0-9]{12}")
NAME_MAX = 100
_KNOWN = queries(__package__)["accounts_known"]


class AskedPayee(Struct, frozen=True):
    """The account, and the bank of ours through which it is paid; `bank_code`: CNAPS 联行号."""

    biller_id: int
    bank_id: int
    account_no: str  # in the clear; of a proposal's content: sealed
    account_name: str
    bank_code: str
    bank_name: str


TITLES = {
    "bank_id": Text("经由银行", "Through our bank"), "account_no": Text("收款账号", "Account number"),
    "account_name": Text("收款户名", "Account name"), "bank_code": Text("联行号", "CNAPS code"),
    "bank_name": Text("开户行", "Bank"),
}  # fmt: skip


def propose(access: Access, asked: AskedPayee, now: datetime, reason: str = "") -> Authorisation:
    """Put a biller's payee before a second person, in whatever width it was typed. Refused: OUT_OF_SCOPE, PAYEE_INVALID
    (account_no, account_name, bank_code, bank_name, bank: none of ours in the biller's book), and as
    `second.propose` refuses."""
    if not access.scope.has_partner(asked.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    asked = replace(asked, account_no=typed_account(asked.account_no), account_name=typed_name(asked.account_name),
                    bank_code=clean_account(asked.bank_code), bank_name=typed_name(asked.bank_name))  # fmt: skip
    check(asked)
    biller = Partner.objects.get(pk=asked.biller_id)
    account_no = accounts.sealed(asked.account_no, _known(asked.biller_id))
    content = {"rows": {"payee": to_builtins(replace(asked, account_no=account_no))}}
    return second.propose(access, ACT, biller.code, content, now, partner=biller, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """The account that money goes to now, and the one it will go to, both sealed. Refused: PAYEE_INVALID."""
    asked = convert(content["rows"]["payee"], AskedPayee)
    check(replace(asked, account_no=accounts.opened(asked.account_no)))
    row = Payee.objects.filter(pk=asked.biller_id).first()
    banks = {bank.pk: str(bank.partner) for bank in Bank.objects.select_related("partner")}

    def told(value: Any, field: str) -> str:
        return banks.get(value, str(value)) if field == "bank_id" else str(value)

    return [Change(field, title, told(getattr(row, field), field) if row else None,
                   told(getattr(asked, field), field)) for field, title in TITLES.items()]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """The payee from now on; payouts that are instructed keep the one they have."""
    row = dict(content["rows"]["payee"])
    Payee.objects.update_or_create(biller_id=row.pop("biller_id"), defaults=row)


def _known(biller_id: int) -> list[str]:
    """The biller's sealed accounts with which its payouts are compared."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"biller": biller_id})
        return [account for (account,) in cursor.fetchall()]


def check(asked: AskedPayee) -> None:
    """Refused: OUT_OF_SCOPE (no biller), PAYEE_INVALID."""
    biller = Biller.objects.filter(pk=asked.biller_id).first()
    if biller is None:
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
