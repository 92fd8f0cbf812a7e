"""A signed example message 示例报文: what to send, the string that is signed, and what to expect of it.
Signed by the same code as the gateway verifies by, in a sandbox only."""

import hashlib
import shlex
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from yifen.core.facts.codes import Code
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.core.wire import http_signed, json_http, xml_client, xml_sha1
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Request
from yifen.core.wire.replies import QueryReply
from yifen.core.wire.sealing import DIGEST_LENGTH
from yifen.core.wire.xml_document import CODECS

KEY_MARK, SIGNATURE_MARK = "‹key›", "BASE64_OF_YOUR_SIGNATURE"


class SignedExample(NamedTuple):
    """`to_sign`: the string to sign; of XML with a mark where the key stands. `digest`: what the signer gets
    of it by SHA-1, or the Content-Digest. `signature`: empty where only the other side has the key that
    makes it; then `curl` has a mark in its place. `answer`: the body to expect."""

    dialect: str
    keyid: str
    algorithm: str
    to_sign: str
    to_sign_sha256: str
    digest: str
    signature: str
    curl: str
    answer: str


def example(
    message: Request, origin: str, twin: Partner, dialect: str, key: Key, now: datetime,
    reply: QueryReply | None,
) -> SignedExample:  # fmt: skip
    """`origin`: of whom it is sent to; `key`: with its secret, or the public half alone; `reply`: None where
    there is no daily file yet. ValueError for a partner that is not of the sandbox."""
    if twin.book_id != SANDBOX_BOOK_ID:
        raise ValueError(f"{twin.code} is not of the sandbox")
    url, at = f"{origin}/{dialect}/v1/{message.VERB}", int(now.timestamp())
    make = _xml if dialect == "xml" else _json
    return make(message, url, twin, key, at, reply)


def _xml(
    message: Request, url: str, twin: Partner, key: Key, at: int, reply: QueryReply | None
) -> SignedExample:
    codec = CODECS[twin.encoding.upper()]
    body = xml_client.request_bytes(
        message, partner=twin.code, key_version=key.version, key=key.secret, sent_at=at,
        unit=twin.unit, encoding=codec,  # type: ignore[arg-type]
    )  # fmt: skip
    code, field = (Code.OK, "") if reply else (Code.FILE_NOT_READY, "business_day")
    answer = xml_sha1.reply_bytes(
        message.VERB, twin.code, code, reply, key=b"", sent_at=at, unit=twin.unit, encoding=codec,  # type: ignore[arg-type]
        field=field,
    )[DIGEST_LENGTH:]  # fmt: skip
    to_sign = body[DIGEST_LENGTH:]
    return SignedExample(
        "xml", key.keyid, key.algorithm, to_sign.decode(codec) + KEY_MARK, "",
        body[:DIGEST_LENGTH].decode(), "", _curl(url, {"content-type": "application/xml"}, body.decode(codec)),
        answer.decode(codec),
    )  # fmt: skip


def _json(
    message: Request, url: str, twin: Partner, key: Key, at: int, reply: QueryReply | None
) -> SignedExample:
    body, path = json_http.request_body(message), urlsplit(url).path
    if key.secret:
        headers = http_signed.sign_request("POST", path, body, key, at)
        signature = headers["signature"]
    else:
        headers, signature = http_signed.unsigned_request(body, key, at), ""
    base = http_signed.request_base("POST", path, headers)
    sent = {"signature": f"yifen=:{SIGNATURE_MARK}:"} | headers
    answer = (json_http.reply_body(Code.OK, reply) if reply
              else json_http.problem_body(Code.FILE_NOT_READY, "business_day"))  # fmt: skip
    return SignedExample(
        "json", key.keyid, key.algorithm, base.decode(), hashlib.sha256(base).hexdigest(),
        headers["content-digest"], signature, _curl(url, sent, body.decode()), answer.decode(),
    )  # fmt: skip


def _curl(url: str, headers: dict[str, str], body: str) -> str:
    """A command of one argument a line; `-i` shows the answer's headers, among them its signature."""
    lines = [f"curl -i -X POST {shlex.quote(url)}"]
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sorted(headers.items())]
    return " \\\n  ".join([*lines, f"--data-binary {shlex.quote(body)}"])
