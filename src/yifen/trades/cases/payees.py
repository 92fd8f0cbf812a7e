"""Payees 收款账户: where a party's money may go, kept sealed, by two people."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import opened_account, sealed_account, typed_account, typed_name
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.courts import done
from yifen.trades.cases.reading import found_case, parties, rows

ACT = "cases.payee"
NAME_MAX = 100
_ACCOUNT_NO, _BANK_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{4,33}"), re.compile(r"[0-9]{12}")


class PayeeAccount(NamedTuple):
    """As it is typed; `bank_code`: CNAPS 联行号."""

    account_no: str
    account_name: str
    bank_name: str
    bank_code: str


TITLES = {
    "account_no": Text("收款账号", "Account number"), "account_name": Text("收款户名", "Account name"),
    "bank_name": Text("开户行", "Bank"), "bank_code": Text("联行号", "CNAPS code"),
}  # fmt: skip


def propose(access: Access, party_id: int, form: PayeeAccount, now: datetime, reason: str = "") -> Authorisation:
    """Refused: CASE_PARTY_UNKNOWN, CASE_PAYEE_WRONG (with the field), and as `second.propose` refuses."""
    case = found_case(_party(party_id)[0])
    if not access.scope.has_partner(case.court_id):
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    content = {"party_id": party_id, "party": sealed_account(key_ring(), _name(party_id))} | sealed_form(form)
    return second.propose(access, ACT, str(party_id), content, now, partner=Partner.objects.get(pk=case.court_id),
                          reason=reason)  # fmt: skip


def sealed_form(form: PayeeAccount) -> dict[str, str]:
    """As proposals and rows keep it. Refused: CASE_PAYEE_WRONG (with the field)."""
    plain = PayeeAccount(typed_account(form.account_no), typed_name(form.account_name), typed_name(form.bank_name),
                      clean_account(form.bank_code))  # fmt: skip
    for field, fits in (("account_no", _ACCOUNT_NO.fullmatch(plain.account_no)),
                        ("account_name", _is_name(plain.account_name)), ("bank_name", _is_name(plain.bank_name)),
                        ("bank_code", _BANK_CODE.fullmatch(plain.bank_code))):  # fmt: skip
        if not fits:
            raise Refused(CaseCode.CASE_PAYEE_WRONG, field)
    ring = key_ring()
    return {"account_no": sealed_account(ring, plain.account_no),
            "account_name": sealed_account(ring, plain.account_name), "bank_name": plain.bank_name,
            "bank_code": plain.bank_code}  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be, both sealed. Refused: CASE_PARTY_UNKNOWN."""
    case_id, number, role = _party(content["party_id"])
    if found_case(case_id).state != "open":
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    before = next(iter(rows("payee_now", (content["party_id"],))), (None,) * len(TITLES))
    return [Change("case", Text("案件", "Case"), None, number), Change("role", Text("诉讼地位", "Role"), None,
                                                                       ROLES[role]),
            *_whose(content),
            *(Change(field, title, was, content[field])
              for (field, title), was in zip(TITLES.items(), before, strict=True))]  # fmt: skip


def _whose(content: dict[str, Any]) -> list[Change]:
    """The party's name, sealed once with the proposal, and whether the account is another's. Refused:
    CASE_PARTY_UNKNOWN, when it is not his name."""
    if "party" not in content:  # of before names were shown
        return []
    name, account_name = (opened_account(key_ring(), content[one]) for one in ("party", "account_name"))
    if name != _name(content["party_id"]):
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    shown = Change("party", Text("当事人姓名", "Party's name"), None, content["party"])
    return [shown] if name == account_name else [shown, Change("differs", Text("注意", "Mind"), None, Text(
        "收款户名与当事人姓名不同", "the account is in another name than the party's"))]  # fmt: skip


def _name(party_id: int) -> str:
    case = found_case(_party(party_id)[0])
    return next(one.name for one in parties(case) if one.party_id == party_id)


def run(content: dict[str, Any], decision: Decision) -> None:
    """From now on. Refused as cases_payee_v1 answers."""
    done("put_payee", decision.proposal, decision.now)


def named(subject: str) -> Text:
    """A party by the number of his case."""
    number = _party(int(subject))[1]
    return Text(number, number)


ROLES = {"applicant": Text("申请执行人", "Applicant"), "debtor": Text("被执行人", "Debtor"),
         "creditor": Text("其他债权人", "Other creditor"), "other": Text("其他当事人", "Other party")}  # fmt: skip


def _party(party_id: int) -> tuple[int, str, str]:
    """(case, its number, his role)."""
    found = rows("party", (party_id,))
    if not found:
        raise Refused(CaseCode.CASE_PARTY_UNKNOWN, "party")
    case_id, number, role = found[0]
    return case_id, number, role


def _is_name(name: str) -> bool:
    return 0 < len(name) <= NAME_MAX and name.isprintable()
