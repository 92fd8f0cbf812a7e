"""The pages: a holder on his phone, cashier, head, bureau; what is private is on none of them."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from lxml import html
from msgspec import json

from tests.budget.bureau import CODE
from tests.cards.office import SECRET, CardOffice
from tests.console.pages import Page, words
from tests.web import site
from tests.web.province import Province
from tests.world import NOON, World
from yifen.core.facts.days import ZONE
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.trades.cards.doors import signing
from yifen.trades.cards.words import xml_words
from yifen.trades.cards.words.wording import CardWord

EINVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>24332000000087654321</EIid></Header><EInvoiceData>
<SellerInformation><SellerName>青溪宾馆有限公司</SellerName></SellerInformation>
<BasicInformation><TotalTax-includedAmount>1200.00</TotalTax-includedAmount></BasicInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>24332000000087654321</InvoiceNumber><IssueTime>2026-11-23</IssueTime></TaxSupervisionInfo>
</EInvoice>"""
PRINTED = """#set page(width: 210mm, height: 140mm)
#set text(font: "Noto Sans CJK SC", size: 9pt)
#align(center)[电子发票（普通发票）]
#align(right)[发票号码：24332000000087654321 \\ 开票日期：2026年11月23日]
#grid(columns: (1fr, 1fr), [购买方信息 \\ 名称：青溪县第一中学 \\ 统一社会信用代码/纳税人识别号：124503004999999999],
  [销售方信息 \\ 名称：青溪宾馆有限公司 \\ 统一社会信用代码/纳税人识别号：914503007999999999])
#table(columns: 4, [项目名称], [金额], [税率], [税额], [\\*住宿服务\\*住宿费], [1132.08], [6%], [67.92], [合 计],
  [¥1132.08], [], [¥67.92])
价税合计（大写） 壹仟贰佰圆整 （小写）¥1200.00
"""
PEOPLE = ("p01", "c01", "h01", "b01", "b02", "aud01")


@pytest.fixture(scope="module")
def desk(place: Province) -> Iterator[tuple[CardOffice, dict[str, Any]]]:
    """The office in the province's database, and browsers of its people."""
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.models import User

    with psycopg.connect(place.database.app_url, autocommit=False) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.now, world.ids = conn, place.database.buckets, NOON, {}
        world.institution = place.own.county
        office = CardOffice(world)
        office.login("aud01", "auditor")
        world.run("UPDATE access_user SET partner_id = NULL WHERE login = 'aud01'")
        assert (
            office.take(
                swipes=[
                    office.swipe("S1"),
                    office.swipe("PRIV", 666_600, merchant="私密按摩店"),
                    office.swipe("S3", 5_000, merchant="书店", swiped_at=NOON.replace(hour=0, minute=20)),
                ]
            )
            == []
        )
        assert office.mark("PRIV", "private") == "OK"
        conn.commit()
        clients = {}
        for login in PEOPLE:
            user = User.objects.get(login=login)
            make_authenticator(user, confirmed=True)
            clients[login] = site.client_of(user)
        yield office, clients
        conn.rollback()


def posted(client: Any, address: str, **form: Any) -> Any:
    return client.post(f"/console/cards/{address}", form, follow=True)


def test_a_holder_marks_and_claims_and_each_level_signs(desk: tuple[CardOffice, dict[str, Any]]):
    office, at = desk
    mine = Page(at["p01"], "/console/cards/mine/")
    assert "私密按摩店" in mine.text
    assert "未标记" in mine.text
    assert "我的消费待标记、报账" in at["p01"].get("/console/today/").content.decode()
    swipe = office.swipe_id("S1")
    claim = posted(at["p01"], f"mine/{swipe}/mark/", mark="official", unit=office.unit("101001"))
    assert "发票（拍照或电子文件）" in claim.content.decode()
    other = office.swipe_id("S3")
    posted(at["p01"], f"mine/{other}/mark/", mark="official", unit=office.unit("101001"))
    query = f"claims/new/?swipe={swipe}&swipe={other}"
    one, two = office.indicator("IND1"), "24332000000087654321"
    form = {
        "purpose": "出差桂林", "kind": "claim", "line-TOTAL_FORMS": "3", "line-INITIAL_FORMS": "2",
        "line-0-swipe": swipe, "line-0-item": "08", "line-0-amount": "1000.00",
        "line-1-swipe": swipe, "line-1-item": "11", "line-1-amount": "200.00", "line-1-indicator": one,
        "line-1-invoice": "２４３３ 2000 0000 8765 4321", "line-1-gross": "1200.00", "line-1-seller": "青溪宾馆",
        "line-2-swipe": other, "line-2-item": "01", "line-2-amount": "50.00",
    }  # fmt: skip
    page = Page(at["p01"], f"/console/cards/{query}")
    assert [field.get("value") for field in page.tree.xpath("//input[@name='line-1-amount']")] == ["50.00"]
    more = at["p01"].get(f"/console/cards/claims/new/line/?swipe={swipe}&at={swipe}&line-TOTAL_FORMS=2")
    more = more.content.decode()
    assert 'name="line-2-amount"' in more
    assert 'value="3" hx-swap-oob="true"' in more
    check = f"claims/new/check/?swipe={swipe}&swipe={other}"
    tried = posted(at["p01"], check, **form | {"purpose": ""}).content.decode()
    left = [words(cell) for cell in html.fromstring(tried).xpath("//td[5]")]
    assert left == ["8,750.00"] * 3  # of 10,000.00
    assert "单位经办 → 单位负责人" in tried
    assert "9382" in posted(at["p01"], check, **form | {"line-1-amount": "200.01"}).content.decode()
    assert office.sums("IND1")[3] == 0  # undone
    read = posted(at["p01"], "claims/new/paper/", **{"line-0-paper": io.BytesIO(EINVOICE.encode())})
    assert f'value="{two}"' in read.content.decode()
    assert "青溪宾馆有限公司" in read.content.decode()
    assert read["HX-Trigger"] == "read"
    large = posted(at["p01"], "claims/new/paper/", **{"line-0-paper": io.BytesIO(b"\xff\xd8\xff" + bytes(12 << 20))})
    assert (large.status_code, "9411" in large.content.decode()) == (200, True)  # beside its field
    refused = posted(at["p01"], query, **form | {"line-0-amount": "1000.01"})
    assert "9382" in refused.content.decode()
    done = posted(at["p01"], query, **form, **{"line-0-paper": io.BytesIO(EINVOICE.encode())})
    papers = Page(at["p01"], done.redirect_chain[-1][0]).column("发票")
    assert papers == [
        f"{two} · 1,200.00 · 青溪宾馆有限公司 · 2026-11-23（文件读出）",
        f"{two} · 1,200.00 · 青溪宾馆有限公司 · 2026-11-23（人工填写）",
        "无发票",
    ]
    assert Page(at["p01"], done.redirect_chain[-1][0]).column("金额（元）") == ["1,000.00", "200.00", "50.00"]
    address = done.redirect_chain[-1][0]
    number = address.rstrip("/").rpartition("/")[2]
    paper = at["c01"].get(f"{address}paper/{office.world.value('SELECT max(paper_id) FROM card_paper')}/")
    assert (paper.content.decode(), paper["X-Content-Type-Options"]) == (EINVOICE, "nosniff")
    assert paper["Content-Disposition"].startswith("attachment")
    for login, told, other in (("c01", "报账待单位经办审核", "h01"), ("h01", "报账待单位负责人审批", "c01")):
        assert told in at[login].get("/console/today/").content.decode()
        assert told not in at[other].get("/console/today/").content.decode()
        page = Page(at[login], address)
        seen = page.tree.xpath("//input[@name='seen']/@value")[0]
        posted(at[login], f"claims/{number}/act/", act="yes", seen=seen)
    page = Page(at["p01"], address)
    assert page.facts()["状态"] == "已同意"
    told_in_china(office, at, page)
    paper = at["c01"].get(f"{address}print/")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert at["aud01"].get(f"{address}print/").status_code == at["aud01"].get(address).status_code
    assert "1,200.00；另有报账" not in (shown := Page(at["h01"], address).text), "all of it is in this claim"
    assert "挂失后刷卡" not in shown
    assert office.world.value("SELECT state FROM card_repayment WHERE claim_id = %s", int(number)) == "due"
    for login, asked in (("p01", "1,250.00"), ("p01", "出差桂林"), ("p01", two), ("p01", "书店"), ("c01", "1250"),
                         ("h01", two), ("h01", "姓名P01"), ("aud01", "书店"), ("b01", number)):  # fmt: skip
        assert address in at[login].get("/console/search/", {"find": asked}).content.decode(), (login, asked)
    assert address not in at["c01"].get("/console/search/", {"find": "1250.01"}).content.decode()


def told_in_china(office: CardOffice, at: dict[str, Any], claim: Page) -> None:
    """Moments of the bank and of signatures are those of the bureau's clock: 16:20 UTC is the next day."""
    assert any(cell.startswith("书店 2026-11-23") for cell in claim.column("消费"))
    signed = office.world.value("SELECT max(at) FROM card_signature")
    assert claim.column("时间", 1)[-1].startswith(f"{signed.astimezone(ZONE):%Y-%m-%d %H:%M}")
    place = Page(at["c01"], "/console/cards/cards/").link("//main//tbody//a")
    said = office.world.value("SELECT max(said_at) FROM card_event")
    assert f"{said.astimezone(ZONE):%Y-%m-%d %H:%M}" in Page(at["c01"], place).column("时间")[0]


def test_what_is_private_is_on_no_page_of_anybody_else(desk: tuple[CardOffice, dict[str, Any]]):
    office, at = desk
    private = office.swipe_id("PRIV")
    for login in ("c01", "h01", "b01", "b02", "aud01"):
        for address in (
            "official/",
            "official/?q=私密",
            "claims/",
            "cards/",
            "official/export/",
            "claims/export/",
            "cards/export/",
        ):
            body = read(at[login], address)
            assert "私密按摩店" not in body.replace('value="私密', ""), (login, address)
            assert "6,666" not in body, (login, address)
        assert "私密按摩店" not in at[login].get("/console/search/?find=私密").content.decode()
        assert at[login].get(f"/console/cards/claims/new/?swipe={private}").status_code in (302, 403)
        assert posted(at[login], f"mine/{private}/mark/", mark="official").status_code in (403, 404)
    assert at["p01"].get(f"/console/cards/claims/new/?swipe={private}").status_code == 302  # it is not official


def test_cash_is_claimed_with_a_reason(desk: tuple[CardOffice, dict[str, Any]]):
    office, at = desk
    form = {
        "unit": office.unit("101001"), "card": office.card_id(), "purpose": "下乡交通", "line-TOTAL_FORMS": "1",
        "line-INITIAL_FORMS": "1", "line-0-exemption": "02", "line-0-words": "乡镇无 POS", "line-0-item": "16",
        "line-0-amount": "150.00",
    }  # fmt: skip
    photo = b"\xff\xd8\xff a photo"
    text = posted(at["p01"], "claims/new/?cash=1", **form, **{"line-0-paper": io.BytesIO(photo)}).content.decode()
    assert "9397" in text  # what is its number?
    typed = {"line-0-invoice": "24332000000087650000", "line-0-gross": "400.00"}
    for told in ("（人工填写）", "（人工填写）（另有报账 150.00）"):
        page = posted(at["p01"], "claims/new/?cash=1", **form | typed)
        assert Page(at["c01"], page.redirect_chain[-1][0]).column("发票")[0].endswith(told)
    form |= {"line-0-no_number": "on"}
    text = posted(at["p01"], "claims/new/?cash=1", **form, **{"line-0-paper": io.BytesIO(photo)}).content.decode()
    assert "现金上卡" in text
    assert "票据没有号码（报账人声明）" in text
    assert "没有 POS 机且单笔 200 元以下 乡镇无 POS" in text
    number = office.world.value("SELECT max(claim_id) FROM card_claim")
    gone = posted(at["p01"], f"claims/{number}/act/", act="withdraw").content.decode()
    assert re.search(r"p01</td>\s*<td[^>]*>\s*撤回", gone), "who took it back, and when"


def test_the_bureau_deals_with_what_a_bank_said_wrongly_and_cashiers_confirm_cards(
    desk: tuple[CardOffice, dict[str, Any]],
):
    office, at = desk
    assert office.take(
        [office.card("lost", 10, "6283880000000077"), office.card(card_no="6283880000000002", staff_no="H01", name="")]
    ) == ["CARD_UNKNOWN"]
    office.world.conn.commit()
    assert "发卡行报文差异" in at["b01"].get("/console/today/").content.decode()
    row = Page(at["b01"], "/console/cards/wrongs/").link("//main//tbody//a")
    assert "9357" in Page(at["b01"], row).facts()["原因"]
    at["b01"].post(row, {"note": "银行将重送"})
    assert "银行将重送" in Page(at["b01"], row).text
    assert at["c01"].get("/console/cards/wrongs/").status_code == 403
    assert "公务卡待单位确认" in at["c01"].get("/console/today/").content.decode()
    card = Page(at["c01"], "/console/cards/cards/?place=waiting").link("//main//tbody//a")
    at["c01"].post(card, {"act": "yes"})
    assert Page(at["c01"], card).facts()["登记"] == "已确认"


def test_the_door_takes_what_is_signed_and_answers_signed(desk: tuple[CardOffice, dict[str, Any]]):
    office, _at = desk
    body = xml_words.written(CardWord(serial="D1", bureau=CODE, cards=[office.card("lost", 30)]))
    key = Key(partner="BANK1", version=1, algorithm="hmac-sha256", secret=SECRET)
    now = int(datetime.now(UTC).timestamp())
    client = site.browser()

    def send(data: bytes, **more: str) -> Any:
        heads = http_signed.sign_request("POST", signing.PUSH, body, key, now) | more
        return client.post(signing.PUSH, data, content_type=heads.pop("content-type"), headers=heads)

    answer = send(body)
    assert (answer.status_code, json.decode(answer.content)) == (200, {"code": 0, "text": "taken"})
    http_signed.verify_reply(
        200, {k.lower(): v for k, v in answer.headers.items()}, answer.content, lambda *_: key, now
    )
    assert send(body.replace(b"lost", b"found")).status_code == 401
    broken = b"<CardWord/>"
    heads = http_signed.sign_request("POST", signing.PUSH, broken, key, now)
    answer = client.post(signing.PUSH, broken, content_type=heads.pop("content-type"), headers=heads)
    assert (answer.status_code, json.decode(answer.content)["code"]) == (400, 9353)


def test_invoices_are_read_from_xml_ofd_and_pdf_and_hostile_files_are_refused():
    from yifen.core.facts.refused import Refused
    from yifen.trades.cards.papers import einvoice

    whole = einvoice.read(EINVOICE.encode())
    assert (whole.number, whole.gross_fen, whole.seller, str(whole.issued_on)) == (
        "24332000000087654321",
        120_000,
        "青溪宾馆有限公司",
        "2026-11-23",
    )
    page = (
        '<?xml version="1.0"?><ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextCode>发票号码：24332000000087654321'
        "</ofd:TextCode><ofd:TextCode>¥1,000.00</ofd:TextCode><ofd:TextCode>¥1,200.00</ofd:TextCode></ofd:Page>"
    )
    for name, inside, seller in (
        ("Doc_0/Attachs/original_invoice.xml", EINVOICE, "青溪宾馆有限公司"),
        ("Doc_0/Pages/1.xml", page, ""),
    ):
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, inside)
        found = einvoice.read(body.getvalue())
        assert (found.number, found.gross_fen, found.seller) == ("24332000000087654321", 120_000, seller)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"<a>" + b" " * (9 << 20))
    for hostile in (
        bomb.getvalue(),
        b"PK\x03\x04broken",
        b"%PDF-1.7 broken",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"<a",
        b"GIF89a",
        b"\xff\xd8\xff" + b"0" * (9 << 20),
    ):
        with pytest.raises(Refused):
            einvoice.read(hostile)
    assert einvoice.read(b"\xff\xd8\xff\xe0 a photo").number == ""
    assert einvoice.read(a_pdf()) == whole


def a_pdf() -> bytes:
    """The same invoice as the tax platform prints it, made as the product's own papers are."""
    import typst

    from yifen.core.documents import render

    made = typst.Compiler(PRINTED.encode(), font_paths=render._fonts()).compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def test_the_bureau_hands_in_a_file_keeps_its_catalogue_and_sees_who_left(desk: tuple[CardOffice, dict[str, Any]]):
    office, at = desk
    body = xml_words.written(CardWord(serial="F1", bureau=CODE, swipes=[
        office.swipe("F1", 4_200, merchant="秘密店"), office.swipe("PRIV", 1)]))  # fmt: skip
    form = {"bureau": office.id, "bank": office.bank}

    def handed() -> Any:
        file = io.BytesIO(body)
        file.name = "F1.xml"
        return posted(at["b01"], "files/new/", **form, file=file)

    seen = handed()
    text = seen.content.decode()
    assert "9371" in text
    assert "秘密店" not in text
    assert "先前已上传过" not in text
    assert "先前已上传过" in handed().content.decode()
    address = seen.redirect_chain[-1][0]
    assert [at[login].get(address).status_code for login in ("c01", "p01", "aud01")] == [403] * 3
    assert at["b01"].post(address)["Location"].startswith("/console/proposals/")
    assert "查看复核" in at["b01"].get(address).content.decode()

    listed = Page(at["c01"], "/console/cards/catalogue/?q=差旅")
    assert listed.column("状态") == ["有效"]
    assert at["c01"].get("/console/cards/catalogue/new/").status_code == 403
    row = {"bureau": office.id, "kind": "item", "code": "08", "valid_from": "2999-01-01", "name": "差旅费",
           "dep": "30211"}  # fmt: skip
    assert "9443" in posted(at["b01"], "catalogue/new/", **row).content.decode()
    first = Page(at["b01"], "/console/cards/catalogue/new/?kind=item&code=08")
    assert first.tree.xpath("//input[@name='dep']/@value") == ["30211"]

    asked = posted(at["p01"], "mine/query/", card=office.card_id(), from_on="2020-01-01", until_on="2020-01-02")
    assert "9436" in asked.content.decode()
    asked = posted(at["p01"], "mine/query/", card=office.card_id(), from_on="2020-01-01", until_on="2020-01-01",
                   number="K1")  # fmt: skip
    assert "等发卡行答复" in asked.content.decode()
    place = office.world.value("SELECT place_id FROM card_place WHERE card_id = %s", office.card_id())
    assert at["c01"].get(f"/console/cards/mine/query/?place={place}").status_code == 200
    assert at["h01"].get(f"/console/cards/mine/query/?place={place}").status_code == 404
    assert "没有离任未结清的人" in at["c01"].get("/console/cards/leavers/").content.decode()


def test_monitoring_shows_each_role_his_own_and_nothing_private(desk: tuple[CardOffice, dict[str, Any]]):
    from yifen.core.access.models import Authorisation, User
    from yifen.trades.cards.watch.forms import initial_of
    from yifen.trades.cards.watch.kinds import WatchRule

    office, at = desk
    today = office.world.value("SELECT budget_today_v1(%s, now())", office.id)
    for number, fen in (("W1", 90_000), ("W2", 91_000)):
        assert office.take(swipes=[office.swipe(number, fen, merchant="电脑城")]) == []
    office.world.conn.commit()
    asked = initial_of(WatchRule(today, swipe_fen=100_000, day_fen=0, month_fen=0, off_days=False, night_from=0))
    form = {name: value for name, value in asked.items() if value is not False}
    form |= {"bureau": office.id, "night_until": 0}
    assert posted(at["h01"], "watch/rules/new/", **form).status_code == 403
    assert "9423" in posted(at["b01"], "watch/rules/new/", **form | {"pay_days": 9}).content.decode()
    posted(at["b01"], "watch/rules/new/", **form)
    made = Authorisation.objects.get(action="cards.watch_rule")
    assert made.content["tried"]["after"][""] == made.content["tried"]["before"][""]
    assert "近 92 日公务消费" in str(made.changes)
    site.agree(User.objects.get(login="b02"), made, datetime.now(UTC))
    assert "100,000" not in Page(at["b01"], "/console/cards/watch/rules/").text
    for number in ("W1", "W2"):
        posted(at["p01"], f"mine/{office.swipe_id(number)}/mark/", mark="official", unit=office.unit("101001"))
    for login in ("c01", "h01", "b01", "b02", "aud01"):
        for address in ("watch/", "watch/?live", "watch/?month=2026-10", "watch/hits/", "watch/hits/export/"):
            body = read(at[login], address)
            assert "私密按摩店" not in body, (login, address)
            assert "6,666" not in body, (login, address)
        assert "拆单" in Page(at[login], "/console/cards/watch/hits/").text
    assert at["p01"].get("/console/cards/watch/").status_code == 403
    assert at["p01"].get("/console/cards/watch/hits/").status_code == 403
    mine = Page(at["p01"], "/console/cards/watch/mine/")
    assert "拆单" in mine.text
    assert at["c01"].get("/console/cards/watch/mine/").status_code == 403
    hit = Page(at["h01"], "/console/cards/watch/hits/?kind=split").link("//main//tbody//a")
    assert Page(at["p01"], hit).facts()["为什么"] == "电脑城 同日 2 笔共 1,810.00 元，单笔限额 1,000.00 元"
    for login in ("p01", "c01", "aud01"):
        assert "登记处理" not in Page(at[login], hit).text, login
    assert "监控命中待处理" in at["h01"].get("/console/today/").content.decode()
    assert "我的消费有监控提醒" in at["p01"].get("/console/today/").content.decode()
    assert "9421" in at["h01"].post(hit, {"was": "follow", "decision": "explained", "note": "已核实"}).content.decode()
    at["h01"].post(hit, {"was": "", "decision": "explained", "note": "分两次送货"})
    assert Page(at["c01"], hit).facts()["理由"] == "分两次送货"
    # Where he is told, and once.
    assert "9425" in at["p01"].post("/console/cards/watch/mine/", {"phone": "12345"}).content.decode()
    kept = at["p01"].post("/console/cards/watch/mine/", {"phone": "13800000007"}, follow=True)
    assert "已登记手机号" in kept.content.decode()
    told_once(office)
    # What he marks otherwise is seen by nobody any more.
    posted(at["p01"], f"mine/{office.swipe_id('W2')}/mark/", mark="private")
    for login in ("p01", "h01", "b01", "aud01"):
        assert at[login].get(hit).status_code == 404, login


def read(client: Any, address: str) -> str:
    """A page, or what a list exports."""
    if address.endswith("/export/"):
        answer = client.post(f"/console/cards/{address}", {"format": "csv", "query": ""})
    else:
        answer = client.get(f"/console/cards/{address}")
    assert answer.status_code == 200, address
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")


def told_once(office: CardOffice) -> None:
    """By the local outbox: the limits that were warned of to the holder; the cashier has left no number."""
    from datetime import timedelta

    from django.db import connection

    from yifen.core.notifications.models import Notification
    from yifen.core.notifications.operations import opened
    from yifen.core.ring import key_ring
    from yifen.trades.cards.watch.notices import send_due

    noon = NOON + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE yifen_owner")
        assert send_due(key_ring(), noon) == 1
        assert send_due(key_ring(), noon + timedelta(minutes=1)) == 0
        cursor.execute("RESET ROLE")
    to, text = opened(key_ring(), Notification.objects.get(kind="card_limit"))
    assert to == "13800000007"
    assert text == "【一分】公务卡有2项消费达到限额或警戒额，共1810.00元，请登录查看。"
    assert sorted(office.world.rows("SELECT state, why, count(*) FROM card_notice GROUP BY 1, 2")) == [
        ("sent", "", 2),
        ("skipped", "nowhere", 2),
    ]
