"""The pages: a cashier makes vouchers of what is due, another person agrees; papers are counted; returns; clearing."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from tests.cards.office import CardOffice
from tests.console.pages import Page
from tests.documents.reading import joined, page_count
from tests.settlement.bank_side import Clock
from tests.treasury.house import ACCOUNT
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, NOON, World, the_ring
from yifen.trades.treasury import clearing, sending
from yifen.trades.treasury.ordering import OrderRow, VoucherLine, order_bytes
from yifen.trades.treasury.simulators.agent_books import AgentBooks
from yifen.trades.treasury.wire.mof import read_voucher, voucher_bytes
from yifen.trades.treasury.wire.paper_port import DayPapers, PaperStatus

PEOPLE = ("c01", "h01", "b01", "p01")


class BankAtHand:
    """The port of a bank whose books are here; the wire is tested elsewhere."""

    timeout_s = 1.0

    def __init__(self, clock: Clock) -> None:
        self.books, self._clock, self.sent = AgentBooks(), clock, list[bytes]()

    def submit(self, number: str, paper: bytes) -> PaperStatus:
        self.sent.append(paper)
        assert self.books.take(read_voucher(paper), "ok", self._clock())
        answered = self.books.answer(number, self._clock())
        assert answered is not None
        return PaperStatus(number, "answered", voucher_bytes(answered))

    def day(self, kind: str, day: Any) -> DayPapers:
        return DayPapers("", tuple(voucher_bytes(one) for one in self.books.papers(kind, day, self._clock())))


@pytest.fixture(scope="module")
def desk(place: Province) -> Iterator[tuple[CardOffice, dict[str, Any]]]:
    """The office in the province's database, what is due to one card, and browsers of its people."""
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.models import User

    with psycopg.connect(place.database.app_url, autocommit=False) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.now, world.ids = conn, place.database.buckets, NOON, {}
        world.institution = place.own.county
        office = CardOffice(world)
        assert office.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"
        assert office.agreed("treasury.rule", "treasury_keep_rule_v1", {
            "valid_from": str(DAY), "bank_id": office.bank, "treasury_id": None, "treasury_no": "1710000000",
            "purpose": "", "class_digits": 3}) == "OK"  # fmt: skip
        office.swiped("S1", 120_000)
        office.approved(office.line("S1", 100_000), office.line("S1", 20_000, item="11"))
        for number in ("G1", "G2"):
            office.swiped(number, 24_000)
            office.approved(office.line(number, 24_000))
        conn.commit()
        clients = {}
        for login in PEOPLE:
            user = User.objects.get(login=login)
            make_authenticator(user, confirmed=True)
            clients[login] = site.client_of(user)
        yield office, clients
        conn.rollback()


def test_what_is_due_becomes_a_voucher_that_another_agrees_to_and_the_bank_pays(
    desk: tuple[CardOffice, dict[str, Any]]
) -> None:
    office, at = desk
    assert "公务卡待还款" in at["c01"].get("/console/today/").content.decode()
    assert "公务卡待还款" not in at["h01"].get("/console/today/").content.decode()
    due = Page(at["c01"], "/console/treasury/due/")
    wanted = due.tree.xpath("//input[@name='repayment']/@value")
    assert len(wanted) == 4
    wanted = wanted[:2]
    assert at["p01"].get("/console/treasury/due/").status_code == 403
    assert "9472" in at["c01"].post("/console/treasury/due/", {}, follow=True).content.decode()
    done = at["c01"].post("/console/treasury/due/", {"repayment": wanted}, follow=True)
    address = done.redirect_chain[-1][0]
    page = Page(at["h01"], address)
    facts = page.facts()
    assert (facts["状态"], facts["金额（元）"], facts["用途"]) == ("待复核", "1,200.00", "出差桂林")
    assert "支付凭证待复核" in at["h01"].get("/console/today/").content.decode()
    assert at["c01"].post(f"{address}act/", {"act": "yes", "seen": "0" * 64}).status_code == 403
    assert "9477" in at["h01"].post(f"{address}act/", {"act": "yes", "seen": "0" * 64}, follow=True).content.decode()
    assert "9475" in at["c01"].post(f"{address}print/voucher/", follow=True).content.decode()
    seen = page.tree.xpath("//input[@name='seen']/@value")[0]
    at["h01"].post(f"{address}act/", {"act": "yes", "seen": seen})
    assert Page(at["c01"], address).facts()["状态"] == "待发送"
    office.world.set_up("UPDATE access_user SET name = '出纳甲' WHERE login = 'c01'")
    office.world.conn.commit()
    assert Page(at["h01"], address).facts()["经办人"].startswith("出纳甲（c01）")
    assert Page(at["h01"], address).column("结果") == ["未发送", "未发送"]

    office.world.set_up("UPDATE treasury_voucher SET pay_on = %s", DAY)  # the pages' clock is another day's
    office.world.conn.commit()
    office.world.conn.autocommit = True
    clock = Clock(NOON)
    bank: Any = BankAtHand(clock)
    sending.work(office.world.conn, the_ring(), lambda house: bank, clock)
    page = Page(at["c01"], address)
    assert (page.facts()["状态"], page.text.count("已还款")) == ("已回单", 2)
    serial = office.world.value("SELECT max(serial) FROM treasury_line")
    number = office.world.value("SELECT max(voucher_no) FROM treasury_voucher")
    assert at["h01"].get("/console/search/", {"find": number})["Location"] == address
    for asked in (serial, "1200.00", "姓名P01"):
        assert address in at["c01"].get("/console/search/", {"find": asked}).content.decode(), asked
    for form in ("voucher", "detail", "summary", "detail"):
        answer = at["c01"].post(f"{address}print/{form}/")
        assert (answer["Content-Type"], answer.content[:4]) == ("application/pdf", b"%PDF")
        said = " ".join(joined(answer.content).split())
        if form == "voucher":  # in three copies, and each as the message has it
            sent = read_voucher(bank.sent[0]).bill
            told = [sent.text(tag) for tag in ("VoucherNo", "PayAcctNo", "PayAcctName", "PayBankCode", "ExpFuncCode",
                                               "GovExpEcoCode", "FundTypeCode", "PaySummaryName")]
            assert [one for one in told if said.count(one) < 3] == []
            assert (page_count(answer.content), said.count("壹仟贰佰元整"), said.count("1,200.00")) == (3, 3, 3)
            assert sha256(bank.sent[0]).hexdigest()[:16] in said
        else:
            assert "1,200.00" in said
    assert office.world.rows("SELECT form, max(turn) FROM treasury_print GROUP BY 1 ORDER BY 1") == [
        ("detail", 2), ("summary", 1), ("voucher", 1)]  # fmt: skip

    # 300.00 of its first line comes back before the bank claims it, so the claim does not fit.
    asked = at["c01"].post(f"{address}lines/1/return/", {"amount": "300.00", "reason": "退货"}, follow=True)
    back = asked.redirect_chain[-1][0]
    more = at["c01"].post(f"{address}lines/1/return/", {"amount": "700.01", "reason": "退货"})
    assert "9482" in more.content.decode()
    assert "退票待复核" in at["h01"].get("/console/today/").content.decode()
    at["h01"].post(back, {"act": "yes", "seen": "30000"})
    assert (Page(at["c01"], back).facts()["状态"], Page(at["c01"], back).facts()["清算"]) == ("已退", "清算前")
    clearing.work(office.world.conn, the_ring(), lambda house: bank, clock)
    assert "划款与还款不符" in at["b01"].get("/console/treasury/differences/").content.decode()
    claim = office.world.value("SELECT clearing_id FROM treasury_clearing")
    page = Page(at["b01"], f"/console/treasury/clearing/{claim}/")
    assert page.facts()["说明"].startswith("9489")
    done = at["b01"].post(f"/console/treasury/clearing/{claim}/", {"how": "carry", "reason": "次日退款"})
    assert done["Location"].startswith("/console/proposals/"), done.content.decode()
    assert at["b01"].get("/console/treasury/quotas/").status_code == 200
    assert at["c01"].get("/console/treasury/late/").status_code == 200
    assert "9475" in at["c01"].post(f"{address}ask/", follow=True).content.decode()
    assert "清算单不符" in at["b01"].get("/console/today/").content.decode()
    assert at["c01"].get("/console/treasury/differences/").status_code == 403


def test_what_its_merchant_gave_back_is_marked_and_not_ticked_or_to_be_returned(
    desk: tuple[CardOffice, dict[str, Any]]
) -> None:
    office, at = desk
    due, paid = (office.world.value("SELECT claim_id FROM card_claim_line WHERE swipe_id = %s", office.swipe_id(number))
                 for number in ("G1", "G2"))  # fmt: skip
    page = Page(at["c01"], "/console/treasury/due/")
    assert len(page.tree.xpath("//input[@name='repayment' and @checked]")) == 2
    made = at["c01"].post("/console/treasury/due/", {"repayment": [office.repayment(paid)]}, follow=True)
    address = made.redirect_chain[-1][0]
    for number in ("G1", "G2"):
        back = office.swipe(f"B{number}", 10_000, "refund", reference=f"R{number}")
        assert office.take(swipes=[back]) == []
    office.world.conn.commit()
    page = Page(at["c01"], "/console/treasury/due/")
    assert page.tree.xpath("//input[@name='repayment' and @checked]") == []
    assert "商户已退货 100.00 元" in page.text
    claim = page.link("//main//tbody//a")
    assert claim == f"/console/cards/claims/{due}/"
    assert "商户已退货" in Page(at["h01"], claim).text
    assert "商户已退货 100.00 元" in Page(at["h01"], address).text  # before he agrees
    over = Page(at["c01"], "/console/cards/official/?left=over")
    assert over.link("//main//tbody//a").startswith("/console/cards/claims/")
    office.world.set_up("UPDATE treasury_line SET result = 'paid', serial = 'X1', paid_on = %s, decided_at = now()"
                        " WHERE repayment_id = %s", DAY, office.repayment(paid))  # fmt: skip
    office.world.set_up("UPDATE card_repayment SET state = 'paid', paid_at = now() WHERE repayment_id = %s",
                        office.repayment(paid))  # fmt: skip
    office.world.conn.commit()
    page = Page(at["c01"], "/console/treasury/due/")
    assert "已还款、商户又退货，应退票" in page.text
    assert page.column("多还（元）", 1) == ["100.00"]
    assert page.link("//main//tbody//a[contains(@href, '/return/')]") == f"{address}lines/1/return/"


def test_an_order_is_written_as_its_rows_say() -> None:
    ring = the_ring()
    row = OrderRow("2026-000007", "agreed", 0, False, 5_00, "差旅费", "1610020109008001", "工行营业部",
                   "102471000012", DAY, DAY.year, 1, 1, "450300000", "101001", "第一中学", "101", "教育局", "2050203",
                   "50502", "30211", "", "1111")  # fmt: skip
    line = VoucherLine(1, 5_00, ring.seal(b"6283880000000001", "card number"), "欧阳小明")
    bill = read_voucher(order_bytes(ring, row, [line])).bill
    told = bill.text("SupDepName"), bill.text("DepExpEcoCode"), bill.text("BusinessTypeCode")
    assert told == ("教育局", "30211", "2")
    assert bill.details[0]["PayeeAcctNo"] == "6283880000000001"
    assert "DepProCode" not in bill.items
