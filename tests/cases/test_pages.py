"""The court's pages in a browser: a case from its opening over money without a name to its claim."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases import proposals
from tests.cases.proposals import MAIN, a_case, a_head, a_receipt, at, in_force, statement_of
from tests.console.pages import Page
from tests.documents.reading import joined
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key


@pytest.fixture
def clerk(place: Province) -> Any:
    return site.client_of(place.users["finance"])


def agreed(place: Province, answer: Any) -> None:
    """The second person's yes to the proposal that a page led to."""
    from yifen.core.access.models import Authorisation

    row = Authorisation.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    site.agree(a_head(place), row, at())


def of(page: Page, title: str) -> list[str]:
    """A column of whichever table has it."""
    found = [place for place in range(len(page.tree.xpath("//table"))) if title in page.tree.xpath(
        "//table")[place].text_content()]  # fmt: skip
    return page.column(title, found[0])


def test_a_rule_makes_a_court_and_a_case_is_opened_by_its_form(place: Province, clerk: Any):
    form = {"court": place.own.biller, "code": "桂0304", "valid_from": "2026-12-25", "main_no": "6217000000000000",
            "start": "62180", "width": 6, "method": "mod97", "beyond_percent": 50, "claim_days": 3, "notice_days": 3,
            "payout_days": 30, "objection_days": 15, "account_bank": "桂林银行",
            "phone": "0773-12345", "comply_days": 7, "levels": "案款会计 0\n院领导 0"}  # fmt: skip
    in_force(place)
    for field, value, code in (("valid_from", "2020-01-01", "9185"), ("code", "X", "9186"), ("main_no", "12", "9187"),
                               ("start", "9" * 24, "9188")):  # fmt: skip
        assert code in clerk.post("/console/court/courts/rule/", form | {field: value}).content.decode(), field
    agreed(place, clerk.post("/console/court/courts/rule/", form))
    rule = Page(clerk, "/console/court/rules/").facts()
    assert (rule["法院代字"], rule["案款专户账号"], rule["认领期限"], rule["发放期限"]) == (
        "桂0304", MAIN, "3 个工作日", "30 日")
    opened = Page(clerk, f"/console/court/courts/rule/?court={place.own.biller}")  # with the rule in force, of today
    said = {one.get("name"): one.get("value") for one in opened.tree.xpath("//input[@name]")}
    assert (said["code"], said["main_no"], said["start"], said["objection_days"]) == ("桂0304", MAIN, "62179", "15")
    assert opened.tree.xpath("//textarea[@name='levels']")[0].text.split() == [
        "案款会计", "0.00", "执行局长", "0.00", "院领导", "100000.00"]
    new = {"court": place.own.biller, "number": "（2027）桂0304执０7号", "applicant": "王一", "debtor": "欧阳小红",
           "due": "1,000"}
    answer = clerk.post("/console/court/cases/new/", new)
    page = Page(clerk, answer["Location"])
    assert page.facts()["执行标的（元）"] == "1,000.00"
    assert "(2027)桂0304执7号" in page.text
    again = clerk.post("/console/court/cases/new/", new)
    assert "9015" in again.content.decode()
    foreign = new | {"number": "(2027)京0101执7号", "debtor": "甲，乙"}
    assert "9144" in clerk.post("/console/court/cases/new/", foreign).content.decode()
    answer = clerk.post("/console/court/cases/new/", foreign | {"entrusted": "京0101委托"}, follow=True)
    assert ("甲，乙”像是几名当事人" in answer.content.decode(), "京0101委托" in answer.content.decode()) == (True, True)
    address = f"{answer.redirect_chain[-1][0]}correct/"
    fields = Page(clerk, address).tree.xpath("//form[contains(@class, 'form')]//*[@name]")
    asked = {one.get("name"): one for one in fields}
    assert asked["names"].text.split() == ["甲", "乙"]  # it is offered to be told apart
    party = asked["party"].xpath("option[@selected]/@value")[0]
    agreed(place, clerk.post(address, {"party": party, "names": "甲\n乙", "due": "2,000", "reason": "录入有误"}))
    page = Page(clerk, answer.redirect_chain[-1][0])
    assert (page.facts()["执行标的（元）"], of(page, "姓名")) == ("2,000.00", ["王一", "甲", "乙"])
    assert of(page, "原来") == ["甲，乙", "—", "1,000.00"]
    assert of(page, "现在") == ["甲", "乙", "2,000.00"]
    assert "9145" in clerk.post(address, {"due": "2,000", "reason": "同前"}).content.decode()


def test_numbers_that_the_bank_made_are_taken_in_by_lines(place: Province, clerk: Any):
    in_force(place)
    form = {"court": place.own.biller, "numbers": "6217 6666 00000011\n6217666600000028\n".replace(" ", "")}
    answer = clerk.post("/console/court/courts/numbers/", form, follow=True).content.decode()
    assert "已收 2 个子账号" in answer
    assert {a_case(place).account_no, a_case(place).account_no} == {"6217666600000011", "6217666600000028"}
    assert "9070" in clerk.post("/console/court/courts/numbers/", form | {"numbers": "abc"}).content.decode()


def test_a_case_is_found_by_its_number_in_any_writing(place: Province, clerk: Any):
    in_force(place)
    clerk.post("/console/court/courts/numbers/", {"court": place.own.biller, "numbers": "6217666600000077"})
    new = {"court": place.own.biller, "number": "(2027)桂0304执88号", "applicant": "王一", "debtor": "李一",
           "account_no": "6217666600000077"}  # fmt: skip
    clerk.post("/console/court/cases/new/", new)
    for typed in ("（2027）桂0304执 8８号", "〔2027〕桂0304执88號", "2027桂0304执88", "执88号", "6217 6666 0000 0077"):
        assert Page(clerk, "/console/court/cases/", q=typed).column("案号") == ["(2027)桂0304执88号"], typed
    assert "(2027)桂0304执88号" in Page(clerk, "/console/search/", find="〔2027〕桂0304执88號").text
    from django.urls import reverse

    from yifen.core.partners.models import Partner
    from yifen.trades.cases.opening import account_called

    code = Partner.objects.get(pk=place.own.biller).code  # a payer may call the account by his case
    for typed, found in (("〔2027〕桂0304执88號", "6217666600000077"), ("2027桂0304执88", "6217666600000077"),
                         ("(2027)桂0304执89号", ""), ("6217666600000077", "")):  # fmt: skip
        assert account_called(code, typed) == found, typed
    payer = site.browser().get(reverse("payer_account", args=[code, "（2027）桂0304执88号"])).content.decode()
    assert ("*一" in payer, "李一" in payer, "6217666600000077" in payer) == (True, False, True)


def test_a_list_opens_what_is_right_and_says_what_is_not(place: Province, clerk: Any):
    in_force(place)
    body = ("案号,申请执行人,被执行人\n(2027)桂0304执71号,王一,李一\n(2027)桂0304执号,王二,李二\n"
            "(2027)桂0304执72号,王三,李三\n")
    sent = {"court": place.own.biller, "file": SimpleUploadedFile("案件.csv", body.encode("gb18030"))}
    address = clerk.post("/console/court/lists/new/", sent)["Location"]
    page = clerk.get(address).content.decode()
    assert Page(clerk, address).column("案号") == ["(2027)桂0304执71号", "(2027)桂0304执72号"]
    assert [Page(clerk, address).column(name) for name in ("申请执行人", "被执行人", "承办人")] == [
        ["王一", "王三"], ["李一", "李三"], ["", ""]]
    assert "9014" in page
    opened = clerk.post(address, follow=True).content.decode()
    assert "已开立 2 件" in opened
    links = Page(clerk, address).tree.xpath("//a[starts-with(text(), '(2027)桂0304执7')]/@href")
    assert Page(clerk, links[0]).facts()["子账号"] == Page(clerk, address).column("子账号")[0]
    assert (opened.count("9015"), "已由此清单开立" in opened) == (0, True)
    assert "已开立 0 件" in clerk.post(address, follow=True).content.decode()
    again = SimpleUploadedFile("又.csv", b"\xef\xbb\xbf" + f"执行案件清单\n{body}合计,,\n".encode())
    page = clerk.get(clerk.post("/console/court/lists/new/", sent | {"file": again})["Location"]).content.decode()
    assert (page.count("9015"), "执行案件清单" in page, "合计" in page) == (2, True, True)


def test_a_statement_is_seen_then_proposed_then_booked(place: Province, clerk: Any):
    case = a_case(place)
    body = statement_of(place, ("12.34", case.account_no), ("5.00", "")).read()
    above = f"专户对账单\n账号 {MAIN}\n".encode()
    sent = {"court": place.own.biller, "file": SimpleUploadedFile("s.csv", above + body)}
    assert "MT940" in clerk.get("/console/court/statements/new/").content.decode()
    address = clerk.post("/console/court/statements/new/", sent)["Location"]
    seen = Page(clerk, address)
    assert (seen.facts()["表头以上"], f"账号 {MAIN}" in seen.text) == ("专户对账单", True)
    assert "入子账号" in seen.text
    assert (seen.column("对方户名", 1), seen.column("附言", 1)) == (["赵付款"] * 2, ["还款"] * 2)
    assert seen.column("子账号", 1) == [case.account_no, ""]
    other = statement_of(place, ("7.00", "")).read()  # it begins where the first one does
    twin = clerk.post("/console/court/statements/new/", sent | {"file": SimpleUploadedFile("o.csv", other)})["Location"]
    assert "9036" not in clerk.get(twin).content.decode()
    agreed(place, clerk.post(f"{address}propose/"))
    stale = Page(clerk, twin).text  # before anybody proposes it, and it waits on nobody's list
    assert ("9036" in stale, "不能入账" in stale, "提交复核" in stale) == (True, True, False)
    assert Page(clerk, "/console/court/statements/?state=stale").column("文件名") == ["o.csv"]
    page = Page(clerk, f"/console/court/cases/{case.case_id}/")
    assert page.facts()["子账号余额（元）"] == "12.34"
    assert "转账到账" in page.text
    wrong = SimpleUploadedFile("w.csv", body.replace(b"5.00,,", b"5.01,,"))
    page_of_wrong = clerk.post("/console/court/statements/new/", sent | {"file": wrong}, follow=True).content.decode()
    assert "9043" in page_of_wrong


def test_a_statement_in_camt_is_one_too(place: Province, clerk: Any):
    from tests.cases.test_camt import entry, statement
    from yifen.trades.cases import statements

    a_receipt(place)
    case = a_case(place)
    body = statement(entry("10.00", to=case.account_no), opening="7.00", closing="17.00").read()
    sent = {"court": place.own.biller, "file": SimpleUploadedFile("s.xml", body.replace(b"62170000<",
                                                                                        MAIN.encode() + b"<"))}
    address = clerk.post("/console/court/statements/new/", sent)["Location"]
    file = statements.found(int(address.rstrip("/").rpartition("/")[2]))
    assert (file.rows, file.wrong, file.opening_fen, file.closing_fen) == (1, 0, 700, 1_700)
    assert statements.standings(file.file_id) == [("transfer", 1, 1_000)]
    assert "9036" in clerk.post(f"{address}propose/",
                                follow=True).content.decode()  # it does not go on from the last one


def test_money_without_a_name_is_suggested_claimed_and_taken_back(place: Province, clerk: Any):
    case, receipt = a_case(place), a_receipt(place)
    page = clerk.get(f"/console/court/unknown/{-receipt}/?case={case.case_id}").content.decode()
    assert "没有可推荐的案件" in page
    assert "*付款" in page
    whole = clerk.post(f"/console/court/unknown/{-receipt}/", {"reveal": "1"}).content.decode()
    assert ("赵付款" in whole, "6222000011112222" in whole) == (True, True)
    judge = site.client_of(proposals.an_officer(place, "judge01", "court_judge"))
    assert "赵付款" not in judge.post(f"/console/court/unknown/{-receipt}/", {"reveal": "1"}).content.decode()
    assert proposals.as_owner("SELECT count(*) FROM audit_entry WHERE action = 'reveal' AND subject_key = %s",
                              [str(-receipt)]) == 1  # fmt: skip
    number = Page(clerk, f"/console/court/cases/{case.case_id}/").text
    assert "还没有款到账" in number
    from yifen.trades.cases.reading import found_case

    form = {"way": "pos", "number": found_case(case.case_id).number, "amount": "5.00", "evidence": ""}
    assert clerk.post(f"/console/court/unknown/{-receipt}/", form).status_code == 200  # no evidence: it asks again
    agreed(place, clerk.post(f"/console/court/unknown/{-receipt}/", form | {"evidence": "回单"}))
    assert found_case(case.case_id).balance_fen == 500
    assert "赵付款" in Page(clerk, f"/console/court/cases/{case.case_id}/").text
    claimed = proposals.as_owner("SELECT document_id FROM court_entry WHERE of_id = %s", [receipt])
    paper = joined(clerk.get(f"/console/court/entries/{-claimed}/receipt/").content)
    number = paper.partition("/court/check/")[2].partition("/")[0]
    agreed(place, clerk.post(f"/console/court/entries/{-claimed}/unclaim/", {"evidence": "入错案"}))
    checked = site.browser().get(f"/court/check/{number}/").content.decode()
    assert ["收据有效" in checked, "收据曾开具，已撤销" in checked, "撤销时间" in checked] == [False, True, True]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert site.browser().get(f"/court/check/{wrong}/").status_code == 404
    assert found_case(case.case_id).balance_fen == 0
    assert "撤销认领" in Page(clerk, f"/console/court/cases/{case.case_id}/").text


def test_a_memo_a_number_an_amount_and_a_name_suggest_a_case(place: Province, clerk: Any):
    from yifen.trades.cases import claiming
    from yifen.trades.cases.reading import found_case
    from yifen.trades.cases.whose import suggesting

    case = found_case(a_case(place).case_id)
    money = claiming.unknown(a_receipt(place))
    told = suggesting.suggested(money._replace(words=f"付{case.number}案款", payer="李执行"))
    assert (told[0].case_id, told[0].points, len(told[0].whys)) == (case.case_id, 160, 2)
    by_account = suggesting.suggested(money._replace(words=f"转{case.account_no}"))
    assert [(one.case_id, one.points) for one in by_account] == [(case.case_id, 90)]
    serial = case.number.removeprefix("(2026)桂0304执").removesuffix("号")
    wrong = case.account_no[:-2] + str((int(case.account_no[-2]) + 1) % 10) + case.account_no[-1]
    for words, points in ((f"2026桂0304执{serial}案款", 100), (f"执{serial}号", 65), (f"转{wrong}", 70)):
        found = suggesting.suggested(money._replace(words=words))
        assert [(one.case_id, one.points) for one in found] == [(case.case_id, points)], words
    other = found_case(a_case(place).case_id)
    both = money._replace(words=f"{case.number[:-1]}、{other.number[12:]}两案执行款")
    assert suggesting.split_of(both, suggesting.suggested(both)) == [(case.number, 0), (other.number, 0)]
    clerk.post(f"/console/court/cases/{other.case_id}/state/", {"act": "close"})
    (closed,) = suggesting.suggested(money._replace(account_no=other.account_no))
    assert (closed.number, closed.points, closed.is_open) == (other.number, 85, False)
    assert suggesting.split_of(both, suggesting.suggested(both)) == []


def test_who_agrees_to_a_payee_sees_whose_it_is_and_that_the_account_is_anothers(place: Province, clerk: Any):
    case = a_case(place)
    party = proposals.as_owner("SELECT min(party_id) FROM court_party WHERE case_id = %s", [case.case_id])
    form = {"account_no": "6222000011113333", "account_name": "王申请", "bank_name": "中国银行",
            "bank_code": "104617000012"}  # fmt: skip
    head = site.client_of(a_head(place))
    for name, differs in (("王申请", False), ("王", True)):
        answer = clerk.post(f"/console/court/payees/{party}/", form | {"account_name": name})
        seen = head.get(answer["Location"]).content.decode()
        assert ("当事人姓名" in seen, "王申请" in seen, "收款户名与当事人姓名不同" in seen) == (True, True, differs)
        agreed(place, answer)


def test_a_number_leads_to_one_case_and_held_money_is_not_proposed_to_be_merged(place: Province, clerk: Any):
    from yifen.core.facts.refused import Refused
    from yifen.trades.cases import keeping
    from yifen.trades.cases.reading import found_case

    first, second = a_case(place), a_case(place)
    form = {"act": "link", "number": "(2024)桂0304执9120号", "kind": "old"}
    pages = [f"/console/court/cases/{case.case_id}/" for case in (first, second)]
    assert "9142" in clerk.post(f"{pages[0]}link/", form | {"kind": "resumed"}, follow=True).content.decode()
    agreed(place, clerk.post(f"{pages[0]}link/", form))
    assert "9151" in clerk.post(f"{pages[1]}link/", form, follow=True).content.decode()
    agreed(place, clerk.post(f"{pages[0]}link/", form | {"act": "unlink"}))
    page = Page(clerk, pages[0])
    assert ("没有关联案号" in page.text, of(page, "现在")) == (True, ["—", "原案号", "(2024)桂0304执9120号"])
    made, head, _count, held = proposals.a_hold(place)
    site.agree(head, made, at())
    with pytest.raises(Refused) as refused:
        keeping.propose(site.access(place.users["finance"]), held, found_case(first.case_id).number, at())
    assert refused.value.code.name == "CASE_PROMISED"


def test_a_foreign_court_is_not_there(place: Province):
    case, receipt = a_case(place), a_receipt(place)
    other = site.client_of(place.foreign.user)
    for address in (f"/console/court/cases/{case.case_id}/", f"/console/court/unknown/{-receipt}/"):
        assert other.get(address).status_code == 404
    assert case.account_no not in other.get("/console/court/cases/").content.decode()


def test_the_proof_of_each_court_opens_the_lines_that_nothing_explains(place: Province, clerk: Any):
    from yifen.trades.cases.reading import found_case

    case = a_case(place)
    a_receipt(place, case.account_no)
    page = Page(clerk, "/console/court/courts/")
    assert set(page.column("核对")) == {"相符"}
    proposals.a_line_out(place)
    page = Page(clerk, "/console/court/courts/")
    assert set(page.column("核对")) == {"有待说明"}
    lines = Page(clerk, page.link("//tbody/tr[1]//a"))
    assert (lines.column("金额（元）"), lines.column("附言")) == (["-3.00"], ["还款"])
    assert "对账单明细待说明" in Page(clerk, "/console/today/").text
    number, address = found_case(case.case_id).number, lines.link("//tbody/tr[1]//a")
    form = {"what": "case", "number": number, "evidence": "扣划通知书"}
    wrong = clerk.post(address, form | {"number": "(2031)桂0304执1号"}).content.decode()
    assert "9016" in wrong
    made = clerk.post(address, form)
    assert (Page(clerk, address).facts()["状态"], "explain_title" in clerk.get(address).content.decode()) == (
        "待复核", False)
    agreed(place, made)
    assert set(Page(clerk, "/console/court/courts/").column("核对")) == {"相符"}
    page = Page(clerk, f"/console/court/cases/{case.case_id}/")
    assert (page.facts()["子账号余额（元）"], "银行扣划" in page.text) == ("2.00", True)


def test_an_old_list_is_seen_with_what_speaks_against_it_and_its_faults_are_named(place: Province, clerk: Any):
    from yifen.trades.cases.reading import found_case

    a_receipt(place)  # a statement was booked: old balances are too late
    case = a_case(place)
    number, day = found_case(case.case_id).number, str(at().date() - timedelta(days=2))
    sent = {"court": place.own.biller, "on_day": day, "bank": "100.50"}
    rows = f"案号,当事人,余额\n{number},李执行,100.00\n,某公司,0.50\n"
    address = clerk.post("/console/court/statements/old/",
                         sent | {"file": SimpleUploadedFile("旧.csv", rows.encode())})["Location"]  # fmt: skip
    page = clerk.get(address).content.decode()
    assert ("不明款" in page, "9157" in page, f"{address}propose/" in page) == (True, True, False)
    other = SimpleUploadedFile("旧.csv", rows.replace("李执行", "别人").encode())
    address = clerk.post("/console/court/statements/old/", sent | {"file": other})["Location"]
    assert "案件中没有这名当事人" in clerk.get(address).content.decode()
    short = SimpleUploadedFile("旧.csv", rows.encode() + b"\n")
    asked = clerk.post("/console/court/statements/old/", sent | {"file": short, "bank": "100.49"})
    assert "各行合计与当日银行余额不符" in asked.content.decode()


def test_the_doors_of_banks_and_courts_answer_who_signed_and_nobody_else(place: Province):
    from django.test import Client

    from yifen.core.partners.models import Partner
    from yifen.core.partners.operations import issue_key

    in_force(place)
    outside, secret = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1"), bytes(range(32))
    code = Partner.objects.get(pk=place.own.biller).code
    with site.as_owner(place.database):
        issue_key(the_ring(), Partner.objects.get(code=code), 77, "hmac-sha256", secret, at())
    body = msgspec.json.encode({"request": "W1", "number": "(2026)桂0304执7707号", "parties": [
        {"role": "debtor", "name": "李执行"}]})  # fmt: skip
    key = Key(partner=code, version=77, algorithm="hmac-sha256", secret=secret)
    signed = http_signed.sign_request("POST", "/court/cases/", body, key, int(at().timestamp()))

    def sent(path: str, headers: dict[str, str], body: bytes = body) -> Any:
        rest = {name: value for name, value in headers.items() if name != "content-type"}
        return outside.post(path, body, content_type="application/json", headers=rest)

    answer = sent("/court/cases/", signed)
    assert answer.status_code == 202
    http_signed.verify_reply(202, {name.lower(): value for name, value in answer.headers.items()}, answer.content,
                             lambda *_: key, int(at().timestamp()))  # fmt: skip
    for path, headers, given in (("/court/cases/", {}, body), ("/court/push/", signed, body),
                                 ("/court/cases/", signed, body + b" ")):  # fmt: skip
        refused = sent(path, headers, given)
        assert (refused.status_code, msgspec.json.decode(refused.content)) == (401, {
            "code": 2005, "text": "The signature does not fit the message.", "field": "Signature",
            "detail": "does not fit"})  # fmt: skip
    assert sent("/court/push/", {}, b"x" * 9_000).status_code == 413
    assert outside.get("/court/push/").status_code == 405


def test_a_courts_people_see_a_courts_menu_and_a_utilitys_people_theirs(place: Province):
    from yifen.face.shell.navigation import entries_of

    def routes(user: Any) -> set[str]:
        return {entry.route for entry, _url in entries_of(site.access(user))}

    in_force(place)
    of_power = routes(place.users["biller_staff"])
    assert ({"billing_prices", "heating_flats", "payables", "reconciliations"} <= of_power,
            {"court_cases", "budget_units"} & of_power) == (True, set())  # fmt: skip
    judge = site.user("menu01", place.own.county, "court_judge", partner=place.own.biller)
    proposals.as_owner("UPDATE biller SET category = 'court' WHERE partner_id = %s RETURNING 1", [place.own.biller])
    of_court = routes(place.users["biller_staff"])
    assert ({"court_cases", "payables", "settlements"} <= of_court,
            {"billing_prices", "heating_flats", "visits", "arrears"} & of_court) == (True, set())  # fmt: skip
    assert routes(judge) == {"today", "payables", "proposals", *(route for route in of_court if route[:5] == "court")}
    proposals.as_owner("UPDATE biller SET category = 'finance' WHERE partner_id = %s RETURNING 1", [place.own.biller])
    assert {"payables", "payments", "court_cases", "settlements"} & routes(place.users["biller_staff"]) == set()
