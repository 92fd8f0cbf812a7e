"""What is agreed with billers is changed by nobody alone, not even by a process that was taken over."""

import psycopg
import pytest

from tests.settlement.proposals import MAKERS, NOW
from tests.web import site
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.trades.settlement.codes import SettlementCode

CHANGES = {
    "agreement": "UPDATE agreement SET lag_days = 9 WHERE biller_id = {biller}",
    "agreement_tier": "UPDATE agreement_tier SET rate_ppm = 1",
    "merchant": "UPDATE merchant SET pooled = true WHERE biller_id = {biller}",
    "merchant_split": "INSERT INTO merchant_split (merchant_id, beneficiary_id, share_ppm)"
                      " VALUES ({biller}, {foreign}, 1000000)",
    "payee": "INSERT INTO payee (biller_id, bank_id, account_no, account_name, bank_code, bank_name)"
             " SELECT {biller}, partner_id, '~1~AAAAAAAAAAAAAAAAAAAAAAAA', 'x', '102100099996', 'x' FROM bank",
    "bank": "UPDATE bank SET endpoint = 'http://10.6.6.6/'",
}  # fmt: skip


@pytest.fixture
def taken_over(place):
    """What comes with the role of the pages, and is not them; undone afterwards."""
    with psycopg.connect(place.database.url(WEB)) as conn:
        yield conn
        conn.rollback()




@pytest.mark.parametrize("table", sorted(CHANGES))
def test_a_process_alone_changes_nothing_of_it(place, taken_over, table):
    statement = CHANGES[table].format(biller=place.own.biller, foreign=place.foreign.biller)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is changed by two people"):
        taken_over.execute(statement)


@pytest.fixture
def fresh(place):
    from django.db import transaction

    with transaction.atomic():
        yield place
        transaction.set_rollback(True)


@pytest.mark.parametrize("act", sorted(act for act in MAKERS if act.startswith("settlement.")))
def test_what_changed_below_a_proposal_must_be_seen_again(fresh, act):
    from django.db import connection

    proposal, checker, effect, key = MAKERS[act](fresh)
    with connection.cursor() as cursor:
        cursor.execute({
            "settlement.agreement": "UPDATE agreement SET lag_days = 7 WHERE biller_id = %s",
            "settlement.place": "UPDATE merchant SET level = 'region' WHERE biller_id = %s",
            "settlement.shares": "INSERT INTO merchant_split (merchant_id, beneficiary_id, share_ppm)"
                                 f" VALUES (%s, {fresh.foreign.biller}, 1)",
            "settlement.bank_key": "INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
                                   " VALUES (%s, 1, 'hmac-sha256', '', now())",
            "settlement.bank": "UPDATE bank SET account_no = '12345' WHERE partner_id = %s",
        }[act], [key])  # fmt: skip
        cursor.execute(effect, [key])
        before = cursor.fetchone()
        with pytest.raises(Refused) as caught:
            site.agree(checker, proposal, NOW)
        assert caught.value.code is (SettlementCode.BANK_INVALID if act == "settlement.bank_key"
                                     else Code.PROPOSAL_CHANGED)  # fmt: skip
        cursor.execute(effect, [key])
        assert cursor.fetchone() == before


def test_a_yes_lets_only_what_was_shown_pass(place):
    """Of the rows that a proposal names, none that was not shown passes in its own transaction."""
    from django.db import transaction

    with psycopg.connect(place.database.url(WEB)) as conn:
        with transaction.atomic():
            proposal, checker, _, _ = MAKERS["settlement.shares"](place)
        session = site.access(checker).session
        done = conn.execute(
            "SELECT access_decide_v1(%s, %s, %s, true, '', %s)",
            (session, proposal.pk, bytes(proposal.shown), NOW)).fetchone()  # fmt: skip
        assert done == (0,)
        insert = ("INSERT INTO merchant_split (merchant_id, beneficiary_id, share_ppm)"
                  " VALUES (%s, %s, %s)")  # fmt: skip
        for row in ((place.own.biller, place.foreign.biller, 250_001),
                    (place.foreign.biller, place.own.biller, 250_000)):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(insert, row)
        conn.execute(insert, (place.own.biller, place.foreign.biller, 250_000))
        conn.rollback()
