"""Each reminder goes out once: over restarts, beside another worker, whatever the clock does; and what may have
gone out is not sent again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from tests.messages.companies import KEY_ID, SECRET, sms_company
from tests.reminders.rows import DAY, HOUR, NINE, TODAY, Payer, a_pass, owner
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from yifen.core.facts.processes import WORKER

__all__ = ["place"]
ACCOUNT = {"key_id": KEY_ID, "key_secret": SECRET, "sign_name": "一分"}


@pytest.fixture
def payer(place: Province) -> Iterator[Payer]:
    yield Payer(place)
    owner(place, "UPDATE reminder_choice SET ended_at = now() WHERE ended_at IS NULL")
    owner(place, "UPDATE reminder SET state = 'skipped' WHERE state IN ('planned', 'sending')")


@pytest.fixture
def templated(place: Province) -> Iterator[None]:
    """As an SMS company asks for: every text has its number."""
    owner(place, """INSERT INTO message_template SELECT 'reminder_' || k || '/sms/zh', '', '{amount}', 'SMS_' || k, 1
                    FROM unnest(ARRAY['new', 'soon', 'overdue']) k""")
    yield
    owner(place, "DELETE FROM message_template")


def test_nothing_is_told_to_who_did_not_ask(place: Province, payer: Payer) -> None:
    payer.bind(due_on=TODAY)
    assert a_pass(NINE) == 0
    assert payer.rows() == []


def test_new_soon_and_overdue_are_told_once_each_with_no_name_and_no_whole_number(payer: Payer) -> None:
    account = payer.bind(128_640, TODAY + 10 * DAY)
    payer.wants(account, "sms", soon=3, overdue=True)
    moments = [NINE + n * DAY for n in (0, 1, 6, 7, 8, 10, 11, 12)] * 2  # twice: a second worker, a restart
    assert sum(a_pass(moment) for moment in sorted(moments)) == 3
    masked = "*" * (len(account.account_no) - 4) + account.account_no[-4:]
    assert payer.got() == [
        f"【一分】{account.biller_name}户号{masked}有1笔账单，共1286.40元，截止2026-12-04。退订回TD",
        f"【一分】{account.biller_name}户号{masked}的1笔账单将于2026-12-04到期，共1286.40元。退订回TD",
        f"【一分】{account.biller_name}户号{masked}的1笔账单已逾期，共1286.40元，截止日2026-12-04。退订回TD",
    ]
    assert payer.rows() == [("new", "sent", ""), ("soon", "sent", ""), ("overdue", "sent", "")]
    from yifen.trades.reminders.models import Reminder

    days = Reminder.objects.filter(holder_id=payer.holder.pk).order_by("pk").values_list("done_at", flat=True)
    assert [(at - NINE).days for at in days] == [0, 7, 11]


def test_several_bills_are_one_message_and_the_most_urgent_kind_tells(payer: Payer) -> None:
    account = payer.bind(1000, TODAY - DAY)
    payer.owes(account, 250, TODAY - 2 * DAY)
    payer.owes(account, 70, TODAY + 30 * DAY)
    payer.wants(account, "sms", soon=3, overdue=True)
    assert a_pass(NINE) == 2
    overdue, new = payer.got()
    assert ("2笔账单已逾期，共12.50元，截止日2026-11-22" in overdue, "1笔账单，共0.70元" in new) == (True, True)
    assert [row[:2] for row in payer.rows()].count(("new", "sent")) == 3  # told together is told


def test_two_workers_at_one_moment_send_one(place: Province, payer: Payer) -> None:
    for _ in range(3):
        payer.wants(payer.bind(), "sms")
    others = [Payer(place) for _ in range(3)]
    for other in others:
        other.wants(other.bind(), "sms")
    taken, both = [], Barrier(2)

    def work() -> None:
        from django.db import connection

        from yifen.core.ring import key_ring
        from yifen.trades.orders.bound import BOUND
        from yifen.trades.reminders import planning
        from yifen.trades.reminders.sending import SendingPass, send_due

        both.wait()
        planning.plan(NINE)
        planning.reckon(NINE)
        taken.append(send_due(SendingPass(key_ring(), BOUND, NINE)))
        connection.close()

    with site.as_process(WORKER):
        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(taken) == 6
    assert len(payer.got()) == 3
    assert [len(other.got()) for other in others] == [1, 1, 1]


def test_a_clock_set_back_or_forward_neither_doubles_nor_skips(payer: Payer) -> None:
    account = payer.bind(due_on=TODAY + 2 * DAY)
    payer.wants(account, "sms", soon=3)
    assert a_pass(NINE) == 1
    for jump in (-5 * HOUR, -DAY, 6 * HOUR, -HOUR, timedelta()):
        assert a_pass(NINE + jump) == 0
    payer.owes(account, 500, TODAY + 2 * DAY)
    assert a_pass(NINE - 3 * HOUR) == 0  # six o'clock, by a clock that was set back: quiet
    assert a_pass(NINE) == 1
    ahead = payer.owes(account, 700, TODAY + 2 * DAY)
    assert a_pass(NINE + 9 * HOUR) == 0  # planned for tomorrow at nine
    assert a_pass(NINE + 5 * DAY) == 0  # a clock that is five days ahead: soon is past, and the new one waited too long
    assert [row[1:] for row in payer.rows()][-2:] == [("skipped", "late"), ("skipped", "late")]
    assert ahead


def test_hours_that_change_neither_double_nor_skip(payer: Payer) -> None:
    account = payer.bind()
    payer.wants(account, "sms", hours=(18,), now=NINE)
    assert a_pass(NINE) == 0
    payer.wants(account, "sms", hours=(10,), now=NINE)
    assert a_pass(NINE + HOUR / 2) == 0
    assert a_pass(NINE + HOUR) == 1
    payer.wants(account, "sms", hours=(10, 18), now=NINE)
    assert [a_pass(NINE + n * HOUR) for n in range(2, 34)] == [0] * 32


@pytest.mark.parametrize(("away", "then", "kind", "row"), [
    (timedelta(hours=5), 1, {}, ("new", "sent", "")),  # the same day, at an hour that is not quiet
    (timedelta(hours=13), 0, {}, ("new", "planned", "")),  # 22:00: quiet
    (timedelta(hours=23), 1, {}, ("new", "sent", "")),  # 08:00 the next day
    (timedelta(days=3, hours=1), 0, {}, ("new", "skipped", "late")),
    (timedelta(days=2), 0, {"new": False, "soon": 1}, ("soon", "skipped", "past")),
    (timedelta(days=6), 1, {"new": False, "overdue": True}, ("overdue", "sent", "")),
    (timedelta(days=8), 0, {"new": False, "overdue": True}, ("overdue", "skipped", "late")),
], ids=["same day", "quiet", "next morning", "too late", "past", "overdue", "overdue late"])  # fmt: skip
def test_what_was_missed_while_the_worker_was_away(
    payer: Payer, away: timedelta, then: int, kind: dict[str, Any], row: tuple[str, str, str]
) -> None:
    due = TODAY - DAY if "overdue" in kind else TODAY + DAY
    payer.wants(payer.bind(due_on=due), "sms", **kind)
    assert a_pass(NINE - 2 * HOUR) == 0  # planned, and then nobody worked
    assert a_pass(NINE + away) == then
    assert payer.rows()[0] == row


@pytest.mark.parametrize(("change", "why"), [
    ("UPDATE payable SET state = 'settled', paid_fen = due_fen WHERE account_no = %s", "paid"),
    ("UPDATE payable SET state = 'withdrawn' WHERE account_no = %s", "withdrawn"),
    ("UPDATE payable SET due_on = due_on + 5 WHERE account_no = %s", "changed"),
    ("DELETE FROM checkout_binding WHERE account_no = %s", "unbound"),
], ids=["paid", "withdrawn", "changed", "unbound"])  # fmt: skip
def test_what_changed_meanwhile_is_not_sent(place: Province, payer: Payer, change: str, why: str) -> None:
    account = payer.bind(due_on=TODAY + 9 * DAY)
    payer.wants(account, "sms", now=NINE - HOUR)
    assert a_pass(NINE - HOUR / 60) == 0  # planned for nine
    owner(place, change, account.account_no)
    assert a_pass(NINE) == 0
    assert payer.rows() == [("new", "skipped", why)]
    assert a_pass(NINE + HOUR / 3) == (1 if why == "changed" else 0)  # a new due date is a new reminder
    assert a_pass(NINE + DAY) == 0


def test_a_bill_that_is_being_paid_waits(place: Province, payer: Payer) -> None:
    account = payer.bind()
    payer.wants(account, "sms")
    owner(place, "UPDATE payable SET held_by = 1 WHERE account_no = %s", account.account_no)
    assert a_pass(NINE) == 0
    assert payer.rows() == [("new", "planned", "")]
    owner(place, "UPDATE payable SET held_by = NULL WHERE account_no = %s", account.account_no)
    assert [a_pass(NINE + HOUR / 3), a_pass(NINE + HOUR / 2)] == [0, 1]


def test_one_person_gets_so_many_a_day(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIFEN_REMINDERS_A_DAY", "2")
    for _ in range(5):
        payer.wants(payer.bind(), "sms")
    assert [a_pass(NINE + n * HOUR) for n in (0, 1, 5, 24, 25, 48, 49)] == [2, 0, 0, 2, 0, 1, 0]


def test_a_company_s_later_is_tried_again_and_its_never_is_not(payer: Payer, templated: None) -> None:
    from yifen.core.notifications.carriers.aliyun import Aliyun

    payer.wants(payer.bind(100), "sms")
    with sms_company("later", "down", "ok", now=NINE) as (address, side):
        carriers = {"sms": Aliyun(ACCOUNT, address)}
        minutes = [a_pass(NINE + n * HOUR / 60, carriers) for n in (0, 0.5, 1, 5, 6, 7)]
        assert minutes == [0, 0, 0, 0, 1, 0]
        assert [sms.values for sms in side.taken] == [{"amount": "1.00"}]
    assert payer.rows() == [("new", "sent", "")]
    payer.wants(payer.bind(200), "sms")
    with sms_company("never", now=NINE) as (address, side):
        carriers = {"sms": Aliyun(ACCOUNT, address)}
        assert [a_pass(NINE + n * HOUR / 60, carriers) for n in (7, 9, 50)] == [0, 0, 0]
    assert payer.rows()[1][:2] == ("new", "failed")


def test_what_may_have_gone_out_is_never_sent_again(place: Province, payer: Payer, templated: None) -> None:
    from yifen.core.notifications.carriers.aliyun import Aliyun
    from yifen.trades.reminders import sending

    payer.wants(payer.bind(100), "sms")
    with sms_company("lost", now=NINE) as (address, side):
        carriers = {"sms": Aliyun(ACCOUNT, address)}
        assert [a_pass(NINE + n * HOUR, carriers) for n in (0, 1, 24)] == [0, 0, 0]
        assert len(side.taken) == 1
    assert payer.rows()[0][:2] == ("new", "unsure")

    def dies(*args: Any) -> None:
        raise KeyboardInterrupt

    payer.wants(payer.bind(200), "sms")
    with sms_company(now=NINE + DAY) as (address, side), pytest.MonkeyPatch.context() as patch:
        carriers = {"sms": Aliyun(ACCOUNT, address)}
        patch.setattr(sending, "close", dies)  # killed between sending and row
        with pytest.raises(KeyboardInterrupt):
            a_pass(NINE + DAY, carriers)
        assert len(side.taken) == 1
        patch.undo()
        assert [a_pass(NINE + DAY + n * HOUR / 12, carriers) for n in (1, 3, 30)] == [0, 0, 0]
        assert len(side.taken) == 1
    assert payer.rows()[1] == ("new", "unsure", "died")


def test_an_app_that_knows_messages_gets_a_lost_one_again(payer: Payer) -> None:
    from tests.messages.companies import app
    from yifen.core.notifications.carriers.app import AppWebhook
    from yifen.trades.reminders import sending

    account = payer.bind(100)
    with app(lambda: 204) as (address, calls), pytest.MonkeyPatch.context() as patch:
        carrier = AppWebhook({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, address)
        patch.setattr("yifen.trades.reminders.choosing.carrier_of", lambda ring, channel: carrier)
        payer.wants(account, "app")
        patch.setattr(sending, "close", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            a_pass(NINE, {"app": carrier})
        patch.undo()
        assert [a_pass(NINE + n * HOUR / 12, {"app": carrier}) for n in (1, 3, 4)] == [0, 1, 0]
        assert len(calls) == 2
        assert len({call.headers["webhook-id"] for call in calls}) == 1
    assert payer.rows() == [("new", "sent", "")]


def test_one_broken_person_or_carrier_stops_no_other(place: Province, payer: Payer) -> None:
    from yifen.core.notifications.carriers.aliyun import Aliyun

    broken = Payer(place)
    broken.wants(broken.bind(), "sms")
    owner(place, "UPDATE checkout_holder SET phone_sealed = 'xx' WHERE id = %s", broken.holder.pk)
    payer.wants(payer.bind(), "sms")
    assert a_pass(NINE) == 1
    assert (len(payer.got()), broken.rows()) == (1, [("new", "planned", "")])
    owner(place, "UPDATE reminder SET tries = 5 WHERE holder_id = %s", broken.holder.pk)
    assert a_pass(NINE + HOUR) == 0
    assert broken.rows() == [("new", "failed", "fault")]
    refused = Aliyun(ACCOUNT, "http://127.0.0.1:9")
    for _ in range(5):
        one = Payer(place)
        one.wants(one.bind(), "sms", now=NINE + DAY)
    from yifen.core.notifications.models import Notification

    before = Notification.objects.count()
    a_pass(NINE + DAY, {"sms": refused})
    assert Notification.objects.count() - before == 3  # a company that is down is left alone until the next pass


def test_numbers_are_sealed_and_a_process_cannot_say_a_reminder_was_another(place: Province, payer: Payer) -> None:
    import psycopg

    payer.wants(payer.bind(), "sms")
    a_pass(NINE)
    with psycopg.connect(place.database.url("yifen_web")) as conn:
        for table in ("reminder", "reminder_choice", "reminder_person", "notification", "checkout_holder"):
            (text,) = conn.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t").fetchone()  # type: ignore
            assert payer.number not in text
            assert payer.number.encode().hex() not in text
    for process, change in (("yifen_web", "INSERT INTO reminder (ref) VALUES ('x')"),
                            ("yifen_web", "DELETE FROM reminder"), ("yifen_worker", "UPDATE reminder SET ref = 'x'"),
                            ("yifen_gateway", "UPDATE reminder SET state = 'sent'"),
                            ("yifen_worker", "UPDATE reminder_choice SET consented_at = now()")):  # fmt: skip
        with psycopg.connect(place.database.url(process)) as conn, \
                pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):  # fmt: skip
            conn.execute(change)


def test_the_job_runs_all_its_steps(place: Province, payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    from yifen.trades.reminders import jobs, planning

    payer.wants(payer.bind(), "sms")
    at: datetime = NINE + date.resolution
    monkeypatch.setattr(jobs, "now", lambda: at)
    monkeypatch.setattr(planning, "close", lambda now: 1 / 0)  # a broken step keeps nothing from the next
    monkeypatch.setattr(jobs, "PASS_S", 0.0)
    with site.as_process(WORKER):
        jobs.run(lambda: False)
        assert payer.got() == []  # the time of this one is over: the next goes on
        monkeypatch.undo()
        monkeypatch.setattr(jobs, "now", lambda: at)
        jobs.run(lambda: False)
    assert len(payer.got()) == 1


def test_what_is_due_and_not_sent_is_a_figure(place: Province, payer: Payer) -> None:
    from yifen.trades.reminders import gauges, planning

    def told(at: datetime) -> dict[str, float]:
        with psycopg.connect(place.database.url(WORKER)) as conn:
            return {one.name.removeprefix("yifen_reminders_"): one.value for one in gauges.read(conn, at)}

    payer.wants(payer.bind(due_on=TODAY), "sms")
    with site.as_process(WORKER):
        planning.plan(NINE)
        planning.reckon(NINE)
    assert told(NINE - HOUR) == {"due": 0, "oldest_due_seconds": 0}
    assert told(NINE + HOUR) == {"due": 1, "oldest_due_seconds": 3600}
    assert a_pass(NINE + HOUR) == 1
    assert told(NINE + HOUR) == {"due": 0, "oldest_due_seconds": 0}
