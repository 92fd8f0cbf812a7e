"""A partner's way in as steps: what is done, what comes next and for whom, and forms that ask only what fits."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from lxml import html

from tests.console.pages import Page
from tests.onboarding.test_way_in import keyed, passed, register, row
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER

JSON = ["code", "name", "institution", "book", "dialect", "encoding", "unit"]
FITS = {
    "channel": [*JSON, "channel_kind", "payment_fen_max", "day_fen_max", "opens_at", "closes_at"],
    "biller": [*JSON, "category", "city", "endpoint", "timeout_s", "quote_ttl_s"],
    "hosted": [*JSON[:4], "category", "city", "quote_ttl_s", "oldest_first"],
    "counter": [*JSON[:4], "payment_fen_max", "day_fen_max", "opens_at", "closes_at"],
}


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture(scope="module")
def stepped(place: Province, admin: Any) -> Any:
    """A new channel, its developer, and two billers of one name."""
    register(admin, place, code="STEPS")
    for code in ("HOSTS", "ALIKE"):
        register(admin, place, code=code, kind="hosted", category="heat", city="青溪")
    return site.client_of(site.user("stepdev", place.union, "developer", partner=row("STEPS").pk))


def stands(code: str) -> dict[str, Any]:
    from yifen.trades.onboarding.operations.way_in import way_in

    return {step.name: (step.state, step.why) if step.why else step.state for step in way_in(row(code), now())}


def now() -> datetime:
    return datetime.now(UTC)


def links(client: Any, code: str) -> dict[str, str]:
    """The steps that one may click, and the buttons below them."""
    tree = Page(client, f"/console/partners/{code}/").tree
    way = "//section[@aria-labelledby='way_title']"
    found = tree.xpath(f"{way}//ol[@class='steps']//a | {way}//a[contains(@class, 'primary')]")
    return {" ".join(one.text_content().split()): one.get("href") for one in found}


def sent(place: Province, code: str, proved: bool = True) -> None:
    """A signed request, as the gateway keeps it."""
    keep(place, GATEWAY, code, proved=proved, code=0 if proved else 2005,
         fault=FAULT if code.endswith("-T") and not proved else None)  # fmt: skip


def keep(place: Province, role: str, partner: str, **changed: Any) -> None:
    """One message into the wire log, by this process."""
    from yifen.hub.payments.wirelog_queue import KEEP_SQL, KeptMessage, pack

    of = {"direction": "in", "dialect": "json", "proved": True, "code": 0, "fault": None, **changed}
    kept = KeptMessage(at=now(), partner_id=row(partner).pk, verb="query", serial=None, original_serial=None,
                       account_tail=None, account_hash=None, amount_fen=None, encoding="utf-8", result=None, ms=3,
                       content_hash=None, request_bytes=2, request="{}", reply="{}", **of)  # fmt: skip
    with psycopg.connect(place.database.url(role)) as conn:
        conn.execute(KEEP_SQL, pack([kept]))


def billed(code: str, buckets: int) -> None:
    """One bill, as an import writes it."""
    from django.db import connection

    from yifen.core.facts.buckets import account_bucket
    from yifen.hub.payments.payables import PAYABLES_SQL, NewPayable, pack_payables

    bill = NewPayable(row(code).pk, "A1", "B1", "十一月", "exact", 100, None, 1, 100)
    with connection.cursor() as cursor:
        cursor.execute(PAYABLES_SQL, pack_payables(account_bucket(row(code).pk, "A1", buckets), [bill]))


FAULT = ('{"field":"Signature","detail":"does not fit","base":"\\"@method\\": POST\\nBASE","sent":":c2VudA==:",'
         '"expected":":Zml0cw==:","guess":"key_as_text"}')  # fmt: skip
BASE = '@signature-params: ();keyid=\\"STEPS-T:1\\"'
WRONG = "//*[@aria-invalid='true']/@name"
TRIED = ("blocked", ("tried",))


def test_each_step_stands_as_the_database_says(place: Province, admin: Any, stepped: Any) -> None:
    from yifen.core.partners.models import Partner

    first = {"registered": "done", "sandbox_key": "next", "tried": ("blocked", ("sandbox_key",)),
             "certified": ("blocked", ("sandbox_key", "tried")), "key": "open", "admitted": "open",
             "live": ("blocked", ("sandbox_key", "certified", "key"))}  # fmt: skip
    assert stands("STEPS") == first
    assert stands("STEPS-T") == {}
    keyed(admin, "STEPS-T")
    sent(place, "STEPS-T", proved=False)
    later = first | {"sandbox_key": "done", "tried": "next", "certified": TRIED,
                     "live": ("blocked", ("certified", "key"))}  # fmt: skip
    assert stands("STEPS") == later
    assert links(admin, "STEPS") == {
        "首笔沙箱请求": (asked := f"/console/partners/requests/?partner={row('STEPS-T').pk}"),
        "正式密钥": "/console/partners/STEPS/keys/", "准入": "/console/partners/STEPS/admit/",
        "下一步：查看沙箱请求": asked,
    }  # fmt: skip
    theirs = links(stepped, "STEPS-T")
    assert (theirs["下一步：查看沙箱请求"], "准入" in theirs, "正式密钥" in theirs) == (asked, False, True)
    sent(place, "STEPS-T")
    assert stands("STEPS") == later | {"tried": "done", "certified": "next"}
    with site.as_owner(place.database):
        passed("STEPS", clauses=[])
    assert stands("STEPS")["certified"] == ("next", ("not_whole",))
    with site.as_owner(place.database):
        passed("STEPS")
    assert stands("STEPS") == later | {"tried": "done", "certified": "done", "key": "next",
                                       "live": ("blocked", ("key",))}  # fmt: skip
    keyed(admin, "STEPS")
    assert (stands("STEPS")["admitted"], stands("STEPS")["live"]) == ("next", "open")
    assert links(stepped, "STEPS") == {}
    said = Page(stepped, "/console/partners/STEPS/").text
    assert "目前的一步是“准入”，由平台或机构管理员办理。" in said
    assert admin.post("/console/partners/STEPS/go-live/ask/").status_code == 302
    assert stands("STEPS")["live"] == "waiting"
    register(admin, place, code="HOSTED", kind="hosted", category="heat")
    Partner.objects.filter(code="HOSTED").update(live_at=now())
    assert stands("HOSTED") == {"registered": "done", "bills": "next", "admitted": "open", "live": "done"}
    with site.as_owner(place.database):
        billed("HOSTED", place.database.buckets)
    assert stands("HOSTED")["bills"] == "done"


def test_the_list_says_in_a_word_what_comes_next(place: Province, admin: Any, stepped: Any) -> None:
    register(admin, place, code="STEPS2")
    register(admin, place, code="STEPS3", kind="biller", category="heat", endpoint="https://heat.example.cn")
    keyed(admin, "STEPS3-T")
    page = Page(admin, "/console/partners/", text="STEPS")
    said = dict(zip(page.column("代码"), page.column("下一步"), strict=True))
    assert (said["STEPS2"], said["STEPS3"], said["STEPS2-T"]) == ("沙箱密钥", "沙箱地址", "—")
    assert stands("STEPS3") == {
        "registered": "done", "sandbox_key": "done", "endpoint": "next", "certified": ("blocked", ("endpoint",)),
        "key": "open", "admitted": "open", "live": ("blocked", ("certified", "key")),
    }  # fmt: skip
    assert Page(admin, f"/console/partners/{place.own.biller_code}/").tree.xpath("//*[@id='way_title']") == []


def test_the_side_is_chosen_first_and_the_form_asks_only_what_fits_it(place: Province, admin: Any) -> None:
    sides = Page(admin, "/console/partners/new/").tree.xpath("//a[@class='choice']/@href")
    assert sides == [f"?kind={kind}" for kind in ("channel", "biller", "hosted", "counter", "payer")]
    for kind, fields in FITS.items():
        tree = Page(admin, "/console/partners/new/", kind=kind).tree
        named = tree.xpath("//form[contains(@class,'register-form')]//*[self::input or self::select]/@name")
        assert [name for name in named if name not in ("csrfmiddlewaretoken", "kind")] == fields
    for kind in ("biller", "hosted"):
        form = Page(admin, "/console/partners/new/", kind=kind).tree
        assert form.xpath("//select[@name='category']/option[@selected or @value='']/@value") == [""]
        assert form.xpath("//select[@name='category']/@required")
        said = register(admin, place, code="NOKIND", kind=kind, endpoint="https://heat.example.cn")
        assert (said.status_code, html.fromstring(said.content.decode()).xpath(WRONG)) == (200, ["category"])
    assert Page(admin, "/console/partners/new/", kind="bank").tree.xpath("//a[@class='choice']/@href") == sides
    answer = register(admin, place, code="NOWHERE", kind="biller", category="gas")
    wrong = html.fromstring(answer.content.decode()).xpath(WRONG)
    assert (answer.status_code, wrong) == (200, ["endpoint"])
    register(admin, place, code="OWNDESK", kind="counter", dialect="json", encoding="GB18030", payment_fen_max="1")
    found = row("OWNDESK")
    assert (found.channel.hosted, found.json, found.encoding, found.channel.payment_fen_max) == (
        "counter", False, "UTF-8", 100)  # fmt: skip
    tree = Page(admin, "/console/partners/new/", kind="hosted").tree
    offers = tree.xpath(f"//datalist[@id='{tree.xpath('//input[@name=$n]/@list', n='city')[0]}']/option/@value")
    assert {"青溪县", "白石县"} <= set(offers)


def test_the_other_side_of_an_admission_is_picked_and_what_is_in_no_list_is_refused_by_number(
    place: Province, admin: Any, stepped: Any
) -> None:
    from yifen.core.partners.models import Admission

    page = "/console/partners/STEPS/admit/"
    offered = Page(admin, page).tree.xpath("//datalist/option/@value")
    assert "HOSTS 新渠道" in offered
    assert not any(code.split()[0] in ("TRIAL", "HOSTS-T") for code in offered)
    in_sandbox = Page(admin, "/console/partners/STEPS-T/admit/").tree.xpath("//datalist/option/@value")
    assert in_sandbox
    assert all(text.endswith("（沙箱）") for text in in_sandbox)
    before = Admission.objects.count()
    for typed in ("NOBODY", "TRIAL", "新渠道", "STEPS", "HOSTS-T 新渠道（沙箱）"):
        said = admin.post(page, {"other": typed})
        assert (said.status_code, "2111 不在可选之列" in said.content.decode()) == (200, True)
    assert Admission.objects.count() == before
    foreign = site.client_of(place.foreign.user).get(page)
    assert foreign.status_code == 404
    assert admin.post(page, {"other": "HOSTS 新渠道"}).url == "/console/partners/STEPS/"
    assert "HOSTS 新渠道" not in Page(admin, page).tree.xpath("//datalist/option/@value")


def test_a_developer_reads_his_own_sandbox_s_requests_and_what_was_wrong_with_them(
    place: Province, admin: Any, stepped: Any
) -> None:
    from yifen.trades.onboarding.pages.request_views import fault_of

    register(admin, place, code="OTHERS")
    keyed(admin, "STEPS-T")
    for code in ("STEPS-T", "OTHERS-T", place.own.channel_code):
        sent(place, code, proved=False)
    sent(place, "STEPS-T")
    mine = Page(stepped, "/console/partners/requests/")
    assert set(mine.column("合作方")) == {"STEPS-T"}
    assert mine.column("结果")[:2] == ["0000 成功", "2005 签名错误"]
    assert mine.column("出错处")[:2] == ["—", "Signature"]
    wrong = Page(stepped, "/console/partners/requests/", faulty="yes", verb="query", partner=str(row("STEPS-T").pk))
    assert set(wrong.column("结果")) == {"2005 签名错误"}
    for proved, answer in (("yes", "0000 成功"), ("no", "2005 签名错误")):
        assert set(Page(stepped, "/console/partners/requests/", proved=proved).column("结果")) == {answer}
    opened = wrong.tree.xpath("//tbody//a/@href")[0]
    shown = Page(stepped, opened)
    facts = shown.facts()
    assert (facts["收到的"], facts["应为"], facts["一致性条款"]) == (":c2VudA==:", ":Zml0cw==:", "未经签名证明，不计入")
    assert shown.tree.xpath("//pre/text()")[0] == '"@method": POST\nBASE'
    assert "以十六进制文本为密钥" in shown.text
    plain = {"fault": f'{{"base":"{BASE}","sent":":c2VudA==:","expected":":Zml0cw==:"}}'}
    readers = [site.access(place.users[role]) for role in ("platform_admin", "auditor")]
    seen = [fault_of(SimpleNamespace(**plain), reader) for reader in readers]
    assert str(seen[0]["guess"]).startswith("不是常见的差错：待签字符串若与此处逐字相同，则密钥不同。STEPS-T:1 #")
    assert seen[1] == {"base": BASE.replace("\\", ""), "sent": ":c2VudA==:"}
    good = Page(stepped, mine.tree.xpath("//tbody//a/@href")[0])
    assert good.facts()["一致性条款"] == "C-01 查询"
    auditor = Page(site.client_of(place.users["auditor"]), opened)
    assert ("应为" in auditor.facts(), auditor.facts()["收到的"]) == (False, ":c2VudA==:")
    numbers = dict(numbered_messages())
    stranger = site.client_of(place.users["developer"])
    for number in (numbers["OTHERS-T"], numbers[place.own.channel_code], 2**62, 0):
        assert stepped.get(f"/console/partners/requests/{number}/").status_code == 404
    assert stranger.get(opened).status_code == 404
    assert admin.get(f"/console/partners/requests/{numbers[place.own.channel_code]}/").status_code == 404


def test_a_process_writes_no_partner_s_message_but_the_gateway_s_and_a_fault_breaks_no_page(
    place: Province, admin: Any, stepped: Any
) -> None:
    from django.db import connection

    from yifen.core.partners.models import Channel
    from yifen.hub.payments.wirelog import unproved_since

    channel, hosted, before = row(place.own.channel_code), {"dialect": "hosted"}, dict(numbered_messages())
    for role, partner, changed in (
        (WEB, "STEPS-T", {}), (WEB, "STEPS-T", {"proved": False}), (WORKER, channel.code, hosted),
        (NIGHT, "STEPS-T", {"proved": False, "fault": FAULT}), (WEB, "STEPS-T", {"direction": "out", "fault": FAULT}),
        (GATEWAY, channel.code, {"proved": False, "fault": FAULT}), (GATEWAY, "STEPS-T", {"fault": "[1]"}),
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            keep(place, role, partner, **changed)
    assert dict(numbered_messages()) == before
    for role, changed in ((NIGHT, {"direction": "out"}), (WORKER, hosted | {"proved": False})):
        keep(place, role, channel.code, **changed)
    assert unproved_since(connection, channel.pk, now() - timedelta(minutes=1)) == 1  # the forged one of above
    Channel.objects.filter(pk=channel.pk).update(hosted="payer")
    keep(place, WEB, channel.code, **hosted)
    Channel.objects.filter(pk=channel.pk).update(hosted="")
    for fault in ('{"guess":[1],"field":{}}', '{"bytes":1}'):
        keep(place, GATEWAY, "STEPS-T", proved=False, fault=fault)
        shown = Page(stepped, f"/console/partners/requests/{dict(numbered_messages())['STEPS-T']}/")
        assert "出错处" not in shown.facts()


def numbered_messages() -> list[tuple[str, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT p.code, m.message_no FROM wire_message m JOIN partner p ON p.id = m.partner_id"
                       " ORDER BY 2")
        return list(cursor.fetchall())


def test_every_clause_that_one_answer_speaks_of_is_found() -> None:
    from yifen.core.facts.codes import Code
    from yifen.hub.certify.channel import heard_by

    def ids(verb: str, code: Code) -> list[str]:
        return [clause.id for clause in heard_by(verb, code)]

    assert [ids(verb, Code.OK) for verb in ("query", "charge", "confirm", "refund", "file")] == [
        ["C-01"], ["C-02"], ["C-03"], ["C-04"], ["C-05"]]  # fmt: skip
    found = {code: ids("charge", code) for code in (
        Code.SERIAL_REUSED, Code.PROCESSING, Code.SIGNATURE_INVALID, Code.MESSAGE_STALE, Code.ENCODING_INVALID,
        Code.MESSAGE_INVALID, Code.DIALECT_NOT_ALLOWED, Code.BILLER_OUTAGE)}  # fmt: skip
    assert list(found.values()) == [["C-07"], ["C-08", "C-09"], ["C-11"], ["C-12"], ["C-13"], ["C-14"], ["C-15"], []]


def test_a_share_is_typed_in_per_cent_or_per_mille_and_never_rounded(place: Province) -> None:
    from django import forms

    from yifen.core.access.fields import PercentField

    field = PercentField(required=False)
    typed = {"0.6": 6_000, "0.6%": 6_000, "6‰": 6_000, "0.001‰": 1, "0.0001": 1, "1000‰": 1_000_000, "": None,
             "100 %": 1_000_000, "6.0000000‰": 6_000, "０．６％": 6_000}  # fmt: skip
    assert {text: field.clean(text) for text in typed} == typed
    for text in ("0.00001", "0.0001‰", "100.0001", "1000.001‰", "-1", "6‱", "1e2", "6‰%", "0.6.1"):
        with pytest.raises(forms.ValidationError, match="0 至 100"):
            field.clean(text)
