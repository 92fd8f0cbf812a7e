"""Runs of bills by their pages: begun, looked at, agreed to by another, published; a bill corrected and cancelled."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from tests.billing.world import rows
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import OWNER, WORKER

PRICE = """WITH price AS (
    INSERT INTO billing_price (fee_id, class, name, valid_from)
    SELECT fee_id, '居民', '居民 2026', '2025-01-01' FROM billing_fee WHERE biller_id = %(biller)s AND code = 'POWER'
    RETURNING price_id
), parts AS (
    INSERT INTO billing_part SELECT price_id, t, '电费', 'qty', t, 0.5 + t * 0.1 FROM price, generate_series(1, 2) t
)
INSERT INTO billing_limit (price_id, tier, limit_milli) SELECT price_id, 1, 20000 FROM price"""


@pytest.fixture(scope="module")
def priced(place: Province) -> Province:
    with psycopg.connect(place.database.url(OWNER)) as conn:
        conn.execute(PRICE, {"biller": place.own.biller})
        conn.execute("UPDATE biller SET quote_ttl_s = 600 WHERE partner_id = %s", (place.own.biller,))
    return place


def browser(place: Province, role: str = "biller_staff") -> Any:
    return site.client_of(place.users[role])


def page_of(place: Province, path: str) -> Page:
    return Page(browser(place), f"/console/billing/{path}/")


def works(place: Province, task: str, **arguments: int) -> None:
    """As the worker does it."""
    from yifen.trades.billing.runs import running

    with pytest.MonkeyPatch.context() as env:
        env.setenv("YIFEN_DATABASE_URL", place.database.url(WORKER))
        getattr(running, task)(lambda: False, **arguments)


def begun(place: Province) -> int:
    fee = rows(place, "SELECT fee_id FROM billing_fee WHERE biller_id = %s AND code = 'POWER'", place.own.biller)[0][0]
    answer = browser(place).post("/console/billing/runs/begin/", {
        "fee": fee, "from_on": "2026-01-01", "to_on": "2026-01-31", "due_on": "2026-02-20"})  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rstrip("/").rpartition("/")[2])


def decided(place: Province, proposal: int) -> None:
    from yifen.core.access import edge, second
    from yifen.core.access.models import Authorisation

    row = Authorisation.objects.get(pk=proposal)
    second.decide(site.access(place.users["finance"]), proposal, seen=bytes(row.shown or b"").hex(), yes=True,
                  now=edge.now())  # fmt: skip


def published(place: Province, run: int) -> None:
    answer = browser(place).post(f"/console/billing/runs/{run}/propose/", {"reason": "一月电费"})
    assert answer["Location"].startswith("/console/proposals/"), answer["Location"]
    proposal = int(answer["Location"].rstrip("/").rpartition("/")[2])
    decided(place, proposal)
    works(place, "publish", proposal=proposal)


def test_a_run_from_its_beginning_to_payables_and_back(priced: Province) -> None:
    run = begun(priced)
    assert "正在计算" in page_of(priced, f"runs/{run}").text
    works(priced, "make", run=run)
    page = page_of(priced, f"runs/{run}").text
    ((bill, account, fen),) = rows(priced, "SELECT bill_id, account_no, amount_fen FROM billing_bill WHERE run_id = %s",
                                   run)  # fmt: skip
    assert fen == 1_900  # 20 kWh at 0.60, 10 at 0.70
    assert (f"B{bill}" in page, "19.00" in page, "提交复核" in page) == (True, True, True)
    assert account in page  # the company's own
    assert "没有账单的户" not in page

    published(priced, run)
    assert "已发布" in page_of(priced, f"runs/{run}").text
    shown = page_of(priced, f"bills/{bill}")
    assert shown.table() == [
        ["电费", "1", "20", "0.6", "12.00", "居民 2026"], ["电费", "2", "10", "0.7", "7.00", "居民 2026"],
        ["合计", "", "", "", "19.00", ""]]  # fmt: skip
    facts = shown.facts()
    assert (facts["用量"], facts["应缴金额（元）"], facts["账期"]) == ("30 kWh", "19.00", "2026-01-01 – 2026-01-31")

    # 10 kWh too many: out of tier 2
    answer = browser(priced).post(f"/console/billing/bills/{bill}/correct/", {
        "quantity": "-10", "on": "2026-01-31", "due_on": "2026-02-20", "reason": "抄错"})  # fmt: skip
    correction = int(answer["Location"].rstrip("/").rpartition("/")[2])
    assert "抄错" in page_of(priced, f"runs/{correction}").text
    published(priced, correction)
    [(changes,)] = rows(priced, "SELECT changes FROM access_authorisation WHERE action = 'billing.publish'"
                                " AND subject_key = %s", str(correction))  # fmt: skip
    [(service,)] = rows(priced, "SELECT service_id FROM billing_bill WHERE bill_id = %s", bill)
    assert [(one["field"], one["after"]) for one in changes[2:6]] == [
        ("bill", f"B{bill}"), ("account", "*" * (len(account) - 4) + account[-4:]), ("service", str(service)),
        ("quantity", "-10 kWh")]  # fmt: skip
    assert [(one["field"], one["before"], one["after"]) for one in changes[-1:]] == [
        ("line1", None, {"zh": "电费 2 -10 × 0.7 = -7.00 元", "en": "电费 2 -10 × 0.7 = -7.00 yuan"})]  # fmt: skip
    due = "SELECT state::text, due_fen FROM payable WHERE ref = %s"
    assert rows(priced, due, f"B{bill}") == [("open", 1_200)]

    answer = browser(priced).post(f"/console/billing/bills/{bill}/cancel/", {"reason": ""})
    assert answer["Location"] == f"/console/billing/bills/{bill}/"  # a reason is needed
    answer = browser(priced).post(f"/console/billing/bills/{bill}/cancel/", {"reason": "户号错"})
    published(priced, int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert rows(priced, due, f"B{bill}")[0][0] == "withdrawn"
    balance = "SELECT balance_fen FROM payable WHERE account_no = %s AND ref = 'PREPAID'"
    assert rows(priced, balance, account) == []  # nothing was paid, so nothing is given


def test_a_run_is_given_up_and_begun_again(priced: Province) -> None:
    run = begun(priced)
    works(priced, "make", run=run)
    answer = browser(priced).post("/console/billing/runs/begin/", {
        "fee": rows(priced, "SELECT fee_id FROM billing_run WHERE run_id = %s", run)[0][0], "from_on": "2026-01-01",
        "to_on": "2026-01-31", "due_on": "2026-02-20"})  # fmt: skip
    assert "8852" in answer.content.decode()
    [(bills, fen)] = rows(priced, "SELECT count(*), sum(amount_fen)::bigint FROM billing_bill WHERE run_id = %s", run)
    shown = f"确认放弃 {bills} 张账单，合计 ¥{fen / 100:,.2f}，不再发布"
    assert shown in page_of(priced, f"runs/{run}").text
    address = f"/console/billing/runs/{run}/drop/"
    for asked in ({}, {"sure": str(bills + 1)}):  # nothing confirmed, or other figures than are there
        assert f"请先勾选：{shown}" in browser(priced).post(address, asked, follow=True).content.decode()
    assert "已放弃" not in page_of(priced, f"runs/{run}").text
    assert browser(priced).post(address, {"sure": str(bills)}).status_code == 302
    assert "已放弃" in page_of(priced, f"runs/{run}").text


def test_another_companys_run_is_not_there(priced: Province) -> None:
    with psycopg.connect(priced.database.url(OWNER)) as conn:
        ((run,),) = conn.execute(
            "INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by)"
            " SELECT biller_id, fee_id, 'period', %(d)s, %(d)s, %(d)s, now(), 'x' FROM billing_fee"
            " WHERE biller_id = %(b)s LIMIT 1 RETURNING run_id",
            {"d": date(2026, 1, 1), "b": priced.foreign.biller}).fetchall()  # fmt: skip
    for verb, end in (("get", ""), ("post", "propose/"), ("post", "drop/")):
        assert getattr(browser(priced), verb)(f"/console/billing/runs/{run}/{end}").status_code == 404


DAY = date(2026, 1, 15)
FACTS = (1, 1, "", "A1", "电费", "kWh", "period", DAY, DAY, 1_000, 0, 0, 0, 100, 1, None, 1_000, "open", 100, 0, DAY,
         None, None, datetime(2026, 2, 1, tzinfo=UTC), 1_000, False, False, None,
         {}, True, True)  # fmt: skip


@pytest.mark.parametrize(("facts", "may"), [
    ({}, (True, True)), ({"never": True}, (False, True)), ({"kind": "past"}, (False, False)),
    ({"kind": "correction"}, (False, True)), ({"kind": "cancel"}, (False, False)), ({"kind": "single"}, (True, True)),
    ({"kind": "correction", "gave_over": True}, (False, False)), ({"taken": True}, (False, False)),
    ({"taken": False}, (False, True)), ({"cancelled_by": 2}, (False, False)), ({"published_at": None}, (False, False)),
])  # fmt: skip
def test_a_page_offers_what_the_database_would_do(
    priced: Province, facts: dict[str, object], may: tuple[bool, bool]
) -> None:
    from yifen.trades.billing.pages.run_tables import OneBill

    bill = OneBill(*FACTS)._replace(**facts)  # type: ignore[arg-type]
    assert (bill.may_correct, bill.may_cancel) == may


def test_the_page_of_a_run_says_how_many_services_were_given_up_and_leads_to_another_run(priced: Province) -> None:
    from tests.billing.run_proposals import a_run

    run = a_run(priced)
    with psycopg.connect(priced.database.url(OWNER)) as conn:
        conn.execute("INSERT INTO billing_piece VALUES (%s, 1, 0, 2000, 2000, 3, now(), 3, 3000, 0, 0)", (run,))
        conn.execute("UPDATE billing_piece SET dropped_at = now() WHERE run_id = %s AND piece = 1", (run,))
        (fee,) = conn.execute("SELECT fee_id FROM billing_run WHERE run_id = %s", (run,)).fetchall()[0]
    text = browser(priced).get(f"/console/billing/runs/{run}/").content.decode()
    assert "此批有 3 个计费项未发布、已放弃" in text
    again = f"/console/billing/runs/begin/?fee={fee}&from_on=2026-11-01&to_on=2026-11-30"
    assert again.replace("&", "&amp;") in text
    form = browser(priced).get(again).content.decode()
    assert ('value="2026-11-01"' in form, f'value="{fee}" selected' in form) == (True, True)
