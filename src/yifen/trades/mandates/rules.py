"""Pure decisions of mandates 代扣签约: numbers, what is agreed to, the payer's own key, when a debit is looked at."""

import hmac
import json
import re
import unicodedata
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import randbelow
from typing import NamedTuple

from yifen.core.facts.account_numbers import ACCOUNT_MAX, clean_account
from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.wire.core_port import AccountState
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.rules import check_named, check_payer

NUMBER = re.compile(r"DK[0-9]{18}")
ACCOUNT = re.compile(r"[0-9A-Z][0-9A-Z-]{5,33}")
PHONE = re.compile(r"1[3-9][0-9]{9}")
NAME_MAX = 60
ID_KINDS = {
    "id_card": Text("居民身份证", "Resident identity card"), "passport": Text("护照", "Passport"),
    "permit": Text("通行证、居留证", "Travel or residence permit"), "military": Text("军官证、士兵证", "Military card"),
    "company": Text("统一社会信用代码", "Unified social credit code"),
}  # fmt: skip
_ID_SHAPES = {"id_card": r"[0-9]{17}[0-9X]", "company": r"[0-9A-HJ-NP-RTUW-Y]{18}"}
_ID_OTHER = r"[0-9A-Z()-]{5,30}"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
KINDS = {"personal": Text("个人卡/存折", "Personal card or book"), "corporate": Text("对公存折", "Company book"),
         "cheque": Text("支票户", "Cheque account")}  # fmt: skip
WAYS = {"no_feel": Text("免密支付", "No-feel payment"), "one_tap": Text("一键支付", "One-tap payment")}
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
SCAN_BYTES_MAX = 4 << 20
"""What a scanned paper begins with, and how large it may be."""
FEN_MAX = 10**13
LOOK_AFTER = timedelta(seconds=20)
"""Who asked for a debit brings it to its end; the worker comes when that is over, whatever became of it."""
GIVE_UP = timedelta(hours=24)
"""What was taken and the hub never booked by then goes back."""
LADDER_S = (2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 1800, 3600)
DEBIT = "DEBIT"
"""What a debit is called at the core."""
_KEY, PHONE_LOOKUP = "mandate payer's key", "mandate phone lookup"
# Words of the hub about its own master data, not about the payment: an operator has to act first.
_OURS = frozenset({Code.PARTNER_UNKNOWN, Code.PARTNER_SUSPENDED, Code.BILLER_UNKNOWN, Code.FAULT})


class Terms(NamedTuple):
    """What an account holder agrees to: at most so much a debit and a calendar month (0: no limit), which kinds of
    debit, in which order among several of a customer, from and until which day (None: the first; until
    it is ended)."""

    once_fen: int = 0
    month_fen: int = 0
    batch: bool = True
    no_feel: bool = False
    one_tap: bool = False
    rank: int = 1
    from_on: date | None = None
    until_on: date | None = None


class AccountHolder(NamedTuple):
    """Whose account it is, by which document he proved it; `phone`: where he is told, "" nowhere."""

    name: str
    id_kind: str
    id_no: str
    phone: str = ""


class SignedTerms(NamedTuple):
    """A three-party agreement 三方协议 as it is signed: whose bills, from whose account."""

    biller_id: int
    customer: str
    account_no: str
    holder: AccountHolder
    terms: Terms


def new_number(now: datetime) -> str:
    """Of the form that is shown now: what is sent twice is one mandate."""
    return f"DK{now.astimezone(ZONE):%Y%m%d}{randbelow(10**10):010d}"


def checked(given: SignedTerms) -> SignedTerms:
    """In its one form. Refused INPUT_INVALID, with the field."""
    holder = given.holder
    phone = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", holder.phone)).removeprefix("+86")
    made = given._replace(
        customer=clean_account(given.customer), account_no=typed_account(given.account_no),
        holder=AccountHolder(typed_name(holder.name), holder.id_kind, typed_account(holder.id_no), phone))  # fmt: skip
    terms = made.terms
    for field, fits in (
        ("customer", 0 < len(made.customer) <= ACCOUNT_MAX and made.customer.isprintable()),
        ("account_no", bool(ACCOUNT.fullmatch(made.account_no))),
        ("name", 0 < len(made.holder.name) <= NAME_MAX and made.holder.name.isprintable()),
        ("id_kind", holder.id_kind in ID_KINDS), ("id_no", is_document(made.holder)),
        ("phone", not phone or bool(PHONE.fullmatch(phone))),
        ("once_fen", 0 <= terms.once_fen < FEN_MAX), ("month_fen", 0 <= terms.month_fen < FEN_MAX),
        ("batch", terms.batch or terms.no_feel or terms.one_tap), ("rank", 1 <= terms.rank <= 9),
    ):  # fmt: skip
        if not fits:
            raise Refused(Code.INPUT_INVALID, field)
    return made


def is_document(holder: AccountHolder) -> bool:
    """Has its number the shape of its kind, an identity card its check digit (GB 11643)?"""
    shape = _ID_SHAPES.get(holder.id_kind, _ID_OTHER)
    if not re.fullmatch(shape, holder.id_no):
        return False
    if holder.id_kind != "id_card":
        return True
    total = sum(int(digit) * weight for digit, weight in zip(holder.id_no, _ID_WEIGHTS, strict=False))
    return holder.id_no[17] == "10X98765432"[total % 11]


def terms_digest(number: str, biller: str, customer: str, terms: Terms) -> str:
    """Of what the core's word is about: it signs this, and nothing else of it is agreed to."""
    told = [number, biller, customer, terms.once_fen, terms.month_fen, terms.batch, terms.no_feel, terms.one_tap,
            terms.until_on and terms.until_on.isoformat()]  # fmt: skip
    return sha256(json.dumps(told).encode()).hexdigest()


def payer_key(ring: KeyRing, number: str, stop_hash: bytes | None = None) -> str:
    """The payer's own key of a mandate, which stands in his links and nowhere else; `stop_hash`: of which it has to be,
    so that one made by an older key of the ring is found too. "": it is of none."""
    keys = (hmac.digest(key, number.encode(), sha256).hex()[:32] for key in ring.derive_each(_KEY))
    return next((key for key in keys if stop_hash in (None, sha256(key.encode()).digest())), "")


def phone_lookups(ring: KeyRing, phone: str) -> list[str]:
    """By which mandates of a phone are found, by each key of the ring, the newest first."""
    return [hmac.digest(key, phone.encode(), sha256).hex() for key in ring.derive_each(PHONE_LOOKUP)]


def context(number: str) -> str:
    """To what account, holder and phone are sealed, as the plug has it."""
    return f"mandate:{number}"


def check_debit(state: AccountState, name: str, kind: str, amount_fen: int) -> None:
    """Whether this account may be debited, in the order of the core's own checks. Refused: CORE_NO_ACCOUNT,
    CORE_CLOSED, CORE_NAME_DIFFERS, CORE_WRONG_KIND, CORE_LOST, CORE_FROZEN, CORE_SHORT."""
    if state.found and state.name.strip() != name.strip():
        raise Refused(CoreCode.CORE_NAME_DIFFERS, "account_no")
    check_payer(state, kind, amount_fen)
    check_named(state, name, "account_no")


def scan_kind(body: bytes) -> str | None:
    """Of a scanned paper, by its beginning."""
    return next((kind for magic, kind in SCANS.items() if body.startswith(magic)), None)


def is_refusal(code: ResultCode) -> bool:
    """Whether the hub's word may be its last one: then what it keeps of the serial decides."""
    return code not in _OURS and code is not Code.OK and not code.meaning.retryable


def block_serial(serial: str) -> str:
    """The serial with which a charge that never arrived is blocked."""
    return f"R{serial}"
