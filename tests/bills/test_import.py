"""Bills of a hosted biller come in by two people and a file, and by nothing else."""

import io
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.bills.proposals import NOW, WEB, WORKER, agreed, csv_of, imported, proposed, taken_in
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import EVERYONE, GATEWAY
from yifen.core.facts.refused import Refused
from yifen.hub.payments import payables
from yifen.hub.payments.names import opened_name
from yifen.hub.payments.verify import verify
from yifen.trades.bills.codes import BillCode

Patch = pytest.MonkeyPatch
BILLS = """SELECT account_no, ref, title, mode::text, due_fen, min_fen, max_fen, due_on::text, state::text
    FROM payable WHERE account_no = ANY (%s) ORDER BY account_no, ref"""
REPLY = """SELECT payments_import_reply_v1(%s::smallint, %s, 'GW1', '~1~x~00', '{R1}', '{费}', '{exact}',
    '{100}', '{1}', '{999}', '{NULL}', '')"""


def rows(place: Province, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(place.database.owner_url) as conn:
        return conn.execute(statement, values).fetchall()


def result(place: Province, proposal: int) -> tuple[Any, ...]:
    return rows(place, "SELECT state, written, same, withdrawn, refused FROM bill_import"
                       " WHERE proposal_id = %s", proposal)[0]  # fmt: skip


def test_what_two_agreed_to_is_imported_to_the_fen(place: Province, monkeypatch: Patch) -> None:
    proposal = agreed(place, csv_of("I1,张三,M1,电费,12.34,2026-11-30", "I1,张三,M2,电费,0.01,",
                                    "I2,李四,M1,电费,99.00,20261201"))  # fmt: skip
    assert rows(place, BILLS, ["I1", "I2"]) == []  # agreed, and the worker has not come yet
    assert result(place, proposal) == ("running", 0, 0, 0, 0)
    imported(place, proposal, monkeypatch)
    most = 10**15 - 1
    assert rows(place, BILLS, ["I1", "I2"]) == [
        ("I1", "M1", "电费", "exact", 1234, 1, most, "2026-11-30", "open"),
        ("I1", "M2", "电费", "exact", 1, 1, most, None, "open"),
        ("I2", "M1", "电费", "exact", 9900, 1, most, "2026-12-01", "open"),
    ]
    [(name,)] = rows(place, "SELECT name FROM payer WHERE account_no = 'I2'")
    assert opened_name(the_ring(), place.own.biller, "I2", name) == "李四"
    for clear in ("李四".encode(), "十".encode()):  # neither rows nor bytes are kept in the clear
        assert rows(place, "SELECT count(*) FROM bill_file_part WHERE position(%s IN body) > 0", clear) == [(0,)]
    assert rows(place, "SELECT count(*) FROM bill_row WHERE NOT starts_with(name, '~')") == [(0,)]
    assert result(place, proposal) == ("done", 3, 0, 0, 0)
    with psycopg.connect(place.database.owner_url) as conn:
        assert [line for line in verify(conn).problems if "payable" in line or "bill" in line] == []
    imported(place, proposal, monkeypatch)  # once more: nothing
    assert result(place, proposal) == ("done", 3, 0, 0, 0)


def test_the_next_file_changes_withdraws_and_tells_what_it_could_not(
    place: Province, monkeypatch: Patch
) -> None:
    head = "户号,户名,账单号,名称,应缴金额,缴法,撤销"
    imported(place, agreed(place, csv_of(*(f"N1,张三,M{n},电费,5,," for n in range(1, 6)), head=head)), monkeypatch)
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE payable SET held_by = 1 WHERE account_no = 'N1' AND ref = 'M4'")
        conn.execute("UPDATE payable SET paid_fen = 300 WHERE account_no = 'N1' AND ref = 'M5'")
    second = ["N1,张三,M1,电费,5,,", "N1,张三,M2,电费,6,,", "N1,张三,M3,电费,,,是", "N1,张三,M4,电费,9,,",
              "N1,张三,M5,电费,2,,", "N1,张三,M6,电费,,,是"]  # fmt: skip
    file_id = taken_in(place, csv_of(*second, head=head))
    told = {c["field"]: c["after"] for c in proposed(place, file_id).changes}
    assert {name: told.get(name) for name in ("rows", "due", "largest", "same", "changed", "withdraw", "held",
                                              "below", "unknown")} == {
        "rows": "6", "due": "22.00", "largest": "9.00", "same": "1 · 5.00", "changed": "1 · 6.00",
        "withdraw": "1 · 0.00", "held": "1 · 9.00", "below": "1 · 2.00", "unknown": "1 · 0.00",
    }  # fmt: skip
    proposal = decided(place, file_id)
    imported(place, proposal, monkeypatch)
    assert result(place, proposal) == ("done", 1, 1, 1, 3)
    assert rows(place, "SELECT line_no, standing FROM bill_refused WHERE proposal_id = %s ORDER BY 1",
                proposal) == [(5, "held"), (6, "below"), (7, "unknown")]  # fmt: skip
    assert [(ref, due, state) for _, ref, _, _, due, _, _, _, state in rows(place, BILLS, ["N1"])] == [
        ("M1", 500, "open"), ("M2", 600, "open"), ("M3", 500, "withdrawn"), ("M4", 500, "open"),
        ("M5", 500, "open"),
    ]  # fmt: skip
    imported(place, agreed(place, csv_of("N1,张三,M3,电费,5,,", head=head)), monkeypatch)
    assert rows(place, "SELECT standing FROM bill_refused ORDER BY proposal_id DESC LIMIT 1") == [("withdrawn",)]


def decided(place: Province, file_id: int) -> int:
    from yifen.core.access import second

    row = second.open_proposal("payables.import", str(file_id))
    assert row is not None
    second.decide(site.access(place.users["finance"]), row.pk, seen=bytes(row.shown or b"").hex(), yes=True,
                  now=NOW)  # fmt: skip
    return int(row.pk)


def test_a_worker_that_is_killed_goes_on_where_it_stopped(place: Province, monkeypatch: Patch) -> None:
    from yifen.trades.bills import files

    monkeypatch.setattr(files, "PIECE_ROWS", 2)
    lines = [f"K{n},张三,M1,电费,{n}," for n in range(1, 11)]
    proposal = agreed(place, csv_of(*lines))
    pieces = rows(place, "SELECT count(*) FROM bill_import b JOIN bill_row r USING (file_id)"
                         " WHERE proposal_id = %s GROUP BY r.piece ORDER BY r.piece", proposal)  # fmt: skip
    assert (len(pieces) >= 5, max(pieces)) == (True, (2,))
    with pytest.raises(InterruptedError):
        imported(place, proposal, monkeypatch, ends_after=3)
    state, written, *_ = result(place, proposal)
    assert (state, written) == ("running", sum(count for count, in pieces[:3]))
    with killed_in(place), pytest.raises(psycopg.errors.RaiseException):
        imported(place, proposal, monkeypatch)
    assert result(place, proposal)[1] == written  # the piece in which it died is whole or not there
    imported(place, proposal, monkeypatch)
    assert result(place, proposal) == ("done", 10, 0, 0, 0)
    assert sum(row[4] for row in rows(place, BILLS, [f"K{n}" for n in range(1, 11)])) == 5500


class killed_in:
    """The next piece dies after its payables are written."""

    def __init__(self, place: Province) -> None:
        self.place = place

    def run(self, statement: str) -> None:
        with psycopg.connect(self.place.database.owner_url) as conn:
            conn.execute(statement)

    def __enter__(self) -> None:
        self.run("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$"
                 " BEGIN RAISE EXCEPTION 'killed'; END $$")  # fmt: skip
        self.run("CREATE TRIGGER die AFTER INSERT OR UPDATE ON payer EXECUTE FUNCTION die()")

    def __exit__(self, *_: object) -> None:
        self.run("DROP TRIGGER die ON payer")
        self.run("DROP FUNCTION die()")


@pytest.mark.parametrize("role", EVERYONE)
def test_no_plain_call_writes_a_bill_of_a_hosted_biller(place: Province, role: str) -> None:
    biller = place.own.biller
    bucket = account_bucket(biller, "GW1", place.database.buckets)
    with psycopg.connect(place.database.url(role), autocommit=True) as conn:
        assert conn.execute(REPLY, (bucket, biller)).fetchone() == (0,)
        assert conn.execute(REPLY, (bucket, 99_999)).fetchone() == (0,)
        for statement in (
            "SELECT payments_import_payables_v1(0::smallint, '{1}', '{GW1}', '{R1}', '{x}', '{exact}',"
            " '{1}', '{1}', '{1}', '{NULL}', '{NULL}')",
            "SELECT payments_import_payers_v1(0::smallint, '{1}', '{GW1}', '{x}')",
            "INSERT INTO bill_piece VALUES (1, 1, now(), 0, 0, 0, 0)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement)
        if role == WEB:  # the sandbox's bills are the sandbox's biller's alone
            trial = "SELECT onboarding_trial_bills_v1(0::smallint, %s, 'GW1', '王五')"
            assert conn.execute(trial, (biller,)).fetchone() == (0,)
    assert rows(place, BILLS, ["GW1"]) == []
    assert rows(place, "SELECT count(*) FROM payer WHERE account_no = 'GW1'") == [(0,)]


def test_a_remote_billers_answer_is_still_kept(place: Province) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s",
                     (place.foreign.biller,))  # fmt: skip
    try:
        with psycopg.connect(place.database.url(GATEWAY)) as conn:
            bucket = account_bucket(place.foreign.biller, "GW1", place.database.buckets)
            assert conn.execute(REPLY, (bucket, place.foreign.biller)).fetchone() == (1,)
            conn.rollback()
    finally:
        with psycopg.connect(place.database.owner_url) as conn:
            conn.execute("UPDATE biller SET endpoint = '' WHERE partner_id = %s", (place.foreign.biller,))


def called(place: Province, proposal: int, piece: int = 0) -> int:
    with psycopg.connect(place.database.url(WORKER)) as conn:
        row = conn.execute("SELECT bills_import_v1(%s, %s, now())", (proposal, piece)).fetchone()
    assert row is not None
    return int(row[0])


def test_the_worker_imports_nothing_that_nobody_agreed_to(place: Province) -> None:
    row = proposed(place, taken_in(place, csv_of("P1,张三,M1,电费,5,")))
    assert [called(place, row.pk), called(place, 0), called(place, place.own.more["proposal"])] == [8609] * 3
    from yifen.core.access import second

    second.withdraw(site.access(row.maker), row.pk, NOW)
    assert called(place, row.pk) == 8609
    assert rows(place, BILLS, ["P1"]) == []


def test_rows_that_came_by_another_way_stop_the_file(place: Province, monkeypatch: Patch) -> None:
    """Added before the word: it does not count; after it: the worker imports none of that piece."""
    forge = """INSERT INTO bill_row SELECT file_id, piece, 900 + line_no, bucket, account_no, name, ref || 'X', title,
        false, mode, 1, min_fen, max_fen, due_on FROM bill_row WHERE account_no = %s"""
    row = proposed(place, taken_in(place, csv_of("F1,张三,M1,电费,5,")))
    late = agreed(place, csv_of("F2,张三,M1,电费,5,"))
    with psycopg.connect(place.database.url(WEB)) as conn:
        conn.execute(forge, ("F1",))
        conn.execute(forge, ("F2",))
    from yifen.core.access import second

    with pytest.raises(Refused) as caught:
        second.decide(site.access(place.users["finance"]), row.pk, seen=bytes(row.shown).hex(), yes=True, now=NOW)
    assert caught.value.code.name == "BILLS_CHANGED"
    imported(place, late, monkeypatch)
    assert (called(place, late), called(place, late, 7)) == (8608, 8608)
    assert rows(place, BILLS, ["F1", "F2"]) == []


def test_a_bill_that_was_paid_meanwhile_must_be_seen_again(place: Province, monkeypatch: Patch) -> None:
    imported(place, agreed(place, csv_of("S1,张三,M1,电费,5,")), monkeypatch)
    row = proposed(place, taken_in(place, csv_of("S1,张三,M1,电费,4,")))
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE payable SET paid_fen = 500 WHERE account_no = 'S1'")
    from yifen.core.access import second

    with pytest.raises(Refused) as caught:
        second.decide(site.access(place.users["finance"]), row.pk, seen=bytes(row.shown).hex(), yes=True, now=NOW)
    assert caught.value.code is Code.PROPOSAL_CHANGED


def test_who_uploaded_it_does_not_decide(place: Province) -> None:
    from yifen.core.access import second

    row = proposed(place, taken_in(place, csv_of("W1,张三,M1,电费,5,")))
    for who, code in (("biller_staff", Code.CHECKER_IS_MAKER), ("teller", Code.PERMISSION_MISSING)):
        with pytest.raises(Refused) as caught:
            second.decide(site.access(place.users[who]), row.pk, seen=bytes(row.shown).hex(), yes=True, now=NOW)
        assert caught.value.code is code


def test_a_wrong_or_foreign_file_is_never_proposed(place: Province) -> None:
    from yifen.trades.bills import importing

    wrong = taken_in(place, csv_of("X1,张三,M1,电费,5,", "X2,张三,M1,电费,-5,"))
    assert rows(place, "SELECT rows, wrong FROM bill_file WHERE file_id = %s", wrong) == [(2, 1)]
    assert rows(place, "SELECT count(*) FROM bill_row WHERE file_id = %s", wrong) == [(0,)]
    with pytest.raises(Refused) as caught:
        proposed(place, wrong)
    assert caught.value.code.name == "BILLS_ROWS_WRONG"
    right = taken_in(place, csv_of("X1,张三,M1,电费,5,"))
    with pytest.raises(Refused) as caught:
        importing.propose(site.access(place.foreign.user), right, "", NOW)
    assert caught.value.code is Code.OUT_OF_SCOPE
    assert taken_in(place, csv_of("X1,张三,M1,电费,5,"), "again.csv") == right


def test_an_account_that_is_there_in_another_writing_is_refused(place: Province) -> None:
    from django.urls import reverse

    from yifen.trades.bills import files

    odd = "Ｗ７７"
    bucket = account_bucket(place.own.biller, odd, place.database.buckets)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(payables.PAYERS_SQL, payables.pack_payers(the_ring(), bucket, [(place.own.biller, odd, "张三")]))
    body = csv_of("W77,张三,M1,电费,1,", "w77,张三,M1,电费,1,", " W\u300078,张三,M1,电费,1,")
    file_id = taken_in(place, body)
    with psycopg.connect(place.database.url(WEB)) as conn:
        code = place.own.biller_code
        assert conn.execute("SELECT wrong, rows FROM bill_file WHERE file_id = %s", [file_id]).fetchone() == (1, 3)
        assert conn.execute("SELECT count(*) FROM bill_row WHERE file_id = %s", [file_id]).fetchone() == (0,)
        lines = list(files.check(io.BytesIO(body), code, files.others(conn, code)))[1:]
    assert [[(fault.code, fault.detail) for fault in line.faults] for line in lines] == [
        [(BillCode.BILL_OTHER_WRITING, odd)], [], [],
    ]  # fmt: skip
    assert "该收费单位已有同一户号的另一种写法" in site.client_of(place.users["biller_staff"]).get(
        reverse("bill_import", args=[file_id])).content.decode()  # fmt: skip
