"""Whatever is swiped, claimed, signed, paid, returned, reissued: nothing twice, nothing private; and `verify` names an
altered row."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.budget.test_proof import of_the_books
from tests.cards.office import CARD, CardOffice
from yifen.trades.cards.books.proof import altered

STEPS = 150


def of_cards(office: CardOffice) -> list[str]:
    with office.world.as_owner():
        return altered(office.world.conn)


def begun(office: CardOffice, swipes: list[str], claims: list[int]) -> Iterator[str]:
    """What a run needs, whatever chance brings then: a swipe to its return, and what is refused on the way."""
    office.swiped("N0", 40_000)
    swipes.append("N0")
    yield from office.take(
        swipes=[office.swipe("N0", 1), office.swipe("B0", 40_001, "refund", reference="RN0")]
    )
    yield office.ask(office.line("N0", 40_001))[0]
    yield office.ask(office.line("N0", 7, invoice="24332000000000000001", gross_fen=6))[0]
    claim = office.approved(office.line("N0", 30_000))
    claims.append(claim)
    one = office.repayment(claim)
    yield from (*office.sign(claim, "c01"), office.mark("N0", "private"), office.vouch(one, number="V0"),
                office.vouch(one, number="V0"), office.repaid(one), office.returned(one, 30_001),
                office.returned(one, 500))  # fmt: skip


def a_run(office: CardOffice, draw: Random) -> Iterator[str]:
    """Random acts; the code of each."""
    swipes: list[str] = []
    claims: list[int] = []
    yield from begun(office, swipes, claims)
    card, amounts = CARD, (1, 500, 7_000, 40_000)
    for step in range(STEPS):
        number, fen = f"N{draw.randrange(40)}", draw.choice(amounts)
        match draw.randrange(14):
            case 0 | 1:
                told = office.take(swipes=[office.swipe(number, fen, card_no=card)])
                swipes += [] if told else [number]
                yield from told
            case 2 if step > 20:
                yield from office.take(
                    swipes=[office.swipe(f"B{step}", fen, "refund", card_no=card, reference=f"R{number}")]
                )
            case 3 if step % 7 == 0:
                new = f"62838800000{step:05d}"
                told = office.take([office.card("reissued", step, card, new_card_no=new)])
                card = card if told else new
                yield from told
            case _ if not swipes:
                continue
            case 4 | 5:
                yield office.mark(draw.choice(swipes), draw.choice(("official", "official", "official", "private")))
            case 6 | 7:
                one = draw.choice(swipes)
                code, claim = office.ask(
                    office.line(one, fen, **draw.choice(({}, {"invoice": "24332000000000000001", "gross_fen": 50_000})))
                )
                claims += [claim] if claim else []
                yield code
            case _ if not claims:
                continue
            case 8 | 9 | 10:
                yield from office.sign(
                    draw.choice(claims[-4:]),
                    *draw.choice((("c01",), ("c01", "h01"), ("c01", "h01"), ("h01",))),
                    yes=draw.random() < 0.9,
                )
            case _:
                if not (found := office.world.rows("SELECT repayment_id FROM card_repayment ORDER BY 1")):
                    continue
                (repayment,) = draw.choice(found)
                yield office.vouch(repayment, number=f"V{step}")
                yield office.repaid(repayment, draw.choice(("paid", "paid", "failed")), f"B{repayment}")
                yield office.returned(repayment, draw.choice(amounts), cleared=draw.random() < 0.5)


@pytest.mark.parametrize("seed", [2])
def test_quota_used_is_what_was_repaid_less_what_came_back_and_nothing_is_claimed_twice(office: CardOffice, seed: int):
    codes = list(a_run(office, Random(seed)))
    assert codes.count("OK") > 30, (seed, codes)
    assert len(set(codes)) > 8, (seed, set(codes))
    assert (of_cards(office), of_the_books(office)) == ([], []), seed
    with office.world.as_owner():
        used, repaid, back = office.world.rows(
            "SELECT (SELECT used_fen FROM budget_indicator), sum(amount_fen) FILTER (WHERE kind = 'repaid'),"
            " coalesce(sum(amount_fen) FILTER (WHERE kind LIKE 'returned%%'), 0) FROM card_entry"
        )[0]
        private = office.world.rows(
            "SELECT swipe_id FROM card_swipe s WHERE (cards_marked_v1(s)).mark IS DISTINCT FROM 'official'"
        )
    assert (used, used > 0) == (repaid - back, True), seed
    assert not {one for (one,) in private} & {one for (one,) in office.world.rows("SELECT swipe_id FROM card_official")}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE card_claim SET amount_fen = 1", "its lines 120000"),
        ("UPDATE card_claim SET purpose = '别的'", "is not what was asked for"),
        ("UPDATE card_claim SET state = 'withdrawn'", "of a claim that is withdrawn has 1 postings"),
        ("UPDATE card_repayment SET amount_fen = 120001", "is not of its line"),
        ("UPDATE card_repayment SET returned_fen = 5", "returned_fen says 5, its postings 0"),
        (
            "UPDATE card_repayment SET state = 'due', voucher_no = NULL, paid_at = NULL",
            "is due, its postings paid 120000",
        ),
        (
            "ALTER TABLE card_swipe DISABLE TRIGGER append_only; UPDATE card_swipe SET amount_fen = 119999",
            "claimed of it is 120000",
        ),
        (
            "ALTER TABLE card_mark DISABLE TRIGGER append_only; DELETE FROM card_mark",
            "is official there, its mark is none",
        ),
        (
            "ALTER TABLE card_entry DISABLE TRIGGER append_only; UPDATE card_entry SET amount_fen = 1",
            "amount_fen says 1",
        ),
        (
            "ALTER TABLE card_signature DISABLE TRIGGER append_only; UPDATE card_signature SET person = 'x'",
            "without everybody whom it takes",
        ),
        (
            "ALTER TABLE card_invoice DISABLE TRIGGER append_only; UPDATE card_invoice SET gross_fen = 5",
            "says 5, claimed of it is 120000",
        ),
    ],
)
def test_verify_names_an_altered_row(paid: CardOffice, statement: str, said: str):
    assert of_cards(paid) == []
    for one in statement.split("; "):
        paid.world.set_up(one)
    assert any(said in problem for problem in of_cards(paid)), of_cards(paid)


@pytest.fixture
def paid(office: CardOffice) -> CardOffice:
    """One claim, repaid."""
    office.swiped("S1")
    claim = office.approved(office.line("S1", 120_000, invoice="24332000000000000001", gross_fen=120_000))
    assert (office.vouch(office.repayment(claim)), office.repaid(office.repayment(claim))) == ("OK", "OK")
    return office
