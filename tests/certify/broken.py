"""Billers that break one rule each: what a conformance run must find."""

import asyncio
import re
from contextvars import ContextVar

from msgspec.structs import replace

from tests.certify.running import KEY, TIMING, identity
from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http, xml_sha1
from yifen.core.wire.messages import Charge, Confirm, Request, WireFault
from yifen.core.wire.replies import PaymentReply, QueryReply
from yifen.core.wire.sealing import DIGEST_LENGTH, seal, unseal
from yifen.hub.simulators.biller import Asked, SimulatedBiller
from yifen.hub.simulators.books import BillerBooks, Said, SerialOutcome
from yifen.hub.simulators.faults import Faults
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

READER: ContextVar[asyncio.StreamReader] = ContextVar("READER")


class Watching(Listener):
    """Lets a biller see whether its caller has hung up."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        READER.set(reader)
        await super()._serve(reader, writer)


class Broken(SimulatedBiller):
    """Honest, but for what a subclass breaks."""

    books_kind: type[BillerBooks] = BillerBooks

    def __init__(self, found: BillerBooks) -> None:
        super().__init__(identity(), found, Faults(), TIMING.now)

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        self.listener = Watching(self.answer, host, port)
        await self.listener.open()
        return self.listener.port


# --- what the caller's hanging up does -----------------------------------------------------------


class SeesWhoLeft(Broken):
    """Answers a charge after a moment; `busy`: serials until then, `left`: whose caller left."""

    def __init__(self, found: BillerBooks) -> None:
        super().__init__(found)
        self.busy: set[str] = set()
        self.left: set[str] = set()

    async def answer(self, call: ListenerCall) -> ListenerReply:
        serial = re.search(rb"<Serial>([^<]*)", call.body)
        if not call.path.endswith("charge") or not serial:
            return await super().answer(call)
        self.busy.add(serial[1].decode())
        await asyncio.sleep(0.02)
        if READER.get().at_eof():
            self.left.add(serial[1].decode())
        self.busy.discard(serial[1].decode())
        return await super().answer(call)

    def _faulty(self, asked: Asked, message: Request, fault: str) -> ListenerReply:
        if isinstance(message, Confirm) and message.original_serial in self.busy:
            return self._reply(asked, (Code.PROCESSING, None))
        return super()._faulty(asked, message, fault)


class StuckWhenLeft(SeesWhoLeft):
    """A charge whose caller left stays in progress for ever."""

    def _faulty(self, asked: Asked, message: Request, fault: str) -> ListenerReply:
        if isinstance(message, Confirm) and message.original_serial in self.left:
            return self._reply(asked, (Code.PROCESSING, None))
        return super()._faulty(asked, message, fault)


class LosesAnswerWhenLeft(SeesWhoLeft):
    """It keeps an answer only once it was delivered: the re-sent charge is refused."""

    def _faulty(self, asked: Asked, message: Request, fault: str) -> ListenerReply:
        lost = self.left & self._books._receipts.keys()
        if isinstance(message, Charge) and message.serial in lost:
            return self._reply(asked, (Code.ALREADY_PAID, None))
        return super()._faulty(asked, message, fault)


class BooksWithoutLooking(Broken):
    """Looks for the serial first, books a moment later: two at once are both new."""

    async def answer(self, call: ListenerCall) -> ListenerReply:
        serial = re.search(rb"<Serial>([^<]*)", call.body)
        receipts: dict[str, SerialOutcome] = self._books._receipts
        if not call.path.endswith("charge") or not serial or serial[1].decode() in receipts:
            return await super().answer(call)
        await asyncio.sleep(0.15)
        first = receipts.pop(serial[1].decode(), None)
        reply = await super().answer(call)
        if first is not None:
            receipts[serial[1].decode()] = first
        return reply


class BooksThoughReversed(Broken):
    """Looks for a tombstone first, books a moment later whatever happened meanwhile."""

    async def answer(self, call: ListenerCall) -> ListenerReply:
        if call.path.endswith("charge"):
            serial = re.search(rb"<Serial>([^<]*)", call.body)
            stones = self._books._tombstones
            before = bool(serial and serial[1].decode() in stones)
            await asyncio.sleep(0.02)
            if READER.get().at_eof():
                await asyncio.sleep(0.5)  # so that the reversal overtakes it on a slow machine too
            if serial and not before:
                stones.discard(serial[1].decode())
        return await super().answer(call)


# --- what it believes ----------------------------------------------------------------------------


class BelievesAnybody(Broken):
    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        content = seal(call.body[DIGEST_LENGTH:], KEY.secret)
        return super()._read_xml(verb, call._replace(body=content))


class BelievesAnySignature(Broken):
    """JSON: the digest is checked, and who signed it is not."""

    def _read_json(self, verb: str, call: ListenerCall) -> Request:
        try:
            return super()._read_json(verb, call)
        except WireFault as fault:
            if fault.field != "Signature":
                raise
        return json_http.read_message(verb, call.body, call.headers.get("idempotency-key"))


class IgnoresDigest(Broken):
    """JSON: the signature is checked, and whether its digest fits the body is not."""

    def _read_json(self, verb: str, call: ListenerCall) -> Request:
        try:
            return super()._read_json(verb, call)
        except WireFault as fault:
            if fault.field != "Content-Digest":
                raise
        return json_http.read_message(verb, call.body, call.headers.get("idempotency-key"))


class DigestsLess(Broken):
    """XML: white space at the end is not under its digest."""

    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        return super()._read_xml(verb, call._replace(body=call.body.rstrip()))


class HasNoClock(Broken):
    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        sealed = xml_sha1.open_body(call.body)
        if not xml_sha1.digest_fits(sealed, KEY.secret):
            raise WireFault(Code.SIGNATURE_INVALID)
        return xml_sha1.read_message(sealed, verb, "fen"), sealed.encoding


class HasNoClockJson(Broken):
    def _read_json(self, verb: str, call: ListenerCall) -> Request:
        http_signed.verify("POST", call.path, call.headers, call.body, lambda *_: KEY,
                           self._now(), "http", 10**6)  # fmt: skip
        return json_http.read_message(verb, call.body, call.headers.get("idempotency-key"))


class Mending(Broken):
    """Reads over what it ought to refuse: `mend` of the proven content."""

    def mend(self, content: bytes) -> bytes:
        raise NotImplementedError

    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        content = self.mend(unseal(call.body, KEY.secret))
        return super()._read_xml(verb, call._replace(body=seal(content, KEY.secret)))

    def _read_json(self, verb: str, call: ListenerCall) -> Request:
        http_signed.verify("POST", call.path, call.headers, call.body, lambda *_: KEY,
                           self._now(), "http")  # fmt: skip
        return json_http.read_message(
            verb, self.mend(call.body), call.headers.get("idempotency-key")
        )


class TakesDoctype(Mending):
    def mend(self, content: bytes) -> bytes:
        return re.sub(rb"<!DOCTYPE[^\]]*\]>", b"", content)


class TakesTheLastOfTwo(Mending):
    def mend(self, content: bytes) -> bytes:
        if content.startswith(b"{"):
            return content.replace(b'"account_no":"0",', b"")
        return re.sub(rb"<AccountNo>0</AccountNo>", b"", content)


class TakesAnyBytes(Mending):
    def mend(self, content: bytes) -> bytes:
        return content.decode(errors="replace").replace("\ufffd", "?").encode()


class RefusesRareCharacters(Broken):
    def _read_xml(self, verb: str, call: ListenerCall) -> tuple[Request, str]:
        if "𫖯".encode() in call.body:
            raise WireFault(Code.ENCODING_INVALID)
        return super()._read_xml(verb, call)


class DiesOfAMark(Broken):
    async def answer(self, call: ListenerCall) -> ListenerReply:
        if b"\xef\xbb\xbf" in call.body[:50]:
            return ListenerReply(times=0)
        return await super().answer(call)


# --- what it answers -----------------------------------------------------------------------------


class Retold(Broken):
    """Changes the content of its answers before they are signed; `retell` gets and gives it."""

    def retell(self, asked: Asked, content: bytes) -> bytes:
        raise NotImplementedError

    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        good = super()._reply(asked, said, forged)
        if asked.dialect == "xml":
            content = self.retell(asked, good.body[DIGEST_LENGTH:])
            return good._replace(body=seal(content, KEY.secret))
        content = self.retell(asked, good.body)
        kind = dict(good.headers)["content-type"]
        headers = http_signed.sign_reply(good.status, content, KEY, self._now(), kind)
        return good._replace(headers=tuple(headers.items()), body=content)


class AnswersUnsigned(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        good = super()._reply(asked, said, forged)
        if asked.dialect == "xml":
            return good._replace(body=good.body[DIGEST_LENGTH:])
        kept = tuple(pair for pair in good.headers if not pair[0].startswith("signature"))
        return good._replace(headers=kept)


class AnswersForged(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        return super()._reply(asked, said, True)


class AnswersYesterday(Broken):
    off_s = 0

    def _now(self) -> int:
        return super()._now() + self.off_s

    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        self.off_s = -86_400
        try:
            return super()._reply(asked, said, forged)
        finally:
            self.off_s = 0


class AnswersOfAnother(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        code, reply = said
        if isinstance(reply, QueryReply):
            reply = replace(reply, account_no="A2")
        return super()._reply(asked, (code, reply), forged)


class LeavesOutTheDay(Retold):
    def retell(self, asked: Asked, content: bytes) -> bytes:
        if asked.verb != "charge":
            return content
        content = re.sub(rb"<BusinessDay>[0-9]*</BusinessDay>", b"", content)
        return re.sub(rb'"business_day":"[0-9-]*",', b"", content)


class EchoesYuan(Retold):
    """`3.00` where 300 was agreed."""

    def retell(self, asked: Asked, content: bytes) -> bytes:
        content = re.sub(rb"<Amount>([0-9]+)([0-9]{2})</Amount>", rb"<Amount>\1.\2</Amount>",
                         content)  # fmt: skip
        return re.sub(rb'"amount_fen":([0-9]+)([0-9]{2})', rb'"amount_fen":"\1.\2"', content)


class EchoesAnotherAmount(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        code, reply = said
        if isinstance(reply, PaymentReply) and asked.verb == "confirm":
            reply = replace(reply, amount_fen=reply.amount_fen * 100)
        return super()._reply(asked, (code, reply), forged)


class AnswersInGb18030(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        return super()._reply(asked._replace(encoding="gb18030"), said, forged)


class Misdeclares(Retold):
    def retell(self, asked: Asked, content: bytes) -> bytes:
        return content.decode().encode("gb18030")


class LosesCharacters(Retold):
    def retell(self, asked: Asked, content: bytes) -> bytes:
        return content.replace("㐂".encode(), "\ufffd".encode())


class IsSlow(Broken):
    def _reply(self, asked: Asked, said: Said, forged: bool = False) -> ListenerReply:
        good = super()._reply(asked, said, forged)
        return good._replace(late_s=0.6) if said[0] is Code.ACCOUNT_UNKNOWN else good


def with_books(kind: type[BillerBooks]) -> type[Broken]:
    """A biller that is honest but for its books."""
    return type(kind.__name__, (Broken,), {"books_kind": kind})
