"""Money of statements finds its case, or is unidentified until two people know whose it is; the proof holds
throughout."""

from datetime import timedelta

import psycopg
import pytest

from tests.cases.court import Court, parts_of
from tests.conftest import NewDatabase
from tests.web import site
from tests.world import World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WORKER
from yifen.core.plugs import result_code
from yifen.trades.cases import proof


def paid_out(court: Court, reference: str, fen: int) -> None:
    """By the hub, to the main account."""
    document = court.world.made("SELECT -nextval('document_no')")
    court.world.set_up("INSERT INTO payout VALUES (%s, %s, %s, 1, %s, 1, 1, %s, '{}', 'done', 0, false, NULL,"
                       " NULL, NULL, NULL, now(), now())",
                       document, reference, court.id, court.world.now.date(), fen)  # fmt: skip


def test_a_line_goes_to_the_case_of_its_sub_account_number_and_all_else_is_unidentified(court: Court):
    (_, account), (closed, shut) = court.case(), court.case()
    assert court.act("close", closed) == "OK"
    booked = court.booked(court.line(10_000, account), court.line(2_000, shut), court.line(300, "6217030400009999"),
                          court.line(40), court.line(5, business="interest"), court.line(-1, business="fee"),
                          court.line(-2))  # fmt: skip
    assert [entry is None for entry in booked] == [False] * 6 + [True]
    assert (court.balance(account), court.entries(account)) == (10_000, [("transfer", 10_000)])
    assert court.proof() == {"cases": 10_000, "unknown": 2_340, "interest": 5, "fee": 1, "main": 12_344, "bank": 12_342,
                             "open": -2}  # fmt: skip
    credited = court.world.rows("SELECT at - came_at FROM court_entry WHERE document_id = %s", booked[0])[0][0]
    assert credited.total_seconds() == (3 * 60 - 2) * 60  # from 9:02 to 12:00: the time to credit


def test_a_statement_moves_money_once_and_only_where_it_follows_from_the_last_one(court: Court):
    _, account = court.case()
    first = court.statement(court.line(500, account))
    assert (court.book(first), court.book(first)) == ("OK", "STATEMENT_BOOKED")
    line = court.line(700, account)
    assert court.book(court.statement(line, opening=0)) == "STATEMENT_GAP"
    assert court.book(court.statement(line | {"serial": "B000001"})) == "STATEMENT_TWICE"
    assert court.book(court.statement(line, line)) == "STATEMENT_TWICE"
    assert court.book(court.statement()) == "STATEMENT_ROWS_WRONG"
    assert court.balance(account) == 500
    assert court.book(court.statement(line)) == "OK"
    assert court.proof() == {"cases": 1_200, "main": 1_200, "bank": 1_200}


def test_a_statement_that_was_changed_behind_its_agreement_moves_nothing(court: Court):
    _, account = court.case()
    file = court.statement(court.line(500, account))
    rows = court.world.value("SELECT cases_rows_v1(%s)", file)
    court.world.set_up("ALTER TABLE court_row DISABLE TRIGGER USER")
    court.world.run("INSERT INTO court_row SELECT file_id, 3, 'X', kind, amount_fen, 1000, at, account_no, business,"
                    " reference, who FROM court_row WHERE file_id = %s", file)  # fmt: skip
    assert court.agreed("cases.statement", "cases_statement_v1", file=file, rows=rows) == "CASE_NOT_AGREED"
    assert court.book(file) == "STATEMENT_ROWS_WRONG"
    assert court.proof() == {}


def test_nobody_alone_moves_money(court: Court):
    case, account = court.case()
    (entry,) = court.booked(court.line(500))
    content = {"entry": entry, "way": "transfer", "parts": parts_of((case, 500))}
    alone = court.world.proposed("cases.claim", str(entry), content, court.id)
    for function in ("cases_claim_v1", "cases_unclaim_v1", "cases_statement_v1", "cases_merge_v1", "cases_payee_v1",
                     "cases_keep_rule_v1"):  # fmt: skip
        assert court.code(f"SELECT {function}(%s, %s)", alone, court.world.now) == "CASE_NOT_AGREED"
    assert court.balance(account) == 0


def test_a_proposal_is_of_the_very_court_whose_money_it_is(court: Court):
    case, _ = court.case()
    (entry,) = court.booked(court.line(500))
    content, other = {"entry": entry, "way": "transfer", "parts": parts_of((case, 500))}, court.world.biller("OTHER")
    proposal = court.world.two_people("cases.claim", str(entry), content, other)
    assert court.code("SELECT cases_claim_v1(%s, %s)", proposal, court.world.now) == "MONEY_UNKNOWN"
    proposal = court.world.proposed("cases.claim", "x", content, court.id)
    assert result_code(court.world.decided(proposal)) is Code.PROPOSAL_UNREADABLE


def test_unidentified_money_is_claimed_in_parts_and_never_more_than_came(court: Court):
    (case, account), (other, second) = court.case(), court.case()
    (entry,) = court.booked(court.line(1_000))
    assert court.claim(entry, case, 1_001) == "CLAIM_TOO_MUCH"
    assert (court.claim(entry, case, 400), court.claim(entry, other, 601)) == ("OK", "CLAIM_TOO_MUCH")
    assert court.claim(entry, other, 600) == "OK"
    assert (court.claim(entry, case, 1), court.claim(entry, case, 0)) == ("CLAIM_TOO_MUCH", "CLAIM_TOO_MUCH")
    assert (court.balance(account), court.balance(second)) == (400, 600)
    assert court.claim(court.last("claimed"), case, 1) == "MONEY_UNKNOWN"
    assert court.proof() == {"cases": 1_000, "main": 1_000, "bank": 1_000}


def test_what_was_claimed_for_the_wrong_case_goes_back_and_to_the_right_one(court: Court):
    (wrong, account), (right, other) = court.case(), court.case()
    (entry,) = court.booked(court.line(1_000))
    assert court.claim(entry, wrong, 1_000) == "OK"
    claimed = court.last("claimed")
    assert (court.unclaim(claimed), court.unclaim(claimed), court.unclaim(entry)) == ("OK", "ENTRY_STAYS",
                                                                                      "ENTRY_STAYS")
    assert court.proof() == {"unknown": 1_000, "main": 1_000, "bank": 1_000}
    back = court.last("unclaimed")
    assert court.claim(back, right, 1_000) == "OK"
    assert (court.balance(account), court.balance(other)) == (0, 1_000)
    assert court.claim(entry, right, 1) == "CLAIM_TOO_MUCH"  # it was claimed: what came back is another one


def test_one_transfer_for_several_cases_is_split_whole_or_not_at_all(court: Court):
    (case, account), (other, second), (gone, _) = court.case(), court.case(), court.case()
    (entry,) = court.booked(court.line(1_000))
    assert court.act("close", gone) == "OK"
    assert court.split(entry, (case, 300), (gone, 700)) == "CASE_NOT_OPEN"
    assert court.split(entry, (case, 300), (10**9, 700)) == "CASE_UNKNOWN"
    assert court.split(entry, (case, 300), (case, 700)) == "CLAIM_PARTS_WRONG"
    assert court.split(entry) == "CLAIM_PARTS_WRONG"
    assert court.split(entry, (case, 300), (other, 701)) == "CLAIM_TOO_MUCH"
    assert court.split(entry, (case, 1_001), (other, -1)) == "CLAIM_TOO_MUCH"
    assert (court.balance(account), court.balance(second)) == (0, 0)
    assert court.split(entry, (case, 300), (other, 700), way="pos") == "OK"
    assert (court.balance(account), court.balance(second)) == (300, 700)
    assert court.world.rows("SELECT DISTINCT way FROM court_entry WHERE kind = 'claimed'") == [("pos",)]
    assert court.proof() == {"cases": 1_000, "main": 1_000, "bank": 1_000}


def test_what_was_claimed_for_a_case_that_was_merged_since_goes_back_from_the_one_it_went_to(court: Court):
    (case, _), (into, account), (last, final) = court.case(), court.case(), court.case()
    (entry, own) = court.booked(court.line(1_000), court.line(500, account))
    assert court.claim(entry, case, 600) == "OK"
    assert (court.merge(case, into), court.merge(into, last)) == ("OK", "OK")
    assert court.unclaim(court.last("claimed")) == "OK"
    assert court.balance(final) == 500
    assert court.unclaim(own) == "OK"
    assert court.proof() == {"unknown": 1_500, "main": 1_500, "bank": 1_500}
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []


def test_of_a_merged_case_no_more_goes_back_than_went_with_it(court: Court):
    (case, first), (into, account) = court.case(), court.case()
    claimed, again = court.booked(court.line(600, first), court.line(600, first))
    assert court.unclaim(claimed) == "OK"
    court.booked(court.line(5_000, account))
    court.world.set_up("UPDATE payable SET balance_fen = 500 WHERE account_no = %s", first)  # 100 were paid out
    assert court.merge(case, into) == "OK"
    assert court.unclaim(again) == "CASE_SHORT"
    assert court.balance(account) == 5_500


def test_a_transfer_to_the_wrong_number_is_taken_off_its_case(court: Court):
    _, account = court.case()
    (entry,) = court.booked(court.line(1_000, account))
    assert court.unclaim(entry) == "OK"
    assert court.proof() == {"unknown": 1_000, "main": 1_000, "bank": 1_000}


def test_money_that_is_not_there_any_more_is_not_given_back(court: Court):
    """A channel's reversal after its money was moved on: refused, and the exception is the channel's; nothing below
    zero."""
    (case, account), (into, other) = court.case(), court.case()
    serial = court.pay(account, 800)
    court.follow()
    paid_out(court, "PO1", 800)
    court.booked(court.line(800, reference="PO1"))
    assert court.proof() == {"cases": 800, "main": 800, "bank": 800}
    assert court.merge(case, into) == "OK"
    assert court.world.reverse("R1", serial, 800, channel="POS").code is Code.MONEY_TIED
    assert (court.balance(account), court.balance(other)) == (0, 800)


def test_a_hub_payout_arrives_once_and_only_with_its_own_amount(court: Court):
    _, account = court.case()
    court.pay(account, 800)
    court.follow()
    paid_out(court, "PO1", 800)
    court.booked(court.line(799, reference="PO1"), court.line(800, reference="PO1"), court.line(800, reference="PO1"))
    assert court.proof() == {"cases": 800, "unknown": 1_599, "main": 2_399, "bank": 2_399}


def test_the_worker_follows_what_channels_took(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
):
    database = new_database()
    with site.on(database), psycopg.connect(database.app_url) as conn:
        from yifen.trades.cases import jobs

        court = Court(World(conn, database.buckets))
        _, account = court.case()
        court.pay(account, 700)
        conn.commit()
        monkeypatch.setenv("YIFEN_DATABASE_URL", database.url(WORKER))
        jobs.run(lambda: False)
        conn.rollback()
        assert (court.entries(account), court.proof()) == ([("collected", 700)], {"cases": 700, "coming": 700})


@pytest.mark.parametrize(("change", "said"), [
    ("UPDATE court_entry SET amount_fen = 501", "amount_fen says 501, its transfers 500"),
    ("UPDATE court_entry SET kind = 'moved_in', of_id = document_id, proposal_id = 1", "is moved_in of line"),
    ("UPDATE court_entry SET business_day = business_day - 1", "business_day says 2026-11-22"),
    ("UPDATE court_entry SET at = at - interval '1 day'", "its transfers of"),
    ("UPDATE court_entry SET came_at = came_at - interval '1 day'", "which says otherwise"),
    ("UPDATE court_entry SET payment_id = 7", "is transfer of payment 7"),
    ("UPDATE court_row SET who = ''", "names a payer that nobody sealed"),
    ("UPDATE court_file_body SET body = who FROM court_row", "is not what came"),
    ("UPDATE payable SET balance_fen = 499 WHERE account_no = '{account}'", "apart by -1 fen"),
    ("UPDATE ledger_balance SET debit_posted_fen = 501 WHERE debit_posted_fen = 500", "apart by -1 fen"),
])  # fmt: skip
def test_what_is_altered_past_the_functions_is_named(court: Court, change: str, said: str):
    _, account = court.case()
    court.booked(court.line(500, account))
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.run("ALTER TABLE court_entry DISABLE TRIGGER append_only")
        court.world.run(change.format(account=account))
        assert any(said in problem for problem in proof.altered(court.world.conn)), proof.altered(court.world.conn)


@pytest.mark.parametrize(("change", "said"), [
    ("UPDATE access_authorisation SET content = jsonb_set(content, '{{parts,0,amount_fen}}', '299')"
     " WHERE action = 'cases.claim'", "is claimed otherwise than proposal"),
    ("UPDATE access_authorisation SET content = jsonb_set(content, '{{parts,0,case}}', '{other}')"
     " WHERE action = 'cases.claim'", "is claimed otherwise than proposal"),
    ("UPDATE access_authorisation SET content = jsonb_set(content, '{{parts,0,evidence}}', '\"\"')"
     " WHERE action = 'cases.claim'", "is claimed otherwise than proposal"),
    ("UPDATE court_entry SET way = 'cash' WHERE kind = 'claimed'", "is claimed otherwise than proposal"),
    ("UPDATE access_authorisation SET granted = false WHERE action = 'cases.claim'", "to which nobody agreed"),
    ("UPDATE access_authorisation SET content = jsonb_set(content, '{{parts,1}}', content #> '{{parts,0}}')"
     " WHERE action = 'cases.claim'", "has other parts than proposal"),
    ("UPDATE court_row SET reference = 'x'", "has other lines than proposal"),
    ("UPDATE court_file SET sha256 = ''", "has other lines than proposal"),
    ("UPDATE court_statement SET proposal_id = proposal_id + 1", "to which nobody agreed"),
])  # fmt: skip
def test_what_is_not_as_two_people_agreed_is_named(court: Court, change: str, said: str):
    (case, _), (other, _) = court.case(), court.case()
    (entry,) = court.booked(court.line(500))
    assert court.claim(entry, case, 300) == "OK"
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("access_authorisation", "court_entry", "court_row", "court_file", "court_statement"):
            court.world.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        court.world.run(change.format(other=other))
        assert any(said in problem for problem in proof.altered(court.world.conn)), proof.altered(court.world.conn)


def test_a_line_out_that_nothing_explains_is_ended_by_two_people_as_what_it_is(court: Court):
    world, (case, account) = court.world, court.case(10_000)
    court.booked(court.line(5_000, account), court.line(700), court.line(9, business="interest"))
    unknown = court.last("unknown")
    outs = [court.line(-fen) for fen in (1_000, 300, 9, 2, 40, 60)]
    court.booked(*outs)
    lines = [line for (line,) in world.rows("SELECT line_id FROM court_line ORDER BY line_id DESC LIMIT 6")][::-1]

    def said(line: int, kind: str, **of: int) -> str:
        return court.agreed("cases.explain", "cases_explain_v1", line=line, kind=kind, evidence="通知书", **of)

    assert court.proof()["open"] == -1_411
    assert said(lines[0], "case", case=case + 99) == "CASE_UNKNOWN"
    assert [said(lines[0], "case", case=case), said(lines[1], "unknown", receipt=unknown),
            said(lines[2], "interest"), said(lines[3], "fee"), said(lines[4], "error"), said(lines[5], "error"),
            ] == ["OK"] * 6  # fmt: skip
    assert [said(lines[0], "fee"), said(lines[4], "error")] == ["LINE_EXPLAINED"] * 2
    assert court.entries(account) == [("transfer", 5_000), ("levied", 1_000)]
    stands = {"cases": 4_000, "unknown": 400, "fee": 2, "main": 4_398}
    assert court.proof() == stands | {"bank": 4_298, "open": -100}
    # The bank's mistakes come back: one by its serial, one as unidentified money that two people tell of.
    court.booked(court.line(40, reference=outs[4]["serial"]), court.line(60))
    assert court.proof() == stands | {"unknown": 460, "main": 4_458, "bank": 4_398, "open": -60}
    assert said(lines[5], "unknown", receipt=court.last("unknown")) == "OK"
    assert court.proof() == stands | {"bank": 4_398}
    assert said(lines[4], "fee") == "LINE_EXPLAINED"
    with world.as_owner():
        assert proof.altered(world.conn) == []
        world.conn.execute("ALTER TABLE court_explained DISABLE TRIGGER append_only")
        world.conn.execute("UPDATE court_explained SET kind = 'fee' WHERE kind = 'interest'")
        assert len(proof.altered(world.conn)) == 1


def test_interest_goes_to_the_cases_by_what_each_had_day_by_day_where_the_rule_says_so(court: Court):
    (_, first), (small, second), (big, third) = court.case(), court.case(), court.case()

    def next_day(*lines: dict[str, object]) -> None:
        court.booked(*lines)
        court.world.cut()
        court.world.now += timedelta(days=1)

    def has() -> list[int]:
        return [court.balance(account) for account in (first, second, third)]

    next_day(court.line(10_000, first), court.line(7, business="interest"))
    assert court.rule(valid_from=str(court.world.now.date() + timedelta(days=1)), share_interest=True) == "OK"
    next_day(court.line(1_500, second))
    next_day(court.line(40_000, third))
    court.booked(court.line(123_457, business="interest"), court.line(73, business="interest"))  # of the same days
    assert has() == [10_000 + 50_736 + 30, 1_500 + 5_073 + 3, 40_000 + 67_648 + 40]
    assert court.entries(second) == [("transfer", 1_500), ("interest_in", 5_073), ("interest_in", 3)]
    assert court.proof() == {"cases": 175_030, "interest": 7, "main": 175_037, "bank": 175_037}
    assert court.merge(small, big) == "OK"
    next_day(court.line(175_030))  # nobody's, as much as all cases have
    court.booked(court.line(1_000, business="interest"))
    assert has() == [60_766 + 174, 0, 114_264 + 326]
    assert court.proof() == {"cases": 175_530, "unknown": 175_030, "interest": 507, "main": 351_067, "bank": 351_067}
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
