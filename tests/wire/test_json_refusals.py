"""Every way a JSON message can be wrong, with its code and the path of the field."""

import json

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire import json_http
from yifen.core.wire.messages import WireFault

GOOD = (
    '{"biller":"WATER01","account_no":"0339","amount_fen":15000,'
    '"lines":[{"payable":"B-1","amount_fen":15000}],"paid_at":"2026-11-30T09:30:15+08:00"}'
)


def read(text, header='"S-1"', verb="charge"):
    body = text if isinstance(text, bytes) else text.encode()
    return json_http.read_message(verb, body, header)


def fault_of(text, header='"S-1"', verb="charge"):
    with pytest.raises(WireFault) as caught:
        read(text, header, verb)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"WATER01"', '"水务"', "biller"),
        ('"WATER01"', '"WATER01\\n"', "biller"),
        ('"WATER01"', "1", "biller"),
        ('"WATER01"', "null", "biller"),
        ('"biller":"WATER01",', "", "biller"),
        ('"0339"', '"03\\u000039"', "account_no"),
        ('"0339"', f'"{"9" * 41}"', "account_no"),
        ('"0339"', '""', "account_no"),
        ('"0339"', '"\\uffff"', "account_no"),
        ("15000,", "0,", "amount_fen"),
        ("15000,", "-1,", "amount_fen"),
        ("15000,", "150.0,", "amount_fen"),
        ("15000,", "1e2,", "amount_fen"),
        ("15000,", '"15000",', "amount_fen"),
        ("15000,", "true,", "amount_fen"),
        ("15000,", f"{10**15},", "amount_fen"),
        ("15000,", f"{10**40},", "amount_fen"),
        ('"amount_fen":15000}', '"amount_fen":0}', "lines[0].amount_fen"),
        ('"amount_fen":15000}', '"amount":1}', "lines[0].amount"),
        ('"payable":"B-1",', "", "lines[0].payable"),
        ('{"payable":"B-1","amount_fen":15000}', "", "lines"),
        ("2026-11-30T09:30:15+08:00", "2026-11-30T09:30:15", "paid_at"),
        ("2026-11-30T09:30:15+08:00", "2026-02-30T09:30:15+08:00", "paid_at"),
        ("2026-11-30T09:30:15+08:00", "1999-12-31T23:59:59+08:00", "paid_at"),
        ("2026-11-30T09:30:15+08:00", "0001-01-01T00:00:00+23:59", "paid_at"),
        ("2026-11-30T09:30:15+08:00", "9999-12-31T23:59:59-23:59", "paid_at"),
        ("2026-11-30T09:30:15+08:00", "2199-12-31T23:59:59Z", "paid_at"),
        ('{"biller"', '{"business_day":"2026-11-31","biller"', "business_day"),
        ('{"biller"', '{"business_day":"9999-12-31","biller"', "business_day"),
        ('{"biller"', '{"quote":"a b","biller"', "quote"),
        ('{"biller"', '{"serial":"S-2","biller"', "serial"),
        ('{"biller"', '{"serial":null,"biller"', "serial"),
        ('{"biller"', '{"mac":"x","biller"', "mac"),
        ('{"biller"', '{"biller":"X","biller"', "biller"),
        ('{"payable"', '{"payable":"X","payable"', "payable"),
    ],
)
def test_message_invalid_names_the_field(old, new, field):
    assert old in GOOD
    fault = fault_of(GOOD.replace(old, new, 1))
    assert (fault.code, fault.field) == (Code.MESSAGE_INVALID, field)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", GOOD + "}", GOOD.replace("15000", "NaN"), "[" * 100_000,
             GOOD.replace("0339", "\\ud800"), "\ufeff" + GOOD]
)  # fmt: skip
def test_what_is_no_object_is_message_invalid(text):
    assert fault_of(text).code is Code.MESSAGE_INVALID


@pytest.mark.parametrize(
    "body", [GOOD.encode().replace(b"0339", b"\xff"), GOOD.encode("utf-16"), b"\xff\xfe"]
)
def test_bytes_that_are_not_utf8_are_encoding_invalid(body):
    assert fault_of(body).code is Code.ENCODING_INVALID


@pytest.mark.parametrize("header", ["S-1", '"S-1"'])
def test_the_idempotency_key_is_the_serial_quoted_or_bare(header):
    assert read(GOOD, header).serial == "S-1"
    assert read(GOOD.replace('{"biller"', '{"serial":"S-1","biller"'), header).serial == "S-1"


@pytest.mark.parametrize(
    "header", [None, "", '""', '"S 1"', '"S-1', '"S-1";a', "S-1, S-1", "x" * 33, '"水"', "S-1\n"]
)
def test_another_idempotency_key_is_message_invalid(header):
    fault = fault_of(GOOD, header)
    assert (fault.code, fault.field) == (Code.MESSAGE_INVALID, "Idempotency-Key")


def test_verbs_without_serial_need_no_key():
    assert read('{"original_serial":"S-1"}', None, "confirm").original_serial == "S-1"


@pytest.mark.parametrize(
    "moment",
    ["2026-11-30T01:30:15Z", "2026-11-30T09:30:15.999+08:00", "2026-11-29T20:30:15.000001-05:00"],
)
def test_a_moment_is_the_same_in_any_offset_and_without_parts_of_a_second(moment):
    assert read(GOOD.replace("2026-11-30T09:30:15+08:00", moment)) == read(GOOD)


def test_null_is_the_same_as_absent():
    assert read(GOOD.replace('{"biller"', '{"quote":null,"biller"')) == read(GOOD)


@pytest.mark.parametrize("code", [code for code in Code if code.meaning.status >= 400])
def test_every_refusal_is_a_problem(code):
    problem = json.loads(json_http.problem_body(code, language="en"))
    assert problem == {
        "type": f"/codes/{code:04d}",
        "title": code.meaning.en,
        "status": code.meaning.status,
        "code": f"{code:04d}",
        "name": code.name,
        "retryable": code.meaning.retryable,
    }
    assert json_http.read_reply("charge", json.dumps(problem).encode()).code is code


def test_a_code_of_the_partners_own_arrives_as_it_is():
    answer = json_http.read_reply("charge", b'{"code":"DEF0002","message":"no debt"}')
    assert answer == (Code.BILLER_REJECTED, None, "no debt", "DEF0002")
    assert answer.is_foreign


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.MESSAGE_INVALID),
        (b"[]", Code.MESSAGE_INVALID),
        (b'{"message":"x"}', Code.MESSAGE_INVALID),
        (b'{"code":""}', Code.MESSAGE_INVALID),
        (b'{"code":"not a code"}', Code.MESSAGE_INVALID),
        (b'{"code":null}', Code.MESSAGE_INVALID),
        (b'{"code":"0000","serial":"S-1"}', Code.MESSAGE_INVALID),
        (b'{"code":"0000","payment_id":"x"}', Code.MESSAGE_INVALID),
        (b"\xff", Code.ENCODING_INVALID),
    ],
)
def test_a_wrong_reply_is_refused(body, code):
    with pytest.raises(WireFault) as caught:
        json_http.read_reply("charge", body)
    assert caught.value.code is code
