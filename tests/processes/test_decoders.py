"""Whatever somebody sends, a decoder answers it or refuses it in its own words: nothing else comes out,
not from depth, not from numbers, not from bytes that are no text."""

import base64
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yifen.core.wire import bank_port, http_signed, json_http, keys, xml_client, xml_sha1
from yifen.core.wire.messages import REQUESTS, WireFault
from yifen.core.wire.sealing import seal
from yifen.hub.certify import reading
from yifen.hub.payments.proof import anchors
from yifen.trades.reconciliation.readers import hub_record

KEY = b"golden-key-0123456789"
DEEP = 20_000
Take = Callable[[bytes], object]


def every_verb(read: Callable[[str, bytes], object]) -> Take:
    def take(body: bytes) -> object:
        found = None
        for verb in REQUESTS:
            found = read(verb, body)
        return found

    return take


TAKES: dict[str, tuple[Take, type[Exception] | tuple[type[Exception], ...]]] = {
    "json request": (every_verb(lambda verb, body: json_http.read_message(verb, body, "S1")), WireFault),
    "json reply": (every_verb(json_http.read_reply), WireFault),
    "xml request": (lambda body: xml_sha1.open_body(seal(body, KEY)), WireFault),
    "xml reply": (lambda body: xml_client.read_reply(seal(body, KEY), "charge", KEY), WireFault),
    "content digest": (
        lambda body: http_signed.check_digest({"content-digest": body.decode("latin-1")}, b""), WireFault,
    ),
    "bank status": (bank_port.read_status, ValueError),
    "bank order": (bank_port.read_order, ValueError),
    "certify, mending": (reading.mended_json, ()),
    "anchor": (lambda body: anchors.altered(None, [body]), ()),  # type: ignore[arg-type]
    "hub's file": (lambda body: hub_record.json_record(body + b"\n"), hub_record.DailyFileError),
    "public key": (lambda body: keys.check_public("ed25519", body), ValueError),
    "SM2 key": (lambda body: keys.check_public("sm2-sm3", body), ValueError),
}  # fmt: skip
# A curve that nobody uses, as SubjectPublicKeyInfo: its library knows no such thing.
ODD_CURVE = base64.b64decode(
    "MFIwEwYHKoZIzj0CAQYIKoZIzj0DAQUDOwAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
HOSTILE = {
    "deep lists": b"[" * DEEP,
    "deep lists, closed": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep in an object": b'{"code":"0000","message":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep in a member": b'{"a":{"b":' + b"[" * DEEP + b"]" * DEEP + b'},"sign":"x"}',
    "a long number": b'{"code":"0000","payment_id":' + b"9" * 5000 + b"}",
    "a huge number": b'{"code":"0000","payment_id":1e308,"amount_fen":1e400}',
    "an infinite amount": b'{"code":"0000","amount_fen":"1e999999999","x_fen":"Infinity","y_fen":"NaN"}',
    "digits": b"9" * 400,
    "no text": bytes(range(255, 0, -1)),
    "half a pair": json.dumps({"code": "0000", "message": "\ud800"}).encode(),
    "deep XML": b"<Request>" + b"<a>" * DEEP,
    "deep head": b"<Reply><Head>" + b"<a>" * DEEP + b"</a>" * DEEP + b"</Head><Body/></Reply>",
    "empty": b"",
    "a curve nobody knows": ODD_CURVE,
    "a curve nobody knows, as PEM": b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(ODD_CURVE)
    + b"\n-----END PUBLIC KEY-----\n",
}  # fmt: skip


@pytest.mark.parametrize("decoder", TAKES)
@pytest.mark.parametrize("body", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_bytes_meet_an_answer_or_a_refusal(decoder, body):
    assert outcome(decoder, body) in ("taken", "refused")


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.sampled_from(sorted(TAKES)),
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=8),
                   lambda inner: st.lists(inner, max_size=3)
                   | st.dictionaries(st.sampled_from(["code", "a", "amount_fen", "payment_id", "sign"]), inner),
                   max_leaves=8).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip
def test_any_bytes_meet_an_answer_or_a_refusal(decoder, body):
    assert outcome(decoder, body) in ("taken", "refused")


def outcome(decoder: str, body: bytes) -> str:
    take, refusal = TAKES[decoder]
    try:
        take(body)
    except refusal:
        return "refused"
    return "taken"
