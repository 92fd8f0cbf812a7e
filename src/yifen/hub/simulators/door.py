"""The way to a hub or a biller over HTTP in either dialect: sign, send, verify, read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime

from yifen.core.wire import http_signed, json_http, xml_client
from yifen.core.wire.messages import FileRequest, Request, WireFault
from yifen.core.wire.replies import BillerAnswer
from yifen.core.wire.sealing import unseal
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.lines import LineError, Lines, Response

Clock = Callable[[], datetime]
TIMEOUT_S = 20.0


class Lost(Exception):
    """No answer came that can be believed: the sender does not know what became of it."""


class HubDoor:
    """One partner's client. The clock is passed, never read."""

    def __init__(self, base_url: str, identity: Identity, clock: Clock) -> None:
        self.identity, self._clock = identity, clock
        self._lines = Lines(base_url, TIMEOUT_S)

    async def close(self) -> None:
        await self._lines.close()

    async def ask(self, message: Request) -> BillerAnswer:
        """The verified answer. Raises Lost when there is none."""
        response = await self._post(*self._signed(message), message.VERB)
        try:
            return self._read(message, response)
        except WireFault as fault:
            raise Lost(f"{fault.code.name} {fault.detail}") from None

    async def hang_up(self, message: Request, after_s: float) -> None:
        """Send it and let go of the line before the answer can be read."""
        with suppress(TimeoutError, Lost):
            await asyncio.wait_for(self._post(*self._signed(message), message.VERB), after_s)

    async def forge(self, message: Request) -> Response:
        """Send it with one bit of the signature turned, as somebody without the key would."""
        body, headers = self._signed(message)
        if self.identity.dialect == "xml":
            body = (b"1" if body[:1] == b"0" else b"0") + body[1:]
        else:
            body += b" "  # no longer what the digest was made of
        return await self._post(body, headers, message.VERB)

    async def fetch(self, day: date) -> bytes:
        """The daily file of a closed business day. Raises Lost with the reason."""
        message = FileRequest(business_day=day)
        response = await self._post(*self._signed(message), message.VERB)
        try:
            if self.identity.dialect == "xml":
                content = unseal(response.content, self.identity.reply_key.secret)
                if not content.startswith(b"<"):
                    return content
                raise Lost(xml_client.read_reply(response.content, "file",
                           self.identity.reply_key.secret).code.name)  # fmt: skip
            self._verify(response)
            if response.status == 200:
                return response.content
            raise Lost(json_http.read_reply("file", response.content).code.name)
        except WireFault as fault:
            raise Lost(f"{fault.code.name} {fault.detail}") from None

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _signed(self, message: Request) -> tuple[bytes, dict[str, str]]:
        who = self.identity
        if who.dialect == "xml":
            body = xml_client.request_bytes(
                message, partner=who.partner, key_version=who.key.version, key=who.key.secret,
                sent_at=self._now(), unit=who.unit, encoding=who.encoding,
            )  # fmt: skip
            return body, {"content-type": "application/xml"}
        body = json_http.request_body(message)
        serial = getattr(message, "serial", None)
        path = f"/json/v1/{message.VERB}"
        return body, http_signed.sign_request("POST", path, body, who.key, self._now(), serial)

    async def _post(self, body: bytes, headers: dict[str, str], verb: str) -> Response:
        try:
            return await self._lines.post(f"/{self.identity.dialect}/v1/{verb}", headers, body)
        except LineError as error:
            raise Lost(str(error)) from None

    def _read(self, message: Request, response: Response) -> BillerAnswer:
        who = self.identity
        if who.dialect == "xml":
            return xml_client.read_reply(
                response.content, message.VERB, who.reply_key.secret, who.unit
            )
        self._verify(response)
        return json_http.read_reply(message.VERB, response.content)

    def _verify(self, response: Response) -> None:
        http_signed.verify_reply(
            response.status, response.headers, response.content,
            lambda *_: self.identity.reply_key, self._now(),
        )  # fmt: skip
