"""The check code of a receipt (验真码): shows that this hub issued a receipt of this payment.

Ten characters of Crockford's base 32, which has no I, L, O or U: the first 50 bits of
HMAC-SHA256(key, payment id). The key is `KeyRing.derive("receipt")`; who has it can make codes.
Guessing one takes 10^15 tries, so the page that checks codes has to limit its callers.
"""

import hmac
import re
import unicodedata
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_TYPED_MAX = 64
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]")
_PAYMENT_ID = re.compile(r"[0-9]{1,18}")


def check_code(key: bytes, payment_id: int) -> str:
    """The check code of a payment, ten characters without hyphens."""
    digest = hmac.digest(key, b"%d" % payment_id, sha256)
    bits = int.from_bytes(digest[:7]) >> 6
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(45, -1, -5))


def fits(key: bytes, payment_id: int, code: str) -> bool:
    """Whether a code as somebody typed it is the payment's; takes equally long for every code.

    Case, blanks, hyphens and full-width forms do not matter; O is read as 0, I and L as 1.
    """
    return hmac.compare_digest(_cleaned(code).encode(), check_code(key, payment_id).encode())


def receipt_number(key: bytes, payment_id: int) -> str:
    """The number printed on a receipt (回单编号): payment id and check code, `202000-7K3M-9XQ2-TB`."""
    code = check_code(key, payment_id)
    return f"{payment_id}-{code[:4]}-{code[4:8]}-{code[8:]}"


def read_receipt_number(text: str) -> tuple[int, str] | None:
    """Payment id and code of a receipt number as somebody typed it, or None when it is none.

    Says nothing about whether the code fits: ask `fits`.
    """
    cleaned = _cleaned(text)
    number, code = cleaned[:-_LENGTH], cleaned[-_LENGTH:]
    if not _PAYMENT_ID.fullmatch(number) or not set(code) <= set(ALPHABET):
        return None
    return int(number), code


def _cleaned(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed[:_TYPED_MAX]).upper()
    return _BETWEEN.sub("", plain).translate(_LOOKALIKES) if len(typed) <= _TYPED_MAX else ""
