"""The desk's transactions 4628, 4629 and 1078 as a browser sends them; the console's pages."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.agency.bench import MERCHANT, OTHER_BANK, UNIT, Agency
from tests.agency.test_night import charge, commission, gross
from tests.corebank.bench import CHEQUE, COMPANY, SETTLED, TRANSIT
from tests.desk.standing import errors, text
from tests.desk.test_papers import words
from tests.web import site
from tests.world import DAY


@pytest.fixture
def real(agency: Agency) -> Iterator[Agency]:
    """The pages ask the core by the real clock."""
    before = agency.clock.now
    agency.clock.now = datetime.now(UTC)
    yield agency.ready()
    agency.clock.now = before


def sent(client: Any, code: str, asked: dict[str, str], form: dict[str, str]) -> Any:
    """POST of a transaction whose address carries what was looked up; then the page to which it leads."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = client.post(f"/desk/{code}/?{query}", form)
    return client.get(answer["Location"]) if answer.status_code == 302 else answer


def signed(agency: Agency, checker: Any = None) -> dict[str, str]:
    checker = checker or agency.supervisor
    return {"reason": "录入有误", "supervisor": checker.login, "supervisor_password": site.PASSWORD,
            "supervisor_code": site.code_of(checker)}  # fmt: skip


def test_4628_shows_the_companys_amount_and_pays_it_when_1_is_pressed(real: Agency):
    real.desk()
    client, number = site.client_of(real.teller), real.slip("321.00")
    asked = {"unit": UNIT, "number": number, "means": "cash"}
    assert "321.00" in text(client.get("/desk/4628/", asked))
    no = client.post(f"/desk/4628/?unit={UNIT}&number={number}&means=cash", {"confirm": "0"})
    assert no["Location"] == "/desk/4628/"
    assert real.expected_fen() == 50_000
    done = text(sent(client, "4628", asked, {"confirm": "1"}))
    assert "已入账" in done
    assert real.expected_fen() == 50_000 + 32_100
    assert "8956" in text(client.get("/desk/4628/", asked))
    assert "8955" in text(client.get("/desk/4628/", asked | {"number": "NONE"}))


def test_4628_by_an_own_cheque_and_4629_with_the_supervisor_at_the_screen(real: Agency):
    real.desk()
    client, number = site.client_of(real.teller), real.slip("20.00")
    real.books.accounts[COMPANY].cheques[CHEQUE] = 1
    asked = {"unit": UNIT, "number": number, "means": "cheque"}
    form = {"confirm": "1", "from_account": COMPANY, "cheque_no": CHEQUE, "cheque_on": f"{DAY}"}
    for number_, said in (("99999999", "8941"), ("00012346", "8943")):  # before anything is written down
        assert [error[:4] for error in errors(sent(client, "4628", asked, form | {"cheque_no": number_}))] == [said]
    assert real.rows("SELECT 1 FROM agency_deposit WHERE number = %s", number) == []
    done = text(sent(client, "4628", asked | {"number": number.lower()}, form))
    serial = re.findall(r"DP\d{8}-\d+", done)[0]
    assert real.posted(serial) == [(COMPANY, -2_000), (TRANSIT, 2_000)]
    ((entry, core),) = real.rows("SELECT t.bucket || '-' || t.transfer_no, m.core_serial FROM agency_deposit d"
                                 " JOIN document_transfer t ON t.reference_id = d.document_id"
                                 " JOIN core_move m USING (serial) WHERE serial = %s", serial)  # fmt: skip
    for part in (number, f"本行支票 {CHEQUE}", "电力方转账缴费记账凭证", f"分录号 {entry} ", f"核心流水号 {core} ",
                 "4629 冲正"):  # fmt: skip
        assert part in " ".join(done.split())
    back = text(sent(client, "4629", {"number": serial}, signed(real)))
    assert "已冲正" in back
    again = site.client_of(real.teller).get("/desk/4629/", {"done": serial}).content.decode()
    assert re.search(r'name="same" value="4629"', again)
    assert re.search(r'href="/desk/4629/"[^>]*data-key="F5"', again)
    for part in ("退回出票人账户 · 已入账", f"授权主管 {real.supervisor.login}", "收回原回单作废", f"分录号 {entry}、"):
        assert part in " ".join(back.split())
    assert real.posted(f"{serial}U") == [(TRANSIT, -2_000), (COMPANY, 2_000)]


def test_a_cheque_of_another_bank_is_taken_in_and_its_pages_lead_it_to_the_deposit(real: Agency):
    real.desk()
    client, number = site.client_of(real.teller), real.slip("44.00")
    form = {"confirm": "1", "drawer_bank": OTHER_BANK, "drawer": "青溪水泥", "cheque_no": "70000001",
            "cheque_on": f"{DAY}", "amount": "44.00"}  # fmt: skip
    asked = {"unit": UNIT, "number": number, "means": "receipt"}
    assert "8955" in "".join(errors(sent(client, "4628", asked, form | {"amount": "44.01"}))[:1])
    assert f'value="{OTHER_BANK}">建行青溪支行' in client.get("/desk/4628/", asked).content.decode()
    taken = text(sent(client, "4628", asked, form))
    for part in ("未入账", "70000001", "青溪水泥", "建行青溪支行", real.teller.login):
        assert part in taken
    office, second = site.client_of(real.supervisor), site.client_of(real.closer)
    for client_, act, count, said in (
        (office, "open", 0, "已开场"), (office, "present", 0, "已提出 1 张"), (office, "close", 0, "8978"),
        (second, "close", 0, "收妥 0 张"), (second, "open", 0, "已开场"), (office, "close", 0, "2112"),
        (office, "close", 1, "收妥 1 张"),
    ):  # fmt: skip
        form = {"act": act, "count": count, "fen": 4_400 * count}
        answer = client_.post("/console/agency/exchange/", form, follow=True)
        assert said in text(answer), (act, count)
    done = text(sent(client, "4628", asked | {"means": "internal"}, {"confirm": "1"}))
    assert "已入账" in done
    (cheque,) = real.rows("SELECT cheque_id FROM agency_cheque WHERE cheque_no = '70000001'")[0]
    page = text(office.get(f"/console/agency/cheques/{cheque}/"))
    serial = re.findall(r"DP\d{8}-\d+", done)[0]
    for part in ("已缴费", real.teller.login, serial):
        assert part in page
    said = printed(client, serial)
    for part in ("70000001", "青溪水泥", "建行青溪支行"):
        assert part in said
    answer = office.post(f"/console/agency/cheques/{cheque}/", {"reason": "存款不足"}, follow=True)
    assert "8963" in text(answer)


@pytest.mark.parametrize("page", ["admissions", "deposits", "cheques", "charges", "statement", "duties"])
def test_the_lists_show_what_there_is_to_who_may(real: Agency, page):
    for user in (real.county_admin, real.union_admin, real.supervisor):
        assert site.client_of(user).get(f"/console/agency/{page}/").status_code == 200


def test_4690_on_its_page_is_asked_by_the_county_and_decided_by_the_province(real: Agency):
    client = site.client_of(real.county_admin)
    form = {"merchant": MERCHANT, "product": "collect", "mode": "1", "region": "3709", "channel": "phonebank",
            "valid_from": f"{DAY}", "valid_until": "", "state": "open"}  # fmt: skip
    assert client.get("/console/agency/admissions/new/").status_code == 200
    answer = client.post("/console/agency/admissions/new/", form)
    assert answer.status_code == 302, text(answer)
    from yifen.core.access.models import Authorisation

    row = Authorisation.objects.order_by("-pk").first()
    site.agree(real.union_admin, row, real.clock())
    (one,) = real.rows("SELECT admission_id FROM agency_admission WHERE channel = 'phonebank'")[0]
    page = text(client.get(f"/console/agency/admissions/{one}/"))
    assert "电话银行" in page
    assert real.union_admin.login in page
    assert site.client_of(real.place.foreign.user).get(f"/console/agency/admissions/{one}/").status_code == 404


def test_the_statement_counts_each_transaction_code_by_outlet(real: Agency):
    real.desk()
    place = real.rows("SELECT code, sum(entries), sum(amount_fen) FROM (SELECT 1) x, LATERAL (SELECT '4628' AS code,"
                      " count(*) AS entries, sum(amount_fen) AS amount_fen FROM agency_deposit"
                      " WHERE state IN ('booked', 'reversed')) y GROUP BY code")[0]  # fmt: skip
    page = text(site.client_of(real.county_admin).get("/console/agency/statement/"))
    assert f" {place[1]} " in page
    assert f"{place[2] / 100:,.2f}" in page
    assert f"进过渡户（元） {place[2] / 100:,.2f}" not in page  # what 4629 took back is not in it


def test_what_was_refused_is_in_no_sum_and_no_count(real: Agency):
    place = real.desk()
    refused = real.pay(place, real.slip("7.00"), "cheque", account_no=COMPANY, cheque_no="00012346", cheque_on=DAY)
    assert (refused.state, real.pay(place, real.slip("5.00")).state) == ("refused", "booked")
    asked = {"teller": real.teller.login, "code": "", "means": "", "since": f"{DAY}", "until": f"{DAY}"}
    assert "1 笔 · 5.00" in " ".join(text(site.client_of(real.teller).get("/desk/4654/", asked)).split())
    ((fen,),) = real.rows("SELECT sum(amount_fen) FROM agency_deposit WHERE state = 'booked'")
    listed = " ".join(text(site.client_of(real.county_admin).get("/console/agency/deposits/")).split())
    assert f"入账净额（元） {fen / 100:,.2f}" in listed


def printed(client: Any, serial: str, **form: str) -> str:
    """The words of a voucher that is printed now."""
    return words(client.post(f"/console/agency/vouchers/{serial}/", form))


def test_a_deposit_and_its_reversal_have_their_vouchers_and_4650_prints_them_again_marked(real: Agency):
    real.desk()
    client, number = site.client_of(real.teller), real.slip("32.10")
    done = text(sent(client, "4628", {"unit": UNIT, "number": number, "means": "cash"}, {"confirm": "1"}))
    serial = re.findall(r"DP\d{8}-\d+", done)[0]
    said = printed(client, serial)
    for part in ("电力方现金缴费记账凭证", "32.10", number, serial, real.teller.login, "青溪供电所", TRANSIT):
        assert part in said
    assert ("付款账户" in said, f"-{real.teller.login}" in said) == (False, True)
    assert "补打" not in said
    assert client.post(f"/console/agency/vouchers/{serial}/", {"back": "1"}).status_code == 404
    assert site.client_of(real.place.foreign.teller).post(f"/console/agency/vouchers/{serial}/").status_code == 404
    assert client.get("/desk/4650/", {"text": serial})["Location"] == f"/desk/4628/?done={serial}"
    assert "补打1" in printed(client, serial)
    sent(client, "4629", {"number": serial}, signed(real))
    back = printed(client, serial, back="1")
    for part in ("冲正记账凭证", "-32.10", f"{serial}U", "录入有误", real.supervisor.login, "红字冲正"):
        assert part in " ".join(back.split())
    made = ("SELECT v.document LIKE '%%:back', v.prints FROM counter_voucher v JOIN agency_deposit d"
            " ON v.document LIKE 'agency_deposit:' || d.deposit_id || '%%' WHERE d.serial = %s ORDER BY 1")
    assert real.rows(made, serial) == [(False, 2), (True, 1)]


def test_a_commission_has_its_voucher_of_the_outlet_that_charged_it(real: Agency):
    month = date(2026, 6, 1)
    gross(real.ready())
    real.books.accounts[SETTLED].balance_fen += 1_000
    commission(real, month, 700)
    done = charge(real, month)
    said = printed(site.client_of(real.teller), done.serial)
    for part in ("收费凭证", "7.00", "手续费", "2026-06", done.serial, real.teller.login, "人民币柒元整"):
        assert part in said
    assert site.client_of(real.place.foreign.teller).post(f"/console/agency/vouchers/{done.serial}/").status_code == 404


def test_4654_lists_the_outlets_work_with_its_sum_and_each_leads_to_its_result(real: Agency):
    real.desk()
    client, mine = site.client_of(real.teller), []
    for yuan in ("1.00", "2.00"):
        done = sent(client, "4628", {"unit": UNIT, "number": real.slip(yuan), "means": "cash"}, {"confirm": "1"})
        mine += re.findall(r"DP\d{8}-\d+", text(done))[:1]
    checker = site.user("su4654", real.place.own.branch, "supervisor")  # whose digits are not ahead of the clock
    assert "已冲正" in text(sent(client, "4629", {"number": mine[1]}, signed(real, checker)))
    today = f"{DAY}"
    asked = {"teller": real.teller.login, "means": "cash", "since": today, "until": today}
    page = text(client.get("/desk/4654/", asked | {"code": ""}))
    assert re.findall(r"(DP\d{8}-\d+) (\d{4})", re.sub(r"\s+", " ", page)) == [
        (mine[1], "4629"), (mine[1], "4628"), (mine[0], "4628")]  # fmt: skip
    assert "3 笔 · 1.00" in re.sub(r"\s+", " ", page)
    only = re.sub(r"\s+", " ", text(client.get("/desk/4654/", asked | {"code": "4629"})))
    assert re.search("1 笔 · [-−]2.00", only)
    assert client.get("/desk/4653/", {"number": mine[0]})["Location"] == f"/desk/4628/?done={mine[0]}"
    ((said,),) = real.rows("SELECT core_serial FROM core_move WHERE serial = %s", mine[0])
    assert client.get("/desk/4653/", {"number": said})["Location"] == f"/desk/4628/?done={mine[0]}"
    foreign = site.client_of(real.place.foreign.teller)
    theirs = text(foreign.get("/desk/4654/", asked | {"teller": "", "means": ""}))
    assert ("OLD-" in theirs, "DP2" in theirs) == (True, False)
    assert "4003" in text(foreign.get("/desk/4653/", {"number": mine[0]}))


def test_4654_goes_on_behind_the_last_row_of_a_page(real: Agency, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("yifen.trades.agency.pages.transactions.detail.PAGE", 1)
    real.desk()
    client = site.client_of(real.teller)
    for yuan in ("3.00", "4.00"):
        sent(client, "4628", {"unit": UNIT, "number": real.slip(yuan), "means": "cash"}, {"confirm": "1"})
    today = f"{DAY}"
    first = client.get("/desk/4654/", {"teller": real.teller.login, "since": today, "until": today})
    older = re.findall(r'href="(\?[^"]+)"[^>]* data-key="PageDown"', first.content.decode())[0].replace("&amp;", "&")
    second = client.get("/desk/4654/" + older)
    said = [re.sub(r"\s+", " ", text(page)) for page in (first, second)]
    assert ["2 笔 · 7.00" in page for page in said] == [True, True]
    assert [(" 4.00 " in page, " 3.00 " in page) for page in said] == [(True, False), (False, True)]
    assert ("PageDown" in second.content.decode(), "PageUp" in second.content.decode()) == (False, True)


def test_an_outlets_today_is_the_business_day_and_a_month_is_typed_with_a_slash_too(real: Agency):
    from yifen.core.access.scope import scope_of
    from yifen.face.scope import business_day
    from yifen.trades.agency.rules import month_of

    ((day,),) = real.rows("SELECT current_day FROM ledger_book WHERE book_id = 1")
    real.desk()
    assert business_day(scope_of(real.teller), datetime(2030, 1, 1, tzinfo=UTC)) == day
    assert month_of("2026/11") == month_of("202611") == date(2026, 11, 1)
