"""The hub's own key pairs: with which it signs to partners that share no secret with it."""

from base64 import b64encode
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yifen.core.facts.secrets import KeyRing
from yifen.core.wire import sm2_pem
from yifen.core.wire.keys import Key


class OwnKeys(NamedTuple):
    """A pair an algorithm, made of the key ring's newest key; the public halves are at `GET /keys`."""

    ed25519: Key
    sm2: Key

    def beside(self, algorithm: str) -> Key:
        """The one that answers a partner whose key is of this algorithm: SM2 to SM2."""
        return self.sm2 if algorithm == "sm2-sm3" else self.ed25519

    def published(self) -> list[dict[str, str]]:
        """What `GET /keys` says of them: `public` is base64 of the raw key, `pem` the same as PEM."""
        edward = Ed25519PrivateKey.from_private_bytes(self.ed25519.secret).public_key()
        pem = edward.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return [
            _published(self.ed25519, edward.public_bytes_raw(), pem),
            _published(self.sm2, self.sm2.public, sm2_pem.public_pem(self.sm2.public)),
        ]


def _published(key: Key, public: bytes, pem: str) -> dict[str, str]:
    return {"keyid": key.keyid, "algorithm": key.algorithm, "public": b64encode(public).decode(),
            "pem": pem}  # fmt: skip


def own_keys(ring: KeyRing) -> OwnKeys:
    """Of the ring's newest key; another ring gives others."""
    edward = Key(partner="yifen", version=ring.version, algorithm="ed25519",
                 secret=ring.derive("reply signature"))  # fmt: skip
    number = 1 + int.from_bytes(ring.derive("reply signature sm2")) % (sm2_pem.ORDER - 2)
    scalar = number.to_bytes(sm2_pem.SCALAR_BYTES)
    sm2 = Key(partner="yifen-sm2", version=ring.version, algorithm="sm2-sm3", secret=scalar,
              public=sm2_pem.public_of(scalar))  # fmt: skip
    return OwnKeys(edward, sm2)
