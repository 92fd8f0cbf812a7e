"""Every way an XML message can be wrong, with its code and the path of the field."""

from hashlib import sha1

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire import xml_client, xml_sha1
from yifen.core.wire.messages import WireFault

KEY = b"k"
HEAD = (
    "<Version>1</Version><Verb>charge</Verb><Partner>WXPAY</Partner><KeyVersion>1</KeyVersion>"
    "<Time>20261130093016</Time><Serial>S-1</Serial>"
)
LINE = "<Line><Payable>B-1</Payable><Amount>15000</Amount></Line>"
BODY = (
    "<Biller>WATER01</Biller><AccountNo>0339</AccountNo><Amount>15000</Amount>"
    f"<Lines>{LINE}</Lines><PaidAt>20261130093015</PaidAt>"
)
GOOD = f"<Request><Head>{HEAD}</Head><Body>{BODY}</Body></Request>"


def seal(content):
    content = content.encode() if isinstance(content, str) else content
    return sha1(content + KEY).hexdigest().upper().encode() + content


def read(content, unit="fen", verb="charge"):
    sealed = xml_sha1.open_body(seal(content))
    assert xml_sha1.digest_fits(sealed, KEY)
    return xml_sha1.read_message(sealed, verb, unit)


def fault_of(content, unit="fen", verb="charge"):
    with pytest.raises(WireFault) as caught:
        read(content, unit, verb)
    return caught.value


def test_the_unchanged_message_is_read():
    assert read(GOOD).amount_fen == 15000


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<Version>1<", "<Version>2<", "Head/Version"),
        ("<Verb>charge<", "<Verb>CHARGE<", "Head/Verb"),
        ("<Verb>charge<", "<Verb>refund<", "Head/Verb"),
        ("WXPAY", "WX PAY", "Head/Partner"),
        ("WXPAY", "ABCDEFGHIJKLMNOPQ", "Head/Partner"),
        ("<Partner>WXPAY</Partner>", "", "Head/Partner"),
        ("<KeyVersion>1<", "<KeyVersion>0<", "Head/KeyVersion"),
        ("<KeyVersion>1<", "<KeyVersion>10000<", "Head/KeyVersion"),
        ("20261130093016", "20261130093060", "Head/Time"),
        ("20261130093016", "2026-11-30 09:30", "Head/Time"),
        ("20261130093016", "19991231235959", "Head/Time"),
        ("<Serial>S-1</Serial>", "", "Head/Serial"),
        ("<Serial>S-1</Serial>", "<Serial/>", "Head/Serial"),
        ("<Serial>S-1<", "<Serial>S 1<", "Head/Serial"),
        ("<Serial>S-1</Serial>", "<Serial>S-1</Serial><Serial>S-1</Serial>", "Head/Serial"),
        ("</Head>", "<Mac/></Head>", "Head/Mac"),
        ("WATER01", "水务", "Body/Biller"),
        ("<Biller>WATER01</Biller>", "", "Body/Biller"),
        ("<Biller>WATER01</Biller>", "<Biller/>", "Body/Biller"),
        ("<Biller>", '<Biller kind="1">', "Body/Biller"),
        ("<Body>", "<Body a='1'>", "Body"),
        ("<Body>", "<Body>x", "Body"),
        ("<AccountNo>0339<", "<AccountNo>03&#10;39<", "Body/AccountNo"),
        ("<AccountNo>0339<", "<AccountNo>03\t39<", "Body/AccountNo"),
        ("<AccountNo>0339<", f"<AccountNo>{'9' * 41}<", "Body/AccountNo"),
        ("<AccountNo>0339<", "<AccountNo>03<!-- -->39<", "Body/AccountNo"),
        ("<AccountNo>0339<", "<AccountNo>03<?x ?>39<", "Body/AccountNo"),
        ("<AccountNo>0339<", "<AccountNo>03<b/>39<", "Body/AccountNo"),
        ("<Amount>15000</Amount><Lines>", "<Amount>0</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Amount>015000</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Amount>-1</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Amount>1.0</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Amount>1,000</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Amount>１５</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", f"<Amount>{10**15}</Amount><Lines>", "Body/Amount"),
        ("<Amount>15000</Amount><Lines>", "<Lines>", "Body/Amount"),
        (LINE, "", "Body/Lines"),
        (LINE, LINE * 21, "Body/Lines"),
        (LINE, "<Row/>", "Body/Lines"),
        (LINE, LINE + "<!-- -->", "Body/Lines"),
        (LINE, LINE + LINE.replace("15000", "x"), "Body/Lines/Line[2]/Amount"),
        (LINE, LINE + "<Line><Amount>1</Amount></Line>", "Body/Lines/Line[2]/Payable"),
        (LINE, LINE + LINE.replace("</Line>", "<X/></Line>"), "Body/Lines/Line[2]/X"),
        ("20261130093015", "20260230093015", "Body/PaidAt"),
        ("20261130093015", "20261130", "Body/PaidAt"),
        ("</Body>", "<BusinessDay>20261131</BusinessDay></Body>", "Body/BusinessDay"),
        ("</Body>", "<Quote>a b</Quote></Body>", "Body/Quote"),
        ("</Body>", f"<Operator>{'x' * 33}</Operator></Body>", "Body/Operator"),
        ("</Body>", "<Operator>\x85</Operator></Body>", "Body/Operator"),
        ("</Body>", "<Operator>\ufffd\ufffd</Operator><Operator/></Body>", "Body/Operator"),
        ("</Body>", "<Serial>S-1</Serial></Body>", "Body/Serial"),
        ("</Body>", "<!-- a --></Body>", "Body/comment()"),
        ("</Request>", "<Tail/></Request>", "Request"),
        ("</Body></Request>", "</Body><Body/></Request>", "Request"),
        ("<Request>", '<Request xmlns="urn:x">', "{urn:x}Request"),
    ],
)
def test_message_invalid_names_the_field(old, new, field):
    assert old in GOOD
    fault = fault_of(GOOD.replace(old, new, 1))
    assert (fault.code, fault.field) == (Code.MESSAGE_INVALID, field)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<",
        "null",
        GOOD[:-1],
        GOOD + "<x/>",
        GOOD + "x",
        GOOD.replace("</Body>", ""),
        GOOD.replace("0339", "03&who;39"),
        GOOD.replace("0339", "03&39"),
        GOOD.replace("0339", "03\x0039"),
        '<?xml version="1.1"?>' + GOOD,
        '<?xml encoding="ISO-8859-1" version="1.0"?>' + GOOD,
        " <?xml version='1.0'?>" + GOOD,
        "<a>" * 10_000,
    ],
)
def test_what_is_no_xml_is_message_invalid(content):
    fault = fault_of(content)
    assert fault.code is Code.MESSAGE_INVALID
    assert fault.detail


@pytest.mark.parametrize(
    "content",
    [
        f"<!DOCTYPE Request>{GOOD}",
        f'<!DOCTYPE r [<!ENTITY a "0339">]>{GOOD.replace("0339", "&a;")}',
        f'<!DOCTYPE r SYSTEM "file:///etc/passwd">{GOOD}',
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % x SYSTEM "http://h/">%x;]>{GOOD}',
        f"{GOOD}<!DOCTYPE Request>",
    ],
)
def test_doctype_is_refused(content):
    assert fault_of(content).code is Code.DOCTYPE_REFUSED


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode().replace(b"0339", b"\xff"),
        b'<?xml version="1.0" encoding="UTF-16"?>' + GOOD.encode(),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + GOOD.encode(),
        b'<?xml version="1.0" encoding="GBK"?>' + GOOD.encode().replace(b"0339", b"\x81"),
        GOOD.encode("utf-16"),
        GOOD.replace("0339", "水费").encode("gb18030"),
    ],
)
def test_bytes_that_do_not_fit_the_declaration_are_encoding_invalid(content):
    assert fault_of(content).code is Code.ENCODING_INVALID


@pytest.mark.parametrize("body", [b"", b"<Request/>", GOOD.encode(), b"a" * 40 + GOOD.encode()])
def test_a_body_without_digest_is_signature_invalid(body):
    with pytest.raises(WireFault) as caught:
        xml_sha1.open_body(body)
    assert caught.value.code is Code.SIGNATURE_INVALID


def test_every_byte_is_under_the_digest():
    body = bytearray(seal(GOOD))
    fits = 0
    for place in range(40, len(body)):
        body[place] ^= 1
        fits += xml_sha1.fits(bytes(body[:40]).decode(), bytes(body[40:]), KEY)
        body[place] ^= 1
    assert fits == 0
    assert xml_sha1.fits(bytes(body[:40]).decode(), bytes(body[40:]), KEY)


def test_serial_is_refused_where_it_has_no_place():
    head = HEAD.replace("charge", "query")
    body = "<Biller>WATER01</Biller><AccountNo>1</AccountNo>"
    fault = fault_of(f"<Request><Head>{head}</Head><Body>{body}</Body></Request>", verb="query")
    assert (fault.code, fault.field) == (Code.MESSAGE_INVALID, "Head/Serial")


@pytest.mark.parametrize(
    ("text", "fen"),
    [("150.00", 15000), ("150", 15000), ("150.5", 15050), ("0.01", 1), ("0.1", 10),
     ("9999999999999.99", 10**15 - 1)],
)  # fmt: skip
def test_yuan_is_read_to_the_fen(text, fen):
    assert read(GOOD.replace("15000", text), "yuan").amount_fen == fen


@pytest.mark.parametrize(
    "text",
    ["0", "0.00", ".54", "1.", "1.234", "1,234.56", "-1.00", "+1", "1e2", "01.00", " 1", "１",
     "10000000000000.00", "NaN", "1.00元"],
)  # fmt: skip
def test_yuan_is_strict(text):
    assert fault_of(GOOD.replace("15000", text), "yuan").code is Code.MESSAGE_INVALID


@pytest.mark.parametrize(
    "form",
    [
        '<?xml version="1.0"?>' + GOOD,
        "<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\r\n" + GOOD,
        "\ufeff" + GOOD,
        '\ufeff<?xml version="1.0" encoding="UTF-8"?>' + GOOD,
        GOOD.replace("><", ">\r\n\t <"),
        GOOD.replace("<Serial>", "<Serial><![CDATA[").replace("</Serial>", "]]></Serial>"),
        GOOD.replace("0339", "&#x30;339"),
        GOOD.replace("</Body>", "<Operator/><Quote></Quote></Body>"),
        GOOD.replace("<Biller>WATER01</Biller>", "").replace(
            "</Body>", "<Biller>WATER01</Biller></Body>"
        ),
        "<!-- sample -->" + GOOD,
        GOOD + "\n",
    ],
)
def test_other_forms_of_the_same_message_are_read_alike(form):
    assert read(form) == read(GOOD)


@pytest.mark.parametrize("label", ["GBK", "gb18030", "GB18030"])
def test_gbk_is_read_as_gb18030(label):
    content = f'<?xml version="1.0" encoding="{label}"?>{GOOD.replace("0339", "㐂𫖯")}'
    assert read(content.encode("gb18030")).account_no == "㐂𫖯"


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("<Code>0000", "<Code>00.1", Code.MESSAGE_INVALID, "Head/Code"),
        ("<Verb>charge", "<Verb>query", Code.MESSAGE_INVALID, "Head/Verb"),
        ("<Body/>", "<Body>x</Body>", Code.MESSAGE_INVALID, "Body"),
        ("<Body/>", "<Body><PaymentId>1</PaymentId></Body>", Code.MESSAGE_INVALID, "Body/Serial"),
        ("<Body/>", "", Code.MESSAGE_INVALID, "Reply"),
    ],
)
def test_a_wrong_reply_is_refused(old, new, code, field):
    body = xml_sha1.reply_bytes("charge", "WX", Code.OK, None, key=KEY, sent_at=1_790_000_000)
    content = body[40:].decode()
    assert old in content
    with pytest.raises(WireFault) as caught:
        xml_client.read_reply(seal(content.replace(old, new)), "charge", KEY)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize("empty", ["<Body/>", "<Body></Body>", "<Body> \n</Body>"])
def test_a_refusal_may_write_its_empty_body_as_it_likes(empty):
    body = xml_sha1.reply_bytes("file", "WX", Code.FAULT, None, key=KEY, sent_at=1_790_000_000)
    content = body[40:].decode().replace("<Body/>", empty)
    for verb in ("file", "charge"):
        answer = xml_client.read_reply(seal(content.replace("file", verb)), verb, KEY)
        assert answer == (Code.FAULT, None, "系统错误，请用原流水号查询结果", "9003")


def test_a_reply_with_another_key_is_signature_invalid():
    body = xml_sha1.reply_bytes("charge", "WX", Code.OK, None, key=b"x", sent_at=1_790_000_000)
    with pytest.raises(WireFault) as caught:
        xml_client.read_reply(body, "charge", KEY)
    assert caught.value.code is Code.SIGNATURE_INVALID
