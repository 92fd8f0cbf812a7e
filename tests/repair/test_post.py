"""Onto suspense and back by themselves: the amount is the item's, a purpose is posted once, refusals move nothing."""

import psycopg
import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.plugs import result_code
from yifen.hub.payments.verify import verify
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.repair import rules
from yifen.trades.reconciliation.repair.words import Difference, Party, Truth

CLEARING, SUSPENSE, SHORT = "1121.WX", "2241.1.SUSPENSE", "1221.1.SHORT"


@pytest.fixture
def doubled(bench: Bench) -> int:
    """A sale of 500 that they list twice, being suspended."""
    payment = bench.pay(500)
    bench.cut()
    item_id = bench.item("duplicate", payment.serial, payment_id=payment.id, nth=2,
                         theirs_kind="sale", theirs_fen=500)  # fmt: skip
    state(bench, item_id, "doing", "suspend")
    return item_id


def state(bench: Bench, item_id: int, word: str, action: str | None) -> None:
    closed = bench.now if word == "closed" else None
    bench.conn.execute(
        "UPDATE recon_item SET state = %s, action = %s, closed_at = %s WHERE item_id = %s",
        (word, action, closed, item_id),
    )


def post(bench: Bench, item_id: int) -> Code:
    """Its answer; a refusal is proved to have moved nothing."""
    before = bench.everything()
    code = result_code(bench.world.value("SELECT recon_suspend_v1(%s, %s)", item_id, bench.now))
    assert code is Code.OK or bench.everything() == before
    return code


def release(bench: Bench, item_id: int) -> Code:
    """With the word of two people."""
    before = bench.everything()
    code = result_code(bench.release(item_id))
    assert code is Code.OK or bench.everything() == before
    return code


def test_it_posts_once_and_releases_once(bench: Bench, doubled: int):
    before = bench.balances()
    assert post(bench, doubled) is Code.OK
    assert bench.moved(before) == {CLEARING: (500, 0), SUSPENSE: (0, 500)}
    assert post(bench, doubled) is RepairCode.REPAIR_DONE_BEFORE
    state(bench, doubled, "closed", "suspend")
    assert post(bench, doubled) is RepairCode.REPAIR_DONE_BEFORE
    alone = "SELECT recon_release_v1(%s, %s)"
    assert bench.world.value(alone, doubled, bench.now) == Code.AUTHORISATION_INVALID
    with bench.conn.transaction():  # the word of two people about nothing
        nothing = bench.world.proposed("repair.release", "999999999", now=bench.now)
        assert bench.world.decided(nothing, now=bench.now) == Code.PROPOSAL_UNREADABLE
        assert bench.world.value(alone, doubled, bench.now) == Code.AUTHORISATION_INVALID
    assert release(bench, doubled) is Code.OK
    assert bench.moved(before) == {CLEARING: (500, 500), SUSPENSE: (500, 500)}
    assert bench.world.value(alone, doubled, bench.now) == Code.AUTHORISATION_INVALID  # it was once
    assert release(bench, doubled) is RepairCode.REPAIR_DONE_BEFORE
    assert bench.postings(doubled) == [
        ("suspend", CLEARING, SUSPENSE, 500, "repair", None),
        ("release", SUSPENSE, CLEARING, 500, "maker01", "checker01"),
    ]


def test_what_two_people_agreed_to_names_them(bench: Bench, doubled: int):
    state(bench, doubled, "open", None)
    bench.agreed(doubled, "suspend")
    assert post(bench, doubled) is Code.OK
    assert bench.postings(doubled) == [("suspend", CLEARING, SUSPENSE, 500, "maker01", "checker01")]


def test_the_word_about_another_action_moves_nothing(bench: Bench, doubled: int):
    """Agreed was to tell the partner; a process that was taken over says suspend."""
    state(bench, doubled, "open", None)
    bench.agreed(doubled, "tell")
    state(bench, doubled, "doing", "suspend")
    assert post(bench, doubled) is RepairCode.REPAIR_NOT_DECIDED


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (None, Code.OK),
        (("suspend", True, None), Code.OK), (("suspend", True, 500), Code.OK),
        (("suspend", True, 499), RepairCode.REPAIR_NOT_DECIDED),
        (("suspend", False, None), RepairCode.REPAIR_NOT_DECIDED),
        (("tell", True, None), RepairCode.REPAIR_NOT_DECIDED),
        (("refund", True, None), RepairCode.REPAIR_NOT_DECIDED),
        (("book", True, None), Code.OK),
    ],
)  # fmt: skip
def test_by_itself_it_goes_only_where_the_partners_policy_says_so(bench: Bench, doubled, policy, code):
    """Looked up by the database: what the caller makes of the item does not count."""
    if policy is not None:
        bench.profile("WX", "channel", "theirs")
        bench.policy("WX", "duplicate", *policy)
    assert post(bench, doubled) is code
    with psycopg.connect(bench.database.owner_url) as conn:
        conn.execute("DELETE FROM recon_policy; DELETE FROM recon_profile")


def test_the_defaults_of_the_database_are_those_of_the_rules(bench: Bench):
    """Every class, both truths: what goes to suspense by itself."""
    bench.cut()
    for truth in ("theirs", "ours"):
        bench.profile("WX", "channel", truth)
        for kind in Difference:
            ours = {} if kind in ("theirs_only", "duplicate") else {"ours_kind": "sale", "ours_fen": 50}
            theirs = {} if kind == "ours_only" else {"theirs_kind": "sale", "theirs_fen": 70}
            item_id = bench.item(kind.value, f"D{truth}{kind}", **(ours | theirs))
            policy = rules.DEFAULTS[Party.CHANNEL, Truth(truth)][kind]
            with bench.world.as_owner():
                alone = bench.world.value(
                    "SELECT recon_goes_alone_v1(i) FROM recon_item i WHERE item_id = %s", item_id)  # fmt: skip
            expected = policy.automatic and policy.action in ("suspend", "book") and kind != "ours_only"
            assert alone is expected, (truth, kind)
        with psycopg.connect(bench.database.owner_url) as conn:
            conn.execute("DELETE FROM recon_profile")


@pytest.mark.parametrize(
    ("word", "action", "code"),
    [
        ("open", None, RepairCode.REPAIR_NOT_DECIDED),
        ("proposed", "suspend", RepairCode.REPAIR_NOT_DECIDED),
        ("waiting", "suspend", RepairCode.REPAIR_NOT_DECIDED),
        ("doing", "accept", RepairCode.ACTION_NOT_POSSIBLE),
        ("closed", "suspend", RepairCode.ITEM_CLOSED),
    ],
)
def test_only_an_item_that_is_being_suspended_moves_money(bench, doubled, word, action, code):
    state(bench, doubled, word, action)
    assert post(bench, doubled) is code


def test_an_unknown_item_and_one_without_a_posting_are_refused(bench: Bench, doubled: int):
    assert post(bench, 10**9) is RepairCode.ITEM_UNKNOWN
    nothing = bench.world.proposed("repair.release", str(10**9), {"item": 10**9}, now=bench.now)
    assert bench.world.decided(nothing, now=bench.now) == Code.PROPOSAL_UNREADABLE
    assert release(bench, doubled) is RepairCode.ACTION_NOT_POSSIBLE


@pytest.mark.parametrize(
    ("kind", "columns", "difference"),
    [
        ("ours_only", {"ours_kind": "sale", "ours_fen": 70}, -70),
        ("ours_only", {"ours_kind": "refund", "ours_fen": 70}, 70),
        ("theirs_only", {"theirs_kind": "sale", "theirs_fen": 70}, 70),
        ("theirs_only", {"theirs_kind": "void", "theirs_fen": 70}, -70),
        ("duplicate", {"theirs_kind": "refund", "theirs_fen": 70, "nth": 2}, -70),
        ("status", {"ours_kind": "sale", "ours_fen": 70, "theirs_kind": "void",
                    "theirs_fen": 70}, -70),
        ("status", {"ours_kind": "void", "ours_fen": 70, "theirs_kind": "sale",
                    "theirs_fen": 70}, 70),
        ("amount", {"ours_kind": "sale", "ours_fen": 70, "theirs_kind": "sale",
                    "theirs_fen": 75}, 5),
        ("amount", {"ours_kind": "refund", "ours_fen": 70, "theirs_kind": "void",
                    "theirs_fen": 75}, -5),
        ("fee", {"ours_kind": "sale", "ours_fen": 70, "theirs_kind": "sale", "theirs_fen": 70,
                 "theirs_fee_fen": -3}, 0),
    ],
)  # fmt: skip
def test_the_amount_is_worked_out_from_the_item(bench: Bench, kind, columns, difference):
    bench.cut()
    item_id = bench.item(kind, f"M{bench.run()}", **columns)
    if difference:
        bench.agreed(item_id, "suspend")
    else:
        state(bench, item_id, "doing", "suspend")
    before = bench.balances()
    if difference == 0:
        assert post(bench, item_id) is RepairCode.ACTION_NOT_POSSIBLE
        return
    assert post(bench, item_id) is Code.OK
    fen = abs(difference)
    more = {CLEARING: (fen, 0), SUSPENSE: (0, fen)}
    less = {SHORT: (fen, 0), CLEARING: (0, fen)}
    assert bench.moved(before) == (more if difference > 0 else less)


def test_a_leg_without_clearing_moves_nothing(bench: Bench):
    bench.cut()
    item_id = bench.item("theirs_only", "N1", "WATER", theirs_kind="sale", theirs_fen=5)
    bench.world.two_people("repair", str(item_id), {"item": item_id, "action": "suspend"},
                           bench.world.ids["WATER"], now=bench.now)  # fmt: skip
    assert post(bench, item_id) is RepairCode.ACTION_NOT_POSSIBLE


def test_the_same_line_found_by_another_run_is_not_suspended_twice(bench: Bench, doubled: int):
    assert post(bench, doubled) is Code.OK
    state(bench, doubled, "closed", "suspend")
    first = bench.read(doubled)
    again = bench.item("duplicate", first.serial, nth=2, theirs_kind="sale", theirs_fen=500,
                       business_day=first.business_day)  # fmt: skip
    state(bench, again, "doing", "suspend")
    assert post(bench, again) is RepairCode.REPAIR_DONE_BEFORE
    assert release(bench, doubled) is Code.OK
    assert post(bench, again) is Code.OK


def test_a_posting_is_never_changed_and_nobody_writes_one_by_hand(bench: Bench, doubled: int):
    post(bench, doubled)
    for statement in ("DELETE FROM recon_posting", "UPDATE recon_posting SET amount_fen = 1",
                      "INSERT INTO recon_posting SELECT * FROM recon_posting"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bench.conn.execute(statement.encode())


def test_the_books_prove_themselves_with_documents_that_are_no_payments(bench: Bench, doubled: int):
    post(bench, doubled)
    with psycopg.connect(bench.database.app_url, autocommit=True) as conn:
        found = verify(conn).problems
    # The bench's files are rows without bytes, and its items changed by hand: verify takes neither.
    ours = ("does not have its sha256", "is not as its last act left it")
    assert [problem for problem in found if not problem.endswith(ours)] == []
