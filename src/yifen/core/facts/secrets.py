"""The key ring: seals partners' keys and other secrets at rest (AES-256-GCM), newest key first; texts
that must be compared while sealed by AES-SIV (RFC 5297, decision 0018)."""

import base64
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yifen.core.facts.private import make_private
from yifen.core.facts.settings import SettingError

_NONCE_BYTES = 12
START_ANEW = "give this process the ring that has it, and start it anew"
SEALED_TEXT = re.compile(r"~([0-9]+)~([A-Za-z0-9_-]{22,})")  # key's version, sealed bytes


class KeyRingError(SettingError):
    """The key ring cannot be read, or does not hold the key that sealed something."""


class KeyRing:
    """Versioned 256-bit keys. What is sealed names its version, so old secrets stay readable."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise KeyRingError("a key ring needs at least one key, each of 32 bytes")
        self._keys = {version: AESGCM(key) for version, key in keys.items()}
        self._same = {version: AESSIV(HKDF(SHA256(), 64, None, b"sealed text").derive(key))
                      for version, key in keys.items()}  # fmt: skip
        self._newest = next(iter(keys))
        self._roots = list(keys.values())
        self._derived: dict[str, list[bytes]] = {}

    @property
    def version(self) -> int:
        """The newest key's version."""
        return self._newest

    @property
    def versions(self) -> list[int]:
        """Of all its keys, newest first."""
        return list(self._keys)

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only holders of the ring's newest key can make (HKDF-SHA256)."""
        return self.derive_each(purpose)[0]

    def derive_each(self, purpose: str) -> list[bytes]:
        """The same of every key, newest first: to check what an older key made."""
        if purpose not in self._derived:  # a file of a million names asks a million times
            self._derived[purpose] = [HKDF(SHA256(), 32, None, purpose.encode()).derive(root) for root in self._roots]
        return self._derived[purpose]

    @classmethod
    def read(cls, text: str) -> "KeyRing":
        """`2:base64,1:base64`, newest first."""
        try:
            pairs = [part.split(":", 1) for part in text.strip().split(",")]
            return cls({int(version): base64.b64decode(key) for version, key in pairs})
        except (ValueError, IndexError) as error:
            raise KeyRingError("key ring: its form is version:base64,…, newest first, each key of 32 bytes") from error

    @classmethod
    def of_file(cls, path: Path) -> "KeyRing":
        """The ring in a file that only its owner may read; made with one key if missing."""
        if not path.exists():
            make_private(path.parent)
            text = "1:" + base64.b64encode(secrets.token_bytes(32)).decode()
            draft = path.with_suffix(f".{os.getpid()}")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
            try:
                os.link(draft, path)  # the first of two makers wins
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls.read(path.read_text())

    def seal(self, plain: bytes, context: str) -> bytes:
        """Sealed bytes; `context` (for example `partner_key:WX:1`) must be given to open them."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._keys[self._newest].encrypt(nonce, plain, context.encode())
        return self._newest.to_bytes(2) + nonce + cipher

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. KeyRingError: another context, a changed byte, a missing key."""
        version, nonce = int.from_bytes(sealed[:2]), sealed[2 : 2 + _NONCE_BYTES]
        if version not in self._keys:
            raise KeyRingError(f"the key ring has no key version {version}: {START_ANEW}")
        try:
            return self._keys[version].decrypt(nonce, sealed[2 + _NONCE_BYTES :], context.encode())
        except (InvalidTag, ValueError):  # ValueError: too short to be sealed bytes
            raise KeyRingError(f"sealed bytes do not fit {context}") from None

    def seal_text(self, plain: str, context: str) -> str:
        """`~version~…` by the newest key: always the same for the same text and context, so that what
        is sealed can be compared, and only that."""
        sealed = self._same[self._newest].encrypt(plain.encode(), [context.encode()])
        return f"~{self._newest}~{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def open_text(self, sealed: str, context: str) -> str:
        """The plain text. KeyRingError: as `open`, or this is no sealed text."""
        found = SEALED_TEXT.fullmatch(sealed)
        if found is None:
            raise KeyRingError(f"no sealed text for {context}")
        version, text = int(found[1]), found[2]
        if version not in self._same:
            raise KeyRingError(f"the key ring has no key version {version}: {START_ANEW}")
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return self._same[version].decrypt(data, [context.encode()]).decode()
        except (InvalidTag, ValueError):
            raise KeyRingError(f"sealed bytes do not fit {context}") from None


def read_ring(text: str, folder: Path) -> KeyRing:
    """The ring of the settings: `YIFEN_KEY_RING`, else `key-ring` in the data folder."""
    return KeyRing.read(text) if text else KeyRing.of_file(folder / "key-ring")
