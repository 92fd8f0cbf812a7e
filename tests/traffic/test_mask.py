"""What is kept of a message names no person, whatever the message looks like."""

import json
import time

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire import json_http, xml_sha1
from yifen.core.wire.replies import QueryReply
from yifen.hub.payments.wirelog_mask import BODY_MAX, HIDDEN, masked

NAME, PINYIN, PHONE = "欧阳小明", "OuyangXiaoming", "13800138000"
ID_NUMBER, CARD, ACCOUNT = "110101199003071234", "6228480402564890018", "3300000485"
PERSONAL = (NAME, "小明", "\\u5c0f", PINYIN, PHONE, ID_NUMBER, CARD, ACCOUNT, "00000485")

HEAD = "<Head><Version>1</Version><Verb>query</Verb><Partner>WX</Partner></Head>"


def xml(body: str, head: str = HEAD, encoding: str = "UTF-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><Request>{head}<Body>{body}</Body></Request>'
    )
    return ("ab" * 20).encode() + text.encode(encoding)


HOSTILE = {
    "a name in XML": xml(f"<PayerName>{NAME}</PayerName>"),
    "a name in GB18030": xml(f"<PayerName>{NAME}</PayerName>", encoding="GB18030"),
    "GB18030 that says it is UTF-8": xml(f"<Serial>{NAME}</Serial>").decode().encode("gb18030"),
    "a name in CDATA": xml(f"<PayerName><![CDATA[{NAME}]]></PayerName>"),
    "CDATA in a known field": xml(f"<Serial><![CDATA[{NAME} & {PHONE}]]></Serial>"),
    "CDATA that is not shut": xml(f"<Serial><![CDATA[{NAME}"),
    "a known field in an unknown one": xml(f"<Payer><Serial>{PINYIN}</Serial></Payer>"),
    "a known field in a text field": xml(f"<Operator>{NAME}<Amount>{PHONE}</Amount></Operator>"),
    "an attribute": xml(f'<AccountNo owner="{NAME}" tel="{PHONE}">{ACCOUNT}</AccountNo>'),
    "a comment": xml(f"<!-- {NAME} {PHONE} --><Serial>S1</Serial>"),
    "an instruction": xml(f"<?note {NAME}?>"),
    "a DOCTYPE": f'<!DOCTYPE x [<!ENTITY n "{NAME}">]><x>&n;</x>'.encode(),
    "entities": xml("<Serial>&#x5c0f;&#x660e;</Serial>"),
    "text between tags": xml(f"<Serial>S1</Serial>{NAME}{PHONE}<Amount>1</Amount>"),
    "text after the last tag": xml("") + NAME.encode(),
    "a tag named after a person": xml(f"<{NAME}/><P9900{PHONE}>1</P>"),
    "an unknown field": xml(f"<Phone>{PHONE}</Phone><IdNo>{ID_NUMBER}</IdNo><Card>{CARD}</Card>"),
    "an amount that is none": xml(f"<Amount>{ID_NUMBER}</Amount><DueAmount>{CARD}</DueAmount>"),
    "an account number": xml(f"<AccountNo>{ACCOUNT}</AccountNo>"),
    "a bill that holds it": xml(f"<Lines><Line><Payable>{ACCOUNT}-10</Payable></Line></Lines>"),
    "free texts": xml(
        f"<Reason>{PINYIN}</Reason><Operator>{PINYIN}</Operator>"
        f"<Title>{PINYIN}</Title><Message>{PINYIN}</Message>"
        f"<Detail>{PINYIN}</Detail>"
    ),
    "never shut": xml(f"<PayerName>{NAME}<Phone>{PHONE}").replace(b"</Body></Request>", b""),
    "no markup at all": f"{NAME} {PHONE}".encode(),
    "UTF-16": f"<PayerName>{NAME}</PayerName>".encode("utf-16"),
    "a name in JSON": json.dumps({"payer_name": NAME}, ensure_ascii=False).encode(),
    "escaped JSON": json.dumps({"payer_name": NAME, "serial": NAME}).encode(),
    "an escaped member": b'{"p\\u0061yer_name":"' + PINYIN.encode() + b'"}',
    "JSON in a string": json.dumps({"serial": json.dumps({"serial": PINYIN})}).encode(),
    "an object where a text belongs": json.dumps({"serial": {"serial": PINYIN}}).encode(),
    "a list where a text belongs": json.dumps({"serial": [PINYIN, PHONE]}).encode(),
    "after a nested object": json.dumps({"serial": [{"serial": "S"}, PINYIN]}).encode(),
    "after an object in a list": json.dumps({"lines": [{"serial": "S"}, PINYIN]}).encode(),
    "unknown members": json.dumps(
        {"phone": int(PHONE), "id": ID_NUMBER, "name": PINYIN, "detail": PINYIN, "title": PINYIN}
    ).encode(),
    "numbers in known members": json.dumps({"amount_fen": int(CARD)}).encode(),
    "a member named after a person": json.dumps({NAME: 1, PHONE: 1, f"p{PHONE}": 1}).encode(),
    "an account number in JSON": json.dumps({"account_no": ACCOUNT}).encode(),
    "a moment with a tail": json.dumps({"paid_at": f"2026-11-23T12:00:00{NAME}"}).encode(),
    "JSON never shut": f'{{"payer_name":"{NAME} {PHONE}'.encode(),
    "JSON with a loose end": f'{{"payer_name":"{PINYIN}\\'.encode(),
    "junk in JSON": f'{{"serial":{PINYIN}{PHONE}, {NAME}}}'.encode(),
}


@pytest.mark.parametrize("ours", [False, True])
@pytest.mark.parametrize("sample", HOSTILE)
def test_no_person_is_left(sample: str, ours: bool) -> None:
    kept = masked(HOSTILE[sample], ours=ours)
    allowed = {PINYIN} if ours and sample == "unknown members" else set()
    if ours and sample == "free texts":  # a detail of our own keeps plain words
        allowed = {PINYIN}
    assert [word for word in PERSONAL if word in kept and word not in allowed] == []


def test_what_is_harmless_stays_as_it_was_sent() -> None:
    body = (
        "<Biller>WATER</Biller><AccountNo>3300000485</AccountNo><Amount>12.50</Amount><Lines><Line>"
        "<Payable>2026-10</Payable><Amount>1250</Amount></Line></Lines>"
        "<PaidAt>20261123120000</PaidAt>"
    )
    kept = masked(xml(body))
    assert kept.startswith(f'abababab{HIDDEN}<?xml version="1.0" encoding="UTF-8"?><Request>{HEAD}')
    assert body.replace("3300000485", "***0485") in kept


def test_json_stays_json() -> None:
    sent = {"biller": "WATER", "account_no": "3300000485", "amount_fen": 1250, "operator": "张三",
            "lines": [{"payable": "2026-10", "amount_fen": 1250}], "phone": 13800138000,
            "paid_at": "2026-11-23T12:00:00+08:00", "retry": None}  # fmt: skip
    assert json.loads(masked(json.dumps(sent).encode())) == sent | {
        "account_no": "***0485", "operator": HIDDEN, "phone": HIDDEN}  # fmt: skip


@pytest.mark.parametrize("code", Code)
def test_our_own_refusals_can_be_read(code: Code) -> None:
    detail = f"got 3300000485 of {NAME}"
    problem = json_http.problem_body(code, "lines[0].amount_fen", detail)
    kept = json.loads(masked(problem, ours=True))
    assert kept == json.loads(problem) | {"detail": "got ***0485 of ***"}
    reply = xml_sha1.reply_bytes("query", "WX", code, None, key=b"", sent_at=0, detail=detail)
    text = masked(reply, ours=True)
    assert f"<Code>{code:04d}</Code><Message>{code.meaning.zh}</Message>" in text
    assert "<Detail>got ***0485 of ***</Detail>" in text
    assert code.meaning.zh in text
    assert code.meaning.zh not in masked(reply)  # from anybody else it could be anything


def test_a_reply_loses_its_name_and_titles() -> None:
    reply = QueryReply(biller="WATER", account_no=ACCOUNT, payer_name="**小明", payables=[])
    assert json.loads(masked(json_http.reply_body(Code.OK, reply), ours=True)) == {
        "code": "0000", "message": "成功", "biller": "WATER", "account_no": "***0485",
        "payer_name": HIDDEN, "payables": []}  # fmt: skip


def test_a_long_message_is_cut_and_says_so() -> None:
    body = xml("<Serial>S1</Serial>" * 10_000)
    kept = masked(body)
    assert kept.endswith(f"…[{len(body)} bytes]")
    assert len(kept) < BODY_MAX + 100
    assert masked(body[:BODY_MAX], len(body)) == kept
    assert masked(b"H|1|WATER", 9) == "[9 bytes]"
    assert masked(b"") == ""


@pytest.mark.parametrize("body", [
    b'{"a":"' + b'\\"' * 4096, b"<" * 8192, b"<a" * 4096, b"<![CDATA[" * 900, b'"' * 8192,
    b"[" * 8192, b"{" * 8192, b"<?xml " + b" " * 8192, b"{" + b"9 " * 4096, b"\\" * 8192,
    b'{"detail":"' + b"1" + b" " * 8000, b"<!--" * 2048, b'{"a":' + b"\xff" * 8192,
])  # fmt: skip
def test_no_bytes_take_long(body: bytes) -> None:
    started = time.perf_counter()
    masked(body, ours=True)
    assert time.perf_counter() - started < 0.5
