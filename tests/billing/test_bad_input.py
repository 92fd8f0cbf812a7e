"""Every form of billing with what is wrong, a field at a time: refused at that field with a number, nothing written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest
from lxml import html

from tests.billing.late_proposals import late_bill
from tests.billing.proposals import heated, owing
from tests.billing.readings import customer, fee_of
from tests.billing.test_customer_pages import number
from tests.billing.world import rows
from tests.sampling import ALL
from tests.web import site
from tests.web.province import Province

NUL, LONG, HUGE = "1\x00", "9" * 60, str(10**18)
DAY = (
    "0",
    "-1",
    "x",
    "2026-02-30",
    "2026-13-01",
    LONG,
    "0001-01-01",
    "9999-12-31",
    "2026-02-01\x00",
    "２０２６",
)
DATE = ("", *DAY)
QUANTITY = ("", "-1", "abc", "1.0001", LONG, NUL, "1e5", HUGE, "١", "NaN")
COUNT = ("", "-1", "abc", "1.5", "0", LONG, NUL, HUGE)
TEXT = ("x" * 300, NUL)
NAME = ("", *TEXT)
CHOICE = ("", "0", "-1", "abc", LONG, NUL, HUGE)
EXACT = ("-1", "abc", "1.123456789", LONG, NUL, HUGE)
MONEY = ("-1", "abc", "1.001", LONG, NUL, HUGE, "NaN")
WRITTEN = ("access_authorisation", "billing_run", "billing_reading", "billing_usage", "billing_meter",
           "billing_household", "billing_file")  # fmt: skip
ENDING = {"day": DATE, "meter_0": QUANTITY, "reason": TEXT}
ENDS = {"day": "2026-02-01", "meter_0": "9"}
HOLDER = {"account_no": NAME, "name": NAME, "phone": ("12", "abc1234567", "1" * 40, NUL, HUGE + "0000",
                                                            "１２３４５６７８"), "persons": COUNT}  # fmt: skip
HOLDS = {"account_no": "BAD-N", "name": "赵新", "persons": "2"}
Wrong = Mapping[str, Sequence[str]]
FORMS: dict[str, tuple[str, dict[str, str], Wrong]] = {
    "reading": ("customers/{customer}/reading/", {"meter": "qty BAD", "day": "2026-01-31", "value": "9"},
                {"meter": (*CHOICE, "qty D8802000001"), "day": (*DATE, "2025-12-31", "2037-01-01"),
                 "value": (*QUANTITY, "100000"), "note": TEXT}),
    "swap": ("customers/{customer}/swap/", {"meter": "qty BAD", "day": "2026-01-31", "last": "9", "new": "BAD-2",
                                            "first": "0", "multiplier": "1", "digits": "6"},
             {"meter": CHOICE, "day": (*DATE, "2025-12-31", "2037-01-01"), "last": (*QUANTITY, "100000"), "new": NAME,
              "first": (*QUANTITY, "1000000"), "multiplier": (*COUNT[:3], "0", "1.00001", LONG, NUL, HUGE),
              "digits": COUNT}),
    "holder": ("customers/{customer}/holder/", ENDS | HOLDS, ENDING | HOLDER | {"day": (*DATE, "2037-01-01")}),
    "move": ("customers/{customer}/move/", ENDS | {"fee": "{fee}", "account_no": "BAD-T"},
             ENDING | {"fee": (*CHOICE, "{far_fee}"), "account_no": (*NAME, "NONE", "BAD", "{far_account}")}),
    "close": ("customers/{customer}/close/", ENDS, ENDING | {"day": (*DATE, "2037-01-01")}),
    "merge": ("customers/{customer}/merge/", ENDS | {"account_no": "BAD-T"},
              ENDING | {"account_no": (*NAME, "NONE", "BAD", "{far_account}"), "day": (*DATE, "2037-01-01")}),
    "split": ("customers/{customer}/split/", ENDS | HOLDS | {"services": "{service}"},
              ENDING | HOLDER | {"services": (*CHOICE, "{far_service}"), "meter_0": QUANTITY[1:]}),
    "arrears": ("customers/{customer}/arrears/", {"account_no": "BAD-T", "reason": "接收"},
                {"account_no": (*NAME, "NONE", "BAD", "{far_account}"), "reason": ("", "x" * 300)}),
    "usage": ("readings/usage/", {"fee": "{fee}", "since": "2027-01-01", "until": "2027-01-31"},
              {"fee": (*CHOICE, "{far_fee}"), "since": DATE, "until": (*DATE, "2026-12-31")}),
    "sheet": ("readings/sheet/", {"fee": "{fee}", "address": "BAD"},
              {"fee": (*CHOICE, "{far_fee}"), "address": (*NAME, "没有这里")}),
    "begin": ("runs/begin/", {"fee": "{fee}", "from_on": "2026-01-01", "to_on": "2026-01-31", "due_on": "2026-02-20"},
              {"fee": (*CHOICE, "{far_fee}"), "from_on": DATE, "to_on": (*DATE, "2025-12-31", "2027-12-31"),
               "due_on": DATE, "service": (*COUNT[1:], "{far_service}", "1")}),
    "correct": ("bills/{bill}/correct/", {"quantity": "1", "on": "2026-01-31", "due_on": "2026-02-20",
                                          "reason": "误差"},
                {"quantity": ("", "0", "abc", "1.0001", LONG, NUL, HUGE, "NaN"), "on": DATE, "due_on": DATE,
                 "reason": ("", "x" * 300)}),
    "error": ("bills/{bill}/correct/?by=error", {"read": "10", "error": "-5", "on": "2026-01-31",
                                                 "due_on": "2026-02-20", "reason": "误差"},
              {"read": QUANTITY, "error": ("", "0", "-100", "1000", "abc", LONG, NUL, HUGE, "NaN"), "on": DATE,
               "due_on": DATE}),
    "amount": ("bills/{bill}/correct/?by=amount",
               {"way": "less", "amount": "1", "due_on": "2026-02-20", "reason": "误收"},
               {"way": CHOICE, "amount": ("", "0", "10.01", *MONEY), "due_on": DATE, "reason": ("", "x" * 300)}),
    "waive": ("bills/{late}/late/waive/", {"amount": "1", "reason": "特困"},
              {"amount": (*MONEY, "0", "999999"), "reason": ("", "x" * 300)}),
    "freeze": ("bills/{late}/late/freeze/", {"from_on": "2026-04-01", "to_on": "2026-04-30", "reason": "争议"},
               {"from_on": DATE, "to_on": (*DAY, "2026-03-31"), "reason": ("", "x" * 300)}),
    "late rule": ("late-rules/new/", {"fee": "{fee}", "valid_from": "2036-01-01", "rate": "1", "later_rate": "1",
                                      "grace_days": "0"},
                  {"fee": (*CHOICE, "{far_fee}"), "class_": TEXT, "valid_from": (*DATE, "2020-01-01"),
                   "rate": ("", "-1", "abc", "1.00001", "101", LONG, NUL, HUGE, "NaN"),
                   "later_rate": ("", "-1", "abc", "1.00001", "101", LONG, NUL, HUGE),
                   "grace_days": ("", "-1", "abc", "1.5", "367", LONG, NUL, HUGE), "least": MONEY,
                   "cap_permille": COUNT[1:], "reason": TEXT}),
    "fee": ("fees/new/", {"biller_id": "{biller}", "code": "BAD1", "name": "水费", "unit": "m³", "cycle": "none",
                          "cycle_from": "1", "mode": "exact", "due_days": "15"},
            {"biller_id": (*CHOICE, "{far_biller}"), "code": (*NAME, "小写", "a b"), "name": NAME, "unit": NAME,
             "cycle": CHOICE, "cycle_from": (*COUNT, "13"), "mode": CHOICE,
             "due_days": ("", "-1", "abc", "1.5", "367", LONG, NUL, HUGE)}),
    "price": ("prices/new/?fee={fee}",
              {"class_": "居民", "name": "新价", "valid_from": "2036-01-01", "parts-TOTAL_FORMS": "1",
               "parts-INITIAL_FORMS": "0", "limits-TOTAL_FORMS": "1", "limits-INITIAL_FORMS": "0",
               "parts-0-name": "电费", "parts-0-basis": "qty", "parts-0-price": "0.5", "quantity": "100"},
              {"class_": NAME, "region": TEXT, "name": NAME, "valid_from": (*DATE, "2020-01-01"), "minimum_fen": MONEY,
               "cap_price": EXACT, "tax_rate": ("-1", "abc", "101", LONG, NUL, HUGE), "parts-0-name": TEXT,
               "parts-0-basis": CHOICE, "parts-0-tier": ("-1", "abc", "1.5", "10", LONG, NUL, HUGE),
               "parts-0-price": ("", *EXACT), "limits-0-tier": ("-1", "0", "abc", "9", LONG, NUL, HUGE),
               "limits-0-limit": ("-1", "abc", "1.0001", "5", LONG, NUL, HUGE),
               "limits-0-months": ("0", "13", "5-3", "x"),
               "limits-0-persons_over": COUNT[1:], "limits-0-add": EXACT, "quantity": EXACT, "peak": EXACT,
               "valley": EXACT, "used": EXACT, "area": EXACT, "persons": (*COUNT[1:], "100"),
               "month": (*COUNT[1:], "13"),
               "from_on": DAY, "to_on": DAY, "account_no": TEXT}),
}  # fmt: skip
"""Where it is sent, what is right of it, and what is wrong of each field."""


PRICED = """WITH price AS (INSERT INTO billing_price (fee_id, class, name, valid_from)
    VALUES (%s, '居民', '居民', '2025-01-01') ON CONFLICT DO NOTHING RETURNING price_id)
    INSERT INTO billing_part SELECT price_id, 1, '电费', 'qty', 0, 0.5 FROM price"""


@pytest.fixture(scope="module")
def asked(place: Province) -> dict[str, str]:
    """What the addresses and values name."""
    from django.db import transaction

    customer(place, "BAD", ("qty", 0))
    heat = heated(place, "BAD")
    customer(place, "BAD-T")
    bill = owing(place, "BAD")
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(PRICED, (fee_of(place),))
        conn.execute("UPDATE billing_service s SET to_on = '2026-01-15' FROM billing_customer c"  # so that it takes one
                     " WHERE c.customer_id = s.customer_id AND c.account_no = 'BAD-T'")  # fmt: skip
    with transaction.atomic():
        late, _ = late_bill(place)
    far = place.foreign.biller
    [(service, account)] = rows(
        place, "SELECT s.service_id, c.account_no FROM billing_service s JOIN billing_customer c"
               " USING (bucket, customer_id) WHERE c.biller_id = %s", far)  # fmt: skip
    [(fee,)] = rows(place, "SELECT fee_id FROM billing_fee WHERE biller_id = %s AND metered", far)
    return {"customer": str(number(place, "BAD")), "fee": str(fee_of(place)), "service": str(heat), "bill": str(bill),
            "late": str(late), "biller": str(place.own.biller), "far_biller": str(far), "far_fee": str(fee),
            "far_service": str(service), "far_account": account}  # fmt: skip


def client(place: Province) -> Any:
    return site.client_of(place.users["biller_staff"])


def faults(answer: Any) -> dict[str, str]:
    """What the page says at each field."""
    if not answer["Content-Type"].startswith("text/html"):
        return {}
    page = html.fromstring(answer.content.decode())
    return {one.get("id")[3:-6]: " ".join(one.text_content().split())
            for one in page.xpath("//*[starts-with(@id, 'id_')]") if one.get("id").endswith("_error")}  # fmt: skip


def counted(place: Province) -> list[int]:
    return [rows(place, f"SELECT count(*) FROM {table}")[0][0] for table in WRITTEN]


@pytest.mark.parametrize("name", FORMS)
def test_what_is_wrong_is_refused_at_its_field_with_a_number(
    place: Province, asked: dict[str, str], name: str
) -> None:
    address, right, wrong = FORMS[name]
    staff, before = client(place), counted(place)
    found: list[str] = []
    for field, values in wrong.items():
        for value in values if ALL else values[len(field) % 3 :: 3]:
            given = {key: text.format(**asked) for key, text in (right | {field: value}).items()}
            answer = staff.post(f"/console/billing/{address.format(**asked)}", given)
            told = faults(answer) if answer.status_code == 200 else {}
            if not re.match(r"[0-9]{4} ", told.get(field, "")):
                found.append(f"{field}={value[:20]!r}: {answer.status_code} {told}")
    assert found == []
    assert counted(place) == before


@pytest.mark.parametrize("name", FORMS)
def test_what_is_right_is_taken(place: Province, asked: dict[str, str], name: str) -> None:
    """So that a refusal is of the one field that is wrong."""
    from django.db import transaction

    address, right, _ = FORMS[name]
    given = {key: text.format(**asked) for key, text in right.items()}
    with transaction.atomic():
        answer = client(place).post(f"/console/billing/{address.format(**asked)}", given)
        transaction.set_rollback(True)
    assert (
        answer.status_code in (200, 302),
        faults(answer) if answer.status_code == 200 else {},
    ) == (True, {})
