"""Keys of POS terminals: the MAC of field 64, the working keys of field 62, PIN blocks of field 52.

A terminal and its host share a master key; by it the host sends working keys at sign-on, each with a check value.
By 3DES or SM4, as the terminal can: `des-ecb` is UnionPay's own MAC (a single key), `des-x919` ANSI X9.19 (a double
one), `sm4-ecb` and `sm4-cbc` the same shapes with SM4.
"""

import secrets
from functools import lru_cache
from hmac import compare_digest
from typing import NamedTuple

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from yifen.core.wire.pos_frames import HEAD_BYTES, PosFault, PosFrame, frame_bytes, framed

ALGORITHMS = ("des-ecb", "des-x919", "sm4-ecb", "sm4-cbc")
MAC_BYTES, CHECK_BYTES, MASTER_BYTES = 8, 4, 16
_LINE_BYTES = 20  # of a key in field 62: 16 and its check value
_ZEROS = bytes(16)


class WorkingKeys(NamedTuple):
    """Those of one sign-on: of PINs, of MACs."""

    pin: bytes
    mac: bytes


def new_keys(algorithm: str) -> WorkingKeys:
    """At random, each as long as its algorithm wants it."""
    return WorkingKeys(secrets.token_bytes(16), secrets.token_bytes(_mac_key_bytes(algorithm)))


def mac(algorithm: str, key: bytes, data: bytes) -> bytes:
    """The 8 bytes of field 64, over all from the message type to field 63."""
    size = _block_bytes(algorithm)
    padded = data + bytes(-len(data) % size)
    if algorithm == "sm4-cbc":
        return _chained(algorithm, key, padded)[:MAC_BYTES]
    if algorithm == "des-x919":  # the last block by all three of triple DES
        return sealed(algorithm, key, _xored(_chained(algorithm, key[:8], padded[:-8]), padded[-8:]))
    text = _folded(padded, size).hex().upper().encode()
    once = sealed(algorithm, key, text[:size])
    return sealed(algorithm, key, _xored(once, text[size:])).hex().upper()[:MAC_BYTES].encode()


def is_mac(algorithm: str, key: bytes, body: bytes) -> bool:
    """Whether the last 8 bytes of a frame are the MAC of all from its type on."""
    return compare_digest(mac(algorithm, key, body[HEAD_BYTES:-MAC_BYTES]), body[-MAC_BYTES:])


def signed_frame(frame: PosFrame, algorithm: str, key: bytes) -> bytes:
    """With field 64, as it goes on the line."""
    body = frame_bytes(PosFrame(frame.fields | {"64": "0" * 16}, frame.tpdu, frame.header))
    return framed(body[:-MAC_BYTES] + mac(algorithm, key, body[HEAD_BYTES:-MAC_BYTES]))


def keys_field(algorithm: str, master: bytes, keys: WorkingKeys) -> bytes:
    """Field 62 of a sign-on's answer: each key sealed by the master key, its check value behind it."""
    return b"".join(sealed(algorithm, master, key).ljust(16, b"\0") + check_value(algorithm, key) for key in keys)


def keys_of(algorithm: str, master: bytes, field: bytes) -> WorkingKeys:
    """As the terminal reads them. PosFault: not these keys."""
    sizes = (16, _mac_key_bytes(algorithm))
    if len(field) < _LINE_BYTES * len(sizes):
        raise PosFault("field 62 is too short for the keys")
    found = []
    for number, size in enumerate(sizes):
        line = field[number * _LINE_BYTES : (number + 1) * _LINE_BYTES]
        key = opened(algorithm, master, line[:size])
        if not compare_digest(check_value(algorithm, key), line[16:]):
            raise PosFault("the check value of a key is wrong")
        found.append(key)
    return WorkingKeys(*found)


def check_value(algorithm: str, key: bytes) -> bytes:
    """The first 4 bytes of zeros under the key."""
    return sealed(algorithm, key, _ZEROS[: _block_bytes(algorithm)])[:CHECK_BYTES]


def pin_block(pin: str, card: str, key: bytes, algorithm: str = "des-ecb") -> bytes:
    """Field 52, ISO 9564-1 format 0 (ANSI X9.8): 8 bytes under a 3DES key; under SM4 the same in 16, filled up with F
    and the card to the right. Without a card the PIN alone. ValueError: no PIN."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        raise ValueError("no PIN")
    size = _block_bytes(algorithm)
    field = bytes.fromhex(f"0{len(pin):X}{pin}".ljust(2 * size, "F"))
    return sealed(algorithm, key, _xored(field, _card_part(card, size)))


def pin_of(block: bytes, card: str, key: bytes, algorithm: str = "des-ecb") -> str:
    """The PIN of a block. ValueError: not of this card and key."""
    size = _block_bytes(algorithm)
    if len(block) != size:
        raise ValueError("the PIN block has another size")
    text = _xored(opened(algorithm, key, block), _card_part(card, size)).hex().upper()
    pin = text[2 : 2 + int(text[1], 16)]
    if text[0] != "0" or not 4 <= len(pin) <= 12 or not pin.isdigit() or text[2 + len(pin) :].strip("F"):
        raise ValueError("the PIN block is not of this card")
    return pin


def resealed(block: bytes, key: bytes, other: bytes, algorithm: str = "des-ecb") -> bytes:
    """A PIN block under another key of the same cipher; both sides bind it to the card, so nobody reads it between."""
    return sealed(algorithm, other, opened(algorithm, key, block))


def is_sm4(algorithm: str) -> bool:
    return algorithm.startswith("sm4")


def sealed(algorithm: str, key: bytes, data: bytes) -> bytes:
    """Block by block, as the keys' field and the MAC have it."""
    return _sealing(algorithm, key).update(data)  # whole blocks: nothing is left for an end


def opened(algorithm: str, key: bytes, data: bytes) -> bytes:
    return _ecb(algorithm, key).decryptor().update(data)


def _block_bytes(algorithm: str) -> int:
    return 16 if is_sm4(algorithm) else 8


def _card_part(card: str, size: int) -> bytes:
    """The 12 digits before the check digit, to the right."""
    return bytes.fromhex(card[-13:-1].rjust(2 * size, "0"))


def _mac_key_bytes(algorithm: str) -> int:
    return 8 if algorithm == "des-ecb" else 16


@lru_cache(4096)
def _sealing(algorithm: str, key: bytes) -> CipherContext:
    """Of ECB, whose blocks know nothing of each other."""
    return _ecb(algorithm, key).encryptor()


def _ecb(algorithm: str, key: bytes) -> Cipher[modes.ECB]:
    if is_sm4(algorithm):
        return Cipher(SM4(key), modes.ECB())  # noqa: S305  one block, as the networks have it
    return Cipher(_triple(key), modes.ECB())  # noqa: S305


@lru_cache(4096)
def _chain(algorithm: str, key: bytes) -> Cipher[modes.CBC]:
    """CBC from zeros."""
    if algorithm == "sm4-cbc":
        return Cipher(SM4(key), modes.CBC(_ZEROS))
    return Cipher(_triple(key), modes.CBC(bytes(8)))


def _triple(key: bytes) -> TripleDES:
    return TripleDES(key * 3 if len(key) == 8 else key + key[:8])


def _chained(algorithm: str, key: bytes, data: bytes) -> bytes:
    """The last block of CBC from zeros; zeros of nothing."""
    size = 16 if algorithm == "sm4-cbc" else 8
    return _chain(algorithm, key).encryptor().update(data)[-size:] or _ZEROS[:size]


def _folded(data: bytes, size: int) -> bytes:
    """All blocks, each upon the others."""
    folded = 0
    for at in range(0, len(data), size):
        folded ^= int.from_bytes(data[at : at + size])
    return folded.to_bytes(size)


def _xored(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
