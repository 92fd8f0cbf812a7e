"""4626: a payment of a closed day, found, given back in part or whole, signed on the teller's screen."""

from tests.desk.standing import Desk, errors, focused, hidden, text
from tests.desk.test_papers import paper, words
from tests.web import site

PART, WHOLE = ("taken", "booked"), ("refunded", "reversed")


def test_yesterdays_payment_leads_from_the_reversal_to_the_refund(open_desk: Desk):
    entry = open_desk.yesterday(open_desk.paid())
    page = open_desk.get("4625", number=entry.serial)
    assert [error[:4] for error in errors(page)] == ["7005"]
    assert f"/desk/4626/?number={entry.serial}" in page.content.decode()
    shown = open_desk.client.get(f"/desk/entry/{entry.pk}/").content.decode()
    assert f"/desk/4626/?number={entry.serial}" in shown
    assert "/desk/4625/?number=" not in shown


def test_a_part_is_given_back_with_its_slip_and_the_rest_stays(open_desk: Desk, place):
    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of

    entry = open_desk.yesterday(open_desk.paid())
    page = open_desk.refund_page(entry)
    assert focused(page) == "amount"
    assert 'value="123.45"' in page.content.decode()
    answer = open_desk.give_back(entry, "30.00")
    done = open_desk.entry(answer)
    assert (done.code, done.state, done.amount_fen, done.reason) == ("4626", "booked", 3_000, "收错户号")
    assert open_desk.payments() == [(12_345, *PART)]
    result = text(open_desk.client.get(answer["Location"]))
    assert "退款成功" in result
    assert "把现金退还付款人" in result
    said = words(paper(open_desk, done, "receipt"))
    for part in ("退款凭证", "30.00", "人民币叁拾元整", "退款时间", entry.serial, done.serial, "已退款"):
        assert part in said
    assert "缴费回单" not in said
    assert "重打" in words(paper(open_desk, done, "receipt"))
    voucher = words(paper(open_desk, done, "voucher"))
    for part in ("4626退款", "红字", "-¥30.00", open_desk.supervisor.login, entry.serial):
        assert part in voucher
    assert 'value="93.45"' in open_desk.refund_page(entry).content.decode()
    assert "有效" in words(paper(open_desk, entry, "receipt"))
    checked = text(open_desk.client.get(f"/check/{number_of(key_ring(), entry.payment_id)}/"))
    assert "回单有效" in checked
    assert "其中已退款" in checked
    assert "30.00" in checked
    clerk = site.client_of(place.users["finance"])
    told = text(clerk.get(f"/console/payments/{entry.payment_id}/"))
    assert "已退款（元）" in told
    assert "30.00 · " + done.serial in told


def test_the_whole_makes_the_receipt_void(open_desk: Desk):
    entry = open_desk.yesterday(open_desk.paid())
    open_desk.give_back(entry, "123.45")
    assert open_desk.payments() == [(12_345, *WHOLE)]
    shown = text(open_desk.client.get(f"/desk/entry/{entry.pk}/"))
    assert "这笔收款已经全部退还" in shown
    assert "已退款" in words(paper(open_desk, entry, "receipt"))
    assert [error[:4] for error in errors(open_desk.refund_page(entry))] == ["7004"]


def test_too_much_or_nothing_says_so_on_the_page(open_desk: Desk):
    entry = open_desk.yesterday(open_desk.paid())
    for amount, code in (("123.46", "7009"), ("0", "5011"), ("x", "2111"), ("", "2111")):
        signed = open_desk.signed() if code[0] != "2" else {"reason": "多收"}
        found = [error[:4] for error in errors(open_desk.give_back(entry, amount, **signed))]
        assert code in found
    assert open_desk.payments() == [(12_345, *PART)]


def test_the_form_sent_twice_is_one_refund(open_desk: Desk):
    entry = open_desk.yesterday(open_desk.paid())
    fields = {"amount": "30.00", **hidden(open_desk.refund_page(entry), "serial"), **open_desk.signed()}
    answers = [open_desk.client.post(f"/desk/4626/?number={entry.serial}", fields) for _ in range(2)]
    first, again = (open_desk.entry(answer) for answer in answers)
    assert first.pk == again.pk
    assert 'value="93.45"' in open_desk.refund_page(entry).content.decode()


def test_todays_payment_and_another_outlets_are_not_refunded(open_desk: Desk, place):
    entry = open_desk.paid()
    assert [error[:4] for error in errors(open_desk.refund_page(entry))] == ["7006"]
    assert [error[:4] for error in errors(open_desk.get("4626", number="NONE"))] == ["2103"]
