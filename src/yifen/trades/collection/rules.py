"""Pure decisions of collection orders 托收: what kinds there are, what a paper is, when one is looked at again."""

from datetime import timedelta

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.trades.collection.codes import CollectionCode

KINDS = {
    "entrusted": Text("委托收款", "Entrusted collection"),
    "check": Text("托收承付（验单）", "Acceptance, documents checked"),
    "goods": Text("托收承付（验货）", "Acceptance, goods checked"),
    "agreed": Text("特约委托收款", "By prior authority"),
}
MEDIA = {
    "": Text("纸质通知，柜面送达", "A paper, handed over"),
    "sms": Text("短信", "SMS"),
    "mail": Text("邮件", "Mail"),
}
WHAT, TELLER = "TSCK", "collection"
"""How the core knows such a move: its transaction code, and in whose name."""
LADDER_S = (5, 10, 20, 60, 300, 900, 3600)
GIVE_UP = timedelta(hours=24)
"""What the core paid and the hub never took by then goes back."""
PAPER_MAX = 8 << 20
_HEADS = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
# Words of the hub about its own master data, not about the payment: an operator has to act first.
_OURS = frozenset({Code.PARTNER_UNKNOWN, Code.PARTNER_SUSPENDED, Code.BILLER_UNKNOWN, Code.FAULT})


def paper_kind(body: bytes) -> str:
    """By its first bytes. Refused: COLLECTION_PAPER_KIND."""
    found = next((kind for kind, head in _HEADS.items() if body.startswith(head)), "")
    if not found or len(body) > PAPER_MAX:
        raise Refused(CollectionCode.COLLECTION_PAPER_KIND, "paper")
    return found


def is_refusal(code: ResultCode) -> bool:
    """Whether the hub's word may be its last one: then what it keeps of the serial decides."""
    return code not in _OURS and code is not Code.OK and not code.meaning.retryable


def contract_context(biller_id: int, number: str) -> str:
    """To what a contract's account is bound, as the plug has it."""
    return f"collection_contract:{biller_id}:{number}"


def told_context(biller_id: int, number: str) -> str:
    """Likewise the address by which the payer is told."""
    return f"collection_to:{biller_id}:{number}"


def paper_context(biller_id: int, sha256: bytes) -> str:
    """Likewise a paper."""
    return f"collection_paper:{biller_id}:{sha256.hex()}"
