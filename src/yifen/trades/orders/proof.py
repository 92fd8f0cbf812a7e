"""What `yifen verify` and the night ask of payers' orders: each against the payment that it made, and the
pay method's own word that its money came or went back, whose signature is read again."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.verify import problems
from yifen.trades.orders.methods import BadNotice, PayMethodPort, Signed
from yifen.trades.orders.methods.providers import PROVIDERS, made
from yifen.trades.orders.methods.providers import context as method_context

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("orders_altered", "orders_unanswered", "parts_altered", "answers_simulated"))
_ANSWERS, _METHOD = _SQL["answers"], _SQL["pay_method"]
FIRST = 20
"""How many forged answers `verify` names."""


class KeptAnswer(NamedTuple):
    """An answer as it is kept; `digest`: what the night read, None where it never did. `refund_no`: which refund is
    back, `of_part`: one of several; `whole`: its amount is all that came."""

    answer_id: int
    order_no: str
    kind: str
    method: str
    trade_no: str
    amount_fen: int
    sealed: bytes
    digest: bytes | None
    refund_no: str
    of_part: bool
    whole: bool


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Orders that do not say what was booked, or what no pay method said; and answers that none signed."""
    found = [problem for check in _CHECKS for problem in problems(conn, check)]
    for kept, _digest, why in read(conn, key_ring(), False):
        if why and len(found) < FIRST:
            found.append(f"checkout_answer {kept.answer_id} of order {kept.order_no} {why}")
    return found


def read(
    conn: psycopg.Connection[Any], ring: KeyRing, unproved: bool
) -> Iterator[tuple[KeptAnswer, bytes, str]]:
    """All answers of real pay methods, or those that the night did not read: each with the digest of what
    stands there and why it is not the method's word, "" when it is."""
    methods = _methods(conn, ring)
    last, rows = 0, [()]
    while rows:
        rows = conn.execute(_ANSWERS, {"after": last, "unproved": unproved}).fetchall()
        for kept in map(KeptAnswer._make, rows):
            last = kept.answer_id
            yield kept, *_judged(kept, ring, methods)


def _judged(kept: KeptAnswer, ring: KeyRing, methods: Callable[[str], PayMethodPort | None]) -> tuple[bytes, str]:
    if not kept.sealed:  # of before answers were kept: the migration told it, nobody else can
        return b"", "" if kept.digest == b"" else "holds nothing that was signed"
    try:
        plain = ring.open(kept.sealed, context(kept.order_no))
    except KeyRingError as error:
        return b"", f"cannot be opened: {error}"
    # The number of a refund in whole follows from the order, and was not read before there were parts.
    told = kept[1:6] + ((kept.refund_no,) if kept.of_part else ())
    digest = hashlib.sha256(json.dumps(told).encode() + plain).digest()
    return digest, "" if kept.digest == digest else _not_said(kept, plain, methods(kept.method))


def _not_said(kept: KeptAnswer, plain: bytes, method: PayMethodPort | None) -> str:
    """Why the pay method did not say this."""
    if method is None:
        return f"is of {kept.method}, which has no keys here"
    try:
        call, headers, body = json.loads(plain)
        order_no, trade = method.read(Signed(call, headers, body))
    except (BadNotice, ValueError, TypeError) as error:
        return f"was not signed by {kept.method}: {getattr(error, 'why', error)}"
    if order_no != kept.order_no:
        return f"is about order {order_no}"
    # Alipay's answer to a refund, kept once, tells no number, but all that went back of the trade so far.
    number = "" if kept.whole and not trade.refund_no else kept.refund_no
    said = (trade.state, trade.trade_no, trade.amount_fen, trade.refund_no)
    told = (kept.kind, kept.trade_no, kept.amount_fen, number)
    return "" if said == told else f"says {told}, {kept.method} said {said}"


def _methods(conn: psycopg.Connection[Any], ring: KeyRing) -> Callable[[str], PayMethodPort | None]:
    """The pay method of a code, each made once; None: it has no credentials that can be read."""
    known: dict[str, PayMethodPort | None] = {}

    def method(code: str) -> PayMethodPort | None:
        if code not in known:
            known[code] = _made(conn, ring, code)
        return known[code]

    return method


def _made(conn: psycopg.Connection[Any], ring: KeyRing, code: str) -> PayMethodPort | None:
    row = conn.execute(_METHOD, (code,)).fetchone() if code in PROVIDERS else None
    try:
        return made(code, ring.open(row[0], method_context(code)), row[1]) if row else None
    except (KeyRingError, Refused):
        return None


def context(order_no: str) -> str:
    """What a sealed answer is bound to."""
    return f"checkout_answer:{order_no}"
