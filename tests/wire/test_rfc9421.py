"""The test vectors of RFC 9421 appendix B.2 for the algorithms that we have."""

from base64 import b64decode

import pytest

from yifen.core.wire.components import request_parts, signature_base
from yifen.core.wire.keys import FITS, SIGN, Key
from yifen.core.wire.signatures import check_digest
from yifen.core.wire.structured import read_dictionary
from yifen.core.wire.structured_text import inner_text

BODY = b'{"hello": "world"}'
HEADERS = {
    "host": "example.com",
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BN"
    "NyealdVLvRwEmTHWXvJwew==:",
    "content-length": "18",
}
RSA_PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""
RSA = Key(partner="rfc", version=1, algorithm="rsa-pss-sha512", public=RSA_PUBLIC)
HMAC = Key(
    partner="rfc",
    version=1,
    algorithm="hmac-sha256",
    secret=b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    ),
)
ED25519 = Key(
    partner="rfc",
    version=1,
    algorithm="ed25519",
    secret=b64decode("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"),
    public=b64decode("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="),
)
VECTORS = {
    "b21": (
        RSA,
        '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
        "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtR"
        "xf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhz"
        "x2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP"
        "5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==",
    ),
    "b23": (
        RSA,
        '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" '
        '"content-length");created=1618884473;keyid="test-key-rsa-pss"',
        "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRp"
        "RRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH"
        "1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui"
        "9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==",
    ),
    "b25": (
        HMAC,
        '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
    ),
    "b26": (
        ED25519,
        '("date" "@method" "@path" "@authority" "content-type" "content-length");'
        'created=1618884473;keyid="test-key-ed25519"',
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
    ),
}


def base_of(text):
    covered = read_dictionary(f"sig={text}")["sig"]
    assert inner_text(covered) == text
    parts = request_parts("POST", "/foo?param=Value&Pet=dog", HEADERS)
    return signature_base(parts, covered)


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_signature_fits(name):
    key, text, signature = VECTORS[name]
    fits = FITS[key.algorithm]
    assert fits(key, base_of(text), b64decode(signature))
    assert not fits(key, base_of(text) + b" ", b64decode(signature))
    assert not fits(key, base_of(text), b64decode(signature)[:-1])


@pytest.mark.parametrize("name", ["b25", "b26"])
def test_we_make_the_published_signature(name):
    key, text, signature = VECTORS[name]
    assert SIGN[key.algorithm](key, base_of(text)) == b64decode(signature)


def test_the_published_base():
    assert base_of(VECTORS["b26"][1]).decode() == (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n'
        '"@authority": example.com\n"content-type": application/json\n"content-length": 18\n'
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" '
        '"content-length");created=1618884473;keyid="test-key-ed25519"'
    )


def test_the_published_content_digest_fits():
    assert check_digest(HEADERS, BODY) is None


def test_a_spaced_out_signature_input_has_the_same_base():
    spaced = '(  "date"   "@authority" "content-type" ); created=1618884473;  keyid="a:1"'
    tight = '("date" "@authority" "content-type");created=1618884473;keyid="a:1"'
    assert inner_text(read_dictionary(f"sig={spaced}")["sig"]) == tight
