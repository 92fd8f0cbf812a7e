"""The core port 核心接口: a bank's core system posts money between its accounts, as signed JSON over HTTP.

POST /accounts/query says how an account stands; POST /postings debits one and credits another, once for each
serial; POST /postings/query says what became of a serial; POST /postings/undo takes a whole posting back under a
serial of its own; POST /accounts/agree has a customer agree to a mandate by a code to the phone that the core has
of him. POST /packs asks for up to 1,000 postings at once, each of which stands or fails by itself, in their
order; POST /packs/query says what became of a pack: of all of it, or nothing yet. Requests and replies are signed as
in the JSON dialect (RFC 9421, hmac-sha256). A serial that was posted is answered `repeated`: ask what became of it.
`not_found` (404): never seen, and it may be sent again. An undo of what was never seen is refused
(`original_missing`), and that serial is blocked for ever.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from yifen.core.wire.decoding import decoded

ACCOUNT, POST, QUERY, UNDO = "/accounts/query", "/postings", "/postings/query", "/postings/undo"
PACK, PACK_QUERY = "/packs", "/packs/query"
PACK_MOST = 1_000
AGREE = "/accounts/agree"
CoreState = Literal["done", "processing", "refused", "reversed", "repeated", "not_found", "clash"]
AccountKind = Literal["personal", "cheque", "corporate", "internal"]
STATUS: dict[CoreState, int] = {"not_found": 404, "clash": 409}
WHY = (
    "no_account", "wrong_kind", "closed", "frozen", "lost", "replaced", "name_differs", "pin_wrong", "short",
    "no_cheque", "cheque_used", "cheque_lost", "cheque_returned", "cheque_void", "cheque_late",
    "original_missing", "amount_differs", "already_reversed", "blocked", "phone_differs", "code_wrong",
)  # fmt: skip
"""Codes of a refusal; a core may have others, which its own words explain."""


class AccountQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """How does this account stand, and this cheque of it? The balance is told to the right PIN alone; that of an
    internal account, which has none, to whoever signs."""

    account_no: str
    cheque_no: str = ""
    pin_block: str = ""
    nonce: str = ""  # of this question alone: its answer has it again


class AccountState(Struct, frozen=True):
    """`medium`, card or passbook: 0 good, 1 lost, 2 lost and replaced. `cheque`: 1 unused, 2 lost, 3 returned,
    4 void, 5 used, 0 none of that number. `free_fen`: the balance without what is held."""

    account_no: str
    found: bool
    name: str = ""
    kind: AccountKind = "internal"
    open: bool = False
    frozen: bool = False
    medium: int = 0
    cheque: int = 0
    pin: Literal["", "right", "wrong"] = ""
    free_fen: int | None = None
    nonce: str = ""

    @property
    def http_status(self) -> int:
        return 200 if self.found else 404


class AgreeQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """Does the holder agree that a mandate debits his account? `reference`: the mandate's number; `terms`: SHA-256 of
    its terms, in hex; `words`: what the core tells him of it. Without a `code` the core sends one to his phone."""

    reference: str
    account_no: str
    name: str
    phone: str
    terms: str
    words: str
    code: str = ""


class AgreeState(Struct, frozen=True):
    """sent: a code went to the phone; agreed: the code was right; refused: `code` says why, and nothing was agreed."""

    reference: str
    account_no: str
    terms: str
    state: Literal["sent", "agreed", "refused"]
    code: str = ""

    @property
    def http_status(self) -> int:
        return 200


class CorePosting(Struct, forbid_unknown_fields=True, frozen=True):
    """Debit and credit `amount_fen` in CNY whole or not at all; the serial is its key at the core for ever.
    `kind` says what must be debited, "" any. A PIN comes sealed (`pin_block`) and not twice."""

    serial: str
    debit: str
    credit: str
    amount_fen: int
    kind: AccountKind | Literal[""] = ""
    pin_block: str = ""
    cheque_no: str = ""
    cheque_on: str = ""  # yyyy-MM-dd, the day the cheque was written
    summary: str = ""
    teller: str = ""
    day: str = ""  # yyyy-MM-dd, the business day


class CoreQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """What became of this serial?"""

    serial: str


class CoreUndo(Struct, forbid_unknown_fields=True, frozen=True):
    """Take back the whole posting `original`, under a serial of its own."""

    serial: str
    original: str
    amount_fen: int
    summary: str = ""
    teller: str = ""
    day: str = ""


class CoreStatus(Struct, frozen=True):
    """refused: nothing was posted, and never will be under this serial, for the reason `code`; reversed: it was
    posted and taken back; clash: the serial was used for something else."""

    serial: str
    state: CoreState
    amount_fen: int = 0
    core_serial: str = ""
    code: str = ""
    reason: str = ""

    @property
    def http_status(self) -> int:
        return STATUS.get(self.state, 200)


class CorePack(Struct, forbid_unknown_fields=True, frozen=True):
    """Postings without a PIN, debited in their order; each has its own serial for ever, and is answered for itself."""

    serial: str
    items: list[CorePosting]


class CorePackStatus(Struct, frozen=True):
    """done: every item is decided, and `items` says each, in the order of the pack; processing: nothing is said yet."""

    serial: str
    state: Literal["done", "processing", "not_found", "clash"]
    items: list[CoreStatus] = []

    @property
    def http_status(self) -> int:
        return {"not_found": 404, "clash": 409}.get(self.state, 200)


def read_account_query(body: bytes) -> AccountQuery:
    """ValueError: it is none."""
    return decoded(body, AccountQuery)


def read_account_state(body: bytes) -> AccountState:
    """ValueError: it is none."""
    return decoded(body, AccountState)


def read_agree_query(body: bytes) -> AgreeQuery:
    """ValueError: it is none."""
    return decoded(body, AgreeQuery)


def read_agree_state(body: bytes) -> AgreeState:
    """ValueError: it is none, or a refusal without a code."""
    state = decoded(body, AgreeState)
    if (state.state == "refused") != bool(state.code):
        raise ValueError("a refusal has a code")
    return state


def read_posting(body: bytes) -> CorePosting:
    """ValueError: it is none, or posts nothing."""
    posting = decoded(body, CorePosting)
    if posting.amount_fen < 1 or posting.debit == posting.credit:
        raise ValueError("a posting moves money")
    return posting


def read_core_query(body: bytes) -> CoreQuery:
    """ValueError: it is none."""
    return decoded(body, CoreQuery)


def read_undo(body: bytes) -> CoreUndo:
    """ValueError: it is none."""
    return decoded(body, CoreUndo)


def read_core_status(body: bytes) -> CoreStatus:
    """ValueError: it is none, or a refusal without a code."""
    status = decoded(body, CoreStatus)
    if (status.state == "refused") != bool(status.code):
        raise ValueError("a refusal has a code")
    return status


def read_pack(body: bytes) -> CorePack:
    """ValueError: it is none, is empty or too large, names a serial twice, has a PIN, or posts nothing somewhere."""
    pack = decoded(body, CorePack)
    if not 1 <= len({item.serial for item in pack.items}) == len(pack.items) <= PACK_MOST:
        raise ValueError(f"a pack has 1 to {PACK_MOST} postings, each serial once")
    if any(item.amount_fen < 1 or item.debit == item.credit or item.pin_block for item in pack.items):
        raise ValueError("a posting of a pack moves money, without a PIN")
    return pack


def read_pack_status(body: bytes) -> CorePackStatus:
    """ValueError: it is none, or an item of it is not decided."""
    status = decoded(body, CorePackStatus)
    if any(item.state not in ("done", "refused", "reversed") or (item.state == "refused") != bool(item.code)
           for item in status.items):  # fmt: skip
        raise ValueError("each item of a pack is decided, and a refusal has a code")
    return status


encode = msgspec.json.encode
