"""4621 as a browser sends it, its voucher and scans; the console; the payer's phone; the partner's door."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from tests.corebank.bench import CARD
from tests.desk.standing import errors, text
from tests.mandates.bench import HOLDER, ID_NO, PHONE, SECRET, MandateBench
from tests.payer.phone import Phone, text_of
from tests.payer.test_mine import enter
from tests.web import site
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.trades.mandates import kept
from yifen.trades.mandates.doors.words import READ

_SUPERVISORS = count(1)
PDF = b"%PDF-1.4 agreement"


@pytest.fixture
def real(bench: MandateBench) -> Iterator[MandateBench]:
    """The pages ask the core by the real clock."""
    before = bench.clock.now
    bench.clock.now = datetime.now(UTC)
    yield bench
    bench.clock.now = before


def signed(bench: MandateBench, **fields: Any) -> dict[str, Any]:
    """By a supervisor of his own: an authenticator shows a code only once."""
    checker = site.user(f"mand-s{next(_SUPERVISORS)}", bench.branch, "supervisor")
    return {"reason": "客户申请", "supervisor": checker.login, "supervisor_password": site.PASSWORD,
            "supervisor_code": site.code_of(checker)} | fields  # fmt: skip


def desk(bench: MandateBench, client: Any, function: str, customer: str, **fields: Any) -> Any:
    """The screen of a function; with fields what is signed there, and the page to which it leads."""
    where = f"/desk/4621/?function={function}&biller={bench.biller}&customer={customer}"
    page = client.get(where)
    if not fields:
        return page
    number = re.findall(r'name="number" value="(DK\d+)"', page.content.decode())
    form = signed(bench, **fields) | ({"number": number[-1]} if number else {})
    answer = client.post(where, form)
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def test_4621_is_added_queried_changed_moved_and_deleted_with_its_voucher_and_scans(real: MandateBench):
    client, customer = site.client_of(real.teller), real.customer()
    agreed = {"account_no": CARD, "name": HOLDER, "id_kind": "id_card", "id_no": ID_NO, "phone": PHONE,
              "once_fen": "200.00", "month_fen": "500.00", "batch": "on", "one_tap": "on", "rank": "1"}  # fmt: skip
    assert "8938" in "".join(errors(desk(real, client, "1", customer, **agreed | {"name": "张三"})))
    done = text(desk(real, client, "1", customer, **agreed))
    number = re.findall(r"DK\d{18}", done)[0]
    assert ("生效" in done, CARD in done, "6222***********0123" in done) == (True, False, True)
    assert number in text(desk(real, client, "2", customer))
    changed = {key: agreed[key] for key in ("batch", "rank")} | {"once_fen": "100.00", "month_fen": "400.00"}
    answer = desk(real, client, "3", customer, **changed)
    assert "100.00" in text(answer), errors(answer)
    one = kept.find(real.web, number)
    assert (one.once_fen, one.month_fen, one.one_tap) == (10_000, 40_000, False)
    assert client.post(f"/console/mandates/{number}/voucher/").content.startswith(b"%PDF-")
    upload = {"what": "agreement", "file": _file(PDF)}
    assert client.post(f"/console/mandates/{number}/papers/", upload).status_code == 302
    page = client.get(f"/console/mandates/{number}/")
    scan = re.findall(rf'/console/mandates/{number}/papers/\d+/', page.content.decode())[0]
    assert client.get(scan).content == PDF
    assert real.rows("SELECT bytes FROM mandate_paper JOIN mandate USING (mandate_id) WHERE number = %s", number) == [
        (len(PDF),)]  # fmt: skip
    moved = text(desk(real, client, "4", customer, **agreed | {"account_no": real.card(5)}))
    assert kept.find(real.web, number).end_why == "replaced"
    assert number in moved
    assert "已终止" in text(desk(real, client, "5", customer, x=""))
    assert [one.state for one in kept.of_customer(real.web, real.biller, customer)] == ["ended", "ended"]
    stranger = site.client_of(site.user("mand-x", real.place.foreign.county, "teller"))
    assert stranger.get(f"/console/mandates/{number}/").status_code in (403, 404)
    assert real.altered() == []


def _file(body: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.pdf", body)


def test_a_payer_signs_on_his_phone_by_his_banks_code_pays_with_one_tap_and_stops(real: MandateBench):
    from yifen.trades.mandates import noticing

    customer, phone = real.customer(A=4_321), Phone(address="10.20.9.1")
    assert phone.get("/mine/mandates/").status_code == 302
    enter(phone, PHONE)
    assert phone.post(f"/bind/{real.code}/{customer}", alias="").status_code == 302
    assert "我的代扣" in text_of(phone.get("/mine/"))
    binding = re.findall(r"\?binding=(\d+)", phone.get("/mine/mandates/new/").content.decode())[-1]
    page = phone.get(f"/mine/mandates/new/?binding={binding}").content.decode()
    number = re.findall(r"DK\d{18}", page)[0]
    form = {"binding": binding, "number": number, "account_no": CARD, "name": HOLDER, "id_kind": "id_card",
            "id_no": ID_NO, "once_fen": "100", "month_fen": "300"}  # fmt: skip
    assert phone.post("/mine/mandates/new/", **form)["Location"].endswith(f"/{number}/agree/")
    wrong = phone.post(f"/mine/mandates/{number}/agree/", code="000000")
    assert "9528" in text_of(wrong)
    assert phone.post(f"/mine/mandates/{number}/agree/", code=real.books.codes[number]).status_code == 302
    real.work()
    shown = phone.get(f"/mine/mandates/{number}/").content.decode()
    assert "43.21" in shown
    fields = dict(re.findall(r'name="(form|fen|bill)" value="([^"]+)"', shown))
    for _ in range(2):  # sent twice it is one
        phone.post(f"/mine/mandates/{number}/pay/", **fields)
    states = "SELECT state, amount_fen FROM mandate_single JOIN mandate USING (mandate_id) WHERE number = %s"
    assert real.rows(states, number) == [("booked", 4_321)]
    assert noticing.tell_all(real.worker, real.ring, real.clock()) >= 1
    assert "目前没有待缴账单" in text_of(phone.get(f"/mine/mandates/{number}/"))
    stop = noticing.stop_url(real.ring, kept.find(real.web, number))
    path = "/mandates/" + stop.split("/mandates/")[1]
    assert kept.find(real.web, number).state == "open"
    assert "当时生效" in text_of(Phone(address="10.20.9.2").get(path))  # a look ends nothing
    assert kept.find(real.web, number).state == "open"
    assert Phone(address="10.20.9.2").get(path[:-4] + "000/").status_code == 404
    assert "已停用" in text_of(Phone(address="10.20.9.2").post(path))
    assert kept.find(real.web, number).end_why == "link"
    assert real.altered() == []


def test_a_partner_reads_its_own_mandates_and_nobody_elses(real: MandateBench):
    real.sign(real.customer())
    client = site.browser()

    def asked(told: dict[str, Any], secret: bytes = SECRET) -> Any:
        key = Key(partner=real.place.own.channel_code, version=9, algorithm="hmac-sha256", secret=secret)
        body = json.dumps(told).encode()
        headers = http_signed.sign_request("POST", READ, body, key, int(datetime.now(UTC).timestamp()), "R-1")
        heads = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
                 if name.lower() != "content-type"}  # fmt: skip
        return client.post(READ, body, content_type="application/json", **heads)

    assert asked({}, b"x" * 32).status_code == 401
    answer = asked({})
    assert (answer.status_code, answer.json()["mandates"]) == (200, [])  # it asked for none of them
    assert asked({"more": 1}).json()["code"] == 9530
