"""Kinds of collection, papers, and contracts 托收合同 of large users: two people of the bank, after the core said whose
the account is."""

import base64
import hashlib
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank import accounts
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Cores
from yifen.hub.corebank.rules import check_named
from yifen.trades.collection import rules
from yifen.trades.collection.codes import CollectionCode

CONTRACT, END, KIND = "collection.contract", "collection.end", "collection.kind"
_SQL = queries(__package__)
_TITLES = {
    "biller_name": Text("收费单位", "Biller"),
    "number": Text("合同号", "Contract"),
    "account_no": Text("户号", "Account number"),
    "payer": Text("付款人", "Payer"),
    "account_shown": Text("付款账号", "Account to pay from"),
    "kind": Text("托收种类", "Kind"),
    "medium": Text("通知方式", "Told by"),
    "to_shown": Text("通知地址", "Address"),
    "valid_from": Text("生效日", "From"),
    "valid_until": Text("截止日", "Until"),
    "sha256": Text("签章件 SHA-256", "SHA-256 of the paper"),
}


class ContractForm(NamedTuple):
    """A contract as it is typed. `bank_account`: his at the core; `medium`: sms, mail, "" on paper; `to`: number or
    address; `paper`: the signed one, as a file."""

    biller_id: int
    number: str
    account_no: str
    payer: str
    bank_account: str
    kind: str
    medium: str
    to: str
    valid_from: date
    valid_until: date | None
    paper: bytes


class CollectionKindForm(NamedTuple):
    """A kind's rule from a day on, as the table has it."""

    kind: str
    valid_from: date
    days: int
    silence: bool
    part: bool
    opens_at: time


def keep_paper(access: Access, ring: KeyRing, biller_id: int, body: bytes, now: datetime) -> str:
    """Sealed; answers its digest. Refused: COLLECTION_PAPER_KIND, PERMISSION_MISSING."""
    kind, digest = rules.paper_kind(body), hashlib.sha256(body).digest()
    sealed = ring.seal(body, rules.paper_context(biller_id, digest))
    code = _read("paper", [access.session, biller_id, digest, kind, sealed, now])[0]
    if code:
        raise Refused(result_code(code), "paper")
    return digest.hex()


def propose(access: Access, cores: Cores, form: ContractForm, now: datetime) -> Authorisation:
    """Outside of any transaction, for the core is asked. Refused: OUT_OF_SCOPE, INPUT_INVALID, CORE_PAIR_MISSING,
    CORE_NO_ACCOUNT, CORE_WRONG_KIND, CORE_CLOSED, CORE_NAME_DIFFERS, CORE_AWAY, NOT_CALLED, as `keep_paper` and
    `second.propose` refuse."""
    partner = Partner.objects.filter(pk=form.biller_id).first()
    if partner is None or not access.scope.has_partner(form.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    number, payer = form.number.strip(), typed_name(form.payer)
    bank_account, account_no = typed_account(form.bank_account), clean_account(form.account_no)
    for field, fits in (
        ("number", number.replace("-", "").isalnum() and number.isascii() and len(number) <= 32),
        ("account_no", bool(account_no)),
        ("payer", bool(payer)),
        ("kind", form.kind in rules.KINDS),
        ("to", form.medium in rules.MEDIA and bool(form.medium) == bool(form.to.strip())),
        ("valid_until", form.valid_until is None or form.valid_until >= form.valid_from),
    ):
        if not fits:
            raise Refused(Code.INPUT_INVALID, field)
    row = cores.conn.execute(_SQL["place"], (form.biller_id,)).fetchone()
    if row is None:
        raise Refused(CoreCode.CORE_PAIR_MISSING, "biller")
    _check_at_core(cores, row[1], bank_account, payer)
    sealed = cores.ring.seal(bank_account.encode(), rules.contract_context(form.biller_id, number))
    to = cores.ring.seal(form.to.strip().encode(), rules.told_context(form.biller_id, number))
    content = {
        "biller": form.biller_id,
        "biller_name": f"{partner.code} {partner.name}",
        "number": number,
        "account_no": account_no,
        "payer": payer,
        "kind": form.kind,
        "core_id": row[1],
        "sealed": base64.b64encode(sealed).decode(),
        "account_lookup": accounts.lookup(cores.ring, bank_account),
        "account_shown": accounts.shown(bank_account),
        "medium": form.medium,
        "to": base64.b64encode(to).decode(),
        "to_shown": masked_number(form.to.strip()) if form.medium == "sms" else _masked_mail(form.to.strip()),
        "sha256": keep_paper(access, cores.ring, form.biller_id, form.paper, now),
        "valid_from": form.valid_from.isoformat(),
        "valid_until": form.valid_until and form.valid_until.isoformat(),
    }
    return second.propose(access, CONTRACT, f"{form.biller_id}:{number}", content, now, partner=partner)


def _masked_mail(address: str) -> str:
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""


def _check_at_core(cores: Cores, core_id: int, account: str, payer: str) -> None:
    """A company's account, open and in this name."""
    port = cores.port(core_id)
    port.check_way()
    try:
        state = port.account(account)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY, "bank_account") from None
    check_named(state, payer, "bank_account")
    if state.kind not in ("cheque", "corporate"):
        raise Refused(CoreCode.CORE_WRONG_KIND, "bank_account")


def view(content: dict[str, Any]) -> list[Change]:
    """What is signed, and which contract it ends. Refused: COLLECTION_NUMBER_TAKEN."""
    there, ends = _read("contract_there", {name: content[name] for name in ("biller", "number", "account_no")})
    if there:
        raise Refused(CollectionCode.COLLECTION_NUMBER_TAKEN, "number")
    told = content | {"kind": rules.KINDS[content["kind"]], "medium": rules.MEDIA[content["medium"]]}
    return [
        *(Change(name, title, None, told[name]) for name, title in _TITLES.items() if told[name]),
        *([Change("ends", Text("终止原合同", "Ends contract"), ends, None)] if ends else []),
    ]


def named(subject: str) -> Text:
    """The biller and the contract's number."""
    biller, _, number = subject.partition(":")
    partner = Partner.objects.filter(pk=int(biller)).first() if biller.isdigit() else None
    return Text(
        f"{partner.name if partner else ''} {number}".strip(), f"{partner.name if partner else ''} {number}".strip()
    )


def run(content: dict[str, Any], decision: Decision) -> None:
    """From its first day on. Refused: COLLECTION_NUMBER_TAKEN, COLLECTION_PAPER, CORE_PAIR_MISSING,
    COLLECTION_KIND."""
    _put("put_contract", [f"{content['biller']}:{content['number']}", decision.now])


def propose_end(access: Access, biller_id: int, number: str, now: datetime) -> Authorisation:
    """No demand by it from that day on. Refused: OUT_OF_SCOPE, COLLECTION_NO_CONTRACT, and as
    `second.propose` refuses."""
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "number")
    partner = Partner.objects.get(pk=biller_id)
    content = {"biller": biller_id, "number": number}
    return second.propose(access, END, f"{biller_id}:{number}", content, now, partner=partner)


def view_end(content: dict[str, Any]) -> list[Change]:
    """Refused: COLLECTION_NO_CONTRACT."""
    row = _read("contract_open", [content["biller"], content["number"]])
    if row is None:
        raise Refused(CollectionCode.COLLECTION_NO_CONTRACT, "number")
    shown = f"{row[0]} {row[1]}"
    return [
        Change("number", _TITLES["number"], content["number"], content["number"]),
        Change("payer", _TITLES["payer"], shown, shown),
        Change("state", Text("状态", "State"), Text("有效", "In force"), Text("终止", "Ended")),
    ]


def run_end(content: dict[str, Any], decision: Decision) -> None:
    """Refused: COLLECTION_NO_CONTRACT."""
    _put("end_contract", [f"{content['biller']}:{content['number']}", decision.now])


def propose_kind(access: Access, form: CollectionKindForm, now: datetime) -> Authorisation:
    """Refused: INPUT_INVALID, COLLECTION_KIND, and as `second.propose` refuses."""
    content = form._asdict() | {
        "valid_from": form.valid_from.isoformat(),
        "opens_at": form.opens_at.strftime("%H:%M"),
    }
    return second.propose(access, KIND, form.kind, content, now)


def view_kind(content: dict[str, Any]) -> list[Change]:
    """Against what counts the day before. Refused: INPUT_INVALID (特约 has no days, all others have)."""
    if (
        content["kind"] not in rules.KINDS
        or (content["kind"] == "agreed") != (content["days"] == 0)
        or content["days"] > 30
        or (content["kind"] == "agreed" and not content["silence"])
    ):
        raise Refused(Code.INPUT_INVALID, "days")
    days, silence, part, opens_at = _read("kind_on", [content["kind"], content["valid_from"]]) or (None,) * 4
    name, yes = rules.KINDS[content["kind"]], second.yes_no
    return [
        Change("kind", _TITLES["kind"], name, name),
        Change("valid_from", _TITLES["valid_from"], None, content["valid_from"]),
        Change("days", Text("答复工作日", "Working days to answer"), days and str(days), str(content["days"])),
        Change("silence", Text("不答复视同同意", "Silence agrees"), yes(bool(silence)), yes(content["silence"])),
        Change(
            "part",
            Text("可部分拒付、部分付款", "Parts may be refused, or paid"),
            yes(bool(part)),
            yes(content["part"]),
        ),
        Change(
            "opens_at", Text("开始划款", "Paid from"), opens_at and opens_at.strftime("%H:%M"), content["opens_at"]
        ),
    ]


def run_kind(content: dict[str, Any], decision: Decision) -> None:
    """Demands that are out keep theirs. Refused: COLLECTION_KIND."""
    _put("put_kind", [content["kind"], decision.now])


def _read(name: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        return cursor.fetchone()


def _put(name: str, values: list[Any]) -> None:
    code = _read(name, values)[0]
    if code:
        raise Refused(result_code(code))
