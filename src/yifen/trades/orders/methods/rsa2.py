"""RSA2, Alipay's signature: SHA256withRSA (PKCS#1 v1.5) over sorted `name=value` pairs."""

import base64
import binascii
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def signed_text(fields: Mapping[str, str]) -> str:
    """What a request's signature covers: every field that is not empty, but the signature."""
    return "&".join(
        f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name]
    )


def signed_text_of_notice(fields: Mapping[str, str]) -> str:
    """In a notice the kind of signature is not covered either."""
    return signed_text({name: value for name, value in fields.items() if name != "sign_type"})


def signature(key: RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def verified(key: RSAPublicKey, text: str, sign: str) -> bool:
    """Whether `sign` is the key holder's signature of the text."""
    try:
        key.verify(base64.b64decode(sign, validate=True), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def answer_node(text: str, name: str) -> str:
    """The JSON value of a member of the answer, as it was written: the signature covers these very
    characters. Empty when it is not there."""
    mark = text.find(f'"{name}"')
    start = text.find("{", mark) if mark >= 0 else -1
    if start < 0:
        return ""
    try:
        _node, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return ""
    return text[start:end]
