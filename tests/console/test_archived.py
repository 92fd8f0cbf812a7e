"""What people see of a month that is archived: that it is, wherever its rows would have stood."""

from typing import Any

import psycopg
import pytest

from tests.console.busy import Busy
from tests.console.pages import Page
from tests.payer.phone import Phone, text_of
from tests.sql.test_archive import gone
from tests.web import site
from tests.world import the_ring

LIST = "/console/payments/"
BEGIN = "SELECT payments_begin_partition_v1('2026-12-01 12:00+08')"


@pytest.fixture(scope="module")
def archived(busy: Busy, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """All payments of the busy province but the last one."""
    with psycopg.connect(busy.place.database.super_url) as root:
        root.execute("UPDATE ledger_partition SET begun_at = '2026-11-05 00:00+08'")
    with psycopg.connect(busy.place.database.owner_url, autocommit=True) as owner:
        assert owner.execute(BEGIN).fetchone() == (1,)
        gone(owner, 0, tmp_path_factory.mktemp("archive"))
    return busy


@pytest.fixture
def finance(archived: Busy) -> Any:
    return site.client_of(archived.place.users["finance"])


def test_lists_say_so_and_no_file_is_made_of_such_a_period(finance: Any, archived: Busy) -> None:
    for path in (LIST, "/console/payments/returns/"):
        page = Page(finance, path, since="2026-11-01", until="2026-11-23")
        assert "截至 2026-11-23 的部分明细已归档，不在此列。" in page.text
        assert "已归档" not in Page(finance, path, since="2026-11-24", until="2026-11-25").text
    refused = finance.post(LIST + "export/", {"format": "csv", "query": "since=2026-11-23&until=2026-11-24"})
    assert (refused.status_code, "2140" in refused.content.decode()) == (409, True)
    answer = finance.post(LIST + "export/", {"format": "csv", "query": "since=2026-11-24&until=2026-11-24"})
    assert answer.status_code == 200


def test_the_page_of_a_payment_and_its_receipt_say_so(finance: Any, archived: Busy) -> None:
    payment_id = archived.rows[0][0]
    for path in (f"{LIST}{payment_id}/", f"{LIST}{payment_id}/receipt/"):
        answer = finance.get(path)
        assert (answer.status_code, "7010" in answer.content.decode()) == (410, True)
    assert finance.get(f"{LIST}9000000000000001/").status_code == 404


def test_a_printed_receipt_is_ours_still(archived: Busy) -> None:
    from yifen.core.facts.codes import Code
    from yifen.core.facts.refused import Refused
    from yifen.face.payments.receipts import check, number_of

    number = number_of(the_ring(), archived.rows[0][0])
    with pytest.raises(Refused) as ours:
        check(the_ring(), number)
    with pytest.raises(Refused) as none:
        check(the_ring(), f"{number[:-1]}{'A' if number[-1] != 'A' else 'B'}")
    assert (ours.value.code, none.value.code) == (Code.PAYMENT_ARCHIVED, Code.RECEIPT_UNKNOWN)
    assert "7010" in text_of(Phone().get(f"/check/{number}/"))
