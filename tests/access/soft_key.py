"""A passkey in software: what a device would answer, and what a forger would."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8461"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def data_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftKey:
    """One credential. What it says of itself may be changed to say something untrue."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: str = ""
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, invitation: str) -> str:
        """A new passkey, as the browser tells of it."""
        wanted = json.loads(invitation)
        self.handle = wanted["user"]["id"]
        about = self._about(self.flags | ATTESTED) + bytes(16)
        about += len(self.credential_id).to_bytes(2) + self.credential_id + cbor2.dumps(self._cose())
        said = {"attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})),
                "clientDataJSON": text(self._client("webauthn.create", wanted["challenge"]))}  # fmt: skip
        return self._told(said)

    def answer(self, question: str, kind: str = "webauthn.get", **more: Any) -> str:
        """To a question; each one counts."""
        self.count += 1
        about, client = self._about(self.flags), self._client(kind, json.loads(question)["challenge"])
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._told({"authenticatorData": text(about), "clientDataJSON": text(client),
                           "signature": text(signature), "userHandle": self.handle} | more)  # fmt: skip

    def _about(self, flags: int) -> bytes:
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _cose(self) -> dict[int, Any]:
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}

    def _told(self, response: dict[str, Any]) -> str:
        name = text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
