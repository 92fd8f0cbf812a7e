"""What only this hub may read of its people: sealed by the key ring of the settings."""

from hashlib import sha256
from hmac import compare_digest

from django.conf import settings

from yifen.core.facts.secrets import KeyRing


def ring() -> KeyRing:
    """That of the settings."""
    return settings.YIFEN_RING


def authenticator_context(user_id: int) -> str:
    """A secret that is moved to somebody else's row opens no longer; `plug` says the same in SQL."""
    return f"authenticator:{user_id}"


def recovery_context(user_id: int) -> str:
    return f"recovery_code:{user_id}"


def sealed_hash(code: str, user_id: int) -> bytes:
    """Of a recovery code: its hash, and that sealed too, for older codes are short enough to be
    found by trying all."""
    return ring().seal(sha256(code.encode()).digest(), recovery_context(user_id))


def is_code(typed: str, sealed: bytes, user_id: int) -> bool:
    """Takes as long whatever is typed."""
    kept = ring().open(sealed, recovery_context(user_id))
    return compare_digest(kept, sha256(typed.encode()).digest())
