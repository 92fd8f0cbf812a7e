"""Demands by message, as the worker sends them: each once, none after payment, whatever dies or waits between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.arrears.proposals import debtor
from tests.billing.late_proposals import ACCOUNT
from tests.conftest import NewProvince
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.processes import WORKER
from yifen.core.notifications.carriers import LocalOutbox, Outgoing, SendOutcome, SendVerdict

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # ten in the morning
PHONE = "13800138000"


class Telling(LocalOutbox):
    """A carrier that answers as it is told, and keeps what it was given."""

    def __init__(self) -> None:
        self.verdict = SendVerdict.TAKEN
        self.given: list[Outgoing] = []
        self.raises: type[BaseException] | None = None

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        self.given.append(message)
        if self.raises:
            raise self.raises
        return SendOutcome(self.verdict)


class Worker:
    """The worker's process on a county's database, and its debtor of 1,000.00 with a phone."""

    def __init__(self, place: Province, carrier: Telling) -> None:
        from django.db import transaction

        self.place, self.carrier = place, carrier
        with transaction.atomic():
            self.customer, self.fee, self.bill = debtor(place)
        sealed = the_ring().seal_text(PHONE, f"billing contact:{place.own.biller}:{ACCOUNT}")
        self.own(
            "UPDATE billing_customer SET contact = %s, withdrawn_at = NULL WHERE customer_id = %s",
            sealed,
            self.customer,
        )

    def own(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.place.database.owner_url) as conn:
            cursor = conn.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def send(self, now: datetime = NOW) -> int:
        from yifen.trades.arrears.sending import DemandPass, send_due

        with site.as_process(WORKER):
            return send_due(DemandPass(the_ring(), now))

    def settle(self) -> None:
        """As if it was paid, past the lanes."""
        self.own(
            "UPDATE payable SET paid_fen = due_fen, state = 'settled' WHERE account_no = %s",
            ACCOUNT,
        )

    def done(self) -> list[tuple[Any, ...]]:
        return self.own("SELECT d.kind, d.how, n.state FROM arrears_done d LEFT JOIN arrears_message m USING (done_id)"
                        " LEFT JOIN notification n ON n.id = m.notification_id ORDER BY d.done_id")  # fmt: skip


@pytest.fixture
def sender(new_province: NewProvince, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    place = new_province()
    carrier = Telling()
    monkeypatch.setattr("yifen.trades.arrears.sending.carrier_of", lambda ring, medium: carrier)
    with site.on(place.database):
        yield Worker(place, carrier)


def test_a_demand_goes_out_once_with_its_last_four_and_what_is_owed_today(sender: Worker) -> None:
    assert sender.send() == 1
    assert sender.send() == 0
    assert sender.done() == [("message", "sms", "sent")]
    (message,) = sender.carrier.given
    assert message.to == PHONE
    assert ACCOUNT not in message.text
    days = (datetime(2026, 11, 24, tzinfo=UTC) - datetime(2026, 3, 1, tzinfo=UTC)).days
    assert f"共欠{1000 + 2 * days}.00元" in message.text  # 2 permille a day


def test_who_pays_between_being_chosen_and_claimed_gets_none(sender: Worker) -> None:
    sender.settle()  # the kept debt still says that the message is due
    assert sender.own("SELECT next_kind, why FROM arrears_debt") == [("message", "")]
    assert sender.send() == 0
    assert (sender.carrier.given, sender.done()) == ([], [])
    assert sender.own("SELECT count(*) FROM arrears_debt") == [(0,)]


def test_a_worker_that_dies_behind_its_claim_sends_nothing_twice(sender: Worker) -> None:
    sender.carrier.raises = SystemExit
    with pytest.raises(SystemExit):
        sender.send()
    sender.carrier.raises = None
    assert sender.done() == [("message", "sms", "waiting")]
    assert sender.send() == 0
    assert len(sender.carrier.given) == 1


def test_of_two_workers_at_once_one_claims(sender: Worker) -> None:
    claim = "SELECT done_id FROM arrears_claim_v1(%s, %s, %s)"
    asked = (sender.customer, sender.fee, NOW)
    with (
        psycopg.connect(sender.place.database.url(WORKER)) as first,
        psycopg.connect(sender.place.database.url(WORKER)) as second,
    ):
        assert first.execute(claim, asked).fetchall() != [(None,)]
        second.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(claim, asked)
        second.rollback()
        first.commit()
        assert second.execute(claim, asked).fetchall() == [(None,)]


def test_one_that_its_carrier_puts_off_is_tried_again_while_it_is_owed(sender: Worker) -> None:
    sender.carrier.verdict = SendVerdict.LATER
    assert sender.send() == 0
    assert sender.done() == [("message", "sms", "later")]
    assert sender.send(NOW.replace(minute=4)) == 0
    assert len(sender.carrier.given) == 1
    sender.carrier.verdict = SendVerdict.TAKEN
    assert sender.send(NOW.replace(minute=6)) == 1
    assert sender.done() == [("message", "sms", "sent")]
    assert sender.send(NOW.replace(minute=59)) == 0


def test_one_that_was_put_off_is_not_sent_after_payment(sender: Worker) -> None:
    sender.carrier.verdict = SendVerdict.LATER
    sender.send()
    sender.settle()
    sender.carrier.verdict = SendVerdict.TAKEN
    assert sender.send(NOW.replace(minute=30)) == 0
    assert len(sender.carrier.given) == 1


@pytest.mark.parametrize(
    ("what", "how"), [("no phone", "no_phone"), ("consent taken back", "withdrawn")]
)
def test_a_step_that_cannot_be_sent_is_done_all_the_same(
    sender: Worker, what: str, how: str
) -> None:
    column = (
        "contact = NULL" if what == "no phone" else "consent_at = NULL, withdrawn_at = '2026-05-01'"
    )
    sender.own(f"UPDATE billing_customer SET {column} WHERE customer_id = %s", sender.customer)
    assert sender.send() == 0
    assert (sender.done(), sender.carrier.given) == ([("message", how, None)], [])


def test_nothing_goes_out_in_the_quiet_hours(sender: Worker) -> None:
    assert sender.send(NOW.replace(hour=19)) == 0  # three in the morning
    assert sender.done() == []


def test_what_is_wrong_with_one_debt_leaves_its_step_undone(sender: Worker) -> None:
    sender.own(
        "UPDATE billing_customer SET contact = 'broken' WHERE customer_id = %s", sender.customer
    )
    assert sender.send() == 0
    assert sender.done() == []


def test_one_that_was_put_off_is_not_sent_once_the_consent_was_taken_back(sender: Worker) -> None:
    sender.carrier.verdict = SendVerdict.LATER
    sender.send()
    sender.own("UPDATE billing_customer SET consent_at = NULL, withdrawn_at = '2026-11-24'")
    sender.carrier.verdict = SendVerdict.TAKEN
    assert sender.send(NOW.replace(minute=30)) == 0
    assert len(sender.carrier.given) == 1
    assert sender.own("SELECT tries FROM arrears_message") == [(9,)]
