"""Billers with a system of their own are asked a few a minute; one that fails is left alone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.reminders.rows import DAY, HOUR, NINE, Payer, a_pass, owner
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WORKER
from yifen.core.facts.refused import Refused

__all__ = ["place"]
MINUTE = timedelta(minutes=1)


class Keeper:
    """The real one, but for whom it asks: `faults` by account."""

    def __init__(self, faults: dict[str, Any]) -> None:
        from yifen.trades.orders.bound import BOUND

        self.real, self.faults, self.asked = BOUND, faults, list[str]()

    def found(self, ids: Any) -> Any:
        return self.real.found(ids)

    def refresh(self, hub: Any, account: Any) -> None:
        self.asked.append(account.account_no)
        fault = self.faults.get(account.account_no, self.faults.get("*"))
        if fault:
            raise fault


@pytest.fixture
def remote(place: Province) -> Any:
    """As if the own biller had a system."""
    owner(place, "UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s", place.own.biller)
    yield
    owner(place, "UPDATE biller SET endpoint = '' WHERE partner_id = %s", place.own.biller)
    owner(place, "UPDATE reminder_choice SET ended_at = now() WHERE ended_at IS NULL")
    owner(place, "DELETE FROM reminder_biller")


def ask(keeper: Keeper, now: Any) -> int:
    from yifen.trades.reminders.asking import ask

    with site.as_process(WORKER):
        return ask(None, keeper, now)  # type: ignore[arg-type]


def test_it_is_asked_once_a_day_and_before_something_is_sent(place: Province, remote: None) -> None:
    payer = Payer(place)
    account = payer.bind()
    payer.wants(account, "sms", hours=(9, 18))
    assert a_pass(NINE - HOUR) == 0
    assert payer.rows() == []  # nobody asked yet: what stands there may be old
    keeper = Keeper({})
    assert [ask(keeper, NINE + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert a_pass(NINE + MINUTE) == 1
    owed = payer.owes(account, 500)
    assert [a_pass(NINE + HOUR), ask(keeper, NINE + 2 * HOUR)] == [0, 0]  # planned for 18:00
    assert a_pass(NINE + 9 * HOUR) == 0  # what is about to be sent is asked for first
    assert [ask(keeper, NINE + 9 * HOUR), a_pass(NINE + 9 * HOUR)] == [1, 1]
    assert (len(keeper.asked), bool(owed)) == (2, True)


def test_a_biller_that_fails_three_times_rests_for_an_hour_and_others_are_asked(place: Province, remote: None) -> None:
    payer = Payer(place)
    for _ in range(5):
        payer.wants(payer.bind(), "sms")
    down = Keeper({"*": Refused(Code.UNAVAILABLE)})
    assert ask(down, NINE) == 0
    assert len(down.asked) == 3
    assert [ask(down, NINE + n * MINUTE) for n in (1, 30, 59)] == [0, 0, 0]
    assert len(down.asked) == 3
    up = Keeper({})
    assert ask(up, NINE + HOUR + MINUTE) == 5


def test_one_account_that_is_none_any_more_or_breaks_stops_no_other(place: Province, remote: None) -> None:
    payer = Payer(place)
    accounts = [payer.bind() for _ in range(4)]
    for account in accounts:
        payer.wants(account, "sms")
    keeper = Keeper({accounts[0].account_no: Refused(Code.ACCOUNT_UNKNOWN), accounts[1].account_no: ValueError("x")})
    assert ask(keeper, NINE) == 2
    assert [ask(keeper, NINE + n * MINUTE) for n in (1, 11)] == [0, 0]
    assert keeper.asked.count(accounts[0].account_no) == 1  # final: not before tomorrow
    assert keeper.asked.count(accounts[1].account_no) == 2
    assert ask(keeper, NINE + DAY) == 2


def test_no_more_than_so_many_a_minute_and_the_longest_waiting_first(
    place: Province, remote: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.trades.reminders import asking

    assert asking.A_PASS == 30
    monkeypatch.setattr(asking, "A_PASS", 5)
    payer = Payer(place)
    for _ in range(8):
        payer.wants(payer.bind(), "sms")
    keeper = Keeper({})
    assert [ask(keeper, NINE + n * MINUTE) for n in range(3)] == [5, 3, 0]
    assert len(set(keeper.asked)) == 8


def test_the_real_hub_is_asked_through_the_hosted_channel(place: Province) -> None:
    from yifen.face.shell.hub import local_hub
    from yifen.trades.orders.bound import BOUND

    payer = Payer(place)
    account = payer.bind()
    BOUND.refresh(local_hub(), account)
    with pytest.raises(Refused) as caught:
        BOUND.refresh(local_hub(), account._replace(account_no="NONE7"))
    assert caught.value.code == Code.ACCOUNT_UNKNOWN
