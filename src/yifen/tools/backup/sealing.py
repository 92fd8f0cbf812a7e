"""Whether a backup is one of ours: an HMAC by the key ring, which never lies beside it, over all that is said of it."""

import hmac
import json
from dataclasses import asdict, replace
from hashlib import sha256

from yifen.core.facts.secrets import KeyRing
from yifen.tools.backup.manifest import Manifest

_PURPOSE = "backup"


def sealed(told: Manifest, ring: str) -> Manifest:
    """By the newest key. `told.base` stands for the files: the manifest is in it, and by that every file."""
    return replace(told, seal=_mac(KeyRing.read(ring).derive(_PURPOSE), told))


def doubt(told: Manifest, ring: str) -> str:
    """Why nobody can say that it is as it was taken; empty: some key of this ring sealed it so."""
    if not told.seal:
        return "it has no seal"
    keys, seal = KeyRing.read(ring).derive_each(_PURPOSE), str(told.seal).encode()
    fits = any([hmac.compare_digest(_mac(key, told).encode(), seal) for key in keys])
    return "" if fits else "its seal is not of this key ring, or it was altered"


def _mac(key: bytes, told: Manifest) -> str:
    text = json.dumps(asdict(told) | {"seal": ""}, sort_keys=True)
    return hmac.digest(key, text.encode(), sha256).hex()
