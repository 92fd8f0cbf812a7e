"""Banks with which we have an account: a partner without verbs, an account 1002 in the ledger.
Money leaves through them, so a second person decides."""

import re
from datetime import datetime
from typing import Any

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.books import CODE, books
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.models import Partner
from yifen.core.partners.operations import open_account, register_partner
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Bank
from yifen.trades.settlement.operations.payees import NAME_MAX

ACT = "settlement.bank"
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


TITLES = {
    "name": Text("名称", "Name"), "account_no": Text("账号", "Account number"),
    "account_name": Text("户名", "Account name"), "endpoint": Text("接口地址", "Endpoint"),
}  # fmt: skip


def propose(access: Access, asked: AskedBank, now: datetime) -> Authorisation:
    """Register a bank, or change its account's number, name and endpoint. Refused: OUT_OF_SCOPE,
    BANK_INVALID (code, book, account_no, account_name), INPUT_INVALID (endpoint), and as
    `second.propose` refuses."""
    if not access.scope.has_institution(asked.institution_id):
        raise Refused(Code.OUT_OF_SCOPE, "institution")
    asked = replace(asked, account_no=typed_account(asked.account_no), account_name=typed_name(asked.account_name))
    there = Partner.objects.filter(code=asked.code).first()
    if there is not None and not access.scope.has_partner(there.pk):
        raise Refused(SettlementCode.BANK_INVALID, "code")
    institution = Institution.objects.get(pk=asked.institution_id)
    content = {"rows": {
        "bank": {name: getattr(asked, name) for name in ("account_no", "account_name", "endpoint")},
        "partner": {name: getattr(asked, name) for name in ("code", "name", "institution_id", "book_id")},
    }}  # fmt: skip
    if there is not None:
        content["rows"]["bank"]["partner_id"] = there.pk
    return second.propose(access, ACT, asked.code, content, now, partner=there,
                          institution=there.institution if there else institution)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """Our account there as it is, and as it will be. Refused: BANK_INVALID, INPUT_INVALID."""
    asked = _asked(content)
    there = check(asked)
    row = Bank.objects.filter(partner=there).first() if there else None
    before = {"name": there.name if there else None} | {
        name: getattr(row, name, None) for name in ("account_no", "account_name", "endpoint")
    }
    after = to_builtins(asked) | ({"name": there.name} if there else {})
    return [Change(name, title, before[name], after[name]) for name, title in TITLES.items()]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The account from now on."""
    asked = _asked(content)
    fields = {name: getattr(asked, name) for name in ("account_no", "account_name", "endpoint")}
    partner = check(asked)
    if partner is None:
        institution = Institution.objects.get(pk=asked.institution_id)
        partner = register_partner(institution, asked.book_id, asked.code, asked.name)
    account_id = open_account("bank", asked.book_id, asked.code, asked.name)
    Bank.objects.update_or_create(partner=partner, defaults=fields,
                                  create_defaults=fields | {"account_id": account_id})  # fmt: skip


def check(asked: AskedBank) -> Partner | None:
    """The partner that is there already. Refused: BANK_INVALID, INPUT_INVALID."""
    if not CODE.fullmatch(asked.code):
        raise Refused(SettlementCode.BANK_INVALID, "code", "A–Z 0–9, 2–13")
    if not ACCOUNT_NO.fullmatch(asked.account_no):
        raise Refused(SettlementCode.BANK_INVALID, "account_no", "0–9 A–Z -, 5–34")
    if not 0 < len(asked.account_name.strip()) <= NAME_MAX or not asked.account_name.isprintable():
        raise Refused(SettlementCode.BANK_INVALID, "account_name")
    check_endpoint(asked.endpoint)
    there = Partner.objects.filter(code=asked.code).first()
    known = {there.book_id} if there else {number for number, _ in books()}
    if asked.book_id not in known:
        raise Refused(SettlementCode.BANK_INVALID, "book")
    return there


def _asked(content: dict[str, Any]) -> AskedBank:
    rows = content["rows"]
    return convert(rows["partner"] | rows["bank"], AskedBank)
