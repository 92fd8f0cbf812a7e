"""Bills of heating corrected by their pages: to an area, for cold days, by an amount; made anew; agreed to by lines."""

from typing import Any

import psycopg
import pytest

from tests.billing.proposals import heated
from tests.billing.readings import customer
from tests.billing.test_run_pages import browser, page_of, published, works
from tests.billing.world import rows
from tests.web.province import Province

PRICE = """WITH price AS (
    INSERT INTO billing_price (fee_id, class, name, valid_from)
    SELECT fee_id, '居民', '热费 2026', '2025-01-01' FROM billing_fee WHERE biller_id = %(biller)s AND code = 'HEAT'
    RETURNING price_id
)
INSERT INTO billing_part SELECT price_id, 1, '热费', 'area', 0, 30 FROM price"""


@pytest.fixture(scope="module")
def bill(place: Province) -> int:
    """Of 90 m² at 30.00 for 120 days."""
    customer(place, "COR")
    service = heated(place, "COR")
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(PRICE, {"biller": place.own.biller})
        conn.execute("UPDATE biller SET quote_ttl_s = 600 WHERE partner_id = %s", (place.own.biller,))
    fee = rows(place, "SELECT fee_id FROM billing_service WHERE service_id = %s", service)[0][0]
    answer = browser(place).post("/console/billing/runs/begin/", {
        "fee": fee, "service": service, "from_on": "2026-11-15", "to_on": "2027-03-14",
        "due_on": "2026-12-20"})  # fmt: skip
    run = number_of(answer)
    works(place, "make", run=run)
    published(place, run)
    return int(rows(place, "SELECT bill_id FROM billing_bill WHERE run_id = %s", run)[0][0])


def number_of(answer: Any) -> int:
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rstrip("/").rpartition("/")[2])


def corrected(place: Province, bill: int, by: str, **given: str) -> Any:
    return browser(place).post(f"/console/billing/bills/{bill}/correct/?by={by}",
                               {"due_on": "2026-12-20", "reason": "核对"} | given)  # fmt: skip


def said(place: Province, run: int) -> list[tuple[str, Any, Any]]:
    """What the second person read of its lines, in Chinese."""
    [(changes,)] = rows(place, "SELECT changes FROM access_authorisation WHERE action = 'billing.publish'"
                               " AND subject_key = %s", str(run))  # fmt: skip
    return [(one["field"], *(side and side["zh"] for side in (one["before"], one["after"]))) for one in changes
            if one["field"].startswith("line")]  # fmt: skip


def due(place: Province, bill: int) -> tuple[str, int]:
    found: tuple[str, int] = rows(place, "SELECT state::text, due_fen FROM payable WHERE ref = %s", f"B{bill}")[0]
    return found


@pytest.mark.parametrize(("by", "given", "told"), [
    ("area", {"area": "90"}, "8881"), ("area", {"area": "0"}, "0.001"), ("area", {"area": "x"}, "8"),
    ("cold", {"spans": "2026-11-14,2026-11-20,15"}, "2026-11-14 – 2026-11-20 不在账单的 2026-11-15 – 2027-03-14 内"),
    ("cold", {"spans": "2026-12-01,2026-12-05,15\n2026-12-05,2026-12-06,15"}, "2026-12-05 – 2026-12-06 与前一段重叠"),
    ("cold", {"spans": "2026-12-01,2026-12-05,18"}, "2026-12-01 – 2026-12-05 的 18 ℃ 已达标"),
    ("cold", {"spans": "2026-12-01,15"}, "每段一行：起,止,温度"),
    ("cold", {"spans": "2026-12-01,2026-12-02,NaN"}, "每段一行：起,止,温度"),
    ("cold", {"spans": "2026-12-01,2026-12-02,15", "scale": "16,20\n14,50"}, "度数由低到高，退的由多到少"),
    ("amount", {"way": "less", "amount": "2700.01"}, "8891"),
    ("amount", {"way": "less", "amount": "0"}, "请输入大于零的金额"),
])  # fmt: skip
def test_what_cannot_be_corrected_is_said_at_its_field_and_begins_nothing(
    place: Province, bill: int, by: str, given: dict[str, str], told: str
) -> None:
    before = rows(place, "SELECT count(*) FROM billing_run")
    answer = corrected(place, bill, by, **{"scale": "14,100\n16,50\n18,20"} | given)
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert rows(place, "SELECT count(*) FROM billing_run") == before


def test_a_heating_bill_is_corrected_in_every_way_and_made_anew(place: Province, bill: int) -> None:
    assert due(place, bill) == ("open", 270_000)
    ways = page_of(place, f"bills/{bill}/correct").tree.xpath("//nav[@class='tabs'][last()]//a")
    assert [way.text_content().strip() for way in ways] == ["按面积", "不热退费", "按金额", "撤销重出"]

    [(service,)] = rows(place, "SELECT service_id FROM billing_bill WHERE bill_id = %s", bill)
    cold = f"/console/billing/services/{service}/cold/"
    assert browser(place).get(cold)["Location"] == f"/console/billing/bills/{bill}/correct/?by=cold"
    assert [browser(place, role).get(cold).status_code for role in ("auditor", "biller_staff")] == [403, 302]
    run = number_of(corrected(place, bill, "area", area="80"))
    shown = page_of(place, f"runs/{run}")
    assert shown.table() == [["应计费面积", "", "80"], ["明细 1", "", "热费 -10 × 30 = -300.00 元"]]
    published(place, run)
    assert said(place, run) == [("line1", None, "热费 -10 × 30 = -300.00 元")]
    assert due(place, bill) == ("open", 240_000)

    answer = corrected(place, bill, "cold", spans="2026-12-01,2026-12-05,15\n2026-12-10，2026-12-10，17.5",
                       scale="16,50\n18,20")  # fmt: skip
    run = number_of(answer)  # 2400.00 ÷ 120 × 5 × 50 %, and 1 × 20 %
    published(place, run)
    assert said(place, run) == [
        ("line1", None, "不热 2026-12-01 – 2026-12-05 15 ℃ 退 50 %：-50.00 元"),
        ("line2", None, "不热 2026-12-10 – 2026-12-10 17.5 ℃ 退 20 %：-4.00 元")]  # fmt: skip
    assert due(place, bill) == ("open", 234_600)
    [(cold,)] = rows(place, "SELECT bill_id FROM billing_bill WHERE run_id = %s", run)
    assert [row[0] for row in page_of(place, f"bills/{cold}").table()] == [
        "不热 2026-12-01 – 2026-12-05 15 ℃ 退 50 %", "不热 2026-12-10 – 2026-12-10 17.5 ℃ 退 20 %", "合计"]  # fmt: skip

    run = number_of(corrected(place, bill, "amount", way="more", amount="12.30"))
    published(place, run)
    assert said(place, run) == [("line1", None, "按金额：12.30 元")]
    [(more,)] = rows(place, "SELECT bill_id FROM billing_bill WHERE run_id = %s", run)
    assert due(place, more) == ("open", 1_230)

    assert "8882" in corrected(place, bill, "anew").content.decode()
    published(place, number_of(browser(place).post(f"/console/billing/bills/{more}/cancel/", {"reason": "误补"})))
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_service SET area_milli = 70000 WHERE area_milli = 90000"
                     " AND service_id = (SELECT service_id FROM billing_bill WHERE bill_id = %s)", (bill,))  # fmt: skip
    run = number_of(corrected(place, bill, "anew"))
    [(new, fresh)] = rows(place, "SELECT r.run_id, b.bill_id FROM billing_run r JOIN billing_bill b USING (run_id)"
                                 " WHERE (r.subject ->> 'of')::integer = %s", run)  # fmt: skip
    assert "此批随撤销原账单的那一批一起复核、发布、放弃。" in page_of(place, f"runs/{new}").text
    answer = browser(place).post(f"/console/billing/runs/{new}/propose/", {"reason": "重出"}, follow=True)
    assert "8883" in answer.content.decode()
    published(place, run)
    assert said(place, run)[0] == ("line1", "热费 90 × 30 = 2,700.00 元", "热费 70 × 30 = 2,100.00 元")
    assert (due(place, bill)[0], due(place, fresh)) == ("withdrawn", ("open", 210_000))
