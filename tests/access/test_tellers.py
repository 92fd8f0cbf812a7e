"""Tellers who move 调动 and who substitute 顶岗: by two people, back by themselves, never two numbers of one person."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest

from tests.counter.standing import NOW, person, signature
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

DAY = date(2026, 11, 23)  # of NOW
_NUMBERS = count(701)


class Branches:
    """County 青溪 with a second branch, and two who administer it."""

    def __init__(self, place: Province) -> None:
        from yifen.core.directory.models import Institution

        self.place, self.county, self.home = place, place.own.county, place.own.branch
        parent = Institution.objects.get(pk=self.county)
        self.parent = parent
        number = next(_NUMBERS)
        self.other = Institution.objects.create(code=f"{parent.code}{number}", parent=parent, level="branch",
                                                name=f"城关{number}")  # fmt: skip
        self.maker, self.checker = place.own.user, place.users["platform_admin"]

    def teller(self) -> Any:
        return person(f"{self.parent.code}9{next(_NUMBERS)}", self.home, "teller")

    def propose(self, teller: Any, kind: str = "move", to: Any = None, first: Any = None, last: Any = None,
                by: Any = None) -> Any:  # fmt: skip
        from yifen.core.access.tellers import TellerMove, propose

        form = TellerMove(kind, (to or self.other).pk, first, last)
        return propose(site.access(by or self.maker), teller, form, NOW, "人手调配")

    def agreed(self, teller: Any, *asked: Any, checker: Any = None, **fields: Any) -> None:
        site.agree(checker or self.checker, self.propose(teller, *asked, **fields), NOW)
        teller.refresh_from_db()

    def clock(self, day: date) -> int:
        """The worker's job on a day."""
        with psycopg.connect(self.place.database.url("yifen_worker"), autocommit=True) as conn:
            row = conn.execute("SELECT access_moves_due_v1(%s, %s)", (day, NOW)).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def at(place: Province) -> Branches:
    return Branches(place)


def refusal(call: Any) -> Code:
    with pytest.raises(Refused) as found:
        call()
    return found.value.code  # type: ignore[return-value]


def shift(teller: Any, *, closed: bool = False) -> Any:
    from yifen.trades.counter.operations.shifts import close_shift, open_shift

    made = open_shift(teller, 0, NOW)
    return close_shift(site.access(teller), {}, NOW) if closed else made


def test_who_moves_has_the_next_number_of_his_new_branch_and_the_old_one_is_shut(at: Branches):
    from yifen.core.access.models import User
    from yifen.core.access.tellers import moves_of
    from yifen.trades.counter.models import Shift

    teller, old = at.teller(), None
    old = shift(teller, closed=True)
    at.agreed(teller)
    new = User.objects.get(login=f"{at.other.code}-001")
    assert (new.name, new.institution_id, new.person, new.is_active, new.must_change_password) == (
        teller.name, at.other.pk, teller.person, True, True)  # fmt: skip
    assert (teller.is_active, teller.session_key, teller.institution_id) == (False, "", at.home)
    assert ([row.role for row in new.roles.all()], new.password) == (["teller"], teller.password)
    assert (Shift.objects.get(pk=old.pk).institution_id, shift(new).institution_id) == (at.home, at.other.pk)
    [one] = moves_of(teller)
    assert (one.kind, one.number, one.state, one.from_on) == ("move", new.login, "ended", DAY)
    assert moves_of(new) == [one]
    second = at.teller()
    at.agreed(second)
    assert User.objects.filter(login=f"{at.other.code}-002").exists()


def test_of_one_human_being_no_two_numbers_live_and_neither_checks_the_other(at: Branches):
    from yifen.core.access import people, second
    from yifen.core.access.models import User

    teller = at.teller()
    User.objects.filter(pk=teller.pk).update(person="")
    at.agreed(teller)
    new = User.objects.get(login=f"{at.other.code}-001")
    assert (teller.person, new.person) == (teller.login, teller.login)
    assert refusal(lambda: people.propose_let_in(site.access(at.maker), teller, NOW, "回来")) is Code.TELLER_MOVED
    with site.as_owner(at.place.database), pytest.raises(Exception, match="has another number now"):
        User.objects.filter(pk=teller.pk).update(is_active=True)
    own = at.teller()
    User.objects.filter(pk__in=(own.pk, at.checker.pk)).update(person="W77")
    proposal = at.propose(own)
    seen = bytes(proposal.shown).hex()
    assert refusal(lambda: second.decide(site.access(at.checker), proposal.pk, seen=seen, yes=True, now=NOW)) in (
        Code.AUTHORISATION_INVALID, Code.CHECKER_IS_MAKER)  # fmt: skip
    User.objects.filter(pk=at.checker.pk).update(person=at.checker.login)
    second.withdraw(site.access(at.maker), proposal.pk, NOW)


def test_an_open_shift_keeps_him_here_and_in_the_database_too(at: Branches, monkeypatch: pytest.MonkeyPatch):
    from yifen.core.access import second, tellers

    teller, check = at.teller(), tellers._check
    proposal = at.propose(teller)
    shift(teller)
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_SHIFT_OPEN
    monkeypatch.setattr(tellers, "_check", lambda name, *given: None if name == "stays" else check(name, *given))
    seen = bytes(proposal.shown).hex()
    decide = lambda: second.decide(site.access(at.checker), proposal.pk, seen=seen, yes=True, now=NOW)  # noqa: E731
    assert refusal(decide) is Code.TELLER_SHIFT_OPEN
    teller.refresh_from_db()
    assert (teller.is_active, teller.institution_id) == (True, at.home)
    second.withdraw(site.access(at.maker), proposal.pk, NOW)


def test_a_shift_is_opened_where_its_teller_is(at: Branches):
    """Who moved meanwhile has another branch than his page believes."""
    from yifen.trades.counter.operations.shifts import open_shift

    teller = at.teller()
    stale = type(teller).objects.get(pk=teller.pk)
    at.agreed(teller, "substitute", first=DAY, last=DAY)
    with pytest.raises(Refused):
        open_shift(stale, 0, NOW)
    assert shift(teller, closed=True).institution_id == at.other.pk
    assert at.clock(DAY + timedelta(days=1)) == 1


def test_cash_in_his_drawer_keeps_him_here_for_good_or_for_days(at: Branches):
    from yifen.core.access import tellers
    from yifen.face.people.waiting import what_waits
    from yifen.trades.counter.operations.shifts import close_shift, open_otherwise

    teller, boss = at.teller(), at.place.users["supervisor"]
    open_otherwise(site.access(teller), 500, NOW, signature(boss), "领用现金")
    close_shift(site.access(teller), {100: 5}, NOW)
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_HAS_CASH
    at.agreed(teller, "substitute", first=DAY, last=DAY)
    assert (teller.institution_id, tellers.moves_of(teller)[0].state) == (at.home, "agreed")
    [waits] = what_waits(site.access(at.maker), NOW)
    assert waits.title.en == "Substitutes kept by an open shift, cash or papers"
    open_otherwise(site.access(teller), 0, NOW, signature(boss), "上缴现金")
    close_shift(site.access(teller), {}, NOW)
    assert at.clock(DAY) == 1
    teller.refresh_from_db()
    assert teller.institution_id == at.other.pk


def test_papers_in_his_hand_or_on_the_way_keep_him_here(at: Branches):
    teller = at.teller()
    with psycopg.connect(at.place.database.super_url) as conn:
        kind = conn.execute(
            "INSERT INTO invoice_kind (biller_id, name, prefix, digits, layout, made_by, made_at)"
            " SELECT %s, '发票', %s, 8, 'a5', %s, now() RETURNING kind_id",
            (at.place.own.biller, f"P{teller.pk}", teller.pk)).fetchone()  # fmt: skip
        assert kind is not None
        row = conn.execute("INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, user_id,"
                           " since) VALUES (%s, 1, 9, 'hand', %s, %s, now()) RETURNING range_id",
                           (kind[0], at.home, teller.pk)).fetchone()  # fmt: skip
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_HAS_PAPERS
    with psycopg.connect(at.place.database.super_url) as conn:  # spoilt ones are handed in, too
        conn.execute("UPDATE invoice_range SET state = 'void' WHERE range_id = %s", row)
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_HAS_PAPERS
    with psycopg.connect(at.place.database.super_url) as conn:
        conn.execute("UPDATE invoice_range SET user_id = NULL WHERE range_id = %s", row)
        conn.execute("INSERT INTO invoice_transfer (kind_id, first_no, last_no, is_void, from_institution, from_user,"
                     " to_institution, given_by, given_at) VALUES (%s, 1, 9, false, %s, %s, %s, %s, now())",
                     (kind[0], at.home, teller.pk, at.county, teller.pk))  # fmt: skip
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_HAS_PAPERS


def test_a_substitute_goes_on_his_day_keeps_his_number_and_returns_by_himself(at: Branches):
    from yifen.core.access.tellers import moves_of

    teller = at.teller()
    login = teller.login
    at.agreed(teller, "substitute", first=DAY + timedelta(days=1), last=DAY + timedelta(days=2))
    assert (teller.institution_id, moves_of(teller)[0].state) == (at.home, "agreed")
    assert refusal(lambda: at.propose(teller)) is Code.TELLER_AWAY
    at.clock(DAY + timedelta(days=1))
    teller.refresh_from_db()
    assert (teller.institution_id, teller.login, teller.is_active) == (at.other.pk, login, True)
    open_there = shift(teller)
    at.clock(DAY + timedelta(days=2))
    at.clock(DAY + timedelta(days=3))
    teller.refresh_from_db()
    assert teller.institution_id == at.other.pk  # until he has balanced his drawer
    from yifen.face.people.waiting import what_waits

    [waits] = what_waits(site.access(at.maker), NOW)
    assert (waits.title.en, waits.number) == ("Substitutes kept by an open shift, cash or papers", 1)
    from yifen.trades.counter.operations.shifts import close_shift

    close_shift(site.access(teller), {}, NOW)
    assert at.clock(DAY + timedelta(days=3)) == 1
    teller.refresh_from_db()
    open_there.refresh_from_db()
    assert (teller.institution_id, open_there.institution_id) == (at.home, at.other.pk)
    assert moves_of(teller)[0].state == "ended"
    assert shift(teller).institution_id == at.home


def test_who_substitutes_from_today_on_is_there_at_once(at: Branches):
    teller = at.teller()
    at.agreed(teller, "substitute", first=DAY, last=DAY)
    assert teller.institution_id == at.other.pk
    at.clock(DAY + timedelta(days=1))
    teller.refresh_from_db()
    assert teller.institution_id == at.home


@pytest.mark.parametrize(("first", "last", "field"), [
    (None, DAY, "from_on"), (DAY - timedelta(days=1), DAY, "from_on"), (DAY, None, "until_on"),
    (DAY, DAY - timedelta(days=1), "until_on"), (DAY, DAY + timedelta(days=92), "until_on"),
])  # fmt: skip
def test_days_of_a_substitute_are_from_today_on_and_not_for_ever(at: Branches, first, last, field):
    with pytest.raises(Refused) as found:
        at.propose(at.teller(), "substitute", first=first, last=last)
    assert (found.value.code, found.value.field) == (Code.INPUT_INVALID, field)


def test_who_is_no_teller_or_goes_nowhere_else_is_refused(at: Branches):
    from yifen.core.directory.models import Institution

    supervisor = person(f"su{next(_NUMBERS)}", at.home, "supervisor")
    assert refusal(lambda: at.propose(supervisor)) is Code.TELLER_MOVE_UNFIT
    home = Institution.objects.get(pk=at.home)
    assert refusal(lambda: at.propose(at.teller(), to=home)) is Code.TELLER_MOVE_UNFIT
    foreign = Institution.objects.get(pk=at.place.foreign.branch)
    assert refusal(lambda: at.propose(at.teller(), to=foreign)) is Code.OUT_OF_SCOPE


def test_two_of_one_county_move_nobody_into_another_past_the_pages(at: Branches):
    """What their proposal says is their word; whom they reach is the database's."""
    from yifen.core.access import second
    from yifen.core.access.models import Authorisation

    teller, checker = at.teller(), site.user(f"ia{next(_NUMBERS)}", at.county, "institution_admin")
    proposal = at.propose(teller)
    with psycopg.connect(at.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE access_authorisation SET content = content || jsonb_build_object('to', %s) WHERE id = %s",
                     (at.place.foreign.branch, proposal.pk))  # fmt: skip
    row = Authorisation.objects.get(pk=proposal.pk)
    seen = second.digest_now(row)
    with psycopg.connect(at.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE access_authorisation SET shown = %s WHERE id = %s", (seen, proposal.pk))
    decide = lambda: second.decide(site.access(checker), proposal.pk, seen=seen.hex(), yes=True, now=NOW)  # noqa: E731
    assert refusal(decide) is Code.PERMISSION_MISSING
    teller.refresh_from_db()
    assert teller.institution_id == at.home
    second.withdraw(site.access(at.maker), proposal.pk, NOW)


def test_a_branch_with_a_substitute_on_his_way_is_not_closed(at: Branches):
    from yifen.core.access.institutions import in_use

    teller = at.teller()
    at.agreed(teller, "substitute", first=DAY + timedelta(days=1), last=DAY + timedelta(days=2))
    assert [(one.kind, one.name.split()[0]) for one in in_use(at.other)] == [("user", teller.login)]
    at.clock(DAY + timedelta(days=9))
    assert in_use(at.other) == []


def test_a_new_teller_has_the_next_number_and_none_of_another_institution(at: Branches):
    from yifen.core.access import people, tellers

    teller = frozenset({"teller"})
    assert tellers.numbered(at.other, teller) == f"{at.other.code}-001"
    with pytest.raises(Refused):
        tellers.numbered(at.other, frozenset({"finance"}))

    def new(login: str) -> Any:
        return people.propose_user(site.access(at.maker), login, "新人", f"N{login}", at.other, teller,
                                   "a-new-passphrase", NOW)  # fmt: skip

    assert refusal(lambda: new(f"{at.parent.code}-044")) is Code.INPUT_INVALID
    site.agree(at.checker, new(f"{at.other.code}-001"), NOW)
    assert tellers.numbered(at.other, teller) == f"{at.other.code}-002"
    person(f"{at.other.code}-900", at.other.pk, "supervisor")  # a number of another kind leaves no gap behind it
    assert tellers.numbered(at.other, teller) == f"{at.other.code}-002"


def test_signatures_are_of_people_who_are_there(at: Branches):
    """The old number signs nothing any more."""
    from yifen.core.access import second

    teller = at.teller()
    at.agreed(teller)
    other = at.propose(at.teller())
    seen = bytes(other.shown).hex()
    signed = signature(teller)
    assert refusal(lambda: second.sign(signed.checker, signed.proof, other.pk, seen=seen, now=NOW)) is (
        Code.AUTHORISATION_INVALID)  # fmt: skip
    second.withdraw(site.access(at.maker), other.pk, NOW)
