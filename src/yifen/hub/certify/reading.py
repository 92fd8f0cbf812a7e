"""Reads a biller's answer patiently: what is wrong is noted by aspect, and read over if it can be.

So that one fault fails the clause it belongs to, and not every clause that hears an answer.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http, xml_client
from yifen.core.wire.decoding import decoded_any
from yifen.core.wire.heads import ReplyHead
from yifen.core.wire.messages import (
    REPLAY_WINDOW_S,
    Charge,
    Confirm,
    Message,
    Query,
    Reverse,
    WireFault,
)
from yifen.core.wire.replies import (
    BillerAnswer,
    PaymentReply,
    QueryReply,
    Reply,
    ReverseReply,
    answer_of,
)
from yifen.core.wire.sealing import DIGEST_LENGTH, fits, markup_of
from yifen.core.wire.table import Unit
from yifen.core.wire.xml_document import open_document
from yifen.hub.certify.target import Heard, Target

Faults = dict[str, str]  # aspect → what is wrong with it
LABEL = re.compile(rb"encoding *= *[\"']([A-Za-z0-9._-]+)[\"']")
OTHER_UNIT: dict[Unit, Unit] = {"fen": "yuan", "yuan": "fen"}
AMOUNT_DIGITS_MAX = 20  # of an amount that could have been meant
LOST_CHARACTER = "\ufffd"


def read(
    heard: Heard, message: Message, target: Target, now: int
) -> tuple[BillerAnswer | None, Faults]:
    """The answer, or None when there is none to be read, and its faults by aspect: signature, time,
    encoding, form, amount, match. `now`: epoch seconds."""
    faults: Faults = {}
    if target.dialect == "xml":
        answer = read_xml(heard, message, target, now, faults)
    else:
        answer = read_json(heard, message, target, now, faults)
    if answer is not None and answer.reply is not None:
        check_match(message, answer.reply, faults)
        if LOST_CHARACTER in f"{answer.message}{answer.reply}":
            faults.setdefault("encoding", "U+FFFD: a character was lost")
    return answer, faults


def told(fault: WireFault) -> str:
    return f"{fault.code.name} {fault.field} {fault.detail}".replace("  ", " ").strip()


# --- XML -------------------------------------------------------------------------------------


def read_xml(
    heard: Heard, message: Message, target: Target, now: int, faults: Faults
) -> BillerAnswer | None:
    """Digest, declaration, head, body: each may be wrong by itself."""
    body = heard.body
    if not re.match(rb"[0-9A-F]{40}", body):
        faults["signature"] = "no 40 upper-case hex digits first"
        body = b"0" * DIGEST_LENGTH + body.removeprefix(body[: max(body.find(b"<"), 0)])
    try:
        digest, text, codec = markup_in_some_encoding(body, faults)
        if not fits(digest, body[DIGEST_LENGTH:], target.key.secret):
            faults.setdefault("signature", "the digest does not fit")
        head, document = open_document(text, ReplyHead)
    except WireFault as fault:
        faults["form"] = told(fault)
        return None
    if codec != target.encoding:
        faults.setdefault("encoding", f"{codec}, agreed is {target.encoding}")
    if abs(now - head.time) > REPLAY_WINDOW_S:
        faults["time"] = f"Head/Time is {head.time - now:+d} s off"
    if head.verb not in (None, message.VERB):
        faults["match"] = f"Head/Verb is {head.verb}"
    return answer_of(head.code, xml_body(document, message.VERB, target.unit, faults), head.message)


def markup_in_some_encoding(body: bytes, faults: Faults) -> tuple[str, str, str]:
    """As `markup_of`; bytes that do not fit their declaration are read in the other encoding."""
    try:
        return markup_of(body)
    except WireFault as fault:
        if fault.code is not Code.ENCODING_INVALID:
            raise
        faults["encoding"] = told(fault)
    label = LABEL.search(body[:200])
    said = label[1].upper() if label else b"UTF-8"
    other = b"UTF-8" if said.startswith(b"GB") else b"GB18030"
    declared = b'<?xml version="1.0" encoding="' + other + b'"?>'
    markup = re.sub(rb"^(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>)?", b"", body[DIGEST_LENGTH:])
    _, text, codec = markup_of(body[:DIGEST_LENGTH] + declared + markup)
    return body[:DIGEST_LENGTH].decode(), text, codec


def xml_body(document: Any, verb: str, unit: Unit, faults: Faults) -> Reply | None:
    """The body in the agreed unit, else in the other one, else none."""
    try:
        return xml_client.reply_of(document, verb, unit)
    except WireFault as fault:
        first = told(fault)
    try:
        reply = xml_client.reply_of(document, verb, OTHER_UNIT[unit])
    except WireFault:
        faults["form"] = first
        return None
    faults["amount"] = f"amounts are not in {unit}: {first}"
    return reply


# --- JSON ------------------------------------------------------------------------------------


def read_json(
    heard: Heard, message: Message, target: Target, now: int, faults: Faults
) -> BillerAnswer | None:
    """Signature and body; amounts that are no integers, and an envelope alone, are read too."""
    try:
        http_signed.verify_reply(heard.status, heard.headers, heard.body,
                                 lambda *_: target.reply_key or target.key, now)  # fmt: skip
    except WireFault as fault:
        faults["time" if fault.code is Code.MESSAGE_STALE else "signature"] = told(fault)
    try:
        return json_http.read_reply(message.VERB, heard.body)
    except WireFault as fault:
        first = fault
    mended = mended_json(heard.body)
    for aspect, body in mended.items():
        try:
            answer = json_http.read_reply(message.VERB, body)
        except WireFault:
            continue
        faults[aspect] = told(first)
        return answer
    faults["form"] = told(first)
    return None


def mended_json(body: bytes) -> dict[str, bytes]:
    """By the aspect that is wrong: the body with this mended."""
    found: dict[str, bytes] = {}
    try:
        text = body.decode()
    except UnicodeError:
        text = body.decode("gb18030", "replace")
        found["encoding"] = text.encode()
    try:
        head = decoded_any(text)
        whole = whole_amounts(head)
    except (ValueError, RecursionError):
        return found
    if isinstance(head, dict):
        found["amount"] = msgspec.json.encode(whole)
        envelope = {name: head[name] for name in ("code", "message", "title") if name in head}
        found["form"] = msgspec.json.encode(envelope)
    return found


def whole_amounts(value: Any) -> Any:
    """Amounts written with decimals or in quotes, as the fen that were meant."""
    if isinstance(value, dict):
        return {name: fen_meant(inner) if name.endswith("_fen") else whole_amounts(inner)
                for name, inner in value.items()}  # fmt: skip
    return [whole_amounts(inner) for inner in value] if isinstance(value, list) else value


def fen_meant(value: Any) -> Any:
    """`"3.00"` is yuan, `300.0` and `"300"` are fen."""
    if isinstance(value, int):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    if not number.is_finite() or number.adjusted() > AMOUNT_DIGITS_MAX:
        return value
    in_yuan = isinstance(value, str) and "." in value
    return int(number * 100) if in_yuan else int(number)


# --- what was asked ----------------------------------------------------------------------------


def check_match(message: Message, reply: Reply, faults: Faults) -> None:
    """Does it speak of what was asked, and of the same amount?"""
    match message, reply:
        case (Query(), QueryReply()):
            asked = (message.biller, clean_account(message.account_no))
            same = (reply.biller, clean_account(reply.account_no)) == asked
        case (Charge(), PaymentReply()):
            same = reply.serial == message.serial
        case (Confirm(), PaymentReply()):
            same = reply.serial == message.original_serial
        case (Reverse(), ReverseReply()):
            same = reply.original_serial == message.original_serial
        case _:
            same = False
    if not same:
        faults.setdefault("match", f"{message.VERB}: the answer is about another one")
    sent = getattr(message, "amount_fen", None)
    got = getattr(reply, "amount_fen", None)
    if sent is not None and got is not None and sent != got:
        faults.setdefault("amount", f"{sent} fen were sent, {got} were answered")
