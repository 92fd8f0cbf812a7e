"""ledger_post_v1 and its neighbours, called directly: codes, groups, limits, chain, cut, guards."""

from datetime import date
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import errors

from tests.replay import recomputed_balances, replayed_chain
from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import EVERYONE

POST_SQL = """SELECT code, transfer_no FROM ledger_post_v1(%s::smallint, %s, %s::integer[],
    %s::ledger_kind[], %s::integer[], %s::integer[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::date[]) ORDER BY item"""
NEXT_DAY = date(2026, 11, 24)
APPEND_ONLY = ("ledger_transfer", "ledger_batch", "ledger_day_head", "ledger_day_balance",
               "payment_event", "daily_file", "daily_file_part")  # fmt: skip


class Move(NamedTuple):
    """One transfer to post."""

    debit: int | None
    credit: int | None
    amount: int | None = 100
    kind: str = "posted"
    pending: int | None = None
    reverses: int | None = None
    group: int | None = None  # its own unless said otherwise
    day: date | None = DAY


class Books:
    """Four plain accounts, one that must not be overdrawn on either side, and `post`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cash, self.bank = world.account("cash"), world.account("bank")
        self.fees, self.suspense = world.account("fees", "income"), world.account("suspense")
        self.transit = world.account("transit", "liability", "credit_covers_debit")
        self.till = world.account("till", "asset", "debit_covers_credit")

    def post(self, *moves: Move, reference: int = 7) -> list[tuple[Code, int | None]]:
        columns: list[list[Any]] = [
            [move.group or -place for place, move in enumerate(moves, 1)],
            *([getattr(move, name) for move in moves] for name in
              ("kind", "debit", "credit", "amount", "pending", "reverses")),
            [reference] * len(moves),
            list(range(1, len(moves) + 1)),
            [move.day for move in moves],
        ]  # fmt: skip
        rows = self.world.rows(POST_SQL, 0, self.world.now, *columns)
        return [(Code(code), number) for code, number in rows]

    def fund(self, amount: int) -> None:
        """Put this much on the transit account."""
        assert self.post(Move(self.cash, self.transit, amount))[0][0] is Code.OK


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


def refused(books: Books, *moves: Move) -> list[Code]:
    """The codes of a call that changes nothing at all."""
    before = books.world.money()
    answers = books.post(*moves)
    assert [number for _, number in answers] == [None] * len(moves)
    assert books.world.money() == before
    return [code for code, _ in answers]


# --- booking --------------------------------------------------------------------------------------


def test_a_transfer_moves_both_balances_and_gets_the_next_number(books):
    assert books.post(Move(books.cash, books.bank, 150)) == [(Code.OK, 1)]
    assert books.post(Move(books.cash, books.fees, 1), Move(books.fees, books.bank, 50)) == [
        (Code.OK, 2),
        (Code.OK, 3),
    ]
    assert books.world.balances() == {
        "cash": (0, 151, 0, 0),
        "bank": (0, 0, 0, 200),
        "fees": (0, 50, 0, 1),
    }


def test_the_largest_amount_is_booked_exactly(books):
    assert books.post(Move(books.cash, books.bank, 10**15 - 1)) == [(Code.OK, 1)]
    assert books.world.balances() == {
        "cash": (0, 10**15 - 1, 0, 0),
        "bank": (0, 0, 0, 10**15 - 1),
    }


def test_pending_then_post_moves_the_money_once(books):
    assert books.post(Move(books.cash, books.bank, 70, "pending")) == [(Code.OK, 1)]
    assert books.world.balances() == {"cash": (70, 0, 0, 0), "bank": (0, 0, 70, 0)}
    assert books.post(Move(books.cash, books.bank, 70, "post", 1)) == [(Code.OK, 2)]
    assert books.world.balances() == {"cash": (0, 70, 0, 0), "bank": (0, 0, 0, 70)}


def test_pending_then_void_moves_nothing(books):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    assert books.post(Move(books.cash, books.bank, 70, "void", 1)) == [(Code.OK, 2)]
    assert books.world.balances() == {}


def test_a_contra_brings_both_sides_back_level_without_touching_the_original(books):
    books.post(Move(books.cash, books.bank, 70))
    assert books.post(Move(books.bank, books.cash, 70, reverses=1)) == [(Code.OK, 2)]
    assert books.world.balances() == {"cash": (0, 70, 0, 70), "bank": (0, 70, 0, 70)}


def test_a_posted_pending_transfer_can_be_reversed(books):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    books.post(Move(books.cash, books.bank, 70, "post", 1))
    assert books.post(Move(books.bank, books.cash, 70, reverses=2)) == [(Code.OK, 3)]


# --- each refusal ---------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [None, 0, -1, 10**15])
def test_an_amount_outside_1_fen_to_the_largest_is_refused(books, amount):
    assert refused(books, Move(books.cash, books.bank, amount)) == [Code.LEDGER_AMOUNT_INVALID]


def test_debit_and_credit_must_differ(books):
    assert refused(books, Move(books.cash, books.cash)) == [Code.LEDGER_SAME_ACCOUNT]


@pytest.mark.parametrize("side", ["debit", "credit"])
@pytest.mark.parametrize("account", [None, 999_999])
def test_both_accounts_must_be_there(books, side, account):
    move = Move(books.cash, books.bank)._replace(**{side: account})
    assert refused(books, move) == [Code.LEDGER_ACCOUNT_UNKNOWN]


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_a_closed_account_takes_no_more_transfers(books, side):
    closed = books.world.account("closed")
    books.world.set_up("SELECT ledger_close_account_v1(%s)", closed)
    move = Move(books.cash, books.bank)._replace(**{side: closed})
    assert refused(books, move) == [Code.LEDGER_ACCOUNT_CLOSED]


def test_a_pending_transfer_of_an_account_closed_meanwhile_can_still_be_resolved(books):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    books.world.set_up("SELECT ledger_close_account_v1(%s)", books.bank)
    assert books.post(Move(books.cash, books.bank, 70, "void", 1)) == [(Code.OK, 2)]


def test_both_accounts_must_be_of_one_book(books):
    books.world.set_up("SELECT ledger_open_book_v1(2, 'other', '另账', '23:00', %s)", DAY)
    other = books.world.account("other", book=2)
    assert refused(books, Move(books.cash, other)) == [Code.LEDGER_BOOKS_DIFFER]


@pytest.mark.parametrize("day", [None, date(2026, 11, 22), NEXT_DAY])
def test_only_the_open_business_day_takes_transfers(books, day):
    assert refused(books, Move(books.cash, books.bank, day=day)) == [Code.LEDGER_DAY_CLOSED]


@pytest.mark.parametrize("kind", ["post", "void"])
@pytest.mark.parametrize("wrong", ["amount", "sides", "absent", "unnamed", "posted"])
def test_what_resolves_must_name_a_pending_transfer_and_fit_it(books, kind, wrong):
    books.post(Move(books.cash, books.bank, 70, "pending"), Move(books.cash, books.bank, 70))
    good = Move(books.cash, books.bank, 70, kind, 1)
    move = {
        "amount": good._replace(amount=71),
        "sides": good._replace(debit=books.bank, credit=books.cash),
        "absent": good._replace(pending=99),
        "unnamed": good._replace(pending=None),
        "posted": good._replace(pending=2),
    }[wrong]
    assert refused(books, move) == [Code.LEDGER_PENDING_UNKNOWN]


def test_only_post_and_void_may_name_a_pending_transfer(books):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    move = Move(books.cash, books.bank, 70, "posted", 1)
    assert refused(books, move) == [Code.LEDGER_PENDING_UNKNOWN]


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("second", ["post", "void"])
def test_a_pending_transfer_is_resolved_once(books, first, second):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    books.post(Move(books.cash, books.bank, 70, first, 1))
    again = Move(books.cash, books.bank, 70, second, 1)
    assert refused(books, again) == [Code.LEDGER_PENDING_RESOLVED]


def test_twice_in_one_call_a_pending_transfer_is_resolved_once(books):
    books.post(Move(books.cash, books.bank, 70, "pending"))
    move = Move(books.cash, books.bank, 70, "post", 1)
    void = move._replace(kind="void")
    assert books.post(move, void) == [(Code.OK, 2), (Code.BUSY, None)]
    assert books.post(void) == [(Code.LEDGER_PENDING_RESOLVED, None)]
    assert books.world.balances() == {"cash": (0, 70, 0, 0), "bank": (0, 0, 0, 70)}


@pytest.mark.parametrize("wrong", ["amount", "sides", "absent", "pending", "kind"])
def test_a_contra_must_name_a_posted_transfer_and_mirror_it(books, wrong):
    books.post(Move(books.cash, books.bank, 70), Move(books.cash, books.bank, 70, "pending"))
    good = Move(books.bank, books.cash, 70, reverses=1)
    move = {
        "amount": good._replace(amount=71),
        "sides": good._replace(debit=books.cash, credit=books.bank),
        "absent": good._replace(reverses=99),
        "pending": good._replace(reverses=2),
        "kind": good._replace(kind="pending"),
    }[wrong]
    assert refused(books, move) == [Code.LEDGER_ORIGINAL_UNKNOWN]


def test_a_transfer_is_reversed_once(books):
    books.post(Move(books.cash, books.bank, 70))
    contra = Move(books.bank, books.cash, 70, reverses=1)
    books.post(contra)
    assert refused(books, contra) == [Code.LEDGER_ALREADY_REVERSED]


def test_a_transfer_is_reversed_in_parts_that_never_exceed_it(books):
    books.post(Move(books.cash, books.bank, 70))
    part = Move(books.bank, books.cash, 40, reverses=1)
    assert books.post(part) == [(Code.OK, 2)]
    assert refused(books, part._replace(amount=31)) == [Code.LEDGER_ALREADY_REVERSED]
    assert books.post(part._replace(amount=29), part._replace(amount=1)) == [(Code.OK, 3), (Code.BUSY, None)]
    assert books.post(part._replace(amount=1)) == [(Code.OK, 4)]
    assert refused(books, part._replace(amount=1)) == [Code.LEDGER_ALREADY_REVERSED]
    assert books.world.balances() == {"cash": (0, 70, 0, 70), "bank": (0, 70, 0, 70)}


def test_twice_in_one_call_a_transfer_is_reversed_once(books):
    books.post(Move(books.cash, books.bank, 70))
    contra = Move(books.bank, books.cash, 70, reverses=1)
    assert books.post(contra, contra) == [(Code.OK, 2), (Code.BUSY, None)]
    assert books.post(contra) == [(Code.LEDGER_ALREADY_REVERSED, None)]


def test_a_second_contra_of_one_call_waits_when_the_first_may_still_fail(books):
    books.fund(70)
    books.post(Move(books.transit, books.bank, 70))  # now nothing is left to reverse number 1 with
    contra = Move(books.transit, books.cash, 70, reverses=1)
    codes = [code for code, _ in books.post(contra, contra)]
    assert codes == [Code.BALANCE_SHORT, Code.BUSY]


def test_refusals_come_in_the_order_of_the_code_table(books):
    """Each move is wrong in all the ways that follow; mended one by one, the next is named."""
    books.world.set_up("SELECT ledger_open_book_v1(2, 'other', '另账', '23:00', %s)", DAY)
    closed_other = books.world.account("closed.other", book=2)
    open_other = books.world.account("open.other", book=2)
    books.world.set_up("SELECT ledger_close_account_v1(%s)", closed_other)
    wrong = Move(999_999, 999_999, 0, day=NEXT_DAY, reverses=99)
    codes = []
    for mend in (
        {},
        {"amount": 100},
        {"debit": 999_998},
        {"debit": books.transit, "credit": closed_other},
        {"credit": open_other},
        {"credit": books.bank},
        {"day": DAY},
        {"reverses": None},
    ):
        wrong = wrong._replace(**mend)
        codes += refused(books, wrong)
    assert codes == [
        Code.LEDGER_AMOUNT_INVALID,
        Code.LEDGER_SAME_ACCOUNT,
        Code.LEDGER_ACCOUNT_UNKNOWN,
        Code.LEDGER_ACCOUNT_CLOSED,
        Code.LEDGER_BOOKS_DIFFER,
        Code.LEDGER_DAY_CLOSED,
        Code.LEDGER_ORIGINAL_UNKNOWN,
        Code.BALANCE_SHORT,
    ]


# --- groups ---------------------------------------------------------------------------------------


def test_a_group_with_one_bad_transfer_books_none_and_its_neighbours_are_booked(books):
    good, bad = Move(books.cash, books.bank, 5), Move(books.cash, books.bank, 0)
    answers = books.post(
        good, good._replace(group=9), bad._replace(group=9), good._replace(group=9), good
    )
    assert answers == [
        (Code.OK, 1),
        (Code.LEDGER_LINKED_FAILED, None),
        (Code.LEDGER_AMOUNT_INVALID, None),
        (Code.LEDGER_LINKED_FAILED, None),
        (Code.OK, 2),
    ]
    assert books.world.balances() == {"cash": (0, 10, 0, 0), "bank": (0, 0, 0, 10)}


def test_a_group_that_would_overdraw_at_its_end_books_none(books):
    books.fund(100)
    codes = refused(
        books,
        Move(books.cash, books.bank, 5, group=1),
        Move(books.transit, books.bank, 101, group=1),
    )
    assert codes == [Code.LEDGER_LINKED_FAILED, Code.BALANCE_SHORT]


def test_groups_that_interleave_cannot_spend_what_a_refused_group_would_have_brought(books):
    """A's first transfer would fund B's, but A's second one is refused, and with it the first."""
    other = books.world.account("other.transit", "liability", "credit_covers_debit")
    answers = books.post(
        Move(books.cash, books.transit, 100, group=1),
        Move(books.transit, books.bank, 100, group=2),
        Move(other, books.bank, 1, group=1),
    )
    assert answers == [
        (Code.LEDGER_LINKED_FAILED, None),
        (Code.BUSY, None),
        (Code.BALANCE_SHORT, None),
    ]
    assert books.world.balances() == {}


# --- limits ---------------------------------------------------------------------------------------


def test_a_limited_account_may_be_emptied_to_the_last_fen_and_not_one_further(books):
    books.fund(100)
    assert books.post(Move(books.transit, books.bank, 100))[0][0] is Code.OK
    assert refused(books, Move(books.transit, books.bank, 1)) == [Code.BALANCE_SHORT]
    assert books.post(Move(books.bank, books.till, 1)) == [(Code.BALANCE_SHORT, None)]
    assert books.post(Move(books.till, books.bank, 3))[0][0] is Code.OK
    assert books.post(Move(books.bank, books.till, 3))[0][0] is Code.OK


def test_pending_money_cannot_be_spent_a_second_time(books):
    books.fund(100)
    books.post(Move(books.transit, books.bank, 60, "pending"))
    assert refused(books, Move(books.transit, books.bank, 41)) == [Code.BALANCE_SHORT]
    assert books.post(Move(books.transit, books.bank, 40))[0][0] is Code.OK
    assert books.post(Move(books.transit, books.bank, 60, "post", 2))[0][0] is Code.OK
    assert books.world.balances()["transit"] == (0, 100, 0, 100)


def test_pending_money_does_not_count_before_it_has_come(books):
    books.post(Move(books.cash, books.transit, 100, "pending"))
    assert refused(books, Move(books.transit, books.bank, 1)) == [Code.BALANCE_SHORT]
    books.post(Move(books.cash, books.transit, 100, "post", 1))
    assert books.post(Move(books.transit, books.bank, 100))[0][0] is Code.OK


def test_a_voided_pending_transfer_frees_its_money_for_the_next_one_of_the_same_call(books):
    books.fund(100)
    books.post(Move(books.transit, books.bank, 100, "pending"))
    answers = books.post(
        Move(books.transit, books.bank, 100, "void", 2), Move(books.transit, books.fees, 100)
    )
    assert [code for code, _ in answers] == [Code.OK, Code.OK]


def test_in_one_call_the_order_decides_who_gets_the_money(books):
    books.fund(100)
    spend = Move(books.transit, books.bank)
    answers = books.post(
        spend._replace(amount=60),
        spend._replace(amount=41),  # the first that is short
        spend._replace(amount=40),  # may fit without it: to be called again
        Move(books.cash, books.bank, 1),  # touches no limited account
        Move(books.cash, books.transit, 1),
    )
    assert answers == [
        (Code.OK, 2),
        (Code.BALANCE_SHORT, None),
        (Code.BUSY, None),
        (Code.OK, 3),
        (Code.BUSY, None),
    ]
    assert books.post(spend._replace(amount=40)) == [(Code.OK, 4)]
    assert books.world.balances()["transit"] == (0, 100, 0, 100)


def test_money_that_comes_earlier_in_the_call_can_be_spent_later_in_it(books):
    answers = books.post(Move(books.cash, books.transit, 9), Move(books.transit, books.bank, 9))
    assert answers == [(Code.OK, 1), (Code.OK, 2)]
    assert refused(
        books, Move(books.transit, books.bank, 9), Move(books.cash, books.transit, 9)
    ) == [
        Code.BALANCE_SHORT,
        Code.BUSY,
    ]


# --- numbers, balances, chain ---------------------------------------------------------------------


def a_busy_morning(books: Books) -> None:
    """Every kind of transfer, refusals in between, a day cut."""
    world = books.world
    books.fund(1000)
    books.post(Move(books.transit, books.bank, 300, "pending"), Move(books.cash, books.bank, 0))
    books.post(Move(books.transit, books.bank, 300, "post", 2), Move(books.cash, books.fees, 7),
               Move(books.cash, books.till, 99))  # fmt: skip
    books.post(Move(books.bank, books.transit, 300, reverses=3))
    world.cut()
    books.post(Move(books.cash, books.bank, 5))  # yesterday's: refused
    books.post(Move(books.cash, books.bank, 11, "pending", day=NEXT_DAY),
               Move(books.fees, books.cash, 7, reverses=4, day=NEXT_DAY))  # fmt: skip
    books.post(Move(books.cash, books.bank, 11, "void", 6, day=NEXT_DAY))


def test_numbers_have_no_gaps_and_batches_cover_them(books):
    a_busy_morning(books)
    numbers = books.world.rows("SELECT transfer_no, batch_no FROM ledger_transfer ORDER BY 1")
    assert numbers == [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5), (8, 6)]
    batches = books.world.rows("SELECT batch_no, first_no, last_no FROM ledger_batch ORDER BY 1")
    assert batches == [(1, 1, 1), (2, 2, 2), (3, 3, 4), (4, 5, 5), (5, 6, 7), (6, 8, 8)]


def test_stored_balances_are_those_that_the_transfers_add_up_to(books):
    a_busy_morning(books)
    assert (
        books.world.balances()
        == recomputed_balances(books.world)
        == {
            "cash": (0, 1007, 0, 7),
            "transit": (0, 300, 0, 1300),
            "bank": (0, 300, 0, 300),
            "fees": (0, 7, 0, 7),
        }
    )


def test_the_chain_can_be_replayed_from_the_documented_text(books):
    a_busy_morning(books)
    stored = books.world.rows("SELECT hash FROM ledger_batch ORDER BY batch_no")
    assert [bytes(row[0]) for row in stored] == replayed_chain(books.world)
    head = books.world.rows("SELECT transfer_no, batch_no, hash FROM ledger_head")
    assert head == [(8, 6, stored[-1][0])]


def test_a_call_that_books_nothing_seals_no_batch(books):
    books.post(Move(books.cash, books.bank))
    refused(books, Move(books.cash, books.cash))
    assert books.world.value("SELECT count(*) FROM ledger_batch") == 1


def test_a_bucket_that_is_not_there_is_a_fault(books):
    with pytest.raises(errors.NoDataFound):
        books.world.rows(POST_SQL, 7, NOON, *([[]] * 10))


def test_an_account_without_a_balance_row_is_a_fault(shared_database):
    with psycopg.connect(shared_database.owner_url) as conn:
        own = Books(World(conn))
        conn.execute("DELETE FROM ledger_balance WHERE account_id = %s", (own.bank,))
        with pytest.raises(errors.RaiseException) as caught:
            own.post(Move(own.cash, own.bank))
        conn.rollback()
    assert caught.value.diag.message_primary == "an account has no balance row in bucket 0"


# --- the cut --------------------------------------------------------------------------------------


def test_the_cut_keeps_balances_and_heads_of_the_day_and_opens_the_next(books):
    world = books.world
    books.post(Move(books.cash, books.bank, 150), Move(books.cash, books.fees, 20, "pending"))
    assert world.cut(DAY) == NEXT_DAY
    kept = world.rows(
        "SELECT a.code, d.business_day, debit_pending_fen, debit_posted_fen, credit_pending_fen,"
        " credit_posted_fen FROM ledger_day_balance d JOIN ledger_account a USING (account_id)"
        " ORDER BY code"
    )
    assert kept == [
        ("bank", DAY, 0, 0, 0, 150),
        ("cash", DAY, 20, 150, 0, 0),
        ("fees", DAY, 0, 0, 20, 0),
        ("suspense", DAY, 0, 0, 0, 0),
        ("till", DAY, 0, 0, 0, 0),
        ("transit", DAY, 0, 0, 0, 0),
    ]
    heads = world.rows("SELECT bucket, book_id, business_day, batch_no, hash FROM ledger_day_head")
    hash_now = world.value("SELECT hash FROM ledger_head")
    assert heads == [(0, 1, DAY, 1, hash_now)]
    assert world.value("SELECT current_day FROM ledger_book") == NEXT_DAY


def test_a_repeated_cut_changes_nothing(books):
    books.post(Move(books.cash, books.bank, 150))
    books.world.cut(DAY)
    after = books.world.money()
    assert books.world.cut(DAY) == NEXT_DAY
    assert books.world.money() == after


def test_a_day_that_is_not_open_yet_cannot_be_cut(books):
    before = books.world.money()
    assert books.world.cut(NEXT_DAY) == DAY
    assert books.world.money() == before


def test_the_cut_keeps_only_the_accounts_of_its_book(books):
    books.world.set_up("SELECT ledger_open_book_v1(2, 'other', '另账', '23:00', %s)", DAY)
    books.world.account("other", book=2)
    books.world.cut(DAY)
    kept = "SELECT count(*) FROM ledger_day_balance JOIN ledger_account USING (account_id)"
    assert books.world.value(kept + " WHERE book_id = 1") == 6
    assert books.world.value(kept + " WHERE book_id = 2") == 0
    assert books.world.value("SELECT current_day FROM ledger_book WHERE book_id = 2") == DAY


def test_opening_again_changes_nothing(books):
    books.post(Move(books.cash, books.bank, 150))
    before = books.world.money()
    assert books.world.account("cash", "expense", "credit_covers_debit") == books.cash
    books.world.set_up("SELECT ledger_open_book_v1(1, 'hub', '改名', '22:00', %s)", NEXT_DAY)
    books.world.set_up("SELECT ledger_open_buckets_v1(1), payments_open_buckets_v1(1)")
    assert books.world.money() == before


# --- guards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_cannot_change_what_was_written(shared_database, table, statement):
    """Superusers can: that is what the chain is for."""
    with psycopg.connect(shared_database.owner_url) as conn:
        column = conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1",
            (table,),
        ).fetchone()[0]
        with pytest.raises(errors.RestrictViolation) as caught:
            conn.execute(statement.format(table, f"{column} = {column}"))
        assert caught.value.diag.message_primary == (
            f"{table} is append-only: write a contra transfer instead"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_transfer SELECT * FROM ledger_transfer",
        "UPDATE ledger_balance SET credit_posted_fen = credit_posted_fen + 1",
        "UPDATE payable SET paid_fen = due_fen",
        "UPDATE payment_serial SET code = 0",
        "UPDATE ledger_book SET current_day = current_day + 1",
        "DELETE FROM payment",
        "TRUNCATE ledger_head",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
        "CREATE TABLE x ()",
        "CREATE FUNCTION ledger_post_v1() RETURNS void LANGUAGE sql AS ''",
        "SET ROLE yifen_owner",
        "UPDATE biller SET transit_id = 1",
        "UPDATE admission SET clearing_id = 1",
        "UPDATE partner SET book_id = 2",
        "DELETE FROM partner_key",
        "DELETE FROM access_authorisation",
        "DELETE FROM counter_entry",
    ],
)
@pytest.mark.parametrize("role", EVERYONE)
def test_no_process_can_write_money(shared_database, role, statement):
    with (
        psycopg.connect(shared_database.url(role)) as conn,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        conn.execute(statement)
