"""A payment that its biller never decided has an end past the cut: by the biller's file, or by two people."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import NewBench
from tests.repair.bench import NIGHT, Bench, Payment
from tests.repair.test_days import Days, line
from yifen.core.facts.codes import Code
from yifen.hub.payments.verify import verify
from yifen.trades.reconciliation.codes import RepairCode


@pytest.fixture
def days(new_bench: NewBench) -> Iterator[Days]:
    bench = new_bench()
    yield Days(bench)
    bench.close()


def ends(bench: Bench, payment: Payment) -> list[str]:
    return list(bench.world.value("SELECT recon_ends_v1(%s)", payment.id))


def decided(bench: Bench, payment: Payment, word: str, of: int = 0) -> int:
    """The answer to two people's word on it (or on another payment)."""
    with bench.conn.transaction():
        about = of or payment.id
        bench.world.two_people("repair.undecided", str(about), {"payment": about, "word": word})
        return int(bench.world.value("SELECT recon_end_v1(%s, %s)", payment.id, NIGHT))


def test_the_file_of_a_biller_that_was_silent_past_the_cut_decides_all_of_the_day(days: Days):
    bench = days.bench
    has, lacks = (bench.pay(fen, "GAS", decided=False) for fen in (500, 600))
    day = bench.cut()
    assert ends(bench, has) == ["booked", "rejected"]
    assert days.reconcile([line(str(has.id), 500, day)], day, "GAS").differences == {"status": 2}
    assert days.work_off() == (2, 0, 0, 0, 0)
    assert bench.world.states(has.id) == ("taken", "booked")
    assert bench.world.states(lacks.id) == ("returned", "rejected")
    assert (ends(bench, has), ends(bench, lacks)) == ([], [])
    assert decided(bench, has, "rejected") == RepairCode.ACTION_NOT_POSSIBLE


@pytest.mark.parametrize(("word", "states"), [
    ("booked", ("taken", "booked")), ("rejected", ("returned", "rejected")),
])  # fmt: skip
def test_two_people_decide_for_a_biller_that_is_gone(days: Days, word: str, states: tuple[str, str]):
    bench = days.bench
    payment, paid = bench.pay(700, "GAS", decided=False), bench.pay(30, "GAS")
    assert ends(bench, payment) == []  # its day is open: the channel may take it back
    assert decided(bench, payment, word) == RepairCode.ACTION_NOT_POSSIBLE
    bench.cut()
    before = bench.world.states(payment.id), bench.balances()
    assert bench.world.value("SELECT recon_end_v1(%s, %s)", payment.id, NIGHT) == Code.AUTHORISATION_INVALID
    alone = bench.world.proposed("repair.undecided", str(payment.id), {"payment": payment.id, "word": word})
    assert bench.world.value("SELECT recon_end_v1(%s, %s)", payment.id, NIGHT) == Code.AUTHORISATION_INVALID
    assert decided(bench, payment, word, of=paid.id) == Code.AUTHORISATION_INVALID  # of another
    assert (bench.world.states(payment.id), bench.balances()) == before
    assert bench.world.value("SELECT access_withdraw_v1('maker01', %s, %s)", alone, NIGHT) == 0
    for other in ("reversed", "reverse_refused", "unknown", "sent", ""):
        assert decided(bench, payment, other) == RepairCode.ACTION_NOT_POSSIBLE
    assert (bench.world.states(payment.id), bench.balances()) == before
    assert decided(bench, payment, word) == 0
    assert bench.world.states(payment.id) == states
    assert [row[:1] + row[2:3] for row in bench.balances().values() if row[0] or row[2]] == []  # nothing pending
    assert decided(bench, payment, word) == RepairCode.ACTION_NOT_POSSIBLE
    assert verify(bench.conn).problems == []


def test_while_the_biller_is_asked_people_wait(days: Days):
    bench = days.bench
    payment = bench.pay(700, "GAS", decided=False)
    bench.cut()
    with psycopg.connect(bench.database.owner_url) as conn:
        conn.execute("UPDATE biller_call SET due_at = now() WHERE payment_id = %s", (payment.id,))
    assert (ends(bench, payment), decided(bench, payment, "booked")) == ([], RepairCode.ACTION_NOT_POSSIBLE)


@pytest.mark.parametrize(("word", "states"), [
    ("reversed", ("refunded", "reversed")), ("reverse_refused", ("taken", "booked")),
])  # fmt: skip
def test_a_return_that_the_biller_never_answered_is_decided_too(
    days: Days, word: str, states: tuple[str, str]
):
    bench = days.bench
    payment = bench.pay(800, "GAS")
    bench.cut()
    assert bench.world.refund("BACK", payment.serial, 800).code in (0, Code.PROCESSING)
    assert bench.world.states(payment.id)[1] == "reversing"
    bench.ladder_ends(payment)
    assert ends(bench, payment) == ["reversed", "reverse_refused"]
    assert decided(bench, payment, "booked") == RepairCode.ACTION_NOT_POSSIBLE
    assert decided(bench, payment, word) == 0
    assert bench.world.states(payment.id) == states
    assert verify(bench.conn).problems == []


# --- past the act -----------------------------------------------------------------------------------

SAID = ("SELECT done FROM payments_biller_result_v1((%s %% 1000)::smallint, %s, ARRAY[%s::bigint], ARRAY[%s], '{NULL}',"
        " '{NULL}', ARRAY[%s::timestamptz])")  # fmt: skip


def said(bench: Bench, role: str, payment: Payment, word: str, due: object = None) -> bool:
    with psycopg.connect(bench.database.url(role)) as conn:
        return bool(conn.execute(SAID, (payment.id, NIGHT, payment.id, word, due)).fetchone()[0])


@pytest.mark.parametrize("role", ["yifen_gateway", "yifen_web", "yifen_worker", "yifen_night"])
def test_when_nobody_asks_any_more_no_process_decides_by_itself(days: Days, role: str):
    bench = days.bench
    payment, back = bench.pay(700, "GAS", decided=False), bench.pay(800, "GAS")
    bench.cut()
    bench.world.refund("BACK", back.serial, 800)
    bench.ladder_ends(back)
    before = bench.balances()
    for one, word in ((payment, "booked"), (payment, "rejected"), (payment, "unknown"),
                      (back, "reversed"), (back, "reverse_refused")):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"no difference asks that payment {one.id} "):
            said(bench, role, one, word, NIGHT)
    assert bench.balances() == before
    assert bench.world.rows("SELECT due_at FROM biller_call") == [(None,), (None,)]
    assert decided(bench, payment, "rejected") == 0
    assert bench.world.states(payment.id) == ("returned", "rejected")


def test_by_two_people_s_word_no_other_word_is_booked(days: Days):
    bench = days.bench
    payment = bench.pay(700, "GAS", decided=False)
    bench.cut()
    for word, other in (("rejected", "booked"), ("booked", "rejected")):
        with psycopg.connect(bench.database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("UPDATE access_authorisation SET settled_in = pg_current_xact_id()::text::bigint, content ="
                         " jsonb_build_object('word', %s::text) WHERE id = %s", (word, _granted(bench, payment)))
            conn.execute("SET session_replication_role = origin")
            conn.execute("SET SESSION AUTHORIZATION yifen_web")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no difference asks"), conn.transaction():
                conn.execute(SAID, (payment.id, NIGHT, payment.id, other, None))
            assert conn.execute(SAID, (payment.id, NIGHT, payment.id, word, None)).fetchone() == (True,)
            conn.rollback()


def _granted(bench: Bench, payment: Payment) -> int:
    with bench.conn.transaction():
        bench.world.two_people("repair.undecided", str(payment.id), {"payment": payment.id, "word": "booked"})
    return int(bench.world.value("SELECT max(id) FROM access_authorisation WHERE granted"))


@pytest.mark.parametrize("role", ["yifen_gateway", "yifen_web", "yifen_worker"])
@pytest.mark.parametrize("when", ["the day is open", "the biller is asked"])
def test_an_answer_while_it_is_asked_or_its_day_is_open_is_booked_as_ever(days: Days, role: str, when: str):
    bench = days.bench
    payment = bench.pay(700, "GAS", decided=False)
    if when == "the biller is asked":
        bench.cut()
        with psycopg.connect(bench.database.owner_url) as conn:
            conn.execute("UPDATE biller_call SET due_at = now() WHERE payment_id = %s", (payment.id,))
    assert said(bench, role, payment, "booked")
    assert bench.world.states(payment.id) == ("taken", "booked")
