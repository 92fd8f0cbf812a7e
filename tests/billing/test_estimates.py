"""批量估抄: what was not read of a fee and a period is estimated by one act, as each would be by hand."""

import psycopg
import pytest

from tests.billing.readings import (
    LATE,
    called,
    clerk,
    customer,
    doubts,
    fee_of,
    month_end,
    read,
    usage,
    used,
)
from tests.billing.world import rows
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WORKER
from yifen.trades.billing.codes import BillingCode as B

APRIL = ("2026-04-01", "2026-04-30")
ALL = "SELECT code FROM billing_estimate_all_v1(%s, %s, %s, %s, %s, %s)"
ADDRESS = "/console/billing/readings/estimates/"


@pytest.fixture
def unread(place: Province) -> dict[str, int]:
    """E1 uses 60 a month, E2 30 by a meter that counts ten times; E3 was never read; none of them in April."""
    with psycopg.connect(place.database.owner_url) as conn:  # of the other tests
        conn.execute("UPDATE billing_service SET to_on = from_on")
        conn.execute("DELETE FROM billing_doubt")
    number = len(rows(place, "SELECT FROM billing_customer"))
    found = {}
    for name, monthly, multiplier in (("E1", 60, "1"), ("E2", 30, "10"), ("E3", 0, "1")):
        account = f"{name}-{number}"
        found[name] = customer(place, account, ("qty", 0), multiplier=multiplier)
        for month in (1, 2, 3) if monthly else ():
            assert read(place, account, month_end(month), monthly * month) == 0
    for month in (1, 2, 3):
        used(place, f"2026-0{month}-01", month_end(month))
    used(place, *APRIL)
    return found


def worked_off(place: Province, pieces_of: int) -> list[int]:
    """As the worker does: how many each piece looked at."""
    (number,) = rows(place, "SELECT max(estimating_id) FROM billing_estimating")[0]
    counts = []
    with psycopg.connect(place.database.url(WORKER), autocommit=True) as conn:
        while True:
            row = conn.execute("SELECT billing_estimate_piece_v1(%s, %s, %s)", (number, pieces_of, LATE)).fetchone()
            assert row is not None
            if not row[0]:
                return counts
            counts.append(row[0])


def test_all_that_was_not_read_is_estimated_as_by_hand_in_pieces(place: Province, unread: dict[str, int]) -> None:
    fee = fee_of(place)
    assert [doubts(place, service)[-1][0] for service in unread.values()] == ["missing"] * 3
    asked = (clerk(place), fee, *APRIL)
    assert called(place, ALL, *asked, 2, LATE) == B.DOUBT_GONE  # others than were seen
    assert called(place, ALL, *asked, None, LATE) == B.DOUBT_GONE  # as many as he does not say
    teller = str(site.access(place.users["teller"]).session)
    assert called(place, ALL, teller, *asked[1:], 3, LATE) == Code.PERMISSION_MISSING
    assert called(place, ALL, *asked, 3, LATE) == 0
    assert called(place, ALL, *asked, 3, LATE) == B.ESTIMATE_RUNNING
    assert usage(place, unread["E1"])[-1][1] == "2026-03-31"  # nothing before the worker does it
    assert worked_off(place, 2) == [2, 1]
    assert usage(place, unread["E1"])[-1] == ("2026-04-01", "2026-04-30", 60_000, 0, 0, True)
    assert usage(place, unread["E2"])[-1] == ("2026-04-01", "2026-04-30", 300_000, 0, 0, True)
    assert doubts(place, unread["E3"])[-1][0] == "missing"
    [act] = rows(place, "SELECT services, done, refused, asked_by, is_done FROM billing_estimating_state"
                        " ORDER BY estimating_id DESC LIMIT 1")  # fmt: skip
    assert act == (3, 2, 1, "biller01", True)
    assert rows(place, "SELECT service_id, code FROM billing_estimate_left ORDER BY estimating_id DESC LIMIT 1") == [
        (unread["E3"], B.ESTIMATE_IMPOSSIBLE)]  # fmt: skip
    assert rows(place, "SELECT DISTINCT kind, taken_by FROM billing_reading WHERE read_on = '2026-04-30'") == [
        ("estimated", "biller01")]  # fmt: skip
    assert rows(place, "SELECT count(*) FROM audit_entry WHERE subject = 'billing_estimating'") >= [(1,)]


def test_the_page_shows_how_many_their_sum_the_highest_and_who_cannot_be(
    place: Province, unread: dict[str, int]
) -> None:
    staff, fee = site.client_of(place.users["biller_staff"]), fee_of(place)
    assert Page(staff, ADDRESS).table(0)[0][1:4] == [*APRIL, "3"]
    page = Page(staff, ADDRESS, fee=str(fee), since=APRIL[0], until=APRIL[1])
    shown = " ".join(page.text.split())
    assert "可估抄户数2" in shown
    assert "合计用量360" in shown
    assert [row[1] for row in page.table(0)] == ["300", "60"]
    assert "8826" in page.table(1)[0][1]
    sent = {"fee": str(fee), "since": APRIL[0], "until": APRIL[1], "services": "3"}
    assert "已开始估抄" in staff.post(f"{ADDRESS}all/", sent, follow=True).content.decode()
    assert rows(place, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'billing.estimate'") == [(1,)]
    assert "8879" in staff.post(f"{ADDRESS}all/", sent, follow=True).content.decode()
    worked_off(place, 200)
    (number,) = rows(place, "SELECT max(estimating_id) FROM billing_estimating")[0]
    assert "8826" in Page(staff, ADDRESS, act=str(number)).table(0)[0][1]
    assert staff.post(f"{ADDRESS}all/", sent | {"fee": "0"}).status_code == 404
    assert site.client_of(place.users["teller"]).get(ADDRESS).status_code == 403

