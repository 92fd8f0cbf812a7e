"""Two partners' own programs: neither uses a line of the hub's wire code.

XML is written by hand and digested with hashlib; JSON is signed, and its replies are verified, by
the http-message-signatures package.
"""

import base64
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha1
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519, HMAC_SHA256, RSA_PSS_SHA512
from lxml import etree

CHINA = timezone(timedelta(hours=8))
ALGORITHMS = {"hmac-sha256": HMAC_SHA256, "ed25519": ED25519, "rsa-pss-sha512": RSA_PSS_SHA512}
COVERED = ("@method", "@path", "content-digest")
PROBLEM = "application/problem+json"


class Reply(NamedTuple):
    """One answer, with the same names in both dialects: amounts in fen, days and moments in ISO."""

    code: str
    body: dict[str, Any]
    http: requests.Response


class XmlPartner:
    """The seed's dialect, written by hand."""

    dialect = "xml"

    def __init__(self, url: str, code: str, key: bytes, *, version: int = 1,
                 encoding: str = "UTF-8", unit: str = "fen") -> None:  # fmt: skip
        self.url, self.code, self.key, self.version = url, code, key, version
        self.encoding, self.unit = encoding, unit
        self.session = requests.Session()

    def markup(self, verb: str, serial: str | None = None, sent_at: datetime | None = None,
               **fields: Any) -> str:  # fmt: skip
        sent_at = sent_at or datetime.now(UTC)
        number = f"<Serial>{serial}</Serial>" if serial else ""
        return (
            f'<?xml version="1.0" encoding="{self.encoding}"?>\n<Request><Head><Version>1</Version>'
            f"<Verb>{verb}</Verb><Partner>{self.code}</Partner>"
            f"<KeyVersion>{self.version}</KeyVersion>"
            f"<Time>{sent_at.astimezone(CHINA):%Y%m%d%H%M%S}</Time>{number}</Head>"
            f"<Body>{self._inner(fields)}</Body></Request>"
        )

    def call(self, verb: str, serial: str | None = None, sent_at: datetime | None = None,
             **fields: Any) -> Reply:  # fmt: skip
        return self.send(verb, self.seal(self.markup(verb, serial, sent_at, **fields)))

    def seal(self, markup: str | bytes) -> bytes:
        content = markup if isinstance(markup, bytes) else markup.encode(self.encoding)
        return sha1(content + self.key).hexdigest().upper().encode() + content

    def send(self, verb: str, body: bytes) -> Reply:
        return self.read(self.session.post(f"{self.url}/xml/v1/{verb}", body, timeout=30))

    def read(self, http: requests.Response, signed: bool = True) -> Reply:
        """`signed=False`: also take a reply to somebody who has not proved who they are."""
        digest, content = http.content[:40], http.content[40:]
        keys = (self.key,) if signed else (self.key, b"")
        assert digest in [sha1(content + key).hexdigest().upper().encode() for key in keys]
        assert (http.status_code, http.headers["content-type"]) == (200, "application/xml")
        # What cannot be read is answered in UTF-8, everything else in the partner's own encoding.
        encodings = (self.encoding,) if signed else (self.encoding, "UTF-8")
        opening, encoding = next(
            (text.encode(), name)
            for name in encodings
            if content.startswith((text := f'<?xml version="1.0" encoding="{name}"?>').encode())
        )
        head, body = etree.fromstring(content.removeprefix(opening).decode(encoding))
        return Reply(head.findtext("Code") or "", self._values(body), http)

    def file(self, day: date) -> bytes:
        """The daily file, its seal checked; a refusal is an AssertionError."""
        http = self.session.post(
            f"{self.url}/xml/v1/file", self.seal(self.markup("file", business_day=day)), timeout=30
        )
        digest, content = http.content[:40], http.content[40:]
        assert sha1(content + self.key).hexdigest().upper().encode() == digest
        assert content.startswith(b"H|"), content
        return content

    def _inner(self, fields: dict[str, Any]) -> str:
        return "".join(
            f"<{tag_of(name)}>{self._text(name, value)}</{tag_of(name)}>"
            for name, value in fields.items()
            if value is not None
        )

    def _text(self, name: str, value: Any) -> str:
        if name == "lines":
            lines = [{"payable": ref, "amount_fen": fen} for ref, fen in value]
            return "".join(f"<Line>{self._inner(line)}</Line>" for line in lines)
        if name.endswith("_fen") and self.unit == "yuan":
            return str(Decimal(value) / 100)
        if isinstance(value, datetime):
            return f"{value.astimezone(CHINA):%Y%m%d%H%M%S}"
        return f"{value:%Y%m%d}" if isinstance(value, date) else escape(str(value))

    def _values(self, element: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in element:
            name = name_of(child.tag)
            if name == "payables":
                found[name] = [self._values(item) for item in child]
            elif name.endswith("_fen"):
                scale = 100 if self.unit == "yuan" else 1
                found[name] = int(Decimal(child.text or "") * scale)
            else:
                found[name] = iso(name, child.text or "")
        return found


def tag_of(name: str) -> str:
    return "".join(part.capitalize() for part in name.removesuffix("_fen").split("_"))


def name_of(tag: str) -> str:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", tag).lower()
    return re.sub(r"(^|_)amount$", lambda m: "amount_fen" if not m[1] else "_fen", name)


def iso(name: str, text: str) -> str:
    if name.endswith(("_at", "_day", "_on")):
        day = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
        clock = f"T{text[8:10]}:{text[10:12]}:{text[12:14]}+08:00"
        return day + clock if len(text) == 14 else day
    return text


class Keys(HTTPSignatureKeyResolver):
    """Our one private key, and the hub's public ones; a shared secret is both, in any version."""

    def __init__(self, private: Any, shared: bool) -> None:
        self.private, self.shared = private, shared
        self.public: dict[str, Any] = {}

    def resolve_private_key(self, key_id: str) -> Any:
        return self.private

    def resolve_public_key(self, key_id: str) -> Any:
        return self.private if self.shared else self.public[key_id]


class JsonPartner:
    """The modern dialect, by libraries that anyone may install."""

    dialect = "json"

    def __init__(self, url: str, code: str, algorithm: str, private: Any, *, version: int = 1,
                 language: str = "zh-CN") -> None:  # fmt: skip
        self.url, self.code, self.algorithm = url, code, algorithm
        self.keyid = f"{code}:{version}"
        self.keys = Keys(private, shared=algorithm == "hmac-sha256")
        self.session = requests.Session()
        self.session.headers["accept-language"] = language

    def prepare(self, verb: str, serial: str | None = None, sent_at: datetime | None = None,
                content: bytes | None = None, **fields: Any) -> requests.PreparedRequest:  # fmt: skip
        headers = {"content-type": "application/json"}
        if serial:
            headers["idempotency-key"] = f'"{serial}"'
        body = (
            json.dumps(plain(fields), ensure_ascii=False).encode() if content is None else content
        )
        request = requests.Request("POST", f"{self.url}/json/v1/{verb}", headers, data=body)
        prepared = self.session.prepare_request(request)
        HTTPMessageSigner(
            signature_algorithm=ALGORITHMS[self.algorithm], key_resolver=self.keys
        ).sign(
            prepared,
            key_id=self.keyid,
            created=sent_at or datetime.now(UTC),
            body=body,
            covered_component_ids=COVERED[:2] + (("idempotency-key",) if serial else ()),
        )
        return prepared

    def call(self, verb: str, serial: str | None = None, sent_at: datetime | None = None,
             **fields: Any) -> Reply:  # fmt: skip
        return self.read(
            self.session.send(self.prepare(verb, serial, sent_at, **fields), timeout=30)
        )

    def send(self, verb: str, body: bytes) -> Reply:
        """A signed body of one's own; it takes a serial."""
        serial = None if verb in ("query", "confirm", "file") else "RAW"
        return self.read(self.session.send(self.prepare(verb, serial, content=body), timeout=30))

    def read(self, http: requests.Response, signed: bool = True) -> Reply:
        """`signed=False`: also take a reply to somebody who has not proved who they are."""
        if signed or "signature" in http.headers:
            self.verify(http)
        body = http.json()
        code = body.pop("code")
        is_problem = http.headers["content-type"] == PROBLEM
        assert is_problem == (code not in ("0000", "8001"))
        assert not is_problem or body["status"] == http.status_code
        return Reply(code, body, http)

    def verify(self, http: requests.Response) -> None:
        """The hub signs with the secret that we share, else with its own published key."""
        algorithm = ALGORITHMS["hmac-sha256" if self.keys.shared else "ed25519"]
        if not self.keys.shared and not self.keys.public:
            found = self.session.get(f"{self.url}/keys", timeout=30).json()["keys"]
            for key in (key for key in found if key["algorithm"] == "ed25519"):
                raw = base64.b64decode(key["public"])
                self.keys.public[key["keyid"]] = ed25519.Ed25519PublicKey.from_public_bytes(raw)
        verifier = HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=self.keys)
        (result,) = verifier.verify(http, body=http.content)
        assert result.body == http.content
        assert result.covered_components['"@status"'] == str(http.status_code)

    def file(self, day: date) -> bytes:
        """The daily file, its signature checked; a refusal is an AssertionError."""
        http = self.session.send(self.prepare("file", business_day=day), timeout=30)
        self.verify(http)
        assert http.status_code == 200, http.content
        return http.content


def plain(value: Any) -> Any:
    """What JSON can say."""
    if isinstance(value, dict):
        lines = value.get("lines")
        value = {name: plain(item) for name, item in value.items() if item is not None}
        if lines is not None:
            value["lines"] = [{"payable": ref, "amount_fen": fen} for ref, fen in lines]
        return value
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


Partner = XmlPartner | JsonPartner


def new_pair(algorithm: str) -> tuple[Any, bytes]:
    """(what the partner signs with, what the hub keeps of it)."""
    if algorithm == "ed25519":
        edward = ed25519.Ed25519PrivateKey.generate()
        return edward, edward.public_key().public_bytes_raw()
    if algorithm == "rsa-pss-sha512":
        ron = rsa.generate_private_key(65537, 2048)
        return ron, ron.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    secret = algorithm.encode() * 3
    return secret, secret
