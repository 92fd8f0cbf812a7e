"""The JSON dialect's bodies: requests, replies, problems (RFC 9457).   POST /json/v1/{verb}"""

import json
import re
from typing import Any, Literal, cast

import msgspec

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.kinds import known_code
from yifen.core.wire.messages import REQUESTS, Charge, Message, Request, WireFault
from yifen.core.wire.moments import hub_moment, year_is_sane
from yifen.core.wire.replies import REPLIES, BillerAnswer, Reply, answer_of
from yifen.core.wire.structured import read_string
from yifen.core.wire.table import fields_of

DECODERS = {verb: msgspec.json.Decoder(struct) for verb, struct in REQUESTS.items()}
PROBLEM_TYPE = "application/problem+json"
AT = re.compile(r" - at `\$\.?(.*)`$")
NAMED = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")
CODE = re.compile(r"[A-Za-z0-9]{1,16}")
SERIAL = re.compile(r"[A-Za-z0-9_.-]{1,32}")
Language = Literal["zh", "en"]


def invalid(field: str, detail: str) -> WireFault:
    return WireFault(Code.MESSAGE_INVALID, field[:400], detail[:400])


def idempotency_key(value: str) -> str:
    """The serial in an Idempotency-Key header: a string in quotes, or bare as many send it.
    MESSAGE_INVALID."""
    try:
        serial = read_string(value) if value.startswith('"') else value
    except ValueError as error:
        raise invalid("Idempotency-Key", str(error)) from None
    if SERIAL.fullmatch(serial) is None:
        raise invalid("Idempotency-Key", "1–32 of A-Z a-z 0-9 _ . -")
    return serial


def fault_of(error: msgspec.ValidationError) -> WireFault:
    """msgspec's sentence → our field path, for example `lines[0].amount_fen`."""
    text = str(error)
    at = AT.search(text)
    named = NAMED.search(text)
    path = [at[1] if at else "", named[1] if named else ""]
    return invalid(".".join(part for part in path if part), AT.sub("", text))


def unique(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise invalid(twice, "stands twice")


_once = json.JSONDecoder(object_pairs_hook=unique).decode


def decode(verb: str, body: bytes) -> Message:
    """Codes: ENCODING_INVALID, MESSAGE_INVALID with the field's path."""
    try:
        text = body.decode()
        message = DECODERS[verb].decode(text)
        _once(text)
    except UnicodeError as error:
        raise WireFault(Code.ENCODING_INVALID, "", str(error)[:200]) from None
    except msgspec.ValidationError as error:
        raise fault_of(error) from None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise invalid("", str(error)) from None
    return message


def read_message(verb: str, body: bytes, idempotency_header: str | None) -> Request:
    """The request in full; `idempotency_header` as sent, or None. Codes: ENCODING_INVALID,
    MESSAGE_INVALID with the field's path."""
    message = decode(verb, body)
    day = getattr(message, "business_day", None)
    if day is not None and not year_is_sane(day):
        raise invalid("business_day", "the year must be 2000 to 2199")
    if isinstance(message, Charge):
        try:
            message.paid_at = hub_moment(message.paid_at)
        except ValueError as error:
            raise invalid("paid_at", str(error)) from None
    if "serial" in message.__struct_fields__:
        take_serial(message, idempotency_header)
    return cast(Request, message)


def take_serial(message: Any, header: str | None) -> None:
    """The header is the serial; a serial in the body may repeat it."""
    if header is None:
        raise invalid("Idempotency-Key", "is required: it is the serial")
    serial = idempotency_key(header)
    if message.serial not in ("", serial):
        raise invalid("serial", "is not that of the Idempotency-Key")
    message.serial = serial


def request_body(message: Request) -> bytes:
    """A request to send; its serial goes with the headers."""
    return msgspec.json.encode(message)


def members(message: msgspec.Struct) -> dict[str, Any]:
    """The set fields; a payment id becomes a string, for JavaScript counts to 2^53 only."""
    pairs = ((field.name, getattr(message, field.name)) for field in fields_of(type(message)))
    found = {name: value for name, value in pairs if value is not None}
    if "payment_id" in found:
        found["payment_id"] = str(found["payment_id"])
    return found


def reply_body(code: Code, reply: Message | None, message: str = "") -> bytes:
    """A reply for OK and PROCESSING. `message`: the code's Chinese text unless given."""
    head = {"code": wire_code(code), "message": message or code.meaning.zh}
    return msgspec.json.encode(head | (members(reply) if reply is not None else {}))


def problem_body(code: Code, field: str = "", detail: str = "", language: Language = "zh") -> bytes:
    """A refusal as application/problem+json."""
    meaning = code.meaning
    problem: dict[str, Any] = {
        "type": f"/codes/{wire_code(code)}",
        "title": meaning.zh if language == "zh" else meaning.en,
        "status": meaning.status,
        "code": wire_code(code),
        "name": code.name,
        "retryable": meaning.retryable,
    }
    problem |= {name: text for name, text in (("detail", detail), ("field", field)) if text}
    return msgspec.json.encode(problem)


def convert_code(value: Any) -> str:
    """A code is a short word. ValueError."""
    if not isinstance(value, str) or CODE.fullmatch(value) is None:
        raise ValueError("the code must be 1–16 letters or digits")
    return value


def read_reply(verb: str, body: bytes) -> BillerAnswer:
    """What a partner answered, reply or problem; verify the signature first. MESSAGE_INVALID,
    ENCODING_INVALID."""
    try:
        head = msgspec.json.decode(body.decode(), type=dict[str, Any])
        code = known_code(convert_code(head.pop("code")))
        text = str(head.pop("message", head.get("title", "")))
        if "payment_id" in head:
            head["payment_id"] = int(head["payment_id"])
        bare = "status" in head or not head or verb not in REPLIES
        reply = None if bare else msgspec.convert(head, REPLIES[verb])
    except UnicodeError as error:
        raise WireFault(Code.ENCODING_INVALID, "", str(error)[:200]) from None
    except msgspec.ValidationError as error:
        raise fault_of(error) from None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise invalid("", str(error)) from None
    return answer_of(code, cast("Reply | None", reply), text)
