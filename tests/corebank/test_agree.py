"""Whatever goes wrong between desk, hub and core, and wherever a process is killed: in the end the core's postings and
our entries agree to the fen, and nothing is doubled."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.checkout.test_crash import Fuse, Killed
from tests.corebank.bench import CARD, PIN, TRANSIT
from tests.corebank.core_desk import CoreCounter, CoreSide
from tests.counter.standing import NOW
from tests.counter.test_collect import Deaf
from tests.sampling import sampled, stride
from tests.settlement.bank_side import Serving
from tests.web.province import Province
from yifen.core.facts.refused import Refused

FAULTS = ("ok", "ok", "late", "lost", "twice", "garbage", "forged", "slow", "drop", "reject")
ANSWERS = ("ok", "ok", "lost", "twice", "garbage")
OUTCOMES = {"booked": 1, "refused": 0, "reversed": 0, "draft": 0}


@pytest.fixture(scope="module")
def side(place: Province) -> Iterator[CoreSide]:
    serving = Serving()
    made = CoreSide(place, serving)
    yield made
    made.close()
    serving.stop()


@pytest.fixture
def desk(place: Province, side: CoreSide, monkeypatch: pytest.MonkeyPatch) -> CoreCounter:
    monkeypatch.setattr("yifen.hub.corebank.port.port_of.__defaults__", (0.2,))
    made = CoreCounter(place)
    made.core = side
    made.open()
    return made


def bill(desk: CoreCounter, number: int, fen: int) -> dict[str, int]:
    desk.owe(**{f"K{number}": fen})
    return {f"K{number}": fen}


def to_rest(desk: CoreCounter, entries: list[Any]) -> None:
    """The core is well again: the worker works, the teller looks at what he does not know of."""
    side = desk.core
    side.core.orders.clear()
    side.core.questions.clear()
    for serial in list(side.core._slow):
        side.core._carry_out(serial)
    now = NOW
    for _ in range(6):
        now += timedelta(minutes=10)
        side.settle_due(now)
        for entry in entries:
            look(desk, entry, now)


def look(desk: CoreCounter, entry: Any, now: datetime) -> None:
    from yifen.trades.counter.models import Entry
    from yifen.trades.counter.operations.reverse import again

    for one in Entry.objects.filter(pk=entry.pk) | Entry.objects.filter(original_id=entry.pk):
        if desk.look(one, now).state == "unknown" and one.is_reversal:
            again(desk.hub, desk.teller, one.pk, now)


def stands(desk: CoreCounter, entry: Any, debit: str) -> int:
    """What of an entry stands, in fen, the same in the entry, in the hub and at the core."""
    entry.refresh_from_db()
    share = OUTCOMES[entry.state] * entry.amount_fen
    payments = desk.core.rows("SELECT coalesce(sum(amount_fen), 0) FROM payment WHERE serial = %s"
                              " AND payer_state = 'taken'", entry.serial)  # fmt: skip
    lines = [line for serial, *_ in desk.core.moves(entry.serial) for line in desk.core.posted(serial)]
    assert int(payments[0][0]) == share
    assert sum(fen for number, fen in lines if number == TRANSIT) == share
    assert sum(fen for number, fen in lines if number == debit) == -share
    assert len([fen for number, fen in desk.core.posted(entry.serial) if number == TRANSIT]) <= 1
    return share


@pytest.mark.parametrize("seed", sampled(range(4), 2))
def test_random_faults_double_nothing_and_lose_nothing(desk: CoreCounter, seed: int):
    random, side, entries = Random(seed), desk.core, []
    before = side.transit_fen()
    for number in range(10):
        kind = random.choice(("cash", "personal"))
        bills = bill(desk, 1_000 * (seed + 1) + number, random.randint(1, 30_000))
        entry = desk.draft(kind, CARD if kind == "personal" else "", **bills)
        entries.append((entry, CARD if kind == "personal" else f"1001-{desk.teller.login}"))
        side.core.questions.extend(random.choices(ANSWERS, k=3))
        hub = random.choice((desk.hub, desk.hub, Deaf(desk.hub, hears=random.random() < 0.5)))
        desk.pay(entry, PIN if kind == "personal" else "", random.choice(FAULTS), hub)
        if random.random() < 0.3:
            desk.pay(entry, PIN if kind == "personal" else "", random.choice(FAULTS))
        if random.random() < 0.4:
            side.core.orders.append(random.choice(FAULTS))
            with suppress(Refused):  # it was refused before
                desk.reverse(entry)
            side.core.orders.clear()
        side.core.questions.clear()
    to_rest(desk, [entry for entry, _debit in entries])
    total = sum(stands(desk, entry, debit) for entry, debit in entries)
    assert side.transit_fen() - before == total, f"seed {seed}"
    assert {entry.state for entry, _debit in entries} <= set(OUTCOMES)
    assert side.altered() == []


@contextmanager
def dying(desk: CoreCounter, steps: int | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fuse]:
    """Every statement and every call of the core and the hub is a step; whoever dies there commits nothing more."""
    from django.db import connection

    from yifen.face.plain import Plain
    from yifen.hub.corebank.port import CorePort
    from yifen.hub.payments.local import LocalHub

    fuse = Fuse(steps)
    burn = lambda execute, *args: fuse.around(execute)(*args)  # noqa: E731
    with monkeypatch.context() as patched:
        for kind, name in ((Plain, "execute"), (CorePort, "signed"), (LocalHub, "charge"), (LocalHub, "give_back")):
            patched.setattr(kind, name, burning(fuse, getattr(kind, name)))
        try:
            with suppress(Killed), connection.execute_wrapper(burn):
                yield fuse
        finally:
            connection.close()


def burning(fuse: Fuse, call: Any) -> Any:
    return lambda *args, **fields: fuse.around(call)(*args, **fields)


@pytest.mark.parametrize(("kind", "back"), [("personal", False), ("cash", False), ("personal", True)])
def test_killed_between_any_two_steps(desk: CoreCounter, kind: str, back: bool, monkeypatch: pytest.MonkeyPatch):
    """The payment, and its reversal by a supervisor, are each killed at every step; then the worker and the teller go
    on."""
    from yifen.trades.counter.models import Entry

    steps, seen, account = 0, set(), CARD if kind == "personal" else ""
    before = desk.core.transit_fen()
    total = 0
    while True:
        number = 100_000 + steps + (500_000 if back else 0)
        entry = desk.draft(kind, account, **bill(desk, number, 500))
        if back:
            entry = desk.pay(entry, PIN)
        with dying(desk, steps, monkeypatch) as fuse:
            if back:
                desk.reverse(entry)
            else:
                desk.pay(entry, PIN if account else "")
        to_rest(desk, [entry])
        total += stands(desk, entry, account or f"1001-{desk.teller.login}")
        seen.add(Entry.objects.get(pk=entry.pk).state)
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(7)
    ends = {"booked", "reversed"} if back else {"draft", "booked", "refused"} if account else {"draft", "booked"}
    assert seen == ends
    assert steps > 15
    assert desk.core.transit_fen() - before == total
    assert desk.core.altered() == []
