"""What a teller looks up: a customer, his bills, anything by its number. Nothing is drafted by it."""

from tests.desk.standing import Desk, errors, text
from tests.web import site


def test_4651_and_4652_show_the_customer_and_his_bills_and_draft_nothing(open_desk: Desk):
    from yifen.trades.counter.models import Entry

    before, entry = Entry.objects.count(), open_desk.paid()
    asked = {"biller": entry.biller_code, "account_no": entry.account_no}
    customer = open_desk.get("4651", **asked)
    assert entry.account_no in text(customer)
    assert entry.serial in text(customer)
    bills = open_desk.get("4652", **asked)
    assert entry.serial not in text(bills)
    assert Entry.objects.count() == before + 1
    nobody = open_desk.get("4652", biller=entry.biller_code, account_no="9999")
    assert [error[:4] for error in errors(nobody)] == ["5001"]


def test_4653_finds_an_entry_by_serial_and_payment_id_and_nothing_of_another_outlet(open_desk: Desk):
    entry = open_desk.paid()
    for number in (entry.serial, str(entry.payment_id)):
        assert open_desk.get("4653", number=number)["Location"] == f"/desk/entry/{entry.pk}/"
    foreign = site.client_of(open_desk.place.foreign.teller).get("/desk/4653/", {"number": entry.serial})
    assert [error[:4] for error in errors(foreign)] == ["4003"]


def test_a_company_that_is_not_collected_for_here_is_said_without_the_name_of_a_field(open_desk: Desk):
    page = open_desk.get("4652", biller="GAS99", account_no="100001").content.decode()
    assert "本网点不代收 GAS99" in page
    assert "隐藏字段" not in page
