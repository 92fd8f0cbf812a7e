"""Banks with which we have an account: a partner without verbs, an account 1002 in the ledger."""

import re

from django.db import transaction
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.books import CODE, books
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.models import Partner
from yifen.core.partners.operations import open_account, register_partner
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Bank
from yifen.trades.settlement.operations.payees import NAME_MAX

ACCOUNT_NO = re.compile(r"[0-9A-Z][0-9A-Z-]{4,33}")


class AskedBank(Struct, frozen=True):
    """Our account at a bank. `code`: of its partner, made when there is none; `endpoint`: of its
    port, empty where payouts go by file. The port's key is issued as of any partner."""

    code: str
    name: str
    institution_id: int
    book_id: int
    account_no: str
    account_name: str
    endpoint: str = ""


@transaction.atomic
def put(access: Access, asked: AskedBank) -> Bank:
    """Register a bank, or change its account's number, name and endpoint. Refused: OUT_OF_SCOPE,
    BANK_INVALID (code, book, account_no, account_name), INPUT_INVALID (endpoint)."""
    if not access.scope.has_institution(asked.institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    if not CODE.fullmatch(asked.code):
        raise Refused(SettlementCode.BANK_INVALID, "code", "A–Z 0–9, 2–13")
    if not ACCOUNT_NO.fullmatch(asked.account_no):
        raise Refused(SettlementCode.BANK_INVALID, "account_no", "0–9 A–Z -, 5–34")
    if not 0 < len(asked.account_name.strip()) <= NAME_MAX or not asked.account_name.isprintable():
        raise Refused(SettlementCode.BANK_INVALID, "account_name")
    check_endpoint(asked.endpoint)
    partner = _partner(access, asked)
    account_id = open_account("bank", asked.book_id, asked.code, asked.name)
    row, _ = Bank.objects.update_or_create(
        partner=partner,
        defaults={"account_no": asked.account_no, "account_name": asked.account_name,
                  "endpoint": asked.endpoint},
        create_defaults={"account_no": asked.account_no, "account_name": asked.account_name,
                         "endpoint": asked.endpoint, "account_id": account_id},
    )  # fmt: skip
    return row


def _partner(access: Access, asked: AskedBank) -> Partner:
    there = Partner.objects.filter(code=asked.code).first()
    if there is None:
        if asked.book_id not in [number for number, _ in books()]:
            raise Refused(SettlementCode.BANK_INVALID, "book")
        institution = Institution.objects.get(pk=asked.institution_id)
        return register_partner(institution, asked.book_id, asked.code, asked.name)
    if not access.scope.has_partner(there.pk):
        raise Refused(SettlementCode.BANK_INVALID, "code")
    if there.book_id != asked.book_id:
        raise Refused(SettlementCode.BANK_INVALID, "book")
    return there
