"""Every refusal over real HTTP: its numbered code in the dialect's own shape, and nothing booked."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.journeys.clients import PROBLEM, JsonPartner, Partner, Reply, XmlPartner
from tests.journeys.conftest import JSON_KEYS, NOW, SECRET, Hub
from tests.world import CHINA, DAY
from yifen.core.facts.codes import Code

HMAC = JSON_KEYS["hmac-sha256"][0]
BODY_MAX = 65_536


@pytest.fixture
def nothing_booked(hub: Hub) -> Iterator[None]:
    """No money moves in the test, and no serial is taken for good that was not refused for good."""
    before = hub.world.money()
    yield
    assert hub.world.money() == before


def check_shape(reply: Reply, code: Code, field: str | None = None) -> None:
    """The refusal as its dialect writes it."""
    meaning = code.meaning
    assert reply.code == f"{code:04d}"
    if reply.http.headers["content-type"] == "application/xml":
        assert reply.body == {}
        text = reply.http.content.decode()
        assert f"<Message>{meaning.zh}</Message>" in text
        assert field is None or f"<Field>{field}</Field>" in text
    else:
        assert reply.http.status_code == meaning.status
        shown = {name: reply.body[name] for name in ("type", "title", "name", "retryable")}
        assert shown == {"type": f"/codes/{code:04d}", "title": meaning.zh, "name": code.name,
                         "retryable": meaning.retryable}  # fmt: skip
        assert field is None or reply.body["field"] == field


QUERY = {"biller": "WATER", "account_no": "STANDING"}


@pytest.fixture(scope="module", autouse=True)
def standing_bill(hub: Hub) -> None:
    """What QUERY asks for."""
    hub.world.owe("WATER", "STANDING", "B-1", 100)


def send(partner: Partner, verb: str, **fields: Any) -> requests.Response:
    """A well-made request, its reply not judged yet."""
    if isinstance(partner, XmlPartner):
        body = partner.seal(partner.markup(verb, **fields))
        return partner.session.post(f"{partner.url}/xml/v1/{verb}", body, timeout=30)
    return partner.session.send(partner.prepare(verb, **fields), timeout=30)


def refusal(partner: Partner, verb: str, **fields: Any) -> Reply:
    return partner.read(send(partner, verb, **fields), signed=False)


def unsigned_problem(http: requests.Response) -> Reply:
    """Nobody has proved who they are, so nobody is signed for."""
    assert (http.headers["content-type"], "signature" in http.headers) == (PROBLEM, False)
    body = http.json()
    return Reply(body.pop("code"), body, http)


def unsigned_xml(http: requests.Response) -> Reply:
    return XmlPartner("", "", b"").read(http)


# --- before anyone is known -----------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize(
    "path", ["/", "/xml/v1/pay", "/json/v2/charge", "/json/v1/charge/", "/%ff"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path(hub, path, method):
    http = requests.request(method, hub.gateway.url + path, timeout=30)
    check_shape(unsigned_problem(http), Code.PATH_UNKNOWN)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("verb", ["query", "charge", "confirm", "reverse", "refund", "file"])
def test_another_method_than_post(hub, method, verb):
    url = hub.gateway.url
    http = requests.request(method, f"{url}/json/v1/{verb}", timeout=30)
    check_shape(unsigned_problem(http), Code.METHOD_NOT_ALLOWED)
    assert http.headers["Allow"] == "POST"
    http = requests.request(method, f"{url}/xml/v1/{verb}", timeout=30)
    check_shape(unsigned_xml(http), Code.METHOD_NOT_ALLOWED)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("size", [BODY_MAX + 1, 3_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_oversized_message(hub, size, chunked):
    def body() -> Any:
        return iter([b"x" * 1000] * (size // 1000 + 1)) if chunked else b"x" * size

    for dialect, read in (("json", unsigned_problem), ("xml", unsigned_xml)):
        http = requests.post(f"{hub.gateway.url}/{dialect}/v1/charge", data=body(), timeout=30)
        check_shape(read(http), Code.MESSAGE_TOO_LARGE)


@pytest.mark.usefixtures("nothing_booked")
def test_a_message_of_the_largest_size_is_read(hub, partner):
    if isinstance(partner, XmlPartner):
        markup = partner.markup("query", **QUERY)
        body = markup.replace("</Head>", "</Head>" + " " * (BODY_MAX - 40 - len(markup)))
        assert partner.send("query", partner.seal(body)).code == "0000"
    else:
        content = json.dumps(QUERY).encode().ljust(BODY_MAX)
        assert partner.send("query", content).code == "0000"


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize(
    "doctype",
    ["<!DOCTYPE Request>", '<!DOCTYPE Request SYSTEM "file:///etc/passwd">',
     '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'],
)  # fmt: skip
def test_a_doctype(hub, doctype):
    xml = hub.partners["XML"]
    markup = xml.markup("query", **QUERY).replace("<Request>", f"{doctype}<Request>")
    http = xml.session.post(f"{xml.url}/xml/v1/query", xml.seal(markup), timeout=30)
    check_shape(xml.read(http, signed=False), Code.DOCTYPE_REFUSED)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("cut", [1, 60, 300])
def test_malformed_xml(hub, cut):
    xml = hub.partners["XML"]
    markup = xml.markup("query", **QUERY)[:-cut]
    http = xml.session.post(f"{xml.url}/xml/v1/query", xml.seal(markup), timeout=30)
    check_shape(xml.read(http, signed=False), Code.MESSAGE_INVALID)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"{}{}", b"nonsense"])
def test_malformed_json(hub, body):
    check_shape(hub.partners["JSON"].send("query", body), Code.MESSAGE_INVALID)


@pytest.mark.usefixtures("nothing_booked")
def test_bytes_that_are_not_utf_8(hub):
    check_shape(hub.partners["JSON"].send("query", b'{"biller":"\xff"}'), Code.ENCODING_INVALID)
    xml = hub.partners["XML"]
    markup = xml.markup("query", **QUERY).encode().replace(b"WATER", b"\xd0\xaf\xff")
    http = xml.session.post(f"{xml.url}/xml/v1/query", xml.seal(markup), timeout=30)
    check_shape(xml.read(http, signed=False), Code.ENCODING_INVALID)


CHARGE = {"biller": "WATER", "account_no": "N", "amount_fen": 100, "lines": [("B", 100)],
          "paid_at": NOW}  # fmt: skip


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize(
    ("change", "xml_field", "json_field"),
    [
        ({"biller": None}, "Body/Biller", "biller"),
        ({"biller": "a b"}, "Body/Biller", "biller"),
        ({"account_no": "9" * 41}, "Body/AccountNo", "account_no"),
        ({"account_no": "a\x07b"}, None, "account_no"),
        ({"amount_fen": 0}, "Body/Amount", "amount_fen"),
        ({"amount_fen": -1}, "Body/Amount", "amount_fen"),
        ({"amount_fen": 1.5}, "Body/Amount", "amount_fen"),
        ({"amount_fen": "1e3"}, "Body/Amount", "amount_fen"),
        ({"amount_fen": 10**15}, "Body/Amount", "amount_fen"),
        ({"lines": []}, "Body/Lines", "lines"),
        ({"lines": [("B", 1)] * 21}, "Body/Lines", "lines"),
        ({"lines": [("B", 0)]}, "Body/Lines/Line[1]/Amount", "lines[0].amount_fen"),
        ({"paid_at": "yesterday"}, "Body/PaidAt", "paid_at"),
        ({"business_day": "20261399"}, "Body/BusinessDay", "business_day"),
        ({"tip_fen": 5}, "Body/Tip", "tip_fen"),
    ],
)
def test_a_field_that_is_not_as_the_table_says(hub, change, xml_field, json_field):
    fields = {**CHARGE, **change}
    xml = hub.partners["XML"]
    check_shape(refusal(xml, "charge", serial="S-0", **fields), Code.MESSAGE_INVALID, xml_field)
    json_ = hub.partners["JSON"]
    check_shape(json_.call("charge", "S-0", **fields), Code.MESSAGE_INVALID, json_field)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("serial", [None, "a b", "x" * 33, "号"])
def test_a_serial_that_is_missing_or_not_as_the_table_says(hub, serial):
    reply = refusal(hub.partners["XML"], "charge", serial=serial, **CHARGE)
    check_shape(reply, Code.MESSAGE_INVALID, "Head/Serial")
    if serial != "号":  # no header can say it
        reply = hub.partners["JSON"].call("charge", serial, **CHARGE)
        check_shape(reply, Code.MESSAGE_INVALID, "Idempotency-Key")


# --- who speaks -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_booked")
def test_an_unknown_partner(hub):
    url, fields = hub.gateway.url, QUERY
    check_shape(refusal(XmlPartner(url, "NOBODY", SECRET), "query", **fields), Code.SIGNATURE_INVALID)
    json_ = JsonPartner(url, "NOBODY", "hmac-sha256", HMAC)
    check_shape(refusal(json_, "query", **fields), Code.SIGNATURE_INVALID)


@pytest.mark.usefixtures("nothing_booked")
def test_a_partner_in_a_dialect_that_it_may_not_use(hub):
    url, fields = hub.gateway.url, QUERY
    xml = XmlPartner(url, "JSON", SECRET, version=9)
    check_shape(refusal(xml, "query", **fields), Code.DIALECT_NOT_ALLOWED)
    json_ = JsonPartner(url, "XMLONLY", "hmac-sha256", HMAC)
    check_shape(refusal(json_, "query", **fields), Code.DIALECT_NOT_ALLOWED)


@pytest.fixture(scope="module")
def dated_keys(hub: Hub) -> None:
    """Versions of both partners: 5 retired, 6 not valid yet, 7 of the other dialect's kind."""
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    for code, own, other, material in (
        ("XML", "sha1", "hmac-sha256", SECRET),
        ("JSON", "hmac-sha256", "sha1", HMAC),
    ):
        hub.world.key(code, 5, own, material, valid_until=now)
        hub.world.key(code, 6, own, material, valid_from=now + hour)
        hub.world.key(code, 7, other, material)
        hub.world.key(code, 8, own, material, now - hour, now + hour)
    url, deadline = hub.gateway.url, datetime.now(UTC) + timedelta(seconds=3)
    while refusal(XmlPartner(url, "XML", SECRET, version=8), "query", **QUERY).code != "0000":
        assert datetime.now(UTC) < deadline
    while refusal(JsonPartner(url, "JSON", "hmac-sha256", HMAC, version=8), "query",
                  **QUERY).code != "0000":  # fmt: skip
        assert datetime.now(UTC) < deadline


@pytest.mark.usefixtures("dated_keys")
@pytest.mark.parametrize("version", [4, 5, 6, 7, 9999])
def test_a_key_that_is_unknown_retired_not_valid_yet_or_of_another_kind(hub, version):
    before, url, fields = hub.world.money(), hub.gateway.url, QUERY
    xml = XmlPartner(url, "XML", SECRET, version=version)
    check_shape(refusal(xml, "query", **fields), Code.SIGNATURE_INVALID)
    json_ = JsonPartner(url, "JSON", "hmac-sha256", HMAC, version=version)
    check_shape(refusal(json_, "query", **fields), Code.SIGNATURE_INVALID)
    assert hub.world.money()["payment"] == before["payment"]


@pytest.mark.usefixtures("nothing_booked")
def test_a_wrong_signature(hub):
    url, fields = hub.gateway.url, QUERY
    wrong = Code.SIGNATURE_INVALID
    check_shape(refusal(XmlPartner(url, "XML", b"guess"), "query", **fields), wrong)
    check_shape(refusal(XmlPartner(url, "XML", b""), "query", **fields), wrong)
    check_shape(
        refusal(JsonPartner(url, "JSON", "hmac-sha256", b"guess"), "query", **fields), wrong
    )
    edward = JsonPartner(url, "RON", "ed25519", JSON_KEYS["ed25519"][0])
    check_shape(refusal(edward, "query", **fields), wrong)


@pytest.mark.usefixtures("nothing_booked")
def test_a_message_changed_after_it_was_signed(hub):
    xml = hub.partners["XML"]
    sealed = xml.seal(xml.markup("charge", "S-0", **CHARGE))
    for changed in (
        sealed.replace(b">100<", b">900<"),
        sealed + b" ",
        sealed[:40].lower() + sealed[40:],
        sealed[40:],
        b"0" * 40 + sealed[40:],
    ):
        http = requests.post(f"{xml.url}/xml/v1/charge", changed, timeout=30)
        check_shape(unsigned_xml(http), Code.SIGNATURE_INVALID)

    json_ = hub.partners["JSON"]

    def change(**parts: Any) -> Reply:
        prepared = json_.prepare("charge", "S-0", **CHARGE)
        for name, value in parts.items():
            if name == "body":
                prepared.body = prepared.body.replace(b"100", value)
            elif name == "url":
                prepared.url = prepared.url.replace("charge", value)
            elif value is None:
                del prepared.headers[name.replace("_", "-")]
            else:
                prepared.headers[name.replace("_", "-")] = value
        return unsigned_problem(json_.session.send(prepared, timeout=30))

    for parts in (
        {"body": b"900"},
        {"url": "refund"},
        {"idempotency_key": '"S-1"'},
        {"signature": None},
        {"signature_input": None},
        {"content_digest": None},
        {"content_digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"},
        {"signature": "sig1=:AAAA:"},
    ):
        check_shape(change(**parts), Code.SIGNATURE_INVALID)


@pytest.mark.usefixtures("nothing_booked")
@pytest.mark.parametrize("seconds", [-310, 310, -86_400, 290, -290])
def test_only_messages_of_the_last_and_next_five_minutes_are_taken(hub, partner, seconds):
    sent_at = datetime.now(UTC) + timedelta(seconds=seconds)
    reply = refusal(partner, "query", sent_at=sent_at, **QUERY)
    if abs(seconds) < 300:
        assert reply.code == "0000"
    else:
        check_shape(reply, Code.MESSAGE_STALE)


def test_a_replayed_message_gets_the_first_answer_and_books_nothing(hub, partner):
    account_no, ref = hub.bill(500)
    serial = hub.serial()
    fields = {**CHARGE, "account_no": account_no, "amount_fen": 500, "lines": [(ref, 500)]}
    if isinstance(partner, XmlPartner):
        body = partner.seal(partner.markup("charge", serial, **fields))
        first, *others = [partner.send("charge", body) for _ in range(3)]
    else:
        prepared = partner.prepare("charge", serial, **fields)
        first, *others = [
            partner.read(partner.session.send(prepared, timeout=30)) for _ in range(3)
        ]
    assert first.code == "0000"
    assert [(other.code, other.body) for other in others] == [(first.code, first.body)] * 2
    assert hub.world.value("SELECT count(*) FROM payment WHERE serial = %s", serial) == 1
    assert hub.world.payable(ref, account_no=account_no) == ("settled", 500, False)


def test_a_biller_cannot_act_as_a_channel(hub):
    water = hub.partners["WATER"]
    account_no, ref = hub.bill(500)
    before = hub.world.money()
    check_shape(refusal(water, "query", biller="WATER", account_no=account_no), Code.NOT_ADMITTED)
    check_shape(hub.charge(water, account_no, {ref: 500}), Code.NOT_ADMITTED)
    assert hub.world.money() == before


# --- the business refuses -------------------------------------------------------------------------


def charge(hub: Hub, partner: Partner, lines: dict[str, int], account_no: str, **fields: Any):
    """A charge that must change no money; answers its reply."""
    before = hub.world.money()
    reply = hub.charge(partner, account_no, lines, **fields)
    assert hub.world.money() == before
    return reply


def test_an_unknown_biller(hub, partner):
    account_no, ref = hub.bill()
    reply = charge(hub, partner, {ref: 12_345}, account_no, biller="NOSUCH")
    check_shape(reply, Code.BILLER_UNKNOWN)
    check_shape(refusal(partner, "query", biller="NOSUCH", account_no="N"), Code.BILLER_UNKNOWN)


def test_an_unknown_account(hub, partner):
    check_shape(refusal(partner, "query", biller="WATER", account_no="X"), Code.ACCOUNT_UNKNOWN)


def test_an_unknown_payable(hub, partner):
    account_no, _ = hub.bill()
    check_shape(charge(hub, partner, {"NO": 1}, account_no), Code.PAYABLE_UNKNOWN)


def test_a_payable_that_stands_twice(hub, partner):
    account_no, ref = hub.bill(100)
    before = hub.world.money()
    reply = partner.call(
        "charge", hub.serial(), biller="WATER", account_no=account_no, amount_fen=200,
        lines=[(ref, 100), (ref, 100)], paid_at=NOW,
    )  # fmt: skip
    check_shape(reply, Code.PAYABLE_REPEATED, "lines")
    assert hub.world.money() == before


def test_a_total_that_is_not_the_sum(hub, partner):
    account_no, ref = hub.bill(100)
    reply = charge(hub, partner, {ref: 100}, account_no, amount_fen=101)
    check_shape(reply, Code.TOTAL_WRONG, "amount_fen")


def test_a_wrong_amount_is_never_mended(hub, partner):
    account_no, ref = hub.bill(100)
    for amount in (1, 99, 101, 10_000):
        check_shape(charge(hub, partner, {ref: amount}, account_no), Code.AMOUNT_WRONG)
    assert hub.world.payable(ref, account_no=account_no) == ("open", 0, False)


def test_a_bill_that_is_paid(hub, partner):
    account_no, ref = hub.bill(100)
    assert hub.charge(partner, account_no, {ref: 100}).code == "0000"
    check_shape(charge(hub, partner, {ref: 100}, account_no), Code.ALREADY_PAID)


def test_a_serial_with_other_content(hub, partner):
    account_no, ref = hub.bill(100)
    other = hub.bill(100)
    serial = hub.serial()
    assert hub.charge(partner, account_no, {ref: 100}, serial).code == "0000"
    for fields in ({"operator": "T9"}, {"paid_at": NOW + timedelta(seconds=1)}):
        reply = charge(hub, partner, {ref: 100}, account_no, serial=serial, **fields)
        check_shape(reply, Code.SERIAL_REUSED)
    reply = charge(hub, partner, {other[1]: 100}, other[0], serial=serial)
    check_shape(reply, Code.SERIAL_REUSED)


def test_a_repeat_in_another_spelling_is_still_a_repeat(hub):
    """Other order of members and other zone, the same payment."""
    json_ = hub.partners["JSON"]
    account_no, ref = hub.bill(100)
    serial = hub.serial()
    first = hub.charge(json_, account_no, {ref: 100}, serial)
    body = {"paid_at": NOW.astimezone(UTC).isoformat(), "amount_fen": 100, "biller": "WATER",
            "lines": [{"amount_fen": 100, "payable": ref}], "account_no": account_no}  # fmt: skip
    again = json_.read(
        json_.session.send(
            json_.prepare("charge", serial, content=json.dumps(body).encode()), timeout=30
        )
    )
    assert (again.code, again.body) == (first.code, first.body) != ("", {})


def test_a_business_day_that_is_not_open(hub, partner):
    account_no, ref = hub.bill(100)
    reply = charge(hub, partner, {ref: 100}, account_no, business_day=DAY - timedelta(days=1))
    check_shape(reply, Code.DAY_CLOSED)
    reply = charge(hub, partner, {ref: 100}, account_no, business_day=date(2027, 1, 1))
    check_shape(reply, Code.DAY_NOT_OPEN)


def test_an_outage_refuses_query_and_charge(hub, partner):
    account_no, ref = hub.bill(100)
    now = datetime.now(UTC).replace(microsecond=0)
    hub.world.outage("WATER", now - timedelta(hours=1), now + timedelta(hours=1))
    hub.world.outage("WATER", now - timedelta(hours=2), now + timedelta(minutes=1))
    why = f"停机检修 · 至 until {(now + timedelta(hours=1)).astimezone(CHINA).isoformat()}"
    try:
        for reply in (charge(hub, partner, {ref: 100}, account_no),
                      refusal(partner, "query", biller="WATER", account_no=account_no)):  # fmt: skip
            check_shape(reply, Code.BILLER_OUTAGE, "biller")
            assert why in reply.http.content.decode()
    finally:
        hub.world.run("DELETE FROM biller_outage")
    assert hub.charge(partner, account_no, {ref: 100}).code == "0000"


def test_a_channel_out_of_hours_and_over_its_limits(hub, partner):
    account_no, ref = hub.bill(100)
    channel = hub.world.ids[partner.code]
    clock = datetime.now(NOW.tzinfo)
    closed = ((clock + timedelta(hours=1)).time(), (clock + timedelta(hours=2)).time())
    update = (
        "UPDATE channel SET opens_at = %s, closes_at = %s, payment_fen_max = %s, day_fen_max = %s"
        " WHERE partner_id = %s"
    )
    rule = (
        "INSERT INTO channel_kind_rule (book_id, kind, opens_at, closes_at, payment_fen_max, day_fen_max)"
        " VALUES (1, 'other', %s, %s, %s, %s) ON CONFLICT (book_id, kind) DO UPDATE SET opens_at = excluded.opens_at,"
        " closes_at = excluded.closes_at, payment_fen_max = excluded.payment_fen_max,"
        " day_fen_max = excluded.day_fen_max"
    )
    hours = f"{closed[0]:%H:%M}–{closed[1]:%H:%M}"
    cases = [
        ((*closed, None, None), Code.CHANNEL_CLOSED, hours),
        ((None, None, 99, None), Code.OVER_PAYMENT_LIMIT, "≤ 0.99 元 yuan"),
        ((None, None, None, 99), Code.OVER_DAY_LIMIT, "≤ 0.99 元 yuan"),
    ]
    nothing = (None, None, None, None)
    try:
        for settings, code, told in cases:
            for own, kinds, whose in ((settings, nothing, "本渠道 this channel"),
                                      (nothing, settings, "渠道种类 channel kind other")):  # fmt: skip
                hub.world.run(update, *own, channel)
                hub.world.set_up(rule, *kinds)
                reply = charge(hub, partner, {ref: 100}, account_no)
                check_shape(reply, code, "channel")
                assert f"{whose} · {told}" in reply.http.content.decode()
        hub.world.set_up(rule, *closed, None, None)
        check_shape(refusal(partner, "query", biller="WATER", account_no=account_no), Code.CHANNEL_CLOSED, "channel")
    finally:
        hub.world.run(update, *nothing, channel)
        hub.world.set_up(rule, *nothing)
    assert hub.charge(partner, account_no, {ref: 100}).code == "0000"


def test_a_payment_that_nobody_made(hub, partner):
    check_shape(partner.call("confirm", original_serial="NEVER"), Code.SERIAL_UNKNOWN)
    fields = {"original_serial": "NEVER", "amount_fen": 1}
    check_shape(partner.call("refund", hub.serial(), **fields), Code.SERIAL_UNKNOWN)


def test_confirm_answers_the_refusal_that_the_charge_got(hub, partner):
    account_no, ref = hub.bill(100)
    serial = hub.serial()
    check_shape(hub.charge(partner, account_no, {ref: 99}, serial), Code.AMOUNT_WRONG)
    check_shape(partner.call("confirm", original_serial=serial), Code.AMOUNT_WRONG)


def test_a_reversal_before_its_charge(hub, partner):
    account_no, ref = hub.bill(100)
    serial = hub.serial()
    early = partner.call("reverse", hub.serial(), original_serial=serial, amount_fen=100)
    check_shape(early, Code.ORIGINAL_UNKNOWN_BLOCKED)
    check_shape(
        charge(hub, partner, {ref: 100}, account_no, serial=serial), Code.REVERSED_BEFORE_CHARGE
    )
    confirmed = partner.call("confirm", original_serial=serial)
    check_shape(confirmed, Code.REVERSED_BEFORE_CHARGE)


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=1), date(2100, 1, 1)])
def test_a_file_of_a_day_that_is_not_closed(hub, partner, day):
    check_shape(refusal(partner, "file", business_day=day), Code.FILE_NOT_READY)


def test_the_message_of_another_verb(hub):
    xml = hub.partners["XML"]
    body = xml.seal(xml.markup("confirm", original_serial="S-1"))
    check_shape(xml.send("query", body), Code.MESSAGE_INVALID, "Head/Verb")


@pytest.mark.usefixtures("nothing_booked")
def test_the_gateway_answers_on_after_all_of_that(hub, partner):
    assert hub.gateway.answers()
    assert partner.call("query", **QUERY).code == "0000"
    assert "Traceback" not in hub.gateway.log()
