"""One swipe from the bank's message to what is owed to the card, and back again: every posting."""

from tests.budget.test_proof import a_year_on
from tests.cards.office import CardOffice
from tests.cards.test_proof import of_cards
from tests.world import DAY


def test_a_swipe_is_told_marked_claimed_signed_owed_paid_and_returned(office: CardOffice):
    assert office.state() == "active"
    assert office.take(swipes=[office.swipe("S1", kind="auth"), office.swipe("S2", reference="RS1")]) == []
    assert office.mine() == [("S2", None, 120_000)]  # its authorisation is behind it
    assert office.official() == []  # what nobody marked is private
    assert office.mark("S2") == "OK"
    assert office.official() == [(120_000, 0, 0, 120_000)]
    code, claim = office.ask(office.line("S2", 100_000), office.line("S2", 20_000, item="11"))
    assert (code, office.sums("IND1")) == ("OK", (1_000_000, 0, 880_000, 120_000, 0))
    assert claim is not None
    before = office.ledger()
    assert office.sign(claim, "c01", "h01") == ["OK", "OK"]
    assert office.postings(claim) == [("claimed", 100_000), ("claimed", 20_000)]
    assert office.ledger() == before | {"5001": 120_000, "2307": -120_000}
    due = office.world.rows(
        "SELECT amount_fen, state, due_on::text FROM card_repayment WHERE claim_id = %s ORDER BY 1 DESC", claim
    )
    assert due == [(100_000, "due", "2026-12-20"), (20_000, "due", "2026-12-20")]
    first, second = office.repayment(claim), office.repayment(claim, 2)
    assert office.vouch(first, second) == "OK"
    assert office.vouch(first, number="V2") == "CARD_REPAYMENT_STATE"
    assert (office.repaid(first), office.repaid(first), office.repaid(second, "failed", "户名不符")) == (
        "OK",
        "OK",
        "OK",
    )
    assert office.sums("IND1") == (1_000_000, 0, 880_000, 20_000, 100_000)
    assert office.ledger() == before | {
        "5001": 120_000,
        "2307": -20_000,
        "2202": -100_000,
        "8102": -20_000,
        "8103": -100_000,
    }
    assert office.world.rows("SELECT state, reason FROM card_repayment WHERE repayment_id = %s", second) == [
        ("due", "户名不符")
    ]
    # Its merchant gives 30,000 back: the same year it is quota again.
    assert office.take(swipes=[office.swipe("S3", 30_000, "refund", reference="RS1")]) == []
    assert office.official() == [(120_000, 30_000, 120_000, -30_000)]
    assert office.returned(first, 30_000) == "OK"
    assert office.official() == [(120_000, 30_000, 90_000, 0)]
    assert office.sums("IND1") == (1_000_000, 0, 910_000, 20_000, 70_000)
    assert office.returned(first, 70_001) == "CARD_RETURN_TOO_MUCH"
    assert office.returned(first, 70_000, cleared=True) == "OK"
    assert office.ledger() == {
        "8001": 1_000_000,
        "8104": -980_000,
        "8102": -20_000,
        "5001": 20_000,
        "2307": -20_000,
        "2202": -70_000,
        "1012": 70_000,
    }
    assert office.returned(first, 1, DAY.year) == "CARD_REPAYMENT_STATE"


def test_what_comes_back_in_a_later_year_moves_no_quota_and_is_cleared_or_not(office: CardOffice):
    office.swiped("S1", 100_000)
    office.swiped("S2", 50_000)
    spent = office.approved(office.line("S1", 100_000))
    lent = office.approved(office.line("S2", 50_000), kind="advance")
    repayments = [office.repayment(spent), office.repayment(lent)]
    assert (office.vouch(*repayments), [office.repaid(one) for one in repayments]) == ("OK", ["OK", "OK"])
    quota, before = office.sums("IND1"), office.ledger()
    a_year_on(office)
    later = DAY.year + 1
    assert [office.returned(repayments[0], 3_000, later), office.returned(repayments[0], 500, later, cleared=True)] == [
        "OK", "OK"]  # fmt: skip
    assert office.returned(repayments[1], 50_000, later) == "OK"  # an advance that nothing settled was never spent
    assert office.postings(spent) == [
        ("claimed", 100_000), ("repaid", 100_000), ("returned_prior", 3_000),
        ("returned_prior_cleared", 500)]  # fmt: skip
    moved = {"2202": -97_000, "1012": 500, "3501": -3_500}
    assert office.ledger() == {code: fen for code, fen in (before | moved).items() if code != "1218"}
    assert (office.sums("IND1"), of_cards(office)) == (quota, [])


def test_what_all_came_back_of_may_be_private_again_and_verify_finds_nothing(office: CardOffice):
    office.swiped("S1", 1_000)
    claim = office.approved(office.line("S1", 1_000))
    repayment = office.repayment(claim)
    assert (office.vouch(repayment), office.repaid(repayment), office.returned(repayment, 999)) == ("OK",) * 3
    assert office.mark("S1", "private") == "SWIPE_CLAIMED"
    assert (office.returned(repayment, 1), office.mark("S1", "private"), office.official()) == ("OK", "OK", [])
    assert of_cards(office) == []
