"""The pages of payouts: a judge applies, each level sees it on its first page and agrees, parts are held."""

from typing import Any

import pytest
from django.utils.timezone import localdate

from tests.cases.proposals import a_case, a_head, a_receipt, an_officer, at, in_force, statement_of
from tests.console.pages import Page
from tests.documents.reading import joined
from tests.web import site
from tests.web.province import Province


@pytest.fixture
def people(place: Province) -> dict[str, Any]:
    """Clients of the court's people."""
    found = {role: site.client_of(an_officer(place, f"{role}01", f"court_{role}"))
             for role in ("judge", "clerk", "bureau")}  # fmt: skip
    return found | {"head": site.client_of(a_head(place)), "other": site.client_of(an_officer(place, "judge02",
                                                                                              "court_judge"))}


@pytest.fixture
def case(place: Province, people: dict[str, Any]) -> Any:
    """With 12.34 on it, judged by judge01, and the applicant's account agreed to."""
    from tests.cases.proposals import as_owner
    from yifen.trades.cases import payees, statements
    from yifen.trades.cases.reading import found_case

    opened = a_case(place)
    people["bureau"].post(f"/console/court/cases/{opened.case_id}/people/", {"act": "judge", "judge": "judge01"})
    clerk = site.access(place.users["finance"])
    file = statements.take_in(clerk, place.own.biller, statement_of(place, ("12.34", opened.account_no)), "s.csv", "x",
                              at())  # fmt: skip
    site.agree(a_head(place), statements.propose(clerk, file, at()), at())
    party = as_owner("SELECT min(party_id) FROM court_party WHERE case_id = %s", [opened.case_id])
    form = payees.PayeeAccount("6222000011113333", "王申请", "中国银行桂林分行", "104617000012")
    site.agree(a_head(place), payees.propose(clerk, party, form, at()), at())
    return found_case(opened.case_id)


def applied(people: dict[str, Any], case: Any, amount: str = "10") -> str:
    """Its address."""
    from yifen.trades.cases.payout import payouts

    payee = next(one for one in payouts.payees_for(case) if "王申请" in one.text.zh)
    form = {"kind": "payout", "payee": payee.payee_id, "amount": amount, "words": "结案发放", "receipt": ""}
    answer = people["judge"].post(f"/console/court/cases/{case.case_id}/apply/", form)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def word(client: Any, address: str, act: str = "yes") -> str:
    """A level's word to what its page shows; the page behind it."""
    from yifen.trades.cases.payout import payouts

    seen = payouts.found(int(address.rstrip("/").rpartition("/")[2])).digest
    return str(client.post(f"{address}act/", {"act": act, "seen": seen}, follow=True).content.decode())


def test_a_payout_goes_from_its_judge_through_each_level(people: dict[str, Any], case: Any):
    assert case.judge == "judge01"
    address = applied(people, case)
    page = Page(people["clerk"], address)
    assert (page.facts()["状态"], page.facts()["收款账号"], page.facts()["可用（元）"]) == (
        "待案款会计", "6222000011113333", "12.34")  # fmt: skip
    assert "9084" in people["judge"].post(f"/console/court/cases/{case.case_id}/apply/", {
        "kind": "payout", "payee": page_payee(case), "amount": "2.35", "words": "再发", "receipt": ""}).content.decode()
    assert "案款结退待会计审核" in people["clerk"].get("/console/today/").content.decode()
    assert "案款结退待会计审核" not in people["bureau"].get("/console/today/").content.decode()
    assert 'value="yes"' not in people["judge"].get(address).content.decode()
    assert 'value="yes"' not in people["bureau"].get(address).content.decode()
    word(people["bureau"], address)  # not his turn
    assert Page(people["clerk"], address).facts()["状态"] == "待案款会计"
    word(people["clerk"], address)
    word(people["bureau"], address)
    shown = Page(people["clerk"], address)
    assert (shown.facts()["状态"], shown.text.count("同意")) == ("已批准，待付款", 2)
    assert "已批准，待付款" in Page(people["judge"], f"/console/court/cases/{case.case_id}/").text
    assert "9086" in word(people["head"], address)


def page_payee(case: Any) -> int:
    from yifen.trades.cases.payout import payouts

    return payouts.payees_for(case)[0].payee_id


def test_what_changed_since_it_was_shown_is_looked_at_again_and_a_judge_takes_his_own_back(
    place: Province, people: dict[str, Any], case: Any
):
    address = applied(people, case)
    answer = people["clerk"].post(f"{address}act/", {"act": "yes", "seen": "0" * 64}, follow=True).content.decode()
    assert "9088" in answer
    people["other"].post(f"{address}act/", {"act": "withdraw", "seen": "0" * 64})
    assert Page(people["judge"], address).facts()["状态"] == "待案款会计"
    word(people["judge"], address, "withdraw")
    assert Page(people["judge"], address).facts()["状态"] == "已撤回"
    foreign = site.client_of(place.foreign.user)
    codes = [foreign.get(one).status_code for one in (address, f"/console/court/cases/{case.case_id}/apply/")]
    assert codes == [404, 403]


def test_a_part_is_held_by_two_and_its_release_takes_two(place: Province, people: dict[str, Any], case: Any):
    from yifen.core.access.models import Authorisation

    def agreed(answer: Any) -> None:
        made = Authorisation.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
        site.agree(a_head(place), made, at())

    form = {"kind": "order", "amount": "5", "source": "(2026)桂03执9号", "from_on": "2026-11-24", "until_on": ""}
    page = f"/console/court/cases/{case.case_id}/"
    assert "9090" in people["judge"].post(f"{page}hold/", form | {"kind": "bankruptcy"}).content.decode()
    agreed(people["judge"].post(f"{page}hold/", form))
    shown = Page(people["judge"], page)
    assert (shown.facts()["冻结（元）"], shown.facts()["可用（元）"]) == ("5.00", "7.34")
    from tests.cases.proposals import as_owner

    hold = as_owner("SELECT max(hold_id) FROM court_hold WHERE released_at IS NULL", [])
    agreed(people["bureau"].post(f"/console/court/holds/{hold}/", {"reason": "来函解除"}))
    assert Page(people["judge"], page).facts()["可用（元）"] == "12.34"


def test_a_judge_sees_what_the_law_deducts_of_what_is_to_be_enforced(people: dict[str, Any], case: Any):
    from tests.cases.proposals import as_owner

    titles = ("申请执行费（按执行标的，元）", "迟延履行利息每日（按执行标的，元）")
    for due_fen, told in ((0, [None, None]), (2_400_000, ["260.00", "4.20"])):
        as_owner("UPDATE court_case SET due_fen = %s WHERE case_id = %s RETURNING 1", [due_fen, case.case_id])
        for way in ("apply", "plan/new"):
            facts = Page(people["judge"], f"/console/court/cases/{case.case_id}/{way}/").facts()
            assert [facts.get(title) for title in titles] == told


def test_levels_are_written_as_lines_and_read_back():
    from yifen.core.facts.refused import Refused
    from yifen.trades.cases.payout import payout_levels

    found = payout_levels.parse("案款会计 0\n执行局长 0\n院领导 100,000.00\nhead of court 0 退款、提存")
    assert found == (("check", 0), ("bureau", 0), ("head", 10_000_000), ("head", 0, ["refund", "deposit"]))
    assert [payout_levels.parse(text) for text in payout_levels.lines(found)] == [found, found]
    for wrong in ("合议庭 0", "案款会计", "院领导 0 别的", "院领导 x"):
        with pytest.raises(Refused):
            payout_levels.parse(wrong)


def test_a_judge_is_known_by_a_name_that_one_has_and_nobodys_case_waits(place: Province, people: dict[str, Any]):
    from yifen.trades.cases.reading import found_number

    in_force(place)
    new = {"court": place.own.biller, "applicant": "王一", "debtor": "李一", "judge": "用户judge01"}
    said = people["clerk"].post("/console/court/cases/new/", new | {"number": "(2027)桂0304执91号"}, follow=True)
    assert "不是本院法官" not in said.content.decode()
    assert found_number(place.own.biller, "(2027)桂0304执91号").judge == "judge01"
    new |= {"number": "(2027)桂0304执92号", "judge": "宋明理"}
    assert "不是本院法官" in people["clerk"].post("/console/court/cases/new/", new, follow=True).content.decode()
    case = found_number(place.own.biller, "(2027)桂0304执92号")
    assert case.judge == "宋明理"
    address = "/console/court/cases/?judged=none"
    assert case.number not in Page(people["bureau"], address).text  # nothing waits on it
    a_receipt(place, case.account_no)
    assert Page(people["bureau"], address).column("案号") == [case.number]
    assert "有案款，无本院法官承办" in Page(people["bureau"], "/console/today/").text


def test_another_party_is_added_and_a_court_has_payees_of_its_own(place: Province, people: dict[str, Any], case: Any):
    from yifen.trades.cases.reading import parties

    page = f"/console/court/cases/{case.case_id}/people/"
    people["clerk"].post(page, {"act": "party", "role": "creditor", "name": "钱债权"})
    people["clerk"].post(page, {"act": "party", "role": "applicant", "name": "孙申请"})  # nobody becomes one later
    assert [one.role for one in parties(case)] == ["applicant", "debtor", "creditor"]
    people["clerk"].post(page, {"act": "judge", "judge": "judge02"})  # not the cashier's
    people["head"].post(page, {"act": "judge", "judge": "clerk01"})  # no judge
    from yifen.trades.cases.reading import found_case

    assert found_case(case.case_id).judge == "judge01"
    people["head"].post(page, {"act": "judge", "judge": "用户judge02"})  # known by name too
    assert found_case(case.case_id).judge == "judge02"
    form = {"court": place.own.biller, "purpose": "fee", "account_no": "6222000099990000", "account_name": "诉讼费专户",
            "bank_name": "中国银行", "bank_code": "104617000012"}  # fmt: skip
    assert people["clerk"].post("/console/court/courts/payees/", form).status_code == 302


def test_a_plan_is_proposed_by_lines_served_and_its_share_applied_for(
    place: Province, people: dict[str, Any], case: Any
):
    from tests.cases.proposals import as_owner
    from yifen.core.access.models import Authorisation
    from yifen.trades.cases.payout import plans

    (creditor,) = plans.creditors(case.case_id)
    page = f"/console/court/cases/{case.case_id}/plan/"
    form = {"method": "ratio", "amount": "12.34", "fee": "0.34", "cost": "0",
            "claims": f"{creditor.party_id} {creditor.name} 20.00"}
    assert "9183" in people["judge"].post(f"{page}new/", form | {"claims": "王申请"}).content.decode()
    answer = people["judge"].post(f"{page}new/", form)
    review = site.client_of(a_head(place)).get(answer["Location"]).content.decode()
    assert (f"申请执行人 {creditor.party_id}" in review, creditor.name in review) == (True, True)
    made = Authorisation.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    site.agree(a_head(place), made, at())
    said = {"party": creditor.party_id, "day": localdate(at()), "words": ""}
    people["judge"].post(page, said | {"act": "served"})
    assert "9096" in people["judge"].post(page, said | {"act": "pay"}, follow=True).content.decode()
    as_owner("UPDATE court_share SET served_on = served_on - 16 RETURNING 1", [])
    address = people["judge"].post(page, said | {"act": "pay"})["Location"]
    assert Page(people["clerk"], address).facts()["金额（元）"] == "12.00"
    assert address.rstrip("/").rpartition("/")[2] in Page(people["clerk"], page).text


def test_the_approval_sheet_says_who_asked_who_agreed_and_by_which_rule(people: dict[str, Any], case: Any):
    address = applied(people, case)
    word(people["clerk"], address)
    sheet = people["bureau"].get(f"{address}sheet/")
    assert (sheet.status_code, sheet["Content-Type"]) == (200, "application/pdf")
    text, number = joined(sheet.content), address.rstrip("/").rpartition("/")[2]
    asked = payout_of(number)
    levels = "案款会计≥0.00;执行局长≥0.00;院领导≥100,000.00"
    for said in (
        "案款结退审批表", f"{case.number}（{case.account_no}）", f"{number}（{asked.reference}）", "（judge01）",
        "结案发放", "申请执行人王申请", "6222000011113333，中国银行桂林分行104617000012", "10.00", levels,
        "同意，", "（clerk01），", "当时余额12.34",
    ):  # fmt: skip
        assert said in text, (said, text)
    first = text.partition("/court/check/")[2].partition("/")[0]
    assert first.startswith(f"A{number}-1-")
    page = site.browser().get(f"/court/check/{first}/").content.decode()
    assert "审批表与审批记录一致" in page
    assert "王申请" not in page
    word(people["bureau"], address)
    assert site.browser().get(f"/court/check/{first}/").status_code == 200  # what was said then still is
    assert site.browser().get(f"/court/check/{first.replace('-1-', '-2-')}/").status_code == 404


def payout_of(number: str) -> Any:
    from yifen.trades.cases.payout import payouts

    return payouts.found(int(number))


def test_a_refund_to_another_account_says_why_and_what_differs(place: Province, people: dict[str, Any], case: Any):
    from yifen.trades.cases.payout import payouts

    (payee,), receipt = payouts.payees_for(case), payouts.refundable(case)[0][0]
    form = {"kind": "refund", "payee": payee.payee_id, "amount": "1", "words": "多缴", "receipt": receipt, "other": ""}
    page = f"/console/court/cases/{case.case_id}/apply/"
    assert "9099" in people["judge"].post(page, form).content.decode()
    address = people["judge"].post(page, form | {"other": "原账户已销户"})["Location"]
    facts = Page(people["other"], address).facts()
    said = [facts[name] for name in ("状态", "退回原账户", "退到其他账户的理由")]
    assert said == ["待合议庭", "不是原付款账户", "原账户已销户"]
    sheet = joined(people["clerk"].get(f"{address}sheet/").content)
    assert "赵付款6222000011112222（不是原付款账户）" in sheet
    assert "原账户已销户" in sheet


def test_unidentified_money_is_sent_back_on_its_page(place: Province, people: dict[str, Any]):
    receipt = a_receipt(place)
    page = f"/console/court/unknown/{-receipt}/"
    assert "退回原付款人" in Page(people["clerk"], page).text
    assert people["judge"].get(f"{page}back/").status_code == 403
    form = {"amount": "5.00", "words": "误汇", "evidence": "付款人申请书", "bank_name": "中国银行",
            "bank_code": "104617000012"}  # fmt: skip
    other = form | {"account_no": "6222 3333", "account_name": "王另"}
    assert "9099" in people["clerk"].post(f"{page}back/", other).content.decode()
    own = form | {"account_no": "6222 0000 1111 2222", "account_name": "赵付款"}
    answer = people["clerk"].post(f"{page}back/", own)
    shown = Page(people["bureau"], answer["Location"])
    facts = shown.facts()
    assert [facts[one] for one in ("种类", "收款账号", "收款户名", "退回原账户", "凭据", "未认领（元）")] == [
        "退回原付款人", "6222000011112222", "赵付款", "是原付款账户", "付款人申请书", "5.00"]  # fmt: skip
    sheet = joined(people["bureau"].get(f"{answer['Location']}sheet/").content)
    assert ("退回原付款人" in sheet, "付款人申请书" in sheet, "是原付款账户" in sheet) == (True, True, True)
    assert Page(people["clerk"], "/console/court/payouts/", q="clerk").column("种类") == ["退回原付款人"]
    seen = shown.tree.xpath("//input[@name='seen']/@value")[0]
    people["bureau"].post(f"{answer['Location']}act/", {"act": "yes", "seen": seen, "note": ""})
    assert Page(people["bureau"], answer["Location"]).facts()["状态"] == "已批准，待付款"
    assert Page(people["clerk"], "/console/court/unknown/?state=back").column("未认领（元）")


def test_fee_of_a_plan_is_applied_for_on_its_page(place: Province, people: dict[str, Any], case: Any):
    from yifen.core.access.models import Authorisation
    from yifen.trades.cases.payout import plans

    form = {"court": place.own.biller, "purpose": "fee", "account_no": "6222000099990000", "account_name": "诉讼费专户",
            "bank_name": "中国银行", "bank_code": "104617000012"}  # fmt: skip
    people["clerk"].post("/console/court/courts/payees/", form)
    site.agree(a_head(place), Authorisation.objects.get(action="cases.court_payee", decided_at=None), at())
    creditor = plans.creditors(case.case_id)[0]
    plan = plans.NewPlan("ratio", 1_234, 34, 0, [(creditor.party_id, "ordinary", 2_000)])
    judge = an_officer(place, "judge01", "court_judge")
    site.agree(a_head(place), plans.propose(site.access(judge), case.case_id, plan, at()), at())
    page = f"/console/court/cases/{case.case_id}/plan/"
    said = {"party": creditor.party_id, "day": localdate(at()), "words": "同意书"}
    for who, act, words in (("judge", "served", ""), ("judge", "objected", "少算利息"),
                            ("bureau", "settled", "异议不成立"), ("judge", "agreed", "同意书")):  # fmt: skip
        people[who].post(page, said | {"act": act, "words": words})
    assert "少算利息 → 异议不成立；书面同意" in Page(people["judge"], page).text
    fee = people["judge"].post(page, said | {"act": "fee"})["Location"]
    facts = Page(people["clerk"], fee).facts()
    assert (facts["种类"], facts["金额（元）"]) == ("扣费", "0.34")
    told_of(people, fee, "done")
    assert "扣费" in Page(people["clerk"], f"/console/court/cases/{case.case_id}/").text.partition("付款人、收款人")[2]
    paper = joined(people["clerk"].get(f"/console/court/cases/{case.case_id}/statement/").content)
    assert f"扣费0.3412.00**费专户P{fee.rstrip('/').rpartition('/')[2]}" in paper, paper
    share = people["judge"].post(page, said | {"act": "pay"})["Location"]
    sheet = joined(people["clerk"].get(f"{share}sheet/").content)
    assert "1执行费0.34；2申请执行人" in sheet
    assert f"{creditor.party_id}少算利息→异议不成立；书面同意" in sheet


def told_of(people: dict[str, Any], address: str, said: str) -> None:
    """An application is agreed to and sent; what the bank says of it."""
    from tests.cases.proposals import as_owner

    for level in ("clerk", "bureau"):
        word(people[level], address)
    asked = payout_of(address.rstrip("/").rpartition("/")[2])
    assert as_owner("SELECT cases_send_v1(%s, %s, %s)", [asked.application_id, at(), at()]) == 0
    assert as_owner("SELECT cases_told_v1(%s, %s, %s, %s, %s, '', ''::bytea, NULL, %s)", [
        asked.reference, said, asked.amount_fen, f"P{asked.application_id}", f"B{asked.application_id}", at()]) == 0


def test_lists_and_months_count_what_came_once_and_what_came_back_not_at_all(people: dict[str, Any], case: Any):
    def counted() -> list[Any]:
        ledger = Page(people["clerk"], f"/console/court/ledger/?q={case.number}").column("金额（元）")
        judges = Page(people["clerk"], "/console/court/judges/?q=judge01")
        months = Page(people["head"], "/console/court/leader/").text.partition("退款、扣费、提存（元）")[2].split()
        week = [judges.column(name) for name in ("7 天到账（元）", "7 天发放（元）")]
        return [ledger, week, months[1:3], months[-3:]]

    before, address = counted(), applied(people, case)
    assert before[0] == ["12.34"]
    told_of(people, address, "returned")
    assert counted() == before


def test_what_came_back_waits_until_all_of_it_is_applied_for_anew(people: dict[str, Any], case: Any):
    def waits() -> list[str]:
        found = Page(people["judge"], f"/console/court/payouts/?q={case.number}&state=again")
        return found.column("待重新申请（元）")

    first = applied(people, case)
    told_of(people, first, "returned")
    assert waits() == ["10.00"]
    link = f"/console/court/cases/{case.case_id}/apply/"
    assert [link in people[who].get(first).content.decode() for who in ("judge", "other", "clerk")] == [
        True, False, False]  # fmt: skip
    told = [client.get("/console/today/").content.decode() for client in (people["judge"], people["other"])]
    assert ["案款退汇、拒付待重新申请" in one for one in told] == [True, False]  # his own, not another judge's
    assert "上次付款退回" in people["judge"].get(link).content.decode()
    again = applied(people, case, "1")
    assert waits() == ["9.00"]
    rest = applied(people, case, "9")
    assert waits() == []
    word(people["judge"], rest, "withdraw")
    assert waits() == ["9.00"]
    told_of(people, again, "returned")
    assert waits() == ["1.00", "9.00"]
    told_of(people, applied(people, case, "10"), "returned")
    assert waits() == ["10.00"]
