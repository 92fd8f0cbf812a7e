"""What people were asked to decide lapses with its subject: in the same transaction, and it says why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import psycopg
import pytest

from tests.access.proposals import MAKERS, NOW, Made
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core.access import walls
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import NIGHT
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs

CALL = " biller_call {} WHERE payment_id = %(subject)s::bigint"
ENTRY = "UPDATE counter_entry SET state = %(state)s WHERE serial = %(subject)s"
OTHERWISE: dict[str, tuple[str, ...]] = {
    "night.sign": ("UPDATE eod_run SET ended_at = now() WHERE book_id || ' ' || business_day = %(subject)s",),
    "repair": ("UPDATE recon_item SET state = 'closed', closed_at = now(), closed_by = 'gone'"
               " WHERE item_id = %(subject)s::bigint",),
    "repair.release": ("INSERT INTO recon_posting SELECT document_id - 1000000, item_id, 'release', bucket, credit_id,"
                       " debit_id, amount_fen, business_day, now(), 'a', 'b' FROM recon_posting"
                       " WHERE item_id = %(subject)s::bigint",),
    "repair.undecided": ("DELETE FROM" + CALL.format(""), "UPDATE" + CALL.format("SET due_at = now()")),
    "payments.chargeback": ("UPDATE payment SET payer_state = 'returned' WHERE payment_id = %(subject)s::bigint",),
    "payouts.mark": ("UPDATE payout SET state = 'returned', changed_at = now() WHERE reference = %(subject)s",),
    "payouts.again": ("INSERT INTO payout SELECT (jsonb_populate_record(y, jsonb_build_object("
                      "'document_id', y.document_id - 1000000, 'reference', 'X' || y.reference))).*"
                      " FROM payout y JOIN partner p ON p.id = y.biller_id WHERE p.code = %(subject)s LIMIT 1",),
    "deductions.outside": ("UPDATE deduction_back SET back_at = now() WHERE number = %(subject)s",),
    "debits.let_go": ("UPDATE debit_batch SET state = 'dropped', settle_at = NULL, done_at = now()"
                      " WHERE serial = %(subject)s",),
    "heating.decide": ("UPDATE heating_request SET withdrawn_at = now() WHERE request_id = %(subject)s::bigint",),
    "desk.reversal": (ENTRY.replace("%(state)s", "'reversed'"),),
    "desk.refund": (ENTRY.replace("%(state)s", "'refunded'"),),
    "desk.close": ("UPDATE counter_shift SET state = 'closed', closed_at = now(), counted_fen = 0, expected_fen = 0,"
                   " difference_fen = 0 WHERE 'shift ' || id = %(subject)s",),
    "desk.open": ("INSERT INTO counter_shift (teller_id, institution_id, channel_id, business_day, opened_at,"
                  " opening_fen, reason, state) SELECT teller_id, institution_id, channel_id, business_day, now(),"
                  " counted_fen, '', 'open' FROM counter_shift WHERE 'opening ' || teller_id = %(subject)s",),
    "agency.unpay": ("UPDATE agency_deposit SET state = 'reversed', back_shift_id = shift_id, changed_at = now()"
                     " WHERE serial = %(subject)s",),
    "agency.uncharge": ("UPDATE agency_charge SET state = 'reversed', changed_at = now() WHERE serial = %(subject)s",),
    "mandates.sign": ("UPDATE mandate SET ended_on = from_on, end_why = 'payer', changed_at = now()"
                      " WHERE number = %(subject)s",),
    "pos.close": ("UPDATE pos_exception SET closed_at = now() WHERE exception_id::text = %(subject)s",),
    "corebank.close": ("UPDATE core_move SET state = 'done', settle_at = NULL, changed_at = now()"
                       " WHERE serial = %(subject)s",),
}  # fmt: skip
"""Of each act that something else can end: a statement for each way."""
BY_NOTHING_ELSE = {
    "what is kept of partners, people and rules changes by its own act alone, and is then seen anew": (
        "deductions.port", "institutions.change", "messages.carrier", "messages.template", "night.book",
        "orders.method",
        "partners.admit", "partners.codes", "partners.dialect", "partners.go_live", "partners.key",
        "partners.key_end", "partners.kind_rule", "partners.resume", "partners.terms", "pipes.pipe", "recon.layout",
        "recon.rules",
        "settlement.agreement", "settlement.bank", "settlement.bank_key", "settlement.payee", "settlement.place",
        "settlement.shares",
        "tellers.move", "users.let_in", "users.new", "users.reset", "users.roles"),
    "what is waived or not counted of late fees is looked at again when it is decided": (
        "billing.freeze", "billing.late_rule", "billing.waive"),
    "customers, fees, prices and runs of bills are looked at again when it is decided": (
        "billing.close", "billing.fee", "billing.holder", "billing.import", "billing.merge", "billing.move",
        "billing.open", "billing.price", "billing.publish", "billing.split", "billing.take_over"),
    "a rejected sale ends by its own act; a vending system changes by its own": ("billing.unsell", "billing.vending"),
    "what an account owes is looked at again when it is decided": (
        "arrears.cut", "arrears.plan", "arrears.rule", "arrears.take_up", "arrears.write_off"),
    "a report's title and what it asks are part of what was proposed": ("figures.folder",),
    "a season, and a stop that is warm, are looked at again when it is decided": (
        "heating.charge", "heating.season", "heating.spare"),
    "a file counts, or ceases to, by two people alone": (
        "cards.file", "heating.file", "recon.file", "recon.withdraw", "payables.import", "payouts.results"),
    "what is kept of cores, of accounts there, of merchants and admissions changes by its own act alone": (
        "agency.admission", "agency.merchant", "corebank.bank", "corebank.pair"),
    "whose money a terminal takes, and by which acquirer, changes by its own act alone": (
        "pos.acquirer", "pos.terminal"),
    "by which line a partner speaks, and under which key, changes by its own act alone": ("tcp.line",),
    "what a biller agreed of its mandates changes by its own act alone": ("mandates.rule",),
    "a biller's way of batch debit changes by its own act alone": ("debits.rule",),
    "where a utility's database is, and how it is spoken to, changes by its own act alone": (
        "connector.mapping", "connector.source"),
    "a seller's platform and rates change by their own act alone": ("invoices.issuer",),
    "courts' rules, payees, cases, statements and claims are looked at again when it is decided": (
        "cases.claim", "cases.correct", "cases.court_payee", "cases.explain", "cases.hold", "cases.link", "cases.merge",
        "cases.pause", "cases.payee", "cases.plan", "cases.recall", "cases.release", "cases.rule", "cases.statement",
        "cases.unclaim", "cases.unlink"),
    "a bureau's rules, lists, indicators, quota and year ends are looked at again when it is decided": (
        "budget.grant", "budget.list", "budget.quota", "budget.rule", "budget.year_end"),
    "how a bureau pays by vouchers, and what it ends, is looked at again when it is decided": (
        "treasury.end", "treasury.rule"),
    "whether a bank issues a bureau's cards already is looked at again when it is decided": ("cards.issuer",),
    "a bureau's own catalogue is looked at again when it is decided": ("cards.catalogue",),
    "whether an absent signer has a deputy already is looked at again when it is decided": ("cards.deputy",),
    "whether a day has a rule of monitoring already is looked at again when it is decided": ("cards.watch_rule",),
    "numbers, and a payment's paper, are looked at again when it is decided": (
        "invoices.destroy", "invoices.receive", "invoices.reprint"),
}  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def proposed(place: Province, act: str) -> Iterator[Made]:
    """Committed, and withdrawn afterwards unless it ended."""
    from yifen.core.access import second

    made = MAKERS[act](place)
    try:
        yield made
    finally:
        made.proposal.refresh_from_db()
        if made.proposal.decided_at is None:
            second.withdraw(site.access(made.proposal.maker), made.proposal.pk, NOW)
        with psycopg.connect(place.database.super_url) as conn:  # the desk's makers open one each
            conn.execute("UPDATE counter_shift SET state = 'closed', closed_at = now(), counted_fen = 0,"
                         " expected_fen = 0, difference_fen = 0 WHERE state = 'open'")  # fmt: skip


def refusal(made: Made, word: str = "decide") -> Code:
    from yifen.core.access import second

    seen, later = bytes(made.proposal.shown).hex(), NOW + timedelta(hours=1)
    checker, maker = site.access(made.checker), site.access(made.proposal.maker)
    act = partial(second.decide, checker, made.proposal.pk, seen=seen, yes=True, now=later) if word == "decide" \
        else partial(second.withdraw, maker, made.proposal.pk, later)
    with pytest.raises(Refused) as caught:
        act()
    return Code(caught.value.code)


def test_every_act_is_known_to_end_otherwise_or_by_nothing_else():
    never = {act for acts in BY_NOTHING_ELSE.values() for act in acts}
    ends = {act.name: len(act.ends) for plug in plugs() for act in plug.second}
    assert {name for name, count in ends.items() if not count} == never
    assert {name: count for name, count in ends.items() if count} == {
        name: len(ways) for name, ways in OTHERWISE.items()}  # fmt: skip


@pytest.mark.parametrize("act", sorted(OTHERWISE))
def test_what_is_proposed_lapses_when_its_subject_ends_otherwise(place: Province, act: str):
    read = "SELECT granted, checker_id, decided_at IS NOT NULL, answer FROM access_authorisation WHERE id = %s"
    told = ("SELECT action, subject, subject_key, after ->> 'proposal', note FROM audit_draft"
            " WHERE action = 'lapsed' ORDER BY ctid DESC LIMIT 1")  # fmt: skip
    with proposed(place, act) as made, psycopg.connect(place.database.super_url) as conn:
        row = made.proposal
        for number, statement in enumerate(OTHERWISE[act]):
            if act == "night.sign":
                conn.execute(f"SET LOCAL ROLE {NIGHT}")
            assert conn.execute(statement, {"subject": row.subject_key}).rowcount == 1, statement
            conn.execute("RESET ROLE")
            end = next(end for one, at, end in walls.ending() if (one.name, at) == (act, number))
            why = f"{end.why.zh} {end.why.en}"
            assert conn.execute(read, (row.pk,)).fetchone() == (False, None, True, why), statement
            late = conn.execute("SELECT access_settle_v1(%s, %s, %s, true, '', %s)",
                                (made.checker.pk, row.pk, row.shown, NOW)).fetchone()  # fmt: skip
            assert late == (Code.PROPOSAL_LAPSED,)
            assert conn.execute(told).fetchone() == ("lapsed", act, row.subject_key, str(row.pk), why)
            conn.rollback()


def lead(page: Page) -> str:
    return str(page.tree.xpath("string(//p[contains(@class, 'page-lead')])"))


def test_the_pages_say_that_it_lapsed_and_why(place: Province):
    with proposed(place, "users.roles") as made:
        row, client = made.proposal, site.client_of(made.checker)
        address = f"/console/proposals/{row.pk}/"
        assert "待复核" in lead(Page(client, address))
        with psycopg.connect(place.database.super_url) as conn:
            conn.execute("SELECT access_lapse_v1(%s, %s, '已另行了结 It ended otherwise', %s)",
                         (row.action, row.subject_key, NOW))  # fmt: skip
        page = Page(client, address)
        assert ("待复核" in lead(page), "已失效" in lead(page)) == (False, True)
        assert page.facts()["说明"] == "已另行了结 It ended otherwise"
        assert "已失效" in Page(client, "/console/proposals/?state=lapsed&act=users.roles").column("状态")
        for word, code in (("yes", "2122"), ("withdraw", "2105")):
            answer = client.post(address + "decide/", {"word": word, "seen": bytes(row.shown).hex()}, follow=True)
            assert f"{code} " in answer.content.decode()
        answer = site.client_of(row.maker).post(address + "decide/", {"word": "withdraw"}, follow=True)
        assert "2122 " in answer.content.decode()


def test_what_lapsed_by_itself_makes_room_for_another(place: Province):
    """Its maker may no longer propose it: whoever may is not held up by what nobody can agree to."""
    from yifen.core.access import people, second

    with undone():
        user = site.user("roomy", place.own.branch, "teller", person="ROOMY")
        gone = site.user("gonemaker", place.own.county, "institution_admin", person="GONEMAKER")
        first = people.propose_roles(site.access(gone), user, frozenset({"finance"}), NOW)
        with pytest.raises(Refused) as caught:
            people.propose_roles(site.access(place.own.user), user, frozenset({"finance"}), NOW)
        assert caught.value.code is Code.PROPOSAL_OPEN
        gone.roles.all().delete()
        again = people.propose_roles(site.access(place.own.user), user, frozenset({"finance"}), NOW)
        first.refresh_from_db()
        assert (first.granted, first.checker_id, first.answer[:5]) == (False, None, "超过三十天")
        assert second.open_proposal("users.roles", "roomy") == again
        late = people.propose_reset(site.access(place.own.user), user, "a-new-passphrase", NOW, "丢失")
        after = NOW + timedelta(days=30, seconds=1)
        newer = people.propose_reset(site.access(place.own.user), user, "a-new-passphrase", after, "丢失")
        late.refresh_from_db()
        assert (late.granted, newer.pk != late.pk) == (False, True)


def test_a_withdrawn_proposal_is_refused_as_withdrawn(place: Province):
    from yifen.core.access import second

    with undone():
        made = MAKERS["users.roles"](place)
        second.withdraw(site.access(made.proposal.maker), made.proposal.pk, NOW)
        assert (refusal(made), refusal(made, "withdraw")) == (Code.PROPOSAL_WITHDRAWN, Code.PROPOSAL_WITHDRAWN)
        assert Code.PROPOSAL_WITHDRAWN.meaning.zh == "提议已由提议人撤回"
