"""Customers come in by two people and a file; nothing is half imported."""

import psycopg
import pytest

from tests.billing.world import HEAD, NOW, agreed, csv_of, imported, proposed, row, rows, taken_in
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.processes import WORKER
from yifen.core.facts.refused import Refused
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.customers.marks import opened_contact

PERSON = {"手机": "13812345678", "同意短信": "是", "人口": "3"}
Patch = pytest.MonkeyPatch
CUSTOMERS = """SELECT c.account_no, p.path, c.persons, c.opened_on::text, c.consent_at IS NOT NULL, s.class, e.code,
    s.area_milli, m.number, m.register, m.fitted_on::text, m.fitted_milli
    FROM billing_customer c JOIN billing_place p USING (place_id) JOIN billing_service s USING (bucket, customer_id)
    JOIN billing_fee e USING (fee_id) LEFT JOIN billing_meter m USING (bucket, service_id)
    WHERE c.account_no LIKE %s ORDER BY c.account_no, e.code, m.register"""


def result(place: Province, proposal: int) -> tuple[object, ...]:
    return rows(place, "SELECT state, customers, written, same, refused FROM billing_import WHERE proposal_id = %s",
                proposal)[0]  # fmt: skip


ODD = 'NULL{a,"b"}\\c'
"""A name of letters that mean something in an array of PostgreSQL's."""
ODD_CELL = '"' + ODD.replace('"', '""') + '"'


def test_what_two_agreed_to_becomes_customers_places_services_and_meters(place: Province, monkeypatch: Patch) -> None:
    body = csv_of(
        row("I1", **PERSON), row("I1", **PERSON, 计量="峰", 起码="60.5"),
        row("I1", **PERSON, 费种="采暖费", 面积="88.5", 表号="", 起码=""),
        row("I2", "李四", 门牌="102"), row("I3", "王五", 楼栋="", 单元="", 门牌=""),
        row("I4", 小区=ODD_CELL, 楼栋="", 单元="", 门牌=""),
    )  # fmt: skip
    proposal = agreed(place, body)
    assert rows(place, CUSTOMERS, "I_") == []  # agreed, and the worker has not come yet
    assert result(place, proposal) == ("running", 0, 0, 0, 0)
    imported(place, proposal, monkeypatch)
    home = "阳光花园 3号楼 2单元 101"
    assert rows(place, CUSTOMERS, "I_") == [
        ("I1", home, 3, "2026-01-01", True, "居民", "HEAT", 88500, None, None, None, None),
        ("I1", home, 3, "2026-01-01", True, "居民", "POWER", None, "MI1", "peak", "2025-12-31", 60500),
        ("I1", home, 3, "2026-01-01", True, "居民", "POWER", None, "MI1", "qty", "2025-12-31", 100000),
        ("I2", f"{home[:-1]}2", 1, "2026-01-01", False, "居民", "POWER", None, "MI2", "qty", "2025-12-31", 100000),
        ("I3", "阳光花园", 1, "2026-01-01", False, "居民", "POWER", None, "MI3", "qty", "2025-12-31", 100000),
        ("I4", ODD, 1, "2026-01-01", False, "居民", "POWER", None, "MI4", "qty", "2025-12-31", 100000),
    ]  # fmt: skip
    assert result(place, proposal) == ("done", 4, 6, 0, 0)
    imported(place, proposal, monkeypatch)  # once more: nothing
    assert result(place, proposal) == ("done", 4, 6, 0, 0)
    [(name,)] = rows(place, "SELECT name FROM payer WHERE account_no = 'I2'")
    assert opened_name(the_ring(), place.own.biller, "I2", name) == "李四"
    [(contact,)] = rows(place, "SELECT contact FROM billing_customer WHERE account_no = 'I1'")
    assert opened_contact(the_ring(), place.own.biller, "I1", contact) == "13812345678"
    for clear in ("李四".encode(), b"13812345678"):  # neither rows nor bytes are kept in the clear
        assert rows(place, "SELECT count(*) FROM billing_file_part WHERE position(%s IN body) > 0", clear) == [(0,)]
    assert rows(place, "SELECT level, name FROM billing_place WHERE path LIKE '阳光花园%%' AND biller_id = %s"
                       " ORDER BY level, name", place.own.biller) == [
        (1, "阳光花园"), (2, "3号楼"), (3, "2单元"), (4, "101"), (4, "102")]  # fmt: skip


def test_the_next_file_changes_adds_and_tells_what_it_could_not(place: Province, monkeypatch: Patch) -> None:
    imported(place, agreed(place, csv_of(*(row(f"N{n}", 门牌=f"2{n}") for n in range(1, 7)))), monkeypatch)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_customer SET closed_on = opened_on WHERE account_no = 'N6'")
    body = csv_of(
        row("N1", 门牌="21"), row("N2", "新户名", 门牌="22", 人口="6", 用户类别="合表"),
        row("N3", 门牌="23", 表号="MORE3"),
        row("N4", 门牌="别处", 表号=""), row("N5", 门牌="25", 表号="MN4"), row("N6", 门牌="26"),
    )  # fmt: skip
    file_id = taken_in(place, body)
    proposal = proposed(place, file_id)
    told = {c["field"]: c["after"] for c in proposal.changes}
    names = ("rows", "new", "added", "changed", "same", "place", "meter", "closed")
    assert {name: told.get(name) for name in names} == {
        "rows": "6", "new": None, "added": "1", "changed": "1", "same": "1", "place": "1", "meter": "1", "closed": "1",
    }  # fmt: skip
    site.agree(place.users["finance"], proposal, NOW)
    imported(place, proposal.pk, monkeypatch)
    assert result(place, proposal.pk) == ("done", 0, 2, 1, 3)
    refused = "SELECT line_no, standing FROM billing_refused WHERE proposal_id = %s ORDER BY 1"
    assert rows(place, refused, proposal.pk) == [(5, "place"), (6, "meter"), (7, "closed")]
    found = rows(place, CUSTOMERS, "N_")
    assert [(one[0], one[5], one[8]) for one in found] == [
        ("N1", "居民", "MN1"), ("N2", "合表", "MN2"), ("N3", "居民", "MN3"), ("N3", "居民", "MORE3"),
        ("N4", "居民", "MN4"), ("N5", "居民", "MN5"), ("N6", "居民", "MN6")]  # fmt: skip
    assert rows(place, "SELECT c.account_no, h.from_on::text, h.persons FROM billing_household h"
                       " JOIN billing_customer c USING (bucket, customer_id)") == [("N2", "2026-01-01", 6)]  # fmt: skip
    [(name,)] = rows(place, "SELECT name FROM payer WHERE account_no = 'N2'")
    assert opened_name(the_ring(), place.own.biller, "N2", name) == "新户名"


def test_a_service_that_a_run_has_does_not_become_prepaid(place: Province, monkeypatch: Patch) -> None:
    head = f"{HEAD},预付费"
    imported(place, agreed(place, csv_of(f"{row('V1')},否", head=head)), monkeypatch)
    with psycopg.connect(place.database.owner_url) as conn:
        run = conn.execute("INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at,"
                           " begun_by) SELECT biller_id, fee_id, 'period', '2026-01-01', '2026-01-31', '2026-02-01',"
                           " now(), 'x' FROM billing_fee WHERE biller_id = %s AND metered RETURNING run_id",
                           (place.own.biller,)).fetchall()  # fmt: skip
    proposal = agreed(place, csv_of(f"{row('V1')},是", head=head))
    imported(place, proposal, monkeypatch)
    assert result(place, proposal) == ("done", 0, 0, 0, 1)
    assert rows(place, "SELECT standing FROM billing_refused WHERE proposal_id = %s", proposal) == [("run",)]
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_run SET dropped_at = now() WHERE run_id = %s", run[0])
    proposal = agreed(place, csv_of(f"{row('V1', 人口='4')},是", head=head))
    imported(place, proposal, monkeypatch)
    assert result(place, proposal) == ("done", 0, 1, 0, 0)


def test_a_worker_that_is_killed_goes_on_where_it_stopped(place: Province, monkeypatch: Patch) -> None:
    from yifen.trades.billing.customers import files

    monkeypatch.setattr(files, "PIECE_ROWS", 2)
    proposal = agreed(place, csv_of(*(row(f"K{n}", 门牌=f"3{n}") for n in range(1, 11))))
    with pytest.raises(InterruptedError):
        imported(place, proposal, monkeypatch, ends_after=3)
    state, some, *_ = result(place, proposal)
    assert (state, 3 <= int(str(some)) <= 6) == ("running", True)
    assert rows(place, "SELECT count(*) FROM billing_customer WHERE account_no LIKE 'K%%'") == [(some,)]
    imported(place, proposal, monkeypatch)
    assert result(place, proposal) == ("done", 10, 10, 0, 0)


def test_rows_that_were_changed_after_the_agreement_are_not_imported(place: Province, monkeypatch: Patch) -> None:
    proposal = agreed(place, csv_of(row("C1", 门牌="41")))
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE billing_row SET area_milli = 1 WHERE account_no = 'C1'")
    imported(place, proposal, monkeypatch)
    assert rows(place, CUSTOMERS, "C1") == []
    assert result(place, proposal) == ("running", 0, 0, 0, 0)


def test_nobody_imports_alone(place: Province, monkeypatch: Patch) -> None:
    proposal = proposed(place, taken_in(place, csv_of(row("A1", 门牌="51"))))
    with psycopg.connect(place.database.url(WORKER)) as conn:
        assert conn.execute("SELECT billing_import_v1(%s, 0, now())", (proposal.pk,)).fetchone() == (8818,)
    assert rows(place, CUSTOMERS, "A1") == []


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([row("F1", 费种="TAX")], "ROW_FEE"),
        ([row("")], "ROW_ACCOUNT"),
        ([row("3.2E+09")], "ROW_ACCOUNT"),
        ([row("F1", "")], "ROW_NAME"),
        ([row("F1", 小区="")], "ROW_PLACE"),
        ([row("F1", 楼栋="")], "ROW_PLACE"),
        ([row("F1", 用户类别="")], "ROW_CLASS"),
        ([row("F1", 人口="0")], "ROW_NUMBER"),
        ([row("F1", 面积="12.3456")], "ROW_NUMBER"),
        ([row("F1", 倍率="0")], "ROW_NUMBER"),
        ([row("F1", 倍率="100.0001", 位数="12")], "ROW_NUMBER"),  # more than a use may be
        ([row("F1", 倍率="100.0001", 位数="12"), row("F2", 倍率="100", 位数="12")], "ROW_NUMBER"),
        ([row("F1", 位数="4", 起码="10000")], "ROW_NUMBER"),
        ([row("F1", 手机="x1")], "ROW_NUMBER"),
        ([row("F1", 起始日="2026-02-30")], "ROW_DAY"),
        ([row("F1", 起始日="")], "ROW_DAY"),
        ([row("F1", 计量="尖")], "ROW_METER"),
        ([row("F1"), row("F2", 表号="MF1")], "ROW_TWICE"),
        ([row("F1"), row("F1", "李四", 表号="X")], "ROW_DIFFERS"),
        ([row("F1"), row("F1", 表号="X", 面积="5")], "ROW_DIFFERS"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_says_why_and_nothing_of_the_file_is_kept(
    place: Province, lines: list[str], code: str
) -> None:
    from yifen.trades.billing.customers import files

    file_id = taken_in(place, csv_of(row("G1"), *lines))
    assert rows(place, "SELECT rows, wrong FROM billing_file WHERE file_id = %s", file_id) == [(1 + len(lines), 1)]
    assert rows(place, "SELECT count(*) FROM billing_row WHERE file_id = %s", file_id) == [(0,)]
    with psycopg.connect(place.database.owner_url) as conn, files.kept_bytes(conn, file_id) as stream:
        found = list(files.check_again(conn, stream, files.billing_biller(conn, place.own.biller)))
    assert [fault.code.name for line in found for fault in line.faults] == [code]
    with pytest.raises(Refused, match="CUSTOMERS_ROWS_WRONG"):
        proposed(place, file_id)


def test_the_same_bytes_are_the_same_file(place: Province) -> None:
    body = csv_of(row("S1"))
    assert taken_in(place, body) == taken_in(place, body, "again.csv")


def test_a_customer_lives_in_the_bucket_of_his_account(place: Province, monkeypatch: Patch) -> None:
    imported(place, agreed(place, csv_of(row("B1", 门牌="61"))), monkeypatch)
    bucket = account_bucket(place.own.biller, "B1", place.database.buckets)
    found = rows(place, """SELECT c.bucket, c.customer_id %% 1000, s.service_id %% 1000, m.meter_id %% 1000
        FROM billing_customer c JOIN billing_service s USING (bucket, customer_id)
        JOIN billing_meter m USING (bucket, service_id) WHERE c.account_no = %s""", "B1")
    assert found == [(bucket,) * 4]


def test_a_second_person_sees_what_a_file_changes_and_what_is_odd_in_it(place: Province, monkeypatch: Patch) -> None:
    imported(place, agreed(place, csv_of(row("S1"), row("S2", 门牌="102"))), monkeypatch)
    body = csv_of(
        row("S1", "李四", 面积="99999", 人口="5"), row("S2", 门牌="102"), row("S3", 门牌="103", 用户类别="商业"),
        row("S4", 门牌="103"),
    )  # fmt: skip
    proposal = proposed(place, taken_in(place, body, "changed.csv"))
    told = {change["field"]: (change["before"], change["after"]) for change in proposal.changes}
    assert told["name:S1"] == ("*三", "*四")
    assert told["area:S1"] == ("", "99,999")
    assert told["persons:S1"] == ("1", "5")
    assert {name for name in told if ":S2" in name} == set()
    assert told["changed"][1] == "1"
    assert told["no_price"][1] == "4"  # there is none of this fee at all
    assert told["one_door"][1] == "2"
    assert "no_area" not in told
