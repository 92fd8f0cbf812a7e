"""Fuzzing: nothing but WireFault comes out, and what is written is read again."""

from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http, sealing, xml_client, xml_sha1
from yifen.core.wire.content import content_hash
from yifen.core.wire.heads import RequestHead
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import (
    REQUESTS,
    Charge,
    Confirm,
    FileRequest,
    Line,
    Query,
    Refund,
    Reverse,
    WireFault,
)
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply, ReverseReply
from yifen.core.wire.structured import read_dictionary
from yifen.core.wire.xml_document import open_document, open_tree, read_body

GOLDEN = Path(__file__).parent / "golden"
KEY = b"golden-key-0123456789"
SIGNER = Key(partner="WX", version=1, algorithm="hmac-sha256", secret=KEY)
NOW = 1_796_000_000
XML = [path.read_bytes() for path in sorted(GOLDEN.glob("*.xml"))]
JSON = [path.read_bytes() for path in sorted(GOLDEN.glob("*.json"))]
quick = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)

names = st.from_regex(r"[A-Za-z0-9_-]{1,16}", fullmatch=True)
serials = st.from_regex(r"[A-Za-z0-9_.-]{1,32}", fullmatch=True)
states = st.from_regex(r"[a-z_]{1,24}", fullmatch=True)
results = st.from_regex(r"[0-9]{4}", fullmatch=True)
amounts = st.integers(1, 10**15 - 1)
amounts0 = st.integers(0, 10**15 - 1)
ids = st.integers(1, 2**63 - 1)
days = st.dates(date(2000, 1, 1), date(2199, 12, 31))
moments = st.integers(946_656_000, 7_258_089_599).map(lambda s: datetime.fromtimestamp(s, HUB_ZONE))


def texts(longest):
    letters = st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    return st.text(letters, min_size=1, max_size=longest)


def maybe(strategy):
    return st.none() | strategy


lines = st.builds(Line, payable=texts(40), amount_fen=amounts)
back = {"serial": serials, "original_serial": serials, "amount_fen": amounts}
requests = st.one_of(
    st.builds(Query, biller=names, account_no=texts(40)),
    st.builds(
        Charge,
        serial=serials,
        biller=names,
        account_no=texts(40),
        amount_fen=amounts,
        lines=st.lists(lines, min_size=1, max_size=20),
        quote=maybe(serials),
        business_day=maybe(days),
        paid_at=moments,
        operator=maybe(texts(32)),
    ),
    st.builds(Confirm, original_serial=serials),
    st.builds(Reverse, **back, reason=maybe(texts(100))),
    st.builds(Refund, **back, reason=maybe(texts(100))),
    st.builds(FileRequest, business_day=days),
)
views = st.builds(
    PayableView,
    payable=texts(40),
    title=texts(100),
    mode=st.sampled_from(["exact", "partial", "open"]),
    due_fen=amounts0,
    min_fen=amounts0,
    max_fen=amounts0,
    due_on=maybe(days),
)
replies = st.one_of(
    st.builds(
        QueryReply,
        biller=names,
        account_no=texts(40),
        payer_name=texts(40),
        quote=maybe(serials),
        quote_expires_at=maybe(moments),
        payables=st.lists(views, max_size=5),
    ),
    st.builds(
        PaymentReply,
        payment_id=ids,
        serial=serials,
        amount_fen=amounts,
        business_day=days,
        booked_at=maybe(moments),
        payer_state=states,
        biller_state=states,
        biller_serial=maybe(texts(40)),
        result=maybe(results),
    ),
    st.builds(ReverseReply, payment_id=ids, **back, business_day=days, booked_at=moments),
)
units = st.sampled_from(["fen", "yuan"])
encodings = st.sampled_from(["utf-8", "gb18030"])


@quick
@given(requests, units, encodings)
def test_a_request_survives_the_xml_wire(message, unit, encoding):
    body = xml_client.request_bytes(
        message, partner="WX", key_version=1, key=KEY, sent_at=NOW, unit=unit, encoding=encoding
    )
    sealed = xml_sha1.open_body(body)
    assert xml_sha1.digest_fits(sealed, KEY)
    assert (sealed.sent_at, sealed.encoding) == (NOW, encoding)
    read = xml_sha1.read_message(sealed, message.VERB, unit)
    assert read == message
    assert content_hash(read) == content_hash(message)


@quick
@given(requests)
def test_a_request_survives_the_json_wire(message):
    serial = getattr(message, "serial", None)
    read = json_http.read_message(message.VERB, json_http.request_body(message), serial)
    assert read == message
    assert content_hash(read) == content_hash(message)


@quick
@given(replies, units, encodings)
def test_a_reply_survives_both_wires(reply, unit, encoding):
    body = xml_sha1.reply_bytes(
        reply.VERB, "WX", Code.OK, reply, key=KEY, sent_at=NOW, unit=unit, encoding=encoding
    )
    assert xml_client.read_reply(body, reply.VERB, KEY, unit).reply == reply
    assert json_http.read_reply(reply.VERB, json_http.reply_body(Code.OK, reply)).reply == reply


@quick
@given(texts(500), st.text(max_size=500), st.text(max_size=150))
def test_any_text_in_a_refusal_can_be_read(field, detail, message):
    body = xml_sha1.reply_bytes(
        "charge", "WX", Code.FAULT, None, key=KEY, sent_at=NOW,
        field=field, detail=detail, message=message,
    )  # fmt: skip
    assert xml_client.read_reply(body, "charge", KEY).code is Code.FAULT


@st.composite
def mutated(draw, originals):
    """A golden message with a few bytes changed, cut, doubled or put in."""
    body = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(body) - 1, 0)))
        end = min(len(body), place + draw(st.integers(0, 30)))
        match draw(st.integers(0, 4)):
            case 0:
                body[place:end] = b""
            case 1:
                body[place:place] = body[place:end]
            case 2:
                body[place:end] = draw(st.binary(max_size=8))
            case 3:
                body[place : place + 1] = draw(
                    st.sampled_from([b"<", b">", b"&", b"/", b'"', b"0"])
                )
            case _:
                body[place:end] = draw(st.sampled_from([b"<!--x-->", b"&amp;", b"\x00", b"<a/>"]))
    return bytes(body)


def try_xml_request(body):
    sealed = xml_sha1.open_body(body)
    for verb in {sealed.verb, "charge"} & REQUESTS.keys():
        xml_sha1.read_message(sealed, verb, "fen")


def try_xml_reply(body):
    for verb in ("query", "charge", "reverse", "file"):
        xml_client.read_reply(body, verb, KEY)


def only_wire_faults(attempt, *arguments):
    fault = None
    try:
        attempt(*arguments)
    except WireFault as caught:
        fault = caught
    if fault is not None:
        assert isinstance(fault.code, Code)
        assert max(len(fault.field), len(fault.detail)) <= 400


@quick
@given(st.binary(max_size=300) | mutated(XML))
def test_xml_junk_gives_nothing_but_wire_faults(body):
    only_wire_faults(try_xml_request, body)
    resealed = sealing.seal(body[40:], KEY)
    only_wire_faults(try_xml_request, resealed)
    only_wire_faults(try_xml_reply, resealed)


@quick
@given(st.binary(max_size=300) | mutated(JSON), st.none() | st.text(max_size=40))
def test_json_junk_gives_nothing_but_wire_faults(body, header):
    for verb in REQUESTS:
        only_wire_faults(json_http.read_message, verb, body, header)
        only_wire_faults(json_http.read_reply, verb, body)


def outcome(reader, markup):
    """What a reader makes of a document: head and body values, or the fault's code."""
    try:
        head, document = reader(markup, RequestHead)
        body = REQUESTS.get(head.verb, Charge)
        return head, read_body(document, "Request", body, "fen")
    except WireFault as fault:
        return fault.code


@quick
@given(mutated([body[40:] for body in XML if b"<Request>" in body and b"GB18030" not in body]))
def test_the_quick_reader_and_the_patient_reader_agree(body):
    text = body.decode("utf-8", "replace").removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    if text.startswith("<?xml"):
        return
    assert outcome(open_document, text) == outcome(open_tree, text)


@quick
@given(
    st.dictionaries(
        st.sampled_from(["signature", "signature-input", "content-digest", "host", "x"]),
        st.text(max_size=120)
        | mutated([b'yifen=("@method" "@path");created=1;keyid="WX:1"']).map(
            lambda raw: raw.decode("latin-1")
        ),
    )
)
def test_junk_headers_give_nothing_but_wire_faults(headers):
    signed = http_signed.sign_request("POST", "/json/v1/query", b"{}", SIGNER, NOW)
    only_wire_faults(
        http_signed.verify,
        "POST",
        "/json/v1/query",
        signed | headers,
        b"{}",
        lambda partner, version: SIGNER,
        NOW,
    )


@quick
@given(st.text(max_size=80))
def test_a_structured_field_is_read_or_a_value_error(text):
    try:
        read_dictionary(text)
    except ValueError:
        return


@quick
@given(requests)
def test_the_content_hash_tells_other_content(message):
    original = content_hash(message)
    for name in message.__struct_fields__:
        value = getattr(message, name)
        if name == "serial":
            message.serial = "other"
            assert content_hash(message) == original
        elif isinstance(value, int):
            setattr(message, name, value + 1)
            assert content_hash(message) != original
        elif isinstance(value, str):
            setattr(message, name, value + "x")
            assert content_hash(message) != original
        setattr(message, name, value)


def test_the_content_hash_knows_verb_and_moment():
    back = {"serial": "R", "original_serial": "S", "amount_fen": 1}
    assert content_hash(Reverse(**back)) != content_hash(Refund(**back))
    charge = Charge(
        biller="B", account_no="1", amount_fen=1, lines=[Line(payable="P", amount_fen=1)],
        paid_at=datetime(2026, 11, 30, 9, 30, 15, tzinfo=HUB_ZONE),
    )  # fmt: skip
    original = content_hash(charge)
    canonical = (
        '{"account_no":"1","amount_fen":1,"biller":"B","lines":[{"amount_fen":1,"payable":"P"}],'
        '"paid_at":1796002215,"verb":"charge"}'
    )
    assert original == blake2b(canonical.encode(), digest_size=16).digest()
    for zone in (UTC, timezone(timedelta(hours=-5))):
        charge.paid_at = charge.paid_at.astimezone(zone)
        assert content_hash(charge) == original
    charge.paid_at += timedelta(seconds=1)
    assert content_hash(charge) != original


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_long_input_takes_no_longer_than_its_length(size):
    """No expression backtracks: a long almost-message is refused at once."""
    for filling in (" ", "<Line>", "<Amount>1</Amount>", "x"):
        text = f"<Request><Head>{filling * size}"[:size]
        with pytest.raises(WireFault):
            xml_sha1.open_body(sealing.seal(text.encode(), KEY))
