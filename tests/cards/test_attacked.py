"""What a stranger found by attacking official cards, held to its answer: money twice, what is private, words and files
that stop others, rows that a superuser changes."""

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.cards.office import CARD, CardOffice
from tests.cards.test_proof import of_cards
from tests.web.site import setup
from tests.world import DAY, Database, the_ring
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.cards.doors import taking
from yifen.trades.cards.plug import PLUG
from yifen.trades.cards.words import fixed_words, xml_words
from yifen.trades.cards.words.wording import CardWord, is_sane

N = "24502000000123456789"
OLD = "045001900111" + "12345678"  # code and number of a paper invoice
XML = (
    "<EInvoice><Header><InvoiceNumber>{}</InvoiceNumber></Header><TotalTax-includedAmount>50.00"
    "</TotalTax-includedAmount></EInvoice>"
)


def levels(office: CardOffice, claim: int | None) -> list[str]:
    return list(office.world.value("SELECT levels FROM card_claim WHERE claim_id = %s", claim))


def withdrawn(office: CardOffice, claim: int | None, login: str = "p01") -> str:
    return office.code("SELECT cards_withdraw_v1(%s, %s, %s)", login, claim, office.world.now)


def test_an_invoice_is_what_its_file_says_and_one_number_however_it_is_written(
    office: CardOffice, shared_database: Database
):
    setup(shared_database)
    from yifen.trades.cards.claiming import ClaimLine, ClaimPaper, filled

    def file(number: str = N) -> ClaimPaper:
        return ClaimPaper("a.xml", XML.format(number).encode())

    typed = ClaimLine(5_000, "08", invoice="12345678901234567890", gross_fen=999_900)
    assert filled(typed, [file()])[7:9] == (N, 5_000)
    assert filled(typed, [file(N[:5] + "\u200b" + "０" + N[6:])]).invoice == N  # letters that nobody sees, or wide
    with pytest.raises(Refused, match="CARD_INVOICE_FILE"):
        filled(typed, [file(), file("24502000000123456780")])
    with pytest.raises(Refused, match="CARD_PAPER_UNREADABLE"):
        filled(typed, [file("number 1")])
    # The database holds the same: the file's word, one form of a number, digits of known lengths.
    office.swiped("S1")
    invoice = {"invoice": N, "gross_fen": 5_000}
    says = {"file_says": {"number": N, "gross_fen": 5_000}}
    for more, code in (
        (invoice | says | {"invoice": OLD}, "CARD_INVOICE_FILE"),
        (invoice | says | {"gross_fen": 999_900}, "CARD_INVOICE_FILE"),
        (says, "CARD_INVOICE_WRONG"),
        (invoice | {"invoice": "0" + N}, "CARD_INVOICE_WRONG"),
        (invoice | {"invoice": "12345678"}, "CARD_INVOICE_WRONG"),
        (invoice | {"issued_on": "infinity"}, "CARD_INVOICE_WRONG"),
        (invoice | {"gross_fen": 2**70}, "CARD_CLAIM_FIELDS"),
    ):
        assert office.ask(office.line("S1", 4_000, **more))[0] == code, more
    assert office.ask(office.line("S1", 4_000, **invoice))[0] == "OK"
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in N)
    for other in (N[:8] + "-" + N[8:], "-" + N, N + "-", N[:10] + "\u200b " + N[10:], wide):
        assert office.ask(office.line("S1", 1_001, **invoice | {"invoice": other}))[0] == "CARD_INVOICE_USED_UP", other
    # The same file at two claims is named, and who decides looks again.
    claims = [office.ask(office.line("S1", 1))[1] for _ in range(2)]
    shown = office.world.value("SELECT cards_shown_v1(%s)", claims[0])
    for claim in claims:
        assert office.code("SELECT cards_paper_v1('p01', %s, 1::smallint, 'a', 'xml', sha256('a'), 'sealed', %s)",
                           claim, office.world.now) == "OK"  # fmt: skip
    again = office.world.value("SELECT cards_shown_v1(%s)", claims[0])
    assert withdrawn(office, claims[1]) == "OK"
    assert len({shown, again, office.world.value("SELECT cards_shown_v1(%s)", claims[0])}) == 3


def test_a_claim_taken_back_leaves_no_total_behind_and_a_file_counts_more_than_what_was_typed(office: CardOffice):
    office.swiped("S1")
    lie, truth = ({"invoice": N, "gross_fen": fen} for fen in (100, 15_000))
    for end in (withdrawn, lambda office, claim: office.sign(claim, "c01", yes=False)[0]):
        code, claim = office.ask(office.line("S1", 100, **lie))
        assert (code, end(office, claim)) == ("OK", "OK")
    code, claim = office.ask(office.line("S1", 15_000, **truth))
    assert (code, withdrawn(office, claim)) == ("OK", "OK")
    assert office.ask(office.line("S1", 100, **lie))[0] == "OK"  # and stands
    assert office.ask(office.line("S1", 14_900, **truth))[0] == "CARD_INVOICE_OTHERWISE"
    assert office.ask(office.line("S1", 14_900, **truth, file_says={"number": N, "gross_fen": 15_000}))[0] == "OK"
    assert office.ask(office.line("S1", 1, **truth))[0] == "CARD_INVOICE_USED_UP"
    assert of_cards(office) == []


def test_only_what_counts_against_a_swipe_names_one(office: CardOffice):
    office.swiped("S1")
    lent = office.approved(office.line("S1", 60_000), kind="advance")
    assert (office.vouch(office.repayment(lent)), office.repaid(office.repayment(lent))) == ("OK", "OK")
    assert office.take(swipes=[office.swipe("P1")]) == []
    cash = {"card": office.card_id(), "item": "16", "exemption": "02", "words": "乡镇无 POS"}
    settle = {"of_line": 1, "item": "08"}
    for number in ("S1", "P1"):
        assert office.ask(office.line(number, 500, **cash), kind="cash")[0] == "CARD_CLAIM_SWIPE"
        assert office.ask(office.line(number, 500, **settle), kind="settle", of=lent)[0] == "CARD_CLAIM_SWIPE"
    assert office.ask(office.line("S1", 500, of_line=1))[0] == "CARD_CLAIM_FIELDS"
    assert office.ask(office.line("S1", 2**70))[0] == "CARD_CLAIM_FIELDS"
    assert (office.sums("IND1")[3], of_cards(office)) == (0, [])


def test_an_advance_that_came_back_is_settled_no_more_and_1218_is_what_claims_say(office: CardOffice):
    office.swiped("S1", 320_000)
    lent = office.approved(office.line("S1", 320_000), kind="advance")
    repayment = office.repayment(lent)
    assert (office.vouch(repayment), office.repaid(repayment)) == ("OK", "OK")
    code, claim = office.ask({"of_line": 1, "item": "08", "fen": 200_000}, kind="settle", of=lent)
    assert (code, office.returned(repayment, 320_000)) == ("OK", "OK")
    assert office.sign(claim, "c01") == ["CARD_CLAIM_OVER"]
    assert withdrawn(office, claim) == "OK"
    assert ("1218" in office.ledger(), "5001" in office.ledger(), of_cards(office)) == (False, False, [])
    office.world.set_up("ALTER TABLE card_repayment DISABLE TRIGGER USER")
    office.world.set_up("UPDATE card_repayment SET returned_fen = 1, state = 'paid'")
    assert any("has lent 0 by the ledger, 319999 by claims" in problem for problem in of_cards(office))


def test_what_a_merchant_gave_back_behind_the_last_signature_is_not_paid(office: CardOffice):
    office.swiped("S1", 53_200)
    repayment = office.repayment(office.approved(office.line("S1", 53_200)))
    assert office.take(swipes=[office.swipe("B1", 53_200, "refund", reference="RS1")]) == []
    assert (office.vouch(repayment), office.repaid(repayment)) == ("CARD_REPAYMENT_OVER", "CARD_REPAYMENT_STATE")
    # The head ends it: nothing is owed, its quota is free.
    claim = office.world.value("SELECT claim_id FROM card_repayment")
    undo = [office.code("SELECT cards_undo_v1(%s, %s, %s)", login, claim, office.world.now)
            for login in ("c01", "p01", "h01", "h01")]  # fmt: skip
    assert undo == ["PERMISSION_MISSING", "PERMISSION_MISSING", "OK", "CARD_UNDO_WRONG"]
    assert office.ledger() == {"8001": 1_000_000, "8104": -1_000_000}
    assert (office.official(), of_cards(office)) == ([(53_200, 53_200, 0, 0)], [])
    # Of an advance, and of a part alone.
    office.swiped("S2", 10_000)
    repayment = office.repayment(office.approved(office.line("S2", 10_000), kind="advance"))
    assert office.take(swipes=[office.swipe("B2", 400, "refund", reference="RS2")]) == []
    lent = office.world.value("SELECT max(claim_id) FROM card_repayment")
    assert office.code("SELECT cards_undo_v1('h01', %s, %s)", lent, office.world.now) == "OK"
    assert (office.official()[1], office.ask(office.line("S2", 9_600))[0]) == ((10_000, 400, 0, 9_600), "OK")
    assert (office.ledger(), of_cards(office)) == ({"8001": 1_000_000, "8104": -990_400, "8102": -9_600}, [])


def test_parts_need_whom_the_whole_needs(office: CardOffice):
    everybody, usual = ["cashier", "head", "bureau"], ["cashier", "head"]
    assert (office.grant("IND1", 20_000_000), office.arrive("IND1", 20_000_000)) == ("OK", "OK")
    office.swiped("S1", 5_000_000)
    assert levels(office, office.ask(office.line("S1", 4_999_999))[1]) == everybody
    office.swiped("S2", 4_999_999)
    assert levels(office, office.ask(office.line("S2", 4_999_999))[1]) == usual
    cash = {"card": office.card_id(), "item": "16", "exemption": "01", "words": "乡镇无 POS", "fen": 2_500_000}
    assert [levels(office, office.ask(cash, kind="cash")[1]) for _ in range(2)] == [usual, everybody]
    office.swiped("S3", 4_000_000)
    lent = office.approved(office.line("S3", 4_000_000), kind="advance")
    assert (office.vouch(office.repayment(lent)), office.repaid(office.repayment(lent))) == ("OK", "OK")
    assert levels(office, office.ask({"of_line": 1, "item": "08", "fen": 5}, kind="settle", of=lent)[1]) == usual


def test_no_statement_about_official_swipes_reads_a_private_one(office: CardOffice):
    office.swiped("S1")
    assert office.take(swipes=[office.swipe("P1", 31_200)]) == []
    leak = (
        "SELECT count(*) FROM card_official o WHERE (CASE WHEN o.swipe_id = {} THEN concat_ws('|', o.person_id,"
        " o.amount_fen, o.merchant) ELSE '1' END)::numeric > 0"
    )
    assert office.world.value(leak.format(office.swipe_id("P1"))) == 1
    has = "SELECT has_table_privilege(%s, %s, 'SELECT')"
    for relation in ("card_official", "card_official_swipe", "card_handed", "card_claim", "card_claim_line"):
        assert not office.world.value(has, "yifen_gateway", relation), relation
    of_column = "SELECT has_column_privilege('yifen_web', %s, %s, 'SELECT')"
    for table, column in (("card_word", "body"), ("card", "number"), ("card", "lookup")):
        assert not office.world.value(of_column, table, column), column


def test_a_namesake_of_another_bureau_and_who_left_are_nobody(office: CardOffice):
    office.swiped("S1")
    claim = office.ask(office.line("S1", 500))[1]
    world = office.world
    other = world.biller("FIN02")
    mine, office.id = office.id, other
    office.login("xe", "card_holder", "unit_cashier", person="P01")
    office.id = mine
    paper = "SELECT cards_paper_v1(%s, %s, 1::smallint, 'a', 'xml', sha256('a'), 'sealed', %s)"
    assert withdrawn(office, claim, "xe") == "PERMISSION_MISSING"
    assert office.code(paper, "xe", claim, world.now) == "PERMISSION_MISSING"
    assert office.code(paper, "p01", claim, world.now) == "OK"
    assert office.code(paper.replace("'xml'", "'exe'"), "p01", claim, world.now) == "CARD_PAPER_KIND"
    world.set_up("UPDATE budget_post t SET until_on = '2020-12-31' FROM budget_person s"
                 " WHERE s.person_id = t.person_id AND s.staff_no = 'P01'")  # fmt: skip
    assert (withdrawn(office, claim), office.mark("S1", "private"), office.mine()) == (
        "PERMISSION_MISSING", "SWIPE_NOT_HIS", [])  # fmt: skip


def test_a_post_reaches_down_and_an_item_is_paid_by_any_of_its_classes(office: CardOffice):
    assert office.posts(("P09", "101")) == "OK"
    card = "6283880000000009"
    assert office.take([office.card(card_no=card, staff_no="P09", name="")]) == []
    assert office.confirm(card=office.card_id(card)) == "OK"
    assert (office.leavers(), office.state(card)) == (0, "active")
    office.swiped("S1")
    office.world.set_up("UPDATE budget_indicator SET dep_code = '30206'")
    assert [office.ask(office.line("S1", 500, item=item))[0] for item in ("05", "06")] == ["OK", "BUDGET_NONE"]


def test_a_row_that_no_table_holds_is_refused_alone(office: CardOffice):
    far = timezone(timedelta(hours=23, minutes=59))
    year_1 = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=15)))
    assert [is_sane(at) for at in (office.world.now, datetime(2026, 1, 1, tzinfo=far), year_1)] == [True, False, False]
    s = office.swipe
    told = office.take(
        [
            office.card(at=year_1, card_no="6283880000000009"),
            office.card("lost", at=datetime(2026, 11, 1, tzinfo=far)),
        ],
        [
            s("A1", swiped_at=datetime(2026, 11, 23, tzinfo=far)),
            s("A2", swiped_at=year_1),
            s("A3", posted_on=date(9999, 12, 31)),
            s("A4", posted_on=DAY + timedelta(days=400)),
            s("A5", swiped_at=datetime(1999, 12, 31, 23, tzinfo=UTC)),
            s("OK1"),
        ],
    )
    assert told == ["CARD_FIELDS"] * 2 + ["SWIPE_FIELDS"] * 5
    assert [number for number, _, _ in office.mine()] == ["OK1"]
    cells = {"date": "99991231", "message": "0200", "clear_date": "99991231", "trace": "000001", "card": "16" + CARD,
             "sign": "D", "fen": "000000000100", "time": "1231235959", "reference": "R1"}  # fmt: skip
    with pytest.raises(Refused, match="CARD_FILE_LAYOUT"):
        fixed_words.read("0310-PURCH-450300000-1", fixed_words.line(cells, fixed_words.PURCH), UTC)
    # What passes the door and no table takes all the same.
    row = {"row": 1, "code": 0, "kind": "cleared", "number_no": "B1", "tail": "0001",
           "lookups": taking.lookups(the_ring(), CARD), "swiped_at": "2026-11-23T12:30:00+23:59"}  # fmt: skip
    office.push(xml_words.written(CardWord(serial="RAW", bureau="450300000", swipes=[s("B1"), s("B2")])))
    word = office.world.value("SELECT max(word_id) FROM card_word")
    with office.world.as_owner():
        good = taking.swipe_row(the_ring(), 2, s("B2"))
        office.world.run("SELECT cards_take_v1(%s, true, 0, '450300000', '[]', %s, %s)", word, Jsonb([row, good]),
                         office.world.now)  # fmt: skip
    rows = office.world.rows("SELECT row_no, code FROM card_word_row WHERE word_id = %s", word)
    assert [(row, result_code(code).name) for row, code in rows] == [(1, "CARD_ROW_FAILED")]
    assert [number for number, _, _ in office.mine()] == ["OK1", "B2"]


def test_a_word_that_cannot_be_taken_stops_no_other_and_is_given_up_on_a_page(
    office: CardOffice, monkeypatch: pytest.MonkeyPatch
):
    def word(serial: str, number: str) -> bytes:
        return xml_words.written(CardWord(serial=serial, bureau="450300000", swipes=[office.swipe(number)]))

    as_it_is = taking.asked

    def asked(conn: Any, ring: Any, kept: Any) -> dict[str, Any]:
        if kept.serial == "POISON":
            raise OverflowError
        return as_it_is(conn, ring, kept)

    monkeypatch.setattr(taking, "asked", asked)
    office.push(word("POISON", "A1"))
    office.push(word("GOOD", "A2"))
    for _ in range(7):
        taking.take_all(office.world.conn, the_ring(), lambda: office.world.now)
    assert [number for number, _, _ in office.mine()] == ["A2"]
    wrongs = "SELECT about, number, code FROM card_word_row WHERE code <> 0 AND bureau_id = %s ORDER BY row_id"
    assert office.world.rows(wrongs, office.id) == [("word", "POISON", 9405)]
    # Who writes without the bank's key neither stops the door nor takes its numbers.
    add = ("INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)"
           " VALUES (%s, 'push', 'NEXT', sha256('x'), '{}', 'x', %s)")  # fmt: skip
    with pytest.raises(psycopg.errors.CheckViolation), office.world.conn.transaction():
        office.world.run(add, office.bank, "infinity")
    office.world.run(add, office.bank, office.world.now)
    office.push(word("NEXT", "A3"))
    taking.take_all(office.world.conn, the_ring(), lambda: office.world.now)
    with pytest.raises(Refused, match="CARD_WORD_OTHERWISE"):
        office.push(word("NEXT", "A4"))
    assert [number for number, _, _ in office.mine()] == ["A2", "A3"]
    assert office.world.rows(wrongs, office.id)[1:] == [("word", "NEXT", 9355)]


def test_a_file_keeps_its_reader_busy_for_seconds_alone(monkeypatch: pytest.MonkeyPatch):
    import zlib

    from yifen.trades.cards.papers import einvoice

    stream = zlib.compress(b"BT /F1 9 Tf (1) Tj ET\n" * 200_000)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    body, at = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        at.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, one)
    xref = b"".join(b"%010d 00000 n \n" % one for one in at)
    tail = b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    monkeypatch.setattr(einvoice, "_WAIT_S_MAX", 1.5)
    with pytest.raises(Refused, match="CARD_PAPER_UNREADABLE"):
        einvoice.read(body + tail % (xref, len(body)))
    with pytest.raises(Refused, match="CARD_PAPER_UNREADABLE"):
        einvoice.read(b"<a>" + b"<b/>" * 600_000 + b"</a>")


WATCHED = {"card_invoice", "card_item", "card_exemption", "card_word_end", "card_word_row", "card_event", "card_paper",
           "card_official_swipe", "card_entry", "card_claim", "card_claim_line", "card_repayment"}  # fmt: skip
CHANGES = {
    "UPDATE card_swipe SET amount_fen = 9200 WHERE number = 'P1'": "is not what its bank told",
    "UPDATE card_swipe SET merchant = 'x', mcc = '1'": "is official as another",
    "UPDATE card_swipe SET merchant = 'x' WHERE number = 'P1'": "is not what its bank told",
    "UPDATE card_swipe SET amount_fen = 1 WHERE kind = 'refund'": "is not what its bank told",
    "UPDATE card_swipe SET of_id = NULL WHERE kind = 'refund'": "is the refund of no swipe",
    "DELETE FROM card_refund_part": "is the refund of no swipe",
    "DELETE FROM card_swipe WHERE number = 'P1'": "tells of a swipe in row 1 that is not there",
    "UPDATE card_swipe SET word_id = 0 WHERE number = 'P1'": "came with no word that was taken",
    "INSERT INTO card_mark SELECT swipe_id, 9, 'official', (SELECT min(unit_id) FROM budget_unit), 'p01', now()"
    " FROM card_swipe WHERE number = 'P1'": "is not official there, its mark is official",
    "DELETE FROM card_mark": "is official there, its mark is none",
    "DELETE FROM card_official_swipe": "is not official there, its mark is official",
    "UPDATE card_word_row SET code = 0 WHERE code <> 0": "tells of a swipe in row 2 that is not there",
    "UPDATE card_word SET body = 'x', sha256 = sha256('x')": "is not what its bank signed",
    "DELETE FROM card_word": "is gone",
    "UPDATE card_paper SET body = 'x'": "is not the file that came",
}


def test_verify_reads_the_banks_signed_words_again_and_names_what_was_changed(office: CardOffice):
    from yifen.core.ring import key_ring

    world = office.world
    office.swiped("S1")
    assert office.take(swipes=[office.swipe("P1"), office.swipe("P2", card_no="6283880000000009")]) == ["CARD_UNKNOWN"]
    again = [office.swipe("P1"), office.swipe("B1", 500, "refund", reference="RS1")]  # told twice alike
    assert office.take(swipes=again) == []
    claim = office.ask(office.line("S1", 500))[1]
    digest = hashlib.sha256(b"<a/>").digest()
    body = key_ring().seal(b"<a/>", f"card_paper:{claim}:{digest.hex()}")
    assert office.code("SELECT cards_paper_v1('p01', %s, 1::smallint, 'a', 'xml', %s, %s, %s)", claim, digest, body,
                       world.now) == "OK"  # fmt: skip
    assert of_cards(office) == []
    for statement, said in CHANGES.items():
        with world.conn.transaction(force_rollback=True):
            with world.as_owner():
                for table in ("swipe", "mark", "refund_part", "official_swipe", "word", "word_row", "word_end",
                              "paper"):  # fmt: skip
                    world.run(f"ALTER TABLE card_{table} DISABLE TRIGGER USER")
                for name, table in world.rows(
                    "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
                    " AND confrelid IN ('card_swipe'::regclass, 'card_word'::regclass)"
                ):
                    world.run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                world.run(statement)
            assert any(said in problem for problem in of_cards(office)), (statement, of_cards(office))
    assert of_cards(office) == []
    watched = {table.name for table in PLUG.tables if table.watch is not None and not table.watch.only}
    assert watched >= WATCHED
