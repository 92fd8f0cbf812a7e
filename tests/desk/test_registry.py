"""The code box and the table of transactions: one line makes a transaction of it."""

from collections.abc import Iterator

import pytest

from tests.desk.standing import Desk, text
from tests.web import site


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, place) -> Iterator[None]:
    """Transaction 9001, appended to the table: as a later module would."""
    from yifen.core.plugs import called
    from yifen.face.desk.transaction import DeskScreen, Transaction, transactions
    from yifen.trades.counter.pages import transactions as own

    class Toy(Transaction):
        group = "玩具"
        needs_shift = needs_open_day = False

        def work(self, request, shift) -> DeskScreen:
            return DeskScreen("find", {"form": None})

    class Forbidden(Toy):
        permission = "audit.view"

    rows = (*own.TRANSACTIONS, Toy("9001", "积木", "搭起来"), Forbidden("9002", "不许", "不许"))
    monkeypatch.setattr(own, "TRANSACTIONS", rows)
    forget = (called.cache_clear, transactions.cache_clear)
    for cache in forget:
        cache()
    yield
    monkeypatch.undo()
    for cache in forget:
        cache()


def test_a_transaction_in_the_table_is_reached_end_to_end(desk: Desk, toy):
    menu = desk.client.get("/desk/")
    assert "积木" in text(menu)
    assert "玩具" in text(menu)
    assert desk.client.post("/desk/go/", {"code": "9001"})["Location"] == "/desk/9001/"
    page = text(desk.get("9001"))
    assert "积木" in page
    assert "搭起来" in page


def test_one_that_the_teller_may_not_use_is_not_there(desk: Desk, toy):
    assert "不许" not in text(desk.client.get("/desk/"))
    assert desk.client.post("/desk/go/", {"code": "9002"}).status_code == 404
    assert desk.get("9002").status_code == 403


def test_codes_are_unique_and_complete(place):
    from yifen.trades.counter.pages.transactions import TRANSACTIONS

    codes = [row.code for row in TRANSACTIONS]
    assert len(codes) == len(set(codes))
    assert {"4600", "4613", "4614", "4615", "4616", "4623", "4625", "4626", "4630", "4640", "4641",
            "4650", "4651", "4652", "4653"} == set(codes)  # fmt: skip
    assert all(row.title and row.help_text and row.group for row in TRANSACTIONS)


@pytest.mark.parametrize("typed", ["4623", " ４６２３ "])
def test_a_code_leads_to_its_transaction(desk: Desk, typed):
    assert desk.client.post("/desk/go/", {"code": typed})["Location"] == "/desk/4623/"


@pytest.mark.parametrize("typed", ["", "9999", "<script>", "4" * 500, "46\x0023", "../admin"])
def test_a_code_that_is_none_is_refused_at_the_box(desk: Desk, typed):
    answer = desk.client.post("/desk/go/", {"code": typed})
    assert answer.status_code == 404
    assert "3101" in text(answer)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_an_empty_code_on_a_result_is_the_same_transaction_again(open_desk: Desk):
    entry = open_desk.paid()
    page = open_desk.client.get(f"/desk/entry/{entry.pk}/").content.decode()
    assert 'name="same" value="4623"' in page
    answer = open_desk.client.post("/desk/go/", {"code": "", "same": "4623"})
    assert answer["Location"] == "/desk/4623/"


def test_the_desk_is_for_tellers_alone(place):
    for role in ("supervisor", "finance", "platform_admin", "auditor", "biller_staff"):
        assert site.client_of(place.users[role]).get("/desk/").status_code == 403
