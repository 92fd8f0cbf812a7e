"""What a developer is told of a message of his sandbox that was refused: exactly what was to be signed."""

from datetime import UTC, datetime
from hashlib import sha1
from hmac import digest as hmac_digest

import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.partners.roster import DatedKey, Roster, RosterPartner
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.signatures import content_digest, unproved
from yifen.core.wire.structured_text import bytes_text
from yifen.core.wire.xml_sha1 import open_body
from yifen.hub.doors import explaining
from yifen.hub.payments.wirelog_queue import (
    SANDBOX_BYTES,
    UNPROVED_BYTES,
    Exchange,
    WireLog,
    message_of,
)

NOW = datetime(2026, 11, 29, 4, tzinfo=UTC)
SECRETS = {"sha1": b"0123456789abcdef0123456789abcdef", "hmac-sha256": bytes(range(32))}
XML = (b'<?xml version="1.0" encoding="UTF-8"?><Request><Head><Version>1</Version><Verb>query</Verb><Partner>APP-T'
       b"</Partner><KeyVersion>1</KeyVersion><Time>20261129120000</Time></Head><Body><Biller>TRIAL</Biller>"
       b"<AccountNo>1001</AccountNo></Body></Request>")  # fmt: skip


def roster(book_id: int = 900) -> Roster:
    partner = RosterPartner(7, "APP-T", "试", book_id, False, True, True, "UTF-8", "fen", True, "all")
    keys = {("APP-T", version): DatedKey(Key(partner="APP-T", version=version, algorithm=algorithm,
                                             secret=SECRETS[algorithm]), NOW, None)
            for version, algorithm in ((1, "sha1"), (2, "hmac-sha256"))}  # fmt: skip
    return Roster(1, {"APP-T": partner}, keys, {}, {})


def exchange(body: bytes, dialect: str, known: Roster | None = None) -> Exchange:
    partner = known.partners["APP-T"] if known else None
    return Exchange(at=NOW, dialect=dialect, verb="query", body=body, partner=partner)


def hexed(content: bytes) -> str:
    return sha1(content).hexdigest().upper()


def of_xml(digest: str, book_id: int = 900, xml: bytes = XML) -> dict[str, str] | None:
    known, body = roster(book_id), digest.encode() + xml
    return explaining.of_xml(known, exchange(body, "xml", known), WireFault(Code.SIGNATURE_INVALID), open_body(body))


def test_an_xml_digest_is_held_against_the_one_of_our_own_and_what_was_done_instead_is_found() -> None:
    key = SECRETS["sha1"]
    expected = {"expected": hexed(XML + key), "content": hexed(XML), "bytes": str(len(XML))}
    sent = {"": "A" * 40, "no_key": hexed(XML), "key_first": hexed(key + XML),
            "no_declaration": hexed(XML.partition(b"?>")[2] + key)}  # fmt: skip
    for guess, digest in sent.items():
        assert of_xml(digest) == expected | {"sent": digest} | ({"guess": guess} if guess else {})
    assert of_xml(hexed(XML + b"\n"), xml=XML + b"\n") is not None
    trimmed = of_xml(hexed(XML + key), xml=XML + b"\n")
    assert trimmed is not None
    assert trimmed["guess"] == "blanks"


def test_of_a_real_partner_nothing_is_told_and_nothing_kept() -> None:
    assert of_xml("A" * 40, book_id=1) is None
    headers = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(), int(NOW.timestamp()))
    said = exchange(b"{}", "json")
    fault = explaining.of_json(roster(1), said, unproved(), "/json/v1/query", headers)
    assert (fault, said.partner) == (None, None)


def key(secret: bytes = b"another secret, of 32 bytes long", version: int = 2) -> Key:
    return Key(partner="APP-T", version=version, algorithm="hmac-sha256", secret=secret)


def of_json(headers: dict[str, str], fault: WireFault, body: bytes = b"{}") -> tuple[dict[str, str] | None, Exchange]:
    said = exchange(body, "json")
    return explaining.of_json(roster(), said, fault, "/json/v1/query", headers), said


def test_the_signature_base_is_told_as_we_built_it_with_the_signature_that_fits() -> None:
    at = int(NOW.timestamp())
    headers = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(), at, "S1")
    base = (f'"@method": POST\n"@path": /json/v1/query\n"content-digest": {content_digest(b"{}")}\n'
            f'"idempotency-key": "S1"\n"@signature-params": ("@method" "@path" "content-digest" "idempotency-key")'
            f';created={at};keyid="APP-T:2";alg="hmac-sha256"')  # fmt: skip
    fault, said = of_json(headers, unproved())
    assert fault == {
        "field": "Signature", "detail": "does not fit", "base": base,
        "sent": headers["signature"].removeprefix("yifen="),
        "expected": bytes_text(hmac_digest(SECRETS["hmac-sha256"], base.encode(), "sha256")),
    }  # fmt: skip
    assert said.partner is not None
    assert said.partner.code == "APP-T"
    texts = {"key_as_text": (SECRETS["hmac-sha256"].hex().encode(), base), "body": (SECRETS["hmac-sha256"], "{}"),
             "crlf": (SECRETS["hmac-sha256"], base.replace("\n", "\r\n"))}  # fmt: skip
    for guess, (secret, text) in texts.items():
        signed = bytes_text(hmac_digest(secret, text.encode(), "sha256"))
        found, _ = of_json(headers | {"signature": f"yifen={signed}"}, unproved())
        assert found is not None
        assert (found["guess"], found["sent"]) == (guess, signed)


def test_a_wrong_clock_is_told_by_how_much_it_is_wrong_and_what_is_allowed() -> None:
    """In both dialects alike, and in no number that is masked."""
    at, known = int(NOW.timestamp()), roster()
    for off_s, said in ((-400, "400 s behind"), (301, "301 s ahead of"), (-10**6, "more than a day behind")):
        told = f"{said} the gateway's clock, at most 300 s"
        headers = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(), at + off_s)
        with pytest.raises(WireFault) as caught:
            http_signed.verify("POST", "/json/v1/query", headers, b"{}", lambda *_: key(), at)
        assert caught.value.code is Code.MESSAGE_STALE
        assert of_json(headers, caught.value)[0] == {"field": "Signature-Input", "detail": told}
        sent = datetime.fromtimestamp(at + off_s, ZONE)
        body = b"A" * 40 + XML.replace(b"20261129120000", f"{sent:%Y%m%d%H%M%S}".encode())
        stale = WireFault(Code.MESSAGE_STALE, "Head/Time")
        found = explaining.of_xml(known, exchange(body, "xml", known), stale, open_body(body))
        assert found == {"field": "Head/Time", "detail": told}


def test_of_an_unknown_key_the_ones_in_use_are_named() -> None:
    unknown, known = WireFault(Code.KEY_UNKNOWN, "key_version", "9"), roster()
    headers = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(version=9), int(NOW.timestamp()))
    fault, said = of_json(headers, unknown)
    assert (fault and fault["detail"], said.partner and said.partner.code) == (
        "APP-T:9 is no key in use; in use: APP-T:2", "APP-T")  # fmt: skip
    body = b"A" * 40 + XML.replace(b"<KeyVersion>1", b"<KeyVersion>2")
    found = explaining.of_xml(known, exchange(body, "xml", known), unknown, open_body(body))
    assert found == {"field": "key_version", "detail": "APP-T:2 is no key in use; in use: APP-T:1"}


def test_a_header_at_fault_is_named_and_a_header_that_is_none_of_ours_is_hidden() -> None:
    headers = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(), int(NOW.timestamp()))
    digest = WireFault(Code.SIGNATURE_INVALID, "Content-Digest", "does not fit the body")
    fault, _ = of_json(headers, digest, b"{ }")
    assert fault == {"field": "Content-Digest", "detail": "does not fit the body",
                     "sent": content_digest(b"{}"), "expected": content_digest(b"{ }")}  # fmt: skip
    covered = headers["signature-input"].replace('"@path"', '"@path" "x-payer"')
    fault, _ = of_json(headers | {"signature-input": covered, "x-payer": "Zhang San 13800138000"}, unproved())
    assert fault is not None
    assert '"x-payer": ***\n' in fault["base"]
    assert "13800138000" not in str(fault)
    other = headers["signature-input"].replace("hmac-sha256", "ed25519")
    fault, _ = of_json(headers | {"signature-input": other}, unproved())
    assert fault is not None
    assert (fault["field"], fault["detail"]) == ("Signature-Input", "alg is ed25519, the key is hmac-sha256")
    assert "expected" not in fault


def test_no_clear_text_of_a_header_a_parameter_or_a_digest_is_kept() -> None:
    card, name, at = "6222021234567890123", "ZHANG SAN", int(NOW.timestamp())
    signed = http_signed.sign_request("POST", "/json/v1/query", b"{}", key(), at)
    more = f';nonce="{card} <b>";tag="{name}";expires={card[:15]};{"c" + card}'
    covered = signed["signature-input"].replace('digest"', f'digest" "date" "content-type" "x-{card}"')
    headers = {"signature-input": covered + more, "date": f"{name} {card}", "content-type": f'text/plain; x="{name}"',
               "x-" + card: name, "signature": signed["signature"]}  # fmt: skip
    fault, _ = of_json(signed | headers, unproved())
    assert fault is not None
    assert fault["base"] == (
        f'"@method": POST\n"@path": /json/v1/query\n"content-digest": {content_digest(b"{}")}\n"date": ***\n'
        '"content-type": ***\n"x-***0123": ***\n'
        '"@signature-params": ("@method" "@path" "content-digest" "date" "content-type" "x-***0123")'
        f';created={at};keyid="APP-T:2";alg="hmac-sha256";nonce=***;tag=***;expires=***;c***0123=***')  # fmt: skip
    plain = {"date": "Sun, 29 Nov 2026 04:00:00 GMT", "content-type": "application/json; charset=utf-8"}
    fault, _ = of_json(signed | plain | {"signature-input": covered.replace(f' "x-{card}"', "")}, unproved())
    assert fault is not None
    assert [line for line in fault["base"].split("\n") if line[:5] in ('"date', '"cont')][1:] == [
        f'"{header}": {value}' for header, value in plain.items()]  # fmt: skip
    broken = WireFault(Code.SIGNATURE_INVALID, "Content-Digest", "does not fit the body")
    digests = {content_digest(b"{}"): content_digest(b"{}"), sha1(b"").hexdigest(): sha1(b"").hexdigest(),
               f'sha-256="{card} {name}"': "***[39]", "4" * 40: "***[40]",
               f"sha-256=:ab{'7' * 16}{'c' * 25}=:": f"sha-256=:ab***7777{'c' * 25}=:",
               content_digest(b"{}") + f", {card}=1": "***[77]"}  # fmt: skip
    for sent, kept in digests.items():
        fault, _ = of_json(signed | {"content-digest": sent}, broken)
        assert fault is not None
        assert fault["sent"] == kept
    spelled = bytes_text(f"{card} {name} {name}!!".encode())
    fault, _ = of_json(signed | {"signature": f"yifen={spelled}"}, unproved())
    assert fault is not None
    assert fault["sent"] == "***[41]"
    bare = explaining.of_xml(roster(), exchange(f"{card} {name}<Partner>APP-T</Partner>".encode(), "xml"),
                             WireFault(Code.SIGNATURE_INVALID, "", "40 digits"), None)  # fmt: skip
    assert bare == {"detail": "40 digits", "sent": "***[40]"}


def test_nothing_that_is_sent_makes_it_fail_and_what_is_kept_is_bounded() -> None:
    for value in ("", "\x00", "yifen", 'yifen=("@method");keyid="APP-T:2"', 'yifen=();keyid="APP-T:99999"', "é" * 9):
        fault, _ = of_json({"signature-input": value, "signature": value}, unproved())
        assert fault is None or set(fault) <= {"field", "detail", "sent"}
    assert explaining.of_xml(roster(), exchange(b"a" * 40 + XML, "xml"),
                             WireFault(Code.SIGNATURE_INVALID), None) == {"sent": "a" * 40}  # fmt: skip
    log, body = WireLog(), b"0" * 40 + XML + b" " * 9000
    for told in (None, {"field": "Signature"}):
        log.hear(Exchange(at=NOW, dialect="xml", verb="query", body=body, fault=told,
                          partner=roster().partners["APP-T"], code=Code.SIGNATURE_INVALID), b"", 1)  # fmt: skip
    plain, told_of = log.take(2)
    assert (len(plain.request[0]), len(told_of.request[0])) == (UNPROVED_BYTES, SANDBOX_BYTES)
    assert (message_of(plain).fault, message_of(told_of).fault) == (None, '{"field":"Signature"}')


