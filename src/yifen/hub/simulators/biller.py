"""A biller's own system as an HTTP server in both dialects, with faults by rule.

POST /xml/v1/{verb} and /json/v1/{verb} as the hub calls them; GET /books shows its own books.
"""

import json
from typing import NamedTuple

from msgspec.structs import replace

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http, xml_sha1
from yifen.core.wire.messages import (
    REPLAY_WINDOW_S,
    Charge,
    FileRequest,
    Request,
    Reverse,
    WireFault,
)
from yifen.core.wire.replies import PaymentReply
from yifen.core.wire.sealing import seal
from yifen.hub.simulators.biller_file import daily
from yifen.hub.simulators.books import BillerBooks, Said
from yifen.hub.simulators.door import Clock
from yifen.hub.simulators.faults import NOT_BOOKED, Faults
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

VERBS = ("query", "charge", "confirm", "reverse", "refund", "file")


class Asked(NamedTuple):
    """How it was asked, and so how it answers; `encoding`: the codec of an XML request."""

    dialect: str
    verb: str
    encoding: str = "utf-8"


class SimulatedBiller:
    """Checks who speaks, asks its books, answers; unless a fault says otherwise."""

    def __init__(
        self, identity: Identity, books: BillerBooks, faults: Faults, clock: Clock,
        *, late_s: float = 2.0, down_s: float = 2.0,
    ) -> None:  # fmt: skip
        self._identity, self._books, self._faults, self._clock = identity, books, faults, clock
        self._late_s, self._down_s = late_s, down_s
        self.listener: Listener

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; answers the port."""
        self.listener = Listener(self.answer, host, port)
        await self.listener.open()
        return self.listener.port

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """One HTTP request."""
        if call.path == "/books":
            return ListenerReply(body=json.dumps(self._books.state()).encode())
        _, dialect, _, verb = (call.path.split("/") + [""] * 4)[:4]
        if call.method != "POST" or dialect not in ("xml", "json") or verb not in VERBS:
            return ListenerReply(404)
        asked = Asked(dialect, verb, self._identity.encoding)
        try:
            if call.too_large:
                raise WireFault(Code.MESSAGE_TOO_LARGE)
            if dialect == "xml":
                message, encoding = self._read_xml(verb, call)
                asked = asked._replace(encoding=encoding)
            else:
                message = self._read_json(verb, call)
        except WireFault as fault:
            return self._reply(asked, (fault.code, None))
        if isinstance(message, FileRequest):
            return self._file(asked, message)
        return self._faulty(asked, message, self._faults.next(verb, key_of(message)))

    def _file(self, asked: Asked, message: FileRequest) -> ListenerReply:
        """Its own books of that day, signed like any reply."""
        who, text = self._identity, asked.dialect == "xml"
        body = daily(self._books, who.partner, message.business_day, text=text,
                     encoding=who.encoding)  # fmt: skip
        if text:
            return ListenerReply(200, (("content-type", "text/plain"),), seal(body, who.key.secret))
        headers = http_signed.sign_reply(200, body, who.key, self._now(), "application/jsonl")
        return ListenerReply(200, tuple(headers.items()), body)

    def _faulty(self, asked: Asked, message: Request, fault: str) -> ListenerReply:
        """The reply that this fault makes of the message."""
        if fault in NOT_BOOKED:
            return self._refused(asked, fault)
        code, reply = self._books.answer(message, self._clock())
        if fault == "wrong_amount" and isinstance(reply, PaymentReply):
            reply = replace(reply, amount_fen=reply.amount_fen + 1)
        good = self._reply(asked, (code, reply), forged=fault == "forged")
        match fault:
            case "late":
                return good._replace(late_s=self._late_s)
            case "lost":
                return good._replace(times=0)
            case "twice":
                return good._replace(times=2)
            case "garbage":
                return ListenerReply(200, (), bytes(range(255, 0, -1)))
        return good

    def _refused(self, asked: Asked, fault: str) -> ListenerReply:
        if fault == "down":
            self.listener.pause(self._down_s)
        if fault in ("down", "drop"):
            return ListenerReply(times=0)
        code = Code.BUSY if fault == "busy" else Code.BILLER_REJECTED
        return self._reply(asked, (code, None))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        """The message, proved to be the hub's, and its encoding. WireFault."""
        who, sealed = self._identity, xml_sha1.open_body(call.body)
        if sealed.partner != who.partner or not xml_sha1.digest_fits(sealed, who.key.secret):
            raise WireFault(Code.SIGNATURE_INVALID)
        if abs(self._now() - sealed.sent_at) > REPLAY_WINDOW_S:
            raise WireFault(Code.MESSAGE_STALE)
        return xml_sha1.read_message(sealed, verb, who.unit), sealed.encoding

    def _read_json(self, verb: str, call: ListenerCall) -> Request:
        """The message, proved to be the hub's. WireFault."""
        http_signed.verify("POST", call.path, call.headers, call.body,
                           lambda *_: self._identity.reply_key, self._now(), "http")  # fmt: skip
        return json_http.read_message(verb, call.body, call.headers.get("idempotency-key"))

    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        who, (code, reply) = self._identity, said
        if asked.dialect == "xml":
            key = b"forged" if forged else who.key.secret
            body = xml_sha1.reply_bytes(asked.verb, who.partner, code, reply, key=key,
                                        sent_at=self._now(), unit=who.unit,
                                        encoding=asked.encoding)  # fmt: skip
            return ListenerReply(200, (("content-type", "application/xml"),), body)
        plain = code in (Code.OK, Code.PROCESSING)
        content = json_http.reply_body(code, reply) if plain else json_http.problem_body(code)
        kind = "application/json" if plain else json_http.PROBLEM_TYPE
        status = code.meaning.status
        headers = http_signed.sign_reply(status, content, who.key, self._now(), kind)
        return ListenerReply(status, tuple(headers.items()), content + b" " * forged)


def key_of(message: Request) -> str:
    """What a message is about, so that the same fault meets it in every run."""
    if isinstance(message, Charge):
        return f"{message.account_no}|{message.lines[0].payable}"
    if isinstance(message, Reverse):
        return message.original_serial
    return getattr(message, "account_no", "") or getattr(message, "original_serial", "")
