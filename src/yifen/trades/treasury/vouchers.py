"""Vouchers 支付凭证 and returns 退票: made by a unit's cashier, agreed to by another person; sent by the worker."""

from collections.abc import Sequence
from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.treasury.codes import TreasuryCode
from yifen.trades.treasury.reading import rows, said

LINES_MOST = 200


def make(access: Access, repayments: Sequence[int], now: datetime) -> list[int]:
    """Their numbers: a voucher for each unit and indicator, of 200 lines at most; all of them or none. Refused as
    treasury_make_v1."""
    groups: dict[tuple[int, int], list[int]] = {}
    for repayment, unit, indicator in rows("keys_of", (list(repayments),)):
        groups.setdefault((unit, indicator), []).append(repayment)
    made = []
    for wanted in groups.values() or [[]]:
        for at in range(0, max(len(wanted), 1), LINES_MOST):
            ((code, voucher),) = rows("make", (access.session, wanted[at : at + LINES_MOST], now))
            if code == TreasuryCode.VOUCHER_WRITING:
                ((name,),) = rows("unwritten", (wanted,))
                raise Refused(TreasuryCode.VOUCHER_WRITING, "repayments", name or "")
            if code:
                raise Refused(result_code(code), "repayments")
            made.append(int(voucher))
    return made


def agree(access: Access, voucher: int, *, seen: str, yes: bool, note: str, now: datetime) -> None:
    """The second person's word; `seen`: the digest of what the page showed. Refused as treasury_agree_v1."""
    said("agree", access.session, voucher, digest(seen), yes, note.strip(), now)


def ask_again(access: Access, voucher: int, now: datetime) -> None:
    """The bank is asked what became of it. Refused as treasury_ask_again_v1."""
    said("ask_again", access.session, voucher, now)


def ask_return(access: Access, voucher: int, line: int, fen: int, reason: str, now: datetime) -> int:
    """Its number. Refused as treasury_ask_return_v1."""
    return _asked((access.session, None, voucher, line, fen, reason.strip(), now))


def take_return(access: Access, told: int, now: datetime) -> int:
    """One that the bank told of is asked for. Refused likewise."""
    return _asked((access.session, told, None, None, None, None, now))


def decide_return(access: Access, asked: int, *, seen_fen: int, yes: bool, now: datetime) -> None:
    """Refused as treasury_decide_return_v1."""
    said("decide_return", access.session, asked, seen_fen, yes, now)


def digest(seen: str) -> bytes:
    """What a page showed; of what is none, nothing fits."""
    return bytes.fromhex(seen) if len(seen) == 64 and set(seen) <= set("0123456789abcdef") else b""


def _asked(values: tuple[object, ...]) -> int:
    ((code, found),) = rows("ask_return", values)
    if code:
        raise Refused(result_code(code), "amount")
    return int(found)
