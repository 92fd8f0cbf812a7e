"""Random acts of keepers, tellers and payers against a dictionary: each number is where the model says."""

import random
from typing import Any

import pytest

from tests.counter.standing import person
from tests.invoices.standing import Papers
from tests.sampling import sampled
from yifen.core.facts.refused import Refused

SIZE, STEPS = 24, 60
SEEDS = range(6)


class ModelPapers:
    """Where each number is: (state, holder)."""

    def __init__(self) -> None:
        self.at: dict[int, tuple[str, Any]] = {}
        self.offers: dict[int, tuple[range, Any, Any]] = {}  # transfer → numbers, giver, receiver

    def holds(self, numbers: range, state: str, holder: Any) -> bool:
        return all(self.at.get(number) == (state, holder) for number in numbers)

    def put(self, numbers: Any, state: str, holder: Any) -> None:
        self.at.update(dict.fromkeys(numbers, (state, holder)))

    def lowest(self, holder: Any) -> int | None:
        return min((number for number, at in self.at.items() if at == ("hand", holder)), default=None)


class Play:
    """One run: people, the model beside the database, and who did what with which payment."""

    def __init__(self, papers: Papers, seed: int) -> None:
        self.papers, self.random, self.model = papers, random.Random(seed), ModelPapers()
        own = papers.place.own
        self.other = person(f"r{papers.number:03d}", own.branch, "teller")
        self.holders: dict[str, tuple[int, Any, Any]] = {  # name → institution, user, who acts
            "county": (own.county, None, papers.keepers[0]), "branch": (own.branch, None, papers.keepers[2]),
            "teller": (own.branch, papers.teller, papers.teller), "other": (own.branch, self.other, self.other),
        }  # fmt: skip
        self.payments: dict[int, Any] = {}  # by number of the standing print
        self.barred: set[int] = set()
        self.received = 0

    def numbers(self) -> range:
        first = self.random.randint(1, SIZE * 3)
        return range(first, first + self.random.choice((1, 1, 2, 5, 9)))

    def tried(self, act: Any) -> Any:
        """What it answers; None: refused."""
        try:
            return act() or True
        except Refused:
            return None

    def receive(self) -> None:
        first = self.received * SIZE + 1
        self.received += 1
        numbers = range(first, first + SIZE)
        self.papers.receive(numbers[0], numbers[-1], faulty=[(first + 3, first + 3)])
        self.model.put(numbers, "hand", "county")
        self.model.put([first + 3], "void", "county")

    def give(self) -> None:
        source, target = self.random.sample(list(self.holders), 2)
        numbers, void = self.numbers(), self.random.random() < 0.2
        institution, user, _who = self.holders[target]
        own = self.holders[source][1] is not None
        transfer = self.tried(lambda: self.papers.give(self.holders[source][2], institution, numbers[0], numbers[-1],
                                                       user, own=own, void=void))  # fmt: skip
        fits = self.model.holds(numbers, "void" if void else "hand", source)
        way = not (void and (target in ("teller", "other") or (source, target) == ("county", "branch")))
        assert (transfer is not None) == (fits and way), (source, target, numbers, void)
        if transfer is not None:
            self.model.put(numbers, "void_transit" if void else "transit", source)
            self.model.offers[transfer] = (numbers, source, target)

    def end(self) -> None:
        from yifen.trades.invoices import stock

        if not self.model.offers:
            return
        transfer = self.random.choice(list(self.model.offers))
        numbers, source, target = self.model.offers.pop(transfer)
        state = "void" if self.model.at[numbers[0]][0] == "void_transit" else "hand"
        word = self.random.choice(("take", "take", "refuse", "withdraw"))
        if word == "take":
            self.papers.take(self.holders[target][2], transfer, numbers[0], numbers[-1])
        elif word == "refuse":
            self.papers.do(stock.refuse, self.holders[target][2], transfer, "不符")
        else:
            self.papers.do(stock.withdraw, self.holders[source][2], transfer)
        self.model.put(numbers, state, target if word == "take" else source)

    def mark(self) -> None:
        name = self.random.choice(list(self.holders))
        act, numbers = self.random.choice(("void", "lost")), self.numbers()
        _institution, user, who = self.holders[name]
        done = self.tried(lambda: self.papers.mark(act, who, numbers[0], numbers[-1], user))
        fits = self.model.holds(numbers, "hand", name)
        fits = fits or (act == "void" and user is None and self.model.holds(numbers, "blocked", name))
        assert (done is not None) == fits
        if done:
            self.model.put(numbers, "void" if act == "void" else "blocked", name)

    def destroy(self) -> None:
        numbers = self.numbers()
        done = self.tried(lambda: self.papers.destroy(numbers[0], numbers[-1]))
        assert (done is not None) == self.model.holds(numbers, "void", "county")
        if done:
            self.model.put(numbers, "destroyed", "county")

    def print(self) -> None:
        ref = f"R{self.random.getrandbits(40)}"
        self.papers.counter.owe(**{ref: 500})
        entry = self.papers.counter.collect(**{ref: 500})
        lowest = self.model.lowest("teller")
        if lowest is None:
            assert self.tried(lambda: self.papers.print(entry.payment_id, 1)) is None
            return
        self.papers.print(entry.payment_id, lowest)
        self.model.put([lowest], "used", "teller")
        self.payments[lowest] = entry

    def again(self) -> None:
        if not self.payments:
            return
        old, lowest = self.random.choice(list(self.payments)), self.model.lowest("teller")
        if lowest is None:
            return
        entry = self.payments.pop(old)
        self.papers.reprint(entry.payment_id, lowest)
        self.model.put([old], "void", "teller")
        self.model.put([lowest], "used", "teller")
        self.payments[lowest] = entry
        self.barred.add(entry.pk)

    def reverse(self) -> None:
        if not self.payments:
            return
        number = self.random.choice(list(self.payments))
        entry = self.payments[number]
        done = self.tried(lambda: self.papers.counter.reverse(entry, back=(f"{number:08d}",)))
        assert (done is not None) == (entry.pk not in self.barred)
        if done is not None:
            self.payments.pop(number)
            self.model.put([number], "void", "teller")

    def agrees(self) -> None:
        names = {(institution, user and user.pk): name for name, (institution, user, _who) in self.holders.items()}
        found = {number: (state, names[institution, user]) for first, last, state, institution, user
                 in self.papers.ranges() for number in range(first, last + 1)}  # fmt: skip
        assert found == self.model.at
        assert self.papers.altered() == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", sampled(SEEDS, 3))
def test_numbers_are_where_the_acts_put_them_whatever_is_done(papers: Papers, seed):
    papers.counter.open()
    play = Play(papers, seed)
    play.receive()
    acts = (play.receive, *[play.give] * 4, *[play.end] * 4, play.mark, play.destroy, *[play.print] * 3, play.again,
            play.reverse)  # fmt: skip
    for step in range(STEPS):
        play.random.choice(acts)()
        if step % 10 == 9:
            play.agrees()
    play.agrees()
