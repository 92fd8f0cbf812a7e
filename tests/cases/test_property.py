"""Whatever happens to case money, in whatever order, the proof holds, nothing is below zero, what is held stays, and
nobody agrees to his own. A failure names its seed and step."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.cases import test_push
from tests.cases.paying import PayingCourt
from tests.world import DAY, World
from yifen.trades.cases import proof

MONEY = """SELECT x.account_no, coalesce(y.balance_fen, 0),
    CASE WHEN h.every THEN 1000000000000000 ELSE coalesce(h.fen, 0) END,
    (SELECT coalesce(sum(e.amount_fen), 0) FROM court_entry e
     WHERE e.account_no = x.account_no AND e.kind = 'given_back')
FROM court_account x LEFT JOIN payable y ON y.bucket = x.bucket AND y.payable_id = x.payable_id
CROSS JOIN LATERAL (SELECT sum(g.amount_fen) AS fen, bool_or(g.amount_fen IS NULL) AS every FROM court_hold g
    WHERE g.account_no = x.account_no AND g.released_at IS NULL) h"""
OWN = """SELECT count(*) FROM court_application a JOIN court_signature s USING (application_id)
    WHERE s.person = a.asked_person OR EXISTS (SELECT FROM court_signature o WHERE o.application_id = s.application_id
        AND o.step <> s.step AND o.person = s.person)"""


class SharingCourt(PayingCourt):
    """Its interest goes to the cases."""

    MORE = {"share_interest": True}


class Chance:
    """Plays a court by chance; what its functions refuse is as good as what they do."""

    def __init__(self, court: PayingCourt, seed: int) -> None:
        self.court, self.world, self.chance = court, court.world, random.Random(seed)
        self.paid: list[tuple[str, int]] = []
        self.told: list[tuple[str, int, str]] = []
        self.acts = [name.removeprefix("do_") for name in vars(Chance) if name.startswith("do_")]
        self.world.key("BANK1", 1, "hmac-sha256", test_push.SECRET)
        self.cases = [court.judged() for _ in range(5)]
        lines = [court.line(3_000, account) for _, account, _ in self.cases[:2]]
        assert court.book(court.statement(*lines, court.line(900), old_on=DAY - timedelta(days=1))) == "OK"

    def play(self, steps: int) -> None:
        before = self.money()
        for step in range(steps):
            act = self.chance.choice(self.acts)
            getattr(self, f"do_{act}")(step, self.chance.randint(1, 1_000), *self.chance.choice(self.cases))
            stands, now = self.court.proof(), self.money()
            assert (stands.get("gap", 0), stands.get("bank_gap", 0)) == (0, 0), (step, act, stands)
            for account, (fen, _, back) in now.items():
                was, held, back_before = before.get(account, (0, 0, 0))
                assert fen >= 0, (step, act, account)
                left = was - fen - (back - back_before)  # a channel takes its own back: that money never came
                assert left <= max(0, was - held), (step, act, account)
            before = now
        assert self.world.value(OWN) == 0
        with self.world.as_owner():
            assert proof.altered(self.world.conn) == []

    def money(self) -> dict[str, tuple[int, int, int]]:
        """Of each sub-account: what is on it, what is held, what channels took back."""
        self.court.follow()
        return {account: (fen, held, back) for account, fen, held, back in self.world.rows(MONEY)}

    def entries(self, *kinds: str) -> list[tuple[int, int]]:
        return self.world.rows("SELECT document_id, amount_fen FROM court_entry WHERE kind = ANY (%s) ORDER BY 1",
                               list(kinds))  # fmt: skip

    def applications(self, *states: str) -> list[tuple[int, int, str]]:
        return self.world.rows("SELECT application_id, amount_fen, state FROM court_application"
                               " WHERE state = ANY (%s) ORDER BY 1", list(states))  # fmt: skip

    def picked(self, found: Sequence[Any]) -> Any:
        """One of them, or none."""
        return self.chance.choice(found) if found else None

    def is_open(self, case: int) -> bool:
        return bool(self.world.value("SELECT state = 'open' FROM court_case WHERE case_id = %s", case))

    # --- money in: channels, statements, notices of the bank -------------------------------------

    def do_pay(self, _step: int, fen: int, case: int, account: str, _payee: int) -> None:
        if self.is_open(case):
            opening = self.world.value("SELECT opening FROM court_account WHERE case_id = %s", case)
            ref = f"CASE{opening if opening > 1 else ''}"
            self.paid.append((self.court.pay(account, fen, self.chance.choice(("POS", "WX")), ref), fen))

    def do_give_back(self, step: int, _fen: int, *_of: Any) -> None:
        if self.paid:
            serial, fen = self.paid.pop(self.chance.randrange(len(self.paid)))
            channel = serial.rstrip("0123456789")
            self.world.reverse(f"R{step}", serial, fen, channel=channel)
            self.world.refund(f"F{step}", serial, (fen + 1) // 2, channel=channel)

    def do_line(self, _step: int, fen: int, _case: int, account: str, _payee: int) -> None:
        self.court.booked(self.court.line(fen, account), self.court.line(fen),
                          self.court.line(10, business="interest"), self.court.line(-1, business="fee"))  # fmt: skip

    def do_push(self, step: int, fen: int, _case: int, account: str, _payee: int) -> None:
        self.told.append((account, fen, f"P{step}"))
        test_push.told(self.court, *self.told[-1])
        test_push.booked(self.court)

    def do_push_is_shown(self, _step: int, _fen: int, *_of: Any) -> None:
        """As the bank told of it, and once in a while otherwise."""
        if self.told:
            account, fen, serial = self.told.pop(self.chance.randrange(len(self.told)))
            test_push.shown(self.court, fen + (self.chance.random() < 0.2), account, serial)

    # --- whose it is -----------------------------------------------------------------------------

    def do_claim(self, _step: int, _fen: int, case: int, *_of: Any) -> None:
        if one := self.picked(self.entries("unknown", "unclaimed")):
            first = self.chance.randint(1, one[1])
            other = self.chance.choice(self.cases)[0]
            self.court.split(one[0], *((case, first), (other, one[1] - first))[: self.chance.choice((1, 2))])

    def do_unclaim(self, _step: int, _fen: int, *_of: Any) -> None:
        if one := self.picked(self.entries("transfer", "claimed", "announced")):
            self.court.unclaim(one[0])

    def do_merge(self, _step: int, _fen: int, case: int, *_of: Any) -> None:
        if self.world.value("SELECT count(*) FROM court_case WHERE state <> 'merged'") > 3:
            self.court.merge(case, self.chance.choice(self.cases)[0])

    def do_close(self, _step: int, _fen: int, case: int, *_of: Any) -> None:
        self.court.act("close" if self.chance.random() < 0.3 else "reopen", case)

    # --- what is held, what leaves ---------------------------------------------------------------

    def do_hold(self, _step: int, fen: int, case: int, *_of: Any) -> None:
        self.court.hold(case, fen if self.chance.random() < 0.8 else None)

    def do_release(self, _step: int, _fen: int, *_of: Any) -> None:
        for (hold,) in self.world.rows("SELECT hold_id FROM court_hold WHERE released_at IS NULL"):
            self.court.release(hold)

    def do_apply(self, _step: int, fen: int, case: int, _account: str, payee: int) -> None:
        self.court.asked(case, payee, fen)

    def do_refund(self, _step: int, fen: int, case: int, _account: str, payee: int) -> None:
        if one := self.picked(self.entries("transfer", "collected", "claimed", "announced")):
            self.court.asked(case, payee, min(fen, one[1]), "refund", one[0])

    def do_send_back(self, _step: int, fen: int, *_of: Any) -> None:
        if one := self.picked(self.entries("unknown", "unclaimed")):
            self.court.sent_back(one[0], min(fen, one[1]), *self.chance.choice(((), (), ("6222", "改了账户"))))

    def do_withdraw(self, _step: int, _fen: int, *_of: Any) -> None:
        if self.chance.random() < 0.3 and (one := self.picked(self.applications("asked", "approved"))):
            self.court.withdraw(one[0])

    def do_sign(self, _step: int, _fen: int, *_of: Any) -> None:
        for application, *_ in self.applications("asked"):
            for login in ("judge01", "twin01", "clerk01", "bureau01"):
                self.court.sign(application, login, yes=self.chance.random() < 0.9)

    do_sign_more = do_sign

    def do_send(self, _step: int, _fen: int, *_of: Any) -> None:
        for application, *_ in self.applications("approved"):
            self.court.send(application)

    do_send_more = do_send

    def do_bank_tells(self, _step: int, _fen: int, *_of: Any) -> None:
        for application, _, state in self.applications("sent", "unknown", "paid"):
            words = ("done", "done", "rejected") if state != "paid" else ("done", "done", "returned")
            self.court.told(application, self.chance.choice(words), back=f"BACK{application}")

    def do_bank_shows(self, _step: int, _fen: int, *_of: Any) -> None:
        if one := self.picked(self.applications("approved", "sent", "paid", "returned")):
            fen = self.chance.choice((-one[1], -one[1], one[1]))
            self.court.booked(self.court.line(fen, reference=self.court.reference(one[0])))

    def do_bank_takes(self, _step: int, fen: int, case: int, *_of: Any) -> None:
        """Lines out that nothing explains; two people say what they are."""
        self.court.booked(self.court.line(-(fen // 10 + 1)))
        found = self.world.rows("SELECT n.line_id FROM court_line n JOIN court_row r USING (file_id, line_no)"
                                " WHERE r.kind = 'out' AND r.business = '' ORDER BY 1")  # fmt: skip
        receipt = self.picked(self.entries("unknown", "unclaimed")) or (0, 0)
        for (line,) in self.chance.sample(found, min(3, len(found))):
            kind = self.chance.choice(("case", "case", "unknown", "interest", "fee", "error"))
            if kind == "case":
                case = self.chance.choice(self.cases)[0]
            self.court.agreed("cases.explain", "cases_explain_v1", line=line, kind=kind, evidence="回单",
                              **{"case": {"case": case}, "unknown": {"receipt": receipt[0]}}.get(kind, {}))

    def do_night(self, _step: int, _fen: int, *_of: Any) -> None:
        if self.chance.random() < 0.5:
            self.world.cut()


def played(world: World, seed: int, steps: int) -> dict[str, int]:
    """How many entries of each kind came of it."""
    Chance(SharingCourt(world), seed).play(steps)
    return dict(world.rows("SELECT kind, count(*) FROM court_entry GROUP BY kind"))


def test_after_any_acts_the_proof_holds_nothing_is_below_zero_and_nobody_agrees_to_his_own(world: World):
    kinds = played(world, 114, 200)
    assert kinds.keys() == {"collected", "given_back", "transfer", "unknown", "announced", "arrived", "claimed",
                            "unclaimed", "moved_out", "moved_in", "interest", "fee", "payout", "returned", "sent_back",
                            "came_back", "levied", "unknown_out", "interest_in", "interest_out"}  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_after_many_more_acts_too(world: World, seed: int):
    played(world, seed, 400)
