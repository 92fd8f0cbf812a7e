"""Golden bytes, written by hand: read and written exactly, and valid by our schemas."""

from pathlib import Path

from lxml import etree

from yifen.core.facts.codes import Code
from yifen.core.wire import json_http, xml_client, xml_sha1
from yifen.core.wire.moments import epoch_of
from yifen.core.wire.replies import BillerAnswer
from yifen.core.wire.xsd import xsd

GOLDEN = Path(__file__).parent / "golden"
KEY = b"golden-key-0123456789"
SENT_AT, ANSWERED_AT = epoch_of("20261130093016"), epoch_of("20261130093017")
YUAN = {"charge_gb18030"}


def file_of(name, side, kind):
    verb, _, variant = name.partition("_")
    return GOLDEN / f"{verb}_{side}{'_' if variant else ''}{variant}.{kind}"


def unit_of(name):
    return "yuan" if name in YUAN else "fen"


def test_xml_request_reads_and_writes_exactly(request_name, requests):
    body, message = file_of(request_name, "request", "xml").read_bytes(), requests[request_name]
    sealed = xml_sha1.open_body(body)
    encoding = "gb18030" if "gb18030" in request_name else "utf-8"
    assert (sealed.partner, sealed.key_version, sealed.sent_at) == ("WXPAY", 1, SENT_AT)
    assert (sealed.verb, sealed.encoding) == (message.VERB, encoding)
    assert xml_sha1.digest_fits(sealed, KEY)
    assert not xml_sha1.digest_fits(sealed, KEY + b"0")
    assert xml_sha1.read_message(sealed, message.VERB, unit_of(request_name)) == message
    assert body == xml_client.request_bytes(
        message,
        partner="WXPAY",
        key_version=1,
        key=KEY,
        sent_at=SENT_AT,
        unit=unit_of(request_name),
        encoding=encoding,
    )


def test_xml_reply_reads_and_writes_exactly(reply_name, replies):
    body, (code, reply) = file_of(reply_name, "reply", "xml").read_bytes(), replies[reply_name]
    verb = "charge" if reply_name == "refusal" else reply_name.partition("_")[0]
    fault = {"field": "Body/Amount", "detail": "a < b"} if reply is None else {}
    assert xml_client.read_reply(body, verb, KEY) == BillerAnswer(
        code, reply, code.meaning.zh, f"{code:04d}"
    )
    assert body == xml_sha1.reply_bytes(
        verb, "WXPAY", code, reply, key=KEY, sent_at=ANSWERED_AT, **fault
    )


def test_json_request_reads_and_writes_exactly(request_name, requests):
    body, message = file_of(request_name, "request", "json").read_bytes(), requests[request_name]
    serial = getattr(message, "serial", None)
    assert json_http.read_message(message.VERB, body, serial) == message
    assert json_http.request_body(message) == body


def test_json_reply_reads_and_writes_exactly(reply_name, replies):
    body, (code, reply) = file_of(reply_name, "reply", "json").read_bytes(), replies[reply_name]
    verb = "charge" if reply is None else reply_name.partition("_")[0]
    assert json_http.read_reply(verb, body) == BillerAnswer(
        code, reply, code.meaning.zh, f"{code:04d}"
    )
    if reply is None:
        assert json_http.problem_body(code, "amount_fen", "a < b") == body
    else:
        assert json_http.reply_body(code, reply) == body


def test_xml_request_is_valid_by_its_schema(request_name, requests):
    schema = xsd(requests[request_name].VERB, "request", unit_of(request_name))
    assert_valid(schema, file_of(request_name, "request", "xml"))


def test_xml_reply_is_valid_by_its_schema(reply_name):
    verb = "charge" if reply_name == "refusal" else reply_name.partition("_")[0]
    assert_valid(xsd(verb, "reply"), file_of(reply_name, "reply", "xml"))


def assert_valid(schema, path):
    etree.XMLSchema(etree.fromstring(schema.encode())).assertValid(
        etree.fromstring(path.read_bytes()[40:])
    )


def test_schema_refuses_what_the_reader_refuses():
    schema = etree.XMLSchema(etree.fromstring(xsd("charge", "request").encode()))
    good = (GOLDEN / "charge_request.xml").read_bytes()[40:]
    for old, new in (
        (b"<Amount>1</Amount>", b"<Amount>0</Amount>"),
        (b"<Verb>charge<", b"<Verb>query<"),
        (b"<Serial>S-1</Serial>", b""),
        (b"<Quote>Q1</Quote>", b"<Quota>Q1</Quota>"),
    ):
        assert not schema.validate(etree.fromstring(good.replace(old, new)))


def test_refusal_to_a_stranger_has_a_digest_without_key():
    body = xml_sha1.reply_bytes("", "", Code.PARTNER_UNKNOWN, None, key=b"", sent_at=ANSWERED_AT)
    assert b"<Verb>" not in body
    assert b"<Partner>" not in body
    assert xml_client.read_reply(body, "charge", b"").code is Code.PARTNER_UNKNOWN
