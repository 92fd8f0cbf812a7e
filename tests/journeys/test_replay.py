"""A signed query that comes again as it was: answered from what is kept; no quote is made anew."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.journeys.clients import JsonPartner, Partner, XmlPartner
from tests.journeys.conftest import Hub


def again(partner: Partner, account_no: str, biller: str) -> list[bytes]:
    """One signed query, sent three times; the bodies without digest, head and signature."""
    if isinstance(partner, XmlPartner):
        sealed = partner.seal(partner.markup("query", biller=biller, account_no=account_no))
        url = f"{partner.url}/xml/v1/query"
        said = [partner.session.post(url, sealed, timeout=30).content for _ in range(3)]
        return [content[content.index(b"<Body>") :] for content in said]
    prepared = partner.prepare("query", biller=biller, account_no=account_no)
    said = []
    for number in range(3):
        if number:  # what the signature does not cover may be anything
            prepared.headers["X-Trace"] = str(number)
            for name in ("Signature-Input", "Signature"):
                _label, _, value = prepared.headers[name].partition("=")
                prepared.headers[name] = f"again{number}={value}"
        said.append(requests.Session().send(prepared, timeout=30).content)
    return said


@pytest.mark.parametrize("code", ["XML", "JSON", "EDWARD", "RON"])
def test_a_query_sent_again_makes_no_second_quote(hub: Hub, code: str):
    account_no, _ = hub.bill(4000, "HEAT")
    count = "SELECT count(*)::int FROM payment_quote WHERE account_no = %s"
    first, *others = again(hub.partners[code], account_no, "HEAT")
    assert b"QUOTE" in first.upper()
    assert others == [first, first]
    assert hub.world.rows(count, account_no) == [(1,)]
    time.sleep(1.1)  # signed anew, it is another query
    assert again(hub.partners[code], account_no, "HEAT")[0] != first
    assert hub.world.rows(count, account_no) == [(2,)]


@pytest.mark.parametrize("code", ["XML", "JSON"])
def test_after_a_payment_the_same_words_are_answered_anew(hub: Hub, code: str):
    """Within one second an honest second question is the same to the byte."""
    account_no, ref = hub.bill(4000, "HEAT")
    hub.world.owe("HEAT", account_no, "OTHER", 700)
    partner, moment = hub.partners[code], datetime.now(UTC).replace(microsecond=0)
    asked = partner.call("query", sent_at=moment, biller="HEAT", account_no=account_no)
    paid = hub.charge(partner, account_no, {ref: 4000}, biller="HEAT", quote=asked.body["quote"])
    assert paid.code == "0000"
    later = partner.call("query", sent_at=moment, biller="HEAT", account_no=account_no)
    assert [bill["payable"] for bill in later.body["payables"]] == ["OTHER"]
    assert later.body["quote"] != asked.body["quote"]
    again = partner.call("query", sent_at=moment, biller="HEAT", account_no=account_no)
    assert again.body == later.body


def test_another_partner_s_words_are_another_query(hub: Hub):
    account_no, _ = hub.bill(4000, "HEAT")
    assert again(hub.partners["XML"], account_no, "HEAT")[0] != again(
        hub.partners["JSON"], account_no, "HEAT")[0]  # fmt: skip


def test_a_refusal_is_kept_too(hub: Hub):
    partner = hub.partners["JSON"]
    assert isinstance(partner, JsonPartner)
    prepared = partner.prepare("query", biller="HEAT", account_no="LATER")
    codes = []
    for _ in range(2):
        codes.append(requests.Session().send(prepared, timeout=30).json()["code"])
        hub.world.owe("HEAT", "LATER", f"B-{len(codes)}", 100)
    assert codes == ["5001", "5001"]


def test_what_is_kept_is_forgotten_when_nobody_could_send_it_again(hub: Hub):
    account_no, _ = hub.bill(4000, "HEAT")
    again(hub.partners["JSON"], account_no, "HEAT")
    before = hub.world.rows("SELECT count(*)::int FROM signed_read")[0][0]
    assert before > 0
    now = datetime.now(UTC)
    forget = "SELECT payments_forget_reads_v1(%s)::int"
    assert hub.world.rows(forget, now - timedelta(minutes=11)) == [(0,)]
    assert hub.world.rows(forget, now + timedelta(seconds=5)) == [(before,)]
