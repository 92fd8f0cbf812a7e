"""Clauses of a biller: who may speak, what may not be read, which characters may stand in it."""

import re
from functools import partial
from typing import Literal

from yifen.core.facts.codes import Code
from yifen.core.wire.keys import Key
from yifen.core.wire.replies import BillerAnswer
from yifen.hub.certify.answers import FIRST_BUSINESS_CODE, code_text
from yifen.hub.certify.biller_steps import (
    Clause,
    booked,
    is_refusal,
    need_not_booked,
    need_rejected,
)
from yifen.hub.certify.report import Failed, need, skip
from yifen.hub.certify.session import Session

STALE_S = 3600
OVERLONG_BYTES = 2 << 20
RARE = "㐂𫖯"
MIXED = "柜员㐂"  # its UTF-8 is no GB18030 before a tag, its GB18030 never UTF-8
OTHER_CODEC = {"utf-8": "gb18030", "gb18030": "utf-8"}
DOCTYPE = b'?><!DOCTYPE Request [<!ENTITY e "e">]>'
Aspect = Literal["signature", "time", "match", "form", "amount", "encoding"]


def forged(s: Session) -> None:
    debt = s.debt()
    charge, key = s.charge(debt), s.target.key
    wrong = Key(partner=key.partner, version=key.version, algorithm="hmac-sha256",
                secret=b"not the key " + b"0" * 20)  # fmt: skip
    need_rejected(s.provoke(charge, key=wrong), Code.SIGNATURE_INVALID)
    need_not_booked(s, charge, debt)


def altered(s: Session) -> None:
    debt = s.debt()
    charge = s.charge(debt)
    need_rejected(s.provoke(charge, tail=b"\n"), Code.SIGNATURE_INVALID)
    need_not_booked(s, charge, debt)


def stale(s: Session) -> None:
    debt = s.debt()
    for off_s in (-STALE_S, STALE_S):
        charge = s.charge(debt)
        need_rejected(s.provoke(charge, at=s.now() + off_s), Code.MESSAGE_STALE)
        need_not_booked(s, charge, debt)


def doctype(s: Session) -> None:
    debt = s.debt()
    charge = s.charge(debt)
    found = s.provoke(charge, change=lambda content: content.replace(b"?>", DOCTYPE, 1))
    need_rejected(found, Code.DOCTYPE_REFUSED)
    need_not_booked(s, charge, debt)


def overlong(s: Session) -> None:
    debt = s.debt()
    charge = s.charge(debt)
    found = s.provoke(charge, change=lambda content: content + b" " * OVERLONG_BYTES)
    need_rejected(found, Code.MESSAGE_TOO_LARGE, silence=True)
    try:
        s.ask(s.query())
    except Failed:
        raise Failed("超长报文之后不再应答", "it does not answer any more afterwards") from None
    need_not_booked(s, charge, debt)


def field_twice(s: Session) -> None:
    debt = s.debt()
    charge = s.charge(debt)
    if s.target.dialect == "xml":
        found = s.provoke(charge, change=lambda content: content.replace(
            b"<Body>", b"<Body><AccountNo>0</AccountNo>"))  # fmt: skip
    else:
        found = s.provoke(charge, change=lambda content: b'{"account_no":"0",' + content[1:])
    need_rejected(found, Code.MESSAGE_INVALID)
    need_not_booked(s, charge, debt)


def rare_characters(s: Session) -> None:
    debt = s.debt()
    unknown = s.ask(s.query(RARE), refusable=True)
    need(unknown.code is Code.OK or is_refusal(unknown, FIRST_BUSINESS_CODE), f"生僻字户号应答 {code_text(unknown)}",
         f"an account number of rare characters was answered {code_text(unknown)}")  # fmt: skip
    charge = s.charge(debt, operator=RARE)
    booked(s, charge)
    answer = s.ask(s.reversal(charge, reason=f"{RARE}退"))
    need(answer.code is Code.OK or not s.restores, f"冲正应答 {code_text(answer)}",
         f"the reversal was answered {code_text(answer)}")  # fmt: skip


def byte_order_mark(s: Session) -> None:
    mark = "\ufeff".encode("utf-8" if s.target.dialect == "json" else s.target.encoding)
    found = s.provoke(s.query(), change=lambda content: mark + content)
    if not isinstance(found, BillerAnswer) or found.code is not Code.OK:
        need_rejected(found, Code.ENCODING_INVALID)


def misdeclared(s: Session) -> None:
    debt = s.debt()
    charge = s.charge(debt, operator=MIXED)
    codec = "utf-8" if s.target.dialect == "json" else s.target.encoding
    found = s.provoke(
        charge, change=lambda content: content.decode(codec).encode(OTHER_CODEC[codec])
    )
    need_rejected(found, Code.ENCODING_INVALID)
    need_not_booked(s, charge, debt)


# --- what is judged over every answer to a proper request --------------------------------------


def judged(aspect: Aspect) -> Clause:
    """The clause that no answer of the whole run is wrong in this."""
    return partial(_judge, aspect)


def _judge(aspect: Aspect, s: Session) -> None:
    if not s.exchanges:
        skip("没有应答", "there was no answer")
    found = [f"{e.message.VERB}: {e.faults[aspect]}" for e in s.exchanges if aspect in e.faults]
    kinds = list(dict.fromkeys(re.sub(r"\d+", "N", text) for text in found))
    s.trace.append(f"{len(s.exchanges) - len(found)}/{len(s.exchanges)} ✓")
    told = "; ".join([*found[:1], *(k for k in kinds[1:3])])
    need(not found, f"{len(found)} 次应答有误：{told}", f"{len(found)} answers are wrong: {told}")


def in_time(s: Session) -> None:
    if not s.exchanges:
        skip("没有应答", "there was no answer")
    slowest = max(exchange.seconds for exchange in s.exchanges)
    s.trace.append(f"max {slowest:.3f} s")
    need(slowest <= s.target.timeout_s, f"最慢 {slowest:.1f} 秒，超过 {s.target.timeout_s:g} 秒",
         f"the slowest took {slowest:.1f} s, more than {s.target.timeout_s:g} s")  # fmt: skip
