"""Agreements, merchants, payees, banks, the calendar: what is accepted, and what is refused where."""

import os
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from msgspec import to_builtins

from tests.web import site
from tests.world import sealed_no
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.rules import FeeTerms, Tier

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)
FLAT = FeeTerms("amount", "day", (Tier(0, 6000),))


def person(place, login):
    """Of the union (…96) or of county 青溪 (…01): who keeps agreements, and who decides."""
    from yifen.core.access.models import User

    role = {"f": "finance", "s": "supervisor"}[login[0]]
    institution = place.union if login.endswith("96") else place.own.county
    return User.objects.filter(login=login).first() or site.user(login, institution, role)


def agree(place, proposal):
    return site.agree(person(place, "superv96"), proposal, NOW)


def asked(place, terms=FLAT, **fields):
    from yifen.trades.settlement.operations.agreements import AskedAgreement

    return AskedAgreement(**{"biller_id": place.own.biller, "valid_from": DAY, "terms": terms,
                             **fields})  # fmt: skip


def save(place, what, by="finance01"):
    """Proposed and agreed to."""
    from yifen.trades.settlement.models import Agreement
    from yifen.trades.settlement.operations import agreements

    agree(place, agreements.propose(site.access(person(place, by)), what, NOW))
    return Agreement.objects.get(biller=what.biller_id, valid_from=what.valid_from)


def refused(act, *values, **more):
    """(code, field) of the refusal."""
    with pytest.raises(Refused) as caught:
        act(*values, **more)
    return caught.value.code, caught.value.field


def changed(terms, **fields):
    return FeeTerms(
        **{name: fields.get(name, getattr(terms, name)) for name in terms.__struct_fields__}
    )


@pytest.fixture
def fresh(place):
    """Nobody has a group yet, and whatever a test saves is undone."""
    from django.db import transaction

    from yifen.trades.settlement.models import Merchant

    with transaction.atomic():
        Merchant.objects.all().delete()
        yield place
        transaction.set_rollback(True)


def test_an_agreement_is_kept_as_it_was_asked(fresh):
    from yifen.trades.settlement.operations import agreements

    terms = FeeTerms("count", "month", (Tier(0, 0, 30), Tier(1000, 0, 20)), 100, 5000, "gross", DAY)
    row = save(fresh, asked(fresh, terms, lag_days=2, make_up_days=False, payout=True))
    row.refresh_from_db()
    assert agreements.terms_of(row) == terms
    assert (row.lag_days, row.make_up_days, row.payout, row.valid_from) == (2, False, True, DAY)
    again = save(fresh, asked(fresh, id=row.pk, valid_from=date(2026, 12, 5)))
    assert (again.pk, agreements.terms_of(again).tiers) == (row.pk, (Tier(0, 6000),))


@pytest.mark.parametrize(
    ("terms", "field"),
    [({"tiers": ()}, "tiers"), ({"tiers": (Tier(1, 1),)}, "tiers"),
     ({"tiers": (Tier(0, 1), Tier(9, 1), Tier(9, 2))}, "tiers"),
     ({"tiers": (Tier(0, 1_000_001),)}, "tiers"), ({"tiers": (Tier(0, -1),)}, "tiers"),
     ({"min_fen": -1}, "min_fen"), ({"min_fen": 10, "cap_fen": 9}, "cap_fen"),
     ({"mode": "half"}, "mode"), ({"period": "year"}, "period"), ({"measure": "kWh"}, "measure")],
)  # fmt: skip
def test_terms_that_make_no_sense_name_their_field(fresh, terms, field):
    what = asked(fresh, changed(FLAT, **terms))
    assert refused(save, fresh, what) == (SettlementCode.AGREEMENT_INVALID, field)


@pytest.mark.parametrize("lag_days", [-1, 31])
def test_a_payout_is_at_most_thirty_working_days_away(fresh, lag_days):
    what = asked(fresh, lag_days=lag_days)
    assert refused(save, fresh, what) == (SettlementCode.AGREEMENT_INVALID, "lag_days")


def test_nobody_writes_an_agreement_of_another_county(fresh):
    what = asked(fresh, biller_id=fresh.foreign.biller)
    assert refused(save, fresh, what) == (Code.OUT_OF_SCOPE, "biller")
    what = asked(fresh, biller_id=fresh.own.channel)
    assert refused(save, fresh, what) == (Code.OUT_OF_SCOPE, "biller")
    row = save(fresh, asked(fresh))
    foreign = asked(fresh, biller_id=fresh.foreign.biller, id=row.pk)
    assert refused(save, fresh, foreign, by="finance96") == (Code.OUT_OF_SCOPE, "id")


def test_two_agreements_do_not_begin_on_one_day(fresh):
    save(fresh, asked(fresh))
    assert refused(save, fresh, asked(fresh)) == (SettlementCode.AGREEMENT_INVALID, "valid_from")


def test_a_settled_past_is_not_rewritten(place):
    from yifen.trades.settlement.operations import agreements
    from yifen.trades.settlement.operations.settle import settle

    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        row = save(
            place, asked(place, id=place.own.more["agreement"], valid_from=date(2026, 11, 1))
        )
        assert not agreements.has_begun(row)
        (book, day), = conn.execute(
            "SELECT book_id, current_day FROM ledger_book JOIN partner USING (book_id)"
            " WHERE partner.id = %s", (place.own.biller,)).fetchall()  # fmt: skip
        conn.execute("SELECT ledger_cut_day_v1(%s, %s)", (book, day))
        done = settle(conn, place.own.biller, day, NOW, signed_by="chief")
        assert done.commission_fen == 74  # of 123.45 yuan
    assert agreements.has_begun(row)
    change = asked(place, id=row.pk, valid_from=DAY)
    assert refused(save, place, change) == (SettlementCode.AGREEMENT_INVALID, "id")
    late = asked(place, valid_from=day)
    assert refused(save, place, late) == (SettlementCode.AGREEMENT_INVALID, "valid_from")
    assert save(place, asked(place, valid_from=DAY)).pk != row.pk


def placed(place, *what):
    from yifen.trades.settlement.models import Merchant

    agree(place, propose_place(place, *what))
    return Merchant.objects.get(pk=what[0])


def propose_place(place, *what, by="finance96"):
    from yifen.trades.settlement.operations import merchants

    return merchants.propose(site.access(person(place, by)), *what, NOW)


def removed(place, biller, by="finance96"):
    from yifen.trades.settlement.operations import merchants

    agree(place, merchants.propose_removal(site.access(person(place, by)), biller, NOW))


def test_a_group_is_a_tree_of_three_levels(fresh):
    from yifen.trades.settlement.models import Merchant

    own, foreign = fresh.own.biller, fresh.foreign.biller
    place = propose_place
    assert refused(place, fresh, own, "store", foreign, False) == (Code.OUT_OF_SCOPE, "parent")
    assert refused(place, fresh, own, "shop", None, False) == (SettlementCode.MERCHANT_INVALID, "level")
    assert refused(place, fresh, own, "store", None, True) == (SettlementCode.MERCHANT_INVALID, "pooled")
    proposal = place(fresh, foreign, "group", None, False)
    assert not Merchant.objects.exists()
    agree(fresh, proposal)
    child = placed(fresh, own, "store", foreign, True)
    assert (child.parent_id, child.pooled) == (foreign, True)
    assert refused(place, fresh, foreign, "store", None, False) == (SettlementCode.MERCHANT_INVALID, "level")
    assert refused(place, fresh, foreign, "group", own, False) == (SettlementCode.MERCHANT_INVALID, "parent")
    assert refused(place, fresh, own, "group", own, False) == (SettlementCode.MERCHANT_INVALID, "parent")
    assert refused(removed, fresh, foreign) == (SettlementCode.MERCHANT_INVALID, "merchant")
    mine = refused(place, fresh, own, "store", foreign, False, by="finance01")
    assert mine == (Code.OUT_OF_SCOPE, "parent")
    removed(fresh, own)
    removed(fresh, foreign)
    assert not Merchant.objects.exists()


def test_a_place_that_a_child_took_meanwhile_is_not_given(fresh):
    """Two proposals about two billers, each right by itself: the second decision sees the first."""
    own, foreign = fresh.own.biller, fresh.foreign.biller
    placed(fresh, foreign, "group", None, False)
    lower = propose_place(fresh, own, "region", foreign, False)
    moved = propose_place(fresh, foreign, "region", None, False)
    agree(fresh, lower)
    assert refused(agree, fresh, moved) == (SettlementCode.MERCHANT_INVALID, "level")


def test_shares_are_at_most_the_whole_and_stay_in_the_book(fresh):
    from yifen.trades.settlement.models import Split
    from yifen.trades.settlement.operations import shares

    own = placed(fresh, fresh.own.biller, "store", None, False)
    other = placed(fresh, fresh.foreign.biller, "store", None, False)

    def share(what, by="finance96"):
        return shares.propose(site.access(person(fresh, by)), own.pk, what, NOW)

    for what in ({other.pk: 1_000_001}, {other.pk: 0}, {other.pk: -1}):
        assert refused(share, what) == (SettlementCode.SPLIT_INVALID, "shares")
    for wrong in (own.pk, fresh.own.channel, 999):
        assert refused(share, {wrong: 1}) == (SettlementCode.SPLIT_INVALID, "beneficiary")
    mine = refused(share, {other.pk: 1}, by="finance01")
    assert mine == (SettlementCode.SPLIT_INVALID, "beneficiary")
    agree(fresh, share({other.pk: 1_000_000}))
    proposal = share({other.pk: 250_000})
    assert [(c["field"], c["before"], c["after"]) for c in proposal.changes] == [
        ("POWER02", "100 %", "25 %")]  # fmt: skip
    assert list(own.splits.values_list("beneficiary", "share_ppm")) == [(other.pk, 1_000_000)]
    agree(fresh, proposal)
    assert list(own.splits.values_list("beneficiary", "share_ppm")) == [(other.pk, 250_000)]
    agree(fresh, share({}))
    assert not Split.objects.exists()


def bank(place, **fields):
    from yifen.trades.settlement.models import Bank

    agree(place, propose_bank(place, **fields))
    return Bank.objects.get(partner__code="ABC")


def propose_bank(place, **fields):
    from yifen.trades.settlement.operations import banks

    what = {"code": "ABC", "name": "农行", "institution_id": place.union, "book_id": 1,
            "account_no": "95510001", "account_name": "益分清算", **fields}  # fmt: skip
    return banks.propose(site.access(person(place, "finance96")), banks.AskedBank(**what), NOW)


def test_a_bank_is_a_partner_without_verbs_and_an_account(fresh):
    from yifen.core.partners.models import Partner

    proposal = propose_bank(fresh)
    assert not Partner.objects.filter(code="ABC").exists()
    agree(fresh, proposal)
    row = bank(fresh)
    partner = row.partner
    assert (partner.code, partner.xml, partner.json, partner.book_id) == ("ABC", False, False, 1)
    again = bank(fresh, account_no="95510002")
    assert (again.pk, again.account_id, again.account_no) == (row.pk, row.account_id, "95510002")
    for field, value, code in (
        ("code", "a", SettlementCode.BANK_INVALID), ("book_id", 77, SettlementCode.BANK_INVALID),
        ("account_no", "1", SettlementCode.BANK_INVALID), ("account_name", " ", SettlementCode.BANK_INVALID),
        ("endpoint", "ftp://x", Code.INPUT_INVALID),
    ):  # fmt: skip
        assert refused(propose_bank, fresh, **{field: value}) == (code, field.removesuffix("_id"))


def payee(place, **fields):
    from yifen.trades.settlement.operations.payees import AskedPayee

    return AskedPayee(**{"biller_id": place.own.biller, "bank_id": bank(place).pk,
                         "account_no": "6222000000000001", "account_name": "青溪供电公司",
                         "bank_code": "102100099996", "bank_name": "工行", **fields})  # fmt: skip


def test_a_payee_takes_a_second_person_for_just_that_account(fresh):
    from yifen.trades.settlement.models import Payee
    from yifen.trades.settlement.operations import payees

    maker, checker = site.access(fresh.users["finance"]), fresh.users["supervisor"]
    proposal = payees.propose(maker, payee(fresh), NOW)
    assert not Payee.objects.filter(pk=fresh.own.biller).exists()
    other = payee(fresh, account_no="6222000000000002")
    assert refused(payees.propose, maker, other, NOW) == (Code.PROPOSAL_OPEN, "")
    assert refused(site.agree, fresh.users["finance"], proposal, NOW) == (Code.PERMISSION_MISSING, "")
    site.agree(checker, proposal, NOW)
    row = Payee.objects.get(pk=fresh.own.biller)
    assert (row.account_no, row.bank_code) == (sealed_no("6222000000000001"), "102100099996")
    assert refused(site.agree, checker, proposal, NOW) == (Code.AUTHORISATION_USED, "")


def test_a_payee_is_known_in_whatever_width_it_was_typed(fresh):
    from yifen.trades.settlement.models import Payee
    from yifen.trades.settlement.operations import payees

    typed = payee(fresh, account_no="６２１７ 0027 0000 3167 88", account_name="　青溪　供电 ",
                  bank_code="１０２１０００９９９９６", bank_name=" 工行  青溪 ")  # fmt: skip
    site.agree(fresh.users["supervisor"], payees.propose(site.access(fresh.users["finance"]), typed, NOW), NOW)
    row = Payee.objects.get(pk=fresh.own.biller)
    assert (row.account_no, row.account_name, row.bank_code, row.bank_name) == (
        sealed_no("6217002700003167 88".replace(" ", "")), "青溪 供电", "102100099996", "工行 青溪")


def test_no_account_of_a_payee_stands_in_proposals_or_in_the_trail(fresh):
    from yifen.core.access.models import Authorisation
    from yifen.trades.settlement.operations import payees

    number = "6222021001116245702"
    maker, checker = site.access(fresh.users["finance"]), fresh.users["supervisor"]
    proposal = payees.propose(maker, payee(fresh, account_no=number), NOW)
    site.agree(checker, proposal, NOW)
    kept = Authorisation.objects.get(pk=proposal.pk)
    assert kept.content["rows"]["payee"]["account_no"] == sealed_no(number)
    assert sealed_no(number) in {change["after"] for change in kept.changes}
    with connection.cursor() as cursor:
        for table in ("access_authorisation", "audit_entry", "audit_draft", "payee"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0", [number])
            assert cursor.fetchone() == (0,), table


def test_the_same_account_again_while_the_ring_changes_is_the_same_text(fresh, monkeypatch):
    from yifen.trades.settlement import accounts
    from yifen.trades.settlement.operations import payees

    maker, checker = site.access(fresh.users["finance"]), fresh.users["supervisor"]
    site.agree(checker, payees.propose(maker, payee(fresh), NOW), NOW)
    ring = KeyRing.read(f"2:{b64encode(bytes(32)).decode()},{os.environ['YIFEN_KEY_RING']}")
    monkeypatch.setattr(accounts, "key_ring", lambda: ring)
    same = payees.propose(maker, payee(fresh), NOW)
    assert same.content["rows"]["payee"]["account_no"] == sealed_no("6222000000000001")
    site.agree(checker, same, NOW)
    other = payees.propose(maker, payee(fresh, account_no="6222000000000002"), NOW)
    assert other.content["rows"]["payee"]["account_no"].startswith("~2~")


def test_a_clear_account_in_a_proposal_is_refused(fresh):
    from yifen.trades.settlement.operations import payees

    content = {"rows": {"payee": to_builtins(payee(fresh))}}
    assert refused(payees.view, content) == (SettlementCode.PAYEE_INVALID, "account_no")


@pytest.mark.parametrize(
    ("field", "value"),
    [("account_no", "12"), ("account_no", "6222 0000"), ("bank_code", "1021"),
     ("bank_code", "１０２１０００９９９９６"), ("account_name", ""), ("account_name", "a\n"),
     ("bank_name", "x" * 101), ("bank_id", 999)],
)  # fmt: skip
def test_a_payee_that_no_bank_would_know_is_refused(fresh, field, value):
    from yifen.trades.settlement.operations import payees

    found = refused(payees.check, payee(fresh, **{field: value}))
    assert found == (SettlementCode.PAYEE_INVALID, field.removesuffix("_id"))


def test_the_calendar_takes_holidays_and_weekends_to_work_on(fresh):
    from yifen.trades.settlement.models import CalendarDay
    from yifen.trades.settlement.operations import calendar_days

    put = calendar_days.put
    assert refused(put, date(2027, 2, 11), "make_up", "x") == (SettlementCode.CALENDAR_INVALID, "kind")
    assert refused(put, date(2027, 2, 11), "feast", "x") == (SettlementCode.CALENDAR_INVALID, "kind")
    assert refused(put, date(2027, 2, 11), "holiday", " ") == (SettlementCode.CALENDAR_INVALID, "name")
    put(date(2027, 2, 20), "make_up", "春节调休")
    put(date(2027, 2, 20), "holiday", "临时")
    assert CalendarDay.objects.get(day=date(2027, 2, 20)).kind == "holiday"
    calendar_days.remove(date(2027, 2, 20))
    calendar_days.remove(date(2027, 2, 20))
    assert not CalendarDay.objects.filter(day=date(2027, 2, 20)).exists()


def test_where_refunds_of_settled_days_come_from_is_agreed_too(fresh):
    from yifen.trades.settlement.operations import agreements

    made = save(fresh, asked(fresh, valid_from=DAY + timedelta(days=1), refunds="claim"))
    assert made.refunds == "claim"
    later = asked(fresh, valid_from=DAY + timedelta(days=2), refunds="account")
    told = {change.field: (change.before, change.after)
            for change in agreements.view(agreements._content(later))}  # fmt: skip
    assert told["refunds"] == (Text("记为下次结算的追偿", "A claim on the next settlement"),
                               Text("即从结算账户扣除", "Out of the settlement account at once"))
    wrong = asked(fresh, valid_from=DAY + timedelta(days=3), refunds="gift")
    assert refused(agreements.check, wrong) == (SettlementCode.AGREEMENT_INVALID, "refunds")
