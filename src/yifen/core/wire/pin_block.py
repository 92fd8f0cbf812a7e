"""A PIN sealed for the core of its account: an ISO 9564-1 format 4 PIN block (AES). It is bound to the account
number, so that nobody sends it for another one, and never the same twice."""

import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIN_LEAST, PIN_MOST = 4, 12
_PAN_LEAST, _PAN_MOST = 12, 19


def pin_key(secret: bytes) -> bytes:
    """The AES-128 key of PINs, of the secret that both sign with; neither tells the other."""
    return HKDF(SHA256(), 16, None, b"yifen core port pin").derive(secret)


def is_pin(text: str) -> bool:
    return PIN_LEAST <= len(text) <= PIN_MOST and text.isascii() and text.isdigit()


def pin_block(pin: str, account_no: str, key: bytes) -> str:
    """The block in hex. ValueError: no PIN."""
    if not is_pin(pin):
        raise ValueError("no PIN")
    field = bytes.fromhex(f"4{len(pin):X}{pin}".ljust(16, "A")) + secrets.token_bytes(8)
    inner = _aes(key).encryptor().update(field)
    return _aes(key).encryptor().update(_xored(inner, _pan_field(account_no))).hex()


def pin_of(block: str, account_no: str, key: bytes) -> str:
    """The PIN of a block, as the core reads it. ValueError: not of this key and account."""
    data = bytes.fromhex(block)
    if len(data) != 16:
        raise ValueError("no PIN block")
    inner = _xored(_aes(key).decryptor().update(data), _pan_field(account_no))
    text = _aes(key).decryptor().update(inner).hex().upper()
    length = int(text[1], 16)
    pin, rest = text[2 : 2 + length], text[2 + length : 16]
    if text[0] != "4" or not is_pin(pin) or rest.strip("A"):
        raise ValueError("the PIN block is not of this account")
    return pin


def _pan_field(account_no: str) -> bytes:
    """An account number that is longer than a card's counts with its last digits; a letter is no digit of it."""
    digits = "".join(mark for mark in account_no if mark.isdigit())[-_PAN_MOST:].rjust(_PAN_LEAST, "0")
    return bytes.fromhex(f"{len(digits) - _PAN_LEAST}{digits}".ljust(32, "0"))


def _xored(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _aes(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  one block, as the standard has it
